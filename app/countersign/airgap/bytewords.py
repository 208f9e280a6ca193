"""Bytes as English four-letter words: a byte is a word, and a word is known by its first and last letter.

Implements BCR-2020-012 (Bytewords).

- Three styles: `able acid` (standard), `able-acid` (uri), `aead` (minimal: first and last letters).
- `encode` appends the CRC-32 of the payload, big-endian, as four more words; `decode` demands and removes it.
- Lower case only; one separator; unknown words, an odd length, a wrong checksum or an empty payload are Malformed.

    >>> encode(bytes.fromhex("00010280ff"), Style.MINIMAL)
    'aeadaolazmjendeoti'
"""

from binascii import crc32
from enum import StrEnum

from countersign.errors import Malformed

_TABLE = """
able acid also apex aqua arch atom aunt away axis back bald barn belt beta bias blue body brag brew bulb
buzz calm cash cats chef city claw code cola cook cost crux curl cusp cyan dark data days deli dice diet
door down draw drop drum dull duty each easy echo edge epic even exam exit eyes fact fair fern figs film
fish fizz flap flew flux foxy free frog fuel fund gala game gear gems gift girl glow good gray grim guru
gush gyro half hang hard hawk heat help high hill holy hope horn huts iced idea idle inch inky into iris
iron item jade jazz join jolt jowl judo jugs jump junk jury keep keno kept keys kick kiln king kite kiwi
knob lamb lava lazy leaf legs liar limp lion list logo loud love luau luck lung main many math maze memo
menu meow mild mint miss monk nail navy need news next noon note numb obey oboe omit onyx open oval owls
paid part peck play plus poem pool pose puff puma purr quad quiz race ramp real redo rich road rock roof
ruby ruin runs rust safe saga scar sets silk skew slot soap solo song stub surf swan taco task taxi tent
tied time tiny toil tomb toys trip tuna twin ugly undo unit urge user vast very veto vial vibe view visa
void vows wall wand warm wasp wave waxy webs what when whiz wolf work yank yawn yell yoga yurt zaps zero
zest zinc zone zoom
"""
WORDS = tuple(_TABLE.split())
_BYTE_OF_WORD = {word: value for value, word in enumerate(WORDS)}
_LETTERS = tuple(word[0] + word[-1] for word in WORDS)
_BYTE_OF_LETTERS = {letters: value for value, letters in enumerate(_LETTERS)}
_CHECKSUM_SIZE = 4


class Style(StrEnum):
    """How the words are written. The value is the separator's name in the paper."""

    STANDARD = "standard"
    URI = "uri"
    MINIMAL = "minimal"


_SEPARATOR = {Style.STANDARD: " ", Style.URI: "-"}


def words(data: bytes) -> tuple[str, ...]:
    """One word a byte, without checksum: for phrases that people compare."""
    return tuple(WORDS[value] for value in data)


def encode(payload: bytes, style: Style) -> str:
    """The payload (at least one byte) and its CRC-32 as bytewords. Malformed("T3.empty")."""
    if not payload:
        raise Malformed("T3.empty")
    data = payload + crc32(payload).to_bytes(_CHECKSUM_SIZE, "big")
    if style is Style.MINIMAL:
        return "".join(_LETTERS[value] for value in data)
    return _SEPARATOR[style].join(words(data))


def decode(text: str, style: Style) -> bytes:
    """The payload behind bytewords, its CRC-32 checked. Malformed("T3.byteword" | "T3.empty" | "T3.checksum")."""
    data = _letters(text) if style is Style.MINIMAL else _words(text.split(_SEPARATOR[style]))
    payload, checksum = data[:-_CHECKSUM_SIZE], data[-_CHECKSUM_SIZE:]
    if not payload:
        raise Malformed("T3.empty")
    if crc32(payload).to_bytes(_CHECKSUM_SIZE, "big") != checksum:
        raise Malformed("T3.checksum")
    return payload


def _words(found: list[str]) -> bytes:
    try:
        return bytes(_BYTE_OF_WORD[word] for word in found)
    except KeyError as unknown:
        raise Malformed("T3.byteword", found=repr(str(unknown.args[0])[:8])) from unknown


def _letters(text: str) -> bytes:
    if len(text) % 2:
        raise Malformed("T3.byteword", found=repr(text[-1:]))
    try:
        return bytes(_BYTE_OF_LETTERS[text[at : at + 2]] for at in range(0, len(text), 2))
    except KeyError as unknown:
        raise Malformed("T3.byteword", found=repr(unknown.args[0])) from unknown
