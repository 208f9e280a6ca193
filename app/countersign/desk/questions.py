"""What the machine's own rules would say of an event, asked with one that is drafted for the question and never signed.

- What would come of it can be asked too: the state after an event that nobody logs, for what may follow it.

    Question(state, scribe, now_ms).objection("settlement.failed", body)      # None, or why not
"""

from collections.abc import Mapping

from countersign.desk.author import Scribe
from countersign.desk.proposal_signers import signers
from countersign.errors import CountersignError
from countersign.keys.jws import Jws
from countersign.settlement import events, machine
from countersign.settlement.case import Case
from countersign.settlement.machine import Decision
from countersign.settlement.state import State


class Question:
    """Asks the rules of one state, at `now_ms`, or at its last entry's moment if that is later."""

    def __init__(self, state: State, scribe: Scribe, now_ms: int) -> None:
        self.state, self._scribe, self._now_ms = state, scribe, max(now_ms, state.time_ms)

    def objection(self, kind: str, body: Mapping[str, object]) -> CountersignError | None:
        """Why the rules would refuse this event now; None if they would not."""
        try:
            self._judged(kind, body)
        except CountersignError as error:
            return error
        return None

    def after(self, kind: str, body: Mapping[str, object]) -> State:
        """The state in which this event would stand logged now. Raises what the rules raise."""
        return machine.evolve(self.state, Decision(self._judged(kind, body)))

    def _judged(self, kind: str, body: Mapping[str, object]) -> Case:
        event = events.from_jws(Jws(self._scribe.draft(kind, body), ()))
        case = Case(self.state, event, self.state.size, self._now_ms, signers(self.state, event, ()).people)
        machine.RULES[kind].judge(case, event.body)
        return case
