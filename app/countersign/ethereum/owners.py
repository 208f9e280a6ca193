"""Who owns a Safe, and the four calls to itself by which its owners change that.

Implements OwnerManager.sol of the Safe contracts, the same in 1.3.0, 1.4.1 and 1.5.0: `addOwnerWithThreshold`,
`removeOwner`, `swapOwner`, `changeThreshold`.

- Owners are a list in the Safe's own order; before the first stands the sentinel 0x1. A call that takes an owner out
  names the owner in front of it, as the list stands when it is executed.
- `parse` is strict: the exact length, padding zero, and `serialise` gives the same bytes again.
- `apply` does what the contract does, and refuses what it reverts (GS201 to GS205): a call that would fail on chain is
  not signed.
- Nothing else administers a Safe in this system: no module, guard, fallback handler or upgrade.

    >>> ana, ben, cy = (Address(bytes([each]) * 20) for each in (0xAA, 0xBB, 0xCC))
    >>> swap = replacing((ana, ben), ben, cy)
    >>> swap.previous == ana, apply(OwnerList((ana, ben), 2), swap, safe).owners == (ana, cy)
    (True, True)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from countersign.errors import Malformed, Refused
from countersign.ethereum.abi import WORD, ZERO_ADDRESS, Address, Arguments, address_word, selector, word
from countersign.ethereum.safe_storage import SENTINEL
from countersign.formats import eip55


@dataclass(frozen=True, slots=True)
class OwnerList:
    """A Safe's owners in its own order (`getOwners()`), and how many of them must sign."""

    owners: tuple[Address, ...]
    threshold: int


@dataclass(frozen=True, slots=True)
class AddOwner:
    """`addOwnerWithThreshold(owner, threshold)`: the new owner stands first."""

    owner: Address
    threshold: int


@dataclass(frozen=True, slots=True)
class RemoveOwner:
    """`removeOwner(previous, owner, threshold)`."""

    previous: Address
    owner: Address
    threshold: int


@dataclass(frozen=True, slots=True)
class SwapOwner:
    """`swapOwner(previous, old, new)`: the new owner stands where the old one stood."""

    previous: Address
    old: Address
    new: Address


@dataclass(frozen=True, slots=True)
class ChangeThreshold:
    """`changeThreshold(threshold)`."""

    threshold: int


OwnerChange = AddOwner | RemoveOwner | SwapOwner | ChangeThreshold

_READ: dict[bytes, tuple[int, Callable[[Arguments], OwnerChange]]] = {
    selector("addOwnerWithThreshold(address,uint256)"): (2, lambda said: AddOwner(said.address(0), said.uint(1))),
    selector("removeOwner(address,address,uint256)"): (
        3,
        lambda said: RemoveOwner(said.address(0), said.address(1), said.uint(2)),
    ),
    selector("swapOwner(address,address,address)"): (
        3,
        lambda said: SwapOwner(said.address(0), said.address(1), said.address(2)),
    ),
    selector("changeThreshold(uint256)"): (1, lambda said: ChangeThreshold(said.uint(0))),
}
SELECTORS = frozenset(_READ)
"""The selectors of the four calls."""


def serialise(change: OwnerChange) -> bytes:
    """The call data. Malformed: `ethereum.uint256`, `ethereum.address-length`."""
    match change:
        case AddOwner(owner, threshold):
            return selector("addOwnerWithThreshold(address,uint256)") + address_word(owner) + word(threshold)
        case RemoveOwner(previous, owner, threshold):
            called = selector("removeOwner(address,address,uint256)")
            return called + address_word(previous) + address_word(owner) + word(threshold)
        case SwapOwner(previous, old, new):
            called = selector("swapOwner(address,address,address)")
            return called + address_word(previous) + address_word(old) + address_word(new)
        case ChangeThreshold(threshold):
            return selector("changeThreshold(uint256)") + word(threshold)


def parse(data: bytes) -> OwnerChange:
    """Read call data strictly. Malformed: `ethereum.owner-selector`, `ethereum.owner-length`, and what `abi` raises."""
    if data[:4] not in _READ:
        raise Malformed("ethereum.owner-selector", selector=data[:4].hex())
    words, read = _READ[data[:4]]
    if len(data) != 4 + words * WORD:
        raise Malformed("ethereum.owner-length", length=len(data), expected=4 + words * WORD)
    return read(Arguments(data[4:]))


def spelt(change: OwnerChange) -> str:
    """The call as it would be written, every argument by name and addresses whole."""
    match change:
        case AddOwner(owner, threshold):
            return f"addOwnerWithThreshold(owner {eip55.checksum(owner)}, threshold {threshold})"
        case RemoveOwner(before, owner, threshold):
            behind = f"behind {eip55.checksum(before)}"
            return f"removeOwner(owner {eip55.checksum(owner)} {behind}, threshold {threshold})"
        case SwapOwner(before, old, new):
            behind = f"behind {eip55.checksum(before)}"
            return f"swapOwner(old {eip55.checksum(old)} {behind}, new {eip55.checksum(new)})"
        case ChangeThreshold(threshold):
            return f"changeThreshold(threshold {threshold})"


def previous(owners: Sequence[Address], owner: Address) -> Address:
    """Who stands in front of an owner in the Safe's list: the sentinel before the first. Refused `ethereum.no-owner`."""
    if owner not in owners:
        raise Refused("ethereum.no-owner", owner=eip55.checksum(owner))
    place = list(owners).index(owner)
    return owners[place - 1] if place else SENTINEL


def removing(owners: Sequence[Address], owner: Address, threshold: int) -> RemoveOwner:
    """The call that takes an owner out of this list. Refused `ethereum.no-owner`."""
    return RemoveOwner(previous(owners, owner), owner, threshold)


def replacing(owners: Sequence[Address], old: Address, new: Address) -> SwapOwner:
    """The call that puts one owner in another's place. Refused `ethereum.no-owner`."""
    return SwapOwner(previous(owners, old), old, new)


def apply(before: OwnerList, change: OwnerChange, safe: Address) -> OwnerList:
    """Owners and threshold after the call, as OwnerManager.sol leaves them.

    Refused where it reverts: `ethereum.owner-impossible`, `ethereum.owner-twice`, `ethereum.no-owner`,
    `ethereum.owner-previous`, `ethereum.owner-threshold`.
    """
    owners = before.owners
    match change:
        case AddOwner(owner, threshold):
            _require_new(owner, owners, safe)
            return _reachable((owner, *owners), threshold)
        case RemoveOwner(_, owner, threshold):
            _require_previous(change.previous, owner, owners)
            return _reachable(tuple(each for each in owners if each != owner), threshold)
        case SwapOwner(_, old, new):
            _require_new(new, owners, safe)
            _require_previous(change.previous, old, owners)
            return OwnerList(tuple(new if each == old else each for each in owners), before.threshold)
        case ChangeThreshold(threshold):
            return _reachable(owners, threshold)


def _require_new(owner: Address, owners: Sequence[Address], safe: Address) -> None:
    if owner in (ZERO_ADDRESS, SENTINEL, safe):
        raise Refused("ethereum.owner-impossible", owner=eip55.checksum(owner))
    if owner in owners:
        raise Refused("ethereum.owner-twice", owner=eip55.checksum(owner))


def _require_previous(given: Address, owner: Address, owners: Sequence[Address]) -> None:
    if (wanted := previous(owners, owner)) != given:
        raise Refused(
            "ethereum.owner-previous",
            owner=eip55.checksum(owner),
            given=eip55.checksum(given),
            expected=eip55.checksum(wanted),
        )


def _reachable(owners: tuple[Address, ...], threshold: int) -> OwnerList:
    if not 1 <= threshold <= len(owners):
        raise Refused("ethereum.owner-threshold", threshold=str(threshold), owners=len(owners))
    return OwnerList(owners, threshold)
