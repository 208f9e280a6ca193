"""`countersign desk make|show|sign|found` at a terminal: said whole before a PIN is asked for, nothing half written."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import typer

from countersign.cli import token as tokens
from countersign.cli.desk import desk_app
from countersign.desk import founding_paper, founding_plan
from countersign.desk.author import Scribe
from support import settlement_world as world
from support.desk_doubles import At, Typing
from support.small_plan import LOG, RINGS, SAFE, TOKENS, plan
from support.software_stage import CountedEntropy, SetClock

NOW = 1_795_348_800
MAKE = ("make", "northgate", "--plan", "plan.json", "--token", "desk", "--softhsm", "t", "--out", "founding.paper")


def paper(**changed: object) -> bytes:
    scribe = Scribe(world.ORIGIN, SetClock(NOW), CountedEntropy())
    found = founding_plan.parse(json.dumps(plan(**changed)).encode())
    return founding_paper.draft(scribe, founding_plan.body(found, RINGS, TOKENS["desk"].public["identity"], LOG))


class OneToken:
    """A provisioner with somebody's software token."""

    def __init__(self, name: str) -> None:
        self._token = TOKENS[name]
        self._token.unlocked = False

    async def tokens(self) -> list[Any]:
        return [_Found(self._token.label, self._token.serial)]

    async def keys(self, _identity: object) -> list[Any]:
        return [_Key(label, key) for label, key in self._token.public.items()]

    def signer(self, _identity: object) -> Any:
        return self._token


class _Found:
    def __init__(self, label: str, serial: str) -> None:
        self.label, self.serial, self.model, self.identity = label, serial, "software", (label, serial)


class _Key:
    def __init__(self, label: str, public: Any) -> None:
        self.label, self.public = label, public


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Typing:
    monkeypatch.chdir(tmp_path)
    return Typing(monkeypatch, capsys)


def app(name: str = "conrad", at: At | None = None) -> typer.Typer:
    @asynccontextmanager
    async def factory(_module: str | None, _softhsm: Path | None) -> AsyncIterator[tokens.Provisioner]:
        yield OneToken(name)  # type: ignore[misc]

    return desk_app(at or At(time_ms=NOW * 1_000), factory)


def sign(*more: str) -> tuple[str, ...]:
    return ("sign", "founding.paper", "--softhsm", "t", *more)


def test_every_statement_stood_there_before_the_pin_was_asked_for(typing: Typing) -> None:
    Path("founding.paper").write_bytes(paper())
    status, out, _ = typing.run(app(), *sign("--token", "conrad", "--out", "mine"))
    assert (status, typing.asked) == (0, ["The PIN of the token (conrad)"])
    for statement in (
        str(LOG), TOKENS["desk"].public["identity"].kid, world.safe_address("meridian"), world.SAFE_SINGLETON,
        *(key.kid for name in ("ada", "dora", "conrad", "meridian") for key in TOKENS[name].public.values()),
    ):  # fmt: skip
        assert statement in typing.shown
    assert SAFE in typing.shown
    assert "Signed by 1 of 2: Conrad Lake" in out
    assert founding_paper.look(Path("mine").read_bytes(), NOW * 1_000).signed == ("Conrad Lake",)


@pytest.mark.parametrize(
    ("token", "out", "code"), [("ada", "mine", "desk.founding-not-yours"), ("conrad", "taken", "cli.file-exists")]
)
def test_what_cannot_be_signed_or_written_asks_for_no_pin(typing: Typing, token: str, out: str, code: str) -> None:
    Path("founding.paper").write_bytes(paper())
    Path("taken").write_bytes(b"mine")
    status, _, err = typing.run(app(token), *sign("--token", token, "--out", out))
    assert (status, typing.asked, f"[{code}]" in err) == (1, [], True)
    assert (Path("taken").read_bytes(), Path("mine").exists()) == (b"mine", False)


def keyrings() -> None:
    for name, ring in RINGS.items():
        Path(name).write_bytes(founding_plan.serialise_keyring(ring))
    Path("plan.json").write_text(json.dumps(plan()))


def test_nothing_is_made_where_the_paper_has_no_place(typing: Typing) -> None:
    keyrings()
    at = At(time_ms=NOW * 1_000, paper=paper)
    Path("founding.paper").write_bytes(b"another")
    status, _, err = typing.run(app(at=at), *MAKE)
    assert (status, "[cli.file-exists]" in err, at.calls) == (1, True, [])
    Path("founding.paper").unlink()
    status, out, _ = typing.run(app(at=at), *MAKE)
    assert (status, at.calls) == (0, [("make", Path("northgate"), "desk")])
    assert "The Safe meridian-safe stands at" in out


@pytest.mark.parametrize("name", ["ada.keyring", "plan.json"])
def test_a_keyring_or_a_plan_that_is_absent_or_nonsense_leaves_nothing(typing: Typing, name: str) -> None:
    keyrings()
    at = At(time_ms=NOW * 1_000, paper=paper)
    for spoil in (lambda: Path(name).write_bytes(b'{"keys":{}}'), Path(name).unlink):
        spoil()
        assert typing.run(app(at=at), *MAKE)[0] == 2
    assert (at.calls, Path("founding.paper").exists()) == ([], False)


def test_a_paper_is_said_for_a_program(typing: Typing) -> None:
    Path("founding.paper").write_bytes(paper())
    status, out, _ = typing.run(app(), "show", "founding.paper", "--json")
    told = json.loads(out)
    assert (status, told["schema"], told["log"], told["complete"]) == (0, "countersign-founding/1", str(LOG), False)
    late = At(time_ms=(NOW + 86_401) * 1_000)
    status, out, _ = typing.run(app(at=late), "show", "founding.paper", "--json")
    assert (status, json.loads(out)["error"]["code"]) == (1, "desk.founding-old")


def test_found_takes_its_place_for_the_history_first(typing: Typing) -> None:
    Path("conrad.paper").write_bytes(paper())
    Path("history").write_bytes(b"another desk's")
    at = At(time_ms=NOW * 1_000)
    status, _, err = typing.run(app(at=at), "found", "northgate", "conrad.paper", "--history", "history")
    assert (status, "[cli.file-exists]" in err, at.calls) == (1, True, [])


def test_a_keyring_says_each_keys_thumbprint_as_the_paper_does(typing: Typing) -> None:
    status, out, _ = typing.run(app("ada"), "keyring", "ada", "--softhsm", "t", "--out", "ada.keyring")
    assert (status, typing.asked) == (0, [])
    assert all(f"{label}: {key.kid}" in out for label, key in TOKENS["ada"].public.items())
    assert founding_plan.keyring(Path("ada.keyring").read_bytes()) == RINGS["ada.keyring"]
    status, out, _ = typing.run(app("ada"), "keyring", "ada", "--softhsm", "t", "--out", "ada.keyring", "--json")
    assert (status, json.loads(out)["error"]["code"]) == (1, "cli.file-exists")
    status, out, _ = typing.run(app("ada"), "keyring", "ada", "--softhsm", "t", "--out", "new", "--json", "--offline")
    assert json.loads(out)["keys"]["identity"] == TOKENS["ada"].public["identity"].kid
    assert not founding_plan.keyring(Path("new").read_bytes()).online
