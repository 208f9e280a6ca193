"""Writing a small file so that after any crash it is either the old one or the new one, whole.

- temporary name → write → fsync → rename → fsync of the directory; only then is it acknowledged.
- A temporary name begins with `.` and ends with `.part`; one left by a crash is swept away at the next open.
- `OSError` becomes `Unavailable("store.disk")`: nothing of the old file was lost, trying again is safe.
"""

import errno
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from countersign.errors import CountersignError, Unavailable


@contextmanager
def disk(name: str) -> Iterator[None]:
    """Turns an operating system's error into `Unavailable("store.disk")` that names the file and the reason."""
    try:
        yield
    except OSError as error:
        reason = errno.errorcode.get(error.errno or 0, "unknown")
        raise Unavailable("store.disk", file=name, reason=reason) from error


def write_atomically(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """`path` holds exactly `data`, durably, or keeps what it held. Raises `Unavailable("store.disk")`."""
    temporary = path.with_name(f".{path.name}.part")
    with disk(path.name):
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, mode)
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(handle, view) :]
            os.fsync(handle)
        finally:
            os.close(handle)
        temporary.replace(path)
        sync_directory(path.parent)


def sync_directory(directory: Path) -> None:
    """Makes the names in `directory` durable. Raises OSError; call it inside `disk`."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_directory(directory: Path, *, mode: int = 0o700) -> None:
    """`directory` exists and its name is durable, with every parent that had to be made."""
    with disk(directory.name):
        missing = [path for path in (directory, *directory.parents) if not path.exists()]
        for path in reversed(missing):
            path.mkdir(mode=mode, exist_ok=True)
            sync_directory(path.parent)


@contextmanager
def built_beside(directory: Path, taken: CountersignError) -> Iterator[Path]:
    """A new `directory`, whole or absent: gives the folder beside it that is filled, then renamed into its place.

    Where filling it fails nothing is left beside it.

    Raises `taken` where something stands there that is not an empty folder, `Unavailable("store.disk")`.
    """
    with disk(directory.name):
        if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
            raise taken
        directory = directory.absolute()
        part = directory.with_name(f".{directory.name}.part")
        if part.exists():
            shutil.rmtree(part)
    make_directory(part)
    try:
        yield part
        with disk(directory.name):
            sync_directory(part)
            part.rename(directory)
            sync_directory(directory.parent)
    finally:
        shutil.rmtree(part, ignore_errors=True)  # it is not there any more where it was renamed


def sweep(directory: Path) -> None:
    """Removes temporary files that a crash left behind, at any depth."""
    with disk(directory.name):
        for path in sorted(directory.rglob(".*.part")):
            if path.is_file() and not path.is_symlink():
                path.unlink()


def read_small(path: Path, *, limit: int = 65_536) -> bytes:
    """The bytes of a regular file of at most `limit` bytes. Raises `Unavailable("store.missing-file")`,
    `store.disk`."""
    try:
        # O_NONBLOCK: a named pipe in the file's place must be refused, not waited for.
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            regular = stat.S_ISREG(os.fstat(handle).st_mode)
            data = file.read(limit + 1) if regular else b""
    except FileNotFoundError as error:
        raise Unavailable("store.missing-file", file=path.name) from error
    except OSError as error:
        raise Unavailable("store.disk", file=path.name, reason=errno.errorcode.get(error.errno or 0, "?")) from error
    if not regular:
        raise Unavailable("store.disk", file=path.name, reason="EINVAL")
    if len(data) > limit:
        raise Unavailable("store.disk", file=path.name, reason="EFBIG")
    return data
