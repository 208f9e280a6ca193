"""Files that the command line writes: new ones only, what stands there already stays."""

from pathlib import Path

from countersign.errors import Conflict, Unavailable


def write_new(path: Path, data: bytes) -> None:
    """A new file. Conflict("cli.file-exists"), Unavailable("cli.file-unwritten")."""
    try:
        with path.open("xb") as stream:
            stream.write(data)
    except FileExistsError:
        raise Conflict("cli.file-exists", path=str(path)) from None
    except OSError as error:
        raise Unavailable("cli.file-unwritten", path=str(path), why=error.strerror or type(error).__name__) from None
