"""CBOR as text for QR codes: `ur:type/…` in one part, `ur:type/7-9/…` in many.

Implements BCR-2020-005 (Uniform Resources, UR 2.0); limits are T3 of CHECKS.md.

- Only types on the caller's list are read: `countersign`, `psbt` and `crypto-psbt` unless it says otherwise.
- Text is all lower case or all upper case (upper case makes a denser QR code); mixed case is refused.
- The payload is minimal bytewords with its own CRC-32; in many parts, the numbers of the path and of the part agree.
- A scan is fixed by its first part: another type, length, count or checksum is refused by name and changes nothing.

    >>> text = encode(Message("psbt", bytes.fromhex("450102030405")))
    >>> text, parse(text.upper()) == Message("psbt", bytes.fromhex("450102030405"))
    ('ur:psbt/feadaoaxaaahjlkbghmd', True)
"""

import re
from dataclasses import dataclass
from typing import Final

from countersign.airgap import bytewords, fountain
from countersign.airgap.bytewords import Style
from countersign.airgap.limits import MESSAGE_LIMIT
from countersign.errors import Malformed

TYPES: Final = frozenset(("countersign", "psbt", "crypto-psbt"))
TEXT_LIMIT: Final = 2 * (MESSAGE_LIMIT + 4) + 64
_UR = re.compile(r"ur:([a-z0-9-]{1,40})/(?:([0-9]{1,10})-([0-9]{1,10})/)?([a-z]+)\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Message:
    """A whole message: its UR type and its CBOR, which this module does not look into."""

    type: str
    cbor: bytes


@dataclass(frozen=True, slots=True)
class MultiPart:
    """One part of a message of that type."""

    type: str
    part: fountain.Part


def parse(text: str, types: frozenset[str] = TYPES) -> Message | MultiPart:
    """One UR text. Malformed("T3.text-limit" | "T3.ur-form" | "T3.type" | "T3.sequence" | T3.* | T4.*)."""
    if len(text) > TEXT_LIMIT:
        raise Malformed("T3.text-limit", found=len(text), limit=TEXT_LIMIT)
    # Only ASCII is folded: `lower()` would make plain letters of others, the Kelvin sign among them.
    match = _UR.match(text.lower() if text.isascii() and text.isupper() else text)
    if not match:
        raise Malformed("T3.ur-form")
    kind, number, count, words = match.groups()
    if kind not in types:
        raise Malformed("T3.type", found=kind)
    payload = bytewords.decode(words, Style.MINIMAL)
    if number is None:
        if len(payload) > MESSAGE_LIMIT:
            raise Malformed("T3.message-len", found=len(payload), limit=MESSAGE_LIMIT)
        return Message(kind, payload)
    part = fountain.Part.parse(payload)
    if (number, count) != (str(part.seq_num), str(part.seq_len)):
        raise Malformed("T3.sequence", found=f"{number}-{count}", expected=f"{part.seq_num}-{part.seq_len}")
    return MultiPart(kind, part)


def encode(message: Message) -> str:
    """A message as one text, lower case. Malformed("T3.message-len")."""
    if len(message.cbor) > MESSAGE_LIMIT:
        raise Malformed("T3.message-len", found=len(message.cbor), limit=MESSAGE_LIMIT)
    return f"ur:{message.type}/{bytewords.encode(message.cbor, Style.MINIMAL)}"


def encode_part(part: MultiPart) -> str:
    """One part as text, lower case."""
    words = bytewords.encode(part.part.serialise(), Style.MINIMAL)
    return f"ur:{part.type}/{part.part.seq_num}-{part.part.seq_len}/{words}"


class Parts:
    """The texts of a message in many parts, `max_fragment` message bytes in each at most."""

    def __init__(self, message: Message, max_fragment: int, min_fragment: int = 10) -> None:
        self._type = message.type
        self._encoder = fountain.Encoder(message.cbor, max_fragment, min_fragment)

    @property
    def seq_len(self) -> int:
        """How many parts hold the message once."""
        return self._encoder.seq_len

    def text(self, seq_num: int) -> str:
        """Part `seq_num` (1..2^32−1) as text, lower case."""
        return encode_part(MultiPart(self._type, self._encoder.part(seq_num)))


class Scan:
    """Texts in, one at a time, until a message is whole. A single-part text completes at once."""

    def __init__(self, types: frozenset[str] = TYPES) -> None:
        self._types = types
        self._type: str | None = None
        self._decoder = fountain.Decoder()
        self.message: Message | None = None

    def receive(self, text: str, now: int) -> fountain.Progress:
        """Take one decoded text at `now` (seconds, any steady clock). Errors as `parse` and `Decoder.receive`;
        what is refused changes nothing, so the scan may go on. After `T3.timeout` begin a new `Scan`."""
        found = parse(text, self._types)
        if self._type is not None and found.type != self._type:
            raise Malformed("T3.mixed-types", found=found.type, expected=self._type)
        if isinstance(found, Message):
            return self._whole(found)
        progress = self._decoder.receive(found.part, now)
        self._type = found.type
        if self._decoder.message is not None:
            self.message = Message(found.type, self._decoder.message)
        return progress

    def _whole(self, found: Message) -> fountain.Progress:
        if self._type is not None and found != self.message:
            raise Malformed("T3.mixed-messages", found=found.type, expected=self._type)
        repeated, self._type, self.message = self.message is not None, found.type, found
        return fountain.Progress(1, 1, (), repeated, True)
