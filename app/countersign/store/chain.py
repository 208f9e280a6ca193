"""The journal's chain: entries that only grow, each MACed over the one before, so that none can be changed, dropped or
moved.

    mac(n) = HMAC-SHA256(key, mac(n−1) ‖ u64be n ‖ u32be |kind| ‖ kind ‖ u32be |name| ‖ name ‖ u32be |body| ‖ body),
    mac(0) = 32 zero bytes

- The key is derived from the store's key; the newest MAC stands in `pin.json`, outside the database.
- An entry is found by its kind and name; where one name has several, the last counts.
- Entries are written inside the caller's transaction: what belongs together commits together.
"""

import hashlib
import hmac
from dataclasses import dataclass

from countersign.errors import Refused
from countersign.store.database import Database, Row
from countersign.store.pin_file import Head

START = Head(0, bytes(32))

# From name to name in the index: there are few names, and a pin has as many entries as heads were accepted.
_NEWEST = """
WITH RECURSIVE named (name) AS (
    SELECT min(name) FROM journal WHERE kind = ?
    UNION ALL
    SELECT (SELECT min(name) FROM journal WHERE kind = ? AND name > named.name) FROM named WHERE named.name IS NOT NULL
)
SELECT sequence, kind, name, body FROM journal WHERE sequence IN (
    SELECT (SELECT max(sequence) FROM journal WHERE kind = ? AND name = named.name) FROM named WHERE name IS NOT NULL
) ORDER BY name
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One journal entry as it is read back."""

    sequence: int
    kind: str
    name: bytes
    body: bytes


def entry_mac(key: bytes, before: bytes, entry: Entry) -> bytes:
    """The 32-byte MAC of an entry that follows one with MAC `before`."""
    message = before + entry.sequence.to_bytes(8, "big")
    for part in (entry.kind.encode(), entry.name, entry.body):
        message += len(part).to_bytes(4, "big") + part
    return hmac.new(key, message, hashlib.sha256).digest()


class Chain:
    """The chain in one database. Its key never shows."""

    def __init__(self, database: Database, key: bytes) -> None:
        self._database = database
        self._key = key

    def __repr__(self) -> str:
        return "Chain(key hidden)"

    def head(self) -> Head:
        """The newest entry's number and MAC; (0, zeros) for an empty journal."""
        rows = self._database.execute("SELECT sequence, mac FROM journal ORDER BY sequence DESC LIMIT 1")
        return Head(int(rows[0][0]), bytes(rows[0][1])) if rows else START

    def append(self, kind: str, name: bytes, body: bytes = b"") -> Entry:
        """Adds an entry; durable with the transaction it stands in, else at once."""
        with self._database.transaction():
            head = self.head()
            entry = Entry(head.sequence + 1, kind, name, body)
            self._database.execute(
                "INSERT INTO journal (sequence, kind, name, body, mac) VALUES (?, ?, ?, ?, ?)",
                (entry.sequence, kind, name, body, entry_mac(self._key, head.mac, entry)),
            )
        return entry

    def last(self, kind: str, name: bytes = b"") -> bytes | None:
        """The body of the last entry of this kind and name."""
        rows = self._database.execute(
            "SELECT body FROM journal WHERE kind = ? AND name = ? ORDER BY sequence DESC LIMIT 1", (kind, name)
        )
        return bytes(rows[0][0]) if rows else None

    def entries(self, kind: str, name: bytes | None = None) -> tuple[Entry, ...]:
        """All entries of a kind, or of a kind and name, oldest first."""
        where, values = ("kind = ?", (kind,)) if name is None else ("kind = ? AND name = ?", (kind, name))
        rows = self._database.execute(
            f"SELECT sequence, kind, name, body FROM journal WHERE {where} ORDER BY sequence", values
        )
        return tuple(_entry(row) for row in rows)

    def newest(self, kind: str) -> tuple[Entry, ...]:
        """The last entry of each name of a kind, by name."""
        return tuple(_entry(row) for row in self._database.execute(_NEWEST, (kind, kind, kind)))

    def count(self, kind: str) -> int:
        """How many entries of a kind there are."""
        return int(self._database.execute("SELECT count(*) FROM journal WHERE kind = ?", (kind,))[0][0])

    def verify(self, pinned: Head) -> Head:
        """Follows the chain from its start, through `pinned`, to its head.

        Raises `Refused("S2.journal-altered")` where a MAC fails, `Refused("L6.behind-pin")` if the chain ends before
        the pin (an older file was restored, or its WAL is gone), `Refused("L6.other-history")` if it passes another
        entry there.
        """
        head = START
        for sequence, kind, name, body, mac in self._database.execute(
            "SELECT sequence, kind, name, body, mac FROM journal ORDER BY sequence"
        ):
            entry = Entry(int(sequence), str(kind), bytes(name), bytes(body))
            expected = entry_mac(self._key, head.mac, entry)
            if entry.sequence != head.sequence + 1 or not hmac.compare_digest(expected, bytes(mac)):
                raise Refused("S2.journal-altered", entry=head.sequence + 1)
            head = Head(entry.sequence, expected)
            if head.sequence == pinned.sequence and head.mac != pinned.mac:
                raise Refused("L6.other-history", entry=head.sequence)
        if head.sequence < pinned.sequence:
            raise Refused("L6.behind-pin", found=head.sequence, pinned=pinned.sequence)
        return head


def _entry(row: Row) -> Entry:
    sequence, kind, name, body = row
    return Entry(int(sequence), str(kind), bytes(name), bytes(body))
