"""How the tests are dealt to the processes of pytest-xdist (`installers/test`): in the order of what they take, evenly at the end.

- A file goes to one process as a whole, so that what its tests share is made once.
- The files that look at the one run of the story go to one process together: it is played once (journeys/conftest.py).
- Every test of a file in `APART` is dealt by itself: each takes seconds and shares little with the others.
- What takes long is dealt first; many small files are left for the end, so that no process waits for the other's last file.
"""

from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

ROOT = Path(__file__).resolve().parents[1]
STORY = ("journeys/test_story.py", "journeys/test_flipped_bytes.py", "journeys/test_finished_elsewhere.py")
APART = ("journeys/test_verify_kinds.py",)
FIRST = ("journeys", "real", "demonstration", "properties", "mutation", "hostile", "ui", "desk", "cli")
"""The rooms that take long, in this order; the others as they are collected."""


class ByFile(LoadFileScheduling):
    """Whole files, but for those above."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0].removeprefix("tests/")
        if file in STORY:
            return "the story"
        return nodeid if file in APART else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    """Ours for `--dist loadfile`; any other is as pytest-xdist has it."""
    if config.getoption("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False  # the number of a file's tests says little about its time
    return ByFile(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long first; within a room, and within a file, as it was."""
    items.sort(key=lambda item: _place(item.path))


def _place(path: Path) -> int:
    room = path.relative_to(ROOT / "tests").parts[0] if path.is_relative_to(ROOT / "tests") else ""
    return FIRST.index(room) if room in FIRST else len(FIRST)
