"""Files that the command line writes: new ones only, what stands there already stays; whole, or not there at all.

- A place that cannot be written to is found before any work begins: what takes a ceremony is not lost for a file's name.

    with new_file(out) as write:
        write(await work())
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from countersign.errors import Conflict, Unavailable

Write = Callable[[bytes], None]


@contextmanager
def new_file(path: Path) -> Iterator[Write]:
    """A new file, empty until `write` is called, and gone again where nothing was written.

    Conflict("cli.file-exists"), Unavailable("cli.file-unwritten").
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    except FileExistsError:
        raise Conflict("cli.file-exists", path=str(path)) from None
    except OSError as error:
        raise _unwritten(path, error) from None
    whole = False

    def write(data: bytes) -> None:
        nonlocal whole
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(descriptor, view) :]
            os.fsync(descriptor)
        except OSError as error:
            raise _unwritten(path, error) from None
        whole = True

    try:
        yield write
    finally:
        os.close(descriptor)
        if not whole:
            path.unlink(missing_ok=True)


def write_new(path: Path, data: bytes) -> None:
    """A new file with these bytes. Raises as `new_file`."""
    with new_file(path) as write:
        write(data)


def _unwritten(path: Path, error: OSError) -> Unavailable:
    return Unavailable("cli.file-unwritten", path=str(path), why=error.strerror or type(error).__name__)
