"""The root command: a window without a command, one place where the unexpected ends, no traceback for anybody."""

import errno
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from countersign.errors import Conflict, Unavailable
from support.command_line import CommandLine


def test_without_a_command_there_is_the_window(command_line: CommandLine) -> None:
    opened = []
    command_line.window = lambda: opened.append(1) or 0  # type: ignore[func-returns-value]
    assert command_line.run()[0] == 0
    assert opened == [1]
    command_line.run("check", "absent")
    assert opened == [1]


def test_the_demonstration_gets_its_options_and_gives_its_status(command_line: CommandLine) -> None:
    seen = []
    command_line.demonstrate = lambda *given: seen.append(given) or 5  # type: ignore[func-returns-value]
    assert command_line.run("demo", "--headless", "--out", "x")[0] == 5
    assert command_line.run("demo")[0] == 5
    assert command_line.run("demo", "--seat", "operations", "--seat", "compliance", "--seat", "operations")[0] == 5
    assert command_line.run("demo", "--busy")[0] == 5
    assert seen == [
        (True, Path("x"), (), False),
        (False, None, (), False),
        (False, None, ("operations", "compliance"), False),
        (False, None, (), True),
    ]


@pytest.mark.parametrize("wrong", [("--seat", "auditor"), ("--headless", "--seat", "operations")])
def test_a_seat_that_there_is_not_is_a_usage_error(wrong: tuple[str, ...], command_line: CommandLine) -> None:
    status, _, err = command_line.run("demo", *wrong)
    assert status == 2
    assert "--seat" in err


@pytest.mark.parametrize(
    ("error", "status"), [(Conflict("store.profile-exists", profile="x"), 1), (Unavailable("store.disk", file="x"), 3)]
)
def test_a_named_refusal_is_told_with_its_status(error: Exception, status: int, command_line: CommandLine) -> None:
    def fail(headless: bool, out: Path | None, seats: Sequence[str], busy: bool) -> int:
        raise error

    command_line.demonstrate = fail
    found, _, err = command_line.run("demo")
    assert found == status
    assert "Traceback" not in err


def test_the_unexpected_is_one_line_and_its_trace_a_file(command_line: CommandLine) -> None:
    def fail(headless: bool, out: Path | None, seats: Sequence[str], busy: bool) -> int:
        raise ValueError("the PIN " + "4321"[::-1])

    command_line.demonstrate = fail
    status, out, err = command_line.run("demo")
    assert (status, out) == (70, "")
    assert err.count("\n") == 1
    assert str(command_line.record) in err
    kept = command_line.record.read_text()
    assert "ValueError" in kept
    assert "test_app.py" in kept
    assert "1234" not in kept + err


def test_where_the_trace_cannot_be_kept_it_is_said(command_line: CommandLine, tmp_path: Path) -> None:
    def fail(headless: bool, out: Path | None, seats: Sequence[str], busy: bool) -> int:
        raise ValueError("no")

    command_line.demonstrate = fail
    (tmp_path / "state").write_text("in the way")
    status, _, err = command_line.run("demo")
    assert status == 70
    assert "could not be written" in err


def test_a_stop_is_a_stop(command_line: CommandLine) -> None:
    def stop(headless: bool, out: Path | None, seats: Sequence[str], busy: bool) -> int:
        raise KeyboardInterrupt

    command_line.demonstrate = stop
    status, _, err = command_line.run("demo")
    assert status not in (0, 70)
    assert "Traceback" not in err


def test_a_reader_that_has_gone_away_is_no_bug(command_line: CommandLine) -> None:
    def gone(headless: bool, out: Path | None, seats: Sequence[str], busy: bool) -> int:
        raise BrokenPipeError(errno.EPIPE, "gone")

    command_line.demonstrate = gone
    streams = sys.stdout, sys.stderr
    try:
        assert command_line.run("demo")[0] not in (0, 70)
    finally:
        sys.stdout, sys.stderr = streams


def test_what_was_mistyped_is_a_usage_error(command_line: CommandLine) -> None:
    for arguments in (("nonsense",), ("check",), ("audit",), ("demo", "--loud")):
        status, _, err = command_line.run(*arguments)
        assert status in (0, 2)
        assert "Traceback" not in err


def test_help_names_every_command(command_line: CommandLine) -> None:
    status, out, _ = command_line.run("--help")
    assert status == 0
    assert all(name in out for name in ("check", "audit", "demo", "token"))


@pytest.mark.parametrize("verb", ["child", "replace", "void", "owners-sign", "device-import", "release"])
def test_what_an_officer_s_verb_does_is_told_to_whoever_has_no_desk_yet(verb: str, command_line: CommandLine) -> None:
    status, out, err = command_line.run("officer", verb, "--help")
    assert (status, err) == (0, "")
    assert f"officer {verb} [OPTIONS]" in out.replace("\n", " ")
    status, out, err = command_line.run("officer", verb)
    assert status == 2
    assert "--desk" in err


def test_a_place_that_is_not_empty_is_the_callers_mistake(command_line: CommandLine) -> None:
    def fail(_headless: bool, _out: object, _seats: object, _busy: object) -> int:
        raise Conflict("demonstration.out-not-empty", folder="x")

    command_line.demonstrate = fail
    status, _, err = command_line.run("demo", "--headless", "--out", "x")
    assert status == 2
    assert "not empty" in err
