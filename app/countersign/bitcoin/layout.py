"""Where everything lies in a serialised transaction, found in one strict pass and without copying.

Implements the serialisation of BIP-144 (witness) and of the original protocol:
version 4 | [00 01] | inputs | outputs | [witnesses] | locktime 4.

- minimal CompactSize, nothing truncated, no trailing bytes;
- the witness form is used if and only if some witness is not empty (Bitcoin Core refuses a superfluous one, too);
- a count is compared with the bytes left, and with what a block can hold, before anything is built from it: a parent of a
  coin comes from strangers, and sixteen megabytes of empty witness items would take gigabytes.

    >>> scan(bytes.fromhex("02000000" "00" "00" "00000000"), witness=False).outputs
    ()
"""

from dataclasses import dataclass

from countersign.bitcoin import compact_size
from countersign.bitcoin.compact_size import WIDE
from countersign.errors import Malformed

Span = tuple[int, int, int]
MARKER = b"\x00\x01"
SMALLEST_INPUT = 41
SMALLEST_OUTPUT = 9
MAX_SIZE = 4 << 20
"""Bytes of a transaction; a block has 4,000,000 weight units, and no byte has fewer than one."""
MAX_PIECES = 120_000
"""Inputs, outputs or witness items of a transaction; a block has no room for more than 111,111 outputs."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Offsets into `data`: an input is (outpoint, script, its end), an output (value, script, its end)."""

    data: bytes
    body: int
    inputs: tuple[Span, ...]
    outputs: tuple[Span, ...]
    body_end: int
    stacks: tuple[tuple[tuple[int, int], ...], ...]
    """For each input its witness items as (start, end); () for all inputs of a transaction without witnesses."""

    @property
    def version(self) -> int:
        """The signed 32-bit version."""
        return int.from_bytes(self.data[:4], "little", signed=True)

    @property
    def lock_time(self) -> int:
        """nLockTime, unsigned."""
        return int.from_bytes(self.data[-4:], "little")

    def stripped(self) -> bytes:
        """The serialisation without witnesses: what the txid hashes."""
        if not self.stacks:
            return self.data
        return b"".join((self.data[:4], self.data[self.body : self.body_end], self.data[-4:]))


def scan(data: bytes, *, witness: bool) -> Layout:
    """The layout of `data`; `witness` says whether the form of BIP-144 is admitted. Malformed: B2.*."""
    if len(data) < 10:
        raise Malformed("B2.truncated", offset=len(data))
    if len(data) > MAX_SIZE:
        raise Malformed("B2.transaction-size", size=len(data), limit=MAX_SIZE)
    marked = witness and data[4:6] == MARKER
    body = 6 if marked else 4
    inputs, at = _spans(data, body, 36, SMALLEST_INPUT, 4)
    outputs, body_end = _spans(data, at, 8, SMALLEST_OUTPUT, 0)
    stacks, at = _stacks(data, body_end, len(inputs)) if marked else ((), body_end)
    if at + 4 != len(data):
        raise Malformed("B2.truncated" if at + 4 > len(data) else "B2.trailing", offset=at)
    return Layout(data, body, inputs, outputs, body_end, stacks)


def _spans(data: bytes, at: int, head: int, smallest: int, tail: int) -> tuple[tuple[Span, ...], int]:
    """A counted list of `head` bytes, a script with its length, and `tail` bytes."""
    count, at = compact_size.read(data, at)
    total = len(data)
    if count * smallest > total - at:
        raise Malformed("B2.truncated", offset=at)
    _require_few(count)
    spans: list[Span] = []
    for _ in range(count):
        start = at + head + 1
        # Nearly every length is one byte; whatever else stands there, or does not, is for `read` to judge.
        if start > total or (length := data[start - 1]) >= WIDE:
            length, start = compact_size.read(data, at + head)
        end = start + length
        if end + tail > total:
            raise Malformed("B2.truncated", offset=at)
        spans.append((at, start, end))
        at = end + tail
    return tuple(spans), at


def _stacks(data: bytes, at: int, count: int) -> tuple[tuple[tuple[tuple[int, int], ...], ...], int]:
    stacks, held = [], 0
    for _ in range(count):
        items, at = witness_stack(data, at)
        stacks.append(items)
        held += len(items)
        _require_few(held)
    if not any(stacks):
        raise Malformed("B2.superfluous-witness")
    return tuple(stacks), at


def witness_stack(data: bytes, at: int) -> tuple[tuple[tuple[int, int], ...], int]:
    """One input's witness at offset `at`: (start, end) of every item, and the offset behind it."""
    count, at = compact_size.read(data, at)
    if count > len(data) - at:
        raise Malformed("B2.truncated", offset=at)
    _require_few(count)
    items = []
    for _ in range(count):
        length, start = compact_size.read(data, at)
        at = start + length
        if at > len(data):
            raise Malformed("B2.truncated", offset=start)
        items.append((start, at))
    return tuple(items), at


def _require_few(count: int) -> None:
    if count > MAX_PIECES:
        raise Malformed("B2.transaction-pieces", found=count, limit=MAX_PIECES)
