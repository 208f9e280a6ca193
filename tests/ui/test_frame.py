"""The frame: a mode that is always visible, a rail without dead ends, a strip that tells; nothing advances by itself."""

import sys

import pytest
from PySide6.QtWidgets import QLabel

from countersign.desk.views import StripView, TokenView
from countersign.ui.application import BannerFacts, Instruments, Mode, OfficerWindow, open_officer
from countersign.ui.presenters import strip
from countersign.ui.presenters.banner import line
from support import window_world as world
from support.window_hands import click, enabled, key, seen, settled


@pytest.mark.parametrize(
    "mode, words",
    [
        (Mode.ONLINE, "ONLINE WORKSTATION"),
        (Mode.VAULT, "AIR-GAPPED VAULT"),
        (Mode.AUDITOR, "AUDITOR — READ ONLY"),
        (Mode.DEMONSTRATION, "DEMONSTRATION"),
    ],
)
def test_every_mode_has_its_word_and_its_colour(mode: Mode, words: str) -> None:
    said = line(BannerFacts(mode))
    assert (said.word, said.colour) == (words, mode.value)


def test_an_interface_up_alarms_a_vault_and_no_other_machine() -> None:
    assert line(BannerFacts(Mode.VAULT), ("eth0",)).colour == "alarm"
    assert line(BannerFacts(Mode.ONLINE), ("eth0",)).colour == "online"


async def test_the_rail_shows_the_officers_screens_each_with_its_key(window: OfficerWindow) -> None:
    screens = ["desk", "sign", "carry", "vaults", "participants", "log", "history", "settings"]
    assert list(window.rail.buttons) == screens
    await window.refresh()
    for number, screen in enumerate(screens, 1):
        key(window, f"Ctrl+{number}")
        assert window.screen_key == screen


@pytest.mark.parametrize("tries", ["ok", "last"])
async def test_a_strip_of_long_words_folds_and_keeps_the_window_as_narrow_as_1200(
    window: OfficerWindow, tries: str
) -> None:
    token = TokenView("signing-a", "0123456789", "SoftHSM v2", "Cyrus", tries == "ok", tries)
    who = "Cyrus Delacroix"
    window.strip.show_view(StripView(who, "administrator, vault operator", token, 123_456, 1, 2, 3, True), 700_000)
    window.resize(1200, 760)
    await settled(window)
    assert window.minimumSizeHint().width() <= 1200
    assert who in seen(window)


async def test_the_strip_names_person_token_log_witnesses_and_desk(window: OfficerWindow) -> None:
    await window.refresh()
    text = seen(window)
    for said in ("Amara Okafor · signing officer", "signing-a · locked · all tries left", "26 entries", "1 min ago",
                 "2 of 2", "reachable", "Desk, 2 waiting"):  # fmt: skip
        assert said in text


def test_an_old_checkpoint_and_a_missing_witness_are_warned_of() -> None:
    old = world.replace(world.STRIP, checkpoint_at=world.NOW - 7 * 3_600, witnesses_seen=1, desk_reachable=False)
    tones = {part.caption: part.tone for part in strip.parts(old, world.NOW)}
    assert tones["Last checkpoint"] == "warn"
    assert tones["Witnesses"] == "warn"
    assert tones["Desk"] == "bad"


async def test_the_demonstration_shows_pin_and_plays_the_others_only_when_asked(
    officer: world.OfficerDouble, instruments: Instruments, qapp: object
) -> None:
    played: list[int] = []

    async def others() -> str:
        played.append(1)
        return "Both parties have affirmed. Next: the compliance officer endorses."

    facts = BannerFacts(Mode.DEMONSTRATION, ("The witnesses are not outside.",), world.PIN, others)
    window = open_officer(officer, facts, instruments)
    window.show()
    await window.refresh()
    assert played == []
    text = seen(window)
    assert "PIN of your demonstration token: 4711" in text
    assert "The witnesses are not outside." in text
    click(window, "Next step")
    assert not enabled(window, "Next step")
    await settled(window)
    assert played == [1]
    assert "Next: the compliance officer endorses." in seen(window)
    assert enabled(window, "Next step")
    window.close()


async def test_other_modes_show_no_pin_and_no_step(window: OfficerWindow) -> None:
    text = seen(window)
    assert "Next step" not in text
    assert "PIN of" not in text


async def test_refresh_takes_in_what_was_logged(window: OfficerWindow, officer: world.OfficerDouble) -> None:
    key(window, "F5")
    await settled(window)
    assert officer.asked[0] == ("synchronise",)


def test_the_binding_of_qt_keeps_its_references(qapp: object) -> None:
    """PySide6 6.12.0 takes a reference from None in every call without a result; Python 3.11 dies of it in minutes."""
    label = QLabel()
    before = sys.getrefcount(None)
    for _ in range(1_000):
        label.setText("")
    assert sys.getrefcount(None) > before - 500
