"""One parser under fuzz: how it is called, where it starts from, and what it may not do.

    judge(Target(strict_json.parse, ("contract.json",)), b"{}")

- A target may return, or raise a CountersignError whose code has a sentence. Anything else is a finding.
- A target that promises a round trip asserts it by itself (`same`); a broken promise is a finding.
- Memory: at its worst, what reading takes beyond what was there is at most `FLOOR` and `allowance` bytes for each byte read.
"""

import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass

from countersign.errors import CountersignError
from countersign.resources.text import SENTENCES, next_step, sentence

Read = Callable[[bytes], object]
FLOOR = 4 << 20
"""Bytes that any parser may take: modules, curves and tables that are loaded with the first use."""


class Unnamed(AssertionError):
    """A refusal without a sentence: an officer would read its bare code."""


@dataclass(frozen=True)
class Target:
    """One parser. `seeds` are names of `seeds.all_seeds`; `largest` is the most bytes that the fuzzer tries, `allowance` how
    many bytes of memory one byte of input may cost."""

    read: Read
    seeds: tuple[str, ...]
    largest: int = 1 << 14
    allowance: int = 100


def same(read: Callable[[bytes], object], write: Callable[..., bytes]) -> Read:
    """A reader whose writer must give the same bytes back."""

    def both(data: bytes) -> object:
        found = read(data)
        written = write(found)
        assert written == data, f"{len(data)} bytes were read and others written"
        return found

    return both


def text(read: Callable[[str], object]) -> Read:
    """A reader of text, given whatever the bytes are: invalid UTF-8 becomes lone surrogates, as from a command line."""
    return lambda data: read(data.decode("utf-8", "surrogateescape"))


def same_text(read: Callable[[str], object], write: Callable[..., str] = str) -> Read:
    """A reader of text whose writer must give the same text back."""

    def both(found: str) -> object:
        value = read(found)
        assert write(value) == found, f"{found!r} was read and {write(value)!r} written"
        return value

    return text(both)


def judge(target: Target, data: bytes) -> CountersignError | None:
    """Read once. The refusal, or None where it was read; anything that must not happen is raised."""
    try:
        target.read(data)
    except CountersignError as error:
        if error.code not in SENTENCES:
            raise Unnamed(error.code) from error
        sentence(error.code, error.values)
        next_step(error.code, error.values)
        return error
    return None


def peak(target: Target, data: bytes) -> int:
    """The most bytes of memory that reading once took, beyond what was there before."""
    tracing = tracemalloc.is_tracing()
    if not tracing:
        tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        judge(target, data)
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        if not tracing:
            tracemalloc.stop()


def allowed(target: Target, data: bytes) -> int:
    """How much that may be."""
    return FLOOR + target.allowance * len(data)
