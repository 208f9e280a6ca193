"""What a Safe's change of its own owners does, decoded from its bytes alone: who goes, who comes, how many sign then.

- Names come from the roster, by address; an address that nobody registered stays without one.
- Whoever stands in front of the owner who goes is shown too: the call names them (prevOwner).
- A call that is none of the four changes nobody here; its own words are shown, and the checks refuse it.

    >>> change_of(state, order, data).owners[0].fate
    'goes'
"""

from countersign.desk.owner_views import COMES, GOES, STAYS, OwnerLine, OwnersChange
from countersign.errors import CountersignError
from countersign.ethereum import inspect, safe_file
from countersign.ethereum.abi import Address
from countersign.ethereum.owners import AddOwner, ChangeThreshold, OwnerChange, RemoveOwner, SwapOwner
from countersign.ethereum.safe import CALL, SafeTx
from countersign.ethereum.safe_storage import SENTINEL
from countersign.formats import caip, eip55
from countersign.rails import ethereum, owner_change
from countersign.settlement import owning
from countersign.settlement.owners_order import OwnersOrder
from countersign.settlement.roster import Roster
from countersign.settlement.state import State

FIRST = "the beginning of the Safe's list"


def change_of(state: State, order: OwnersOrder, data: bytes) -> OwnersChange:
    """The change in these bytes. Malformed: as a Safe transaction's file; Refused: settlement.owners-not-safe."""
    tx, vault, roster = safe_file.parse(data).tx, owning.safe(state, order.instruction.group.vaults[0]), state.roster
    now, made = ethereum.owners(vault, roster), _made(tx)
    gone, new = _goes(made), _comes(made)
    lines = [_line(roster, each, GOES if each == gone else STAYS) for each in now]
    lines += [] if new is None else [_line(roster, new, COMES)]
    front = made.previous if isinstance(made, RemoveOwner | SwapOwner) else None
    return OwnersChange(
        vault=vault.id,
        party=roster.participant(vault.owner.lei).name,
        address=eip55.checksum(tx.safe),
        order=order.instruction.hash,
        ordered_by=tuple(roster.officer(each).name for each in order.by),
        owners=tuple(lines),
        before=vault.threshold,
        after=_after(made, tx, vault.threshold),
        in_front=None if front is None else _line(roster, front, STAYS),
        call=_called(tx),
    )


def as_ordered(state: State, order: OwnersOrder, tx: SafeTx) -> bool:
    """Whether the bytes do what was ordered and nothing else, as E4 judges it."""
    vault = owning.safe(state, order.instruction.group.vaults[0])
    nonce = order.instruction.nonce or 0
    try:
        owner_change.require(tx, vault, order.keys, order.threshold, state.roster, nonce)
    except CountersignError:
        return False
    return True


def facts(change: OwnersChange) -> tuple[tuple[str, str], ...]:
    """The same as labelled lines of a transaction's facts: who goes, who stands in front, who comes, how many sign."""
    told = [(f"owner-{each.fate}", said(each)) for each in change.owners if each.fate != STAYS]
    if change.in_front is not None:
        told.append(("owner-in-front", said(change.in_front)))
    count = sum(each.fate != COMES for each in change.owners), sum(each.fate != GOES for each in change.owners)
    told.append(("owners-sign", f"{change.before} of {count[0]}"))
    told.append(("owners-sign-then", "unknown" if change.after is None else f"{change.after} of {count[1]}"))
    return tuple(told)


def said(line: OwnerLine) -> str:
    """An owner in one line, the address whole."""
    return f"{line.name}, {line.address}" if line.name else line.address


def _made(tx: SafeTx) -> OwnerChange | None:
    """The change, where the bytes are a plain call of the Safe to itself that makes one."""
    call = inspect.read(tx).call
    return call.change if isinstance(call, inspect.SelfCall) and tx.operation == CALL else None


def _called(tx: SafeTx) -> str:
    call = inspect.read(tx).call
    return call.said if isinstance(call, inspect.SelfCall) else "a call to another contract"


def _goes(made: OwnerChange | None) -> Address | None:
    match made:
        case RemoveOwner(_, owner, _) | SwapOwner(_, owner, _):
            return owner
    return None


def _comes(made: OwnerChange | None) -> Address | None:
    match made:
        case AddOwner(owner, _) | SwapOwner(_, _, owner):
            return owner
    return None


def _after(made: OwnerChange | None, tx: SafeTx, before: int) -> int | None:
    match made:
        case AddOwner(_, threshold) | RemoveOwner(_, _, threshold) | ChangeThreshold(threshold):
            return threshold
        case SwapOwner():
            return before
    return before if inspect.read(tx).void else None


def _line(roster: Roster, address: Address, fate: str) -> OwnerLine:
    if address == SENTINEL:
        return OwnerLine(FIRST, eip55.checksum(address), fate)
    return OwnerLine(_name(roster, address), eip55.checksum(address), fate)


def _name(roster: Roster, address: Address) -> str:
    """Whose registered key has this address; "" where nobody's has."""
    for known in (*roster.keys.values(), *roster.retired.values()):
        if known.purpose == caip.EIP155 and known.key.ethereum_address() == address:
            return roster.officer(known.holder.id).name
    return ""
