"""Looking at a store file before anybody writes to it: what is damaged is refused by name and stays as it is (S1).

- `cipher_integrity_check` authenticates every page of the file, `integrity_check` the structure that they form.
- A page that fails is forgiven only where the WAL still holds it whole: that is a checkpoint cut short, not damage.
- A missing or foreign key is not this module's matter: the profile compares `StoreKey.check` first.
- Nothing is created: the `-shm` file that SQLite needs for a moment beside a WAL is removed again.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from countersign.errors import Refused, Unavailable
from countersign.store import wal
from countersign.store.database import Database, open_read_only, settle
from countersign.store.durable import disk
from countersign.store.key import StoreKey

SMALLEST = 4096
PAGE = re.compile(r"page (\d+)")


@contextmanager
def inspected(path: Path, key: StoreKey) -> Iterator[Database]:
    """The store, read-only, every page authenticated, for as long as the block lasts.

    Raises `Unavailable("store.missing-file")`, `Refused("S1.damaged" | "S1.truncated" | "S1.inconsistent")`.
    """
    if not path.exists():
        raise Unavailable("store.missing-file", file=path.name)
    database = open_checked(path, key)
    try:
        yield database
    finally:
        database.close()
        with disk(path.name):
            path.with_name(path.name + "-shm").unlink(missing_ok=True)


def open_checked(path: Path, key: StoreKey) -> Database:
    """Opens read-only and checks. The caller closes."""
    if path.stat().st_size < SMALLEST:
        raise Refused("S1.truncated", file=path.name, page=1)
    database = open_read_only(path, key)
    checked = False
    try:
        check_pages(database, path)
        check_structure(database, path)
        settle(database)
        checked = True
    finally:
        if not checked:
            database.close()
            path.with_name(path.name + "-shm").unlink(missing_ok=True)
    return database


def check_pages(database: Database, path: Path) -> None:
    """Every page authenticates, or the WAL holds it. Raises `Refused("S1.damaged")`, `Refused("S1.truncated")`."""
    try:
        complaints = [str(row[0]) for row in database.execute("PRAGMA cipher_integrity_check")]
    except Refused as error:
        raise Refused("S1.damaged", file=path.name, page=1) from error
    if not complaints:
        return
    kept = wal_contents(path).pages
    for complaint in complaints:
        found = PAGE.search(complaint)
        page = int(found.group(1)) if found else 1
        if page not in kept:
            raise Refused("S1.truncated" if "size" in complaint else "S1.damaged", file=path.name, page=page)


def check_structure(database: Database, path: Path) -> None:
    """SQLite's own `integrity_check` says ok. Raises `Refused("S1.inconsistent")`."""
    try:
        rows = database.execute("PRAGMA integrity_check")
    except Refused as error:
        raise Refused("S1.inconsistent", file=path.name) from error
    if rows != [("ok",)]:
        raise Refused("S1.inconsistent", file=path.name)


def wal_contents(path: Path) -> wal.WalContents:
    """What the write-ahead log beside `path` holds; nothing, if there is none."""
    beside = path.with_name(path.name + "-wal")
    if not beside.is_file():
        return wal.NOTHING
    with disk(beside.name):
        return wal.contents(beside.read_bytes())
