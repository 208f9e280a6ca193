"""Rules of reconciliation: what was compared is remembered, and a later entry never goes back behind it.

- A reconciliation is of a place in the log that exists, and not of an earlier one than the last.
- The same report is recorded once. It moves no contract and no unit.

    >>> state.reconciled.breaks
    0
"""

from dataclasses import replace

from countersign.errors import Refused
from countersign.settlement.case import Case, Rule
from countersign.settlement.house_records import Reconciled
from countersign.settlement.reconciliation_bodies import ReconciliationRecorded
from countersign.settlement.state import State


def _judge(case: Case, body: ReconciliationRecorded) -> None:
    last = case.state.reconciled
    if body.as_of > case.index:
        raise Refused("settlement.reconciliation-ahead", as_of=body.as_of, size=case.index)
    if last is None:
        return
    if body.report == last.report:
        raise Refused("settlement.reconciliation-again", index=last.index)
    if body.as_of < last.as_of:
        raise Refused("settlement.reconciliation-behind", as_of=body.as_of, last=last.as_of)


def _fold(case: Case, body: ReconciliationRecorded) -> State:
    found = Reconciled(body.as_of, body.report, body.accounts, body.breaks, case.index)
    return replace(case.state, reconciled=found)


RECORDED = Rule(_judge, _fold)
