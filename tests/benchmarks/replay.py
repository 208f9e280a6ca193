"""What a replay costs an event, as the history grows. Run by hand; prints CPU time, ratios, and peak memory.

python tests/benchmarks/replay.py [unsigned] [events ...]        10000 100000 if not told

1000000 takes about an hour and 1 GB of disk; `unsigned`, a third of that: every event has the form of a signed one, with
one and the same signature, and none is checked.

- One history is written to a temporary file, event by event, and never held; each size is a prefix of it. Of ten
  settlements eight are final, one stays held, one is declined; software keys sign.
- Each size is replayed in a process of its own, so that its peak is its own. Signature checks (`keys.jws.verify`) and
  Python's collector are timed apart; what is left is parsing, deciding and evolving.
- Resuming reads the state kept at 99 % and replays the rest; it must come to the same bytes.
"""

import gc
import resource
import struct
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any, BinaryIO

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "app"), str(ROOT / "tests")]

from countersign.desk import collector  # noqa: E402
from countersign.keys import jws  # noqa: E402
from countersign.keys.public_key import PublicKey  # noqa: E402
from countersign.settlement import machine, snapshot  # noqa: E402
from countersign.settlement.machine import Entry  # noqa: E402
from countersign.settlement.state import EMPTY, State  # noqa: E402
from support import settlement_world as world  # noqa: E402
from support.software_keys import SoftwareKey  # noqa: E402

HEAD = struct.Struct(">QQI")
SIZES = (10_000, 100_000)
NEW = 100  # one in so many entries is new when a start resumes
WEIGHED = 200  # settlements by which memory is weighed


class Written:
    """Stands for a desk's list of entries: they go to a file, and only their number is kept."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def append(self, entry: Entry) -> None:
        self._file.write(HEAD.pack(entry.index, entry.time_ms, len(entry.event)) + entry.event)
        self._count += 1


def read(path: Path) -> Iterator[Entry]:
    """The entries of a file, one at a time."""
    with path.open("rb") as file:
        while head := file.read(HEAD.size):
            index, time_ms, size = HEAD.unpack(head)
            yield Entry(index, time_ms, file.read(size))


def rich() -> world.Desk:
    """A desk whose deposits cover any history."""
    return world.founded(bitcoin=10**24, dollars=10**28)


def settle(desk: world.Desk, until: str = "") -> None:
    """One more settlement, to its end or until it is held or declined; its deliveries get the policy's confirmations."""
    now = desk.now_ms // 1_000
    trade = desk.trade(not_before=now, settle_by=now + 36 * 3_600)
    for step in desk.story(trade):
        desk.log(*step)
        if until == "declined":
            desk.log("contract.declined", ["compliance"], {"contract": trade.hash, "reason": "Not today."})
            return
        if until and desk.stands(trade) == until:
            return
    psbt, safe = desk.instructions(trade)
    for name, transaction, fee in (
        (psbt, trade.bitcoin_transaction, 1_410), (safe, trade.ethereum_transaction, None)
    ):  # fmt: skip
        body = world.observed_body(name, transaction, 3, fee)
        desk.log("transaction.observed", ["desk", "operations"], body)


def write(path: Path, events: int, *, signed: bool) -> None:
    """A history of at least so many events, into a file. This process checks no signature: every replay does."""
    jws.verify = lambda *_: None
    if not signed:
        SoftwareKey.sign = lambda *_: b"\x01" * 64  # type: ignore[method-assign]
        PublicKey.verify = lambda *_: True  # type: ignore[method-assign]
    with path.open("wb") as file:
        desk = rich()
        written = Written(file)
        for entry in desk.entries:
            written.append(entry)
        desk.entries = written  # type: ignore[assignment]
        while len(written) < events:
            settle(desk, {3: "held", 7: "declined"}.get(desk.trades % 10, ""))


class Watch:
    """CPU seconds inside something that begins and ends."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._began = 0.0

    def begin(self) -> None:
        self._began = process_time()

    def end(self) -> None:
        self.seconds += process_time() - self._began

    def around(self, work: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any) -> Any:
            self.begin()
            try:
                return work(*args)
            finally:
                self.end()

        return timed


@contextmanager
def apart() -> Iterator[tuple[Watch, Watch]]:
    """Signature checks and the collector, each timed apart."""
    checks, collecting = Watch(), Watch()

    def noted(phase: str, _: dict[str, int]) -> None:
        (collecting.begin if phase == "start" else collecting.end)()

    verify, jws.verify = jws.verify, checks.around(jws.verify)
    gc.callbacks.append(noted)
    try:
        yield checks, collecting
    finally:
        gc.callbacks.remove(noted)
        jws.verify = verify


def peak() -> int:
    """The most memory that this process ever had, bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1_024


@dataclass(frozen=True)
class Replayed:
    """CPU seconds of a whole replay and of its parts; bytes of memory; what the kept state took; the end's digest."""

    events: int
    whole: float
    checks: float
    collector: float
    base: int
    peak: int
    keep: float
    kept: int
    digest: bytes

    def each(self, seconds: float) -> float:
        """Microseconds an event."""
        return seconds / self.events * 1e6


def unchecked(signed: bool) -> None:
    """This process checks signatures, or none."""
    if not signed:
        jws.verify = lambda *_: None


def replay(path: Path, kept: Path, events: int, signed: bool) -> Replayed:
    """Replay a prefix as a console does (`collector.spared`); then keep the state of its first 99 %."""
    unchecked(signed)
    entries, base = islice(read(path), events), peak()
    with apart() as (checks, collecting), collector.spared():
        began = process_time()
        early = machine.replay(islice(entries, events - events // NEW))
        state = machine.replay(entries, early)
        whole, most = process_time() - began, peak()
    assert not state.faults
    assert state.size == events
    began = process_time()
    data = snapshot.serialise(early)
    keep = process_time() - began
    kept.write_bytes(data)
    digest = sha256(snapshot.serialise(state)).digest()
    return Replayed(events, whole, checks.seconds, collecting.seconds, base, most, keep, len(data), digest)


def resume(path: Path, kept: Path, events: int, signed: bool) -> tuple[float, float, int, bytes]:
    """CPU seconds to read the kept state and to replay the rest; the peak; the digest of where it ends."""
    unchecked(signed)
    data, new = kept.read_bytes(), list(islice(read(path), events - events // NEW, events))
    began = process_time()
    with collector.spared():
        state = snapshot.parse(data)
        reading = process_time() - began
        state = machine.replay(new, state)
    seconds, most = process_time() - began, peak()
    return reading, seconds, most, sha256(snapshot.serialise(state)).digest()


def weigh(until: str) -> float:
    """Bytes of memory that one more settlement holds in the state."""
    desk = rich()
    settle(desk)
    before = len(desk.entries)
    for _ in range(WEIGHED):
        settle(desk, until)
    entries = list(desk.entries)
    del desk
    known: State = machine.replay(entries[:before], EMPTY)
    machine.replay(entries[before:], known)  # what readers remember is not the state's
    gc.collect()
    tracemalloc.start()
    state = machine.replay(entries[before:], known)
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    assert len(state.contracts) == len(known.contracts) + WEIGHED
    return held / WEIGHED


def alone(work: Callable[..., Any], *args: Any) -> Any:
    """The answer of a process that does only this."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(work, args)


def main(sizes: list[int], *, signed: bool) -> None:
    with TemporaryDirectory() as folder:
        path, kept = Path(folder) / "history", Path(folder) / "kept"
        alone(partial(write, signed=signed), path, max(sizes))
        first: Replayed | None = None
        for events in sorted(sizes):
            found: Replayed = alone(replay, path, kept, events, signed)
            first = first or found
            print(
                f"{events} events: {found.each(found.whole):.0f} µs each = {_ratio(found, first, 'whole')}; "
                f"of it signatures {found.each(found.checks):.0f} ({found.checks / found.whole:.0%}), "
                f"collector {found.each(found.collector):.0f}, the rest "
                f"{found.each(_rest(found)):.0f} = {_rest(found) / found.events / (_rest(first) / first.events):.2f}; "
                f"peak {found.peak >> 20} MiB, {(found.peak - found.base) / events:.0f} bytes an event"
            )
            reading, seconds, most, digest = alone(resume, path, kept, events, signed)
            assert digest == found.digest, "a resumed state is another one"
            print(
                f"    kept in {found.keep:.2f} s ({found.kept / events:.0f} bytes an event); resumed with {events // NEW} new "
                f"in {seconds:.2f} s, of it reading {reading:.2f}: {seconds / found.whole:.3f} of a replay; peak {most >> 20} MiB"
            )
    for until in ("", "held"):
        print(f"a {until or 'final'} settlement holds {alone(weigh, until) / 1_024:.1f} KiB")


def _rest(found: Replayed) -> float:
    return found.whole - found.checks - found.collector


def _ratio(found: Replayed, first: Replayed, name: str) -> str:
    return f"{getattr(found, name) / found.events / (getattr(first, name) / first.events):.2f}"


if __name__ == "__main__":
    told = [each for each in sys.argv[1:] if each != "unsigned"]
    main([int(each) for each in told] or list(SIZES), signed="unsigned" not in sys.argv[1:])
