"""Vaults and destinations before they are entered: descriptors are read, and held against the roster beside them.

The machine judges key ids and numbers only; descriptors are the rails'. So a desk looks before it logs a change, a console
before anybody signs it, and whoever audits looks again at what was logged (`amiss`):

- the descriptor parses, is of the vault's chain, holds exactly the registered keys, each whole (B6), of an officer one kind of
  key, and none of its scripts is another vault's, on whatever network;
- a Safe has an address of its own (`rails.safe_place`);
- every cosigner of a vault that a change enters has tried it, or the change says who has not, and why (`vault_proof`);
- a destination that is said to lie in a vault is one of its watched places; one outside this custody is none of any vault, and
  takes somebody's key to spend from. A new one has keys that count.

What stands as it is named again is not looked at anew.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from countersign.bitcoin import standard
from countersign.desk.vault_proof import require_tested
from countersign.errors import CountersignError, Refused
from countersign.rails import safe_place, wallets
from countersign.rails.bitcoin import script_at
from countersign.rails.wallets import Wallet
from countersign.settlement import roster_change, spendable
from countersign.settlement.bodies import DeskFounded, RosterChanged
from countersign.settlement.events import Event
from countersign.settlement.roster import BitcoinVault, Destination, Entries, Roster, SafeVault
from countersign.settlement.state import State

Used = Callable[[str], int]
"""The highest index of a vault that was spent from: how far its places are watched (B7)."""


def require_registrable(state: State, event: Event) -> None:
    """Malformed, Refused: bitcoin.*, B6.*, C7.destination-elsewhere, -withdrawn, rails.officer-both, rails.script-elsewhere,
    -other-network, bitcoin.unguarded, settlement.destination-inside, rails.safe-…; desk.enrol-untested, -test-false, -test-stray.

    What the roster's own rules refuse is theirs to say.
    """
    match event.body:
        case DeskFounded() as body:
            before, entries = replace(Roster(), custodian=body.custodian), body.entries
        case RosterChanged() as body:
            before, entries = state.roster, body.entries
        case _:
            return
    require_entries(before, entries, state.high_water)
    if isinstance(event.body, RosterChanged):
        require_tested(before, event.body)


def require_entries(before: Roster, entries: Entries, used: Used) -> None:
    """The vaults and the destinations that these entries add to a roster, or change in it.

    Malformed, Refused: as `require_registrable`.
    """
    fresh = [each for each in entries.vaults if before.vaults.get(each.id) != each]
    vaults = [each for each in fresh if isinstance(each, BitcoinVault)]
    safes = [each for each in fresh if isinstance(each, SafeVault)]
    places = [each for each in entries.destinations if each.account not in before.destinations]
    if not fresh and not places:
        return
    after = roster_change.changed(before, entries, time_ms=0)
    for safe in safes:
        safe_place.require_own_place(safe, after)
    known = _wallets(after, used)
    for vault in vaults:
        _require_vault(after, known[vault.id], known)
    for place in places:
        _require_place(known, place)
        _require_keys(after, known, place)


def amiss(state: State) -> Iterator[tuple[str, CountersignError]]:
    """What stands in the roster and should never have been logged: each vault or destination by its name, and why."""
    known: dict[str, Wallet] = {}
    for vault in state.roster.vaults.values():
        try:
            if isinstance(vault, SafeVault):
                safe_place.require_own_place(vault, state.roster)
            else:
                known[vault.id] = wallets.of(state, vault)
                wallets.require_registrable(known[vault.id], state.roster)
                wallets.require_one_network(known[vault.id], state)
        except CountersignError as error:
            yield vault.id, error
    for place in state.roster.destinations.values():
        try:
            _require_place(known, place)
        except CountersignError as error:
            yield place.account, error


def objection(state: State, event: Event) -> CountersignError | None:
    """What stands against the vaults and destinations of a proposed change, or None."""
    try:
        require_registrable(state, event)
    except CountersignError as error:
        return error
    return None


def _wallets(roster: Roster, used: Used) -> dict[str, Wallet]:
    vaults = (each for each in roster.vaults.values() if isinstance(each, BitcoinVault))
    return {each.id: wallets.read(each, used(each.id)) for each in vaults}


def _require_vault(after: Roster, found: Wallet, known: dict[str, Wallet]) -> None:
    wallets.require_registrable(found, after)
    wallets.require_apart(found, known.values())
    for place in after.destinations.values():
        if place.vault is None and place.account.startswith(f"{found.vault.chain}:"):
            wallets.require_without(found, place.account)


def _require_keys(roster: Roster, known: dict[str, Wallet], place: Destination) -> None:
    """A new place takes what comes to it only while its keys count. Refused("C7.destination-withdrawn")."""
    vault = roster.vaults.get(place.vault or "")
    if vault is None:
        return
    keys = wallets.keys_of(known[vault.id], place.account) if vault.id in known else vault.keys
    if not spendable.sound(roster, vault, keys):
        gone = spendable.withdrawn(roster, keys)
        raise Refused("C7.destination-withdrawn", destination=place.account, vault=vault.id, gone=gone, keys=len(keys))


def _require_place(known: dict[str, Wallet], place: Destination) -> None:
    """A Safe's is the machine's to judge."""
    if place.vault in known:
        wallets.require_within(known[place.vault], place.account)
    elif place.vault is None and place.account.startswith("bip122:"):
        standard.require_guarded(script_at(place.account))
        for found in known.values():
            if place.account.startswith(f"{found.vault.chain}:"):
                wallets.require_without(found, place.account)
