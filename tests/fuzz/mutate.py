"""A few changes to real bytes, from a seeded generator: what the everyday run tries without a fuzzer."""

import random

FRAGMENTS = [
    b"\xff" * 9, b"\0", b"\x7f\xff\xff\xff", b"\xfd\xff\xff", b"\xfe\xff\xff\xff\xff", b"[", b"{", b'"', b"\\ud800",
    b"1e3", b"-0", b"\xe2\x84\xaa", b"\xef\xbb\xbf", b"9" * 40, b"null", b"true", b'""', b"\n", b"\x9f", b"\x9b" + b"\xff" * 8,
    b"\xf9\x7e\x00", b"-1", b"\xc2\x85", b"0x", b"%ff", b"\xd8\x2a", b"1e99999999999999999999", b"\xff\xfe", b"x000/" * 1_000,
]  # fmt: skip


def bent(chance: random.Random, seed: bytes) -> bytes:
    """Bits, pieces, lengths, foreign fragments: one to five of them."""
    found = bytearray(seed)
    for _ in range(chance.choice((1, 1, 2, 5))):
        at, length = chance.randrange(len(found) + 1), chance.choice((1, 2, 8, 60, 400))
        match chance.randrange(6):
            case 0 if found:
                found[at % len(found)] ^= 1 << chance.randrange(8)
            case 1:
                found[at:at] = chance.choice(FRAGMENTS)
            case 2:
                del found[at : at + length]
            case 3:
                found[at:at] = found[at : at + length]
            case 4:
                piece = chance.choice(FRAGMENTS)
                found[at : at + len(piece)] = piece
            case _:
                del found[at:]
    return bytes(found)
