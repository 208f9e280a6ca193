"""Inputs made to cost as much as they can for their size: very deep, very wide, very many, very long.

    WORST["psbt"](1 << 16)                               # [(what it is, at most about 64 KiB), …]

- Each is as large as it is told to be, so that the same kinds are measured small every day and at a parser's own limit by
  command and in the run marked `long`.
"""

import struct
import zlib
from collections.abc import Callable

from countersign.bitcoin import compact_size, layout, psbt
from countersign.bitcoin.psbt import reading
from countersign.desk import stored_zip
from countersign.formats import cbor, jcs

Kinds = list[tuple[str, bytes]]


def filled(piece: bytes, size: int, head: bytes = b"", tail: bytes = b"") -> bytes:
    """`head`, as many pieces as fit, `tail`."""
    return head + piece * max(0, (size - len(head) - len(tail)) // len(piece)) + tail


def json(size: int) -> Kinds:
    """Whatever JSON has the most values for its bytes."""
    keys = b",".join(b'"%d":0' % number for number in range(size // 9))
    return [
        ("empty arrays", filled(b"[],", size, b"[", b"0]")),
        ("empty objects", filled(b"{},", size, b"[", b"0]")),
        ("deep arrays", filled(b"[" * 15 + b"]" * 15 + b",", size, b"[", b"0]")),
        ("digits", filled(b"0,", size, b"[", b"0]")),
        ("keys", b"{" + keys + b"}"),
        ("open brackets", b"[" * size),
        ("quotes", b'"' * size),
        ("escapes", filled(b"\\u00e9", size, b'"', b'"')),
        ("surrogates", filled(b"\\ud83d\\ude00", size, b'"', b'"')),
        ("backslashes", filled(b"\\", size, b'"')),
        ("one number", b"9" * size),
    ]


def cbor_kinds(size: int) -> Kinds:
    """The same for CBOR, as many items as it admits."""
    count = min(size - 5, cbor.ITEMS - 2)
    head = b"\x9a" + count.to_bytes(4) if count > 0xFFFF else b"\x99" + count.to_bytes(2)
    entries = min((size - 5) // 4, cbor.ITEMS // 2 - 1)
    keys = b"".join(b"\x19" + number.to_bytes(2) + b"\x00" for number in range(256, min(entries, 60_000)))
    return [
        ("empty arrays", head + b"\x80" * count),
        ("empty maps", head + b"\xa0" * count),
        ("empty texts", head + b"\x60" * count),
        ("one-letter texts", head[:1] + (count // 2).to_bytes(len(head) - 1) + b"\x61a" * (count // 2)),
        ("many keys", b"\xb9" + (len(keys) // 4).to_bytes(2) + keys),
        ("a length that is not there", b"\x9b" + b"\xff" * 8 + bytes(size - 9)),
        ("deep", b"\x81" * size),
    ]


def transactions(size: int) -> Kinds:
    """Bitcoin transactions of many small things."""
    outpoint, close = bytes(36), b"\xff\xff\xff\xff"
    inputs, outputs, items = (min(layout.MAX_PIECES, max(1, (size - 80) // each)) for each in (41, 9, 1))
    one_in, one_out = b"\x01" + outpoint + b"\x00" + close, b"\x01" + bytes(8) + b"\x00"
    many_in = compact_size.encode(inputs) + (outpoint + b"\x00" + close) * inputs
    many_out = compact_size.encode(outputs) + bytes(9) * outputs
    witness = compact_size.encode(items) + b"\x00" * items
    version, lock = b"\x02\0\0\0", bytes(4)
    return [
        ("inputs", version + many_in + one_out + lock),
        ("outputs", version + one_in + many_out + lock),
        ("witness items", version + b"\x00\x01" + one_in + one_out + witness + lock),
        ("a count that is not there", version + b"\xff" + b"\xff" * 8 + bytes(size)),
    ]


def psbts(size: int) -> Kinds:
    """PSBTs of one input whose map, or whose parent, holds very many things; and of many inputs."""
    unsigned = b"\x02\0\0\0" + b"\x01" + bytes(36) + b"\x00" + b"\xff" * 4 + b"\x01" + bytes(8) + b"\x00" + bytes(4)
    start = b"psbt\xff" + _field(b"\x00", unsigned) + b"\x00"
    count = min((size - 150) // 6, reading.MAX_FIELDS - 5)
    fields = b"".join(_field(b"\x70" + number.to_bytes(3), b"") for number in range(count))
    made = [("fields", start + fields + b"\x00\x00")]
    for name, parent in transactions(size - 160):
        made.append((f"a parent's {name}", start + _field(b"\x00", parent) + b"\x00\x00"))
    inputs = min(layout.MAX_PIECES, (size - 60) // 42)
    counted = compact_size.encode(inputs) + b"".join(
        number.to_bytes(36) + b"\x00" + b"\xff" * 4 for number in range(inputs)
    )
    wide = b"\x02\0\0\0" + counted + b"\x01" + bytes(8) + b"\x00" + bytes(4)
    made.append(("many parents", _many_parents(size)))
    made.append(("inputs", b"psbt\xff" + _field(b"\x00", wide) + b"\x00" + b"\x00" * (inputs + 1)))
    return made


def _many_parents(size: int) -> bytes:
    """Inputs that each carry another parent, each with as many outputs as the whole may have between them."""
    outputs = max(1, min(size // 20, 50_000))
    count = max(1, min((size - 200) // (9 * outputs + 120), reading.MAX_PARENT_OUTPUTS // outputs))
    coins = b"".join(number.to_bytes(36) + b"\x00" + b"\xff" * 4 for number in range(count))
    unsigned = b"\x02\0\0\0" + compact_size.encode(count) + coins + b"\x01" + bytes(13)
    body = b"\x02\0\0\0\x01" + bytes(36) + b"\x00" + b"\xff" * 4 + compact_size.encode(outputs) + bytes(9) * outputs
    maps = [_field(b"\x00", body + number.to_bytes(4)) + b"\x00" for number in range(count)]
    return b"psbt\xff" + _field(b"\x00", unsigned) + b"\x00" + b"".join(maps) + b"\x00"


def _field(key: bytes, value: bytes) -> bytes:
    return compact_size.encode(len(key)) + key + compact_size.encode(len(value)) + value


def texts(size: int) -> Kinds:
    """Plain lines, letters and digits."""
    return [
        ("lines", b"\n" * size),
        ("blank signature lines", filled("— a AAAAAAA=\n".encode(), size, b"a\n1\nAA==\n\n")),
        ("one letter", b"a" * size),
        ("commas", b"," * size),
        ("slashes", b"/" * size),
        ("zeros", b"0" * size),
        ("spaces", b" " * size),
        ("combining marks", "\u0301".encode() * (size // 2)),
    ]


def descriptors(size: int) -> Kinds:
    """Descriptors of very many keys, very long paths, very deep forms."""
    key = b"02" + b"11" * 32
    return [
        ("keys", filled(b"," + key, size, b"wsh(sortedmulti(1", b"))#aaaaaaaa")),
        ("path", filled(b"/0", size, b"wsh(sortedmulti(1,[01234567", b"]" + key + b"))#aaaaaaaa")),
        ("forms", filled(b"sh(", size, b"", b"#aaaaaaaa")),
        ("one letter", filled(b"a", size, b"", b"#aaaaaaaa")),
        ("lines", filled(b"\n", size)),
    ]


def archives(size: int) -> Kinds:
    """Zip files of very many empty files, and of one local header after another."""
    each = 4 + stored_zip.LOCAL.size + stored_zip.CENTRAL.size + 8
    files = {f"{number:04x}": b"" for number in range(min(size // each, stored_zip.MAX_ENTRIES))}
    header = stored_zip.LOCAL.pack(b"PK\3\4", 20, 0, 0, 0, 33, zlib.crc32(b""), 0, 0, 1, 0) + b"a"
    return [("empty files", stored_zip.pack(files)), ("the same file", filled(header, size))]


def calls(size: int) -> Kinds:
    """Ethereum call data of very many words, and lengths that lead beyond it."""
    words = (size - 4) // 32
    return [
        ("words", b"\x8d\x80\xff\x0a" + bytes(31) + b"\x20" + words.to_bytes(32) + bytes(32 * (words - 2))),
        ("far away", b"\x6a\x76\x12\x02" + b"\xff" * (32 * words)),
        ("signatures", b"\x01" * (size // 65 * 65)),
    ]


def urs(size: int) -> Kinds:
    """UR texts and parts."""
    part = cbor.encode([5000, 4096, 4096, 0, b"a"])
    return [
        ("bytewords", b"ur:psbt/" + b"ae" * (size // 2)),
        ("lines", filled(b"ur:psbt/1-2/ae\n", size)),
        ("part", part),
        ("letters", b"ur:" + b"a" * size),
    ]


def snapshots(size: int) -> Kinds:
    """Bytes after a snapshot's own head."""
    from countersign.settlement import snapshot

    head = snapshot.MAGIC + snapshot.schema()
    return [
        ("zeros", head + bytes(size)),
        ("ones", head + b"\x00\x00\x00\x01" * (size // 4)),
        ("full", head + b"\xff" * size),
    ]


def mappings(size: int) -> Kinds:
    """Canonical JSON of the forms that hold lists of things with names."""
    count = size // 90
    heads = {f"log.example/{number:06}": {"root": "00" * 32, "size": 1} for number in range(count)}
    return [
        ("heads", jcs.encode({"heads": heads, "time": 1})),
        ("files", jcs.encode({"files": {f"{number:06}": "00" * 32 for number in range(count)}})),
        ("payload", jcs.encode({"payload": "A" * size, "signatures": []})),
    ]


def bundles(size: int) -> Kinds:
    """Entry bundles of empty entries."""
    return [("empty entries", b"\xff" + bytes(2 * 255)), ("too many", b"\xff" + bytes(size))]


def struct_lengths(size: int) -> Kinds:
    """Announced lengths that nothing keeps."""
    return [("lengths", struct.pack(">I", 0xFFFFFFFF) * (size // 4)), ("bytes", bytes(size))]


ANY: tuple[Callable[[int], Kinds], ...] = (json, cbor_kinds, texts, struct_lengths)
"""What every target is given."""
OF_TARGET: dict[str, Callable[[int], Kinds]] = {
    "json": json,
    "cbor": cbor_kinds,
    "note": texts,
    "trade-file": texts,
    "transaction": transactions,
    "transaction-unsigned": transactions,
    "parent": transactions,
    "spend": transactions,
    "psbt": psbts,
    "psbt-bip174": psbts,
    "psbt-share": psbts,
    "psbt-finalise": psbts,
    "descriptor": descriptors,
    "descriptor-checksum": descriptors,
    "vault": descriptors,
    "zip": archives,
    "evidence-pack": archives,
    "extract": archives,
    "multisend": calls,
    "exec-transaction": calls,
    "safe-call": calls,
    "signature-blob": calls,
    "ur": urs,
    "ur-scan": urs,
    "snapshot": snapshots,
    "witness-state": mappings,
    "result": mappings,
    "event": mappings,
    "contract": mappings,
    "bundle": bundles,
}


MIB = 1 << 20
LIMITS = {
    **dict.fromkeys(
        ("json", "json-canonical", "jws", "contract", "terms", "event", "event-body", "proposal"), 256 << 10
    ),
    **dict.fromkeys(("psbt", "psbt-bip174", "psbt-share", "psbt-finalise"), psbt.MAX_BYTES),
    **dict.fromkeys(("transaction", "transaction-unsigned", "parent", "spend"), layout.MAX_SIZE),
    **dict.fromkeys(("cbor", "cose", "envelope", "envelope-map", "envelope-body", "envelope-sealed"), 4 * MIB),
    **dict.fromkeys(
        ("result", "jwks", "zip", "extract", "evidence-pack", "any-file", "snapshot", "trade-file"), 4 * MIB
    ),
    **dict.fromkeys(("five-bits", "bech32", "segwit", "address", "script", "multisig"), 4_096),
    **dict.fromkeys(("picture-wire", "painter-wire", "pkcs11-wire", "json-rpc", "descriptor", "vault", "ur-scan"), MIB),
}
"""How many bytes reach a parser at most in one piece, where that is not a quarter of a mebibyte; what is larger than a
parser's own limit shows that the limit comes first."""


def at_limit(name: str) -> Kinds:
    """The worst kinds for a target as large as they can come."""
    return worst(name, LIMITS.get(name, MIB // 4))


def worst(name: str, size: int) -> Kinds:
    """The worst kinds for a target: its own, and those that all are given."""
    return own(name, size) + [each for kinds in ANY for each in kinds(size)]


def own(name: str, size: int) -> Kinds:
    """Those that are made for this target; none for most."""
    kinds = OF_TARGET.get(name)
    return kinds(size) if kinds else []
