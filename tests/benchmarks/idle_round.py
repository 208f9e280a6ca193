"""What a round of a desk costs that finds nothing to do. Run by hand; prints CPU time and ratios.

python tests/benchmarks/idle_round.py [contracts ...]        10000 100000 if not told

- A real desk's state, and beside its one real contract as many of its kind as told: final, held for the next cut-off, and
  endorsed with nobody to cover them. Once a hundredth of them is open, once two thirds are.
- *Planned* is everything planned anew, as after each entry of the log (beside the window's loop, in a thread); *again* is
  asking whether a round that found nothing has to plan at all.
"""

import gc
import sys
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from time import process_time

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "app"), str(ROOT / "tests")]

from immutables import Map  # noqa: E402

from countersign.desk import collector  # noqa: E402
from countersign.desk.author import Scribe  # noqa: E402
from countersign.desk.due import due  # noqa: E402
from countersign.desk.rounds import Rest  # noqa: E402
from countersign.settlement.case import with_contracts  # noqa: E402
from countersign.settlement.records import ContractRecord, ContractState  # noqa: E402
from countersign.settlement.state import State  # noqa: E402
from support import settlement_world as world  # noqa: E402

NOW = world.START + 3_600
TIMES = 3


class Clock:
    def now_ms(self) -> int:
        return NOW * 1_000


class Entropy:
    def random_bytes(self, count: int) -> bytes:
        return bytes(count)


SCRIBE = Scribe(world.ORIGIN, Clock(), Entropy())


def records(held: ContractRecord, count: int, one_open_in: float) -> list[ContractRecord]:
    found, opened = [], 0
    for number in range(count):
        name = sha256(number.to_bytes(8, "big")).hexdigest()
        if number / one_open_in < opened:
            state, holds = ContractState.FINAL, Map[int, object]()
        else:
            opened += 1
            state = (ContractState.HELD, ContractState.ENDORSED)[opened % 2]
            holds = held.holds if state is ContractState.HELD else Map()
        terms = replace(held.terms, id=f"MH-2026-{number:06d}", settle_by=held.terms.settle_by + number % 86_400)
        found.append(replace(held, hash=name, terms=terms, state=state, holds=holds))
    return found


def market(count: int, one_open_in: float) -> tuple[State, int]:
    """A state with so many contracts, and how many of them are open."""
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, "held")
    made = records(desk.state.contract(trade.hash), count, one_open_in)
    return with_contracts(desk.state, made), sum(each.state is not ContractState.FINAL for each in made)


def seconds(work: Callable[[], object]) -> float:
    best = 10.0**9
    for _ in range(TIMES):
        start = process_time()
        work()
        best = min(best, process_time() - start)
    return best


def measured(count: int, one_open_in: float) -> float:
    state, opened = market(count, one_open_in)
    gc.collect()
    collector.spare()

    def plan() -> object:
        return due(state, NOW * 1_000, lambda _: world.START * 1_000, SCRIBE)

    found = due(state, NOW * 1_000, lambda _: world.START * 1_000, SCRIBE)
    assert not found.steps
    rest = Rest(state, found.until * 1_000)
    planned, again = seconds(plan), seconds(lambda: rest.holds(state, NOW * 1_000 + 20_000))
    assert rest.holds(state, NOW * 1_000 + 20_000)
    told = f"{count:>8,} contracts, {opened:>7,} open: planned {planned * 1_000:9.1f} ms"
    print(f"{told}, {planned / opened * 1e6:5.0f} us an open one; again 1/{planned / again:,.0f} of it", end="")
    return planned


def main(sizes: list[int]) -> None:
    for one_open_in in (100.0, 1.5):
        costs = []
        for count in sizes:
            costs.append(measured(count, one_open_in))
            print(f"; {costs[-1] / costs[0]:6.1f} times the first")


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [10_000, 100_000])
