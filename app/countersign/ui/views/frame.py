"""The frame of every window: banner, strip, rail, the open screen; and what happens when something goes wrong."""

import asyncio
from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from countersign.errors import CountersignError
from countersign.ui.presenters.banner import BannerFacts
from countersign.ui.presenters.problem import Problem, bug, problem
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.views.banner_bar import BannerBar
from countersign.ui.views.context import Context
from countersign.ui.views.problem_dialog import ProblemDialog
from countersign.ui.views.rail import Rail
from countersign.ui.views.strip_bar import StripBar
from countersign.ui.widgets.layout import Note, column, row
from countersign.ui.widgets.letters import entitle
from countersign.ui.widgets.picture import Picture


class Frame(QMainWindow):
    """`screens` are shown one at a time; `rail_of` says which entry of the rail a screen belongs to."""

    changed = Signal(str)
    closed = Signal()

    def __init__(
        self, context: Context, facts: BannerFacts, screens: Mapping[str, QWidget], rail_of: Mapping[str, str]
    ) -> None:
        super().__init__()
        self.context, self.screens, self.rail_of = context, dict(screens), dict(rail_of)
        entitle(self, label("window.title"))
        self.banner = BannerBar(facts)
        self.strip = StripBar()
        self.rail = Rail(tuple(dict.fromkeys(rail_of.values())), search="desk" in screens)
        self.stopped = Note(label("problem.disabled"), "bad", Picture("warning", "bad"))
        self.stopped.hide()
        self.stack = QStackedWidget()
        for screen in screens.values():
            self.stack.addWidget(screen)
        beside = column(self.strip, self.stopped, self.stack, gap=0)
        beside.setStretch(2, 1)
        middle = row(self.rail, beside, gap=0)
        middle.setStretch(1, 1)
        whole = column(self.banner, gap=0)
        whole.addLayout(middle, 1)
        centre = QWidget()
        centre.setProperty("part", "page")
        centre.setLayout(whole)
        self.setCentralWidget(centre)
        self.resize(*measure.SCREEN)
        self.rail.chosen.connect(self.open_screen)
        context.runner.refused.connect(self.show_error)
        context.runner.broken.connect(self.show_bug)

    @property
    def screen_key(self) -> str:
        """The key of the open screen."""
        return next(key for key, widget in self.screens.items() if widget is self.stack.currentWidget())

    def belong_to(self, name: str) -> None:
        """Say in the title whose window this is."""
        entitle(self, f"{label('window.title')} — {name}")

    def open_screen(self, key: str) -> None:
        """Open a screen and mark it on the rail."""
        self.stack.setCurrentWidget(self.screens[key])
        self.rail.mark(self.rail_of[key])
        self.changed.emit(key)

    def show_error(self, error: CountersignError) -> None:
        """What happened, what is safe, what to do next; nothing for what the person has just cancelled."""
        if error.code == "ui.secret-cancelled":
            return
        self.show_problem(problem(error), label("problem.title"))

    def show_bug(self, trace: str) -> None:
        """A bug of ours: its evidence kept, signing ended."""
        where = self.context.instruments.keep_evidence(trace)
        self.stopped.show()
        self.show_problem(bug(where), label("problem.bug-title"))

    def show_problem(self, what: Problem, title: str) -> None:
        """Open the problem's dialog; nothing waits for it."""
        ProblemDialog(what, title, self).open()

    async def at_rest(self) -> None:
        """Come back when nothing that the window started is running any more."""
        while self.context.runner.running:
            await asyncio.wait(tuple(self.context.runner.running))

    def closeEvent(self, event: QCloseEvent) -> None:
        self.context.runner.stop()
        self.closed.emit()
        super().closeEvent(event)
