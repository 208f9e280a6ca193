"""Read model of a Safe's change of its own owners: who owns it, who comes and goes, by whose order; made by `owner_effects`."""

from dataclasses import dataclass

STAYS, GOES, COMES = "stays", "goes", "comes"


@dataclass(frozen=True, slots=True)
class OwnerLine:
    """One owner: the officer's name ("" for an address that nobody registered), the whole address, what becomes of it."""

    name: str
    address: str
    fate: str


@dataclass(frozen=True, slots=True)
class OwnersChange:
    """What the bytes of an order do to a Safe. `before` and `after`: how many sign; `after` is None where it cannot be read.

    `in_front`: who stands in front of the owner who goes in the Safe's own list, as the call says it (prevOwner); None
    where the call names nobody. `order` is the order's event, `ordered_by` the administrators' names.
    """

    vault: str
    party: str
    address: str
    order: str
    ordered_by: tuple[str, ...]
    owners: tuple[OwnerLine, ...]
    before: int
    after: int | None
    in_front: OwnerLine | None
    call: str
