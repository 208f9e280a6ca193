"""How commands end, and that everything the command line says has its sentence."""

import re
from pathlib import Path

import pytest

import countersign.cli
from countersign.cli import outcome
from countersign.errors import Conflict, CountersignError, Malformed, Refused, Unavailable
from countersign.resources.text import SENTENCES


@pytest.mark.parametrize(("kind", "status"), [(Malformed, 2), (Unavailable, 3), (Refused, 1), (Conflict, 1)])
def test_each_kind_of_error_has_its_status(kind: type[CountersignError], status: int) -> None:
    assert outcome.exit_status(kind("H7.length", length=63)) == status


def test_people_get_words_on_stderr_and_programs_the_same_words_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    error = Unavailable("H2.token-absent", token="officer-a", serial="00ff")
    assert outcome.tell(error, as_json=False) == 3
    words = capsys.readouterr()
    assert (words.out, words.err.splitlines()[0]) == ("", "The token officer-a (serial 00ff) is not attached.")
    outcome.tell(error, as_json=True)
    printed = capsys.readouterr()
    assert printed.err == ""
    assert '"what":"The token officer-a (serial 00ff) is not attached."' in printed.out


def test_what_was_typed_is_corrected_where_it_was_typed_and_a_files_text_by_who_made_it() -> None:
    error = Malformed("formats.date", text="2026-13-01")
    assert "Correct it on the command line" in str(outcome.described(error, ("MH-1", None, "2026-13-01"))["next"])
    assert "Ask whoever made it" in str(outcome.described(error, ("2026-12-01", None))["next"])
    assert "Ask whoever made it" in str(outcome.described(error)["next"])
    part = Malformed("formats.lei", where="freeze.ordered.scope.lei", text="9845X")
    assert "Correct it on the command line" in str(outcome.described(part, ("9845X/main",))["next"])
    empty = Malformed("formats.date", text="")
    assert "Correct it on the command line" in str(outcome.described(empty, ("main", ""))["next"])
    assert "Ask whoever made it" in str(outcome.described(empty, ("main",))["next"])


def test_every_code_of_the_command_line_has_its_sentence() -> None:
    [folder] = countersign.cli.__path__
    text = "".join(path.read_text("utf-8") for path in Path(folder).glob("*.py"))
    assert set(re.findall(r'"(cli\.[a-z0-9-]+)"', text)) <= set(SENTENCES)
