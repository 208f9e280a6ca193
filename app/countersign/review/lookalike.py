"""Which registered place an unregistered address was made to be mistaken for, and whose a registered one is.

- Compared with every registered destination and every Safe of the same chain: whoever poisons an officer's history with a
  similar address counts on people who read the ends.
- Of several the one with the fewest other characters; never the address itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from countersign.formats import likeness
from countersign.settlement.roster import Party, Roster, SafeVault


@dataclass(frozen=True, slots=True)
class Like:
    """A registered address, whose it is, and how many of the other's `length` characters are not its."""

    address: str
    owner: str
    others: int
    length: int


def registered_like(roster: Roster, chain: str, address: str) -> Like | None:
    """The registered address of this chain (CAIP-2) that `address` could be mistaken for, or None."""
    alike = [
        Like(known, _name(roster, owner), len(likeness.differing(address, known)), max(len(address), len(known)))
        for known, owner in _registered(roster, chain)
        if likeness.alike(address, known)
    ]
    return min(alike, key=lambda each: (each.others, each.address), default=None)


def owner_of(roster: Roster, chain: str, address: str) -> str | None:
    """The name of whom an address is registered for, byte for byte, or None."""
    return next((_name(roster, owner) for known, owner in _registered(roster, chain) if known == address), None)


def _registered(roster: Roster, chain: str) -> Iterator[tuple[str, Party]]:
    for account, place in roster.destinations.items():
        if account.startswith(f"{chain}:"):
            yield account.removeprefix(f"{chain}:"), place.owner
    for vault in roster.vaults.values():
        if isinstance(vault, SafeVault) and vault.chain == chain:
            yield vault.address, vault.owner


def _name(roster: Roster, owner: Party) -> str:
    known = roster.participants.get(owner.lei)
    return known.name if known is not None else roster.custodian.name
