"""CompactSize: Bitcoin's variable-length integer, minimal encodings only.

- below 253: one byte; `fd` + 2, `fe` + 4, `ff` + 8 bytes little-endian;
- a longer spelling of a smaller number is refused (B2): there is one spelling for each number;
- reading never allocates: a count is only a number until the caller has compared it with what is left.

    >>> encode(252).hex(), encode(253).hex()
    ('fc', 'fdfd00')
"""

from countersign.errors import Malformed

WIDE = 253
"""The first byte from which more follow: below it, the byte is the number."""
_WIDTHS = {253: (2, 253), 254: (4, 1 << 16), 255: (8, 1 << 32)}


_ONE_BYTE = tuple(bytes((number,)) for number in range(WIDE))


def encode(number: int) -> bytes:
    """The minimal spelling of `number`, 0 ≤ number < 2^64."""
    if number < WIDE:
        return _ONE_BYTE[number]
    if number < 1 << 16:
        return b"\xfd" + number.to_bytes(2, "little")
    if number < 1 << 32:
        return b"\xfe" + number.to_bytes(4, "little")
    return b"\xff" + number.to_bytes(8, "little")


def size(number: int) -> int:
    """How many bytes `encode(number)` has."""
    return 1 if number < 253 else 3 if number < 1 << 16 else 5 if number < 1 << 32 else 9


def read(data: bytes, at: int) -> tuple[int, int]:
    """The number at offset `at` and the offset behind it. Malformed: B2.truncated, B2.compact-size."""
    try:
        first = data[at]
    except IndexError:
        raise Malformed("B2.truncated", offset=at) from None
    if first < WIDE:
        return first, at + 1
    width, least = _WIDTHS[first]
    end = at + 1 + width
    if end > len(data):
        raise Malformed("B2.truncated", offset=at)
    number = int.from_bytes(data[at + 1 : end], "little")
    if number < least:
        raise Malformed("B2.compact-size", offset=at)
    return number, end


def read_bytes(data: bytes, at: int) -> tuple[bytes, int]:
    """A length and that many bytes at offset `at`, and the offset behind them. Malformed: as `read`."""
    length, at = read(data, at)
    end = at + length
    if end > len(data):
        raise Malformed("B2.truncated", offset=at)
    return data[at:end], end
