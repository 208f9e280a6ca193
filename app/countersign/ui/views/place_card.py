"""Address verification: one place of a vault, its address whole and as a code, to be compared with a device's screen."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QVBoxLayout

from countersign.desk.vault_views import PlaceView, VaultPage
from countersign.ui.presenters import vaults, writing
from countersign.ui.presenters.instruments import Modules
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.chip import Chip
from countersign.ui.widgets.code_picture import LEAST, CodePicture, code_image
from countersign.ui.widgets.label import PlainLabel, WholeValue
from countersign.ui.widgets.layout import Card, Note, clear, column, row
from countersign.ui.widgets.picture import Picture

_CODE = measure.UNIT * 28
_FURTHEST = (1 << 31) - 1


class PlaceCard(Card):
    """`wanted` says the number of the place whose address is to be shown; `show_place` shows it."""

    wanted = Signal(int)

    def __init__(self, page: VaultPage, number: int) -> None:
        super().__init__(label("vaults.addresses"))
        self.page, self.number = page, number
        self.shown: QVBoxLayout = column(gap=measure.UNIT)
        self.code = CodePicture(label("vaults.code"))
        self.code.setFixedSize(_CODE, _CODE)
        self.body.addWidget(PlainLabel(label("vaults.address-hint")))
        if page.safe is None:
            self.body.addLayout(self._picker())
        beside = column(self.shown)
        beside.addStretch(1)
        both = row(self.code, gap=measure.GAP)
        both.insertLayout(0, beside, 1)
        both.setAlignment(self.code, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(both)
        if told := vaults.following(page):
            self.body.addWidget(PlainLabel(told, "caption"))

    def _picker(self) -> QVBoxLayout:
        name = label("vaults.index" if self.page.extended else "vaults.slot")
        self.field = QLineEdit(str(self._index))
        self.field.setAccessibleName(name)
        self.field.setToolTip(label("key.tip", action=name, key="Return"))
        self.field.setValidator(QIntValidator(0, _FURTHEST, self.field))
        self.field.setMaximumWidth(measure.UNIT * 14)
        self.field.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.field.returnPressed.connect(self._typed)
        self.back = Button("", "Alt+Left", icon="back", name=label("vaults.back"))
        self.back.clicked.connect(lambda: self._step(-1))
        self.forward = Button("", "Alt+Right", icon="forward", name=label("vaults.forward"))
        self.forward.clicked.connect(lambda: self._step(1))
        line = row(PlainLabel(name, "caption", wrap=False), self.field, self.back, self.forward)
        self.branches: list[Button] = []
        if self.page.extended:
            for branch, key in enumerate(("vaults.receive", "vaults.change")):
                button = Button(label(key), f"Alt+{branch + 1}", part="segment")
                button.setCheckable(True)
                button.clicked.connect(lambda _=False, branch=branch: self._branch(branch))
                line.insertWidget(branch, button)
                self.branches.append(button)
        line.addStretch(1)
        self.refused: QVBoxLayout = column(gap=0)
        self._offer()
        return column(line, self.refused, gap=measure.UNIT)

    @property
    def _index(self) -> int:
        return self.number >> 1 if self.page.extended else self.number

    def _typed(self) -> None:
        index = int(self.field.text() or 0)
        self._go(2 * index + (self.number & 1) if self.page.extended else index)

    def _branch(self, branch: int) -> None:
        self._go(2 * self._index + branch)

    def _step(self, by: int) -> None:
        places = self.page.places
        at = places.index(self.number) + by * (2 if self.page.extended else 1)
        if 0 <= at < len(places):
            self._go(places[at])

    def _go(self, number: int) -> None:
        clear(self.refused)
        places = self.page.places
        if number in places:
            self.number = number
            self.wanted.emit(number)
        else:
            first, last = (each >> 1 if self.page.extended else each for each in (places[0], places[-1]))
            told = label("vaults.no-such-place", first=first, last=last)
            self.refused.addWidget(Note(told, "warn", Picture("warning", "warn")))
        self._offer()

    def _offer(self) -> None:
        places, step = self.page.places, 2 if self.page.extended else 1
        at = places.index(self.number)
        self.back.setEnabled(at - step >= 0)
        self.forward.setEnabled(at + step < len(places))
        self.field.setText(str(self._index))
        for branch, button in enumerate(self.branches):
            button.setChecked(branch == self.number & 1)

    def show_place(self, view: PlaceView, modules: Modules) -> None:
        """Show this place, unless another one is wanted by now."""
        if view.number != self.number:
            return
        clear(self.shown)
        title = row(PlainLabel(vaults.place_title(view), "strong"))
        if self.page.safe is None:
            tone, icon, word = vaults.place_chip(view)
            title.addWidget(Chip(word, icon, tone))
        title.setStretch(0, 1)
        self.shown.addLayout(title)
        name = label("vaults.address")
        self.shown.addWidget(WholeValue(name, view.address, writing.groups(view.address), measure.STRONG))
        image = code_image(modules)
        side = max(_CODE, image.width() * LEAST)
        self.code.show_code(image)
        self.code.setFixedSize(side, side)
