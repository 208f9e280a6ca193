"""Acknowledged means durable: the process is killed at every write and sync of store and log, and nothing acknowledged
is lost.

Three deaths: before the call, in the middle of it, and with a power cut that takes everything not yet synced.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.parts import missing

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shim, compiled here and now."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        missing("C compiler")
        raise AssertionError
    library = tmp_path_factory.mktemp("shim") / "kill.so"
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(HERE / "kill_shim.c"), "-ldl", "-lpthread"],
        check=True,
    )
    return library


@pytest.fixture
def area(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: what is synced is the shim's to judge, not the disk's to wait for."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path / "area"
        return
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder) / "area"


def drive(shim: Path, area: Path, rounds: int, mode: str, stride: int = 1) -> dict[str, object]:
    """Kills at every `stride`-th call of a workload of `rounds` sessions; the driver's report."""
    paths = os.pathsep.join((str(ROOT / "app"), str(ROOT / "tests"), str(HERE)))
    environment = {**os.environ, "LD_PRELOAD": str(shim), "KILL_UNDER": str(area), "PYTHONPATH": paths}
    done = subprocess.run(
        [sys.executable, str(HERE / "kill_driver.py"), str(area), str(rounds), mode, str(stride)],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    report: dict[str, object] = json.loads(done.stdout)
    print(
        f"killed {report['kills']} times ({mode}); calls {report['calls']}; {report['acknowledged']} acknowledgements"
    )
    return report


def was_killed_at_every(report: dict[str, object], stride: int) -> None:
    """At every `stride`-th call that was counted, and every kind of call was among them."""
    calls = report["calls"]
    assert isinstance(calls, dict)
    assert {"pwrite", "write", "rename"} <= set(calls)
    assert {"fsync", "fdatasync"} & set(calls)
    assert report["kills"] == -(-sum(calls.values()) // stride)


@pytest.mark.parametrize(
    ("mode", "stride"),
    [
        ("before", 3),
        ("torn", 3),
        pytest.param("before", 1, marks=pytest.mark.long),
        pytest.param("power", 1, marks=pytest.mark.long),
    ],
)
def test_killed_at_every_write_and_sync_nothing_acknowledged_is_lost(
    shim: Path, area: Path, mode: str, stride: int
) -> None:
    report = drive(shim, area, 1, mode, stride)
    was_killed_at_every(report, stride)


@pytest.mark.long
@pytest.mark.parametrize("mode", ["before", "torn", "power"])
def test_killed_at_every_call_of_several_sessions_nothing_acknowledged_is_lost(
    shim: Path, area: Path, mode: str
) -> None:
    was_killed_at_every(drive(shim, area, 4, mode), 1)
