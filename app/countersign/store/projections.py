"""Projections: answers computed from the archive and kept only to be quick. Thrown away and rebuilt at will.

- Nothing here is acknowledged, journalled, backed up or believed; losing all of it loses nothing.
- A projection is a fold that its owner names and passes in: archive records in, (name, value) rows out; or rows that
  its owner made while it read the archive anyway (`keep`).
- It knows the archive's size it was built from; `fresh` is false as soon as the archive has grown.
- What is kept here can be altered by whoever holds the store's key: an owner that relies on it has the journal remember
  what it must be.
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
            self.keep(projection, self._archive.size(), fold(self._archive.records()))

    def keep(self, projection: str, size: int, rows: Iterable[tuple[str, bytes]]) -> None:
        """Puts these rows, made from the archive's first `size` records, in the projection's place, in one transaction."""
        with self._database.transaction():
            self.throw_away(projection)
            named = [(projection, name, value) for name, value in rows]
            self._database.execute("INSERT INTO projected (projection, size) VALUES (?, ?)", (projection, size))
            self._database.execute_many("INSERT INTO projection (projection, name, value) VALUES (?, ?, ?)", named)

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
