"""What goes into a cut-off: in time, in the order of endorsement, covered on both sides; and nothing else is dropped."""

import random
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countersign.formats import times
from countersign.settlement import builder, cut_off
from countersign.settlement.cut_off import Aside, Gathered, gather, last_cut_off, next_cut_off
from countersign.settlement.ledger import Account
from countersign.settlement.policy import Policy, read
from countersign.settlement.records import ContractState
from support import settlement_world as world
from support.settlement_world import BTC, USDC, Desk, Trade

PRICE = 80_000


def sale(number: int, satoshis: int) -> Trade:
    """Meridian's bitcoin against Harbour's dollars at 80,000."""
    terms = world.terms(number)
    legs = (
        world.replace(terms.legs[0], amount=satoshis),
        world.replace(terms.legs[1], amount=satoshis * PRICE // 100),
    )
    notional = world.Notional(satoshis * PRICE // 10**8, "80000", "Northgate reference")
    return Trade(number, world.signed_contract(world.replace(terms, legs=legs, notional=notional)))


def endorse(desk: Desk, *trades: Trade) -> None:
    for trade in trades:
        desk.play(trade, until="endorsed")


def plan(desk: Desk, moment: int, now: int | None = None) -> Gathered:
    seconds = desk.now_ms // 1_000 if now is None else now
    return gather(desk.state, moment, seconds, lambda index: desk.entries[index].time_ms)


def carry_out(desk: Desk, found: Gathered) -> None:
    """Do what the plan says."""
    for contract, leg in found.release:
        desk.log("hold.released", ["desk"], {"contract": contract, "leg": leg, "reason": "Short."})
    for loan in found.recalls:
        desk.log("lending.recalled", ["desk", "operations"], {"loan": loan, "reason": "Needed."})
    for contract in found.place:
        record = desk.state.contract(contract)
        for leg in range(len(record.terms.legs)):
            if leg not in record.holds:
                desk.log("hold.placed", ["desk"], builder.hold_body(record.terms, contract, leg))


def policy(*cut_offs: str) -> Policy:
    cycles = {"cut_offs": list(cut_offs), "top_up_seconds": 3_600, "cold_contracts": 500}
    return read(world.policy_document(cycles=cycles), "policy")


@pytest.mark.parametrize(
    ("now", "last", "following"),
    [
        ("2026-11-22T07:59:59Z", "2026-11-21T16:30:00Z", "2026-11-22T08:00:00Z"),
        ("2026-11-22T08:00:00Z", "2026-11-22T08:00:00Z", "2026-11-22T08:00:00Z"),
        ("2026-11-22T08:00:01Z", "2026-11-22T08:00:00Z", "2026-11-22T16:30:00Z"),
        ("2026-11-22T23:59:59Z", "2026-11-22T16:30:00Z", "2026-11-23T08:00:00Z"),
        ("2026-12-31T16:30:01Z", "2026-12-31T16:30:00Z", "2027-01-01T08:00:00Z"),
    ],
)
def test_the_cut_offs_around_a_moment(now: str, last: str, following: str) -> None:
    known, seconds = policy("08:00", "16:30"), times.parse(now)
    assert times.text(last_cut_off(known, seconds)) == last
    assert times.text(next_cut_off(known, seconds)) == following


def test_what_is_endorsed_first_is_held_first_and_what_is_short_does_not_stop_the_next() -> None:
    desk = world.founded(bitcoin=1_050_100_000, dollars=10**14)
    large, larger, small = sale(1, 900_000_000), sale(2, 950_000_000), sale(3, 150_000_000)
    endorse(desk, large, larger, small)
    found = plan(desk, desk.now_ms // 1_000)
    assert found.place == found.ready == (large.hash, small.hash)
    (short,) = found.short
    assert (short.contract, short.lei, short.asset) == (larger.hash, world.MERIDIAN, BTC)
    assert short.missing == 950_000_000 + world.FEE_CAP  # the two others take everything
    assert found.lacking == ((Account(world.MERIDIAN, "main", BTC), short.missing),)
    carry_out(desk, found)
    assert [desk.stands(each).value for each in (large, larger, small)] == ["held", "endorsed", "held"]
    assert plan(desk, desk.now_ms // 1_000).short == found.short


def test_the_partial_holds_of_what_is_short_return_and_serve_another() -> None:
    desk = world.founded(bitcoin=1_000_100_000, dollars=800_080_000_000)
    broke, able = sale(1, 1_000_100_000), sale(2, 900_000_000)
    endorse(desk, broke, able)
    desk.log("hold.placed", ["desk"], builder.hold_body(broke.contract.terms, broke.hash, 1))
    desk.log("hold.placed", ["desk"], builder.hold_body(able.contract.terms, able.hash, 0))
    found = plan(desk, desk.now_ms // 1_000)
    assert found.release == ((broke.hash, 1),)
    assert found.ready == found.place == (able.hash,)
    carry_out(desk, found)
    assert desk.stands(able) is ContractState.HELD
    assert not desk.state.contract(broke.hash).holds


def test_what_lacks_for_everything_that_is_short_is_added_up_by_account() -> None:
    desk = world.founded(bitcoin=100_050_000, dollars=80_000_000_000)
    trades = [sale(number, 500_000_000) for number in (1, 2)]
    endorse(desk, *trades)
    found = plan(desk, desk.now_ms // 1_000)
    assert [each.missing for each in found.short if each.asset == BTC] == [400_000_000, 400_000_000]
    assert dict(found.lacking) == {
        Account(world.MERIDIAN, "main", BTC): 900_050_000,
        Account(world.HARBOUR, "main", USDC): 720_000_000_000,
    }
    desk.deposit("meridian", BTC, 900_050_000, 7)
    desk.deposit("harbour", USDC, 720_000_000_000, 7)
    assert plan(desk, desk.now_ms // 1_000).short == ()


def test_what_comes_late_or_is_not_open_or_is_over_is_left_aside() -> None:
    desk = world.founded()
    late, early, over = (sale(number, 2 * 10**8) for number in (1, 2, 3))
    moment = desk.now_ms // 1_000 + 600
    terms = world.replace(early.contract.terms, not_before=moment + 1)
    early = Trade(2, world.signed_contract(terms))
    terms = world.replace(over.contract.terms, settle_by=moment - 1)
    over = Trade(3, world.signed_contract(terms))
    endorse(desk, early, over)
    desk.now_ms = moment * 1_000
    endorse(desk, late)
    found = plan(desk, moment, moment)
    assert set(found.aside) == {
        Aside(late.hash, "late"),
        Aside(early.hash, "not-open"),
        Aside(over.hash, "expired"),
    }
    assert (found.ready, found.short) == ((), ())


def test_lent_units_are_recalled_where_they_are_what_is_lacking() -> None:
    desk = world.founded(bitcoin=1_000_100_000)
    lending = {BTC: {"limit": "10000000000", "rate_bps": 250}}
    document = world.policy_document(version=2, lending=lending)
    desk.log("policy.adopted", ["compliance", "officer-d"], {"policy": document})
    for number, units in ((1, 300_000_000), (2, 600_000_000)):
        body = {
            "loan": f"loan-{number}",
            "owner": {"lei": world.MERIDIAN, "book": "main"},
            "asset": BTC,
            "amount": str(units),
            "rate_bps": 250,
        }
        desk.log("lending.authorised", ["compliance", "meridian"], body)
    cheap, dear = sale(1, 130_000_000), sale(2, 200_000_000)
    endorse(desk, cheap, dear)
    found = plan(desk, desk.now_ms // 1_000)
    assert (found.recalls, found.short) == (("loan-1",), ())
    carry_out(desk, found)
    assert [desk.stands(each) for each in (cheap, dear)] == [ContractState.HELD] * 2
    assert desk.state.loans["loan-2"].principal == 600_000_000


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32), count=st.integers(1, 8))
def test_only_what_cannot_settle_is_dropped_whatever_there_is(seed: int, count: int) -> None:
    dice = random.Random(seed)  # noqa: S311  (a test's dice)
    desk = world.founded(bitcoin=dice.randint(1, 2 * 10**9), dollars=dice.randint(1, 16 * 10**11))
    trades = [sale(number, 10**6 * dice.randint(125, 900)) for number in range(1, count + 1)]
    endorse(desk, *trades)
    for trade in dice.sample(trades, count // 2):
        body = builder.hold_body(trade.contract.terms, trade.hash, dice.randint(0, 1))
        if desk.attempt("hold.placed", ["desk"], body) is None:
            desk.log("hold.placed", ["desk"], body)
    found = plan(desk, desk.now_ms // 1_000)
    carry_out(desk, found)
    short = {each.contract for each in found.short}
    assert set(found.ready) | short == {each.hash for each in trades}
    assert not set(found.ready) & short
    for trade in trades:
        held = desk.stands(trade) is ContractState.HELD
        assert held == (trade.hash in found.ready)
        if not held:
            assert any(
                desk.attempt("hold.placed", ["desk"], builder.hold_body(trade.contract.terms, trade.hash, leg))
                for leg in (0, 1)
            )
    assert desk.state.ledger.balances_with_totals()
    again = plan(desk, desk.now_ms // 1_000)
    assert (again.place, again.release, again.ready) == ((), (), found.ready)
    assert again.short == found.short


def test_the_plan_is_the_same_in_whatever_order_the_contracts_lie_in_the_map() -> None:
    desk = world.founded(bitcoin=1_000_100_000)
    trades = [sale(number, 10**8 * number) for number in (2, 5, 4)]
    endorse(desk, *trades)
    moment, found = desk.now_ms // 1_000, []
    for order in permutations(trades):
        contracts = cut_off.Map({each.hash: desk.state.contract(each.hash) for each in order})
        unended = cut_off.Map({each.hash: each.contract.terms.settle_by for each in order})
        state = world.replace(desk.state, contracts=contracts, unended=unended)
        found.append(gather(state, moment, moment, lambda index: desk.entries[index].time_ms))
    assert len(set(found)) == 1


def test_what_an_order_stops_is_left_aside_with_its_holds_and_the_others_go_on() -> None:
    desk = world.founded()
    stopped, free = sale(1, 2 * 10**8), sale(2, 2 * 10**8)
    endorse(desk, stopped, free)
    desk.log("hold.placed", ["desk"], builder.hold_body(stopped.contract.terms, stopped.hash, 0))
    scope = {"kind": "contract", "lei": None, "book": None, "contract": stopped.hash, "asset": None}
    kind, names, body = world.freeze_step()
    desk.log(kind, names, {**body, "scope": scope})
    found = plan(desk, desk.now_ms // 1_000)
    assert (found.ready, found.aside) == ((free.hash,), (Aside(stopped.hash, "stopped"),))
    assert (found.short, found.release) == ((), ())
    carry_out(desk, found)
    assert len(desk.state.contract(stopped.hash).holds) == 1
