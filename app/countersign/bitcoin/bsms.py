"""Bitcoin Secure Multisig Setup (BIP-129): how cosigners' devices and this console agree on a vault.

    BSMS 1.0                                  round 1, from each signer: its key record
    00                                        the session's token in hex (00: no encryption)
    [fingerprint/48'/1'/0'/2']tpub…           the key with its origin, extended or plain
    Signer 1 key                              at most 80 characters
    H8DY…                                     its signature over the four lines before ("Bitcoin Signed Message")

    BSMS 1.0                                  round 2, to each signer: the descriptor record
    wsh(sortedmulti(2,[…]tpub…/**,[…]tpub…/**))
    /0/*,/1/*                                 or: No path restrictions
    bcrt1q…                                   the first address, which every party compares

- lines end with LF alone; one line end behind the last line is allowed and kept: `serialise(parse(x)) == x`;
- a key record counts only with the signature of the very key it carries, and with the session's token;
- a descriptor record gives no vault before its first address has been derived here and found equal;
- `/**` with `/0/*,/1/*` is a ranged vault, a descriptor without restrictions one slot; other restrictions, other forms and
  other versions are refused by name. Records are hidden on their way by `bsms_encryption`.

    vault = parse_descriptor_record(data).vault("bcrt")
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from countersign.bitcoin import descriptor, descriptor_checksum, key_expression, network, ranged, signed_message
from countersign.bitcoin.bsms_encryption import MAX_RECORD, NO_TOKEN, read_token
from countersign.bitcoin.descriptor import Descriptor
from countersign.bitcoin.key_expression import RANGE, KeyExpression
from countersign.bitcoin.ranged import RangedDescriptor
from countersign.errors import Malformed, Refused
from countersign.formats.excerpt import excerpt
from countersign.keys.public_key import Curve, PublicKey

VERSION = "BSMS 1.0"
NO_RESTRICTIONS = "No path restrictions"
BOTH_BRANCHES = "/0/*,/1/*"
MAX_DESCRIPTION = 80
_TEMPLATE = re.compile(r"/\*\*(?=[,)])")
_PATH = r"(?:/(?:0|[1-9][0-9]{0,9}))*/(?:\*|0|[1-9][0-9]{0,9})"
_RESTRICTIONS = re.compile(rf"{_PATH}(?:,{_PATH})*\Z")


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """Round 1: one signer's key. `parse_key_record` and `key_record` make one; its signature holds."""

    token: bytes
    key: KeyExpression
    description: str
    signature: str
    ended: bool = False
    """Whether a line end stands behind the last line."""

    def serialise(self) -> bytes:
        """The record's bytes (`.bsms`)."""
        return _joined([*_signed_lines(self.token, self.key.text, self.description), self.signature], self.ended)

    @property
    def message(self) -> bytes:
        """What the signature is over, as a "Bitcoin Signed Message"."""
        return "\n".join(_signed_lines(self.token, self.key.text, self.description)).encode()


@dataclass(frozen=True, slots=True)
class DescriptorRecord:
    """Round 2: the vault as its coordinator says it is. Only `vault` makes it one."""

    template: str
    restrictions: str
    """The third line as written."""
    first_address: str
    ended: bool = False

    def serialise(self) -> bytes:
        """The record's bytes (`.bsms`)."""
        return _joined([VERSION, self.template, self.restrictions, self.first_address], self.ended)

    def vault(self, hrp: str) -> Descriptor | RangedDescriptor:
        """The vault on the network of `hrp`, its first address derived here and found to be the record's.

        Malformed, Refused: as `descriptor.parse`, `ranged.parse` and `network.demand`; bitcoin.bsms-restrictions,
        bitcoin.bsms-first-address; bitcoin.key-origin, which the first address would not show.
        """
        found = _vault(self.template, self.restrictions)
        network.demand(found.keys, hrp)
        for key in found.keys if isinstance(found, RangedDescriptor) else ():
            key_expression.demand_origin(key)
        if _first(found).address(hrp) != self.first_address:
            raise Refused("bitcoin.bsms-first-address", found=_first(found).address(hrp))
        return found


def parse_key_record(data: bytes, token: bytes = NO_TOKEN) -> KeyRecord:
    """The key record of a session with this token, its signature verified.

    Malformed: bitcoin.bsms-*, bitcoin.message-signature, keys.*. Refused: bitcoin.bsms-version, -other-token, -key,
    -signature; the kinds of key that a vault does not take.
    """
    (_, given, key, description, signature), ended = _lines(data, 5)
    if read_token(given) != token:
        raise Refused("bitcoin.bsms-other-token")
    record = KeyRecord(token, _signer_key(key), _description(description), signature, ended)
    if signed_message.signer(record.message, signature) != record.key.plain:
        raise Refused("bitcoin.bsms-signature")
    return record


def parse_descriptor_record(data: bytes) -> DescriptorRecord:
    """The descriptor record's four lines; `vault` then judges what they say. Malformed: bitcoin.bsms-*. Refused: -version."""
    (_, template, restrictions, address), ended = _lines(data, 4)
    if restrictions != NO_RESTRICTIONS and not _RESTRICTIONS.match(restrictions):
        raise Malformed("bitcoin.bsms-line", line=3)
    if not template or not address:
        raise Malformed("bitcoin.bsms-line", line=4 if template else 2)
    return DescriptorRecord(template, restrictions, address, ended)


def signed_text(token: bytes, key: str, description: str) -> bytes:
    """What a signer signs with `signed_message`: the first four lines, LF between them. Malformed, Refused: as parsing."""
    _signer_key(key)
    return "\n".join(_signed_lines(token, key, _description(description))).encode()


def key_record(token: bytes, key: str, description: str, signature: bytes) -> KeyRecord:
    """The record of a signature r‖s (64 bytes) over `signed_text`. Refused: keys.recovery-mismatch."""
    message, expression = signed_text(token, key, description), _signer_key(key)
    public = PublicKey(Curve.SECP256K1, expression.plain)
    return KeyRecord(token, expression, description, signed_message.encode(message, public, signature))


def descriptor_record(vault: Descriptor | RangedDescriptor, hrp: str) -> DescriptorRecord:
    """The record of a vault on the network of `hrp`. Refused: as `network.demand`."""
    network.demand(vault.keys, hrp)
    address = _first(vault).address(hrp)
    if isinstance(vault, Descriptor):
        return DescriptorRecord(vault.text, NO_RESTRICTIONS, address)
    return DescriptorRecord(vault.body.replace(RANGE, "/**"), BOTH_BRANCHES, address)


def assemble(threshold: int, records: Sequence[KeyRecord]) -> Descriptor | RangedDescriptor:
    """The vault of these key records, in their order: ranged if their keys are extended, one slot if they are plain.

    Refused: bitcoin.descriptor-mixed-range where both kinds occur; else as `descriptor.parse`.
    """
    tails = [RANGE if record.key.extended else "" for record in records]
    keys = ",".join(record.key.text + tail for record, tail in zip(records, tails, strict=True))
    body = f"wsh(sortedmulti({threshold},{keys}))"
    text = f"{body}#{descriptor_checksum.checksum(body)}"
    return ranged.parse(text) if any(tails) else descriptor.parse(text)


def own_place(vault: Descriptor | RangedDescriptor, own: KeyExpression) -> int:
    """Which cosigner of the vault this key is, from 0: the whole key under its own origin, exactly once (B6).

    What the first address cannot show: a coordinator who changes an origin, or a fingerprint, changes no address.
    Refused: bitcoin.bsms-own-key.
    """
    keys = [key if isinstance(key, KeyExpression) else key_expression.parse(key.text) for key in vault.keys]
    found = [number for number, key in enumerate(keys) if _whole(key) == _whole(own)]
    if len(found) != 1:
        raise Refused("bitcoin.bsms-own-key", found=len(found))
    return found[0]


def _whole(key: KeyExpression) -> tuple[object, ...]:
    return key.extended, key.plain, key.fingerprint, key.origin_path


def _vault(template: str, restrictions: str) -> Descriptor | RangedDescriptor:
    body, hash_sign, _ = template.partition("#")
    if hash_sign:
        descriptor_checksum.split(template)
    is_template = _TEMPLATE.search(body) is not None
    if restrictions != (BOTH_BRANCHES if is_template else NO_RESTRICTIONS) or (is_template and "<" in body):
        raise Refused("bitcoin.bsms-restrictions")
    body = _TEMPLATE.sub(RANGE, body)
    text = f"{body}#{descriptor_checksum.checksum(body)}"
    return ranged.parse(text) if RANGE in body else descriptor.parse(text)


def _first(vault: Descriptor | RangedDescriptor) -> Descriptor:
    return vault if isinstance(vault, Descriptor) else vault.at(0)


def _signer_key(text: str) -> KeyExpression:
    """A key with its origin and nothing behind it."""
    found = key_expression.parse(text)
    if not text.startswith("[") or found.steps or found.ranged:
        raise Refused("bitcoin.bsms-key")
    key_expression.demand_origin(found)
    return found


def _description(text: str) -> str:
    if len(text) > MAX_DESCRIPTION or not text.isprintable():
        raise Malformed("bitcoin.bsms-description", limit=MAX_DESCRIPTION)
    return text


def _signed_lines(token: bytes, key: str, description: str) -> list[str]:
    return [VERSION, token.hex(), key, description]


def _joined(lines: Sequence[str], ended: bool) -> bytes:
    return ("\n".join(lines) + "\n" * ended).encode()


def _lines(data: bytes, count: int) -> tuple[list[str], bool]:
    """Exactly `count` lines of version 1.0, and whether a line end stands behind the last."""
    if len(data) > MAX_RECORD:
        raise Malformed("bitcoin.bsms-size", size=len(data), limit=MAX_RECORD)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise Malformed("bitcoin.bsms-text") from None
    if "\r" in text:
        raise Malformed("bitcoin.bsms-line-end")
    ended = text.endswith("\n")
    lines = text.removesuffix("\n").split("\n")
    if lines[0] != VERSION:
        if lines[0].startswith("BSMS "):
            raise Refused("bitcoin.bsms-version", found=excerpt(lines[0]))
        raise Malformed("bitcoin.bsms-text")
    if len(lines) != count:
        raise Malformed("bitcoin.bsms-lines", found=len(lines), expected=count)
    return lines, ended
