"""Read models of the Vaults screen: who can spend from a vault, where it lies, what it holds. Typed values, no sentence.

- A **place** is an address of a vault: a slot, a place of extended keys (`0/7`), or the Safe itself.
- Addresses come from the registered descriptor or the registered Safe, derived on this machine; nothing is taken from a node.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from countersign.desk.money import Money
from countersign.desk.operations_views import BreakView
from countersign.errors import CountersignError


@dataclass(frozen=True, slots=True)
class CosignerKey:
    """One registered key of a vault: its officer by id and name, the token or device it lies in, whether it can sign.

    A withdrawn key keeps its holder; its token is not known any more. `owner`: the Safe owner's address (EIP-55), or empty.
    """

    kid: str
    officer: str
    name: str
    label: str
    token: str
    serial: str
    model: str
    online: bool
    withdrawn: bool
    owner: str = ""


@dataclass(frozen=True, slots=True)
class SlotView:
    """One descriptor as registered, whole: of a slot by its number, or (None) of all places; and the key ids in it."""

    number: int | None
    descriptor: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlaceView:
    """One address of a vault. `spelt`: "slot 3", "0/7", empty for a Safe; `change`: on the branch for change.

    `used`: the log has spent from it, paid change to it, or registered it as a destination.
    """

    vault: str
    number: int
    spelt: str
    address: str
    change: bool
    used: bool


@dataclass(frozen=True, slots=True)
class OwnersOrdered:
    """A change of a Safe's owners under way: by name who comes in, who goes out, who ordered and who signed it; what the
    threshold and the number of owners are afterwards, how many signatures it `lacks`, whether it was `sent`."""

    coming: tuple[str, ...]
    going: tuple[str, ...]
    threshold: int
    owners: int
    by: tuple[str, ...]
    signed: tuple[str, ...]
    lacks: int
    sent: bool


@dataclass(frozen=True, slots=True)
class SafeFacts:
    """What is registered of a Safe beside its owners and threshold; `waiting`: an instruction of it is not executed yet;
    `ordered`: that is a change of its owners. `outside`: the numbers, first and last, that were used outside the log, and
    `uncompared`: nothing was compared since."""

    version: str
    singleton: str
    fallback_handler: str | None
    waiting: bool
    ordered: OwnersOrdered | None = None
    outside: tuple[tuple[int, int], ...] = ()
    uncompared: bool = False


@dataclass(frozen=True, slots=True)
class VaultPage:
    """One vault. `ledger`: what its owner's accounts hold of each asset of its chain.

    `places`: the numbers that are watched, with their `addresses`; `receive`, `change`: the next of them that the log has
    not used, None where there is none. `able`: every place still has keys enough to spend; `stuck`: the slots that have not.
    `fault`: why its descriptors cannot be read; then it has no place.
    """

    id: str
    lei: str
    owner: str
    book: str
    chain: str
    kind: str
    threshold: int
    cosigners: int
    cold: bool
    able: bool
    keys: tuple[CosignerKey, ...]
    descriptors: tuple[SlotView, ...]
    ledger: tuple[Money, ...]
    places: tuple[int, ...]
    addresses: tuple[str, ...]
    receive: int | None = None
    change: int | None = None
    safe: SafeFacts | None = None
    fault: CountersignError | None = None
    stuck: tuple[str, ...] = ()

    @property
    def extended(self) -> bool:
        """Whether its places are those of extended keys."""
        return self.kind == "wsh-ranged"


@dataclass(frozen=True, slots=True)
class VaultsView:
    """Every vault as of a log of `size` entries, by owner, book and id."""

    size: int
    pages: tuple[VaultPage, ...]


@dataclass(frozen=True, slots=True)
class HoldingLine:
    """One asset of a vault: what the ledger says, what its chain says, and every break between them."""

    vault: str
    ledger: Money
    chain: Money
    more: Money
    breaks: tuple[BreakView, ...]


@dataclass(frozen=True, slots=True)
class HoldingsView:
    """What this console's nodes said at `at` (unix seconds), beside the log of `size` entries.

    `silent`: the chains (CAIP-2) that nothing is known of, and why.
    """

    at: int
    size: int
    lines: tuple[HoldingLine, ...]
    silent: Mapping[str, CountersignError]

    def of(self, vault: str) -> tuple[HoldingLine, ...]:
        """The lines of one vault."""
        return tuple(each for each in self.lines if each.vault == vault)


class Belonging(StrEnum):
    """What an address is to this custody."""

    OURS = "ours"
    REGISTERED = "registered"  # a destination outside this custody
    ALIKE = "alike"  # made, or mistyped, to be taken for another
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class AddressFound:
    """What a typed address is. `address`: as it was compared, without spaces.

    Of one of ours or one alike: the `vault`, how its place is `spelt`, its `owner` by name. Alike: the registered address
    (`like`), how many of `length` characters differ, and the groups of four that do (number from 1, typed, registered).
    """

    address: str
    belonging: Belonging
    vault: str = ""
    spelt: str = ""
    owner: str = ""
    like: str = ""
    others: int = 0
    length: int = 0
    groups: tuple[tuple[int, str, str], ...] = ()
