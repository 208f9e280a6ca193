"""`countersign desk`: what is told, how it ends, and what is never begun."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from countersign.audit import note
from countersign.audit.note import COSIGNATURE
from countersign.cli.desk import desk_app
from countersign.desk import rounds
from countersign.desk.author import signed
from countersign.desk.rounds import NotDone, Round
from countersign.errors import CountersignError, Refused, Unavailable
from support.desk_doubles import At, Typing
from support.small_plan import LOG
from support.software_stage import Table

WITNESS = str(note.verifier_key(b"\x44" * 32, "witness.example/9", COSIGNATURE))
ABSENT, AGAINST = Unavailable("desk.no-node", chain="bip122:00"), Refused("settlement.no-policy")


@pytest.fixture
def typing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typing:
    monkeypatch.chdir(tmp_path)
    return Typing(monkeypatch, capsys)


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Table]:
    """One desk for all of them: the log only grows."""
    found = Table.at(tmp_path_factory.mktemp("desk"))
    asyncio.run(found.until("step-found"))
    yield found
    found.stage.holds.close()


def app(at: At) -> typer.Typer:
    return desk_app(at, lambda *_: None)  # type: ignore[arg-type, return-value]


async def price(table: Table, amount: str) -> bytes:
    body = {"asset": table.stage.outside.token(), "price": amount, "source": "test"}
    return await signed(table.desk.scribe.draft("price.published", body), [table.desk.author])


@pytest.mark.parametrize(
    ("errors", "wanted"), [([], 0), ([ABSENT], 3), ([AGAINST], 1), ([ABSENT, AGAINST], 1), ([ABSENT, ABSENT], 3)]
)
def test_a_round_ends_as_what_was_not_done_says(
    founded: Table, typing: Typing, monkeypatch: pytest.MonkeyPatch, errors: list[CountersignError], wanted: int
) -> None:
    async def made(_desk: object) -> Round:
        return Round(0, (), tuple(NotDone(None, each) for each in errors), (), more=False)

    monkeypatch.setattr(rounds, "make", made)
    status, out, _ = typing.run(app(At(founded.desk)), "round", "northgate", "--json")
    assert (status, [each["error"]["code"] for each in json.loads(out)["not_done"]]) == (
        wanted,
        [each.code for each in errors],
    )


@pytest.mark.parametrize(
    "verb", [("round",), ("price", "BTC", "1", "--source", "x"), ("close", "W-1"), ("handover", "--out", "history")]
)
def test_before_the_founding_it_says_so(tmp_path: Path, typing: Typing, verb: tuple[str, ...]) -> None:
    table = Table.at(tmp_path / "stage")
    asyncio.run(table.stage.tokens({}))
    status, _, err = typing.run(app(At(table.stage.desk)), verb[0], "northgate", *verb[1:])
    assert (status, "[desk.not-founded]" in err, Path("history").exists()) == (3, True, False)
    table.stage.holds.close()


def test_what_was_logged_before_a_refusal_is_told_with_it(founded: Table, typing: Typing) -> None:
    Path("one").write_bytes(asyncio.run(price(founded, "1.01")))
    Path("two").write_bytes(asyncio.run(price(founded, "1.02")))
    at = At(founded.desk)
    assert typing.run(app(at), "log", "northgate", "one")[0] == 0
    status, out, err = typing.run(app(at), "log", "northgate", "two", "one")
    assert (status, out.count("price.published"), "[settlement.replayed]" in err) == (1, 1, True)


def test_a_document_goes_with_the_event_that_names_it_and_one_that_none_names_stops_all(
    founded: Table, typing: Typing
) -> None:
    Path("one").write_bytes(asyncio.run(price(founded, "1.01")))
    Path("paper").write_bytes(b"minutes")
    size = founded.desk.state.size
    status, _, err = typing.run(app(At(founded.desk)), "log", "northgate", "one", "--paper", "paper")
    assert (status, "[desk.paper-unnamed]" in err, founded.desk.state.size) == (1, True, size)


def test_a_place_that_is_taken_is_found_before_the_desk_is_opened(founded: Table, typing: Typing) -> None:
    Path("taken").write_bytes(b"mine")
    at = At(founded.desk)
    for verb in (("handover",), ("new-log-key", "--reason", "x")):
        status, _, err = typing.run(app(at), verb[0], "northgate", *verb[1:], "--out", "taken")
        assert (status, "[cli.file-exists]" in err, at.calls, typing.asked) == (1, True, [], [])
    assert typing.run(app(at), "new-log-key", "northgate", "--reason", "x", "--out", "free")[0] == 0
    assert (Path("taken").read_bytes(), Path("free").read_bytes()) == (b"mine", b"{}")


def test_a_witness_is_a_witnesss_key(founded: Table, typing: Typing) -> None:
    at = At(founded.desk)
    for key, code in ((str(LOG), "L5.key-role"), ("nonsense", "L2.vkey")):
        status, _, err = typing.run(app(at), "witness", "northgate", key, "https://w.example")
        assert (status, f"[{code}]" in err, at.calls) == (2, True, [])
    assert typing.run(app(at), "witness", "northgate", WITNESS, "https://w.example")[0] == 0
    assert at.calls == [("witness", Path("northgate"), "https://w.example")]


def test_the_desk_is_told_its_nodes_by_a_file_that_is_then_not_needed(founded: Table, typing: Typing) -> None:
    at = At(founded.desk)
    assert typing.run(app(at), "nodes", "northgate", "absent.json")[0] == 2
    Path("nodes.json").write_bytes(b'{"ethereum":[]}')
    status, out, _ = typing.run(app(at), "nodes", "northgate", "nodes.json")
    assert (status, "bip122:00" in out) == (0, True)
    assert at.calls == [("nodes", Path("northgate"), b'{"ethereum":[]}')]


def test_an_officers_window_is_opened_with_the_token_that_was_named(typing: Typing) -> None:
    at = At()
    seat = ("--profile", "p", "--token", "ada", "--softhsm", "tokens")
    assert typing.run(app(at), "open", "northgate", *seat)[0] == 0
    assert at.calls == [("sit", Path("northgate"), ("ada",))]
    assert typing.run(app(at), "open", "northgate", *seat, "--module", "/m.so")[0] == 2
