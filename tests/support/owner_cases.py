"""A Safe's change of its own owners about to be signed: a complete case that every check accepts, and where to change it.

    scene(GOES).safe_case()                       # administrators ordered it, officer A, an owner, is about to sign
    scene(GOES, tx=lambda tx: replace(tx, value=1))   # the same, in which the administrators' logged bytes are altered

- The order is an entry of a real log, like everything in `review_cases`; an alteration is ordered, logged and proved like
  the truth, so that only the check it concerns stands in its way.
- Harbour's Safe has officers A, C and D as owners, two of whom sign; Compliance and Officer D are the administrators.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

from countersign.ethereum import safe_file
from countersign.ethereum.owners import OwnerList
from countersign.ethereum.safe import SafeTx
from countersign.rails import ethereum, owner_change
from countersign.settlement import owning
from countersign.settlement.roster import SafeVault
from support import settlement_world as world
from support.review_cases import Plan, Scene, held
from support.settlement_world import Desk

SAFE = "harbour-safe"
BY = ("compliance", "officer-d")
A, C, D = world.SAFE_OWNERS
Change = Callable[[SafeTx], SafeTx | bytes]


@dataclass(frozen=True)
class Order:
    """Whose keys own the Safe afterwards, and how many of them sign."""

    people: tuple[str, ...]
    threshold: int

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys, ascending."""
        return tuple(sorted(world.vault_key(each, "eip155", "harbour").kid for each in self.people))


NEW = "operations"
"""Who has a key of the Safe's kind and owns nothing yet."""
GOES = Order((A, C), 2)
COMES = Order((A, C, D, NEW), 2)
EXCHANGED = Order((A, C, NEW), 2)
MORE_SIGN = Order((A, C, D), 3)
AS_IT_IS = Order((A, C, D), 2)


def registered(desk: Desk) -> SafeVault:
    """Harbour's Safe as this desk's roster has it."""
    return owning.safe(desk.state, SAFE)


def listed(desk: Desk) -> OwnerList:
    """The Safe's owners in an order of its own."""
    vault = registered(desk)
    return OwnerList(tuple(reversed(ethereum.owners(vault, desk.state.roster))), vault.threshold)


def built(desk: Desk, order: Order, nonce: int = 0) -> SafeTx:
    """The call that does what is ordered."""
    return owner_change.build(registered(desk), order.keys, order.threshold, listed(desk), desk.state.roster, nonce)


def logged(desk: Desk, order: Order, data: bytes, *, by: Sequence[str] = BY, **changes: object) -> str:
    """The order of these bytes in the desk's log; its hash."""
    artefact = sha256(data).hexdigest()
    desk.log("owners.ordered", by, world.owners_body(desk, order.people, order.threshold, artefact=artefact, **changes))
    return desk.state.safes[SAFE].pending or ""


def key_of(officer: str) -> dict[str, object]:
    """An officer's entry of the roster with the key that could own Harbour's Safe."""
    entry = world.officer_entry(officer)
    key = world.vault_key(officer, "eip155", "harbour").public
    return {**entry, "keys": [*entry["keys"], world._officer_key(officer, "eip155", key, "safe harbour")]}  # type: ignore[misc]


def with_a_key_more(body: dict[str, object]) -> None:
    """Change the body of a founding: the new one's key is registered."""
    officers = body["officers"]
    assert isinstance(officers, list)
    body["officers"] = [key_of(NEW) if each["id"] == NEW else each for each in officers]


@cache
def ground() -> Desk:
    """The desk before anything is ordered, with a contract held."""
    return held(Plan(founding=with_a_key_more))[0]


def scene(order: Order = GOES, *, tx: Change | None = None, nonce: int = 0) -> Scene:
    """The order in the log; `tx` alters the bytes that it names, `nonce` is what the event says.

    `AS_IT_IS` takes back another order: it is an empty call.
    """
    desk = ground().copy()
    before = logged(desk, GOES, safe_file.serialise(built(desk, GOES))) if order == AS_IT_IS else None
    honest = built(desk, order)
    changed = honest if tx is None else tx(honest)
    data = changed if isinstance(changed, bytes) else safe_file.serialise(changed)
    name = logged(desk, order, data, nonce=nonce, replaces=before)
    return Scene(desk, (), b"", data, {"safe-tx": name})
