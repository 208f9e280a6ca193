"""The custodian's breaks: what it owes because a chain did not do what was released, against its suspense account.

- A break is a record, not a posting: no unit exists for it, and no account is ever negative. The undelivered payer's
  hold stays where it is.
- One for each obligation of the leg that failed; a leg has at most one open break of a cause.
- It names the entry that opened it, and the one that closed it.

    >>> state.breaks["cycle-1"][0].creditor.lei
    '9845MERDIN0000000095'
"""

from dataclasses import replace

from countersign.settlement import ledger, netting
from countersign.settlement.case import Case
from countersign.settlement.ledger import Account
from countersign.settlement.netting import Group, Obligation
from countersign.settlement.records import Break, BreakCause, Cycle
from countersign.settlement.state import State


def opened(case: Case, state: State, cycle: Cycle, group: Group, cause: BreakCause, *, void: bool = False) -> State:
    """The state in which the custodian owes what a group should have delivered; of a void, what should be back home."""
    known = state.breaks.get(cycle.id, ())
    if any((each.group, each.cause, each.closed) == (group, cause, None) for each in known):
        return state
    owed = [
        _break(state, each, cause, group, case.index, void=void) for each in netting.owed_by(cycle.obligations, group)
    ]
    return replace(state, breaks=state.breaks.set(cycle.id, (*known, *owed)))


def _break(state: State, owed: Obligation, cause: BreakCause, group: Group, index: int, *, void: bool) -> Break:
    account = Account(state.roster.custodian.lei, ledger.SUSPENSE, owed.asset)
    return Break(account, owed.payer if void else owed.receiver, owed.amount, cause, group, index)


def closed(state: State, cycle: str, index: int, cause: BreakCause, group: Group | None = None) -> State:
    """The state in which the open breaks of a cause are closed by entry `index`: a group's, or all of the cycle."""
    known = state.breaks.get(cycle, ())
    after = tuple(
        replace(each, closed=index)
        if each.cause is cause and each.closed is None and group in (None, each.group)
        else each
        for each in known
    )
    return state if after == known else replace(state, breaks=state.breaks.set(cycle, after))


def open_breaks(state: State, cycle: str) -> tuple[Break, ...]:
    """What the custodian still owes in a cycle."""
    return tuple(each for each in state.breaks.get(cycle, ()) if each.closed is None)
