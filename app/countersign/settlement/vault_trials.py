"""Who owes a test of a vault that a change of the roster enters, and who has given none: names only, no signature is read here.

- Owed: by every cosigner of a Bitcoin vault that was not there before, and of the slots that one gains.
- A test names the vault whole; what a vault gains is tried by nobody, for its other slots hold coins already.

    >>> [(vault.id, officers) for vault, officers in lacking(before, after, body)]
    [('meridian-btc', ('officer-d',))]
"""

from collections.abc import Iterator

from countersign.settlement.bodies import RosterChanged
from countersign.settlement.roster import BitcoinVault, Entries, Roster, SlotVault


def entered(before: Roster, entries: Entries) -> Iterator[BitcoinVault]:
    """The Bitcoin vaults among the entries that the roster does not know."""
    for vault in entries.vaults:
        if isinstance(vault, BitcoinVault) and vault.id not in before.vaults:
            yield vault


def lacking(before: Roster, after: Roster, body: RosterChanged) -> Iterator[tuple[BitcoinVault, tuple[str, ...]]]:
    """Each vault that is entered or gains slots, with the officers who gave no test of it, ascending; whole ones left out."""
    tested = {(each.vault, each.officer) for each in body.tests}
    for vault in body.entries.vaults:
        if not isinstance(vault, BitcoinVault):
            continue
        known = before.vaults.get(vault.id)
        kids = vault.keys if known is None else _gained(known, vault)  # type: ignore[arg-type]
        officers = sorted({after.ever(kid).holder.id for kid in kids})
        missing = tuple(each for each in officers if known is not None or (vault.id, each) not in tested)
        if missing:
            yield vault, missing


def cosigners(roster: Roster, vault: BitcoinVault) -> frozenset[str]:
    """The officers whose keys are in a vault."""
    return frozenset(roster.ever(kid).holder.id for kid in vault.keys)


def _gained(known: BitcoinVault, vault: BitcoinVault) -> tuple[str, ...]:
    """The keys of the slots that a vault gains."""
    if not isinstance(known, SlotVault) or not isinstance(vault, SlotVault):
        return ()
    numbers = {slot.number for slot in known.slots}
    return tuple(kid for slot in vault.slots if slot.number not in numbers for kid in slot.keys)
