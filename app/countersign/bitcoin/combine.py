"""The combiner (BIP-174, B13): several PSBTs over one unsigned transaction become one that knows what each knew.

- the unsigned transactions are the same bytes, else nothing is combined; so a sequence of another value is refused,
  though BIP-370 would let a combiner change it;
- versions may be mixed, the result is of version 0: what a transaction says, each knew already (`to_version` gives 2);
- every field is kept, unknown and proprietary ones too; two values under one key are a conflict and refused;
- two valid signatures of one key over one digest are no conflict, for token nonces are random: the lexicographically
  smaller stays. Both are verified against what the combined PSBT knows; if it cannot know, it is a conflict;
- the result is in canonical order, a function of what was combined and not of the order of combining:
  commutative, associative, idempotent.
"""

from collections.abc import Iterable, Sequence

from countersign.bitcoin import signatures
from countersign.bitcoin.psbt import Fields, Psbt, fields, to_version
from countersign.bitcoin.psbt.order import ordered
from countersign.bitcoin.sighash import Bip143
from countersign.errors import Malformed, Refused
from countersign.keys import ecdsa
from countersign.keys.public_key import Curve, PublicKey

Rivals = dict[tuple[int, bytes], set[bytes]]
"""Signatures that differ under one key of one input."""


def combine(first: Psbt, *others: Psbt) -> Psbt:
    """One PSBT of several. Refused: B13.other-transaction, B13.conflict, B13.conflicting-signature. Malformed: B2.modifiable."""
    if any(psbt.unsigned != first.unsigned for psbt in others):
        raise Refused("B13.other-transaction")
    every = [to_version(psbt, 0) for psbt in (first, *others)]
    rivals: Rivals = {}
    inputs = tuple(_merge([psbt.inputs[index] for psbt in every], rivals, index) for index in range(len(first.inputs)))
    outputs = tuple(_merge([psbt.outputs[index] for psbt in every], None, index) for index in range(len(first.outputs)))
    parents = {data: parent for psbt in every for data, parent in psbt.parents.items()}
    header = _merge([psbt.globals for psbt in every], None, 0)
    combined = Psbt(header, inputs, outputs, first.tx, parents)
    if rivals:
        _settle(combined, rivals)
    return combined


def _merge(maps: Sequence[Fields], rivals: Rivals | None, index: int) -> Fields:
    merged = dict(maps[0])
    for found in maps[1:]:
        for key, value in found.items():
            known = merged.setdefault(key, value)
            if known == value:
                continue
            if rivals is None or key[0] != fields.PARTIAL_SIGNATURE:
                raise Refused("B13.conflict", map=index, type=f"{key[0]:02x}")
            rivals.setdefault((index, key), {known}).add(value)
            merged[key] = min(known, value)
    return ordered(merged)


def _settle(combined: Psbt, rivals: Rivals) -> None:
    midstates = Bip143.of(combined.unsigned)
    for (index, key), given in rivals.items():
        if not _all_valid(combined, midstates, index, key[1:], given):
            raise Refused("B13.conflicting-signature", input=index, key=key[1:].hex())


def _all_valid(combined: Psbt, midstates: Bip143, index: int, key: bytes, given: Iterable[bytes]) -> bool:
    kinds = {signature[-1] for signature in given}
    if len(kinds) != 1:
        return False
    try:
        digest = signatures.any_digest(combined, midstates, index, kinds.pop())
        public_key = PublicKey.from_sec1(Curve.SECP256K1, key)
        return all(public_key.verify_digest(digest, ecdsa.from_der(signature[:-1])) for signature in given)
    except (Refused, Malformed):
        # No digest or no signature: nothing shows that the two are one signer's over one digest.
        return False
