"""Files and folders from the command line, within bounds: whole, regular, and read once.

- A file that is absent, is no regular file, or is too large counts as not parsing: named, exit 2, never a traceback.
- A folder's files are named relative to it with forward slashes; a link, a pipe or a device in it is refused by name.
"""

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from countersign.errors import Malformed

FILE_LIMIT = 288 * 1024 * 1024
FOLDER_LIMIT = 1024 * 1024 * 1024
FOLDER_FILES = 50_000


def read_file(path: Path, limit: int = FILE_LIMIT) -> bytes:
    """A regular file's bytes. Malformed("cli.file-absent" | "cli.file-kind" | "cli.file-too-large")."""
    try:
        # O_NONBLOCK: a named pipe must be refused, not waited for.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise Malformed("cli.file-absent", path=str(path), why=error.strerror or type(error).__name__) from None
    except ValueError:
        raise Malformed("cli.file-kind", path=str(path)) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Malformed("cli.file-kind", path=str(path))
    with os.fdopen(descriptor, "rb") as stream:
        try:
            data = stream.read(limit + 1)
        except OSError as error:
            raise Malformed("cli.file-absent", path=str(path), why=error.strerror or type(error).__name__) from None
    if len(data) > limit:
        raise Malformed("cli.file-too-large", path=str(path), limit=limit)
    return data


def read_folder(folder: Path) -> dict[str, bytes]:
    """Every file below a folder. Malformed as `read_file`, or "cli.folder-too-large"."""
    found: dict[str, bytes] = {}
    total = 0
    for path in sorted(_below(folder)):
        data = read_file(path)
        total += len(data)
        if len(found) >= FOLDER_FILES or total > FOLDER_LIMIT:
            raise Malformed("cli.folder-too-large", path=str(folder), limit=FOLDER_LIMIT)
        found[path.relative_to(folder).as_posix()] = data
    return found


def read_batch(paths: Iterable[Path]) -> dict[str, bytes]:
    """Every file of these, and every file below those that are folders, by its path. Malformed as the others."""
    found: dict[str, bytes] = {}
    for path in paths:
        if path.is_dir():
            found |= {str(path / name): data for name, data in read_folder(path).items()}
        else:
            found[str(path)] = read_file(path)
    return found


def _below(folder: Path) -> list[Path]:
    """Regular files only; anything else is refused before it is opened."""
    found = []
    for where, folders, names in os.walk(folder, followlinks=False, onerror=_unreadable):
        for name in (*names, *folders):
            path = Path(where) / name
            mode = path.lstat().st_mode
            if stat.S_ISREG(mode):
                found.append(path)
            elif not stat.S_ISDIR(mode):
                raise Malformed("cli.file-kind", path=str(path))
    return found


def _unreadable(error: OSError) -> None:
    raise Malformed("cli.file-absent", path=str(error.filename), why=error.strerror or type(error).__name__)
