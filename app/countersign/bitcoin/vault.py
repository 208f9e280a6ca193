"""A vault over token keys: numbered slots, each a descriptor of its own.

A token's key has no BIP-32 children, so a vault that wants fresh addresses lists fresh keys: slot 0, slot 1, … with
the same quorum. Coins lie in slots; change goes to a slot nobody has been paid to yet.

- every slot has the same k and n, and no key appears in two slots;
- slot 0's checksum orders vaults where DESIGN §8 says "in order of descriptor checksum";
- the text form is one descriptor with checksum a line, LF, without a blank line.

    >>> parse("").slots
    Traceback (most recent call last):
    countersign.errors.Malformed: bitcoin.vault-empty
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from countersign.bitcoin import descriptor
from countersign.bitcoin.descriptor import Descriptor
from countersign.errors import Malformed, Refused


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

    def slot_of(self, script_pubkey: bytes) -> int | None:
        """The slot that this scriptPubKey belongs to, byte for byte, or None."""
        return self.by_script.get(script_pubkey)

    def serialise(self) -> str:
        """One descriptor a line."""
        return "".join(f"{slot.text}\n" for slot in self.slots)


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
    """The reverse of `serialise`. Malformed, Refused: as `of` and `descriptor.parse`."""
    if text and not text.endswith("\n"):
        raise Malformed("bitcoin.vault-line")
    return of(descriptor.parse(line) for line in text.split("\n")[:-1])
