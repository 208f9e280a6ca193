"""An evidence pack: gathered whole, written the same every time, read strictly, and nothing slipped in."""

from dataclasses import replace
from hashlib import sha256

import pytest

from countersign.airgap.phrase import Purpose, phrase
from countersign.desk import evidence, stored_zip
from countersign.desk.evidence import Circle, Pack
from countersign.desk.replica import Replica
from countersign.errors import Malformed, Refused
from countersign.formats import jcs, strict_json
from countersign.settlement import builder, events, gapped, machine
from countersign.store.profile import Profile
from support import settlement_world as world
from support import trouble_world as trouble
from support.finished_settlement import LEGAL, Finished
from support.settlement_world import Desk

BOTH = ["compliance", "officer-d"]


@pytest.fixture(scope="module")
def data(files: dict[str, bytes]) -> bytes:
    return files["evidence.zip"]


@pytest.fixture(scope="module")
def pack(data: bytes) -> Pack:
    return evidence.parse(data)


def refusal(parts: dict[str, bytes]) -> str:
    with pytest.raises(Malformed) as caught:
        evidence.parse(stored_zip.pack(parts))
    return caught.value.code


def relisted(parts: dict[str, bytes]) -> dict[str, bytes]:
    """The parts with a manifest that lists them as they are."""
    manifest = strict_json.parse(parts["manifest.json"])
    assert isinstance(manifest, dict)
    manifest["files"] = {name: sha256(data).hexdigest() for name, data in parts.items() if name != "manifest.json"}
    return parts | {"manifest.json": jcs.encode(manifest)}


def test_written_and_read_are_one(pack: Pack, data: bytes) -> None:
    assert evidence.serialise(pack) == data
    assert list(stored_zip.unpack(data)) == sorted(stored_zip.unpack(data))


def test_it_holds_the_settlement_and_what_it_rests_on(pack: Pack, over: Finished) -> None:
    kinds = [events.parse(each.event).type for each in pack.exhibits]
    assert kinds[:6] == [
        "desk.founded", "policy.adopted", "price.published", "price.published", "deposit.credited", "deposit.credited",
    ]  # fmt: skip
    own = {each.type for each in over.state.concerns(over.state.contracts[over.trade.hash])}
    assert own <= set(kinds)
    assert {"instruction.prepared", "share.added", "settlement.final"} <= set(kinds)
    assert "instruction.refused" not in kinds
    assert LEGAL in pack.artefacts.values()
    shares = {each.artefact for one in over.state.instructions.values() for each in one.shares}
    assert shares <= set(pack.artefacts)


def test_another_settlement_stays_out_of_it(auditor: Profile, over: Finished, pack: Pack) -> None:
    with pytest.raises(Refused):
        evidence.gather(Replica(auditor, over.clock), "00" * 32)
    record = over.state.contracts[over.trade.hash]
    deposit = next(
        events.parse(each.event) for each in pack.exhibits if b"deposit" in events.parse(each.event).jws.payload
    )
    assert evidence.belongs(over.state, record, deposit)
    other = replace(deposit, body=replace(deposit.body, owner=world.OWNERS["harbour"]))
    assert evidence.belongs(over.state, record, other) is (deposit.body.owner == world.OWNERS["harbour"])


def test_what_settles_together_is_one_settlement_and_nobody_elses() -> None:
    """Contracts 1 and 2 were netted, 1 was cancelled; then 2 and 3 were netted; 4 is alone."""
    desk = Desk()
    desk.log("desk.founded", ["desk", "compliance", "officer-d"], world.founding_body())
    desk.log("policy.adopted", ["compliance", "officer-d"], {"policy": world.policy_document()})
    for asset, price in ((world.BTC, "80000"), (world.USDC, "1")):
        desk.log("price.published", ["desk"], {"asset": asset, "price": price, "source": "Northgate reference"})
    desk.deposit("meridian", world.BTC, 5 * world.BTC_UNITS, 1)
    desk.deposit("harbour", world.USDC, 5 * world.USDC_UNITS, 1)
    first, second, third, alone = (desk.trade() for _ in range(4))
    for each in (first, second, third, alone):
        desk.play(each, until="held")
    for cycle, both in (("before", (first, second)), ("after", (second, third))):
        body = builder.cycle_body(cycle, sorted(each.hash for each in both), world.START, netting="multilateral")
        desk.log("cycle.closed", ["desk"], body)
        if cycle == "before":
            gone = {"contract": first.hash, "reason": "Called off."}
            desk.log("contract.cancelled", ["meridian", "harbour"], gone)

    for name, wanted in ((third, {first, second, third}), (alone, {alone})):
        record = desk.state.contracts[name.hash]
        assert Circle.of(desk.state, record).hashes == {each.hash for each in wanted}
        mine = [each for each in desk.entries if evidence.belongs(desk.state, record, events.parse(each.event))]
        told = machine.replay(mine)
        assert (dict(told.faults), told.contracts.get(name.hash)) == ({}, desk.state.contracts[name.hash])


@pytest.mark.parametrize("between", [0, 1, 2], ids=["at once", "after another's", "after two others'"])
def test_a_change_of_owners_is_what_the_shares_rest_on(between: int) -> None:
    """The Safe's numbers: the order, what others settle meanwhile, which nobody's pack holds but theirs, and the settlement."""
    desk = world.founded(bitcoin=120_000_000_000, dollars=90_000_000_000_000)
    officers = world.SAFE_OWNERS[:2]
    desk.log("owners.ordered", BOTH, world.owners_body(desk, officers, 2))
    (ordered,) = desk.state.orders.values()
    for officer in officers:
        desk.log(*world.share_step(ordered.instruction.hash, officer, "harbour-safe"))
    desk.log(*trouble.broadcast(desk.state.instruction(ordered.instruction.hash)))
    sent = desk.state.instruction(ordered.instruction.hash)
    desk.log(*trouble.observed(sent, desk.state.adopted().confirmations_on(world.ETHEREUM)))
    assert len(desk.state.roster.vaults["harbour-safe"].keys) == len(officers)
    for _ in range(between):
        desk.play(desk.trade())
    trade = desk.trade()
    desk.play(trade)
    assert not desk.state.faults

    record = desk.state.contracts[trade.hash]
    mine = [each for each in desk.entries if evidence.belongs(desk.state, record, events.parse(each.event))]
    told = gapped.replay(mine)
    assert (dict(told.faults), told.contracts[trade.hash]) == ({}, record)
    assert len(mine) < len(desk.entries) or not between
    others = [each for each in mine if events.parse(each.event).type != "owners.ordered"]
    assert gapped.replay(others).roster.vaults["harbour-safe"] != told.roster.vaults["harbour-safe"]
    used = desk.entry("owners.ordered", BOTH, world.owners_body(desk, world.SAFE_OWNERS, 2, nonce=between))
    assert [each.code for each in gapped.replay([*mine, used]).faults.values()] == ["E8.nonce"]


def test_every_proof_leads_to_the_one_checkpoint(pack: Pack) -> None:
    for each in pack.exhibits:
        assert each.proof.checkpoint == pack.checkpoint.serialise()
        each.proof.verify(each.opening.leaf(each.event), pack.checkpoint.checkpoint)


def test_its_words_are_those_of_its_manifest(pack: Pack, data: bytes) -> None:
    digest = sha256(stored_zip.unpack(data)["manifest.json"]).digest()
    assert pack.words == phrase(Purpose.EVIDENCE, digest)
    assert len(pack.words.split()) == 12


def test_a_file_more_less_or_other_is_refused_by_name(data: bytes) -> None:
    parts = stored_zip.unpack(data)
    assert refusal(parts | {"artefacts/extra": b""}) == "desk.pack-unlisted"
    assert refusal({name: each for name, each in parts.items() if name != "checkpoint"}) == "desk.pack-missing"
    assert refusal({name: each for name, each in parts.items() if name != "manifest.json"}) == "desk.pack-missing"
    assert refusal(parts | {"checkpoint": parts["checkpoint"] + b"\n"}) == "desk.pack-hash"


def test_what_the_manifest_lists_must_still_be_what_its_name_says(data: bytes) -> None:
    parts = stored_zip.unpack(data)
    assert refusal(relisted(parts | {f"artefacts/{'0' * 64}": b"other"})) == "desk.pack-artefact"
    assert refusal(relisted(parts | {"readme": b"believe me"})) == "desk.pack-manifest"
    assert refusal(relisted(parts | {"events/0.opening.json": parts["events/1.opening.json"]})) == "desk.pack-index"
    without = {name: each for name, each in parts.items() if name != "events/0.tlog-proof"}
    assert refusal(relisted(without)) == "desk.pack-missing"
    keys = strict_json.parse(parts["jwks.json"])
    assert isinstance(keys, dict)
    backwards = jcs.encode({"keys": list(reversed(keys["keys"]))})  # type: ignore[arg-type]
    assert refusal(relisted(parts | {"jwks.json": backwards})) == "desk.jwks-kid"


def test_a_near_miss_is_read(data: bytes) -> None:
    parts = stored_zip.unpack(data)
    assert evidence.parse(stored_zip.pack(relisted(parts))) == evidence.parse(data)
