"""Lending: the owner's and the custodian's decision, exact interest for years, and a recall before any hold."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countersign.formats import times
from countersign.settlement import ledger
from countersign.settlement.ledger import LENDING_POOL, Account
from countersign.settlement.lending import YEAR, accrual, accrued
from countersign.settlement.records import Loan
from countersign.settlement.roster import Party
from support import settlement_world as world
from support.settlement_world import BTC, Desk

DAY_MS = 86_400_000
MINE = Account(world.MERIDIAN, "main", BTC)
POOL = Account(world.NORTHGATE, LENDING_POOL, BTC)


def lend(desk: Desk, **changes: object) -> str | None:
    return tried(desk, "lending.authorised", ["meridian", "compliance"], world.loan_body(**changes))


def tried(desk: Desk, kind: str, names: list[str], body: dict[str, object]) -> str | None:
    """The code with which an event is refused; or it is logged."""
    code = desk.attempt(kind, names, body)
    if code is None:
        desk.log(kind, names, body)
    return code


def accrue(desk: Desk, days: int = 1) -> int:
    """The desk lets so many days pass, and accrues them; the interest of those days."""
    desk.now_ms += days * DAY_MS
    day = desk.now_ms // DAY_MS - 1
    before = sum(loan.claim for loan in desk.state.loans.values())
    after = accrual(desk.state, BTC, day)
    interest = sum(loan.claim for loan in after) - before
    body = {"asset": BTC, "date": times.date_text(day), "loans": len(after), "interest": str(interest)}
    desk.log("lending.accrued", ["desk"], body)
    return interest


def recall(desk: Desk, names: list[str] | None = None) -> str | None:
    return tried(desk, "lending.recalled", names or ["meridian"], {"loan": "loan-1", "reason": "Needed."})


def fund(desk: Desk, units: int) -> None:
    """The custodian's own bitcoin for the pool, as a deposit of its own would credit it."""
    credited = desk.state.ledger.post(ledger.credit(Party(world.NORTHGATE, LENDING_POOL), BTC, units))
    desk.state = world.replace(desk.state, ledger=credited)


def test_what_is_lent_is_the_owners_still_and_nobody_can_hold_it() -> None:
    desk = world.founded()
    before = desk.state.ledger.balance(MINE)
    assert lend(desk) is None
    balance = desk.state.ledger.balance(MINE)
    assert (balance.lent, balance.available, balance.total) == (
        500_000_000,
        before.available - 500_000_000,
        before.total,
    )
    assert desk.state.ledger.balances_with_totals()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": "3000000001"}, "settlement.pool-limit"),
        ({"rate_bps": 251}, "settlement.loan-rate"),
        ({"asset": world.USDC}, "settlement.not-lent"),
        ({"owner": {"lei": world.HARBOUR, "book": "main"}}, "settlement.loan-owner"),
        ({"owner": {"lei": world.MERIDIAN, "book": "other"}}, "settlement.unknown-book"),
        ({"amount": "3000000000"}, None),
    ],
)
def test_a_loan_that_the_pool_does_not_take(changes: dict[str, object], code: str | None) -> None:
    assert lend(world.founded(), **changes) == code


def test_no_more_is_lent_than_is_there() -> None:
    desk = world.founded(bitcoin=400_000_000)
    assert lend(desk) == "settlement.insufficient"


def test_the_limit_counts_all_loans_that_are_out_and_no_other() -> None:
    desk = world.founded()
    assert lend(desk, amount="2000000000") is None
    assert lend(desk, loan="loan-2", amount="1000000001") == "settlement.pool-limit"
    assert recall(desk) is None
    assert lend(desk, loan="loan-2", amount="3000000000") is None


def test_one_name_stands_for_one_loan_for_ever() -> None:
    desk = world.founded()
    assert lend(desk) is None
    assert recall(desk) is None
    assert lend(desk) == "settlement.loan-taken"


def test_lending_takes_both_the_owner_and_the_custodian() -> None:
    desk = world.founded()
    for names in (["meridian"], ["compliance"], ["meridian", "operations"], ["harbour", "compliance"]):
        code = desk.attempt("lending.authorised", names, world.loan_body())
        assert code in ("settlement.wrong-signers", "settlement.loan-owner"), names


def test_a_hold_comes_after_the_recall() -> None:
    desk, trade = world.founded(bitcoin=world.BTC_UNITS + world.FEE_CAP), world.founded().trade()
    desk.play(trade, until="endorsed")
    assert lend(desk) is None
    hold = world.builder.hold_body(trade.contract.terms, trade.hash, 0)
    assert desk.attempt("hold.placed", ["desk"], hold) == "settlement.recall-first"
    assert recall(desk, ["desk", "operations"]) is None
    assert desk.attempt("hold.placed", ["desk"], hold) is None


def test_a_recall_accrues_the_days_that_nobody_accrued() -> None:
    desk = world.founded()
    assert lend(desk) is None
    desk.now_ms += 10 * DAY_MS
    assert recall(desk) is None
    assert desk.state.loans["loan-1"].claim == 500_000_000 * 250 * 10 // YEAR


def test_interest_is_a_claim_until_the_pool_pays_it_to_the_owner() -> None:
    desk = world.founded()
    assert lend(desk) is None
    interest = accrue(desk, 30)
    assert recall(desk) is None
    before = desk.state.ledger.balance(MINE).available
    assert (desk.state.loans["loan-1"].claim, desk.state.loans["loan-1"].paid) == (interest, 0)
    assert recall(desk) == "settlement.loan-over"
    fund(desk, interest)
    assert recall(desk) is None
    assert desk.state.ledger.balance(MINE).available == before + interest
    assert (desk.state.loans["loan-1"].claim, desk.state.loans["loan-1"].paid) == (0, interest)
    assert recall(desk) == "settlement.loan-over"
    assert desk.state.ledger.balances_with_totals()


def test_a_day_accrues_once_and_not_before_it_is_over() -> None:
    desk = world.founded()
    assert lend(desk) is None
    accrue(desk)
    today, yesterday = (times.date_text(desk.now_ms // DAY_MS - back) for back in (0, 1))
    body = {"asset": BTC, "date": today, "loans": 1, "interest": "0"}
    assert desk.attempt("lending.accrued", ["desk"], body) == "settlement.accrual-early"
    assert desk.attempt("lending.accrued", ["desk"], {**body, "date": yesterday}) == "settlement.accrual-late"


def test_a_false_sum_is_refused() -> None:
    desk = world.founded()
    assert lend(desk) is None
    desk.now_ms += DAY_MS
    day = times.date_text(desk.now_ms // DAY_MS - 1)
    right = 500_000_000 * 250 // YEAR
    for loans, interest in ((1, right + 1), (1, right - 1), (2, right)):
        body = {"asset": BTC, "date": day, "loans": loans, "interest": str(interest)}
        assert desk.attempt("lending.accrued", ["desk"], body) == "settlement.accrual-sum"
    body = {"asset": BTC, "date": day, "loans": 1, "interest": str(right)}
    assert desk.attempt("lending.accrued", ["desk"], body) is None


@given(
    st.integers(1, 10**14),
    st.integers(0, 100_000),
    st.lists(st.integers(1, 400), min_size=1, max_size=40),
)
def test_interest_is_exact_however_the_days_are_cut(principal: int, rate: int, cuts: list[int]) -> None:
    loan = Loan("x", Party(world.MERIDIAN, "main"), BTC, principal, rate, 0, accrued_to=100)
    day, piece = 100, loan
    for days in cuts:
        day += days
        piece = accrued(piece, day)
    exact = Fraction(principal * rate * (day - 100), YEAR)
    assert piece.claim == exact.numerator // exact.denominator
    assert piece.claim + Fraction(piece.remainder, YEAR) == exact
    assert accrued(loan, day) == piece


@settings(max_examples=5, deadline=None)
@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_ten_years_of_days_conserve_every_unit(amounts: list[int], random: object) -> None:
    """What the pool owes and has paid is what the loans earned, day by day; nobody's units are lost or made."""
    loans = [Loan(f"l{at}", Party(world.MERIDIAN, "main"), BTC, units, 250, 0, 0) for at, units in enumerate(amounts)]
    total = 0
    for day in range(1, 3_653):
        after = [accrued(loan, day) for loan in loans]
        total += sum(new.claim - old.claim for new, old in zip(after, loans, strict=True))
        loans = after
    assert total == sum(units * 250 * 3_652 // YEAR for units in amounts)
    assert all(0 <= loan.remainder < YEAR for loan in loans)


def test_ten_years_on_the_ledger_conserve_every_unit() -> None:
    desk = world.founded()
    sums = desk.state.ledger.sums()
    assert lend(desk) is None
    earned = sum(accrue(desk, 30) for _ in range(122))
    assert earned == 500_000_000 * 250 * 3_660 // YEAR
    fund(desk, earned)
    assert recall(desk) is None
    assert desk.state.ledger.sums()[BTC] == sums[BTC] + earned
    assert desk.state.ledger.balance(POOL).total == 0
    assert desk.state.ledger.balances_with_totals()


def test_who_is_suspended_lends_nothing_and_has_its_loans_back() -> None:
    desk = world.founded()
    desk.log("lending.authorised", ["meridian", "compliance"], world.loan_body())
    entry = world.participant_entry("meridian", suspended=True)
    desk.log("roster.changed", ["compliance", "officer-d"], {**world.no_entries(), "participants": [entry]})
    another = world.loan_body(loan="loan-2")
    assert desk.attempt("lending.authorised", ["meridian", "compliance"], another) == "settlement.suspended"
    assert desk.attempt("lending.recalled", ["meridian"], {"loan": "loan-1", "reason": "Home."}) is None
