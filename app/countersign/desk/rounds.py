"""One round of a desk: what it can do by itself is done, one event after another, and told with what waits and for whom.

- Planned by `due` over the newest state, asked of the machine's rules once more before each event is signed, and planned
  anew as the log moves; officers may work at the same time. A round that finds nothing to do logs nothing.
- Nothing that is refused stops the rest: it is told by name, and not tried again in this round. Where the log's newest head
  has not its witnesses the desk waits for them and logs nothing by itself.
- Planning costs what is open, and runs beside the loop. A round after one that found nothing plans nothing, until an entry
  came or a moment at which something may be due (`Rest`).
- Moments are entries' moments: the desk's clock, never before its last entry.
- A whole cut-off is closed as one plan, with what the transactions would weigh asked of the desk's own nodes first.
- Prices come from whoever publishes them. What the desk signs beside an officer waits (`waiting`); `arrivals` is the
  officer's half.

    made = await rounds.make(desk, after=made)
    [each.due.kind for each in made.done], [each.whom for each in made.waits]
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from countersign.desk import closing as closings
from countersign.desk import cycle_limits
from countersign.desk.due import MOST, Due, Plan, due
from countersign.desk.embedded import EmbeddedDesk
from countersign.desk.ports import Receipt
from countersign.desk.questions import Question
from countersign.desk.waiting import Wait
from countersign.errors import CountersignError, Unavailable
from countersign.formats import jcs
from countersign.settlement.netting import MULTILATERAL
from countersign.settlement.state import State


@dataclass(frozen=True, slots=True)
class Done:
    """One event that the desk logged by itself, and where."""

    due: Due
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class NotDone:
    """What was due and was not logged: by the log's own refusal, or (without `due`) because something is not to be had."""

    due: Due | None
    error: CountersignError


@dataclass(frozen=True, slots=True)
class Round:
    """What came of one round. `at_ms`: when it began; `more`: it ended at its bound, and the next one goes on."""

    at_ms: int
    done: tuple[Done, ...]
    not_done: tuple[NotDone, ...]
    waits: tuple[Wait, ...]
    more: bool
    rest: "Rest | None" = None


@dataclass(frozen=True, slots=True)
class Rest:
    """That a state has nothing due before a moment (ms), so that it need not be planned again."""

    state: State
    until_ms: int

    def holds(self, state: State, now_ms: int) -> bool:
        """Whether it still says so of this state, at this moment."""
        return self.state is state and now_ms < self.until_ms


async def make(desk: EmbeddedDesk, mode: str = MULTILATERAL, most: int = MOST, *, after: Round | None = None) -> Round:
    """Do what is due, until so many events were logged. Raises none of the project's errors: they are told in `not_done`.

    `after`: the last round of this desk; where nothing was logged since and nothing can be due yet, nothing is planned.
    """
    walk = _Walk(desk, most)
    began, waits = desk.scribe.clock.now_ms(), tuple[Wait, ...]()
    try:
        await walk.begin()
        if after is not None and walk.rests(after):
            return Round(began, (), (), after.waits, False, after.rest)
        await walk.go(mode)
        waits = await walk.waits()
    except CountersignError as error:
        walk.not_done.append(NotDone(None, error))
    not_done = (*walk.not_done, *(NotDone(None, each) for each in walk.obstacles))
    more = len(walk.done) >= most
    return Round(began, tuple(walk.done), not_done, waits, more, None if not_done or more else walk.rest)


class _Walk:
    """One round under way."""

    def __init__(self, desk: EmbeddedDesk, most: int) -> None:
        self._desk, self._most = desk, most
        self._tried: set[bytes] = set()
        self._stopped = False
        self._planned: tuple[State | None, Plan] = None, Plan((), (), ())
        self.done: list[Done] = []
        self.not_done: list[NotDone] = []
        self.obstacles: tuple[CountersignError, ...] = ()

    async def begin(self) -> None:
        """The newest head with its witnesses. Unavailable("desk.round-unwitnessed")."""
        await self._desk.sequencer.renew()
        if self._desk.sequencer.unwitnessed:
            raise Unavailable("desk.round-unwitnessed", count=self._desk.sequencer.unwitnessed)

    def rests(self, after: Round) -> bool:
        """Whether nothing can be due since an earlier round."""
        now = self._now()
        return after.rest is not None and after.at_ms <= now and after.rest.holds(self._desk.state, now)

    @property
    def rest(self) -> Rest | None:
        """Until when nothing is due, where the last plan found nothing and is the newest state's."""
        state, plan = self._planned
        if state is None or state is not self._desk.state or plan.steps:
            return None
        return Rest(state, plan.until * 1_000)

    async def waits(self) -> tuple[Wait, ...]:
        """What waits now: as it was planned last, where nothing was logged since."""
        state, plan = self._planned
        return plan.waits if state is self._desk.state else (await self._plan()).waits

    async def _plan(self) -> Plan:
        """What is due now but for the cycles; planned beside the loop, for much may be open."""
        state = self._desk.state
        plan = await asyncio.to_thread(due, state, self._now(), self._moment, self._desk.scribe, most=self._left)
        self._planned = state, plan
        return plan

    async def go(self, mode: str) -> None:
        """Everything but the cycles until nothing is left of it, then the cycles; and again, as long as there is anything."""
        while self._left and (
            await self._log((await self._plan()).steps) or await self._log(await self._closings(mode))
        ):
            pass

    async def _closings(self, mode: str) -> Sequence[Due]:
        """The cycles that the last cut-off closes now, sized by the desk's own nodes; none where one of these is silent."""
        state, now = self._desk.state, max(self._now(), self._desk.state.time_ms)
        if state.policy is None or self._stopped or not self._left:
            return ()
        ready = (await asyncio.to_thread(closings.closing, state, now // 1_000, self._moment)).contracts
        if not ready:
            return ()
        try:
            fits = await cycle_limits.of(self._desk, ready)
        except CountersignError as silent:
            self.obstacles = (silent,)
            return ()
        plan = await asyncio.to_thread(due, state, now, self._moment, self._desk.scribe, fits, mode, self._left)
        self.obstacles = plan.obstacles
        return [each for each in plan.steps if each.kind == "cycle.closed"]

    async def _log(self, steps: Sequence[Due]) -> bool:
        """Log these in their order; whether any was."""
        before = len(self.done)
        for each in steps:
            named = jcs.encode({"kind": each.kind, "body": dict(each.body)})
            if not self._stopped and named not in self._tried and self._allowed(each):
                self._tried.add(named)
                await self._own(each)
        return len(self.done) > before

    async def _own(self, step: Due) -> None:
        """Sign and log it. What is refused is told; where a token or the witnesses are silent, the round ends."""
        try:
            receipt = await self._desk.own(step.kind, step.body)
        except CountersignError as error:
            self.not_done.append(NotDone(step, error))
            self._stopped = isinstance(error, Unavailable)
        else:
            self.done.append(Done(step, receipt))

    def _allowed(self, step: Due) -> bool:
        """Whether the rules still let it pass: if somebody else moved first, it is not due any more."""
        return Question(self._desk.state, self._desk.scribe, self._now()).objection(step.kind, step.body) is None

    @property
    def _left(self) -> int:
        return max(0, self._most - len(self.done))

    def _now(self) -> int:
        return self._desk.scribe.clock.now_ms()

    def _moment(self, index: int) -> int:
        return self._desk.archive.record(index).time_ms
