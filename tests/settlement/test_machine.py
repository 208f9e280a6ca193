"""The machine plays the story, gives every state its cause, and replays to the same state whatever else is logged."""

import pytest

from countersign.errors import Refused
from countersign.settlement import events, machine
from countersign.settlement.fingerprint import state_hash
from countersign.settlement.ledger import NETWORK_FEES, Account
from countersign.settlement.records import STORY, ContractState
from countersign.settlement.state import EMPTY
from support import settlement_world as world
from support.settlement_world import BTC, OWNERS, USDC


def balances(desk: world.Desk, owner: str, asset: str) -> tuple[int, int]:
    party = OWNERS[owner]
    found = desk.state.ledger.balance(Account(party.lei, party.book, asset))
    return found.available, found.held


def test_the_story_passes_nine_states_each_caused_by_one_entry() -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade)
    record = desk.state.contract(trade.hash)
    causes = [record.cause(state) for state in STORY]
    assert ", ".join(STORY) == ("agreed, endorsed, held, instructed, partly signed, signed, released, settling, final")
    kinds = [desk_type(desk, index) for index in causes if index is not None]
    assert kinds == [
        "contract.affirmed",
        "contract.endorsed",
        "hold.placed",
        "instruction.prepared",
        "share.added",
        "share.added",
        "release.authorised",
        "transaction.broadcast",
        "settlement.final",
    ]
    assert causes == sorted(causes)  # type: ignore[type-var]


def desk_type(desk: world.Desk, index: int) -> str:
    return events.parse(desk.entries[index].event).type


def test_the_books_balance_after_the_story() -> None:
    desk = world.founded()
    desk.play(desk.trade())
    assert balances(desk, "meridian", BTC) == (30_000_000_000 - 25_000_000_000 - 1_410, 0)
    assert balances(desk, "meridian", USDC) == (20_000_000_000_000, 0)
    assert balances(desk, "harbour", BTC) == (25_000_000_000, 0)
    assert balances(desk, "harbour", USDC) == (5_000_000_000_000, 0)
    assert desk.state.ledger.totals[BTC].network_fees == 1_410
    assert desk.state.ledger.balance(Account(world.NORTHGATE, NETWORK_FEES, BTC)).total == 0
    assert desk.state.ledger.balances_with_totals()


def test_holds_cover_the_leg_and_the_fee_cap() -> None:
    desk = world.founded()
    desk.play(desk.trade(), until="held")
    assert balances(desk, "meridian", BTC)[1] == world.BTC_UNITS + world.FEE_CAP
    assert balances(desk, "harbour", USDC)[1] == world.USDC_UNITS


def test_a_hold_that_one_satoshi_does_not_cover_is_refused() -> None:
    for bitcoin, code in (
        (world.BTC_UNITS + world.FEE_CAP - 1, "settlement.insufficient"),
        (world.BTC_UNITS + world.FEE_CAP, None),
    ):
        desk = world.founded(bitcoin=bitcoin)
        trade = desk.trade()
        desk.play(trade, until="endorsed")
        step = ("hold.placed", ["desk"], world.builder.hold_body(trade.contract.terms, trade.hash, 0))
        assert desk.attempt(*step) == code


def test_replay_reaches_the_same_state_in_one_go_and_in_two() -> None:
    desk = world.founded()
    desk.play(desk.trade())
    whole = machine.replay(desk.entries)
    halves = machine.replay(desk.entries[11:], machine.replay(desk.entries[:11]))
    assert state_hash(whole) == state_hash(halves) == state_hash(desk.state)
    assert whole == desk.state
    assert state_hash(whole) != state_hash(machine.replay(desk.entries[:-1]))


def test_a_logged_entry_that_is_refused_changes_nothing_and_is_the_desks_fault() -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, until="held")
    entry = desk.entry("settlement.final", ["desk"], {"cycle": trade.cycle})
    rubbish = machine.Entry(entry.index + 1, entry.time_ms, b"{}")
    late = machine.Entry(entry.index + 2, entry.time_ms, desk.entries[3].event)
    after = machine.replay([entry, rubbish, late], desk.state)
    assert state_hash(after) == state_hash(desk.state)
    assert [fault.code for _, fault in sorted(after.faults.items())] == [
        "settlement.unknown-cycle",
        "C2.missing-field",
        "settlement.replayed",
    ]
    assert after.size == entry.index + 3


def test_a_console_that_may_not_read_an_entry_goes_on_after_it() -> None:
    desk = world.founded()
    entry = desk.entry("price.published", ["desk"], {"asset": BTC, "price": "79000", "source": "Northgate reference"})
    later = machine.Entry(entry.index + 5, entry.time_ms, entry.event)
    assert machine.apply(desk.state, later).size == entry.index + 6


def test_a_contract_remembers_every_entry_that_concerned_it() -> None:
    desk = world.founded()
    trade = desk.trade()
    first = len(desk.entries)
    desk.play(trade)
    concerns = desk.state.concerns(desk.state.contract(trade.hash))
    assert [concern.index for concern in concerns] == list(range(first, len(desk.entries)))
    assert all(desk.state.events[concern.index] == concern.event for concern in concerns)


def test_two_settlements_follow_each_other_on_one_safe() -> None:
    desk = world.founded(bitcoin=60_000_000_000, dollars=45_000_000_000_000)
    first, second = desk.trade(), desk.trade()
    desk.play(first, until="instructed")
    desk.play(second, until="held")
    desk.log("cycle.closed", ["desk"], world.builder.cycle_body(second.cycle, [second.hash], world.START))
    desk.log("instruction.prepared", ["operations"], world.psbt_body(second))
    assert desk.attempt("instruction.prepared", ["operations"], desk.safe_body(second)) == "settlement.safe-busy"
    desk.play_rest(first)
    assert desk.stands(first) is ContractState.FINAL
    body = desk.safe_body(second)
    assert body["nonce"] == 1
    assert desk.attempt("instruction.prepared", ["operations"], {**body, "nonce": 0}) == "E8.nonce"
    desk.log("instruction.prepared", ["operations"], body)
    assert desk.stands(second) is ContractState.INSTRUCTED


def test_what_mutual_confirmation_delivered_may_be_held_at_once_but_not_spent_on_chain() -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade)
    assert balances(desk, "harbour", BTC)[0] == world.BTC_UNITS
    terms = world.terms(7)
    back = world.replace(
        terms,
        legs=(
            world.Leg(1, 0, BTC, 20_000_000_000, world.destination("meridian", BTC)),
            world.Leg(0, 1, USDC, 16_000_000_000_000, world.destination("harbour", USDC)),
        ),
        notional=world.Notional(16_000_000, "80000", "Northgate reference"),
    )
    reverse = world.Trade(7, world.signed_contract(back))
    desk.play(reverse, until="held")
    desk.log("cycle.closed", ["desk"], world.builder.cycle_body(reverse.cycle, [reverse.hash], world.START))
    coin = world.Spend(f"{world.digest('coin x')}:0", "harbour-btc", 0)
    fresh = world.Spend(f"{trade.bitcoin_transaction}:0", "harbour-btc", 3)

    def psbt(spend: world.Spend) -> dict[str, object]:
        artefact = world.digest("psbt back")
        return world.builder.psbt_instruction_body(reverse.cycle, [reverse.hash], world.BITCOIN, artefact, [spend])

    assert desk.attempt("instruction.prepared", ["operations"], psbt(fresh)) == "settlement.coin-unconfirmed"
    assert desk.attempt("instruction.prepared", ["operations"], psbt(coin)) == "settlement.unconfirmed"
    name = desk.instructions(trade)[0]
    body = world.observed_body(name, trade.bitcoin_transaction, 3, 1_410)
    desk.log("transaction.observed", ["desk", "operations"], body)
    assert desk.stands(trade) is ContractState.FINAL
    assert desk.attempt("instruction.prepared", ["operations"], psbt(fresh)) is None


def test_the_founding_needs_its_own_administrators_and_desk_key() -> None:
    desk = world.Desk()
    body = world.founding_body()
    assert desk.attempt("desk.founded", ["desk", "compliance"], body) == "settlement.wrong-signers"
    assert desk.attempt("desk.founded", ["compliance", "officer-d"], body) == "settlement.wrong-signers"
    assert desk.attempt("desk.founded", ["desk", "compliance", "officer-d"], body) is None


def test_decide_leaves_the_state_alone_and_evolve_follows_it() -> None:
    entry = world.founded().entries[0]
    event = machine.events.parse(entry.event)
    decision = machine.decide(EMPTY, entry, event)
    assert machine.evolve(EMPTY, decision).desk == world.ORIGIN
    with pytest.raises(Refused):
        machine.decide(machine.evolve(EMPTY, decision), entry, event)
