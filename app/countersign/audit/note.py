"""Signed notes: a text, a blank line, and signature lines that begin with an em dash.

c2sp.org/signed-note; CHECKS.md L1, L2.

- UTF-8 without control characters but newline; at most 64 signatures and 512 KiB.
- A signature line is `— <name> base64(key id ‖ signature)`; the last empty line of a note parts text from signatures.
- Key id = SHA-256(name ‖ 0x0A ‖ type ‖ public key)[:4]; a verifier key is `name+hex(key id)+base64(type ‖ public key)`.
- Known types are 0x01 (Ed25519) and 0x04 (cosignature); a key of any other type is unknown.
- Signatures of unknown keys are ignored, even where a name or an id alone agrees. One signature of a known key that
  fails rejects the whole note; so does the absence of any known signature.

    >>> note = Note.parse("This is an example message.\\n\\n— example.com/foo Uw2Q…yaQM=\\n".encode())
    >>> [signed.key.name for signed in verify(note, (VerifierKey.parse("example.com/foo+530d903a+Aeky…U2k"),))]
    ['example.com/foo']
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from countersign.audit import cosignature
from countersign.audit.spelling import base64_text, unbase64
from countersign.errors import Malformed, Refused
from countersign.keys import software
from countersign.keys.public_key import PublicKey

ED25519 = 0x01
COSIGNATURE = 0x04
KNOWN_TYPES = (ED25519, COSIGNATURE)
MAX_SIGNATURES = 64
MAX_SIZE = 512 * 1024
MAX_NAME = 255
_KEY_SIZE = 32
_EM_DASH = "— "
# Unicode's category Cc, and Cs: a lone surrogate is what a terminal makes of bytes that are no UTF-8.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_NO_NAME = re.compile(rf"[+\s]|{_CONTROL.pattern}")


def valid_name(name: str) -> bool:
    """A key name: not empty, no space of any kind, no plus, no control character, nothing that UTF-8 cannot spell."""
    return 0 < len(name) <= MAX_NAME and not _NO_NAME.search(name)


def key_id(name: str, type_: int, public: bytes) -> bytes:
    """The four bytes that, with the name, tell keys apart. They are no proof of anything."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([type_]) + public).digest()[:4]


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A key that somebody trusts: its name, type 0x01 or 0x04, and 32 raw Ed25519 bytes. `str()` gives the vkey."""

    name: str
    type: int
    public: bytes

    def __post_init__(self) -> None:
        if not valid_name(self.name):
            raise Malformed("L2.key-name")
        if self.type not in KNOWN_TYPES:
            raise Malformed("L2.key-type", type=self.type)
        if len(self.public) != _KEY_SIZE:
            raise Malformed("L2.key-length", found=len(self.public))
        PublicKey.from_ed25519(self.public)

    @property
    def key_id(self) -> bytes:
        """See `key_id`."""
        return key_id(self.name, self.type, self.public)

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """A vkey. Malformed(L2.vkey|key-name|key-type|key-length|key-id), or keys.not-on-curve."""
        parts = text.split("+", 2)
        if len(parts) != 3:
            raise Malformed("L2.vkey")
        name, identity, encoded = parts
        data = unbase64(encoded, "L2.vkey")
        if not data:
            raise Malformed("L2.vkey")
        key = cls(name, data[0], data[1:])
        if key.key_id.hex() != identity:
            raise Malformed("L2.key-id", name=name)
        return key

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64_text(bytes([self.type]) + self.public)}"

    def verifies(self, text: str, signature: bytes) -> bool:
        """Did this key make `signature` (without key id) over the note text?"""
        if self.type == COSIGNATURE:
            return cosignature.verify(self.public, text, signature)
        return PublicKey.from_ed25519(self.public).verify(text.encode(), signature)


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: who claims it, the four-byte key id, and what the key produced."""

    name: str
    key_id: bytes
    data: bytes

    @classmethod
    def parse(cls, line: str) -> "Signature":
        """A line without its newline. Malformed(L1.signature-line|signature-base64)."""
        parts = line.removeprefix(_EM_DASH).split(" ")
        if not line.startswith(_EM_DASH) or len(parts) != 2 or not valid_name(parts[0]):
            raise Malformed("L1.signature-line")
        data = unbase64(parts[1], "L1.signature-base64")
        if len(data) <= 4:
            raise Malformed("L1.signature-line")
        return cls(parts[0], data[:4], data[4:])

    def line(self) -> str:
        """The line with its newline."""
        return f"{_EM_DASH}{self.name} {base64_text(self.key_id + self.data)}\n"

    def by(self, key: VerifierKey) -> bool:
        """Does the line claim to be of `key`?"""
        return self.name == key.name and self.key_id == key.key_id


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature that was verified, and the key it verified under."""

    key: VerifierKey
    signature: Signature


@dataclass(frozen=True, slots=True)
class Note:
    """A text (ending in a newline) and its signature lines. Nothing is verified yet: see `verify`."""

    text: str
    signatures: tuple[Signature, ...] = field(default=())

    @classmethod
    def parse(cls, data: bytes) -> "Note":
        """A note's bytes, strictly; `serialise` gives them back. Malformed(L1.…)."""
        content = decode(data)
        at = content.rfind("\n\n")
        if at < 0:
            raise Malformed("L1.no-signatures")
        return cls(content[: at + 1], signature_lines(content[at + 2 :]))

    def serialise(self) -> bytes:
        """The note's bytes."""
        return f"{self.text}\n{''.join(signature.line() for signature in self.signatures)}".encode()

    def signed_by(self, *signatures: Signature) -> "Note":
        """The same text with further signature lines behind those it has; a line it has already is not repeated."""
        fresh = tuple(signature for signature in signatures if signature not in self.signatures)
        return Note(self.text, self.signatures + fresh)


def decode(data: bytes) -> str:
    """The characters of a note. Malformed(L1.too-large|utf-8|control-character)."""
    if len(data) > MAX_SIZE:
        raise Malformed("L1.too-large", limit=MAX_SIZE)
    try:
        content = data.decode("utf-8")
    except UnicodeDecodeError as reason:
        raise Malformed("L1.utf-8", offset=reason.start) from reason
    if _CONTROL.search(content.replace("\n", "")):
        raise Malformed("L1.control-character")
    return content


def signature_lines(content: str) -> tuple[Signature, ...]:
    """One to 64 signature lines, each with its newline. Malformed(L1.…)."""
    if not content:
        raise Malformed("L1.no-signatures")
    if not content.endswith("\n"):
        raise Malformed("L1.no-final-newline")
    lines = content.removesuffix("\n").split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise Malformed("L1.too-many-signatures", limit=MAX_SIGNATURES, found=len(lines))
    return tuple(Signature.parse(line) for line in lines)


def verify(note: Note, keys: Iterable[VerifierKey]) -> tuple[Signed, ...]:
    """Every signature of a known key, in the note's order; each verifies. Refused(L2.bad-signature|no-known-key)."""
    found = []
    known = tuple(keys)
    for signature in note.signatures:
        for key in known:
            if not signature.by(key):
                continue
            if not key.verifies(note.text, signature.data):
                raise Refused("L2.bad-signature", name=key.name)
            found.append(Signed(key, signature))
    if not found:
        raise Refused("L2.no-known-key")
    return tuple(found)


def sign(seed: bytes, name: str, text: str) -> Signature:
    """A log's Ed25519 signature (0x01) over a note text, by the key of the 32-byte `seed`."""
    identity = key_id(name, ED25519, software.ed25519_public(seed).data)
    return Signature(name, identity, software.ed25519_sign(seed, text.encode()))


def cosign(seed: bytes, name: str, text: str, time: int) -> Signature:
    """A witness's cosignature (0x04) at `time` (Unix seconds), by the key of the 32-byte `seed`."""
    identity = key_id(name, COSIGNATURE, software.ed25519_public(seed).data)
    return Signature(name, identity, cosignature.sign(seed, text, time))


def verifier_key(seed: bytes, name: str, type_: int) -> VerifierKey:
    """The public side of `sign` (ED25519) or `cosign` (COSIGNATURE)."""
    return VerifierKey(name, type_, software.ed25519_public(seed).data)
