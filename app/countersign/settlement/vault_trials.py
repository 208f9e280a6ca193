"""What of a vault a change of the roster has tried, who owes a test of it, and who has given none: names only, no signature is
read here.

- A vault that was not there before is tried whole: owed by every cosigner.
- Of a vault that stands, the slots that it gains are tried, and nothing else: owed by whoever has a key in them.
- A vault that is named as it stands can be tried whole, now or years later: owed by nobody.

    >>> [(trial.vault.id, officers) for trial, officers in lacking(before, after, body)]
    [('meridian-btc', ('officer-d',))]
"""

from collections.abc import Iterator
from dataclasses import dataclass

from countersign.settlement.bodies import RosterChanged
from countersign.settlement.roster import BitcoinVault, Entries, Roster, SlotVault


@dataclass(frozen=True, slots=True)
class Trial:
    """A Bitcoin vault as a change has it, and what of it is tried: `slots` by number, or (None) all of it. `owed`: by every
    cosigner."""

    vault: BitcoinVault
    slots: tuple[int, ...] | None = None
    owed: bool = True

    @property
    def keys(self) -> tuple[str, ...]:
        """The key ids that sign the test."""
        if self.slots is None or not isinstance(self.vault, SlotVault):
            return self.vault.keys
        return tuple(kid for slot in self.vault.slots if slot.number in self.slots for kid in slot.keys)

    def cosigners(self, roster: Roster) -> frozenset[str]:
        """The officers whose keys these are, or were."""
        return frozenset(roster.ever(kid).holder.id for kid in self.keys)


def brings_vaults(body: RosterChanged) -> bool:
    """Whether there is anything to be tried in a change, or any test in it."""
    return bool(body.tests) or any(isinstance(each, BitcoinVault) for each in body.entries.vaults)


def trials(before: Roster, entries: Entries) -> Iterator[Trial]:
    """What of each Bitcoin vault among the entries is tried."""
    for vault in entries.vaults:
        if isinstance(vault, BitcoinVault):
            yield trial(before, vault)


def trial(before: Roster, vault: BitcoinVault) -> Trial:
    """What of a vault is tried that a roster has, has otherwise, or has not."""
    known = before.vaults.get(vault.id)
    if known is None:
        return Trial(vault)
    if not isinstance(known, SlotVault) or not isinstance(vault, SlotVault):
        return Trial(vault, owed=False)
    numbers = {slot.number for slot in known.slots}
    gained = tuple(slot.number for slot in vault.slots if slot.number not in numbers)
    return Trial(vault, gained) if gained else Trial(vault, owed=False)


def lacking(before: Roster, after: Roster, body: RosterChanged) -> Iterator[tuple[Trial, tuple[str, ...]]]:
    """Each vault of which a test is owed, with the officers who gave none, ascending; whole ones left out."""
    tested = {(each.vault, each.officer) for each in body.tests}
    for each in trials(before, body.entries):
        missing = tuple(sorted(who for who in each.cosigners(after) if (each.vault.id, who) not in tested))
        if each.owed and missing:
            yield each, missing
