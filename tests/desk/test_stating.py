"""A statement made on a thread from a machine's own history is the one that the whole log gives, wherever it begins."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from countersign.desk import passed, stating
from countersign.desk.ports import Record
from countersign.desk.replica import Replica
from countersign.desk.statement import Span, Statement, statement
from countersign.errors import Refused
from countersign.formats import times
from countersign.settlement.ledger import Account
from countersign.settlement.machine import replay
from countersign.store.profile import open_profile
from support import finished_settlement
from support import settlement_world as world
from support.finished_settlement import Finished
from support.refusals import refused
from support.settlement_world import BTC, USDC, Desk
from support.software_stage import silent

MERIDIAN = Account(world.MERIDIAN, "main", BTC)
FIRST = world.START // times.DAY


def days() -> Finished:
    """Deposits on four more days, and after each two entries that the rules refuse because they claim the first day."""
    over = finished_settlement.finished("instructed")
    desk = over.desk.copy()
    for day in range(1, 5):
        desk.now_ms = (world.START + day * times.DAY) * 1_000
        for number in range(3):
            desk.deposit("meridian", BTC, 10 ** (day + 1), 10 * day + number)
            for _ in range(2):
                false = desk.entry("settlement.final", ["desk"], {"cycle": "cycle-1"})
                desk.entries.append(replace(false, time_ms=world.START * 1_000))
                desk.state = replay(desk.entries[-1:], desk.state)
    return Finished(desk, over.trade, over.artefacts)


@pytest.fixture(scope="module")
def over() -> Finished:
    return days()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, over: Finished) -> Path:
    found = tmp_path_factory.mktemp("days") / "profile"
    finished_settlement.write_profile(found, over)
    return found


@pytest.fixture
def replica(folder: Path, over: Finished, monkeypatch: pytest.MonkeyPatch) -> Iterator[Replica]:
    """It remembers every fourth place, so that statements begin from there."""
    monkeypatch.setattr(passed, "STEP", 4)
    with open_profile(folder) as profile:
        yield Replica(profile, over.clock)


def told(desk: Desk, account: Account, span: Span) -> Statement:
    return statement(desk.entries, account, span)


async def test_every_span_is_what_the_whole_log_says(replica: Replica, over: Finished) -> None:
    firsts = (0, *range(FIRST - 1, FIRST + 6))
    spans = {
        Span(first, last) for first in firsts for last in (first, FIRST + 2, FIRST + 5) if FIRST - 1 <= last >= first
    }
    for span in sorted(spans, key=lambda each: (each.first, each.last)):
        found = await stating.of_replica(replica, MERIDIAN, span, silent)
        assert found == told(over.desk, MERIDIAN, span), span
    third = Span(FIRST + 2, FIRST + 2)
    assert len((await stating.of_replica(replica, MERIDIAN, third, silent)).movements) == 3


async def test_it_is_replayed_from_near_by(replica: Replica, over: Finished, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    records = replica.records

    def watched(start: int, stop: int) -> Iterator[Record]:
        read.append(stop - start)
        return records(start, stop)

    monkeypatch.setattr(replica, "records", watched)
    last = Span(FIRST + 4, FIRST + 4)
    steps: list[tuple[int, int]] = []
    await stating.of_replica(replica, MERIDIAN, last, lambda *each: steps.append(each))
    assert read[-1] <= 9 + 3 + passed.STEP < len(over.desk.entries)
    await asyncio.sleep(0)
    assert steps == [(0, read[-1])]


async def test_who_has_no_account_is_refused_before_anything_is_read(replica: Replica) -> None:
    for account, code in (
        (Account(world.MERIDIAN, "main", USDC), "desk.no-such-account"),
        (Account(world.MERIDIAN, "other", BTC), "settlement.unknown-book"),
    ):
        with refused(code, Refused):
            await stating.of_replica(replica, account, Span(0, FIRST), silent)


async def test_cancelled_it_reads_no_further(replica: Replica, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, left, ended = threading.Event(), threading.Event(), threading.Event()
    read: list[int] = []
    records = replica.records

    def slow(start: int, stop: int) -> Iterator[Record]:
        try:
            for each in records(start, stop):
                read.append(each.index)
                yield each
                if len(read) == 1:
                    begun.set()
                    assert left.wait(60)
        finally:
            ended.set()

    monkeypatch.setattr(replica, "records", slow)
    task = asyncio.create_task(stating.of_replica(replica, MERIDIAN, Span(0, FIRST + 9), silent))
    await asyncio.to_thread(begun.wait, 60)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    left.set()
    await asyncio.to_thread(ended.wait, 60)
    assert len(read) == 2  # the one that was being replayed, and one that was thrown away
