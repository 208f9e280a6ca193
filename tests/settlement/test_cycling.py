"""Cycles: not before the cut-off, short only by what is short, gross where it must be, small where it is cold."""

import pytest

from countersign.settlement import builder
from countersign.settlement.bodies import Short
from countersign.settlement.contract import Terms
from countersign.settlement.holding import shortfall
from countersign.settlement.netting import BILATERAL, GROSS, MULTILATERAL
from countersign.settlement.records import ContractState
from support import settlement_world as world
from support.settlement_world import BTC, USDC, Desk, Trade

SMALL = 250_000_000  # 2.5 BTC against 200,000 USDC


def small(number: int, back: bool = False) -> Terms:
    """Meridian's bitcoin against Harbour's dollars, or with `back` the other way round."""
    names = ("harbour", "meridian") if back else ("meridian", "harbour")
    legs = (
        world.Leg(0, 1, BTC, SMALL, world.destination(names[1], BTC)),
        world.Leg(1, 0, USDC, SMALL * 800, world.destination(names[0], USDC)),
    )
    notional = world.Notional(200_000, "80000", "Northgate reference")
    return world.terms(number, parties=tuple(world.OWNERS[each] for each in names), legs=legs, notional=notional)


def endorsed(desk: Desk, terms: Terms) -> Trade:
    """A contract up to its endorsement."""
    trade = Trade(int(terms.id[-4:]), world.signed_contract(terms))
    desk.play(trade, until="endorsed")
    return trade


def hold(desk: Desk, trade: Trade) -> Trade:
    for leg in range(len(trade.contract.terms.legs)):
        desk.log("hold.placed", ["desk"], builder.hold_body(trade.contract.terms, trade.hash, leg))
    return trade


def close(
    desk: Desk, *trades: Trade, mode: str = MULTILATERAL, cut_off: int = world.START, short: tuple[Short, ...] = ()
) -> str | None:
    """The code with which the cycle is refused, or None and it is closed."""
    body = builder.cycle_body("cycle-x", [each.hash for each in trades], cut_off, netting=mode, short=short)
    code = desk.attempt("cycle.closed", ["desk"], body)
    if code is None:
        desk.log("cycle.closed", ["desk"], body)
    return code


def test_a_cycle_closes_at_its_cut_off_and_not_a_second_before() -> None:
    desk = world.founded()
    trade = hold(desk, endorsed(desk, small(1)))
    cut_off = desk.now_ms // 1_000 + 60
    assert close(desk, trade, mode=GROSS, cut_off=cut_off) == "settlement.cycle-early"
    desk.now_ms = cut_off * 1_000 - 1
    assert close(desk, trade, mode=GROSS, cut_off=cut_off) == "settlement.cycle-early"
    desk.now_ms = cut_off * 1_000
    assert close(desk, trade, mode=GROSS, cut_off=cut_off) is None


def test_with_somebody_short_it_closes_only_when_the_time_to_top_up_is_over() -> None:
    desk = world.founded(dollars=200_000_000_000)
    one, two = hold(desk, endorsed(desk, small(1))), endorsed(desk, small(2))
    short = shortfall(desk.state, desk.state.contract(two.hash))
    assert short == (Short(two.hash, world.HARBOUR, "main", USDC, SMALL * 800),)
    cut_off = desk.now_ms // 1_000
    assert close(desk, one, cut_off=cut_off, short=short) == "settlement.cycle-early"
    desk.now_ms = (cut_off + 3_600) * 1_000 - 1
    assert close(desk, one, cut_off=cut_off, short=short) == "settlement.cycle-early"
    desk.now_ms = (cut_off + 3_600) * 1_000
    assert close(desk, one, cut_off=cut_off, short=short) is None
    assert desk.state.cycle("cycle-x").short == short


def test_short_is_only_what_lacks_exactly_what_is_named() -> None:
    desk = world.founded(dollars=200_000_000_000)
    one, two = hold(desk, endorsed(desk, small(1))), endorsed(desk, small(2))
    (short,) = shortfall(desk.state, desk.state.contract(two.hash))
    cut_off = desk.now_ms // 1_000
    desk.now_ms = (cut_off + 3_600) * 1_000
    for wrong in (
        world.replace(short, missing=short.missing - 1),
        world.replace(short, missing=short.missing + 1),
        world.replace(short, lei=world.MERIDIAN),
        world.replace(short, asset=BTC),
    ):
        assert close(desk, one, cut_off=cut_off, short=(wrong,)) == "settlement.cycle-short"
    held = world.replace(short, contract=one.hash)
    assert close(desk, one, cut_off=cut_off, short=(held,)) == "settlement.wrong-state"
    unknown = world.replace(short, contract="ab" * 32)
    assert close(desk, one, cut_off=cut_off, short=(unknown,)) == "settlement.unknown-contract"
    desk.deposit("harbour", USDC, short.missing, 7)
    desk.now_ms = (cut_off + 3_600) * 1_000
    assert close(desk, one, cut_off=cut_off, short=(short,)) == "settlement.cycle-short"


@pytest.mark.parametrize("mode", [BILATERAL, MULTILATERAL])
def test_a_withdrawal_settles_gross(mode: str) -> None:
    desk = world.founded()
    mine = Trade(90, world.signed_contract(world.withdrawal(), ["meridian"]))
    desk.log("withdrawal.requested", ["meridian"], builder.contract_body(mine.contract))
    desk.log("contract.endorsed", ["compliance"], {"contract": mine.hash})
    hold(desk, mine)
    sale = hold(desk, endorsed(desk, small(1)))
    assert close(desk, mine, sale, mode=mode) == "settlement.cycle-gross-only"
    assert close(desk, mine, mode=mode) == "settlement.cycle-gross-only"
    assert close(desk, mine, mode=GROSS) is None
    (owed,) = desk.state.cycle("cycle-x").obligations
    assert (owed.payer, owed.receiver, owed.destination) == (
        world.OWNERS["meridian"],
        world.OWNERS["meridian"],
        world.outside("meridian", BTC),
    )


def totals(desk: Desk) -> dict[object, int]:
    """What every account holds, as far as it holds anything."""
    return {account: each.total for account, each in desk.state.ledger.balances.items() if each.total}


def with_cold_limit(desk: Desk, limit: int) -> Desk:
    cycles = {"cut_offs": ["16:00"], "top_up_seconds": 3_600, "cold_contracts": limit}
    policy = world.policy_document(version=2, cycles=cycles)
    desk.log("policy.adopted", ["compliance", "officer-d"], {"policy": policy})
    return desk


def test_a_cycle_that_needs_cold_shares_is_as_small_as_the_policy_says() -> None:
    desk = with_cold_limit(world.founded(), 2)
    trades = [hold(desk, endorsed(desk, small(number))) for number in (1, 2, 3)]
    assert close(desk, *trades) == "settlement.cycle-cold"
    assert close(desk, *trades[:2]) is None


def test_a_cycle_that_pays_nothing_out_of_a_cold_vault_may_be_larger() -> None:
    desk = with_cold_limit(world.founded(bitcoin=30_000_000_000, dollars=25_000_000_000_000), 1)
    desk.deposit("harbour", BTC, SMALL + world.FEE_CAP, 5)
    desk.deposit("meridian", USDC, SMALL * 800, 5)
    there, back = hold(desk, endorsed(desk, small(1))), hold(desk, endorsed(desk, small(2, back=True)))
    assert close(desk, there, back) is None


@pytest.mark.parametrize("mode", [BILATERAL, MULTILATERAL])
def test_a_cycle_that_nets_to_nothing_is_released_and_final_without_an_instruction(mode: str) -> None:
    desk = world.founded()
    desk.deposit("harbour", BTC, SMALL + world.FEE_CAP, 5)
    desk.deposit("meridian", USDC, SMALL * 800, 5)
    before = totals(desk)
    trades = [hold(desk, endorsed(desk, small(1))), hold(desk, endorsed(desk, small(2, back=True)))]
    assert close(desk, *trades, mode=mode) is None
    cycle = desk.state.cycle("cycle-x")
    assert (cycle.obligations, cycle.groups) == ((), ())
    assert {desk.stands(each) for each in trades} == {ContractState.SIGNED}
    release = {"cycle": "cycle-x", "instructions": [], "maker": "operations", "checker": "compliance"}
    desk.log("release.authorised", ["operations", "compliance"], release)
    assert {desk.stands(each) for each in trades} == {ContractState.SETTLING}
    desk.log("settlement.final", ["desk"], {"cycle": "cycle-x"})
    assert {desk.stands(each) for each in trades} == {ContractState.FINAL}
    assert totals(desk) == before
    assert all(balance.held == 0 for balance in desk.state.ledger.balances.values())
    assert desk.state.ledger.balances_with_totals()
