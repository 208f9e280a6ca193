"""Output descriptors of one place (BIP-380, BIP-383): `wsh(sortedmulti(k,KEY,…))#checksum`.

- KEY is a plain key or an extended key at a fixed place (`key_expression`); a slot may mix both. A descriptor whose keys
  are numbered is a `ranged.RangedDescriptor`, whose places are descriptors of this kind;
- the checksum is required; the text is kept as written, so `parse(text).text == text`;
- B6: 1 ≤ k ≤ n ≤ 15; no key and no fingerprint twice, among the keys as registered and among the keys derived from them;
- every other form is recognised and refused by its name (`forms`);
- the checksum and the fingerprints identify nothing: compare `keys` or `script_pubkey`.

    >>> of_keys(1, [bytes.fromhex("0260b2003c386519fc9eadf2b5cf124dd8eea4c4e68d5e154050a9346ea98ce600")]).checksum
    'pm8vj8ud'
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from countersign.bitcoin import address as addresses
from countersign.bitcoin import descriptor_checksum, forms, key_expression, network, script
from countersign.bitcoin.bip32 import Network
from countersign.bitcoin.key_expression import DescriptorKey, KeyExpression
from countersign.errors import CountersignError, Malformed, Refused

__all__ = ["MAX_KEYS", "Descriptor", "DescriptorKey", "at_place", "of_keys", "parse", "read_keys"]

MAX_KEYS = 15
_SORTEDMULTI = re.compile(r"wsh\(sortedmulti\(([1-9][0-9]{0,3})((?:,[^,()]+)+)\)\)\Z")


@dataclass(frozen=True, slots=True)
class Descriptor(descriptor_checksum.Checked):
    """A k-of-n vault's slot or place. Derived: the keys in BIP-67 order, the scripts, the text with its checksum."""

    threshold: int
    keys: tuple[DescriptorKey, ...]
    """In the order of the text, one a cosigner; the script orders them by BIP-67."""
    body: str
    """The text without its checksum."""
    witness_script: bytes = field(repr=False)
    script_pubkey: bytes = field(repr=False)

    @property
    def public_keys(self) -> tuple[bytes, ...]:
        """The keys in BIP-67 order, as the script has them."""
        return script.sorted_keys(key.public for key in self.keys)

    @property
    def network(self) -> Network | None:
        """What the extended keys are for; None where all keys are plain."""
        return next((key.extended.network for key in self.keys if key.extended is not None), None)

    def address(self, hrp: str) -> str:
        """The address on the network with this prefix (`bcrt`)."""
        return addresses.address(self.script_pubkey, hrp)


def of_keys(threshold: int, keys: Sequence[bytes]) -> Descriptor:
    """The descriptor of plain keys without origins, in the order given. Malformed, Refused: as `parse`."""
    body = f"wsh(sortedmulti({threshold},{','.join(key.hex() for key in keys)}))"
    return parse(f"{body}#{descriptor_checksum.checksum(body)}")


def parse(text: str) -> Descriptor:
    """The descriptor of one line.

    Malformed: bitcoin.descriptor-*. Refused: bitcoin.form-* (another form), bitcoin.descriptor-ranged (a
    `RangedDescriptor`'s text), a key of another kind, a rule of B6, bitcoin.mixed-networks.
    """
    body, _ = descriptor_checksum.split(text)
    threshold, expressions = read_keys(body)
    if any(each.ranged for each in expressions):
        raise Refused("bitcoin.descriptor-ranged")
    return at_place(threshold, [each.fixed() for each in expressions], body)


def at_place(threshold: int, keys: Sequence[DescriptorKey], body: str) -> Descriptor:
    """The descriptor of the keys at one place. Refused: B6.duplicate-key."""
    if len({key.public for key in keys}) != len(keys):
        raise Refused("B6.duplicate-key")
    witness_script = script.multisig(threshold, script.sorted_keys(key.public for key in keys))
    return Descriptor(threshold, tuple(keys), body, witness_script, script.p2wsh(witness_script))


def read_keys(body: str) -> tuple[int, tuple[KeyExpression, ...]]:
    """Threshold and keys of a body of our form, the rules of B6 kept. Malformed, Refused: as `parse`."""
    match = _SORTEDMULTI.match(body)
    if match is None:
        raise _other_form(body)
    threshold, keys = int(match[1]), match[2][1:].split(",")
    if len(keys) > MAX_KEYS:
        raise Refused("B6.too-many-keys", found=len(keys), limit=MAX_KEYS)
    if threshold > len(keys):
        raise Malformed("bitcoin.threshold", threshold=threshold, keys=len(keys))
    expressions = tuple(map(key_expression.parse, keys))
    if len({each.plain for each in expressions}) != len(expressions):
        raise Refused("B6.duplicate-key")
    if len({each.fingerprint for each in expressions}) != len(expressions):
        raise Refused("B6.duplicate-fingerprint")
    network.of_keys(expressions)
    return threshold, expressions


def _other_form(body: str) -> CountersignError:
    form = forms.recognise(body)
    return Malformed("bitcoin.descriptor-syntax") if form is None else Refused(form.reason, form=form.spelled)
