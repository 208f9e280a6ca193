"""The log's static files: tiles, entry bundles and the checkpoint under one directory (c2sp.org/tlog-tiles).

- Paths are the document's own and nothing else: `checkpoint`, `tile/<L>/<N>[.p/<W>]`, `tile/entries/<N>[.p/<W>]`.
- A tile never changes: the same bytes again are made durable again, other bytes under its name are a `Conflict`.
- `checkpoint` is written last, after everything it commits to is durable, so a reader never sees a head without its
  tiles.
- Each file is written beside its place, fsynced and renamed: a crash leaves whole files only.

    files.write([("tile/0/000.p/3", hashes), ("tile/entries/000.p/3", entries), ("checkpoint", note)])
"""

from collections.abc import Sequence
from pathlib import Path

from countersign.audit.tile import Tile
from countersign.errors import Conflict, Malformed, Unavailable
from countersign.store.durable import disk, make_directory, read_small, sweep, sync_directory, write_atomically

CHECKPOINT = "checkpoint"
LIMIT = 256 * (65_535 + 2)


class TileFiles:
    """One log's directory. Satisfies `desk.ports.TileStore`. Made writable, it sweeps away what a crash left
    half-written."""

    def __init__(self, directory: Path, *, writable: bool = True) -> None:
        self._directory = directory
        self._writable = writable
        if writable:
            make_directory(directory)
            sweep(directory)

    def write(self, files: Sequence[tuple[str, bytes]]) -> None:
        """Writes all files durably, `checkpoint` last. Raises `Malformed("store.tile-path")`,
        `Conflict("store.other-tile")`, `Unavailable("store.disk")`, `Unavailable("store.read-only-log")`."""
        if not self._writable:
            raise Unavailable("store.read-only-log")
        places = [(self._place(path), path, data) for path, data in files]
        for place, path, data in places:
            if path != CHECKPOINT:
                self._write_tile(place, path, data)
        for place, path, data in places:
            if path == CHECKPOINT:
                write_atomically(place, data, mode=0o644)

    def read(self, path: str) -> bytes:
        """One file's bytes. Raises `Unavailable("store.missing-file")`, `Malformed("store.tile-path")`."""
        return read_small(self._place(path), limit=LIMIT)

    def paths(self) -> tuple[str, ...]:
        """Every file of the log here, sorted."""
        found = (path.relative_to(self._directory).as_posix() for path in self._directory.rglob("*") if path.is_file())
        return tuple(sorted(path for path in found if _named(path)))

    def _place(self, path: str) -> Path:
        if not _named(path):
            raise Malformed("store.tile-path", path=path[:80])
        return self._directory / path

    def _write_tile(self, place: Path, path: str, data: bytes) -> None:
        make_directory(place.parent)
        if not place.exists():
            write_atomically(place, data, mode=0o644)
            return
        if read_small(place, limit=LIMIT) != data:
            raise Conflict("store.other-tile", path=path)
        with disk(place.name):
            sync_directory(place.parent)


def _named(path: str) -> bool:
    """Whether this is a path of the log's own layout."""
    if path == CHECKPOINT:
        return True
    try:
        Tile.parse(path)
    except Malformed:
        return False
    return True
