"""Real windows on the offscreen platform, one loop for Qt and asyncio, consoles that remember what they were asked."""

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from asyncio import AbstractEventLoop
from collections.abc import Callable, Iterator

import pytest
import qasync
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QWidget

from countersign.cli import reading
from countersign.ui.application import (
    BannerFacts,
    Instruments,
    Mode,
    OfficerWindow,
    VaultWindow,
    open_officer,
    open_vault,
)
from countersign.ui.theme.dress import dress, worn
from countersign.ui.theme.palette import LIGHT
from support import window_world as world


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> dict[str, Callable[[], AbstractEventLoop]]:
    return {"qt": lambda: qasync.QEventLoop(QApplication.instance() or QApplication([]))}


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> Iterator[None]:
    """The light theme before a test, and no window left behind it: every one that lives is styled anew by each theme."""
    qapp.setQuitOnLastWindowClosed(False)
    if worn() is not LIGHT or not qapp.styleSheet():
        dress(qapp, LIGHT)
    yield
    for left in qapp.topLevelWidgets():
        left.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def throw_away(window: QWidget, application: QApplication) -> None:
    window.close()
    window.deleteLater()
    application.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def kept() -> list[str]:
    """The evidence that a window kept."""
    return []


@pytest.fixture
def pdf() -> world.PdfDouble:
    return world.PdfDouble()


@pytest.fixture
def instruments(kept: list[str], pdf: world.PdfDouble) -> Instruments:
    def keep(trace: str) -> str:
        kept.append(trace)
        return "evidence/1.txt"

    return Instruments(
        lambda: world.NOW,
        world.draw_code,
        lambda grey, width, height: [],
        keep,
        world.DrivesDouble(),
        lambda data: pdf,
        lambda place: reading.read_batch((place,)),
    )


@pytest.fixture
def officer() -> world.OfficerDouble:
    return world.OfficerDouble()


@pytest.fixture
def cold() -> world.VaultDouble:
    return world.VaultDouble()


@pytest.fixture
def window(qapp: QApplication, officer: world.OfficerDouble, instruments: Instruments) -> Iterator[OfficerWindow]:
    made = open_officer(officer, BannerFacts(Mode.ONLINE), instruments)
    made.show()
    made.activateWindow()
    qapp.processEvents()
    yield made
    throw_away(made, qapp)


@pytest.fixture
def vault(qapp: QApplication, cold: world.VaultDouble, instruments: Instruments) -> Iterator[VaultWindow]:
    made = open_vault(cold, BannerFacts(Mode.VAULT), instruments)
    made.show()
    made.activateWindow()
    qapp.processEvents()
    yield made
    throw_away(made, qapp)
