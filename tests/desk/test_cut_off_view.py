"""What the next cut-off brings: gross beside net, who lacks what until when, which Safe waits; a refused plan says why."""

from dataclasses import replace

from countersign.desk.cut_off_view import CutOffView, StillOpen, cut_off_view
from countersign.formats import times
from countersign.settlement import builder
from support import settlement_world as world
from support.settlement_world import BTC, USDC

DAY = times.DAY


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


def moment(text: str) -> int:
    return times.parse(f"2026-11-22T{text}:00Z")


def test_a_cut_off_over_which_nothing_could_be_closed_is_still_open_until_the_next_one() -> None:
    desk = world.founded(bitcoin=1)
    desk.play(desk.trade(), "endorsed")
    for now, told in (
        ("15:59", (moment("16:00"), None, False)),
        ("16:30", (moment("16:00"), None, False)),  # its time to top up runs
        ("17:00", (moment("16:00") + DAY, StillOpen(moment("16:00"), 1), False)),
        ("23:59", (moment("16:00") + DAY, StillOpen(moment("16:00"), 1), False)),
    ):
        found = ahead(desk, moment(now))
        assert (found.at, found.still_open, found.due) == told, now
        assert len(found.lacking) == 1


def test_a_cut_off_that_has_passed_is_closed_now_over_what_is_held_and_then_it_is_the_next_ones_turn() -> None:
    desk = world.founded(bitcoin=90_000_000_000, dollars=90_000_000_000_000)
    (trade,) = held(desk, 1)
    found = ahead(desk, moment("17:00"))
    assert (found.at, found.due, found.contracts, found.still_open) == (moment("16:00"), True, 1, None)
    body = builder.cycle_body("cycle-1", [trade.hash], moment("16:00"))
    desk.now_ms = moment("17:00") * 1_000
    desk.log("cycle.closed", ["desk"], body)
    found = ahead(desk, moment("17:01"))
    assert (found.at, found.due, found.contracts, found.still_open) == (moment("16:00") + DAY, False, 0, None)


def test_a_loan_that_has_to_be_recalled_is_named() -> None:
    desk = world.founded(bitcoin=world.BTC_UNITS + world.FEE_CAP)
    lending = {BTC: {"limit": "10000000000", "rate_bps": 250}}
    desk.log(
        "policy.adopted", ["compliance", "officer-d"], {"policy": world.policy_document(version=2, lending=lending)}
    )
    desk.log("lending.authorised", ["compliance", "meridian"], world.loan_body())
    desk.play(desk.trade(), "endorsed")
    found = ahead(desk)
    (recall,) = found.recalls
    assert (recall.owner, recall.loan, recall.money.units) == ("Meridian Capital", "loan-1", 500_000_000)
    assert found.lacking == ()


def test_a_plan_that_is_refused_says_why() -> None:
    desk = world.founded()
    desk.state = replace(desk.state, policy=None)
    found = ahead(desk)
    assert found.refusal is not None
    assert found.refusal.code == "settlement.no-policy"
