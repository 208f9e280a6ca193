"""A finished settlement's output directory and the command line, for the tests of this room."""

from pathlib import Path

import pytest

from support import finished_settlement
from support.command_line import CommandLine
from support.finished_settlement import Finished


@pytest.fixture(scope="session")
def over() -> Finished:
    """A settlement from contract to final."""
    return finished_settlement.finished()


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory, over: Finished) -> Path:
    """Its output directory, with the profile in it."""
    files = finished_settlement.output_files(tmp_path_factory.mktemp("store"), over)
    folder = tmp_path_factory.mktemp("settled") / "out"
    finished_settlement.write_output(folder, files)
    return folder


@pytest.fixture
def command_line(tmp_path: Path, over: Finished) -> CommandLine:
    """The command line, ten minutes after the settlement."""
    return CommandLine(over.clock, tmp_path)
