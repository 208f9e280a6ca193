"""What the next cut-off brings: gross beside net, who lacks what until when, which Safe waits; a refused plan says why."""

from dataclasses import replace

from countersign.desk.cut_off_view import CutOffView, cut_off_view
from support import settlement_world as world
from support.settlement_world import BTC, USDC


def ahead(desk: world.Desk, now: int = world.START + 60) -> CutOffView:
    return cut_off_view(desk.state, now, lambda index: desk.entries[index].time_ms)


def held(desk: world.Desk, count: int) -> list[world.Trade]:
    trades = [desk.trade() for _ in range(count)]
    for each in trades:
        desk.play(each, "held")
    return trades


def test_contracts_that_are_held_settle_together_for_fewer_transactions() -> None:
    desk = world.founded(bitcoin=90_000_000_000, dollars=90_000_000_000_000)
    held(desk, 3)
    found = ahead(desk)
    assert (found.contracts, found.cycles) == (3, 1)
    assert (found.transactions_gross, found.transactions_net) == (6, 2)
    assert found.lacking == ()
    assert {each.gross.asset: (each.gross.units, each.net.units) for each in found.savings} == {
        BTC: (3 * world.BTC_UNITS, 3 * world.BTC_UNITS),
        USDC: (3 * world.USDC_UNITS, 3 * world.USDC_UNITS),
    }


def test_who_lacks_what_is_named_with_the_time_to_top_up() -> None:
    desk = world.founded(bitcoin=1)
    desk.play(desk.trade(), "endorsed")
    found = ahead(desk)
    (lacking,) = found.lacking
    assert (lacking.owner, lacking.book, lacking.money.units) == (
        "Meridian Capital",
        "main",
        world.BTC_UNITS + world.FEE_CAP - 1,
    )
    assert (found.contracts, found.dropped) == (0, 1)
    assert found.top_up_until == found.at + 3_600


def test_the_safe_that_waits_is_named() -> None:
    desk = world.founded(bitcoin=60_000_000_000, dollars=50_000_000_000_000)
    first, second = desk.trade(), desk.trade()
    desk.play(first, "instructed")
    desk.play(second, "held")
    (block,) = ahead(desk).blocks
    assert (block.vault, block.contracts) == ("harbour-safe", (first.contract.terms.id,))


def test_a_plan_that_is_refused_says_why() -> None:
    desk = world.founded()
    desk.state = replace(desk.state, policy=None)
    found = ahead(desk)
    assert found.refusal is not None
    assert found.refusal.code == "settlement.no-policy"
