"""What all checks say of the settlements that somebody looks at on the Desk: judged when looked at, never remembered too long.

- A verdict follows from its case and nothing else (`review` is pure). It is given again only for a case that is equal in
  every part; of one that differs in the time alone, the checks that asked for the clock run again (`checks.judged`). So
  there is no list of what may change a verdict, and nothing that could be left out of it.
- Gathering a case costs much less than judging it, so it is gathered anew at every look: state, head, proofs, bytes, token,
  journal. A state is the same only if it is the very same value: whatever is logged, everything is judged again.
- The contracts of one cycle share their instructions: a cycle is judged once.
- An answer is of one state: where the log grew meanwhile, there is none.

    >>> await judging.checked([contract], size=state.size)
    {'9f…': Checked(passed=63, failure=None, trouble=None)}
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from countersign.desk.cases import Basis
from countersign.desk.replica import Replica
from countersign.desk.row import CHECKED
from countersign.desk.views import Checked
from countersign.errors import CountersignError
from countersign.review import checks
from countersign.review.case import Case
from countersign.review.check import Judged
from countersign.review.finding import Finding, Verdict
from countersign.settlement.records import Cycle, Instruction
from countersign.settlement.state import State

CaseOf = Callable[[Instruction], Awaitable[tuple[Basis, Case, bytes]]]
"""The case of an instruction as it stands now for the officer at this machine. CountersignError: it cannot be gathered."""


class Judging:
    """One officer's verdicts. `case_of` gathers the case that Review would judge."""

    def __init__(self, replica: Replica, case_of: CaseOf) -> None:
        self._replica, self._case_of = replica, case_of
        self._state = State()
        self._kept: dict[str, Judged] = {}  # by instruction, of this state

    async def checked(self, contracts: Sequence[str], size: int) -> dict[str, Checked]:
        """What all checks say of each contract that has instructions to check, at `size` entries."""
        state, found = self._replica.state, dict[str, Checked]()
        if state.size != size:
            return {}
        if state is not self._state:
            self._state, self._kept = state, {}
        of_cycle: dict[str, Checked] = {}
        for name in contracts:
            record = state.contracts.get(name)
            if record is None or record.cycle is None or record.state not in CHECKED:
                continue
            if record.cycle not in of_cycle:
                of_cycle[record.cycle] = await self._cycle(state, state.cycles[record.cycle])
            found[name] = of_cycle[record.cycle]
        return found if self._replica.state is state else {}

    async def _cycle(self, state: State, cycle: Cycle) -> Checked:
        findings: list[Finding] = []
        for instruction in state.under_way(cycle):
            try:
                _, case, _ = await self._case_of(instruction)
            except CountersignError as error:
                return Checked(0, trouble=(error.code, error.values))
            judged = await asyncio.to_thread(checks.judged, case, self._kept.get(instruction.hash))
            if state is self._state:
                self._kept[instruction.hash] = judged
            findings.extend(judged.verdict.findings)
        whole = Verdict(tuple(findings))
        return Checked(whole.passed, whole.against[0].check if whole.against else None)
