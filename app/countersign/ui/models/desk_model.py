"""The Desk's table: settlements arranged in groups, each row written only when it is shown."""

from collections.abc import Sequence
from functools import lru_cache

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from countersign.desk.views import Group, SettlementRow
from countersign.ui.presenters import desk
from countersign.ui.presenters.desk import Column
from countersign.ui.strings import label
from countersign.ui.widgets.cells import CELL, HEADING, Cell

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
        self.rows: Sequence[SettlementRow] = ()
        self.places: list[int | Group] = []
        self.counts: dict[Group, int] = {}
        self.now = 0
        self.base = False
        self.narrow = False
        self.written = lru_cache(maxsize=512)(self._write)

    def show(self, rows: Sequence[SettlementRow], places: list[int | Group], now: int, *, base: bool) -> None:
        """Show these rows in this arrangement."""
        self.beginResetModel()
        self.rows, self.places, self.now, self.base = rows, places, now, base
        self.counts = {}
        group: Group | None = None
        for place in places:
            if isinstance(place, Group):
                group = place
                self.counts[group] = 0
            elif group is not None:
                self.counts[group] += 1
        self.written.cache_clear()
        self.endResetModel()

    def set_narrow(self, narrow: bool) -> None:
        """Whether parties and notional stand with the exchange, their own columns being hidden."""
        self.narrow = narrow
        self.written.cache_clear()
        if self.places:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.places) - 1, len(Column) - 1))

    def settlement(self, row: int) -> SettlementRow | None:
        """The settlement in this row, None for a heading."""
        if not 0 <= row < len(self.places):
            return None
        place = self.places[row]
        return None if isinstance(place, Group) else self.rows[place]

    def headings(self) -> list[int]:
        """The rows that are headings."""
        return [at for at, place in enumerate(self.places) if isinstance(place, Group)]

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.places)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(Column)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if self.settlement(index.row()) is None:
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
        words = (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)
        return self.written(place, index.column()).text if role in words else None

    def _write(self, place: int, column: int) -> Cell:
        line = desk.line(self.rows[place], self.now, base=self.base)
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
