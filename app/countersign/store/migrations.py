"""Bringing a store to the newest schema: numbered SQL files, each applied whole or not at all, counted by
`user_version`.

- `resources/migrations/NNNN_name.sql`, numbered from 0001 without a gap. A released file is never edited; a change is a
  new file.
- A store that is newer than this program is refused by name (`store.newer`): an old program must not write what it does
  not know.
"""

import re
from pathlib import Path

from countersign.errors import Refused
from countersign.resources.location import data_path
from countersign.store.database import Database, is_whole_statement

NAME = re.compile(r"([0-9]{4})_[a-z0-9_]+\.sql")


def migration_files() -> tuple[Path, ...]:
    """The files in order. A gap or a stray name is our own bug (AssertionError)."""
    files = tuple(sorted(path for path in data_path("migrations").iterdir() if NAME.fullmatch(path.name)))
    assert [int(path.name[:4]) for path in files] == list(range(1, len(files) + 1)), (
        "migrations are numbered without a gap"
    )
    return files


def version(database: Database) -> int:
    """How many migrations the store has seen."""
    return int(database.execute("PRAGMA user_version")[0][0])


def check(database: Database) -> None:
    """Refuses a store of a newer program. Raises `Refused("store.newer")`."""
    known = len(migration_files())
    if (found := version(database)) > known:
        raise Refused("store.newer", found=found, known=known)


def migrate(database: Database) -> int:
    """Applies what is missing, each file in one transaction with its number; returns how many. Raises what `check`
    raises."""
    check(database)
    applied = version(database)
    missing = migration_files()[applied:]
    for number, path in enumerate(missing, start=applied + 1):
        with database.transaction():
            for statement in statements(path.read_text("utf-8")):
                database.execute(statement)
            database.execute(f"PRAGMA user_version = {number:d}")
    return len(missing)


def statements(script: str) -> list[str]:
    """A script's statements; a trigger's inner semicolons do not divide it."""
    found: list[str] = []
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if is_whole_statement(pending):
            found.append(pending.strip())
            pending = ""
    return found
