"""A vault as the rails use it: places, each a descriptor of its own, and the scripts that belong to them.

Two kinds, one interface (`Places`):

- **`SlotVault`**, over token keys or token keys beside extended keys at fixed places. A token's key has no BIP-32
  children, so such a vault lists numbered slots: slot 0, slot 1, … with the same quorum. Places are 0 … slots−1.
  Every slot has the same k and n, and no key appears in two slots. Text: one descriptor with checksum a line, LF.
- **`RangedVault`**, over extended keys: one `RangedDescriptor` and a horizon. Place = 2 × index + branch (`ranged.place`),
  and the scripts looked up are those with index ≤ horizon. The caller says how far: the highest index used + 200 (B7).
  A script beyond it is not ours until somebody raises the horizon, because nobody would look for it there.
  Text: the one descriptor with checksum, LF.

What they share: `threshold`, `cosigners`, `checksum` (the order among paying vaults where DESIGN §8 says "in order of
descriptor checksum": slot 0's, or the ranged descriptor's), `numbers` (the places to watch), `descriptor(number)`,
`slot_of(script_pubkey)`, `serialise()`.

    >>> parse("").slots
    Traceback (most recent call last):
    countersign.errors.Malformed: bitcoin.vault-empty
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from countersign.bitcoin import descriptor
from countersign.bitcoin.descriptor import Descriptor
from countersign.bitcoin.ranged import RangedDescriptor, index_of
from countersign.errors import Malformed, Refused

GAP = 200
"""How far beyond the highest index used a ranged vault's scripts are looked for (B7)."""


class Places(Protocol):
    """What both kinds of vault offer."""

    @property
    def threshold(self) -> int:
        """k."""

    @property
    def cosigners(self) -> int:
        """n."""

    @property
    def checksum(self) -> str:
        """The order among paying vaults; never an identity."""

    @property
    def numbers(self) -> Sequence[int]:
        """The places whose scripts are watched, ascending."""

    def descriptor(self, number: int) -> Descriptor:
        """The descriptor of a place. Refused: bitcoin.no-such-place."""

    def slot_of(self, script_pubkey: bytes) -> int | None:
        """The place that this scriptPubKey belongs to, byte for byte, or None."""

    def serialise(self) -> str:
        """The registered text."""


@dataclass(frozen=True, slots=True)
class SlotVault:
    """The slots in their order. `of` and `parse` make one; they refuse unequal quorums and reused keys."""

    slots: tuple[Descriptor, ...]
    by_script: Mapping[bytes, int] = field(repr=False, compare=False)
    """Slot number by scriptPubKey."""

    @property
    def threshold(self) -> int:
        """k."""
        return self.slots[0].threshold

    @property
    def cosigners(self) -> int:
        """n."""
        return len(self.slots[0].keys)

    @property
    def checksum(self) -> str:
        """Slot 0's descriptor checksum: the order among paying vaults."""
        return self.slots[0].checksum

    @property
    def numbers(self) -> range:
        """0 … slots−1."""
        return range(len(self.slots))

    def descriptor(self, number: int) -> Descriptor:
        """The descriptor of a slot. Refused: bitcoin.no-such-place."""
        if number not in self.numbers:
            raise Refused("bitcoin.no-such-place", number=number)
        return self.slots[number]

    def slot_of(self, script_pubkey: bytes) -> int | None:
        """The slot that this scriptPubKey belongs to, byte for byte, or None."""
        return self.by_script.get(script_pubkey)

    def serialise(self) -> str:
        """One descriptor a line."""
        return "".join(f"{slot.text}\n" for slot in self.slots)


@dataclass(frozen=True, slots=True)
class RangedVault:
    """A ranged descriptor as far as `horizon`, the highest index that is looked for."""

    ranged: RangedDescriptor
    horizon: int = GAP

    @property
    def threshold(self) -> int:
        """k."""
        return self.ranged.threshold

    @property
    def cosigners(self) -> int:
        """n."""
        return len(self.ranged.keys)

    @property
    def checksum(self) -> str:
        """The descriptor's checksum: the order among paying vaults."""
        return self.ranged.checksum

    @property
    def numbers(self) -> range:
        """Both branches as far as the horizon."""
        return range(2 * (self.horizon + 1))

    def descriptor(self, number: int) -> Descriptor:
        """The descriptor of a place, be it beyond the horizon. Refused: bitcoin.no-such-place."""
        return self.ranged.at(number)

    def slot_of(self, script_pubkey: bytes) -> int | None:
        """The place within the horizon that this scriptPubKey belongs to, byte for byte, or None."""
        number = _known(self.ranged).number_of(script_pubkey, len(self.numbers))
        return number if number is not None and index_of(number) <= self.horizon else None

    def serialise(self) -> str:
        """The descriptor and a line end."""
        return f"{self.ranged.text}\n"


@dataclass(frozen=True, slots=True)
class _Known:
    """The scripts of a ranged descriptor derived so far: places 0 to len−1, in order.

    Only a memory of a pure function: asking in another order, or from two threads, gives the same answers.
    """

    ranged: RangedDescriptor
    numbers: dict[bytes, int] = field(default_factory=dict)

    def number_of(self, script_pubkey: bytes, places: int) -> int | None:
        """The place of a script, deriving up to `places` of them until it is found."""
        if (known := self.numbers.get(script_pubkey)) is not None:
            return known
        for number in range(len(self.numbers), places):
            found = self.ranged.at(number).script_pubkey
            self.numbers[found] = number
            if found == script_pubkey:
                return number
        return None


@lru_cache(maxsize=64)
def _known(ranged: RangedDescriptor) -> _Known:
    return _Known(ranged)


def of(slots: Iterable[Descriptor]) -> SlotVault:
    """The vault of these slots.

    Malformed: bitcoin.vault-empty. Refused: bitcoin.vault-quorum, bitcoin.vault-key-reused.
    """
    numbered = tuple(slots)
    if not numbered:
        raise Malformed("bitcoin.vault-empty")
    seen: set[bytes] = set()
    for number, slot in enumerate(numbered):
        if (slot.threshold, len(slot.keys)) != (numbered[0].threshold, len(numbered[0].keys)):
            raise Refused("bitcoin.vault-quorum", slot=number)
        keys = {key.public for key in slot.keys}
        if keys & seen:
            raise Refused("bitcoin.vault-key-reused", slot=number)
        seen |= keys
    return SlotVault(numbered, {slot.script_pubkey: number for number, slot in enumerate(numbered)})


def parse(text: str) -> SlotVault:
    """The reverse of `SlotVault.serialise`. Malformed, Refused: as `of` and `descriptor.parse`."""
    if text and not text.endswith("\n"):
        raise Malformed("bitcoin.vault-line")
    return of(descriptor.parse(line) for line in text.split("\n")[:-1])
