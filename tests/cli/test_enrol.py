"""`countersign enrol`: a machine trusts a desk only after a person typed the words that the other side read."""

import json
from pathlib import Path

import pytest

from countersign.cli import pins
from countersign.desk import proposals
from countersign.desk.anchor import Anchor
from countersign.desk.enrolment import COMPARED, History, phrase_of
from countersign.settlement.governance_bodies import CeremonyRecorded
from countersign.store.profile import open_profile
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
