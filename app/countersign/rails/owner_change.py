"""A Safe's change of its own owners: what the administrators ordered ⇄ the one call that does it.

- `build` reads the Safe's own list (`getOwners()`), because a call names the owner in front of the one that goes.
- `require` holds bytes against the order by the registered keys alone: a plain call of the Safe to itself, without value
  or refund, that adds, removes, exchanges or counts exactly what was ordered. An order that names the owners as they are
  is an empty call: it only uses the number up.
- The owner named in front of the one who goes is an owner, or the list's beginning. Whether it is the right one, the
  Safe's own list says (`require_in_order`, E10). A wrong one makes the call fail on chain, where nothing changes.

    >>> build(vault, keys, threshold, listed, roster, nonce).to == safe
    True
"""

from countersign.errors import Malformed, Refused
from countersign.ethereum import inspect, owners
from countersign.ethereum.abi import Address
from countersign.ethereum.owners import (
    AddOwner,
    ChangeThreshold,
    OwnerChange,
    OwnerList,
    RemoveOwner,
    SwapOwner,
)
from countersign.ethereum.safe import SafeTx, plain_tx
from countersign.ethereum.safe_storage import SENTINEL
from countersign.formats import caip, eip55
from countersign.rails import ethereum
from countersign.settlement import owning
from countersign.settlement.governance_bodies import OwnersOrdered
from countersign.settlement.owning import require_one_call
from countersign.settlement.roster import Roster, SafeVault
from countersign.settlement.state import State


def build(
    vault: SafeVault, keys: tuple[str, ...], threshold: int, listed: OwnerList, roster: Roster, nonce: int
) -> SafeTx:
    """The call that makes these keys the Safe's owners. `listed`: its owners in its own order.

    Refused: settlement.owners-one-call, E4.owners-drifted, ethereum.owner-…
    """
    if set(listed.owners) != set(ethereum.owners(vault, roster)) or listed.threshold != vault.threshold:
        raise Refused("E4.owners-drifted", vault=vault.id)
    if (keys, threshold) == (vault.keys, vault.threshold):
        return ethereum.void(vault, nonce)
    safe = Address(eip55.parse(vault.address))
    change = _change(vault, keys, threshold, listed, roster)
    owners.apply(listed, change, safe)
    return plain_tx(caip.ChainId.parse(vault.chain).number, safe, safe, 0, owners.serialise(change), nonce)


def _change(vault: SafeVault, keys: tuple[str, ...], threshold: int, listed: OwnerList, roster: Roster) -> OwnerChange:
    require_one_call(vault, keys, threshold)
    new, gone = _addresses(roster, set(keys) - set(vault.keys)), _addresses(roster, set(vault.keys) - set(keys))
    if new and gone:
        return owners.replacing(listed.owners, gone[0], new[0])
    if new:
        return AddOwner(new[0], threshold)
    if gone:
        return owners.removing(listed.owners, gone[0], threshold)
    return ChangeThreshold(threshold)


def require(
    tx: SafeTx, vault: SafeVault, keys: tuple[str, ...], threshold: int, roster: Roster, nonce: int
) -> OwnerChange | None:
    """The change that these bytes make, None for an empty call. Refused E4.not-ordered, E4.not-a-neighbour; Malformed as
    `owners.parse`."""
    safe = Address(eip55.parse(vault.address))
    if not ethereum.belongs(tx, vault, nonce) or tx.operation or tx.value or tx.to != safe:
        raise Refused("E4.not-ordered", vault=vault.id, found=eip55.checksum(tx.to))
    if (keys, threshold) == (vault.keys, vault.threshold):
        if not inspect.read(tx).void:
            raise Refused("E4.not-ordered", vault=vault.id, found=_said(tx))
        return None
    change = owners.parse(tx.data)
    if not _does(change, vault, keys, threshold, roster):
        raise Refused("E4.not-ordered", vault=vault.id, found=owners.spelt(change))
    _require_neighbour(change, vault, roster)
    return change


def _require_neighbour(change: OwnerChange, vault: SafeVault, roster: Roster) -> None:
    """Whoever stands in front of the owner who goes is another owner of today, or the list's beginning."""
    match change:
        case RemoveOwner(before, owner, _) | SwapOwner(before, owner, _):
            if before not in {*ethereum.owners(vault, roster), SENTINEL} - {owner}:
                raise Refused("E4.not-a-neighbour", vault=vault.id, found=eip55.checksum(before))


def held_against(state: State, body: OwnersOrdered, data: bytes) -> OwnerChange | None:
    """What the bytes of an order call. Refused and Malformed as `require`, settlement.owners-not-safe, and as their form."""
    tx, vault = ethereum.parse(data).tx, owning.safe(state, body.vault)
    return require(tx, vault, body.keys, body.threshold, state.roster, body.nonce)


def _said(tx: SafeTx) -> str:
    try:
        return owners.spelt(owners.parse(tx.data))
    except Malformed:
        return tx.data[:4].hex()


def _does(change: OwnerChange, vault: SafeVault, keys: tuple[str, ...], threshold: int, roster: Roster) -> bool:
    new, gone = _addresses(roster, set(keys) - set(vault.keys)), _addresses(roster, set(vault.keys) - set(keys))
    match change:
        case AddOwner(owner, counted):
            return (new, gone, counted) == ([owner], [], threshold)
        case RemoveOwner(_, owner, counted):
            return (new, gone, counted) == ([], [owner], threshold)
        case SwapOwner(_, old, other):
            return (new, gone, vault.threshold) == ([other], [old], threshold)
        case ChangeThreshold(counted):
            return (new, gone, counted) == ([], [], threshold)


def require_in_order(change: OwnerChange | None, listed: OwnerList, vault: SafeVault) -> None:
    """The call would succeed on the Safe as its own list stands now. Refused: ethereum.owner-…, ethereum.no-owner."""
    if change is not None:
        owners.apply(listed, change, Address(eip55.parse(vault.address)))


def _addresses(roster: Roster, kids: set[str]) -> list[Address]:
    return [Address(roster.ever(kid).key.ethereum_address()) for kid in sorted(kids)]
