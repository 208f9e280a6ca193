"""Closing cycles at a cut-off: look ahead, hold what can be held, wait for what is short, then close over the rest.

- `look`: what would happen, without an event. `hold`: loans recalled, holds returned and placed, in the order of
  endorsement. `close`: at or after a cut-off; while somebody is short and may still top up, it waits.
- When the time to top up is over it closes, naming what is short: only what cannot settle is dropped.
- What the machine refuses to hold (an order stops it, say) is named and left where it is; everything else goes on.
- Several cycles at one cut-off where a limit demands it: their parts are the same whoever computes them.

    closed = await cycles.close(desk, operations)
"""

from collections.abc import Sequence
from dataclasses import dataclass

from countersign.desk import cycle_limits, cycle_plan
from countersign.desk.author import Author, signed
from countersign.desk.cycle_plan import Preview
from countersign.desk.embedded import EmbeddedDesk
from countersign.desk.ports import Receipt
from countersign.errors import Refused
from countersign.settlement import builder, cut_off
from countersign.settlement.bodies import Short
from countersign.settlement.cut_off import Gathered
from countersign.settlement.netting import MULTILATERAL
from countersign.settlement.records import ContractState

DROPPED = "Short at the cut-off."
RECALLED = "Needed for a hold."


@dataclass(frozen=True, slots=True)
class Closed:
    """What a closing did. `waiting_until`: unix seconds, where it waits for a top-up and closed nothing yet."""

    cut_off: int
    cycles: tuple[str, ...]
    short: tuple[Short, ...]
    waiting_until: int | None
    refused: tuple[tuple[str, Refused], ...]


async def look(desk: EmbeddedDesk, mode: str = MULTILATERAL) -> Preview:
    """What the next cut-off would close, or the last one while its time to top up is not over."""
    now = _now(desk)
    upcoming = cycle_plan.upcoming(desk.state, now, lambda index: _moment(desk, index))
    fits = await cycle_limits.of(desk, upcoming.gathered.ready)
    return cycle_plan.preview(desk.state, upcoming.gathered, mode, fits)


async def hold(desk: EmbeddedDesk, operations: Author, moment: int) -> tuple[tuple[str, Refused], ...]:
    """Hold everything that is in time for a cut-off and can be covered; what the machine refused, with its refusal."""
    found = _gather(desk, moment)
    for contract, leg in found.release:
        await _release(desk, contract, leg)
    for loan in found.recalls:
        draft = desk.scribe.draft("lending.recalled", {"loan": loan, "reason": RECALLED})
        await desk.submit(await signed(draft, [operations]))
    refused = []
    for contract in found.place:
        try:
            await _place(desk, contract)
        except Refused as refusal:
            refused.append((contract, refusal))
    return tuple(refused)


async def close(desk: EmbeddedDesk, operations: Author, mode: str = MULTILATERAL, moment: int | None = None) -> Closed:
    """Hold, and close the cycles of the last cut-off, or wait while somebody may still top up.

    `moment`: an extraordinary cut-off beside the policy's daily ones, unix seconds, not later than now.

    Refused, Unavailable: what the machine and the desk's nodes raise.
    """
    policy, now = desk.state.adopted(), _now(desk)
    moment = cut_off.last_cut_off(policy, now) if moment is None else moment
    refused = await hold(desk, operations, moment)
    found = _held_only(desk, _gather(desk, moment))
    until = moment + policy.cycles.top_up_seconds
    if found.short and now < until:
        return Closed(moment, (), found.short, until, refused)
    fits = await cycle_limits.of(desk, found.ready)
    short: Sequence[Short] = found.short
    names = []
    for planned in cycle_plan.plan(desk.state, found, mode, fits):
        body = builder.cycle_body(planned.id, planned.contracts, moment, netting=planned.netting, short=short)
        await desk.own("cycle.closed", body)
        names.append(planned.id)
        short = ()  # named once, by the first cycle of the cut-off
    return Closed(moment, tuple(names), found.short, None, refused)


def _gather(desk: EmbeddedDesk, moment: int) -> Gathered:
    return cut_off.gather(desk.state, moment, _now(desk), lambda index: _moment(desk, index))


def _held_only(desk: EmbeddedDesk, found: Gathered) -> Gathered:
    """The plan without what could be covered and was refused all the same."""
    held = tuple(each for each in found.ready if desk.state.contract(each).state is ContractState.HELD)
    return Gathered(found.cut_off, held, (), (), (), found.short, found.lacking, found.aside)


async def _place(desk: EmbeddedDesk, contract: str) -> None:
    """A hold for every leg that has none; if one is refused, those just placed return."""
    record = desk.state.contract(contract)
    placed: list[int] = []
    for leg in range(len(record.terms.legs)):
        if leg in record.holds:
            continue
        try:
            await desk.own("hold.placed", builder.hold_body(record.terms, contract, leg))
        except Refused:
            for each in placed:
                await _release(desk, contract, each)
            raise
        placed.append(leg)


async def _release(desk: EmbeddedDesk, contract: str, leg: int) -> Receipt:
    return await desk.own("hold.released", {"contract": contract, "leg": leg, "reason": DROPPED})


def _moment(desk: EmbeddedDesk, index: int) -> int:
    return desk.archive.record(index).time_ms


def _now(desk: EmbeddedDesk) -> int:
    return desk.scribe.clock.now_ms() // 1_000
