"""What the tests of the desk share: a story on a software stage, with real stores in the test's own folder."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from countersign.store.profile import Profile, open_profile
from support import finished_settlement
from support.finished_settlement import Finished
from support.software_stage import Table

MEMORY = Path("/dev/shm")  # noqa: S108  (where it is there, waiting for a disk proves nothing in these tests)


@pytest.fixture
def table() -> Iterator[Table]:
    """A story that has not begun; every store is closed afterwards."""
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        found = Table.at(Path(folder))
        yield found
        found.stage.holds.close()


@pytest.fixture(scope="session")
def over() -> Finished:
    """A settlement from contract to final, made without a stage."""
    return finished_settlement.finished()


@pytest.fixture(scope="session")
def output(tmp_path_factory: pytest.TempPathFactory, over: Finished) -> tuple[Path, dict[str, bytes]]:
    """The folder in which its auditor's profile lies, and every file of its output directory."""
    folder = tmp_path_factory.mktemp("settlement")
    return folder, finished_settlement.output_files(folder, over)


@pytest.fixture(scope="session")
def files(output: tuple[Path, dict[str, bytes]]) -> dict[str, bytes]:
    """Every file of its output directory."""
    return output[1]


@pytest.fixture(scope="session")
def auditor(output: tuple[Path, dict[str, bytes]]) -> Iterator[Profile]:
    """Its auditor's profile, open."""
    with open_profile(output[0] / "profile") as opened:
        yield opened
