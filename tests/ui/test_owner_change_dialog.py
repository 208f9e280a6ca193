"""A Safe's owners changed from the window: chosen of registered keys, judged at each choice, proposed; nothing is typed."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from countersign.desk import proposals
from countersign.desk.owner_views import GOES as GOES_AWAY
from countersign.errors import Refused
from countersign.formats import eip55
from countersign.resources.text import sentence
from countersign.settlement.governance_bodies import OwnersOrdered
from countersign.ui.application import BannerFacts, Instruments, Mode, OfficerWindow, open_officer
from countersign.ui.presenters import writing
from countersign.ui.views.owner_change_dialog import OwnerChangeDialog
from countersign.ui.widgets.label import WholeValue
from countersign.ui.widgets.letters import Choices
from support import settlement_world as small
from support import vaults_world
from support import window_world as world
from support.owner_cases import NEW, SAFE
from support.owner_scene import Scene
from support.software_stage import Table
from support.window_hands import active, click, dialog, enabled, grab_again, named, no_dialog, seen, settled, words
from ui.test_accessible import clipped, keyless, marked_up, unnamed

KIDS = {each: small.vault_key(each, "eip155", "harbour").kid for each in (*small.SAFE_OWNERS, NEW)}


async def opened(window: OfficerWindow, vault: str = SAFE) -> OwnerChangeDialog:
    await window.refresh()
    await settled(window)
    click(window, "Vaults")
    window.vaults.choose(vault)
    await settled(window)
    click(window, "Change owners…")
    found = await dialog(window)
    await settled(window)
    grab_again(found)
    assert isinstance(found, OwnerChangeDialog)
    return found


def choose(shown: OwnerChangeDialog, which: str, holding: str) -> None:
    """Choose the entry of a list that holds these words."""
    found = named(shown, which, Choices)
    at = [row for row in range(found.count()) if holding in found.item(row).text()]
    assert len(at) == 1, (holding, at)
    found.setCurrentRow(at[0])
    grab_again(shown)


def press(shown: OwnerChangeDialog, kind: str) -> None:
    click(shown, kind)
    grab_again(shown)


def addresses(shown: OwnerChangeDialog) -> set[str]:
    """The addresses on the right, whole."""
    return {each.value for each in shown.findChildren(WholeValue) if each.isVisibleTo(shown)}


GOES, COMES, THEN = "Who goes", "Who comes, of the registered keys for this chain", "How many sign then"


def address(officer: str) -> str:
    return writing.groups("0x" + small.vault_key(officer, "eip155", "harbour").public.ethereum_address().hex()).lower()


async def test_nothing_is_chosen_for_a_person_and_nothing_is_typed(window: OfficerWindow) -> None:
    shown = await opened(window)
    assert not shown.findChildren(QLineEdit)
    assert not shown.findChildren(QPlainTextEdit)
    assert not enabled(shown, "Propose it…")
    for kind, lists in (
        ("An owner comes", (COMES, THEN)),
        ("An owner goes", (GOES, THEN)),
        ("An owner is exchanged", (GOES, COMES)),
        ("Another number of owners signs", (THEN,)),
    ):
        press(shown, kind)
        found = {each.accessibleName() for each in shown.findChildren(Choices) if each.isVisibleTo(shown)}
        assert found == set(lists)
        assert not enabled(shown, "Propose it…"), kind
    assert all(named(shown, each, Choices).currentRow() == -1 for each in (THEN,))


CHANGES: list[tuple[str, dict[str, str], tuple[str | None, str | None, int | None], str]] = [
    ("An owner comes", {COMES: NEW, THEN: "3 of 4 sign"}, (NEW, None, 3), "2 of 3 → 3 of 4 sign"),
    ("An owner goes", {GOES: "officer-d"}, (None, "officer-d", 2), "2 of 3 → 2 of 2 sign"),
    ("An owner is exchanged", {GOES: "officer-d", COMES: NEW}, (NEW, "officer-d", None), "2 of 3 sign, as today"),
    ("Another number of owners signs", {THEN: "3 of 3 sign"}, (None, None, 3), "2 of 3 → 3 of 3 sign"),
]


async def test_what_is_shown_before_and_after_is_what_is_proposed(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    for kind, choices, (add, remove, threshold), quorum in CHANGES:
        shown = await opened(window)
        press(shown, kind)
        for which, holding in choices.items():
            choose(shown, which, holding if which == THEN else _spelt(shown, which, holding))
        told = words(shown)
        assert quorum in told
        assert "Nothing of the rules stands against it." in told
        for each in (add, remove):
            assert each is None or address(each) in {writing.groups(one).lower() for one in addresses(shown)}
        click(shown, "Propose it…")
        await settled(window)
        await no_dialog(window)
        wanted = ("owners propose", SAFE, KIDS[add] if add else None, KIDS[remove] if remove else None, threshold)
        assert wanted in officer.asked
        assert window.screen_key == "settings"
        assert f"The change of {SAFE} is proposed." in seen(window)


def _spelt(shown: OwnerChangeDialog, which: str, officer: str) -> str:
    """The officer's address as a list spells it."""
    found = named(shown, which, Choices)
    for row in range(found.count()):
        for line in found.item(row).text().split("\n"):
            if line.lower() == address(officer):
                return line
    raise AssertionError(officer)


async def test_what_the_rules_refuse_is_named_and_cannot_be_proposed(window: OfficerWindow) -> None:
    shown = await opened(window)
    press(shown, "An owner comes")
    choose(shown, COMES, "safe meridian in token officer-a")
    assert "[settlement.vault-one-officer-twice]" in words(shown)
    assert not enabled(shown, "Propose it…")
    choose(shown, COMES, _spelt(shown, COMES, NEW))
    assert "Olive Penn has neither the signing role nor a vault's" in words(shown)
    assert enabled(shown, "Propose it…")


async def test_a_frozen_safe_is_only_narrowed(window: OfficerWindow, officer: world.OfficerDouble) -> None:
    desk = vaults_world.ranged_world.founded()
    desk.log(*small.freeze_step(lei=small.HARBOUR))
    officer.owner_changes.state = desk.state
    shown = await opened(window)
    press(shown, "An owner is exchanged")
    choose(shown, GOES, _spelt(shown, GOES, "officer-d"))
    choose(shown, COMES, "safe meridian in token officer-d")
    assert "[settlement.frozen-owners]" in words(shown)
    assert "HC-2026-114" in words(shown)
    assert not enabled(shown, "Propose it…")
    press(shown, "An owner goes")
    assert enabled(shown, "Propose it…")  # who goes stays chosen


async def test_what_the_chain_says_against_it_stands_in_the_dialog(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    shown = await opened(window)
    press(shown, "Another number of owners signs")
    choose(shown, THEN, "3 of 3 sign")
    officer.error = Refused("E4.owners-drifted", vault=SAFE)
    click(shown, "Propose it…")
    await settled(window)
    assert shown.isVisible()
    assert sentence("E4.owners-drifted", {"vault": SAFE}) in words(shown)
    assert window.screen_key == "vaults"


async def test_what_is_under_way_can_be_taken_back(window: OfficerWindow, officer: world.OfficerDouble) -> None:
    officer.vaults.state = officer.owner_changes.state = vaults_world.with_order()
    shown = await opened(window)
    press(shown, "Take back the change that is under way")
    assert "2 of 3 sign, as today" in words(shown)
    press(shown, "An owner goes")
    choose(shown, GOES, _spelt(shown, GOES, "officer-d"))
    assert "It takes the place of the change that is under way" in words(shown)
    press(shown, "Take back the change that is under way")
    click(shown, "Propose it…")
    await settled(window)
    assert ("owners propose", SAFE, None, None, None) in officer.asked


async def test_every_control_is_named_and_nothing_is_clipped(window: OfficerWindow) -> None:
    for size in ((1440, 900), (1200, 760)):
        window.resize(*size)
        shown = await opened(window)
        press(shown, "An owner is exchanged")
        choose(shown, GOES, _spelt(shown, GOES, "officer-d"))
        choose(shown, COMES, _spelt(shown, COMES, NEW))
        assert clipped(shown) == []
        assert (keyless(shown), unnamed(shown), marked_up(shown)) == ([], [], [])
        assert shown.width() <= 1200
        assert shown.height() <= 760
        shown.reject()
        await no_dialog(window)


REAL: list[tuple[str, dict[str, int], tuple[int, int]]] = [
    ("An owner goes", {GOES: 2, THEN: 0}, (2, 2)),
    ("Another number of owners signs", {THEN: 0}, (3, 3)),
]
"""Kind, the rows that are chosen, how many of how many sign then."""


@pytest.mark.parametrize(("kind", "rows", "then"), REAL)
async def test_over_a_real_console_and_chain_what_is_shown_is_what_was_proposed(
    tmp_path: Path, instruments: Instruments, kind: str, rows: dict[str, int], then: tuple[int, int]
) -> None:
    """No double between: the demonstration's desk, its embedded chain, operations' own console (desk/test_owner_changes)."""
    table = Table.at(tmp_path)
    await table.until("step-found")
    scene = Scene(table)
    console = await scene.at("operations")
    window = open_officer(console, BannerFacts(Mode.ONLINE), instruments)
    window.show()
    await active(window)
    shown = await opened(window, scene.vault.id)
    press(shown, kind)
    for which, at in rows.items():
        named(shown, which, Choices).setCurrentRow(at)
        grab_again(shown)
    plan = shown.plan
    assert plan is not None
    assert plan.after == then
    assert "Nothing of the rules stands against it." in words(shown)
    click(shown, "Propose it…")
    await settled(window)
    await no_dialog(window)
    (view,) = console.governance.proposals()
    body = proposals.parse(console.governance.export(view.id)).event.body
    assert isinstance(body, OwnersOrdered)
    left = {each.address for each in plan.owners if each.fate != GOES_AWAY}
    roster = table.desk.state.roster
    assert {eip55.checksum(roster.key(kid).key.ethereum_address()) for kid in body.keys} == left
    assert (body.threshold, len(body.keys)) == then
    window.close()
    await table.stage.aclose()
