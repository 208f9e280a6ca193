"""Output descriptors of vaults (BIP-380, BIP-383): `wsh(sortedmulti(k,KEY,…))#checksum` over plain compressed keys.

- KEY is a 33-byte key in lower-case hex, with an optional origin `[fingerprint/path]` before it;
- the checksum is required; the text is kept as written, so `parse(text).text == text`;
- B6: 1 ≤ k ≤ n ≤ 15, no key and no fingerprint twice. A key without an origin carries its own fingerprint, empty path;
- every other form is recognised and refused by its name; extended keys come with a later version;
- the checksum and the fingerprints identify nothing: compare `keys` or `script_pubkey`.

    >>> of_keys(1, [bytes.fromhex("0260b2003c386519fc9eadf2b5cf124dd8eea4c4e68d5e154050a9346ea98ce600")]).checksum
    'pm8vj8ud'
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from countersign.bitcoin import address as addresses
from countersign.bitcoin import descriptor_checksum, script
from countersign.errors import CountersignError, Malformed, Refused
from countersign.keys.public_key import Curve, PublicKey

MAX_KEYS = 15
_HARDENED = 1 << 31
_SORTEDMULTI = re.compile(r"wsh\(sortedmulti\(([1-9][0-9]{0,3})((?:,[^,()]+)+)\)\)\Z")
_KEY = re.compile(r"(?:\[([0-9a-f]{8})((?:/(?:0|[1-9][0-9]{0,9})['h]?)*)\])?(0[23][0-9a-f]{64})\Z")
_EXTENDED = re.compile(r"(?:\[[^\]]*\])?[xt]p(ub|rv)[1-9A-HJ-NP-Za-km-z]+(?:/[0-9'h/*<>;]*)?\Z")
_PRIVATE = re.compile(r"(?:\[[^\]]*\])?[5KL9c][1-9A-HJ-NP-Za-km-z]{50,51}\Z")
_UNCOMPRESSED = re.compile(r"(?:\[[^\]]*\])?04[0-9a-fA-F]{128}\Z")
_FORMS = re.compile(r"((?:sh\(wsh|sh|wsh|wpkh|pkh|pk|tr|rawtr|combo|multi|sortedmulti|multi_a|addr|raw)\b)(?:\((\w+))?")


@dataclass(frozen=True, slots=True)
class DescriptorKey:
    """One cosigner's key: 33 bytes, where its device finds it, and the spelling it came in."""

    public: bytes
    fingerprint: bytes
    path: tuple[int, ...]
    text: str = field(repr=False)

    @property
    def origin(self) -> bytes:
        """The value of a PSBT key-path field: fingerprint, then each step as u32 little-endian."""
        return self.fingerprint + b"".join(step.to_bytes(4, "little") for step in self.path)


@dataclass(frozen=True, slots=True)
class Descriptor:
    """A k-of-n vault or one slot of it. Derived: the keys in BIP-67 order, the scripts, the text with its checksum."""

    threshold: int
    keys: tuple[DescriptorKey, ...]
    """In the order of the text; the script orders them by BIP-67."""
    text: str
    witness_script: bytes = field(repr=False)
    script_pubkey: bytes = field(repr=False)

    @property
    def checksum(self) -> str:
        """The eight characters behind `#`: for ordering and for people, never an identity."""
        return self.text[-descriptor_checksum.LENGTH :]

    @property
    def public_keys(self) -> tuple[bytes, ...]:
        """The keys in BIP-67 order, as the script has them."""
        return script.sorted_keys(key.public for key in self.keys)

    def address(self, hrp: str) -> str:
        """The address on the network with this prefix (`bcrt`)."""
        return addresses.address(self.script_pubkey, hrp)


def of_keys(threshold: int, keys: Sequence[bytes]) -> Descriptor:
    """The descriptor of plain keys without origins, in the order given. Malformed, Refused: as `parse`."""
    body = f"wsh(sortedmulti({threshold},{','.join(key.hex() for key in keys)}))"
    return parse(f"{body}#{descriptor_checksum.checksum(body)}")


def parse(text: str) -> Descriptor:
    """The descriptor of one line.

    Malformed: bitcoin.descriptor-*. Refused: another form (bitcoin.descriptor-form), a key of another kind
    (bitcoin.descriptor-extended-key, -private-key, -uncompressed-key), a rule of B6.
    """
    body, _ = descriptor_checksum.split(text)
    return _build(body, text)


def _build(body: str, text: str) -> Descriptor:
    match = _SORTEDMULTI.match(body)
    if match is None:
        raise _other_form(body)
    threshold, keys = int(match[1]), tuple(parse_key(key) for key in match[2][1:].split(","))
    _check_cosigners(threshold, keys)
    witness_script = script.multisig(threshold, script.sorted_keys(key.public for key in keys))
    return Descriptor(threshold, keys, text, witness_script, script.p2wsh(witness_script))


def _check_cosigners(threshold: int, keys: tuple[DescriptorKey, ...]) -> None:
    if len(keys) > MAX_KEYS:
        raise Refused("B6.too-many-keys", found=len(keys), limit=MAX_KEYS)
    if threshold > len(keys):
        raise Malformed("bitcoin.threshold", threshold=threshold, keys=len(keys))
    if len({key.public for key in keys}) != len(keys):
        raise Refused("B6.duplicate-key")
    if len({key.fingerprint for key in keys}) != len(keys):
        raise Refused("B6.duplicate-fingerprint")


def _other_form(body: str) -> CountersignError:
    match = _FORMS.match(body)
    if match is None or not body.endswith(")"):
        return Malformed("bitcoin.descriptor-syntax")
    form = "(".join(part for part in match.groups() if part and not re.fullmatch(r"[0-9a-fA-F]*|[xt]p.*|[5KL].*", part))
    if form == "wsh(sortedmulti":
        return Malformed("bitcoin.descriptor-syntax")
    return Refused("bitcoin.descriptor-form", form=form)


def parse_key(text: str) -> DescriptorKey:
    """One key expression. Malformed: bitcoin.descriptor-key; Refused: the kinds of key that a vault does not take."""
    match = _KEY.match(text)
    if match is None:
        for pattern, code in _OTHER_KEYS:
            if pattern.match(text):
                raise Refused(code)
        raise Malformed("bitcoin.descriptor-key")
    public = bytes.fromhex(match[3])
    PublicKey.from_sec1(Curve.SECP256K1, public)
    if match[1] is None:
        return DescriptorKey(public, script.fingerprint(public), (), text)
    return DescriptorKey(public, bytes.fromhex(match[1]), tuple(map(_step, match[2].split("/")[1:])), text)


_OTHER_KEYS = (
    (_EXTENDED, "bitcoin.descriptor-extended-key"),
    (_PRIVATE, "bitcoin.descriptor-private-key"),
    (_UNCOMPRESSED, "bitcoin.descriptor-uncompressed-key"),
)


def _step(text: str) -> int:
    hardened = text[-1] in "'h"
    number = int(text[:-1] if hardened else text)
    if number >= _HARDENED:
        raise Malformed("bitcoin.descriptor-path")
    return number + _HARDENED if hardened else number
