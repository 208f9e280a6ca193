"""What a descriptor file or a BSMS record says, for a person: form, quorum, keys with origins, first addresses.

    look(data).addresses        # (("bcrt", "0/0", "bcrt1q…"),)

- Nothing is judged but the text itself: whose the keys are says a roster (`vault_enrolment`).
- A form that this console does not sign for is shown as far as it was read, with its refusal.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from countersign.bitcoin import described, key_expression, ranged
from countersign.bitcoin.bip32 import HARDENED
from countersign.bitcoin.bsms import KeyRecord
from countersign.bitcoin.described import Described
from countersign.bitcoin.forms import OURS
from countersign.bitcoin.key_expression import KeyExpression
from countersign.bitcoin.ranged import RangedDescriptor
from countersign.desk.reports import Kind
from countersign.errors import CountersignError


@dataclass(frozen=True, slots=True)
class KeyView:
    """One cosigner's key: where its device finds it, and the whole text."""

    fingerprint: str
    path: str
    """ "m/48h/1h/0h/2h"."""
    extended: bool
    text: str


@dataclass(frozen=True, slots=True)
class DescriptionView:
    """A file as it describes a vault, or one key of it."""

    kind: Kind
    form: str | None
    """The script names from outside inwards; None for a key record."""
    threshold: int | None
    cosigners: int | None
    slots: int
    """How many slots; 0 where the keys range, and for what is not ours."""
    keys: tuple[KeyView, ...]
    checksums: tuple[str, ...]
    addresses: tuple[tuple[str, str, str], ...]
    """Prefix, place ("slot 0", "0/0"), address: the places that are compared."""
    note: str | None
    """A key record's description."""
    refusal: CountersignError | None


def look(data: bytes, token: bytes | None = None) -> DescriptionView:
    """The file in its parts. Malformed, Refused: as `described.read`."""
    found = described.read(data, token)
    return _of_key(found) if isinstance(found, KeyRecord) else of(found)


def of(found: Described) -> DescriptionView:
    """A vault's description in its parts."""
    kind = Kind.DESCRIPTOR if found.record is None else Kind.DESCRIPTOR_RECORD
    if found.vault is None:
        form = found.form
        name, threshold, keys = (OURS, None, None) if form is None else (form.name, form.threshold, form.keys)
        return DescriptionView(kind, name, threshold, keys, 0, (), (), (), None, found.refusal)
    extended = isinstance(found.vault, RangedDescriptor)
    named = [(spelled(found, number), place) for number, place in enumerate(found.places)]
    shown = named[:1] if extended else named
    first = found.places[0]
    return DescriptionView(
        kind=kind,
        form=OURS,
        threshold=first.threshold,
        cosigners=len(first.keys),
        slots=0 if extended else len(named),
        keys=tuple(key_view(each) for each in expressions(found)),
        checksums=tuple(text.rpartition("#")[2] for text in found.texts),
        addresses=tuple((hrp, name, place.address(hrp)) for hrp in found.prefixes for name, place in shown),
        note=None,
        refusal=None,
    )


def expressions(found: Described) -> Sequence[KeyExpression]:
    """The cosigners' key expressions: of the ranged descriptor, or of every slot in turn."""
    if isinstance(found.vault, RangedDescriptor):
        return found.vault.keys
    return [key_expression.parse(key.text) for place in found.places for key in place.keys]


def spelled(found: Described, number: int) -> str:
    """A place for people: "slot 3", or "0/0"."""
    if isinstance(found.vault, RangedDescriptor):
        return f"{ranged.branch_of(number)}/{ranged.index_of(number)}"
    return f"slot {number}"


def _of_key(record: KeyRecord) -> DescriptionView:
    key = (key_view(record.key),)
    return DescriptionView(Kind.KEY_RECORD, None, None, None, 0, key, (), (), record.description, None)


def key_view(key: KeyExpression) -> KeyView:
    """One key expression in its parts."""
    steps = "".join(f"/{step - HARDENED}h" if step >= HARDENED else f"/{step}" for step in key.origin_path)
    return KeyView(key.fingerprint.hex(), f"m{steps}", key.extended is not None, key.text)
