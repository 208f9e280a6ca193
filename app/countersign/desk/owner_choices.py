"""Read models of a change of a Safe's owners that is put together, with what stands against it; made by `owner_choosing`."""

from dataclasses import dataclass

from countersign.desk.owner_views import OwnerLine
from countersign.desk.vault_views import CosignerKey
from countersign.errors import CountersignError


@dataclass(frozen=True, slots=True)
class OwnersGround:
    """What a change of a Safe's owners can be made of: its owners of today, every other registered key that could come in.

    `under_way`: an order has its one place, whose own place another can take. `administrators` by name, `wanted` of whom sign
    an order; none of them signs the transaction then.
    """

    vault: str
    party: str
    book: str
    address: str
    threshold: int
    owners: tuple[CosignerKey, ...]
    others: tuple[CosignerKey, ...]
    under_way: bool
    administrators: tuple[str, ...]
    wanted: int


@dataclass(frozen=True, slots=True)
class OwnersWanted:
    """The change that is wanted: the key that comes, the key that goes, how many sign then (None: as many as today).

    Nothing of all takes back what is under way.
    """

    add: str | None = None
    remove: str | None = None
    threshold: int | None = None


@dataclass(frozen=True, slots=True)
class OwnersPlan:
    """A wanted change held against the state: owners with their fates; `before` and `after`: how many of how many sign.

    `objection`: what the rules refuse it for now. `unable`: by name, who comes without a role in which they could sign.
    `able`: how many of today's owners can sign at most, once `wanted` administrators have ordered it; `before[0]` must.
    `cold`: whether the Safe is cold today, and then.
    """

    owners: tuple[OwnerLine, ...]
    before: tuple[int, int]
    after: tuple[int, int]
    objection: CountersignError | None
    unable: tuple[str, ...]
    able: int
    cold: tuple[bool, bool]
