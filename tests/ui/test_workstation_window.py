"""An officer's window at a workstation's own desk: real tokens, a desk founded by commands, a witness over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QApplication

from countersign.bootstrap import station, station_window
from countersign.bootstrap.relayers import ASK_PIN
from countersign.bootstrap.station import Station
from countersign.cli import pins
from countersign.cli.seat import Seat, Secrets, TokenChoice
from countersign.desk import rounds
from countersign.desk.due import Due
from countersign.desk.ports import Receipt
from countersign.desk.rounds import Done, NotDone, Round
from countersign.errors import Unavailable
from countersign.settlement.saying import said
from countersign.ui.application import OfficerWindow
from support.softhsm import PIN
from support.window_hands import active, click, dialog, seen, settled, type_into
from support.workstation import PASSPHRASE, Workstation
from support.workstation_desk import enrolled, founded, policy


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Workstation]:
    found = Workstation(tmp_path, monkeypatch, capsys)
    answers: list[str] = []
    monkeypatch.setattr(pins, "hidden", lambda *_, **__: answers.pop(0) if answers else PASSPHRASE)
    history = founded(found)
    for who in ("conrad", "dora"):
        enrolled(found, history, answers, who)
    found.write("policy.json", policy(found))
    found.does("dora", "take", "policy.json")
    yield found
    found.close()


def secrets() -> Secrets:
    async def pin(_code: str) -> str:
        return PIN

    return Secrets(lambda: PASSPHRASE, pin)


@pytest.fixture
async def sitting(at: Workstation, qapp: QApplication) -> AsyncIterator[tuple[Station, OfficerWindow]]:
    choice = TokenChoice("conrad", None, None, at.folder / "conrad")
    async with station.opened(at.folder / "northgate", secrets()) as found:
        window = await station_window.window_at(found, Seat(at.folder / "conrad.profile", choice, secrets()))
        window.show()
        await active(window)
        await window.refresh()
        yield found, window
        window.close()
        await settled(window)


async def test_an_administrator_signs_at_the_window_what_was_proposed_at_a_terminal(
    sitting: tuple[Station, OfficerWindow],
) -> None:
    found, window = sitting
    assert "ONLINE WORKSTATION" in seen(window)
    assert "Conrad Lake" in window.windowTitle()
    window.open_screen("settings")
    click(window, "Sign the proposal")
    asked = await dialog(window)
    type_into(asked, "The PIN of the token", PIN)
    click(asked, "Unlock")
    await settled(window)
    assert "Sign the proposal (disabled)" in seen(window)
    [waiting] = found.desk.proposals.all()
    assert len(waiting.event.jws.signatures) == 1
    made = await rounds.make(found.desk)
    assert (made.done, made.not_done) == ((), ())
    station_window.tell(made, [window])
    assert "The desk" not in seen(window)
    station_window.tell(done(2), [window])
    assert "The desk logged by itself: Both sides of contract A-1 are covered" in seen(window)
    assert "And 1 more." in seen(window)


async def test_the_relayers_pin_is_asked_for_in_the_window(sitting: tuple[Station, OfficerWindow]) -> None:
    found, window = sitting
    asking = asyncio.ensure_future(found.relayers.ask("ok")(ASK_PIN))
    asked = await dialog(window)
    type_into(asked, "The PIN of the relayer's token", "2468")
    click(asked, "Unlock")
    assert await asking == "2468"


async def test_a_round_that_fails_by_our_own_bug_is_said_and_the_next_one_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said_then, made = asyncio.Event(), list[str]()

    class Banner:
        def say(self, words: str) -> None:
            made.append(words)
            if len(made) == 2:
                said_then.set()

    async def broken(_desk: object, *, after: Round | None) -> Round:
        if not made:
            raise KeyError("our own")
        return done(1)

    monkeypatch.setattr(rounds, "make", broken)
    monkeypatch.setattr(station_window, "ROUND_SECONDS", 0)
    window = SimpleNamespace(banner=Banner())
    async with station_window._rounds(SimpleNamespace(desk=None), [window]):  # type: ignore[arg-type, list-item]
        await said_then.wait()
    assert "round failed (KeyError)" in made[0]
    assert "our own" not in made[0]
    assert "logged by itself" in made[1]


def done(count: int) -> Round:
    due = Due("hold.placed", {}, said("round.held", contract="A-1"))
    return Round(0, (Done(due, Receipt(7, 0, "")),) * count, (), (), more=False)


def test_the_banner_says_what_could_not_be_done_and_nothing_where_nothing_was_due() -> None:
    silent = Unavailable("desk.round-unwitnessed", count=2)
    assert "could not do what is due" in station_window.told(Round(0, (), (NotDone(None, silent),), (), more=False))
    assert station_window.told(Round(0, (), (), (), more=False)) == ""
    assert "more." not in station_window.told(done(1))
