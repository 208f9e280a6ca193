"""Two officers attest: what they say of a cycle, when the machine takes it, and what an excerpt carries of it."""

from collections.abc import Callable
from typing import Any

import pytest

from countersign.formats import jcs, times
from countersign.settlement import attesting, machine
from countersign.settlement.attest_bodies import Given
from countersign.settlement.excerpt import carried
from support import settlement_world as world
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
    cycle = desk.state.cycle(second.cycle)
    assert attesting.given(desk.state, cycle) == (
        Given(HARBOUR, MERIDIAN, 20_000_000),
        Given(MERIDIAN, HARBOUR, 20_000_003),
    )
    assert attesting.given(desk.state, desk.state.cycle(first.cycle)) == attesting.given(desk.state, cycle)


def test_an_excerpt_carries_attestations() -> None:
    assert carried("state.attested")
