"""Settings: what is in force, and what is proposed? Four parts, one at a time; nothing is edited in place."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QScrollArea, QStackedWidget, QWidget

from countersign.desk.governance_views import PolicyView, ProposalView, RosterView
from countersign.desk.views import TokenView
from countersign.ui.presenters import settings
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.views.context import Context
from countersign.ui.views.proposals_part import ProposalsPart
from countersign.ui.views.settings_parts import ConsolePart, policy_page, roster_page
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import column, page, row, scrolling

PARTS = ("proposals", "policy", "roster", "console")


class SettingsScreen(QWidget):
    """`parts` by name; the window's verbs listen to `proposals` and `console`."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setProperty("part", "page")
        self.proposals, self.console = ProposalsPart(context), ConsolePart(context.instruments.parts)
        self.policy = scrolling(page(margin=0), label("settings.part-policy"))
        self.roster = scrolling(page(margin=0), label("settings.part-roster"))
        self.waiting = 0  # proposals that this officer can sign
        self.stack = QStackedWidget()
        self.parts: dict[str, QWidget] = {
            "proposals": self.proposals,
            "policy": self.policy,
            "roster": self.roster,
            "console": scrolling(self.console, label("settings.part-console")),
        }
        group, head = QButtonGroup(self), row(gap=measure.UNIT)
        head.addWidget(PlainLabel(label("screen.settings"), "title", wrap=False))
        head.addStretch(1)
        self.buttons: dict[str, Button] = {}
        for number, name in enumerate(PARTS, 1):
            button = Button(label(f"settings.part-{name}"), f"Alt+{number}", part="segment")
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, name=name: self.open_part(name))
            group.addButton(button)
            head.addWidget(button)
            self.buttons[name] = button
            self.stack.addWidget(self.parts[name])
        explain = PlainLabel(label("settings.explain"), "quiet")
        whole = column(head, explain, gap=measure.GAP, margin=measure.GAP)
        whole.addWidget(self.stack, 1)
        self.setLayout(whole)
        self.open_part("proposals")

    def open_part(self, name: str) -> None:
        """Show one part."""
        self.stack.setCurrentWidget(self.parts[name])
        self.buttons[name].setChecked(True)

    def show_proposal(self, proposal: str, said: str) -> None:
        """Show one proposal, with a sentence above."""
        self.open_part("proposals")
        self.proposals.choose(proposal)
        self.proposals.say(said)

    def show_views(
        self,
        proposals: Sequence[ProposalView],
        policy: PolicyView,
        roster: RosterView,
        token: TokenView | None,
        words: str,
    ) -> None:
        """Show what is proposed and what is in force."""
        self.proposals.show_views(proposals)
        self.waiting = count = settings.waiting(proposals)
        told = label("settings.part-proposals-count", count=count) if count else label("settings.part-proposals")
        self.buttons["proposals"].setText(told)
        _fill(self.policy, policy_page(policy))
        _fill(self.roster, roster_page(roster))
        self.console.show_token(token, roster)
        self.console.show_desk(roster, words)


def _fill(area: QScrollArea, shown: QWidget) -> None:
    """Other contents at the same place."""
    place = area.verticalScrollBar().value()
    area.setWidget(shown)
    area.setAlignment(Qt.AlignmentFlag.AlignTop)
    area.verticalScrollBar().setValue(place)
