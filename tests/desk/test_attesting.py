"""Two consoles attest; what they refuse to sign; and what the cold machine makes of it, by QR and by USB."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from countersign.airgap import envelope as envelopes
from countersign.desk import attesting
from countersign.desk.author import Scribe
from countersign.desk.safe_reader import SafeReader
from countersign.desk.views import VaultRequestView
from countersign.desk.vouching import Nodes
from countersign.errors import Refused, Unavailable
from countersign.formats import eip55
from countersign.review.case import Channel
from countersign.review.finding import Finding, Status
from countersign.settlement import events
from countersign.settlement.attest_bodies import StateAttested
from countersign.settlement.safe_state import ChainSnapshot, bodies
from support import safe_snapshots
from support import settlement_world as settlement
from support.crossing_world import CrossingWorld, adopt, no_progress, resealed, show
from support.refusals import refused
from support.safe_snapshots import StatedNode

WELL = ["E10.code", "E10.owned", "E10.alone", "E10.next"]
ATTACKER = eip55.checksum(b"\x66" * 20)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[CrossingWorld]:
    found = CrossingWorld(tmp_path)
    yield found
    found.online.profile.close()  # type: ignore[attr-defined]
    found.cold.profile.close()  # type: ignore[attr-defined]


def node_of(world: CrossingWorld) -> StatedNode:
    """A good node of one officer's own."""
    return StatedNode(settlement.ETHEREUM, lambda: world.desk.state, lambda: world.desk.now_ms // 1_000)


def reader(node: StatedNode) -> SafeReader:
    return SafeReader(Nodes({}, {settlement.ETHEREUM: node}))  # type: ignore[dict-item]


async def half(world: CrossingWorld, officer: str = "compliance", node: StatedNode | None = None) -> bytes:
    """One officer's half, made on a console that replayed the whole log."""
    scribe = Scribe(settlement.ORIGIN, world.clock, world.entropy)
    return await attesting.attest(
        world.online, "cycle-1", world.author(officer), scribe, reader(node or node_of(world))
    )


async def joined(
    world: CrossingWorld, event: bytes, officer: str = "operations", node: StatedNode | None = None
) -> bytes:
    """The event with the second officer's signature, whose own node knows the blocks that the first one's knew."""
    if node is None:
        node, body = node_of(world), events.parse(event).body
        for each in body.chains if isinstance(body, StateAttested) else ():
            await node.reach(each.time)
    return await attesting.join(world.online, event, world.author(officer), reader(node))


def price(world: CrossingWorld) -> None:
    """Something unrelated is logged."""
    world.desk.log("price.published", ["desk"], {"asset": settlement.BTC, "price": "80001", "source": "x"})
    world.publish()
    world.take_in()


async def test_two_consoles_that_find_the_same_attest_it(world: CrossingWorld) -> None:
    world.prepare(attested=False)
    await world.submit(await joined(world, await half(world)))
    found = world.desk.state.attestations["cycle-1"]
    assert found.officers == ("compliance", "operations")
    assert found.root == world.log(found.size).tree.root().hex()


async def test_the_second_console_may_have_seen_more_since(world: CrossingWorld) -> None:
    world.prepare(attested=False)
    event = await half(world)
    price(world)
    await world.submit(await joined(world, event))
    assert world.desk.state.attestations["cycle-1"].size == world.online.log.size - 1


async def test_one_officer_alone_and_the_same_twice_attest_nothing(world: CrossingWorld) -> None:
    world.prepare(attested=False)
    with refused("settlement.wrong-signers", Refused):
        await world.submit(await half(world))
    with refused("settlement.wrong-signers", Refused):
        await world.submit(await joined(world, await half(world), "compliance"))


def seen(world: CrossingWorld, **changes: object) -> tuple[ChainSnapshot, ...]:
    """What a good node says now of the Safes of the cycle, changed."""
    (found,) = safe_snapshots.of_cycle(world.online.state, "cycle-1", world.desk.now_ms // 1_000)
    return (replace(found, safes=tuple(replace(each, **changes) for each in found.safes)),)  # type: ignore[arg-type]


def changed(world: CrossingWorld, **changes: object) -> bytes:
    """A half over other facts, properly signed by compliance."""
    size = world.online.log.size
    body: Mapping[str, object] = {
        **settlement.attesting.body(
            world.online.state, "cycle-1", size, world.log(size).tree.root().hex(), seen(world)
        ),
        **changes,
    }
    at = world.desk.now_ms // 1_000
    return settlement.event_bytes("state.attested", ["compliance"], body, id="half", at=at)


GIVEN = [{"payer": settlement.MERIDIAN, "receiver": settlement.HARBOUR, "usd": "1"}]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"root": "ab" * 32}, "desk.attested-root"),
        ({"used": GIVEN}, "desk.attested-differs"),
        ({"instructions": ["ab" * 32]}, "desk.attested-differs"),
        ({"size": 10_000}, "desk.attested-ahead"),
    ],
)
async def test_what_differs_from_what_this_console_finds_is_not_signed(
    world: CrossingWorld, changes: dict[str, object], code: str
) -> None:
    world.prepare(attested=False)
    with refused(code, Refused):
        await joined(world, changed(world, **changes))
    assert await joined(world, changed(world))


async def test_a_safe_that_drifted_is_attested_by_nobody(world: CrossingWorld) -> None:
    world.prepare(attested=False)
    for changes, code in (({"modules": (ATTACKER,)}, "E10.modules"), ({"nonce": 1}, "E10.nonce")):
        node = node_of(world)
        node.changes = dict(changes)
        with refused(code, Refused):
            await half(world, node=node)
    assert await half(world)


async def test_the_second_officers_node_must_say_the_same_of_that_block(world: CrossingWorld) -> None:
    world.prepare(attested=False)
    event, second = await half(world), node_of(world)
    with refused("chains.no-block", Unavailable):  # it has not seen the block yet
        await joined(world, event, node=second)
    await second.reach(world.desk.now_ms // 1_000)
    second.changes = {"threshold": 3}
    with refused("desk.attested-chain", Refused):
        await joined(world, event, node=second)
    second.changes = {}
    await world.submit(await joined(world, event, node=second))
    assert [each.chain for each in world.desk.state.attestations["cycle-1"].chains] == [settlement.ETHEREUM]


async def test_what_another_officers_node_says_of_a_drifted_safe_is_not_joined(world: CrossingWorld) -> None:
    world.prepare(attested=False)
    second = node_of(world)
    second.changes = {"threshold": 1}
    await second.reach(world.desk.now_ms // 1_000)
    drifted = changed(world, chains=bodies(seen(world, threshold=1)))
    with refused("E10.threshold", Refused):
        await joined(world, drifted, node=second)


async def test_without_a_node_of_its_own_a_console_attests_no_safe(world: CrossingWorld) -> None:
    world.prepare(attested=False)
    scribe = Scribe(settlement.ORIGIN, world.clock, world.entropy)
    with refused("desk.no-node", Unavailable):
        await attesting.attest(world.online, "cycle-1", world.author("compliance"), scribe, SafeReader(Nodes()))


async def test_what_was_cancelled_meanwhile_is_not_signed(world: CrossingWorld) -> None:
    world.prepare(attested=False)
    event = await half(world)
    contract = world.desk_contract().hash
    world.desk.log("contract.cancelled", ["meridian", "harbour"], {"contract": contract, "reason": "Not today."})
    world.publish()
    world.take_in()
    with refused("settlement.attested-called-off", Refused):
        await joined(world, event)


async def test_another_event_is_no_attestation(world: CrossingWorld) -> None:
    world.prepare(attested=False)
    with refused("desk.not-attestation", Refused):
        await joined(world, world.desk.entries[-1].event)


async def opened(world: CrossingWorld, request: bytes, channel: Channel) -> VaultRequestView:
    await world.vault.confirm_clock(True)
    return await show(world, request, channel)


def said(view: VaultRequestView) -> Finding:
    (found,) = view.instruction.verdict.of("L8")
    return found


async def test_by_qr_with_an_attestation_the_vault_signs_and_names_who_attested(world: CrossingWorld) -> None:
    psbt, _ = world.prepare()
    price(world)
    view = await opened(world, await world.crossing.request(psbt, "officer-c", Channel.QR), Channel.QR)
    assert view.instruction.verdict.against == ()
    assert (said(view).reason, view.crossing.attested_by) == ("L8.attested", ("Conrad Lake", "Olive Penn"))
    assert not view.crossing.later_cancellation_checked
    assert (await world.vault.sign(no_progress)).answered


async def test_by_qr_without_one_nothing_is_signed_and_by_usb_it_is(world: CrossingWorld) -> None:
    psbt, _ = world.prepare(attested=False)
    view = await opened(world, await world.crossing.request(psbt, "officer-c", Channel.QR), Channel.QR)
    assert [each.reason for each in view.instruction.verdict.against] == ["L8.not-attested"]
    assert view.crossing.attested_by == ()
    with refused("desk.checks-forbid", Refused):
        await world.vault.sign(no_progress)
    view = await opened(world, await world.crossing.request(psbt, "officer-c", Channel.USB), Channel.USB)
    assert said(view).reason == "L8.replayed"
    assert (await world.vault.sign(no_progress)).answered


async def test_by_usb_a_safe_needs_what_two_attest_of_it_and_no_older_than_a_request_lives(
    world: CrossingWorld,
) -> None:
    _, safe = world.prepare(attested=False)
    view = await opened(world, await world.crossing.request(safe, "officer-c", Channel.USB), Channel.USB)
    assert [each.reason for each in view.instruction.verdict.against] == ["E10.not-attested"]
    world.attest()
    view = await opened(world, await world.crossing.request(safe, "officer-c", Channel.USB), Channel.USB)
    assert [each.reason for each in view.instruction.verdict.of("E10")] == ["E10.attested", *WELL]
    assert view.crossing.attested_by == ("Conrad Lake", "Olive Penn")
    assert (await world.vault.sign(no_progress)).answered


async def test_by_qr_the_safe_crosses_with_what_two_attest_of_it(world: CrossingWorld) -> None:
    _, safe = world.prepare()
    view = await opened(world, await world.crossing.request(safe, "officer-c", Channel.QR), Channel.QR)
    assert view.instruction.verdict.against == ()
    assert [each.reason for each in view.instruction.verdict.of("E10")] == ["E10.attested", *WELL]
    assert (await world.vault.sign(no_progress)).answered


async def test_the_operator_s_own_attestation_does_not_count(world: CrossingWorld) -> None:
    psbt, _ = world.prepare(attested=False)
    world.attest(officers=("compliance", "officer-c"))
    view = await opened(world, await world.crossing.request(psbt, "officer-c", Channel.QR), Channel.QR)
    assert [each.reason for each in view.instruction.verdict.against] == ["L8.attested-by-signer"]


async def test_an_attestation_of_what_was_prepared_before_is_stale_and_is_not_carried(world: CrossingWorld) -> None:
    world.prepare()
    trade = settlement.Trade(1, world.desk_contract())
    psbt, _ = world.prepare_instructions(trade)
    world.publish()
    world.take_in()
    view = await opened(world, await world.crossing.request(psbt, "officer-c", Channel.QR), Channel.QR)
    assert [each.reason for each in view.instruction.verdict.against] == ["L8.not-attested"]
    world.attest()
    carried = envelopes.peek(await world.crossing.request(psbt, "officer-c", Channel.QR)).request.events
    assert [events.parse(each.event).type for each in carried].count("state.attested") == 1


async def test_a_request_that_says_another_history_was_attested_is_refused(world: CrossingWorld) -> None:
    psbt, _ = world.prepare()
    price(world)
    data = await world.crossing.request(psbt, "officer-c", Channel.QR)
    body = envelopes.peek(data).request
    assert len(body.attested) > 0
    altered = resealed(world, data, "officer-a", body=replace(body, attested=(bytes(32), *body.attested[1:])))
    view = await opened(world, altered, Channel.QR)
    assert [each.reason for each in view.instruction.verdict.against] == ["L8.other-history"]


async def test_what_was_given_in_a_day_crosses_with_the_attestation(world: CrossingWorld) -> None:
    caps = {"transaction_usd": None, "day_usd": "20000000", "counterparty_usd": None}
    version = world.desk.state.adopted().version + 1
    adopt(world.desk, version, caps=caps)
    psbt, _ = world.prepare()
    view = await opened(world, await world.crossing.request(psbt, "officer-c", Channel.QR), Channel.QR)
    (found,) = [each for each in view.instruction.verdict.of("C7") if each.reason == "C7.day"]
    assert (found.status, found.values["used"], found.values["cap"]) == (Status.PASS, "0", "20,000,000")
    assert events.parse(world.desk.entries[-1].event).type == "state.attested"
