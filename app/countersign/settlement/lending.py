"""Rules of lending: custody assets are idle by default, and a loan is the owner's and the custodian's decision (rule 11).

- A loan moves available units of its owner to the pocket *lent*; the pool's limit and rate stand in the policy.
- Interest accrues for every whole day (UTC) that ends while the loan is out: principal x rate / 10,000 / 360, in integers.
  What is not yet a whole base unit stays with the pool as a remainder, and counts on: nothing is lost over the years,
  and the owner's claim is never rounded up.
- Accrued interest is a claim on the pool until it is paid, from the custodian's lending-pool account, to the owner who
  lent: at the recall, or at a second one if the pool lacked it at the first.
- A recall accrues the days that nobody has accrued yet, then returns the whole principal.
- Nothing is lent from a frozen account, and a frozen pool pays nothing back; a frozen owner's units do come home, where
  they are frozen (`stops.py`).
- Recall precedes any hold: units that are lent are not available, and the refusal names the loan.

    >>> accrued(loan, 20_000).claim
    1234
"""

from dataclasses import replace

from countersign.errors import Refused
from countersign.formats import times
from countersign.settlement import ledger, stops
from countersign.settlement.case import Case, Rule
from countersign.settlement.ledger import LENDING_POOL, Account, Cause, Place, Pocket, Posting, insufficient
from countersign.settlement.lending_bodies import LendingAccrued, LendingAuthorised, LendingRecalled
from countersign.settlement.policy import Lending
from countersign.settlement.records import Loan
from countersign.settlement.state import State

YEAR = 10_000 * 360
"""Basis points x days of a year: what principal x rate x days is divided by."""


def accrued(loan: Loan, day: int) -> Loan:
    """The loan with interest up to and with `day` (days since 1970): claim, remainder and the day it is accrued to."""
    days = max(0, day - loan.accrued_to)
    units, rest = divmod(loan.remainder + loan.principal * loan.rate_bps * days, YEAR)
    return replace(loan, claim=loan.claim + units, remainder=rest, accrued_to=max(day, loan.accrued_to))


def open_loans(state: State, asset: str) -> list[Loan]:
    """The loans of an asset whose principal is out, by id."""
    found = (state.loans[each] for each in state.lent.get(asset, ()))
    return sorted(found, key=lambda loan: loan.id)


def lent(state: State, asset: str) -> int:
    """Base units of an asset in the pool."""
    return sum(loan.principal for loan in open_loans(state, asset))


def loans_of(state: State, account: Account) -> list[Loan]:
    """The loans that are out from one account, by id."""
    return [
        loan
        for loan in open_loans(state, account.asset)
        if (loan.owner.lei, loan.owner.book) == (account.lei, account.book)
    ]


def require_recalled(state: State, account: Account) -> None:
    """Nothing of this account is lent; else `Refused` settlement.recall-first names the loan."""
    for loan in loans_of(state, account):
        raise Refused("settlement.recall-first", loan=loan.id, lei=account.lei, asset=account.asset)


def _terms(state: State, asset: str) -> Lending:
    found = dict(state.adopted().lending).get(asset)
    if found is None:
        raise Refused("settlement.not-lent", asset=asset)
    return found


def _judge_authorised(case: Case, body: LendingAuthorised) -> None:
    state, owner = case.state, body.owner
    if body.loan in state.loans:
        raise Refused("settlement.loan-taken", loan=body.loan)
    state.roster.party(owner.lei, owner.book)
    participant = state.roster.participant(owner.lei)
    if case.leis != (owner.lei,):
        raise Refused("settlement.loan-owner", loan=body.loan, lei=owner.lei)
    if participant.suspended:
        raise Refused("settlement.suspended", lei=owner.lei)
    if not participant.certified(case.seconds):
        raise Refused("settlement.not-certified", lei=owner.lei, until=participant.certified_until)
    terms = _terms(state, body.asset)
    if body.rate_bps != terms.rate_bps:
        raise Refused("settlement.loan-rate", rate=body.rate_bps, policy=terms.rate_bps)
    there = lent(state, body.asset)
    if there + body.amount > terms.limit:
        raise Refused(
            "settlement.pool-limit", asset=body.asset, lent=str(there), more=str(body.amount), limit=str(terms.limit)
        )
    account = Account(owner.lei, owner.book, body.asset)
    stops.check_account(state, account)
    balance = state.ledger.balance(account)
    if balance.available < body.amount:
        raise insufficient(Place(account, Pocket.AVAILABLE), body.amount, balance)


def _fold_authorised(case: Case, body: LendingAuthorised) -> State:
    state = case.state
    today = case.seconds // times.DAY
    loan = Loan(body.loan, body.owner, body.asset, body.amount, body.rate_bps, case.index, accrued_to=today - 1)
    moved = ledger.move(body.owner, body.asset, body.amount, Pocket.AVAILABLE, Pocket.LENT, Cause.LEND)
    return replace(
        state,
        ledger=state.ledger.post(moved),
        loans=state.loans.set(loan.id, loan),
        lent=state.lent.set(loan.asset, (*state.lent.get(loan.asset, ()), loan.id)),
    )


def accrual(state: State, asset: str, day: int) -> tuple[Loan, ...]:
    """The open loans of an asset with interest up to and with `day`."""
    return tuple(accrued(loan, day) for loan in open_loans(state, asset))


def _judge_accrued(case: Case, body: LendingAccrued) -> None:
    state, day = case.state, times.parse_date(body.date)
    if day >= case.seconds // times.DAY:
        raise Refused("settlement.accrual-early", asset=body.asset, date=body.date)
    last = state.accruals.get(body.asset, 0)
    if day <= last:
        raise Refused("settlement.accrual-late", asset=body.asset, date=body.date, last=times.date_text(last))
    before, after = open_loans(state, body.asset), accrual(state, body.asset, day)
    interest = sum(loan.claim for loan in after) - sum(loan.claim for loan in before)
    if (body.loans, body.interest) != (len(after), interest):
        raise Refused("settlement.accrual-sum", asset=body.asset, loans=len(after), interest=str(interest))


def _fold_accrued(case: Case, body: LendingAccrued) -> State:
    state, day = case.state, times.parse_date(body.date)
    loans = state.loans
    for loan in accrual(state, body.asset, day):
        loans = loans.set(loan.id, loan)
    return replace(state, loans=loans, accruals=state.accruals.set(body.asset, day))


def _judge_recalled(case: Case, body: LendingRecalled) -> None:
    state = case.state
    loan = state.loans.get(body.loan)
    if loan is None:
        raise Refused("settlement.unknown-loan", loan=body.loan)
    if case.leis and case.leis != (loan.owner.lei,):
        raise Refused("settlement.loan-owner", loan=loan.id, lei=loan.owner.lei)
    if loan.principal == 0 and not _payable(state, loan):
        raise Refused("settlement.loan-over", loan=loan.id, claim=str(loan.claim))
    stops.check_account(state, Account(state.roster.custodian.lei, LENDING_POOL, loan.asset))


def _payable(state: State, loan: Loan) -> int:
    """What the pool can pay of a claim now: all of it, or nothing."""
    pool = state.ledger.balance(Account(state.roster.custodian.lei, LENDING_POOL, loan.asset))
    return loan.claim if 0 < loan.claim <= pool.available else 0


def _fold_recalled(case: Case, body: LendingRecalled) -> State:
    state = case.state
    loan = accrued(state.loans[body.loan], case.seconds // times.DAY - 1)
    paid = _payable(state, loan)
    moved = ledger.move(loan.owner, loan.asset, loan.principal, Pocket.LENT, Pocket.AVAILABLE, Cause.RECALL)
    ended = replace(
        loan, principal=0, returned=loan.returned + loan.principal, claim=loan.claim - paid, paid=loan.paid + paid
    )
    rest = tuple(each for each in state.lent.get(loan.asset, ()) if each != loan.id)
    return replace(
        state,
        ledger=state.ledger.post((*moved, *_interest(state, loan, paid))),
        loans=state.loans.set(loan.id, ended),
        lent=state.lent.set(loan.asset, rest),
    )


def _interest(state: State, loan: Loan, units: int) -> tuple[Posting, ...]:
    pool = Place(Account(state.roster.custodian.lei, LENDING_POOL, loan.asset), Pocket.AVAILABLE)
    owner = Place(Account(loan.owner.lei, loan.owner.book, loan.asset), Pocket.AVAILABLE)
    return (Posting(loan.asset, units, pool, owner, Cause.INTEREST),)


AUTHORISED = Rule(_judge_authorised, _fold_authorised)
ACCRUED = Rule(_judge_accrued, _fold_accrued)
RECALLED = Rule(_judge_recalled, _fold_recalled)
