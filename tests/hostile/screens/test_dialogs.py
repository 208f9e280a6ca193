"""D4: every dialog of the window shows foreign text letter for letter, whole; a dialog that is not in `WALK` fails a test."""

import asyncio
import pkgutil
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLineEdit

import countersign
from countersign.desk.enrolling_views import Choices
from countersign.desk.views import ReviewView
from countersign.errors import Refused
from countersign.review.finding import failed
from countersign.ui import views
from countersign.ui.application import BannerFacts, Instruments, Mode, OfficerWindow, open_officer
from countersign.ui.views.award_dialog import AwardDialog
from countersign.ui.views.dialog import Dialog
from countersign.ui.views.enrol_dialogs import AssembleDialog, RegisterDialog
from hostile.screens.conftest import throw_away
from support import operations_world, vaults_world
from support import window_world as world
from support.device_window import CONFIRM, EXPORT, TAKE, Both
from support.tainted_world import MARK, NEAR, TAINT, Tainted, shown, taken
from support.window_hands import (
    another_dialog,
    click,
    clipped,
    dialog,
    grab_again,
    no_dialog,
    settled,
    type_into,
)


@dataclass
class Table:
    """A window whose console gives hostile words, and the console behind it."""

    window: OfficerWindow
    officer: Both
    taint: str

    async def shown(self, altered: Callable[[ReviewView], ReviewView] = lambda view: view) -> None:
        """The settlement, as it is or altered."""
        self.officer.altered = altered
        await self.window.show_settlement(world.CONTRACT)

    async def pressed(self, screen: str, button: str) -> QDialog:
        """What a button of a screen opens, filled."""
        self.window.open_screen(screen)
        click(self.window, button)
        return await self.opened()

    async def opened(self) -> QDialog:
        found = await dialog(self.window)
        await self.rest()
        return found

    async def rest(self) -> None:
        """Until what was begun for a dialog stands in it; a dialog that waits for a person is waited for by a task."""
        for _ in range(40):
            await asyncio.sleep(0)

    def begins(self, beginning: str) -> str:
        """The whole name of the first visible button whose name begins so."""
        return next(
            name for each in self.window.findChildren(QAbstractButton)
            if (name := each.accessibleName()).startswith(beginning) and each.isVisibleTo(self.window)
        )  # fmt: skip

    def made(self, kind: type[QDialog], *given: object) -> QDialog:
        """A dialog with what it is given, hostile as it came."""
        found = kind(*given, self.window)
        found.show()
        return found


Way = Callable[[Table], Awaitable[QDialog]]


def by(screen: str, button: str) -> Way:
    return lambda table: table.pressed(screen, button)


async def declining(table: Table) -> QDialog:
    def agreed(view: ReviewView) -> ReviewView:
        return replace(view, state="agreed", instructions=(), may_endorse=True, may_decline=True)

    await table.shown(agreed)
    found = await table.pressed("review", "Decline the contract…")
    await table.shown()
    return found


async def problem(table: Table) -> QDialog:
    table.window.show_error(Refused("settlement.unknown-contract", contract=f"Meridian Capital{table.taint}"))
    return await table.opened()


async def searching(table: Table) -> QDialog:
    found = await table.pressed("desk", "Search settlements, addresses, hashes, officers")
    type_into(found, found.findChildren(QLineEdit)[0].accessibleName(), "Meridian")
    return found


async def importing(table: Table) -> QDialog:
    found = await table.pressed("desk", "Import…")
    type_into(found, "A file or a folder", str(Path(__file__)))
    click(found, "Check the batch")
    await settled(table.window)
    return found


async def recalling(table: Table) -> QDialog:
    table.window.open_screen("participants")
    table.window.participants.table.selectRow(2)  # who has lent
    grab_again(table.window)
    return await table.pressed("participants", "Recall a loan…")


async def stating(table: Table) -> QDialog:
    table.window.open_screen("participants")
    grab_again(table.window)
    return await table.pressed("participants", table.begins("Statement of "))


async def checking(table: Table) -> QDialog:
    found = await table.pressed("vaults", "Check an address…")
    type_into(found, "Address to check", next(iter(vaults_world.state().roster.destinations)).rpartition(":")[2])
    click(found, "Check")
    await table.rest()
    return found


async def ordering(table: Table) -> QDialog:
    first = await table.pressed("participants", "Orders…")
    click(first, "New order…")
    return await another_dialog(table.window, first)


async def lifting(table: Table) -> QDialog:
    first = await table.pressed("participants", "Orders…")
    first.table.selectRow(0)  # type: ignore[attr-defined]
    click(first, "Lift it…")
    return await another_dialog(table.window, first)


async def awarding(table: Table) -> QDialog:
    console = table.window.console
    return table.made(AwardDialog, await console.read_award(Path("terms"), Path("ruling")))


async def reconciling(table: Table) -> QDialog:
    table.officer.operating.found = operations_world.broken()
    found = await table.pressed("participants", "Reconcile…")
    click(found, "Compare")
    await settled(table.window)
    return found


async def refusing(table: Table) -> QDialog:
    table.officer.against = failed("B8", "outputs-differ", "the outputs", "Meridian Capital", "Harbour Prime")
    await table.shown()
    found = await table.pressed("review", "Refuse…")
    table.officer.against = None
    await table.shown()
    return found


def changing(button: str) -> Way:
    async def way(table: Table) -> QDialog:
        table.window.open_screen("vaults")
        pages = table.window.vaults.pages
        table.window.vaults.choose(next(each.id for each in pages if each.safe is not None and MARK in each.id))
        grab_again(table.window)
        return await table.pressed("vaults", button)

    return way


async def registering(table: Table) -> QDialog:
    return table.made(RegisterDialog, None, None, table.window.context)


async def assembling(table: Table) -> QDialog:
    owners = (("5299000J2N45DDNE4Y28", "main", f"Meridian Capital{table.taint}"),)
    return table.made(AssembleDialog, Choices(owners, ("bip122:x",)), None, None, table.window.context)


async def exporting(table: Table) -> QDialog:
    table.window.open_screen("sign")
    grab_again(table.window)
    click(table.window, CONFIRM)
    return await table.pressed("sign", EXPORT)


WALK: dict[str, Way] = {
    "AddressDialog": checking,
    "ArrivalsDialog": by("desk", "Arrivals…"),
    "AssembleDialog": assembling,
    "AwardDialog": awarding,
    "DeclineDialog": declining,
    "DeedDialog": by("review", "With a second officer…"),
    "DeviceDialog": exporting,
    "ImportDialog": importing,
    "LegalDialog": by("review", "Read the legal text"),
    "LegsDialog": by("review", "On the chains…"),
    "LiftDialog": lifting,
    "OrderDialog": ordering,
    "OrdersDialog": by("participants", "Orders…"),
    "OwnerChangeDialog": changing("Change owners…"),
    "OwnersDialog": changing("The change under way…"),
    "PrepareDialog": by("review", "Prepare…"),
    "ProblemDialog": problem,
    "ProposeDialog": by("settings", "Propose a change…"),
    "RecallDialog": recalling,
    "ReconcileDialog": reconciling,
    "RefuseDialog": refusing,
    "RegisterDialog": registering,
    "SearchDialog": searching,
    "SecretDialog": by("sign", "Unlock token…"),
    "StatementDialog": stating,
    "TakeBackDialog": by("sign", TAKE),
    "TotalsDialog": by("desk", "Totals"),
    "WithdrawDialog": by("settings", "Withdraw…"),
}
"""How each dialog of the window is come by."""
SILENT = {
    "AssembleDialog",
    "DeclineDialog",
    "DeviceDialog",
    "PrepareDialog",
    "RegisterDialog",
    "SecretDialog",
    "TakeBackDialog",
    "WithdrawDialog",
}
"""Those that say nothing of what comes from outside before somebody has done something in them."""


def kinds_below(kind: type) -> Iterator[type]:
    for each in kind.__subclasses__():
        yield each
        yield from kinds_below(each)


def test_the_walk_has_every_dialog_and_there_is_no_box_beside_them() -> None:
    for module in pkgutil.iter_modules(views.__path__):
        import_module(f"{views.__name__}.{module.name}")
    found = [each for each in kinds_below(Dialog) if each.__module__.startswith("countersign.")]
    assert {each.__name__ for each in found if not each.__subclasses__()} == WALK.keys()
    strange = re.compile(r"\bQ(?:MessageBox|InputDialog|ErrorMessage|ProgressDialog|Wizard|WhatsThis|SystemTrayIcon)\b")
    modules = sorted((Path(countersign.__file__).parent / "ui").rglob("*.py"))
    assert [each.name for each in modules if strange.search(each.read_text("utf-8"))] == []
    assert [each.name for each in modules if "(QDialog)" in each.read_text("utf-8")] == ["dialog.py"]


async def walked(table: Table, name: str) -> list[str]:
    """What is wrong with a dialog; it is closed again."""
    found = await WALK[name](table)
    assert type(found).__name__ == name
    grab_again(found)
    wrong = [*taken(found, table.taint), *clipped(found)]
    if found.width() > 1200 or found.height() > 900:
        wrong.append(f"{found.width()}x{found.height()}")
    if name not in SILENT and not any(MARK in text for _, text in shown(found)):
        wrong.append("says nothing from outside")
    while (left := next((each for each in table.window.findChildren(QDialog) if each.isVisible()), None)) is not None:
        left.reject()
        await asyncio.sleep(0)
    await no_dialog(table.window)
    return wrong


@pytest.mark.parametrize("taint", [TAINT, pytest.param(NEAR, marks=pytest.mark.long)], ids=["hostile", "near miss"])
async def test_every_dialog_shows_hostile_words_letter_for_letter_and_whole(
    taint: str, qapp: QApplication, instruments: Instruments
) -> None:
    officer = Both()
    officer.operating.may = officer.operating.sent = officer.operating.lacking = True
    officer.books = world.accounts((world.owed_dollars(),))
    officer.vaults.state = vaults_world.with_order()
    window = open_officer(Tainted(officer, taint), BannerFacts(Mode.ONLINE), instruments)  # type: ignore[arg-type]
    window.show()
    table = Table(window, officer, taint)
    await window.refresh()
    found = {}
    await table.shown()
    for name in WALK:
        if wrong := await walked(table, name):
            found[name] = wrong
    throw_away(window, qapp)
    assert found == {}
