"""A participant's extract: whole for its reader, empty of everybody else's, and every lie in it beside a near miss that passes."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from countersign.airgap.phrase import Purpose, phrase
from countersign.audit.checkpoint import Checkpoint, SignedCheckpoint
from countersign.desk import bundles, checking, evidence, extract, stored_zip
from countersign.desk.extract import Extract
from countersign.desk.ground import Exhibit
from countersign.desk.recognising import recognise
from countersign.desk.reports import Kind
from countersign.errors import Malformed, Refused
from countersign.formats import strict_json
from countersign.review.finding import Status
from countersign.settlement import builder, events, machine
from countersign.settlement.permissions import TABLE, Reader
from countersign.store.profile import Profile, open_profile
from support import finished_settlement, review_cases, small_log
from support import settlement_world as world
from support.extracts import extract_of, given, made, record_of, report, verified
from support.finished_settlement import Finished
from support.netted_profile import netted
from support.settlement_world import Desk

MINE, OTHERS = world.MERIDIAN, world.HARBOUR


@pytest.fixture(scope="module")
def found(over: Finished) -> Extract:
    return extract_of(over, MINE)


def kinds(found: Extract) -> list[str]:
    return [events.parse(each.event).type for each in found.exhibits]


def place(over: Finished, kind: str, number: int = 0) -> int:
    """Where the history has the first (or a later) event of a type."""
    return [each.index for each in over.desk.entries if events.parse(each.event).type == kind][number]


def test_written_and_read_are_one(found: Extract) -> None:
    data = bundles.serialise(found)
    assert extract.parse(data) == found
    manifest = strict_json.parse(stored_zip.unpack(data)["manifest.json"])
    assert isinstance(manifest, dict)
    assert (manifest["schema"], manifest["reader"]) == ("countersign-extract/1", MINE)
    assert found.words == phrase(Purpose.EVIDENCE, sha256(found.manifest).digest())


def test_it_holds_what_the_table_gives_to_this_participant_and_nothing_else(over: Finished, found: Extract) -> None:
    held = {each.index for each in found.exhibits}
    told = kinds(found)
    for each in over.desk.entries:
        kind = events.parse(each.event).type
        if TABLE[kind].reader is Reader.EVERYONE:
            assert each.index in held
        elif TABLE[kind].reader is Reader.OFFICERS:
            assert each.index not in held
    assert told.count("deposit.credited") == 1, "the other's deposit is the other's"
    assert {"contract.affirmed", "hold.placed", "cycle.closed", "release.authorised", "settlement.final"} <= set(told)
    assert not {"instruction.prepared", "share.added", "instruction.refused"} & set(told)


def test_it_verifies_and_says_what_it_cannot_show(over: Finished, found: Extract) -> None:
    audit = report(found)
    assert (audit.status, audit.source, audit.desk, audit.states) == (0, "extract", world.ORIGIN, ())
    told = {each.reason: each.values for each in audit.findings}
    assert told["desk.extract-signed"]["count"] == len(found.exhibits)
    limits = told["desk.extract-unproven"]
    assert (limits["count"], limits["size"]) == (len(found.exhibits), len(over.desk.entries))
    assert told["desk.extract-as-of"]["size"] == len(over.desk.entries)
    assert "desk.extract-unnamed" not in told
    assert [each.words for each in audit.fingerprints] == [found.words]


def test_without_keys_from_elsewhere_nothing_of_it_counts(found: Extract, over: Finished, auditor: Profile) -> None:
    data = bundles.serialise(found)
    whole = checking.check({"mine.zip": data}, None, review_cases.quorum(), over.clock)
    bare = checking.check({"mine.zip": data}, None, None, over.clock)
    assert (whole.files[0].kind, whole.status, bare.status) == (Kind.EXTRACT, 0, 1)
    assert {each.check for each in bare.findings if not each.ok} == {"L3", "L5"}
    assert checking.check({"mine.zip": data}, auditor, None, over.clock).status == 0, "a profile's own anchor counts"
    strangers = small_log.quorum()
    assert checking.check({"mine.zip": data}, None, strangers, over.clock).status == 1


Change = Callable[[Finished, Extract], Extract]


def with_exhibit(found: Extract, over: Finished, index: int) -> Extract:
    """The extract with one more entry of the log, truly proved."""
    held = [record_of(over, each.index) for each in found.exhibits] + [record_of(over, index)]
    return made(over, sorted(held, key=lambda each: each.index), found.reader)


def without(found: Extract, *indices: int) -> Extract:
    return replace(found, exhibits=tuple(each for each in found.exhibits if each.index not in indices))


def altered(found: Extract, index: int, change: Callable[[Exhibit], Exhibit]) -> Extract:
    return replace(found, exhibits=tuple(change(each) if each.index == index else each for each in found.exhibits))


def opening_later(over: Finished, found: Extract, by: int) -> Extract:
    at = place(over, "contract.affirmed")
    return altered(
        found, at, lambda each: replace(each, opening=replace(each.opening, time_ms=each.opening.time_ms + by))
    )


def other_salt(over: Finished, found: Extract) -> Extract:
    at = place(over, "contract.affirmed")
    return altered(found, at, lambda each: replace(each, opening=replace(each.opening, salt=bytes(32))))


def other_event(over: Finished, found: Extract) -> Extract:
    """Another event of the same type, well signed, in the place of the logged one."""
    at = place(over, "price.published")
    body = {"asset": world.BTC, "price": "1", "source": "Northgate reference"}
    made_up = world.event_bytes("price.published", ["desk"], body, id="other", at=over.opening(at).time_ms // 1_000)
    return altered(found, at, lambda each: replace(each, event=made_up))


def older_proof(over: Finished, found: Extract) -> Extract:
    at = place(over, "contract.affirmed")
    [older] = [each for each in extract_of(over, MINE, older_head(over)).exhibits if each.index == at]
    return altered(found, at, lambda each: older)


def older_head(over: Finished, late: int = 0) -> SignedCheckpoint:
    """A head over all but the last entry, cosigned when the entry before it was made, or so many seconds later."""
    tree, size = over.log().tree, len(over.desk.entries) - 1
    at = over.desk.entries[size - 1].time_ms // 1_000 + late
    return review_cases.signed_head(Checkpoint(world.ORIGIN, size, tree.root(size)), [at, at])


def misled(over: Finished, kind: str, names: list[str], body: dict[str, object]) -> Extract:
    """A log that holds one event more, which the rules refuse: its proof is true, and it is put in."""
    desk = over.desk.copy()
    bad = desk.entry(kind, names, body)
    desk.entries.append(bad)
    after = replace(over, desk=desk)
    return made(after, [*given(over, MINE), record_of(after, bad.index)], MINE)


def well_logged(over: Finished, kind: str, names: list[str], body: dict[str, object]) -> Extract:
    """A log that holds one event more, which the rules accept."""
    desk = over.desk.copy()
    desk.log(kind, names, body)
    return extract_of(replace(over, desk=desk), MINE)


PRICE = {"asset": world.BTC, "price": "80001", "source": "x"}


def deposit() -> dict[str, object]:
    return world.deposit_body("meridian", world.BTC, 7, 9)


def sale(*signers: str) -> dict[str, object]:
    return builder.contract_body(world.signed_contract(world.terms(50), signers))


HOSTILE: dict[str, tuple[Change, Change, str]] = {
    "an opening whose moment is altered": (
        lambda over, found: opening_later(over, found, 1),
        lambda over, found: opening_later(over, found, 0),
        "L3.root",
    ),
    "an opening with another salt": (other_salt, lambda over, found: found, "L3.root"),
    "an event in another's place": (other_event, lambda over, found: found, "L3.root"),
    "somebody else's deposit": (
        lambda over, found: with_exhibit(found, over, place(over, "deposit.credited", 1)),
        lambda over, found: made(over, given(over, MINE), MINE),
        "desk.extract-foreign",
    ),
    "an instruction, which officers read": (
        lambda over, found: with_exhibit(found, over, place(over, "instruction.prepared")),
        lambda over, found: with_exhibit(
            without(found, place(over, "cycle.closed")), over, place(over, "cycle.closed")
        ),
        "desk.extract-foreign",
    ),
    "a hold whose contract is left out": (
        lambda over, found: without(found, place(over, "contract.affirmed")),
        lambda over, found: without(found, *(place(over, "hold.placed", at) for at in (0, 1))),
        "desk.extract-foreign",
    ),
    "another reader's name on it": (
        lambda over, found: replace(found, reader=OTHERS),
        lambda over, found: extract_of(over, OTHERS),
        "desk.extract-foreign",
    ),
    "a name that nobody has": (
        lambda over, found: replace(found, reader=world.lei("9845STRNGR")),
        lambda over, found: found,
        "settlement.unknown-participant",
    ),
    "a proof to another head": (
        older_proof,
        lambda over, found: extract_of(over, MINE, older_head(over)),
        "desk.pack-other-head",
    ),
    "a head that was cosigned before its newest entry": (
        lambda over, found: extract_of(over, MINE, older_head(over, -1)),
        lambda over, found: extract_of(over, MINE, older_head(over, 0)),
        "L5.quorum",
    ),
    "a price that the desk did not sign": (
        lambda over, found: misled(over, "price.published", ["operations"], PRICE),
        lambda over, found: well_logged(over, "price.published", ["desk"], PRICE),
        "desk.extract-event settlement.wrong-signers",
    ),
    "a deposit that the desk alone signed": (
        lambda over, found: misled(over, "deposit.credited", ["desk"], deposit()),
        lambda over, found: well_logged(over, "deposit.credited", ["desk", "operations"], deposit()),
        "desk.extract-event settlement.wrong-signers",
    ),
    "an agreement that one side has not signed": (
        lambda over, found: misled(over, "contract.affirmed", ["operations"], sale("meridian")),
        lambda over, found: well_logged(over, "contract.affirmed", ["operations"], sale("meridian", "harbour")),
        "desk.extract-event settlement.contract-unsigned",
    ),
    "a proposal that a stranger signed": (
        lambda over, found: misled(over, "contract.proposed", ["meridian"], sale("a stranger")),
        lambda over, found: well_logged(over, "contract.proposed", ["meridian"], sale("meridian")),
        "desk.extract-event settlement.unknown-key",
    ),
    "the founding left out": (
        lambda over, found: without(found, 0),
        lambda over, found: without(found, place(over, "price.published")),
        "desk.extract-event settlement.not-founded",
    ),
    "other witnesses than the policy's": (
        lambda over, found: replace(found, vkeys=replace(found.vkeys, witnesses=found.vkeys.witnesses[:1], k=1)),
        lambda over, found: found,
        "desk.audit-differs",
    ),
    "another desk's name": (
        lambda over, found: replace(found, desk="other.example/desk"),
        lambda over, found: found,
        "desk.audit-other-desk",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_wrong_with_it_is_named_and_its_near_miss_passes(name: str, over: Finished, found: Extract) -> None:
    wrong, near, reason = HOSTILE[name]
    told = [f"{each.reason} {each.values.get('why', '')}".strip() for each in report(wrong(over, found)).findings]
    assert reason in told
    assert verified(wrong(over, found)) != []
    assert verified(near(over, found)) == []


def test_of_an_instruction_that_no_release_names_it_says_that_it_cannot_tell(over: Finished, found: Extract) -> None:
    audit = report(without(found, place(over, "release.authorised")))
    told = {each.reason: each.values for each in audit.findings}
    assert audit.status == 0
    assert told["desk.extract-unnamed"]["count"] == 4  # sent and seen, on two chains


def test_of_a_netted_cycle_each_side_has_its_own_whole(over: Finished) -> None:
    story = netted().over
    for lei in (MINE, OTHERS):
        found = extract_of(story, lei)
        assert verified(found) == []
        owners = {
            event.body.owner.lei
            for each in found.exhibits
            if hasattr((event := events.parse(each.event)).body, "owner")
        }
        assert owners == {lei}
        assert kinds(found).count("cycle.closed") == 2


def test_a_pack_is_no_extract_and_an_extract_no_pack(found: Extract, files: dict[str, bytes]) -> None:
    with pytest.raises(Malformed):
        extract.parse(files["evidence.zip"])
    with pytest.raises(Malformed):
        evidence.parse(bundles.serialise(found))
    assert recognise("x", files["evidence.zip"]).kind is Kind.PACK


def test_a_part_more_or_another_spelling_is_refused(found: Extract) -> None:
    parts = stored_zip.unpack(bundles.serialise(found))
    for changed, code in (
        (parts | {"jwks.json": b"{}"}, "desk.pack-unlisted"),
        ({name: data for name, data in parts.items() if name != "checkpoint"}, "desk.pack-missing"),
        (
            parts | {"manifest.json": parts["manifest.json"].replace(MINE.encode(), b"9845MERDIN0000000000")},
            "formats.lei",
        ),
    ):
        with pytest.raises(Malformed) as refused:
            extract.parse(stored_zip.pack(changed))
        assert refused.value.code == code
        cut = recognise("x", stored_zip.pack(changed))
        assert cut.parsed is None
        assert cut.error is not None


def test_more_than_a_file_holds_is_refused_and_the_most_is_taken(
    over: Finished, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = given(over, MINE)
    assert 3 * extract.MOST + 3 <= stored_zip.MAX_ENTRIES
    monkeypatch.setattr(extract, "MOST", len(records))
    assert len(made(over, records, MINE).exhibits) == len(records)
    monkeypatch.setattr(extract, "MOST", len(records) - 1)
    with pytest.raises(Refused) as refused:
        made(over, records, MINE)
    assert refused.value.code == "desk.extract-too-large"


def test_held_against_a_history_it_holds_nothing_that_the_rules_refused_there(over: Finished, tmp_path: Path) -> None:
    """A contract that both signed and no machine took in: by itself its event looks as good as any."""
    desk = Desk(over.state, list(over.desk.entries), over.desk.now_ms)
    agreed = world.terms(6)
    small = world.signed_contract(replace(agreed, notional=replace(agreed.notional, usd=5)))
    entry = desk.entry("contract.affirmed", ["operations"], builder.contract_body(small), id="small")
    desk.state = machine.replay([entry], desk.state)
    desk.entries.append(entry)
    desk.now_ms += 1_000
    told = replace(over, desk=desk)
    honest = extract_of(told, MINE)
    assert entry.index not in {each.index for each in honest.exhibits}
    forged = made(told, [*given(told, MINE), record_of(told, entry.index)], MINE)
    finished_settlement.write_profile(tmp_path / "profile", told)
    with open_profile(tmp_path / "profile") as profile:
        for file, against in ((honest, set()), (forged, {"desk.pack-refused-here"})):
            held = checking.check({"extract.zip": bundles.serialise(file)}, profile, None, told.clock)
            assert {each.reason for each in held.findings if each.status is Status.FAIL} == against
            assert ("desk.extract-known" in {each.reason for each in held.findings}) is (not against)
