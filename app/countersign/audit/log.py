"""The log itself, in memory: entries in, files out.

DESIGN.md §5 (Log), c2sp.org/tlog-tiles. Whoever keeps the log asks for the files that changed, writes them durably,
and publishes the checkpoint last.

- An entry is bytes of at most 65,535; ours are the 32-byte commitments of `leaf`.
- `files(since)` gives every tile and bundle that a log of `since` entries did not have, whole and partial, by path.
- A log read back from files is verified against its checkpoint: every file is rebuilt and compared (`verify_files`).

    >>> log = Log("example.com/log")
    >>> log.append(b"one")
    0
    >>> sorted(log.files())
    ['tile/0/000.p/1', 'tile/entries/000.p/1']
"""

from array import array
from collections.abc import Iterable

from countersign.audit import tile
from countersign.audit.checkpoint import Checkpoint
from countersign.audit.tile import ENTRIES, ReadFile, Tile
from countersign.audit.tree import Tree
from countersign.errors import Refused
from countersign.formats.merkle import leaf_hash


class Log:
    """A growing log under one origin."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.tree = Tree()
        self._bundles = bytearray()
        self._starts = array("Q")

    @property
    def size(self) -> int:
        """How many entries."""
        return self.tree.size

    def copy(self) -> "Log":
        """A log of the same entries that grows by itself: no hash is computed again."""
        found = Log(self.origin)
        found.tree = self.tree.copy()
        found._bundles, found._starts = bytearray(self._bundles), self._starts[:]
        return found

    def append(self, entry: bytes) -> int:
        """Add one entry; returns its index. Malformed(audit.entry-too-long)."""
        self.extend((entry,))
        return self.size - 1

    def extend(self, entries: Iterable[bytes]) -> None:
        """Add entries in order. Malformed(audit.entry-too-long), with nothing of that bundle added."""
        batch: list[bytes] = []
        room = tile.WIDTH - self.size % tile.WIDTH
        for entry in entries:
            batch.append(entry)
            if len(batch) == room:
                self._extend_bundle(batch)
                batch, room = [], tile.WIDTH
        if batch:
            self._extend_bundle(batch)

    def _extend_bundle(self, entries: list[bytes]) -> None:
        data = tile.bundle(entries)
        if self.size % tile.WIDTH == 0:
            self._starts.append(len(self._bundles))
        self._bundles += data
        self.tree.extend(map(leaf_hash, entries))

    def checkpoint(self) -> Checkpoint:
        """The head now, to be signed by the log's key."""
        return Checkpoint(self.origin, self.size, self.tree.root())

    def file(self, wanted: Tile) -> bytes:
        """The bytes of a tile or bundle of the log as it is now (the last bundle at its present width)."""
        if wanted.level != ENTRIES:
            return tile.hash_tile(self.tree, wanted)
        end = self._starts[wanted.index + 1] if wanted.index + 1 < len(self._starts) else len(self._bundles)
        return bytes(self._bundles[self._starts[wanted.index] : end])

    def files(self, since: int = 0) -> dict[str, bytes]:
        """Path and bytes of every file that a log of `since` entries did not have."""
        return {wanted.path: self.file(wanted) for wanted in tile.tiles(self.size, since)}

    @classmethod
    def restore(cls, origin: str, size: int, read: ReadFile) -> "Log":
        """The log of `size` entries from its bundles. Malformed(audit.bundle); what `read` raises."""
        log = cls(origin)
        for wanted in tile.tiles(size):
            if wanted.level == ENTRIES:
                log.extend(tile.parse_bundle(read(wanted.path), wanted.width))
        return log


def verify_files(head: Checkpoint, read: ReadFile) -> Log:
    """The log behind a checkpoint, after every one of its files was read, rebuilt and compared.

    Refused(audit.file-differs) names the first file that is not what the entries imply; Refused(L3.log-root) where the
    entries do not lead to the checkpoint's root; Malformed(audit.bundle).
    """
    log = Log.restore(head.origin, head.size, read)
    for wanted in tile.tiles(head.size):
        if read(wanted.path) != log.file(wanted):
            raise Refused("audit.file-differs", path=wanted.path)
    if log.tree.root() != head.root:
        raise Refused("L3.log-root", size=head.size)
    return log
