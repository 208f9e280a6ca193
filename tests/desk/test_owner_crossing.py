"""A Safe's owner whose key lies on a cold machine signs a change of its owners: by USB and by QR, attested, and back."""

from dataclasses import replace
from pathlib import Path

import pytest

from countersign.airgap import envelope as envelopes
from countersign.desk import attesting, checking
from countersign.desk.author import Scribe
from countersign.desk.owner_views import COMES, GOES, STAYS
from countersign.desk.safe_reader import SafeReader
from countersign.desk.vouching import Nodes
from countersign.errors import Refused
from countersign.ethereum import owners, safe_file
from countersign.ethereum.abi import Address
from countersign.review.case import Channel
from countersign.review.finding import Status
from countersign.settlement import events
from countersign.settlement.bodies import InstructionRefused
from support import owner_cases
from support import settlement_world as settlement
from support.crossing_world import CrossingWorld, no_progress, resealed, show
from support.owner_cases import GOES as OUT
from support.owner_cases import MORE_SIGN, SAFE
from support.refusals import refused
from support.safe_snapshots import StatedNode

DRIVE = Path("/drive")
BOTH = pytest.mark.parametrize("channel", [Channel.USB, Channel.QR])
COLD = "officer-c"


@pytest.fixture
def world(tmp_path: Path) -> CrossingWorld:
    return CrossingWorld(tmp_path)


async def shown(world: CrossingWorld, name: str, channel: Channel):  # type: ignore[no-untyped-def]
    await world.vault.confirm_clock(True)
    return await show(world, await world.crossing.request(name, COLD, channel), channel)


@BOTH
async def test_it_is_shown_whole_signed_and_its_share_is_taken_in(world: CrossingWorld, channel: Channel) -> None:
    name = world.order_owners()
    view = await shown(world, name, channel)
    assert view.review is None
    assert view.instruction.verdict.against == ()
    for check in ("C4", "C5", "L8", "E1", "E2", "E3", "E4", "E7", "E8", "E10", "T1", "H2", "H3"):
        assert {finding.status for finding in view.instruction.verdict.of(check)} == {Status.PASS}, check
    assert view.crossing.settlement == name
    assert view.crossing.attested_by == ("Dora Finch", "Olive Penn")
    assert view.keys == (settlement.vault_key(COLD, "eip155", "harbour").public.data.hex(),)
    assert (await world.vault.sign(no_progress, view.instruction)).answered
    (digest,) = world.tokens[COLD].signed
    assert digest == owner_cases.built(world.desk, OUT).digest
    answer = world.courier.files[await world.vault.answer_to_usb(DRIVE)]
    await world.crossing.take_answer(answer)
    assert world.desk.state.orders[name].instruction.signers(SAFE) == (COLD,)
    await world.crossing.take_answer(answer)
    assert world.crossing.recipients(world.desk.state.orders[name].instruction) == ()


async def test_who_goes_who_stands_in_front_and_who_ordered_it_is_told(world: CrossingWorld) -> None:
    view = await shown(world, world.order_owners(), Channel.QR)
    change, before = view.change, owner_cases.listed(world.desk)
    assert change is not None
    gone = Address(settlement.vault_key(owner_cases.D, "eip155", "harbour").public.ethereum_address())
    assert [each.name for each in change.owners if each.fate == GOES] == ["Dora Finch"]
    assert {each.fate for each in change.owners} == {GOES, STAYS}
    assert change.in_front is not None
    front = owners.previous(before.owners, gone)
    assert change.in_front.address.lower() == "0x" + front.hex()
    assert (change.before, change.after) == (2, 2)
    assert change.ordered_by == ("Dora Finch", "Conrad Lake")
    told = dict(view.instruction.facts)
    assert told["owner-goes"].startswith("Dora Finch, 0x")
    assert told["owner-in-front"].endswith(change.in_front.address)
    assert told["owners-sign"], told["owners-sign-then"] == ("2 of 3", "2 of 2")
    assert view.instruction.extra_effects == ()
    assert view.proof is not None


@BOTH
async def test_a_safe_that_nobody_attested_is_not_signed_for(world: CrossingWorld, channel: Channel) -> None:
    view = await shown(world, world.order_owners(attested=False), channel)
    against = {each.check: each.reason for each in view.instruction.verdict.against}
    assert against["E10"] == "E10.not-attested"
    assert ("L8" in against) is (channel is Channel.QR)
    with refused("desk.checks-forbid", Refused):
        await world.vault.sign(no_progress)
    assert world.tokens[COLD].signed == []


async def test_two_consoles_attest_it_with_what_their_own_nodes_say_of_the_safe(world: CrossingWorld) -> None:
    name = world.order_owners(attested=False)
    node = StatedNode(settlement.ETHEREUM, lambda: world.desk.state, lambda: world.desk.now_ms // 1_000)
    reader = SafeReader(Nodes({}, {settlement.ETHEREUM: node}))  # type: ignore[dict-item]
    scribe = Scribe(settlement.ORIGIN, world.clock, world.entropy)
    half = await attesting.attest(world.online, name, world.author("operations"), scribe, reader)
    await world.submit(await attesting.join(world.online, half, world.author("compliance"), reader))
    world.take_in()
    assert world.desk.state.attestations[name].instructions == (name,)
    view = await shown(world, name, Channel.QR)
    assert view.instruction.verdict.against == ()
    node.changes = {"threshold": 1}
    with refused("E10.threshold", Refused):
        await attesting.attest(world.online, name, world.author("operations"), scribe, reader)


async def test_an_attestation_by_who_signs_is_none(world: CrossingWorld) -> None:
    first = world.order_owners()
    name = world.order_owners(MORE_SIGN, replaces=first, attested=False)
    world.attest(name, ("operations", COLD))
    view = await shown(world, name, Channel.QR)
    for check in ("L8", "E10"):
        assert {each.reason for each in view.instruction.verdict.of(check)} == {"L8.attested-by-signer"}


@BOTH
async def test_an_order_that_took_anothers_place_is_carried_with_it(world: CrossingWorld, channel: Channel) -> None:
    first = world.order_owners()
    await shown(world, first, channel)
    await world.vault.sign(no_progress)
    await world.crossing.take_answer(world.courier.files[await world.vault.answer_to_usb(DRIVE)])
    name = world.order_owners(MORE_SIGN, replaces=first)
    view = await shown(world, name, channel)
    assert view.instruction.verdict.against == ()
    (told,) = view.instruction.verdict.of("E8")
    assert told.reason == "E8.ordered-instead"
    assert (await world.vault.sign(no_progress, view.instruction)).answered
    assert len(world.tokens[COLD].signed) == 2
    assert view.change is not None
    assert (view.change.before, view.change.after) == (2, 3)


async def test_what_waits_to_be_carried_lists_it_until_it_is_signed_or_stopped(world: CrossingWorld) -> None:
    name = world.order_owners()
    assert [(each.instruction, each.contract_id) for each in world.crossing.waiting()] == [(name, SAFE)]
    world.desk.log(*settlement.freeze_step())
    world.publish()
    world.take_in()
    assert [each.instruction for each in world.crossing.waiting()] == [name]
    world.order_owners(MORE_SIGN, replaces=name, attested=False)
    assert name not in [each.instruction for each in world.crossing.waiting()]


@BOTH
async def test_it_is_refused_across_the_gap_and_the_desk_is_told(world: CrossingWorld, channel: Channel) -> None:
    name = world.order_owners()
    await shown(world, name, channel)
    await world.vault.refuse("Nobody told me of this.")
    await world.crossing.take_answer(world.courier.files[await world.vault.answer_to_usb(DRIVE)])
    last = events.parse(world.desk.entries[-1].event)
    assert isinstance(last.body, InstructionRefused)
    assert last.body.sha256 == world.desk.state.orders[name].instruction.artefact
    assert world.tokens[COLD].signed == []


@BOTH
async def test_other_bytes_than_were_ordered_are_refused_by_e4_and_c5(world: CrossingWorld, channel: Channel) -> None:
    name = world.order_owners()
    request = await world.crossing.request(name, COLD, channel)
    asked = envelopes.peek(request)
    tx = owner_cases.built(world.desk, OUT)
    other = safe_file.serialise(replace(tx, data=owners.serialise(owners.AddOwner(Address(b"\x66" * 20), 2))))
    body = replace(asked.request, artefact=other)
    await world.vault.confirm_clock(True)
    view = await show(world, resealed(world, request, "officer-a", body=body), channel)
    against = {each.check for each in view.instruction.verdict.against}
    assert {"E4", "C5"} <= against
    assert view.instruction.extra_effects != ()
    assert view.change is not None
    assert [(each.name, each.fate) for each in view.change.owners][-1] == ("", COMES)
    with refused("desk.checks-forbid", Refused):
        await world.vault.sign(no_progress)


@pytest.mark.parametrize("changes", [{"settlement_id": "cycle-1"}, {"contract_hashes": (b"\x01" * 32,)}], ids=str)
async def test_a_request_that_names_a_settlement_for_it_is_refused(
    world: CrossingWorld, changes: dict[str, object]
) -> None:
    request = await world.crossing.request(world.order_owners(), COLD, Channel.QR)
    with refused("desk.request-differs", Refused):
        await show(world, resealed(world, request, "officer-a", **changes), Channel.QR)
    assert world.tokens[COLD].signed == []


async def test_who_ordered_it_is_asked_for_nothing(world: CrossingWorld) -> None:
    name = world.order_owners()
    instruction = world.desk.state.instruction(name)
    assert "officer-d" not in world.crossing.recipients(instruction)
    with refused("desk.nothing-to-carry", Refused):
        await world.crossing.request(instruction.hash, "officer-d", Channel.USB)


async def test_the_command_that_checks_files_judges_it_as_consoles_do(world: CrossingWorld) -> None:
    name = world.order_owners(attested=False)
    data = safe_file.serialise(owner_cases.built(world.desk, OUT))
    report = checking.check({"owners.json": data}, world.online.profile, None, world.clock)
    assert [(each.check, each.reason) for each in report.findings if not each.ok] == []
    for code in ("C4", "C5", "L8", "E1", "E2", "E3", "E4", "E7", "E8"):
        assert {each.status for each in report.findings if each.check == code} == {Status.PASS}, code
    claim = safe_file.parse(data)
    other = safe_file.serialise(replace(claim.tx, data=owners.serialise(owners.ChangeThreshold(1))))
    report = checking.check({"owners.json": other}, world.online.profile, None, world.clock)
    assert {"C5", "E4"} <= {each.check for each in report.findings if each.status is Status.FAIL}
    world.desk.log(*settlement.share_step(name, "officer-a", SAFE))
    world.publish()
    world.take_in()
    (judged,) = checking.check({"owners.json": data}, world.online.profile, None, world.clock).judged
    assert judged.as_of == world.desk.state.orders[name].instruction.shares[0].index
    assert [(each.check, each.reason) for each in judged.verdict.against] == []
