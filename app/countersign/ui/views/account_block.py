"""One account on a page: its sum, its pockets, and the way to its statement (Enter, a double click, or the button)."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QWidget

from countersign.settlement.ledger import Account
from countersign.ui.presenters.accounts import AccountLine
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import column, fields, row
from countersign.ui.widgets.letters import tip

_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class AccountBlock(QFrame):
    """`opened` is called with the account; `beside` are sentences that belong to it."""

    def __init__(self, line: AccountLine, opened: Callable[[Account], None], beside: Sequence[str] = ()) -> None:
        super().__init__()
        self.account, self.opened = line.account, opened
        self.setProperty("part", "account")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        name = label("accounts.statement-of", name=line.name)
        self.setAccessibleName(line.name)
        self.setAccessibleDescription(name)
        self.setToolTip(tip(label("key.tip", action=name, key="Return")))
        self.statement = Button(label("accounts.statement"), icon="history", name=name)
        self.statement.explain(name, "Return")
        self.statement.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the block itself has the focus, and takes Enter
        self.statement.clicked.connect(self.open_up)
        head = row(PlainLabel(line.total, "amount"), self.statement)
        head.setStretch(0, 1)
        box = column(head, gap=measure.HALF, margin=measure.HALF)
        pairs: list[tuple[str, QWidget]] = [(caption, PlainLabel(value)) for caption, value in line.pockets]
        if pairs:
            box.addLayout(fields(pairs, columns=2))
        for words in beside:
            box.addWidget(PlainLabel(words, tone="warn"))
        self.setLayout(box)

    def open_up(self) -> None:
        """Ask for the statement."""
        self.opened(self.account)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _KEYS:
            self.open_up()
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.open_up()
        event.accept()
