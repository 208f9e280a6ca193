"""Runs the workload under the shim again and again, dying one call later each time, and verifies after each death.

    LD_PRELOAD=kill.so KILL_UNDER=AREA python kill_driver.py AREA ROUNDS MODE STRIDE

Prints one JSON line: `{"mode", "calls": {name: count}, "kills", "acknowledged"}`. Forks, so that the imports are paid
once.
"""

import json
import os
import shutil
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from kill_workload import Run, verify

DIED = 137


def in_child(act: Callable[[], None]) -> int:
    """Runs `act` in a forked child; returns its exit status (137: killed by the shim)."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            act()
            status = 0
        except BaseException:  # boundary: a forked child must never return into the parent's code
            traceback.print_exc()
        os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def one_life(area: Path, rounds: int, at: int) -> tuple[int, list[str]]:
    """One run on a fresh area, dying at call `at` (0: never); exit status and what it acknowledged."""
    shutil.rmtree(area, ignore_errors=True)
    area.mkdir()
    reader, writer = os.pipe()

    def live() -> None:
        os.environ["KILL_AT"] = str(at)
        Run(area, lambda what: os.write(writer, f"{what}\n".encode()) and None).play(rounds)

    status = in_child(live)
    os.close(writer)
    with os.fdopen(reader) as acknowledgements:
        return status, acknowledgements.read().split("\n")[:-1]


def main(area: Path, rounds: int, mode: str, stride: int) -> int:
    os.environ["KILL_MODE"] = mode
    count_file = area.with_name("calls")
    os.environ["KILL_COUNT"] = str(count_file)
    status, acknowledged = one_life(area, rounds, 0)
    assert status == 0, "the undisturbed run fails"
    os.environ["KILL_COUNT"] = ""
    calls = Counter(count_file.read_text().split())
    count_file.unlink()
    kills = 0
    for at in range(1, sum(calls.values()) + 1, stride):
        status, survived = one_life(area, rounds, at)
        assert status == DIED, f"call {at} in mode {mode}: exit status {status}"
        assert survived == acknowledged[: len(survived)]
        for left in area.rglob(".undo-*"):
            left.unlink()

        def look(survived: list[str] = survived, go_on: bool = at % 4 == 0) -> None:
            os.environ["KILL_AT"], os.environ["KILL_MODE"] = "0", "before"
            verify(area, survived, rounds, go_on=go_on)

        if in_child(look) != 0:
            print(f"after death at call {at} in mode {mode}, having acknowledged {survived}", file=sys.stderr)
            return 1
        kills += 1
    print(json.dumps({"mode": mode, "calls": dict(calls), "kills": kills, "acknowledged": len(acknowledged)}))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4])))
