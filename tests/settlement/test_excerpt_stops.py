"""An excerpt that carries disputes, orders and awards: who says them is judged, and what they stop stands stopped."""

import pytest

from countersign.errors import Refused
from countersign.settlement import builder, events, stops
from countersign.settlement.excerpt import carried, excerpt
from countersign.settlement.machine import Entry
from countersign.settlement.records import ContractState
from countersign.settlement.state import State
from support import settlement_world as world
from support.refusals import refused
from support.settlement_world import Desk, Trade


@pytest.fixture
def desk() -> Desk:
    return world.founded()


@pytest.fixture
def pinned(desk: Desk) -> State:
    """What the machine replayed itself before the story began."""
    return desk.state


def told(desk: Desk, pinned: State) -> list[Entry]:
    """The entries since, as far as an excerpt carries them."""
    return [each for each in desk.entries[pinned.size :] if carried(events.parse(each.event).type)]


def play(desk: Desk, until: str) -> Trade:
    trade = desk.trade()
    desk.play(trade, until=until)
    return trade


@pytest.mark.parametrize("until", ["held", "instructed", "partly signed"])
def test_a_dispute_that_is_carried_sets_the_contract_aside(desk: Desk, pinned: State, until: str) -> None:
    trade = play(desk, until)
    desk.log(*world.dispute_step(trade.hash))
    assert excerpt(told(desk, pinned), pinned).contracts[trade.hash].state is ContractState.DISPUTED


def test_a_retracted_dispute_lets_it_go_on_in_the_cycle_that_has_shares(desk: Desk, pinned: State) -> None:
    trade = play(desk, "partly signed")
    desk.log(*world.dispute_step(trade.hash))
    desk.log("dispute.retracted", ["harbour"], {"contract": trade.hash, "reason": "Found."})
    found = excerpt(told(desk, pinned), pinned).contracts[trade.hash]
    assert (found.state, found.cycle) == (ContractState.INSTRUCTED, trade.cycle)


def test_an_order_that_is_carried_stops_and_one_that_is_lifted_does_not(desk: Desk, pinned: State) -> None:
    trade = play(desk, "instructed")
    desk.log(*world.freeze_step())
    stopped = excerpt(told(desk, pinned), pinned)
    assert stops.standing(stopped, stopped.contracts[trade.hash]) is ContractState.FROZEN
    desk.log(*world.lift_step())
    free = excerpt(told(desk, pinned), pinned)
    assert stops.standing(free, free.contracts[trade.hash]) is ContractState.INSTRUCTED


def test_an_award_is_known_as_the_whole_history_knows_it_but_for_its_holds(desk: Desk, pinned: State) -> None:
    trade = play(desk, "held")
    desk.log(*world.dispute_step(trade.hash))
    ruled = world.award(trade.hash)
    desk.log(*world.award_step(ruled))
    award = Trade(80, world.signed_contract(ruled, ["compliance", "officer-d"]))
    desk.log("cycle.closed", ["desk"], builder.cycle_body(award.cycle, [award.hash], world.START))
    desk.log("instruction.prepared", ["operations"], world.psbt_body(award))
    found = excerpt(told(desk, pinned), pinned)
    assert found.instructions == desk.state.instructions
    assert found.contracts[trade.hash].state is ContractState.AWARDED
    assert found.contracts[award.hash].state is ContractState.INSTRUCTED
    assert not found.contracts[award.hash].holds
    assert found.ledger == pinned.ledger


def test_an_award_by_others_than_signed_its_terms_is_refused(desk: Desk, pinned: State) -> None:
    trade = play(desk, "held")
    desk.log(*world.dispute_step(trade.hash))
    entries = told(desk, pinned)
    signed = world.signed_contract(world.award(trade.hash), ["compliance", "operations"])
    false = desk.entry("award.made", ["compliance", "officer-d"], builder.contract_body(signed))
    with refused("settlement.award-signers", Refused):
        excerpt([*entries, false], pinned)


def test_a_dispute_by_a_stranger_is_refused(desk: Desk, pinned: State) -> None:
    trade = play(desk, "held")
    stranger = world.transfer("meridian", "harbour", world.BTC, 5)
    stranger["payer"] = {"lei": world.MERIDIAN, "book": "other"}
    false = desk.entry(*world.dispute_step(trade.hash, "harbour", stranger))
    with refused("settlement.not-a-party", Refused):
        excerpt([*told(desk, pinned), false], pinned)
