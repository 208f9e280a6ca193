"""The process that fuzzes one target: `child.py MODULE TARGET LIBFUZZER-ARGUMENTS…`, started by `run.py`, one at a time.

- Only `countersign` is instrumented: what its libraries do with bytes is their authors' fuzzers' business.
- Processor time is counted here, so that a busy machine makes no false alarm; libFuzzer's own limit is for what never ends.
- libFuzzer ends the process: nothing after `Fuzz()` runs.
"""

import sys
from importlib import import_module
from time import process_time

import atheris

SECONDS = 2.0
"""The most processor time for one input, instrumented code being slower than it is."""

with atheris.instrument_imports(include=["countersign"]):
    from fuzz.target import Target, judge

    TARGETS: dict[str, Target] = import_module(sys.argv.pop(1)).TARGETS


class TooSlow(AssertionError):
    """One input took more than `SECONDS`."""


def one_input(target: Target, data: bytes) -> None:
    """What libFuzzer calls. Whatever it raises is a finding."""
    start = process_time()
    judge(target, data)
    if (spent := process_time() - start) > SECONDS:
        raise TooSlow(f"{len(data)} bytes took {spent:.1f} s")


def main() -> None:
    """Fuzz one target."""
    name = sys.argv.pop(1)
    target = TARGETS[name]
    atheris.Setup(sys.argv, lambda data: one_input(target, data))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
