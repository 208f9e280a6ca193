"""Bitcoin vaults before they are entered: their descriptors are read, and held against the roster beside them.

The machine judges key ids and numbers only; descriptors are the rails'. So a desk looks before it logs a change, and a console
before anybody signs it: the descriptor parses, is of the vault's chain, holds exactly the registered keys, each whole (B6),
of an officer one kind of key, and none of its scripts is another vault's. A vault that stands as it is named again is not
looked at anew.
"""

from dataclasses import replace

from countersign.errors import CountersignError
from countersign.rails import wallets
from countersign.settlement import roster_change
from countersign.settlement.bodies import DeskFounded, RosterChanged
from countersign.settlement.events import Event
from countersign.settlement.roster import BitcoinVault, Entries, Roster
from countersign.settlement.state import State


def require_registrable(state: State, event: Event) -> None:
    """Malformed, Refused: bitcoin.*, B6.*, rails.officer-both, rails.script-elsewhere.

    What the roster's own rules refuse is theirs to say.
    """
    match event.body:
        case DeskFounded() as body:
            before, entries = replace(Roster(), custodian=body.custodian), body.entries
        case RosterChanged() as body:
            before, entries = state.roster, body.entries
        case _:
            return
    require_vaults(before, entries)


def require_vaults(before: Roster, entries: Entries) -> None:
    """The Bitcoin vaults that these entries add to a roster, or change in it. Malformed, Refused: as `require_registrable`."""
    fresh = [each for each in entries.vaults if before.vaults.get(each.id) != each]
    if not any(isinstance(each, BitcoinVault) for each in fresh):
        return
    after = roster_change.changed(before, entries, time_ms=0)
    others = [wallets.read(each) for each in after.vaults.values() if isinstance(each, BitcoinVault)]
    for vault in fresh:
        if isinstance(vault, BitcoinVault):
            found = wallets.read(vault)
            wallets.require_registrable(found, after)
            wallets.require_apart(found, others)


def objection(state: State, event: Event) -> CountersignError | None:
    """What stands against the vaults of a proposed change, or None."""
    try:
        require_registrable(state, event)
    except CountersignError as error:
        return error
    return None
