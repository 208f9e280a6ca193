"""A message as an endless row of parts, of which any sufficient set restores it, in any order.

Implements BCR-2024-001 (Multipart UR); limits are T3 of CHECKS.md.

- A part is the CBOR array `[seq_num, seq_len, message_len, checksum, data]`. Parts 1..seq_len are the fragments;
  later ones are XORs of fragments chosen from (seq_num, checksum), so seq_num > seq_len is ordinary.
- message_len ≤ 512 KiB, seq_len ≤ 4,096, seq_num 1..2^32−1, and the data is exactly ceil(message_len ÷ seq_len) long
  with no fragment to spare. All of it is checked before anything is kept: a part count of a million costs nothing.
- (seq_len, message_len, checksum) are fixed by the first part; a part of another message is refused by name and
  changes nothing.
- The decoder keeps independent equations only (Gauss-Jordan over XOR). It therefore holds at most seq_len of them,
  half of the 2 × seq_len that T3 allows, needs as few parts as any decoder can, and notices a part that contradicts.
- CRC-32 twice: each part's bytewords (in `ur`), and the whole message here.
- Five minutes from the first part, by the time that the caller passes; then the scan starts again.

    >>> encoder = Encoder(b"twelve bytes", max_fragment=6, min_fragment=1)
    >>> decoder = Decoder()
    >>> [decoder.receive(encoder.part(number), now=0).complete for number in (7, 1, 2)]
    [False, False, True]
    >>> decoder.message
    b'twelve bytes'
"""

from binascii import crc32
from dataclasses import dataclass
from typing import Final

from countersign.airgap.limits import MESSAGE_LIMIT
from countersign.airgap.xoshiro import choose_fragments
from countersign.errors import Malformed, Unavailable
from countersign.formats import cbor

SEQ_LEN_LIMIT: Final = 4096
SEQ_NUM_LIMIT: Final = 2**32 - 1
TIME_LIMIT_SECONDS: Final = 300


@dataclass(frozen=True, slots=True)
class Part:
    """One part: `seq_num` of `seq_len`, of a message of `message_len` bytes whose CRC-32 is `checksum`."""

    seq_num: int
    seq_len: int
    message_len: int
    checksum: int
    data: bytes

    @property
    def message(self) -> tuple[int, int, int]:
        """What the first part fixes for all others."""
        return self.seq_len, self.message_len, self.checksum

    @classmethod
    def parse(cls, data: bytes) -> "Part":
        """A part from its CBOR. Malformed(T4.* | T3.part-form | T3.seq-len | T3.seq-num | T3.message-len | …)."""
        value = cbor.decode(data, limit=MESSAGE_LIMIT)
        match value:
            case [int() as number, int() as count, int() as length, int() as checksum, bytes() as fragment]:
                part = cls(number, count, length, checksum, fragment)
            case _:
                raise Malformed("T3.part-form")
        part._check()
        return part

    def serialise(self) -> bytes:
        """The part as CBOR."""
        return cbor.encode([self.seq_num, self.seq_len, self.message_len, self.checksum, self.data])

    def _check(self) -> None:
        if bool in map(type, (self.seq_num, self.seq_len, self.message_len, self.checksum)):
            raise Malformed("T3.part-form")
        if not 1 <= self.seq_len <= SEQ_LEN_LIMIT:
            raise Malformed("T3.seq-len", found=self.seq_len, limit=SEQ_LEN_LIMIT)
        if not 1 <= self.seq_num <= SEQ_NUM_LIMIT:
            raise Malformed("T3.seq-num", found=self.seq_num)
        if not 1 <= self.message_len <= MESSAGE_LIMIT:
            raise Malformed("T3.message-len", found=self.message_len, limit=MESSAGE_LIMIT)
        if not 0 <= self.checksum < 2**32:
            raise Malformed("T3.part-form")
        length = _ceil(self.message_len, self.seq_len)
        if len(self.data) != length or _ceil(self.message_len, length) != self.seq_len:
            raise Malformed("T3.fragment-len", found=len(self.data), expected=length)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a scan stands. `received` of `needed` independent parts; `missing` fragments are not yet known alone."""

    received: int
    needed: int
    missing: tuple[int, ...]
    repeated: bool
    complete: bool


def _ceil(number: int, by: int) -> int:
    return -(-number // by)


def fragment_length(message_len: int, min_fragment: int, max_fragment: int) -> int:
    """The reference's nominal length: the fewest fragments of at most `max_fragment` bytes, evenly filled."""
    most = max(1, message_len // min_fragment)
    fewest = _ceil(message_len, max_fragment)
    return _ceil(message_len, min(most, fewest))


class Encoder:
    """Cuts a message into fragments and makes any part of it. Malformed("T3.message-len" | "T3.seq-len")."""

    def __init__(self, message: bytes, max_fragment: int, min_fragment: int = 10) -> None:
        if not 1 <= len(message) <= MESSAGE_LIMIT:
            raise Malformed("T3.message-len", found=len(message), limit=MESSAGE_LIMIT)
        self._length = fragment_length(len(message), min_fragment, max_fragment)
        self.seq_len = _ceil(len(message), self._length)
        if self.seq_len > SEQ_LEN_LIMIT:
            raise Malformed("T3.seq-len", found=self.seq_len, limit=SEQ_LEN_LIMIT)
        self.message_len = len(message)
        self.checksum = crc32(message)
        padded = message.ljust(self.seq_len * self._length, b"\0")
        starts = range(0, len(padded), self._length)
        self.fragments = tuple(padded[start : start + self._length] for start in starts)

    def part(self, seq_num: int) -> Part:
        """Part `seq_num`, 1..2^32−1."""
        mixed = 0
        for index in choose_fragments(seq_num, self.seq_len, self.checksum):
            mixed ^= int.from_bytes(self.fragments[index], "big")
        data = mixed.to_bytes(self._length, "big")
        return Part(seq_num, self.seq_len, self.message_len, self.checksum, data)


class Decoder:
    """Collects parts until the message is whole. Holds state, does no I/O.

    `_known` holds fragments by index; `_mixed` holds reduced equations (indexes as bits, XOR of their fragments) by
    one index of their own, the pivot. No equation contains a known fragment or another equation's pivot.
    """

    def __init__(self) -> None:
        self._first: Part | None = None
        self._started = 0
        self._known: dict[int, int] = {}
        self._mixed: dict[int, tuple[int, int]] = {}
        self.message: bytes | None = None

    def receive(self, part: Part, now: int) -> Progress:
        """Take one part at `now` (seconds, any steady clock) and say where the scan stands.

        Malformed("T3.mixed-messages") for a part of another message, Malformed("T3.part-contradicts") for one that
        cannot belong to the rest, Malformed("T3.message-checksum") when the whole is wrong, Unavailable("T3.timeout").
        A refused part changes nothing, but after a wrong whole the scan starts again.
        """
        first = self._first or part
        if part.message != first.message:
            raise Malformed("T3.mixed-messages", found=part.checksum, expected=first.checksum)
        if self._first is None:
            self._started = now
        elif now - self._started > TIME_LIMIT_SECONDS and self.message is None:
            raise Unavailable("T3.timeout", seconds=TIME_LIMIT_SECONDS)
        self._first = first
        added = self._add(part)
        if self.message is None and len(self._known) == part.seq_len:
            self._finish(part)
        return self._progress(part.seq_len, repeated=not added)

    @property
    def held(self) -> int:
        """How many equations are held: never more than seq_len."""
        return len(self._known) + len(self._mixed)

    def _progress(self, seq_len: int, *, repeated: bool) -> Progress:
        missing = tuple(index for index in range(seq_len) if index not in self._known)
        return Progress(self.held, seq_len, missing, repeated, self.message is not None)

    def _add(self, part: Part) -> bool:
        """Reduce the part by what is held; keep it if something is left. False if it brought nothing new."""
        bits, data = self._reduce(part)
        if not bits:
            if data:
                raise Malformed("T3.part-contradicts", part=part.seq_num)
            return False
        lowest = bits & -bits
        for pivot, (other_bits, other_data) in list(self._mixed.items()):
            if other_bits & lowest:
                self._keep(pivot, other_bits ^ bits, other_data ^ data)
        self._keep(lowest.bit_length() - 1, bits, data)
        return True

    def _reduce(self, part: Part) -> tuple[int, int]:
        bits, data = 0, int.from_bytes(part.data, "big")
        for index in choose_fragments(part.seq_num, part.seq_len, part.checksum):
            if index in self._known:
                data ^= self._known[index]
            elif index in self._mixed:
                other_bits, other_data = self._mixed[index]
                bits, data = bits ^ other_bits ^ (1 << index), data ^ other_data
            else:
                bits ^= 1 << index
        return bits, data

    def _keep(self, pivot: int, bits: int, data: int) -> None:
        if bits == 1 << pivot:
            self._mixed.pop(pivot, None)
            self._known[pivot] = data
        else:
            self._mixed[pivot] = (bits, data)

    def _finish(self, part: Part) -> None:
        length = len(part.data)
        whole = b"".join(self._known[index].to_bytes(length, "big") for index in range(part.seq_len))
        message, padding = whole[: part.message_len], whole[part.message_len :]
        if crc32(message) != part.checksum or padding.strip(b"\0"):
            self._first, self._known, self._mixed = None, {}, {}
            raise Malformed("T3.message-checksum")
        self.message = message
