"""What the tests of the desk share: a story on a software stage, with real stores in the test's own folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.software_stage import Table


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    """A story that has not begun; every store is closed afterwards."""
    found = Table.at(tmp_path)
    yield found
    found.stage.holds.close()
