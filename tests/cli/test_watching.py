"""Progress is for whoever watches a terminal, on stderr, and is gone when the work is."""

import io
import sys

import pytest

from countersign.cli.watching import watched


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_it_come_and_go(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    with watched() as tell:
        tell(0, 1)
        assert stream.getvalue() == ""
        tell(1, 3)
        assert stream.getvalue().endswith("1 of 3")
    assert stream.getvalue().endswith("\r\x1b[K")


def test_a_pipe_sees_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with watched() as tell:
        tell(1, 3)
    assert stream.getvalue() == ""
