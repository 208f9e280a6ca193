"""What the custodian owes: every break is a line when it opens and when it closes, moves no unit, and adds up at every place."""

import csv
import io

import pytest

from countersign.desk.accounts import overview
from countersign.desk.debts import CLOSED, OPENED, owed
from countersign.desk.statement import Span, Statement, replayed, statement
from countersign.desk.statement_forms import as_csv, value
from countersign.formats import times
from countersign.settlement.ledger import Account, Balance
from countersign.settlement.state import State
from support import settlement_world as world
from support import trouble_world as trouble
from support.model_world import Signed
from support.random_history import Author
from support.reference_model import Model
from support.settlement_world import BTC, USDC, Desk, Trade

DAY = world.START // times.DAY
SUSPENSE_BTC, SUSPENSE_USDC = (Account(world.NORTHGATE, "suspense", asset) for asset in (BTC, USDC))


def delivered(desk: Desk, trade: Trade) -> None:
    """From a failure on: Ethereum's leg is there, both confirm, it is final."""
    desk.log(*trouble.observed(trouble.live(desk, trade, "safe-tx"), 2))
    for owner in world.OWNERS:
        desk.log("delivery.confirmed", [owner], {"contract": trade.hash})
    desk.log("settlement.final", ["desk"], {"cycle": trade.cycle})


@pytest.fixture(scope="module")
def mended() -> tuple[Desk, Trade]:
    """A leg that failed on one day and was delivered on the next; then a reorganisation, still open on the third."""
    desk, trade = trouble.begun("signed")
    _, safe = trouble.half_delivered(desk, trade)
    desk.log(*trouble.failed(trade, safe))
    desk.now_ms += times.DAY * 1_000
    delivered(desk, trade)
    desk.now_ms += times.DAY * 1_000
    desk.log(*trouble.observed(trouble.live(desk, trade, "psbt"), 0))
    return desk, trade


def of(desk: Desk, account: Account, first: int = 0, last: int = DAY + 9) -> Statement:
    return statement(desk.entries, account, Span(first, last))


def test_a_failed_leg_is_owed_to_its_receiver_until_it_is_delivered(mended: tuple[Desk, Trade]) -> None:
    desk, trade = mended
    found = of(desk, SUSPENSE_USDC)
    assert [(each.change, each.event, each.owed) for each in found.breaks] == [
        (OPENED, "settlement.failed", world.USDC_UNITS),
        (CLOSED, "settlement.final", 0),
    ]
    first, last = found.breaks
    known = desk.state.breaks[trade.cycle][0]
    assert (first.index, last.index) == (known.opened, known.closed)
    for each in found.breaks:
        debt = each.debt
        assert (debt.owner, debt.creditor, debt.units) == ("Meridian Capital", world.OWNERS["meridian"], known.units)
        assert (debt.cause, debt.chain, debt.index) == ("failed", world.ETHEREUM, known.opened)
        assert (debt.cycle, debt.contracts) == (trade.cycle, (trade.contract.terms.id,))
    assert found.movements == ()
    assert {each.after for each in found.breaks} | {found.opening, found.closing} == {Balance()}


def test_what_is_final_no_more_is_owed_again_and_stands_in_the_ledger(mended: tuple[Desk, Trade]) -> None:
    desk, _ = mended
    found = of(desk, SUSPENSE_BTC)
    assert [(each.change, each.event, each.debt.cause) for each in found.breaks] == [
        (OPENED, "transaction.observed", "reorganised")
    ]
    book = overview(desk.state, lambda index: desk.entries[index].time_ms)
    [open_break] = book.breaks
    assert (open_break.debt, open_break.time_ms) == (found.breaks[0].debt, found.breaks[0].time_ms)
    assert (open_break.amount.units, open_break.amount.symbol) == (world.BTC_UNITS, "BTC")
    assert book.owed_by(SUSPENSE_BTC) == (open_break,)
    assert book.owed_by(SUSPENSE_USDC) == ()
    assert book.balanced  # what is owed is in no sum


def test_a_span_begins_with_what_was_owed_then(mended: tuple[Desk, Trade]) -> None:
    desk, _ = mended
    spans = {
        (DAY - 1, DAY - 1): (0, [], 0),
        (DAY, DAY): (0, [OPENED], world.USDC_UNITS),
        (DAY + 1, DAY + 1): (world.USDC_UNITS, [CLOSED], 0),
        (DAY + 2, DAY + 2): (0, [], 0),
    }
    for (first, last), expected in spans.items():
        found = of(desk, SUSPENSE_USDC, first, last)
        assert (found.owed_before, [each.change for each in found.breaks], found.owed) == expected
        assert found.owes == bool(expected[0] or expected[1])


def test_no_other_account_owes_anything(mended: tuple[Desk, Trade]) -> None:
    desk, _ = mended
    for account in overview(desk.state, lambda _: 0).accounts:
        if account.account.book != "suspense":
            found = of(desk, account.account)
            assert (found.breaks, found.owed_before, found.owed) == ((), 0, 0)


def test_json_and_csv_say_each_break_and_that_it_moved_nothing(mended: tuple[Desk, Trade]) -> None:
    desk, trade = mended
    found = of(desk, SUSPENSE_USDC)
    told = value(found)
    assert told["owed"] == {"opening": "0", "closing": "0"}
    assert [(each["change"], each["amount"], each["owed"]) for each in told["breaks"]] == [  # type: ignore[attr-defined]
        ("opened", str(world.USDC_UNITS), str(world.USDC_UNITS)),
        ("closed", str(world.USDC_UNITS), "0"),
    ]
    rows = list(csv.DictReader(io.StringIO(as_csv(found).decode(), newline="")))
    assert [(each["cause"], each["amount"], each["owed"], each["total"]) for each in rows] == [
        ("opening", "", "0", "0"),
        ("break opened", str(world.USDC_UNITS), str(world.USDC_UNITS), "0"),
        ("break closed", str(world.USDC_UNITS), "0", "0"),
        ("closing", "", "0", "0"),
    ]
    assert {(each["from"], each["to"]) for each in rows} == {("", "")}
    assert {each["counterparty"] for each in rows[1:3]} == {f"{world.MERIDIAN}/main"}
    assert {each["settlement"] for each in rows[1:3]} == {trade.cycle}


def open_units(state: State, account: Account) -> int:
    """What is open, counted without the desk's own reading of it."""
    return sum(
        each.units
        for breaks in state.breaks.values()
        for each in breaks
        if each.account == account and each.closed is None
    )


@pytest.mark.parametrize("seed", [5, 29, 45])  # one closed and one open, two assets of which two closed, three at once
def test_the_lines_of_suspense_sum_to_the_open_breaks_over_random_histories(seed: int) -> None:
    desk = Signed()
    model = Model(desk.now)
    for command in Author(seed, model).write(160):
        model.does(command, desk.plays(command) is None)
    passed = [(entry.index, state) for entry, state in replayed(desk.entries)]
    accounts = {each.account for breaks in desk.state.breaks.values() for each in breaks}
    assert accounts
    for account in accounts:
        found = statement(desk.entries, account, Span(0, 1 << 20))
        running, after = 0, dict[int, int]()
        for each in found.breaks:
            running += each.debt.units if each.change == OPENED else -each.debt.units
            assert running == each.owed
            after[each.index] = running
        assert running == found.owed == owed(desk.state, account)
        known = 0
        for index, state in passed:
            known = after.get(index, known)
            assert known == open_units(state, account), index
