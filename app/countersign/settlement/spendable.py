"""Which places of a vault can still be spent from as the roster says who signs: by the keys that count, and by nobody else.

- A key that was withdrawn signs nothing here; on its chain it signs as ever, for whoever has it.
- So a place is good for what comes to it only while the keys that count reach the quorum and those that were withdrawn do not.
- Slots never leave a vault: the bad ones stay, and what lies in them is spent while it can be.

    >>> sound(roster, vault, slot.keys)
    False
"""

from collections.abc import Iterable

from countersign.settlement.roster import Roster, SlotVault, Vault, places


def withdrawn(roster: Roster, keys: Iterable[str]) -> int:
    """How many of these keys (ids) were withdrawn since."""
    return sum(kid not in roster.keys for kid in keys)


def sound(roster: Roster, vault: Vault, keys: tuple[str, ...]) -> bool:
    """Whether what comes to a place of these keys can be spent by those that count, and not by withdrawn ones alone."""
    gone = withdrawn(roster, keys)
    return len(keys) - gone >= vault.threshold > gone


def takes_change(roster: Roster, vault: Vault, number: int) -> bool:
    """Whether a place is good for change; of extended keys it is as good as the places that its coins come from."""
    return not isinstance(vault, SlotVault) or sound(roster, vault, vault.slot(number).keys)


def keys_at(vault: Vault, number: int) -> tuple[str, ...]:
    """The keys of a place by its number; of extended keys and of a Safe every place has the same."""
    return vault.slot(number).keys if isinstance(vault, SlotVault) else vault.keys


def stuck(roster: Roster, vault: Vault) -> tuple[int, ...]:
    """The slots in which the keys that count reach the quorum no more, ascending; (0,) for another vault of which that is so."""
    return tuple(
        number
        for number, keys in zip(_numbers(vault), places(vault), strict=True)
        if len(keys) - withdrawn(roster, keys) < vault.threshold
    )


def _numbers(vault: Vault) -> tuple[int, ...]:
    return tuple(slot.number for slot in vault.slots) if isinstance(vault, SlotVault) else (0,)
