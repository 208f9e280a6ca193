"""A line for a fee rate in whole satoshis a virtual byte, and what the console's node says about it."""

from PySide6.QtWidgets import QLineEdit, QWidget

from countersign.desk.fee_rates import FeeRate
from countersign.ui.presenters.fee_rates import about
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import column

_MOST = 100_000


class RateLine(QLineEdit):
    """`rate` is 0 while no such number stands there. It begins with what the node estimates, else empty."""

    def __init__(self, found: FeeRate | None) -> None:
        super().__init__("" if found is None or found.rate is None else str(found.rate))
        self.setAccessibleName(label("deeds.rate"))

    @property
    def rate(self) -> int:
        """Satoshis a virtual byte, 1 to 100,000; else 0."""
        text = self.text().strip()
        found = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
        return found if found <= _MOST else 0


def rate_field(line: RateLine, found: FeeRate | None) -> QWidget:
    """The line with its caption above and, below, where its first number comes from."""
    field = QWidget()
    said = PlainLabel(about(found), "quiet")
    said.setWordWrap(True)
    field.setLayout(column(PlainLabel(label("deeds.rate"), "caption"), line, said, gap=measure.HALF, margin=0))
    return field
