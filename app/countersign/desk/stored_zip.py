"""A zip archive with one spelling: sorted names, stored bytes, no dates; read strictly, written the same every time.

PKWARE APPNOTE 6.3.10, narrowed until `pack(unpack(data)) == data`. docs/formats/evidence.md.

- Every entry is stored, not compressed: an archive cannot be larger unpacked than packed, so there are no bombs.
- Names are lower-case letters, digits, `.`, `-`, `/`, relative, without empty or dotted parts; they ascend, each once.
- No encryption, comments, extra fields, directories, data descriptors or zip64; dates are 1980-01-01.
- The reader walks the local headers, then packs what it found and compares: whatever else the archive says is refused.

    >>> unpack(pack({"a": b"1", "b/c": b""}))
    {'a': b'1', 'b/c': b''}
"""

import re
import struct
import zlib
from collections.abc import Mapping

from countersign.errors import Malformed

MAX_BYTES = 256 * 1024 * 1024
MAX_ENTRIES = 50_000
LOCAL = struct.Struct("<4s5H3I2H")
CENTRAL = struct.Struct("<4s6H3I5H2I")
END = struct.Struct("<4s4H2IH")
_VERSION, _DATE, _STORED, _ENCRYPTED = 20, 0x21, 0, 1
_NAME = re.compile(r"[a-z0-9-][a-z0-9.-]*(?:/[a-z0-9-][a-z0-9.-]*)*\Z", re.ASCII)


def pack(files: Mapping[str, bytes]) -> bytes:
    """The archive of these files. Malformed("desk.pack-name" | "desk.pack-too-large")."""
    if len(files) > MAX_ENTRIES or sum(map(len, files.values())) > MAX_BYTES:
        raise Malformed("desk.pack-too-large", limit=MAX_BYTES)
    body, directory = bytearray(), bytearray()
    for name in sorted(files):
        data, spelled = files[name], _checked(name).encode("ascii")
        common = (_STORED, 0, _DATE, zlib.crc32(data), len(data), len(data), len(spelled), 0)
        directory += CENTRAL.pack(b"PK\1\2", _VERSION, _VERSION, 0, *common, 0, 0, 0, 0, len(body)) + spelled
        body += LOCAL.pack(b"PK\3\4", _VERSION, 0, *common) + spelled + data
    end = END.pack(b"PK\5\6", 0, 0, len(files), len(files), len(directory), len(body), 0)
    return bytes(body + directory + end)


def unpack(data: bytes) -> dict[str, bytes]:
    """The files of an archive, by name. Malformed("desk.pack-…"), naming what is wrong with it."""
    if len(data) > MAX_BYTES + MAX_ENTRIES * 256:
        raise Malformed("desk.pack-too-large", limit=MAX_BYTES)
    files: dict[str, bytes] = {}
    place = 0
    while data[place : place + 4] == b"PK\3\4":
        name, content, place = _entry(data, place)
        if name in files:
            raise Malformed("desk.pack-duplicate", name=name)
        if files and name < next(reversed(files)):
            raise Malformed("desk.pack-unsorted", name=name)
        files[name] = content
        if len(files) > MAX_ENTRIES:
            raise Malformed("desk.pack-too-large", limit=MAX_BYTES)
    if pack(files) != data:
        raise Malformed("desk.pack-form")
    return files


def _entry(data: bytes, place: int) -> tuple[str, bytes, int]:
    """One file behind its local header, and where the next header begins."""
    start = place + LOCAL.size
    if start > len(data):
        raise Malformed("desk.pack-truncated")
    _, _, flags, method, _, _, checksum, packed, size, length, extra = LOCAL.unpack_from(data, place)
    name = _checked(data[start : start + length].decode("latin-1"))
    if flags & _ENCRYPTED:
        raise Malformed("desk.pack-encrypted", name=name)
    if method != _STORED or packed != size:
        raise Malformed("desk.pack-compressed", name=name)
    if flags or extra:
        raise Malformed("desk.pack-form")
    start += length
    content = data[start : start + size]
    if len(content) != size:
        raise Malformed("desk.pack-truncated")
    if zlib.crc32(content) != checksum:
        raise Malformed("desk.pack-checksum", name=name)
    return name, content, start + size


def _checked(name: str) -> str:
    if len(name) > 200 or not _NAME.match(name):
        raise Malformed("desk.pack-name", name=name[:80])
    return name
