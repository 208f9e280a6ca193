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


def test_every_code_of_the_command_line_has_its_sentence() -> None:
    [folder] = countersign.cli.__path__
    text = "".join(path.read_text("utf-8") for path in Path(folder).glob("*.py"))
    assert set(re.findall(r'"(cli\.[a-z0-9-]+)"', text)) <= set(SENTENCES)
