"""The one door of SQLCipher: an encrypted file, opened so that nothing is taken on trust (CHECKS.md S1).

- The key is 32 raw bytes, handed over as `PRAGMA key = "x'…'"` with hex made here from those bytes; no user text meets
  SQL.
- Every PRAGMA is set, fetched again and compared; one that did not take refuses the store (`S1.pragma-refused`).
- Writable: WAL, synchronous FULL, exclusive locking (no shared memory file), secure_delete, temporary tables in memory.
- Read-only: `immutable` where no WAL stands beside the file (not one byte or file changes), else `mode=ro`.
- A transaction that returns is on disk; then `after_commit` runs (the pin), and only then is anything acknowledged.
- One connection may be used from several threads; a lock orders them.

    with database.transaction():
        database.execute("INSERT INTO artefact (sha256, data) VALUES (?, ?)", (digest, data))
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from countersign.errors import Refused, Unavailable
from countersign.store.key import StoreKey

Row = tuple[Any, ...]

CIPHER = (
    ("cipher_page_size", "4096", "4096"),
    ("cipher_use_hmac", "ON", "1"),
    ("cipher_hmac_algorithm", "HMAC_SHA512", "HMAC_SHA512"),
    ("cipher_plaintext_header_size", "0", "0"),
    ("cipher_memory_security", "ON", "1"),
)
COMMON = (
    ("temp_store", "MEMORY", 2),
    ("cache_size", "-65536", -65536),
    ("mmap_size", "0", 0),
    ("foreign_keys", "ON", 1),
    ("trusted_schema", "OFF", 0),
    ("cell_size_check", "ON", 1),
    ("busy_timeout", "0", 0),
)
WRITABLE = (
    ("locking_mode", "EXCLUSIVE", "exclusive"),
    ("journal_mode", "WAL", "wal"),
    ("synchronous", "FULL", 2),
    ("secure_delete", "ON", 1),
    ("wal_autocheckpoint", "1000", 1000),
)
READ_ONLY = (("query_only", "ON", 1),)


class Database:
    """One open store file. Made by `create`, `open_writable` or `open_read_only`."""

    def __init__(self, connection: dbapi2.Connection, name: str, *, writable: bool) -> None:
        self._connection = connection
        self._name = name
        self._lock = threading.RLock()
        self._depth = 0
        self.writable = writable
        self.pragmas: tuple[tuple[str, str, str], ...] = ()
        self.after_commit: Callable[[], None] = _nothing

    def execute(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """All rows of one statement. Raises `Unavailable("store.disk")`, `Refused("S1.damaged-in-use",
        "S1.read-only")`."""
        with self._lock, self._named_errors():
            return list(self._connection.execute(sql, tuple(values)).fetchall())

    def execute_many(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        """One statement for each row, inside the open transaction."""
        with self._lock, self._named_errors():
            self._connection.executemany(sql, rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, durable when it returns. An inner transaction joins the outer one. Raises what `execute`
        raises."""
        with self._lock:
            if not self.writable:
                raise Refused("S1.read-only", file=self._name)
            if self._depth:
                yield
                return
            self.execute("BEGIN IMMEDIATE")
            self._depth = 1
            done = False
            try:
                yield
                self.execute("COMMIT")
                done = True
            finally:
                self._depth = 0
                if not done:
                    self._roll_back()
            self.after_commit()

    def close(self) -> None:
        """Writes the WAL back into the file (when writable) and closes. A second call does nothing."""
        with self._lock, self._named_errors():
            self._connection.close()

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self.execute("ROLLBACK")

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except dbapi2.IntegrityError:
            raise
        except dbapi2.OperationalError as error:
            if "readonly" in str(error) or "read-only" in str(error):
                raise Refused("S1.read-only", file=self._name) from error
            raise Unavailable("store.disk", file=self._name, reason=str(error)) from error
        except dbapi2.DatabaseError as error:
            raise Refused("S1.damaged-in-use", file=self._name, reason=str(error)) from error


def create(path: Path, key: StoreKey) -> Database:
    """A new, empty store file; the directory is the caller's. Raises `Unavailable("store.disk")`."""
    return _open(path, key, "rwc", CIPHER + WRITABLE + COMMON, writable=True)


def open_writable(path: Path, key: StoreKey) -> Database:
    """An existing store, already inspected. Raises `Refused("S1.pragma-refused")`, `Refused("S1.damaged-in-use")`."""
    return _open(path, key, "rw", CIPHER + WRITABLE + COMMON, writable=True)


def open_read_only(path: Path, key: StoreKey) -> Database:
    """An existing store that is only looked at: immutable, or `mode=ro` when a WAL with content stands beside it.

    Nothing of it has been read yet: its pages are checked first, then `settle` sets what needs a readable file.
    """
    wal = path.with_name(path.name + "-wal")
    mode = "ro" if wal.exists() and wal.stat().st_size else "immutable"
    return _open(path, key, mode, CIPHER, writable=False)


def settle(database: Database) -> None:
    """The settings of a read-only store whose pages are known to be whole. Raises `Refused("S1.pragma-refused")`."""
    database.pragmas += tuple(_set_and_fetch(database, *pragma) for pragma in COMMON + READ_ONLY)


def is_whole_statement(sql: str) -> bool:
    """Whether SQLite would see the end of a statement here; a trigger's inner semicolons are none."""
    return bool(dbapi2.complete_statement(sql))


def _open(
    path: Path, key: StoreKey, mode: str, pragmas: Sequence[tuple[str, str, object]], *, writable: bool
) -> Database:
    query = "mode=ro&immutable=1" if mode == "immutable" else f"mode={mode}"
    try:
        connection = dbapi2.connect(
            f"{path.absolute().as_uri()}?{query}",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
        )
    except dbapi2.OperationalError as error:
        raise Unavailable("store.disk", file=path.name, reason=str(error)) from error
    database = Database(connection, path.name, writable=writable)
    opened = False
    try:
        database.execute("PRAGMA cipher_log_level = NONE")
        _expect("key", database.execute(f"PRAGMA key = \"x'{key.raw.hex()}'\""), "ok")
        _expect("cipher_version", [(database.execute("PRAGMA cipher_version")[0][0][:2],)], "4.")
        database.pragmas = tuple(_set_and_fetch(database, *pragma) for pragma in pragmas)
        opened = True
    finally:
        if not opened:
            connection.close()
    return database


def _set_and_fetch(database: Database, name: str, value: str, expected: object) -> tuple[str, str, str]:
    """Sets one PRAGMA and reads it back: name, wanted, found."""
    database.execute(f"PRAGMA {name} = {value}")
    return name, str(expected), _expect(name, database.execute(f"PRAGMA {name}"), expected)


def _expect(name: str, rows: list[Row], expected: object) -> str:
    found = rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else None
    if found != expected:
        raise Refused("S1.pragma-refused", pragma=name, found=str(found), expected=str(expected))
    return str(found)


def _nothing() -> None:
    """No pin yet: the store is being made."""
