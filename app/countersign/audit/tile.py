"""The log as static files: hash tiles and entry bundles.

c2sp.org/tlog-tiles (pinned in docs/formats/log.md).

- A hash tile is up to 256 hashes of height 8·L: `tile/<L>/<N>`, a partial one `tile/<L>/<N>.p/<W>`, W 1..255.
- An entry bundle is up to 256 entries, each with a big-endian u16 length: `tile/entries/<N>[.p/<W>]`.
- N is written in groups of three digits, all but the last led by `x`: 1234067 is `x001/x234/067`.
- A tree of size s has floor(s / 256^L) mod 256 hashes in its partial tile of level L; an empty tile does not exist.

    >>> Tile(0, 1234067, 8).path, Tile(ENTRIES, 0).path
    ('tile/0/x001/x234/067.p/8', 'tile/entries/000')
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from countersign.audit.tree import NodeReader, Tree
from countersign.errors import Malformed
from countersign.formats.merkle import node_hash

HEIGHT = 8
WIDTH = 256
HASH_SIZE = 32
ENTRIES = -1
MAX_ENTRY = 0xFFFF
_PATH = re.compile(
    r"tile/(?P<level>entries|[0-9]|[1-5][0-9]|6[0-3])/(?P<index>(?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?\Z",
    re.ASCII,
)
ReadFile = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Tile:
    """One file: a hash tile of `level` 0..63 or, with level ENTRIES, an entry bundle; `width` 1..256."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """The file's name, relative to the log's folder."""
        groups = [f"{self.index % 1000:03}"]
        rest = self.index // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03}")
            rest //= 1000
        level = "entries" if self.level == ENTRIES else str(self.level)
        return f"tile/{level}/{'/'.join(groups)}" + (f".p/{self.width}" if self.width < WIDTH else "")

    @classmethod
    def parse(cls, path: str) -> "Tile":
        """The tile a path names; only the one spelling counts. Malformed(audit.tile-path)."""
        match = _PATH.match(path)
        if not match:
            raise Malformed("audit.tile-path", path=path[:80])
        level = ENTRIES if match["level"] == "entries" else int(match["level"])
        tile = cls(level, int(match["index"].replace("/", "").replace("x", "")), int(match["width"] or WIDTH))
        if tile.path != path:
            raise Malformed("audit.tile-path", path=path[:80])
        return tile


def tiles(size: int, since: int = 0) -> Iterator[Tile]:
    """Every tile and bundle of a log of `size` entries that a log of `since` entries did not have."""
    yield from _row(ENTRIES, size, since)
    level = 0
    while size >> (HEIGHT * level):
        yield from _row(level, size >> (HEIGHT * level), since >> (HEIGHT * level))
        level += 1


def _row(level: int, count: int, since: int) -> Iterator[Tile]:
    if count == since:
        return
    for index in range(since // WIDTH, count // WIDTH):
        yield Tile(level, index)
    if count % WIDTH:
        yield Tile(level, count // WIDTH, count % WIDTH)


def hash_tile(tree: Tree, tile: Tile) -> bytes:
    """The bytes of a hash tile, from a tree that has it."""
    start = tile.index * WIDTH
    return tree.nodes(HEIGHT * tile.level, start, start + tile.width)


def bundle(entries: Iterable[bytes]) -> bytes:
    """The bytes of an entry bundle: each entry behind its u16 length. Malformed(audit.entry-too-long)."""
    parts = []
    for entry in entries:
        if len(entry) > MAX_ENTRY:
            raise Malformed("audit.entry-too-long", length=len(entry))
        parts.append(len(entry).to_bytes(2, "big") + entry)
    return b"".join(parts)


def parse_bundle(data: bytes, width: int) -> tuple[bytes, ...]:
    """The `width` entries of a bundle, and nothing behind them. Malformed(audit.bundle)."""
    entries: list[bytes] = []
    offset = 0
    while offset < len(data) and len(entries) < width:
        end = offset + 2 + int.from_bytes(data[offset : offset + 2], "big")
        if offset + 2 > len(data) or end > len(data):
            raise Malformed("audit.bundle", expected=width)
        entries.append(data[offset + 2 : end])
        offset = end
    if len(entries) != width or offset != len(data):
        raise Malformed("audit.bundle", expected=width)
    return tuple(entries)


def node_reader(read: ReadFile, size: int) -> NodeReader:
    """Nodes of the tree of `size` leaves, read from its tiles: each file once. Malformed(audit.tile-length).

    `read(path)` gives a file's bytes and raises what it likes when there is none. Nothing read is trusted: a proof
    made from it is verified against a root.
    """
    known: dict[tuple[int, int], bytes] = {}

    def load(level: int, index: int) -> bytes:
        if (level, index) not in known:
            tile = Tile(level, index, min(WIDTH, (size >> (HEIGHT * level)) - index * WIDTH))
            data = read(tile.path)
            if len(data) != tile.width * HASH_SIZE:
                raise Malformed("audit.tile-length", path=tile.path)
            known[level, index] = data
        return known[level, index]

    def node(height: int, index: int) -> bytes:
        level, above = divmod(height, HEIGHT)
        if (index + 1) << height > size:
            raise LookupError((height, index))
        first = index << above
        data = load(level, first // WIDTH)
        offset = first % WIDTH * HASH_SIZE
        row = [data[at : at + HASH_SIZE] for at in range(offset, offset + (HASH_SIZE << above), HASH_SIZE)]
        while len(row) > 1:
            row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
        return row[0]

    return node
