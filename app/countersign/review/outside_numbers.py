"""What E8 says of a Safe whose numbers were used outside the log (`settlement.numbers`).

- The officer is told which, and that nobody knows what used them.
- Nothing is paid from it before its books were compared after the log was told.
- What this machine signed under one of them may be what was executed (`paid_before.py`).
- A void and a change of owners pay nobody.

    >>> list(told(record, state))
    [Finding("E8", Status.PASS, "E8.used-outside", …)]
"""

from collections.abc import Iterator

from countersign.review.finding import Finding, failed, passed
from countersign.settlement import numbers
from countersign.settlement.records import Instruction
from countersign.settlement.state import State


def told(record: Instruction, state: State) -> Iterator[Finding]:
    """Nothing where every number of the Safe was used by what is in the log."""
    vault = record.group.vaults[0]
    lost = numbers.outside(state, vault)
    if not lost:
        return
    which = ", ".join(f"{each.first}" if each.first == each.last else f"{each.first} to {each.last}" for each in lost)
    yield passed("E8", "used-outside", "nonce", "each number used by what is in the log", which, numbers=which)
    if record.returns or record.hash in state.orders:
        return
    if (found := numbers.uncompared(state, vault)) is not None:
        yield failed("E8", "uncompared", "reconciliation", f"one after entry {found.index}", _compared(state),
                     index=found.index)  # fmt: skip


def _compared(state: State) -> str:
    return "none" if state.reconciled is None else f"one of the first {state.reconciled.as_of} entries"
