"""Projections: answers computed from the archive and kept only to be quick. Thrown away and rebuilt at will.

- Nothing here is acknowledged, journalled, backed up or believed; losing all of it loses nothing.
- A projection is a fold that its owner names and passes in: archive records in, (name, value) rows out.
- It knows the archive's size it was built from; `fresh` is false as soon as the archive has grown.
"""

from collections.abc import Callable, Iterable, Sequence

from countersign.desk.ports import Record
from countersign.store.archive import Archive
from countersign.store.database import Database

Fold = Callable[[Sequence[Record]], Iterable[tuple[str, bytes]]]


class Projections:
    """The projections in one store."""

    def __init__(self, database: Database, archive: Archive) -> None:
        self._database = database
        self._archive = archive

    def rebuild(self, projection: str, fold: Fold) -> None:
        """Throws the projection away and builds it anew from the whole archive, in one transaction."""
        with self._database.transaction():
            self.throw_away(projection)
            size = self._archive.size()
            rows = [(projection, name, value) for name, value in fold(self._archive.records())]
            self._database.execute("INSERT INTO projected (projection, size) VALUES (?, ?)", (projection, size))
            self._database.execute_many("INSERT INTO projection (projection, name, value) VALUES (?, ?, ?)", rows)

    def throw_away(self, projection: str) -> None:
        """Forgets the projection."""
        self._database.execute("DELETE FROM projected WHERE projection = ?", (projection,))

    def fresh(self, projection: str) -> bool:
        """Whether it was built from the archive as it is now."""
        rows = self._database.execute("SELECT size FROM projected WHERE projection = ?", (projection,))
        return bool(rows) and int(rows[0][0]) == self._archive.size()

    def get(self, projection: str, name: str) -> bytes | None:
        """One row's value, or None."""
        sql = "SELECT value FROM projection WHERE projection = ? AND name = ?"
        rows = self._database.execute(sql, (projection, name))
        return bytes(rows[0][0]) if rows else None

    def rows(self, projection: str) -> tuple[tuple[str, bytes], ...]:
        """All rows, by name."""
        sql = "SELECT name, value FROM projection WHERE projection = ? ORDER BY name"
        return tuple((str(name), bytes(value)) for name, value in self._database.execute(sql, (projection,)))
