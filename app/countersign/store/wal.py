"""Which pages a write-ahead log holds: a reader of SQLite's WAL file that trusts nothing and writes nothing.

Implements "The Write-Ahead Log" of the SQLite file format (sqlite.org/fileformat2.html#walformat). SQLCipher encrypts
the pages, not the frame headers, so page numbers and checksums can be read without the key.

- A crash in the middle of a checkpoint may leave a half-written page in the database file; the WAL still holds that
  page whole, and SQLite will write it again. Such a page is not damage. A bad page that the WAL does not hold is.
- Frames count up to the last commit whose checksums, chained from the header, all hold, and no further.

    header 32 bytes: magic, version, page size, checkpoint number, salt 1, salt 2, checksum 1, checksum 2
    frame 24 bytes + page: page number, database size after commit (0: not a commit), salt 1, salt 2, checksum 1,
    checksum 2
"""

import struct
from dataclasses import dataclass

MAGIC_LITTLE = 0x377F0682
MAGIC_BIG = 0x377F0683
HEADER = 32
FRAME = 24


@dataclass(frozen=True, slots=True)
class WalContents:
    """`pages`: page numbers held up to the last whole commit. `torn`: frames of this generation lie behind it."""

    pages: frozenset[int]
    torn: bool


NOTHING = WalContents(frozenset(), torn=False)


def contents(data: bytes) -> WalContents:
    """Reads a WAL file's bytes. Anything unusable is simply not there: never raises."""
    if len(data) < HEADER:
        return WalContents(frozenset(), torn=bool(data))
    magic, _, page_size, _, salt_1, salt_2, sum_1, sum_2 = struct.unpack(">8I", data[:HEADER])
    if magic not in (MAGIC_LITTLE, MAGIC_BIG) or not 512 <= page_size <= 65_536 or page_size % 8:
        return WalContents(frozenset(), torn=True)
    order = "<" if magic == MAGIC_LITTLE else ">"
    state = _checksum(data[:24], (0, 0), order)
    if state != (sum_1, sum_2):
        return WalContents(frozenset(), torn=True)
    committed: set[int] = set()
    pending: set[int] = set()
    position = HEADER
    while position + FRAME + page_size <= len(data):
        page, size, frame_1, frame_2, sum_1, sum_2 = struct.unpack(">6I", data[position : position + FRAME])
        body = data[position + FRAME : position + FRAME + page_size]
        state = _checksum(body, _checksum(data[position : position + 8], state, order), order)
        if (frame_1, frame_2) != (salt_1, salt_2) or state != (sum_1, sum_2) or page == 0:
            break
        pending.add(page)
        if size:
            committed |= pending
            pending = set()
        position += FRAME + page_size
    salts = struct.pack(">2I", salt_1, salt_2)
    behind = range(position, len(data) - 15, FRAME + page_size)
    torn = bool(pending) or any(data[frame + 8 : frame + 16] == salts for frame in behind)
    return WalContents(frozenset(committed), torn)


def _checksum(data: bytes, state: tuple[int, int], order: str) -> tuple[int, int]:
    """SQLite's running checksum over 8-byte steps, in the byte order that the magic number names."""
    first, second = state
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for even, odd in zip(words[::2], words[1::2], strict=True):
        first = (first + even + second) & 0xFFFFFFFF
        second = (second + odd + first) & 0xFFFFFFFF
    return first, second
