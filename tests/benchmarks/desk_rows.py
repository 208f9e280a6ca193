"""How long the Desk of many open settlements keeps a person waiting. Run by hand; prints times, and the longest frame.

A frame is the time between two turns of the window's loop: what is over a tenth of a second is seen as a wait. All times
are of this process's own work (CPU time of all its threads), so that a busy machine does not change them.

QT_QPA_PLATFORM=offscreen PYTHONPATH=app:tests python tests/benchmarks/desk_rows.py [settlements]
"""

import asyncio
import gc
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from hashlib import sha256
from time import process_time

import qasync
from PySide6.QtWidgets import QApplication

from countersign.desk import collector
from countersign.desk.rows import Rows
from countersign.settlement.contract import Terms
from countersign.settlement.records import ContractState
from countersign.settlement.state import State
from countersign.ui.presenters.desk import Column
from countersign.ui.tasks.runner import Runner
from countersign.ui.theme.dress import dress
from countersign.ui.theme.palette import LIGHT
from countersign.ui.views.context import Context
from countersign.ui.views.desk_screen import DeskScreen
from support import settlement_world, window_world
from support.window_instruments import instruments

STATES = (ContractState.AGREED, ContractState.HELD, ContractState.ENDORSED, ContractState.PROPOSED)
PAGES = 200


def market(count: int) -> State:
    """One real contract, and as many of its kind: other ids, amounts, deadlines and states."""
    desk = settlement_world.founded()
    trade = desk.trade()
    desk.play(trade, "held")
    record = desk.state.contract(trade.hash)
    contracts = desk.state.contracts.mutate()
    for number in range(count):
        name = sha256(number.to_bytes(8, "big")).hexdigest()
        state = STATES[number % len(STATES)]
        contracts[name] = replace(
            record, hash=name, terms=_terms(record.terms, number), state=state,
            proposer=record.leis[0] if state is ContractState.PROPOSED else "",
        )  # fmt: skip
    return replace(desk.state, contracts=contracts.finish())


def _terms(terms: Terms, number: int) -> Terms:
    first = replace(terms.legs[0], amount=1_000_000 + number * 7_919)
    usd = 100_000 + number * 104_729 % 50_000_000
    return replace(
        terms, id=f"MH-2026-{number:06d}", legs=(first, *terms.legs[1:]), settle_by=terms.settle_by + number % 86_400,
        notional=replace(terms.notional, usd=usd),
    )  # fmt: skip


class Watch:
    """Turns with the loop all the time and remembers the longest turn."""

    def __init__(self) -> None:
        self.longest = 0.0
        self.task: asyncio.Task[None] | None = None

    async def _turn(self) -> None:
        before = process_time()
        while True:
            await asyncio.sleep(0)
            now = process_time()
            self.longest, before = max(self.longest, now - before), now

    async def during(self, what: str, work: Callable[[], Awaitable[object]]) -> None:
        """Do it and say how long it took, and the longest that the window stood still meanwhile."""
        self.longest, self.task = 0.0, asyncio.get_running_loop().create_task(self._turn())
        await asyncio.sleep(0)
        start = process_time()
        await work()
        taken = process_time() - start
        await asyncio.sleep(0)
        self.task.cancel()
        print(f"{what:<42} {taken * 1_000:9.1f} ms   longest frame {self.longest * 1_000:7.1f} ms")


async def measured(count: int) -> None:
    state, rows, watch = market(count), Rows("officer-a", lambda _: 0), Watch()
    now = settlement_world.START + 60
    screen = DeskScreen(Context(Runner(), instruments(lambda: window_world.NOW)))
    screen.resize(1_296, 814)
    screen.show()

    async def settled() -> None:
        while screen.context.runner.running:
            await asyncio.wait(tuple(screen.context.runner.running))

    async def shown(act: Callable[[], object]) -> None:
        act()
        await settled()
        screen.grab()

    async def first(at: State) -> None:
        """Until the rows can be read; their totals are counted after it (`Officer.desk`)."""
        view = await asyncio.to_thread(rows.view, at, now)
        await shown(lambda: screen.show_view(view))

    async def counted() -> None:
        """Until the totals stand there and all is ready to be sorted and filtered."""
        view = await asyncio.to_thread(rows.counted)
        await shown(lambda: screen.show_view(view))

    gc.collect()
    collector.spare()  # as a console does once its history is replayed
    print(f"{count:,} open settlements")
    await watch.during("opens: rows that can be read", lambda: first(state))
    await watch.during("totals; ready to be sorted and filtered", counted)
    one = next(iter(state.contracts.values()))
    changed = replace(state, contracts=state.contracts.set(one.hash, replace(one, confirmed=("x",))))
    await watch.during("refresh, one record changed", lambda: first(changed))
    for place in (Column.NOTIONAL, Column.EXCHANGE, Column.STATE, Column.ACT_BY):
        await watch.during(f"sort by {place.name.lower()}", lambda place=place: shown(lambda: screen.sort(int(place))))
    for needle in ("00042", "harbour held", ""):
        await watch.during(f"filter {needle!r}", lambda needle=needle: shown(lambda: screen.filter.setText(needle)))
    await watch.during(f"scroll over {PAGES} pages, each painted", lambda: scroll(screen))
    screen.close()


async def scroll(screen: DeskScreen) -> None:
    bar = screen.table.verticalScrollBar()
    for page in range(PAGES):
        bar.setValue(bar.maximum() * page // PAGES)
        screen.table.viewport().grab()
        await asyncio.sleep(0)


def main(count: int) -> None:
    application = QApplication(sys.argv[:1])
    dress(application, LIGHT)
    loop = qasync.QEventLoop(application)
    asyncio.set_event_loop(loop)
    with loop:
        loop.run_until_complete(measured(count))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
