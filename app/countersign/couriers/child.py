"""A process of our own that looks at what strangers made: bytes in by one pipe, one answer a request out by the other.

What `picture_reader` and `pdf_pages` have in common; neither believes what comes back.

- An answer is four bytes of length, then so many bytes; the first one, unasked, says that the child has confined itself.
- Every exchange has a limit on the clock and one on the answer's size. The child's own limits (processor time, memory) are its own.
- The child gets no environment, no argument from outside, no descriptor but its two pipes; it ends when its input ends.

    child = Child((sys.executable, "-I", "-m", "countersign.couriers.picture_child"))
    child.ready(30.0)
    answer = child.ask(request, seconds=5.0, limit=1 << 20)
"""

import os
import select
import subprocess
import time
from collections.abc import Sequence
from typing import Final

from countersign.couriers.pipes import LENGTH

END_SECONDS: Final = 5.0


class Child:
    """One process, started now. OSError where the program is not there."""

    def __init__(self, command: Sequence[str]) -> None:
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"LANG": "C.UTF-8"},
            cwd="/",
            start_new_session=True,
            bufsize=0,
        )

    def ready(self, seconds: float) -> None:
        """Wait until it says that it has confined itself. EOFError, TimeoutError, OSError."""
        self.ask(b"", seconds, 1 << 10)

    def ask(self, request: bytes, seconds: float, limit: int) -> bytes:
        """Send, then take one answer of at most `limit` bytes, before the clock has moved by `seconds`.
        EOFError, TimeoutError, OSError: the child is of no use then."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        until = time.monotonic() + seconds
        _send(self.process.stdin.fileno(), request, until)
        (length,) = LENGTH.unpack(_take(self.process.stdout.fileno(), LENGTH.size, until))
        if length > limit:
            raise EOFError
        return _take(self.process.stdout.fileno(), length, until)

    def kill(self) -> None:
        """Make it end at once; whoever waits for its answer gets EOFError. From any thread."""
        self.process.kill()

    def end(self, *, wait: bool = False) -> int:
        """Its exit status; it is killed unless `wait` says that it ends by itself."""
        if wait:
            try:
                self.process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
        else:
            self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        return self.process.wait()


def started(command: Sequence[str], seconds: float) -> Child:
    """A child that has confined itself and said so. OSError, EOFError, TimeoutError: then nothing is left running."""
    child = Child(command)
    try:
        child.ready(seconds)
    except (OSError, EOFError, TimeoutError):
        child.end()
        raise
    return child


def _send(pipe: int, data: bytes, until: float) -> None:
    os.set_blocking(pipe, False)
    left = memoryview(data)
    while left:
        if not select.select((), (pipe,), (), max(0.0, until - time.monotonic()))[1]:
            raise TimeoutError
        left = left[os.write(pipe, left) :]


def _take(pipe: int, count: int, until: float) -> bytes:
    parts: list[bytes] = []
    while count:
        if not select.select((pipe,), (), (), max(0.0, until - time.monotonic()))[0]:
            raise TimeoutError
        part = os.read(pipe, count)
        if not part:
            raise EOFError
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
