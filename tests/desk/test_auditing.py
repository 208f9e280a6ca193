"""`audit verify` of a profile and of a pack: all of it recomputed, and every fault of the desk shown as one."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from countersign.audit.quorum import Quorum
from countersign.desk import evidence, grounding
from countersign.desk.auditing import verify_pack, verify_profile
from countersign.desk.replica import Replica
from countersign.desk.reports import AuditReport
from countersign.desk.reworking import rework
from countersign.ethereum import safe_file
from countersign.review.finding import Status
from countersign.settlement import machine
from countersign.settlement.machine import Entry
from countersign.store.profile import Profile, open_profile
from support import finished_settlement, owner_cases, review_cases
from support import settlement_world as world
from support.finished_settlement import Finished

STORY = ["agreed", "endorsed", "held", "instructed", "partly signed", "signed", "released", "settling", "final"]


def codes(report: AuditReport) -> set[str]:
    return {each.reason for each in report.findings if not each.ok}


def fresh() -> Finished:
    """A finished settlement that a test may spoil."""
    found = finished_settlement.finished()
    return replace(found, desk=found.desk.copy(), artefacts=dict(found.artefacts))


def audited(folder: Path, over: Finished) -> AuditReport:
    """The audit of a profile of this history."""
    finished_settlement.write_profile(folder / "profile", over)
    with open_profile(folder / "profile") as opened:
        return verify_profile(opened, None, over.clock)


def test_a_profile_in_order_verifies_and_tells_every_state_with_its_cause(auditor: Profile, over: Finished) -> None:
    report = verify_profile(auditor, None, over.clock)
    assert codes(report) == set()
    assert report.status == 0
    record = over.state.contracts[over.trade.hash]
    assert [each.state for each in report.states] == STORY
    assert [each.log_index for each in report.states] == [record.causes[state] for state in STORY]
    assert report.size == len(over.desk.entries)
    assert {each.reason for each in report.findings} >= {
        "desk.audit-share", "desk.audit-finished", "desk.audit-no-fault", "desk.audit-books-balance",
        "desk.audit-all-included",
    }  # fmt: skip


def test_the_trust_that_is_given_must_be_the_profiles_own(auditor: Profile, over: Finished) -> None:
    assert verify_profile(auditor, review_cases.quorum(), over.clock).status == 0
    other = replace(review_cases.quorum(), log=review_cases.note.verifier_key(bytes(32), world.ORIGIN, 1))
    report = verify_profile(auditor, other, over.clock)
    assert codes(report) == {"desk.audit-other-trust"}
    assert report.status == 1


def test_an_entry_that_the_rules_refuse_is_the_desks_fault(tmp_path: Path) -> None:
    over = fresh()
    index = len(over.desk.entries)
    event = world.event_bytes("settlement.final", ["desk"], {"cycle": "no-such"}, id="x", at=over.desk.now_ms // 1000)
    entry = Entry(index, over.desk.now_ms, event)
    over.desk.entries.append(entry)
    over.desk.state = machine.replay([entry], over.desk.state)
    report = audited(tmp_path, over)
    (fault,) = [each for each in report.findings if each.reason == "desk.audit-fault"]
    assert fault.values["index"] == index
    assert report.status == 1


@pytest.mark.parametrize("stray", [True, False], ids=["of nobody's vault", "of the vault"])
def test_a_destination_that_lies_elsewhere_than_it_was_logged_is_the_desks_fault(tmp_path: Path, stray: bool) -> None:
    """The rules do not read descriptors, so that both replay; whoever audits derives the vault's addresses."""
    over = fresh()
    account = f"{world.BITCOIN}:{world.bitcoin_address('nobody' if stray else 'harbour', 1)}"
    place = {"account": account, "owner": {"lei": world.HARBOUR, "book": "main"}, "vault": "harbour-btc"}
    over.desk.log("roster.changed", ["compliance", "officer-d"], {**world.no_entries(), "destinations": [place]})
    found = [each for each in audited(tmp_path, over).findings if each.reason == "desk.audit-roster"]
    assert [(each.values["name"], each.values["why"]) for each in found] == (
        [(account, "C7.destination-elsewhere")] if stray else []
    )


def test_a_share_that_is_none_is_the_desks_fault(tmp_path: Path) -> None:
    prepared = finished_settlement.finished("instructed")
    spoiled = replace(prepared, desk=prepared.desk.copy(), artefacts=dict(prepared.artefacts))
    data = finished_settlement.share_of(spoiled, "officer-c", "meridian-btc")
    name = spoiled.desk.instructions(spoiled.trade)[0]
    body = world.share_body(name, "officer-a", "meridian-btc") | {"artefact": spoiled.keep(data)}
    spoiled.desk.log("share.added", ["desk", "officer-a"], body)
    report = audited(tmp_path, spoiled)
    assert "bitcoin.share-stranger" in codes(report)
    assert report.status == 1


def test_a_key_withdrawn_later_does_not_make_history_false(tmp_path: Path) -> None:
    over = fresh()
    entry = world.officer_entry("officer-a")
    entry["keys"] = entry["keys"][:1]  # type: ignore[index]
    over.desk.log("roster.changed", ["compliance", "officer-d"], {**world.no_entries(), "officers": [entry]})
    assert codes(audited(tmp_path, over)) == set()
    pack = evidence.gather(_replica(tmp_path / "again", over), over.trade.hash)
    assert codes(verify_pack(evidence.serialise(pack), "pack", review_cases.quorum(), over.clock)) == set()


def test_a_missing_artefact_is_named(tmp_path: Path) -> None:
    over = fresh()
    (share, *_) = over.state.instructions[over.desk.instructions(over.trade)[0]].shares
    del over.artefacts[share.artefact]
    report = audited(tmp_path, over)
    assert "desk.audit-artefact-missing" in codes(report)


def test_a_transaction_other_than_what_was_signed_is_named(tmp_path: Path) -> None:
    over = fresh()
    psbt = over.desk.instructions(over.trade)[0]
    other = replace(over.state.instructions[psbt], finished=over.keep(b"another transaction"))
    over.desk.state = replace(over.state, instructions=over.state.instructions.set(psbt, other))
    ground = replace(
        grounding.of_pack(evidence.gather(_replica(tmp_path, over), over.trade.hash), None), state=over.desk.state
    )
    found = [each.reason for each in rework(replace(ground, artefact=over.artefacts.get), other)]
    assert found == ["desk.audit-share", "desk.audit-share", "desk.audit-other-finished"]


def _replica(folder: Path, over: Finished) -> Replica:
    finished_settlement.write_profile(folder / "profile", over)
    return Replica(open_profile(folder / "profile"), over.clock)


def test_a_pack_verifies_under_trust_and_is_blocked_without(files: dict[str, bytes], over: Finished) -> None:
    data = files["evidence.zip"]
    report = verify_pack(data, "evidence.zip", review_cases.quorum(), over.clock)
    assert codes(report) == set()
    assert report.status == 0
    assert [each.state for each in report.states] == STORY
    blind = verify_pack(data, "evidence.zip", None, over.clock)
    assert {each.status for each in blind.findings if not each.ok} == {Status.BLOCKED}
    assert blind.status == 1
    assert blind.fingerprints == report.fingerprints


def test_a_pack_that_does_not_parse_is_two(over: Finished) -> None:
    report = verify_pack(b"PK\5\6", "evidence.zip", None, over.clock)
    assert report.status == 2
    assert report.malformed[0][0] == "evidence.zip"


def test_a_pack_under_another_desks_name_or_with_a_strangers_key_is_refused(
    files: dict[str, bytes], over: Finished
) -> None:
    pack = evidence.parse(files["evidence.zip"])
    stranger = world.SoftwareKey.generate(world.Curve.ED25519, "stranger").public
    for changed, code in (
        (replace(pack, desk="elsewhere.example/desk"), "desk.audit-other-desk"),
        (replace(pack, keys=(*pack.keys, stranger)), "desk.audit-stranger"),
        (replace(pack, contract=sha256(b"other").hexdigest()), "L3.not-in-pack"),
    ):
        report = verify_pack(evidence.serialise(changed), "pack", review_cases.quorum(), over.clock)
        assert code in codes(report)
        assert report.status == 1


def test_what_lies_beside_a_packs_events_is_what_they_name(files: dict[str, bytes], over: Finished) -> None:
    pack = evidence.parse(files["evidence.zip"])
    fewer = replace(pack.vkeys, witnesses=pack.vkeys.witnesses[:1], k=1)
    stray = {**pack.artefacts, sha256(b"stray").hexdigest(): b"stray"}
    for changed, code in (
        (replace(pack, keys=pack.keys[1:]), "desk.audit-differs"),
        (replace(pack, vkeys=fewer), "desk.audit-differs"),
        (replace(pack, artefacts=stray), "desk.audit-unnamed"),
    ):
        report = verify_pack(evidence.serialise(changed), "pack", review_cases.quorum(), over.clock)
        assert (report.status, codes(report)) == (1, {code})


@pytest.mark.parametrize("place", [0, 3, 12, 20])
def test_an_event_left_out_of_a_pack_shows(place: int, files: dict[str, bytes], over: Finished) -> None:
    pack = evidence.parse(files["evidence.zip"])
    kept = tuple(each for position, each in enumerate(pack.exhibits) if position != place)
    report = verify_pack(evidence.serialise(replace(pack, exhibits=kept)), "pack", review_cases.quorum(), over.clock)
    assert report.status == 1 or place == 3


def test_a_pack_whose_event_was_exchanged_fails_its_proof(files: dict[str, bytes], over: Finished) -> None:
    pack = evidence.parse(files["evidence.zip"])
    first, second, *rest = pack.exhibits
    swapped = (replace(first, event=second.event), second, *rest)
    report = verify_pack(evidence.serialise(replace(pack, exhibits=swapped)), "pack", review_cases.quorum(), over.clock)
    assert "L3.root" in codes(report)


def test_a_policy_may_not_lower_the_quorum_below_the_trusted_witnesses(files: dict[str, bytes], over: Finished) -> None:
    """With keys that the policy does not name, every trusted witness is needed."""
    data = files["evidence.zip"]
    trust = review_cases.quorum()
    third = review_cases.note.verifier_key(bytes([77]) * 32, "witness.example/third", review_cases.COSIGNATURE)
    other = replace(trust, witnesses=(trust.witnesses[0], third), k=2)
    assert "L5.quorum" in codes(verify_pack(data, "pack", other, over.clock))
    more = Quorum.parse(replace(trust, witnesses=(*trust.witnesses, third)).serialise())
    assert verify_pack(data, "pack", more, over.clock).status == 0


class TestOwners:
    """A Safe's change of its own owners is audited like a settlement's transaction: its shares, its bytes, every check."""

    @staticmethod
    def changed(over: Finished, *, spoil: bool = False, other: bool = False) -> str:
        """Ordered and signed after the settlement; a share of other bytes, or other bytes than were ordered."""
        desk, order = over.desk, owner_cases.GOES
        tx = owner_cases.built(desk, order, nonce=1)
        data = safe_file.serialise(replace(tx, data=b"\x69\x4e\x80\xc3" + (1).to_bytes(32)) if other else tx)
        name = owner_cases.logged(desk, order, data, nonce=1)
        over.artefacts[sha256(data).digest()] = data
        for officer in ("officer-a", "officer-c"):
            signed = safe_file.serialise(replace(tx, nonce=2)) if spoil else data
            share = review_cases.safe_share(signed, officer).data
            over.artefacts[sha256(share).digest()] = share
            body = {**world.share_body(name, officer, "harbour-safe"), "artefact": sha256(share).hexdigest()}
            desk.log("share.added", ["desk", officer], body)
        return name

    def test_one_in_order_verifies(self, tmp_path: Path) -> None:
        over = fresh()
        name = self.changed(over)
        report = audited(tmp_path, over)
        assert codes(report) == set()
        judged = next(each for each in report.judged if name in each.about[0])
        assert {each.status for each in judged.verdict.of("E4")} == {Status.PASS}

    def test_a_share_of_other_bytes_is_the_desks_fault(self, tmp_path: Path) -> None:
        over = fresh()
        self.changed(over, spoil=True)
        assert "E9.not-an-owner" in codes(audited(tmp_path, over))

    def test_other_bytes_than_were_ordered_are_found(self, tmp_path: Path) -> None:
        over = fresh()
        self.changed(over, other=True)
        assert "E4.not-ordered" in codes(audited(tmp_path, over))
