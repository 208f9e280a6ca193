"""The archive: every logged event this machine is entitled to, with the opening of its leaf, by index in the log.

- It only grows. The same record again is nothing new; another one at the same index is a `Conflict`.
- A console that may not read an entry has a gap there: `size` is one past the newest index held, `held` the number of
  records.
- An event's identity is the SHA-256 of its payload (DESIGN.md §5). Bytes that are no JWS keep a place too, because a
  log may contain them to its shame; their identity is the SHA-256 of the bytes.
- It is not believed: whoever reads it checks it against the log. The journal counts it, so that a lost tail is seen at
  open.
"""

import hashlib
from collections.abc import Iterable, Sequence

from countersign.desk.ports import Record
from countersign.errors import Conflict, Malformed, Unavailable
from countersign.formats import base64url, strict_json
from countersign.store.chain import Chain
from countersign.store.database import Database, Row

COLUMNS = "position, time_ms, salt, event"


class Archive:
    """The archive in one store. Satisfies `desk.ports.Archive`."""

    def __init__(self, database: Database, chain: Chain) -> None:
        self._database = database
        self._chain = chain

    def size(self) -> int:
        """One past the newest index held; 0 when empty."""
        return int(self._database.execute("SELECT coalesce(max(position) + 1, 0) FROM archive")[0][0])

    def held(self) -> int:
        """How many records are here."""
        return int(self._database.execute("SELECT count(*) FROM archive")[0][0])

    def append(self, record: Record) -> None:
        """Keeps one record, durably. Raises `Conflict("store.other-record")`, `Malformed("store.record-form")`."""
        self.extend((record,))

    def extend(self, records: Iterable[Record]) -> int:
        """Keeps all records or none, durably; returns how many were new. Raises what `append` raises."""
        with self._database.transaction():
            added = sum(self._add(record) for record in records)
            if added:  # the journal's own count goes on: counting the records again would cost more with each one
                held = int.from_bytes(self._chain.last("archived") or b"", "big") + added
                self._chain.append("archived", b"", held.to_bytes(8, "big"))
        return added

    def record(self, index: int) -> Record:
        """The record at an index. Raises `Unavailable("store.no-record")`."""
        rows = self._database.execute(f"SELECT {COLUMNS} FROM archive WHERE position = ?", (index,))
        if not rows:
            raise Unavailable("store.no-record", index=index)
        return _record(rows[0])

    def records(self, start: int = 0, stop: int | None = None) -> Sequence[Record]:
        """Records with start ≤ index < stop, in order; gaps are left out."""
        end = self.size() if stop is None else stop
        sql = f"SELECT {COLUMNS} FROM archive WHERE position >= ? AND position < ? ORDER BY position"
        return tuple(_record(row) for row in self._database.execute(sql, (start, end)))

    def by_identity(self, identity: bytes) -> Record:
        """The first record whose event has this identity. Raises `Unavailable("store.no-event")`."""
        sql = f"SELECT {COLUMNS} FROM archive WHERE identity = ? ORDER BY position LIMIT 1"
        rows = self._database.execute(sql, (identity,))
        if not rows:
            raise Unavailable("store.no-event", event=identity.hex())
        return _record(rows[0])

    def _add(self, record: Record) -> bool:
        if record.index < 0 or record.time_ms < 0 or len(record.salt) != 32:
            raise Malformed("store.record-form", index=record.index)
        rows = self._database.execute(f"SELECT {COLUMNS} FROM archive WHERE position = ?", (record.index,))
        if rows:
            if _record(rows[0]) != record:
                raise Conflict("store.other-record", index=record.index)
            return False
        self._database.execute(
            f"INSERT INTO archive ({COLUMNS}, identity) VALUES (?, ?, ?, ?, ?)",
            (record.index, record.time_ms, record.salt, record.event, event_identity(record.event)),
        )
        return True


def event_identity(event: bytes) -> bytes:
    """SHA-256 of the payload of a JWS, or of the bytes themselves where there is none."""
    try:
        whole = strict_json.parse(event)
        payload = whole.get("payload") if isinstance(whole, dict) else None
        signed = base64url.decode(payload) if isinstance(payload, str) else event
    except Malformed:
        signed = event
    return hashlib.sha256(signed).digest()


def _record(row: Row) -> Record:
    position, time_ms, salt, event = row
    return Record(int(position), int(time_ms), bytes(salt), bytes(event))
