"""How far long work has come, on stderr: one line that is written over, where somebody watches a terminal.

- Nothing is written where stderr is a file or a pipe, so that logs stay clean and stdout is never touched.
- Nothing is written for work of one step.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from countersign.cli.words import words

Progress = Callable[[int, int], None]


@contextmanager
def watched() -> Iterator[Progress]:
    """A progress callable; the line is wiped when the work is over, however it ends."""
    seen = sys.stderr.isatty()

    def tell(done: int, total: int) -> None:
        if seen and total > 1:
            sys.stderr.write(f"\r\x1b[K{words('{done} of {total}', done=done, total=total)}")
            sys.stderr.flush()

    try:
        yield tell
    finally:
        if seen:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def step(sentence: str, done: int, total: int) -> None:
    """One step of a long story begins: a line on stderr, whoever reads it."""
    sys.stderr.write(f"[{min(done + 1, total)}/{total}] {sentence}\n")
    sys.stderr.flush()
