"""Two officers attest: what they say of a cycle, when the machine takes it, and what an excerpt carries of it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from countersign.formats import jcs, times
from countersign.settlement import attesting, machine, safe_state
from countersign.settlement.attest_bodies import Given
from countersign.settlement.excerpt import carried
from countersign.settlement.records import Tip
from countersign.settlement.roster import SafeVault
from support import safe_snapshots
from support import settlement_world as world
from support import trouble_world as trouble
from support.settlement_world import HARBOUR, MERIDIAN, Desk, Trade

OFFICERS = ["compliance", "officer-d"]


def instructed() -> tuple[Desk, Trade]:
    """A desk with one trade waiting for shares."""
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, until="instructed")
    return desk, trade


def payload(desk: Desk, body: dict[str, Any]) -> bytes:
    """The event's payload, whatever its body says."""
    at = times.text(desk.now_ms // 1_000)
    return jcs.encode({"type": "state.attested", "desk": world.ORIGIN, "id": "raw", "at": at, "body": body})


def test_an_attestation_names_the_live_instructions_the_checkpoint_and_both_officers() -> None:
    desk, trade = instructed()
    entry = desk.log("state.attested", OFFICERS, world.attested_body(desk, trade))
    found = desk.state.attestations[trade.cycle]
    assert found.instructions == tuple(sorted(desk.instructions(trade)))
    assert (found.size, found.index, found.officers) == (entry.index, entry.index, ("compliance", "officer-d"))
    assert desk.state.concerns(desk.state.contract(trade.hash))[-1].type == "state.attested"


@pytest.mark.parametrize(
    "officers", [["compliance"], ["compliance", "officer-d", "operations"], ["desk", "compliance"]]
)
def test_one_officer_three_or_the_desk_attest_nothing(officers: list[str]) -> None:
    desk, trade = instructed()
    assert desk.attempt("state.attested", officers, world.attested_body(desk, trade)) == "settlement.wrong-signers"
    assert desk.attempt("state.attested", ["operations", "officer-c"], world.attested_body(desk, trade)) is None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda body: {"size": body["size"] + 1}, "settlement.attested-size"),
        (lambda body: {"size": body["size"] - 1}, "settlement.attested-size"),
        (lambda body: {"instructions": body["instructions"][:1]}, "settlement.attested-instructions"),
        (lambda body: {"instructions": ["ab" * 32]}, "settlement.attested-instructions"),
        (lambda body: {"cycle": "cycle-9"}, "settlement.unknown-cycle"),
        (lambda body: {"used": [{"payer": world.NORTHGATE, "receiver": MERIDIAN, "usd": "1"}]}, "settlement.attested-payer"),
        (lambda body: {"used": [{"payer": MERIDIAN, "receiver": HARBOUR, "usd": "1"}] * 2}, "settlement.not-ascending"),
        (lambda body: {"used": [{"payer": MERIDIAN, "receiver": HARBOUR, "usd": "0"}]}, "settlement.amount-zero"),
        (lambda body: {}, None),
        (lambda body: {"used": [{"payer": MERIDIAN, "receiver": HARBOUR, "usd": "1"}]}, None),
    ],
)  # fmt: skip
def test_what_cannot_be_true_is_refused(change: Callable[[dict[str, Any]], dict[str, Any]], code: str | None) -> None:
    desk, trade = instructed()
    body = world.attested_body(desk, trade)
    assert desk.state.instruction(desk.instructions(trade)[1]).index + 1 == body["size"]
    raw = world.jose.serialise(
        world.sign(
            payload(desk, {**body, **change(body)}),
            world.events.TYP,
            OFFICERS,
        )
    )
    state = machine.replay([machine.Entry(len(desk.entries), desk.now_ms, raw)], desk.state)
    assert (state.faults[len(desk.entries)].code if state.faults else None) == code


def test_a_settlement_that_stands_no_more_is_not_attested() -> None:
    desk, trade = instructed()
    body = world.attested_body(desk, trade)
    desk.log("contract.cancelled", ["meridian", "harbour"], {"contract": trade.hash, "reason": "Not today."})
    assert desk.attempt("state.attested", OFFICERS, body) == "settlement.attested-called-off"
    desk, trade = instructed()
    desk.play(trade, until="signed")
    live = sorted(desk.instructions(trade))
    late = {**body, "instructions": live, "size": len(desk.entries)}
    assert desk.attempt("state.attested", OFFICERS, late) == "settlement.wrong-state"


def test_a_later_attestation_takes_the_place_of_an_earlier_one() -> None:
    desk, trade = instructed()
    desk.log("state.attested", OFFICERS, world.attested_body(desk, trade))
    second = desk.log("state.attested", ["operations", "officer-c"], world.attested_body(desk, trade))
    assert desk.state.attestations[trade.cycle].index == second.index


def test_what_was_given_beside_the_cycle_is_said_rounded_up() -> None:
    desk = world.founded(bitcoin=80_000_000_000, dollars=60_000_000_000_000)
    body = {"asset": world.BTC, "price": "80000.01", "source": "Northgate reference"}
    desk.log("price.published", ["desk"], body)
    first, second = desk.trade(), desk.trade()
    desk.play(first)
    desk.play(second, until="instructed")
    assert attesting.given(desk.state, second.cycle) == (
        Given(HARBOUR, MERIDIAN, 20_000_000),
        Given(MERIDIAN, HARBOUR, 20_000_003),
    )
    assert attesting.given(desk.state, first.cycle) == attesting.given(desk.state, second.cycle)


def test_an_excerpt_carries_attestations() -> None:
    assert carried("state.attested")


def chains(desk: Desk, trade: Trade, ago: int = 12, **changes: object) -> list[Any]:
    """What a good node said of Harbour's Safe so many seconds before the next entry, the snapshot changed."""
    (found,) = safe_snapshots.of_cycle(desk.state, trade.cycle, desk.now_ms // 1_000 - ago)
    return list(safe_state.bodies([replace(found, **changes)]))  # type: ignore[arg-type]


def attempted(desk: Desk, trade: Trade, said: list[Any]) -> str | None:
    return desk.attempt("state.attested", OFFICERS, world.attested_body(desk, trade, chains=said))


def test_the_safes_that_pay_are_told_by_chain() -> None:
    desk, trade = instructed()
    found = attesting.safes(desk.state, trade.cycle)
    assert [(chain, [each.id for each in vaults]) for chain, vaults in found.items()] == [
        (world.ETHEREUM, ["harbour-safe"])
    ]


def test_exactly_the_safes_that_pay_are_attested() -> None:
    desk, trade = instructed()
    (good,) = chains(desk, trade)
    (safe,) = good["safes"]
    meridian = desk.state.roster.vaults["meridian-safe"]
    assert isinstance(meridian, SafeVault)
    other = safe | {"address": meridian.address}
    both = sorted((safe, other), key=lambda each: str(each["address"]))
    for said in ([], [good | {"safes": [other]}], [good | {"safes": both}], [good | {"chain": "eip155:1"}]):
        assert attempted(desk, trade, said) == "settlement.attested-safes"
    assert attempted(desk, trade, [good]) is None


@pytest.mark.parametrize(("ago", "code"), [(3_612, "block-age"), (-324, "block-age"), (3_588, None), (-290, None)])
def test_a_block_counts_for_an_hour_and_none_of_the_future(ago: int, code: str | None) -> None:
    desk, trade = instructed()
    expected = None if code is None else f"settlement.attested-{code}"
    assert attempted(desk, trade, chains(desk, trade, ago)) == expected


@pytest.mark.parametrize(("said", "ago", "code"), [
    (600, 588, None), (600, 612, "block-age"), (3_600, 612, None),
])  # fmt: skip
def test_the_policy_may_ask_for_younger_blocks(said: int, ago: int, code: str | None) -> None:
    desk, trade = instructed()
    policy = world.policy_document(version=2, safe_state_age_seconds=said)
    desk.log("policy.adopted", ["compliance", "officer-d"], {"policy": policy})
    expected = None if code is None else f"settlement.attested-{code}"
    assert attempted(desk, trade, chains(desk, trade, ago)) == expected


def test_blocks_are_attested_in_the_order_of_their_chain() -> None:
    desk, trade = instructed()
    desk.log("state.attested", OFFICERS, world.attested_body(desk, trade, chains=chains(desk, trade, 120)))
    (seen,) = desk.state.attestations[trade.cycle].chains
    assert desk.state.tips[world.ETHEREUM].number == seen.number
    order = "settlement.attested-block-order"
    other = "0x" + "ab" * 32
    # The same number is the same block, a higher one is no earlier, and this cycle's goes on from where it was.
    assert attempted(desk, trade, chains(desk, trade, 120, number=seen.number, time=seen.time, block=other)) == order
    assert attempted(desk, trade, chains(desk, trade, 120, number=seen.number + 1, time=seen.time - 1)) == order
    assert attempted(desk, trade, chains(desk, trade, 120, number=seen.number - 1, time=seen.time + 1)) == order
    assert attempted(desk, trade, chains(desk, trade, 120, number=seen.number - 1, time=seen.time - 12)) == order
    assert attempted(desk, trade, chains(desk, trade, 120, number=seen.number, time=seen.time)) is None
    assert attempted(desk, trade, chains(desk, trade, 24)) is None


def test_another_cycle_may_be_attested_at_an_earlier_block_that_does_not_contradict() -> None:
    desk = world.founded(bitcoin=80_000_000_000, dollars=60_000_000_000_000)
    first = desk.trade()
    desk.play(first)
    second = desk.trade()
    desk.play(second, until="instructed")
    desk.state = replace(
        desk.state, tips=desk.state.tips.set(world.ETHEREUM, Tip(10**6, "0x" + "ab" * 32, desk.now_ms // 1_000))
    )
    assert attempted(desk, second, chains(desk, second, 120, number=10**6 - 10)) is None
    assert attempted(desk, second, chains(desk, second, 120, number=10**6 + 10)) == "settlement.attested-block-order"


def test_what_drifted_may_be_attested_for_it_is_the_checks_to_judge() -> None:
    desk, trade = instructed()
    (good,) = chains(desk, trade)
    drifted = good | {"safes": [good["safes"][0] | {"threshold": 1, "modules": [world.safe_address("meridian")]}]}
    assert attempted(desk, trade, [drifted]) is None


def test_a_void_is_attested_even_where_an_order_stops_its_settlement() -> None:
    desk, trade = instructed()
    desk.play(trade, until="signed")
    for each in desk.state.live(desk.state.cycle(trade.cycle)):
        desk.log(*trouble.prepared(trade, each, "void"))
    live = desk.state.live(desk.state.cycle(trade.cycle))
    assert live
    assert all(each.void for each in live)
    desk.log(*world.freeze_step(contract=trade.hash))
    assert desk.attempt("state.attested", OFFICERS, world.attested_body(desk, trade)) is None
