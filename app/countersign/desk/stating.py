"""A statement from this machine's own history, off the loop: replayed from the nearest remembered place before its first day.

- Which entries belong to a day is asked of accepted entries alone: what the rules refused may claim any moment.
- The last accepted entry before the span is replayed with it, so that the opening balance is that entry's own.
- Replaying goes on a thread, says how far it has come, and stops when nobody waits for it any more.

    found = await of_replica(replica, Account(lei, "main", btc), Span.read("2026-11-01", None, now=now), progress)
"""

import asyncio
import threading
from bisect import bisect_left
from collections.abc import Callable, Iterator

from countersign.desk.replica import Replica
from countersign.desk.statement import Span, Statement, require_account, statement
from countersign.formats import times
from countersign.settlement.ledger import Account
from countersign.settlement.machine import Entry
from countersign.settlement.state import State

Progress = Callable[[int, int], None]
_OFTEN = 32
"""Entries between two words of progress."""


class _Enough(Exception):
    """Nobody waits for it any more."""


async def of_replica(replica: Replica, account: Account, span: Span, progress: Progress) -> Statement:
    """One account over a span. Refused as `require_account`."""
    newest = replica.state
    require_account(newest, account)
    first, stop = await asyncio.to_thread(_bounds, replica, newest, span)
    near = replica.near(first)
    loop, enough = asyncio.get_running_loop(), threading.Event()

    def entries() -> Iterator[Entry]:
        for done, record in enumerate(replica.records(near.size, stop)):
            if enough.is_set():
                raise _Enough
            if done % _OFTEN == 0:
                loop.call_soon_threadsafe(progress, done, stop - near.size)
            yield Entry(record.index, record.time_ms, record.event)

    try:
        return await asyncio.to_thread(statement, entries(), account, span, near, newest)
    finally:
        enough.set()


def _bounds(replica: Replica, state: State, span: Span) -> tuple[int, int]:
    """The last accepted entry before the span (or 0), and one past the last within it."""
    accepted = sorted(state.events)

    def place(day: int) -> int:
        return bisect_left(accepted, day * times.DAY * 1_000, key=lambda index: replica.record(index).time_ms)

    begins, ends = place(span.first), place(span.last + 1)
    return accepted[begins - 1] if begins else 0, accepted[ends - 1] + 1 if ends else 0
