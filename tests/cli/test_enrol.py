"""`countersign enrol`: a machine trusts a desk only after a person typed the words that the other side read."""

import json
import secrets
from pathlib import Path

import pytest

from countersign.cli import pins
from countersign.desk import anchor as anchors
from countersign.desk import proposals
from countersign.desk.anchor import Anchor
from countersign.desk.enrolment import COMPARED, History, phrase_of
from countersign.settlement.governance_bodies import CeremonyRecorded
from countersign.store.profile import Kind, create, open_profile
from support.command_line import CommandLine
from support.crossing_world import CrossingWorld
from support.review_cases import quorum

PASSPHRASE = "a passphrase long enough"


@pytest.fixture
def handed(tmp_path: Path) -> History:
    world = CrossingWorld(tmp_path / "world")
    return History(Anchor(quorum()), tuple(world.all_records()[:5]), world.head(5))


@pytest.fixture
def enrolling(tmp_path: Path, handed: History) -> CommandLine:
    world = CrossingWorld(tmp_path / "clock")
    (tmp_path / "founding.history").write_bytes(handed.serialise())
    return CommandLine(world.clock, tmp_path)


def typed(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """A person at the terminal; the questions asked."""
    asked: list[str] = []
    waiting = list(answers)

    def hidden(question: str, *, twice: bool = False) -> str:
        asked.append(question)
        return waiting.pop(0)

    monkeypatch.setattr(pins, "hidden", hidden)
    return asked


def test_the_same_words_enrol_a_new_profile(
    enrolling: CommandLine, handed: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = phrase_of(handed.anchor)
    typed(monkeypatch, f"  {words.upper().replace(' ', '  ')} ", PASSPHRASE)
    history, profile = str(tmp_path / "founding.history"), tmp_path / "profile"
    status, out, err = enrolling.run("enrol", history, "--profile", str(profile), "--json")
    assert (status, json.loads(out)["size"]) == (0, 5)
    assert words in err
    with open_profile(profile, lambda: PASSPHRASE) as opened:
        assert opened.journal.setting(COMPARED) == words.encode()
        assert opened.archive.size() == 5
    typed(monkeypatch, words, PASSPHRASE)  # again, into the profile that is there
    assert enrolling.run("enrol", history, "--profile", str(profile))[0] == 0


def test_other_words_enrol_nothing(
    enrolling: CommandLine, handed: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = phrase_of(handed.anchor).split()
    for wrong in ("", " ".join(words[:-1]), " ".join([*words[:-1], "able"]), " ".join(reversed(words))):
        typed(monkeypatch, wrong)
        status, _, err = enrolling.run("enrol", str(tmp_path / "founding.history"), "--profile", str(tmp_path / "p"))
        assert (status, "desk.enrolment-words" in err) == (1, True)
        assert not (tmp_path / "p").exists()


def test_without_a_terminal_nothing_is_enrolled(enrolling: CommandLine, tmp_path: Path) -> None:
    status, _, err = enrolling.run("enrol", str(tmp_path / "founding.history"), "--profile", str(tmp_path / "p"))
    assert (status, "cli.no-terminal" in err) == (3, True)
    assert not (tmp_path / "p").exists()


def test_the_record_of_the_ceremony_is_drafted_for_those_present(
    enrolling: CommandLine, handed: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, phrase_of(handed.anchor), PASSPHRASE)
    record = tmp_path / "enrolment.proposal"
    arguments = ("--profile", str(tmp_path / "p"), "--present", "officer-a, compliance", "--record", str(record))
    assert enrolling.run("enrol", str(tmp_path / "founding.history"), *arguments)[0] == 0
    body = proposals.parse(record.read_bytes()).event.body
    assert isinstance(body, CeremonyRecorded)
    assert (body.kind, body.present, body.phrase) == (
        "enrolment",
        ("compliance", "officer-a"),
        phrase_of(handed.anchor),
    )


def test_what_an_enrolled_profile_hands_over_enrols_another_by_the_same_words(
    enrolling: CommandLine, handed: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = phrase_of(handed.anchor)
    typed(monkeypatch, words, PASSPHRASE)
    first, second, file = str(tmp_path / "first"), str(tmp_path / "second"), tmp_path / "again.history"
    assert enrolling.run("enrol", str(tmp_path / "founding.history"), "--profile", first)[0] == 0
    typed(monkeypatch, PASSPHRASE)
    status, out, _ = enrolling.run("handover", "--profile", first, "--out", str(file))
    assert status == 0
    assert f"Read these words aloud: {words}" in out
    assert "5 entries" in out
    assert file.read_bytes() == handed.serialise()
    typed(monkeypatch, words, PASSPHRASE)
    assert enrolling.run("enrol", str(file), "--profile", second)[0] == 0
    typed(monkeypatch, PASSPHRASE)
    told = json.loads(enrolling.run("handover", "--profile", second, "--json")[1])
    assert (told["phrase"], told["entries"]) == (words, 5)
    typed(monkeypatch, PASSPHRASE)
    status, _, err = enrolling.run("handover", "--profile", second, "--out", str(file))
    assert (status, "cli.file-exists" in err) == (1, True)


def test_a_profile_that_has_proved_nothing_hands_over_nothing(
    enrolling: CommandLine, handed: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {anchors.SETTING: handed.anchor.serialise()}
    with create(tmp_path / "new", Kind.CONSOLE, secrets.token_bytes, lambda: PASSPHRASE, settings):
        pass
    typed(monkeypatch, PASSPHRASE)
    status, _, err = enrolling.run("handover", "--profile", str(tmp_path / "new"))
    assert (status, "desk.nothing-proved" in err) == (1, True)
