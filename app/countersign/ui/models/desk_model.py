"""The Desk's table: settlements arranged in groups, each row written only when it is shown."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from countersign.desk.views import Checked, Group, Line, Rows, SettlementRow
from countersign.ui.presenters import desk
from countersign.ui.presenters.desk import Column
from countersign.ui.strings import label
from countersign.ui.widgets.cells import CELL, HEADING, Cell, words

_NOWHERE = QModelIndex()
Index = QModelIndex | QPersistentModelIndex
_HEADERS = tuple(
    f"desk.column-{name}"
    for name in ("act-by", "state", "parties", "exchange", "notional", "signatures", "checks", "action")
)


class DeskModel(QAbstractTableModel):
    """Rows of settlements and of group headings."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = Rows()
        self.places: list[int | Group] = []
        self.headings: list[int] = []  # the rows that are headings
        self.counts: dict[Group, int] = {}
        self.checked: dict[str, Checked] = {}  # by contract, what all checks said when the row was looked at
        self.now = 0
        self.base = False
        self.narrow = False
        self.written = lru_cache(maxsize=512)(self._write)

    def show(self, rows: Rows, places: list[int | Group], now: int, *, base: bool) -> None:
        """Show these rows in this arrangement."""
        self.beginResetModel()
        self.rows, self.places, self.now, self.base = rows, places, now, base
        self.headings = [at for at, place in enumerate(places) if isinstance(place, Group)]
        marks = [*self.headings, len(places)]
        self.counts = {}
        for at, end in pairwise(marks):
            if isinstance(group := places[at], Group):
                self.counts[group] = end - at - 1
        self.written.cache_clear()
        self.endResetModel()

    def set_narrow(self, narrow: bool) -> None:
        """Whether parties and notional stand with the exchange, their own columns being hidden."""
        self.narrow = narrow
        self.write_again()

    def settlement(self, row: int) -> SettlementRow | None:
        """The settlement in this row, None for a heading."""
        if not 0 <= row < len(self.places):
            return None
        place = self.places[row]
        return None if isinstance(place, Group) else self._row(place)

    def _row(self, place: int) -> SettlementRow:
        row = self.rows[place]
        found = self.checked.get(row.contract)
        return row if found is None else replace(row, checked=found)

    def contract(self, row: int) -> str:
        """The contract in this row, "" for a heading."""
        line = self.line(row)
        return "" if line is None else line.contract

    def line(self, row: int) -> Line | None:
        """What is known at once of the settlement in this row, None for a heading."""
        if not 0 <= row < len(self.places):
            return None
        place = self.places[row]
        return None if isinstance(place, Group) else self.rows.line(place)

    def say_checked(self, found: Mapping[str, Checked]) -> None:
        """Show what all checks said of these contracts, in place of what they said before."""
        self.checked.update(found)
        self.write_again()

    def forget_checked(self, kept: Collection[str] = ()) -> None:
        """What checks said earlier is nowhere shown again, but for these contracts."""
        if not self.checked.keys() <= set(kept):
            self.checked = {name: found for name, found in self.checked.items() if name in kept}
            self.write_again()

    def write_again(self, now: int | None = None) -> None:
        """Everything that is shown is written anew: at another moment, or because more is known."""
        self.now = self.now if now is None else now
        self.written.cache_clear()
        if self.places:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.places) - 1, len(Column) - 1))

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.places)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(Column)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if self.line(index.row()) is None:
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return label(_HEADERS[section])
        if role == Qt.ItemDataRole.TextAlignmentRole and section == Column.NOTIONAL:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        place = self.places[index.row()]
        if isinstance(place, Group):
            spoken = (HEADING, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.DisplayRole)
            first = index.column() == 0 or role == HEADING
            return desk.heading(place, self.counts[place]) if role in spoken and first else None
        if role == CELL:
            return self.written(place, index.column())
        return words(self.written(place, index.column()).text, role)

    def _write(self, place: int, column: int) -> Cell:
        line = desk.line(self._row(place), self.now, base=self.base)
        match Column(column):
            case Column.ACT_BY:
                return Cell(line.act_by, ink=line.act_by_tone, strong=line.act_by_tone != "quiet")
            case Column.STATE:
                return Cell(chip=line.state)
            case Column.PARTIES:
                return Cell(line.parties, spoken=label("desk.between", giver=line.parties[0], taker=line.parties[1]))
            case Column.EXCHANGE:
                if not self.narrow:
                    return Cell(line.exchange, strong=True)
                between = label("desk.between", giver=line.parties[0], taker=line.parties[1])
                told = label("desk.with-notional", id=line.exchange[1], notional=line.notional)
                return Cell((line.exchange[0], between, told), strong=True)
            case Column.NOTIONAL:
                return Cell((line.notional,), right=True)
            case Column.SIGNATURES:
                return Cell(
                    tuple(each.short for each in line.signatures),
                    dots=tuple(each.there for each in line.signatures),
                    spoken="; ".join(each.spoken for each in line.signatures),
                )
            case Column.CHECKS:
                tone, icon, word, more = line.checks
                return Cell(chip=(tone, icon, word), spoken=f"{word} {more}".strip())
            case Column.ACTION:
                tone, short, whole = line.remark
                if not short:
                    return Cell(chip=line.action)
                return Cell((short,), ink=tone, strong=True, spoken=f"{line.action[2]}. {whole}")
