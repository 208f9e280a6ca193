"""The demonstration's window as a process: refused by name without a display, ended whole by Ctrl+C or SIGTERM at any moment."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.parts import softhsm_module

COMMAND = (sys.executable, "-m", "countersign", "demo")
STOPPED = 130
SECONDS = 60


def environment(folder: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("QT_", "DISPLAY", "WAYLAND"))}
    return {**kept, "TMPDIR": str(folder), "XDG_RUNTIME_DIR": str(folder), **more}


@pytest.mark.parametrize("command", [COMMAND, COMMAND[:-1]])
@pytest.mark.parametrize("display", [{}, {"DISPLAY": ":4711"}])
def test_without_a_display_it_is_refused_by_name(
    tmp_path: Path, command: tuple[str, ...], display: dict[str, str]
) -> None:
    ended = subprocess.run(
        command, env=environment(tmp_path, **display), capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert ended.returncode == 3
    assert "[demonstration.no-display]" in ended.stderr
    assert "countersign demo --headless --out DIR" in ended.stderr
    assert "Traceback" not in ended.stderr


@contextmanager
def started(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """The window on Qt's offscreen platform, in a session of its own."""
    softhsm_module()
    settings = environment(folder, QT_QPA_PLATFORM="offscreen", QT_LOGGING_RULES="default.warning=false")
    with subprocess.Popen(COMMAND, env=settings, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("[1/2]", signal.SIGINT),
        ("[2/2]", signal.SIGTERM),
        pytest.param("[1/2]", signal.SIGTERM, marks=pytest.mark.long),
        pytest.param("[2/2]", signal.SIGINT, marks=pytest.mark.long),
    ],
)
def test_a_signal_ends_it_and_leaves_nothing(tmp_path: Path, asked: signal.Signals, line: str) -> None:
    """The whole foreground group gets it, as from a terminal: while the desk is founded, and with the window open."""
    with started(tmp_path) as process:
        assert process.stderr is not None
        while line not in process.stderr.readline():
            assert process.poll() is None
        os.killpg(process.pid, asked)
        rest = process.stderr.read()  # to its end: until every child that could write there has ended
        assert process.wait(SECONDS) == STOPPED
    assert "Traceback" not in rest
    assert "KeyboardInterrupt" not in rest
    assert list(tmp_path.glob("countersign-*")) == []
