"""The Desk's read model: its rows, what is known of each before it is made, and the sums over all of them.

Views as `views` describes them; there they are to be had by the same names.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from operator import eq
from typing import overload

from countersign.desk.money import Money
from countersign.errors import Values


@dataclass(frozen=True, slots=True)
class ActBy:
    """A deadline and why it bites: `reason` is a sentence code ("settlement.act-by-settle"), `values` its values."""

    at: int
    reason: str
    values: Values = field(default_factory=dict)


class Group(StrEnum):
    """The desk's four groups (UX.md)."""

    NEEDS_YOU = "needs you"
    WAITING = "waiting for others"
    READY = "ready to release"
    SETTLED = "settled today"


class Action(StrEnum):
    """What the officer at this console can do next with a settlement."""

    REVIEW = "review"
    SIGN = "sign"
    CARRY = "carry"
    SEND = "send"
    OBSERVE = "observe"
    WAIT = "wait"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Dot:
    """One place in a quorum: whose signature, and whether it is there. `officer` is empty for a place not yet taken."""

    officer: str
    there: bool


@dataclass(frozen=True, slots=True)
class InstructionDots:
    """The signatures of one instruction: `needed` of the dots' holders must sign."""

    instruction: str  # SHA-256 of its event's payload, hex
    kind: str  # "psbt" | "safe-tx"
    chain: str  # CAIP-2
    needed: int
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """What an officer should know of a row at once: `code` is short, blocked, frozen, disputed, allegement,
    unsent or young.

    `names`: who or what it is about; `money`: what is lacking; `at`: since when, unix seconds; `why`: in a person's words.
    """

    code: str
    names: tuple[str, ...] = ()
    money: Money | None = None
    at: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """What all checks of a settlement's instructions said: how many pass, and the code of the first that does not ("B8")."""

    passed: int
    failure: str | None = None
    trouble: tuple[str, Values] | None = None  # why they could not run: a sentence's code and values


@dataclass(frozen=True, slots=True)
class SettlementRow:
    """One line of the Desk."""

    contract: str  # contract hash, hex
    contract_id: str
    group: Group
    state: str
    act_by: ActBy | None
    parties: tuple[str, str]  # names: who delivers the first leg, and the other side; a withdrawal has no other ("")
    gives: tuple[Money, ...]  # what the first delivers, asset by asset
    takes: tuple[Money, ...]  # what the other side delivers; a withdrawal: nothing
    notional_usd: int
    instructions: tuple[InstructionDots, ...]
    action: Action
    remark: Remark | None = None
    template: str = "bilateral-spot"
    to_check: bool = False  # see `Line`
    checked: Checked | None = None  # what they said; None: they have not run for this look
    unbounded: str = ""  # where `act_by` is None, the code of the sentence that says why


@dataclass(slots=True)
class Line:
    """What a row is sorted and grouped by. `due`: unix seconds, None where nothing waits for anybody."""

    contract: str
    contract_id: str
    group: Group
    due: int | None
    to_check: bool = False  # it has instructions that all checks are run on when the row is looked at


Sums = tuple[tuple[str, tuple[Money, ...]], ...]
"""Who delivers what, asset by asset; names ascending."""


class Rows(Sequence[SettlementRow]):
    """The Desk's rows, sorted by deadline. Of each the line is known at once; the row may be made when it is asked for."""

    def __init__(self, made: Sequence[SettlementRow] = ()) -> None:
        self._made = made

    @overload
    def __getitem__(self, place: int) -> SettlementRow: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[SettlementRow]: ...
    def __getitem__(self, place: int | slice) -> SettlementRow | Sequence[SettlementRow]:
        return self._made[place]

    def __len__(self) -> int:
        return len(self._made)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rows) and len(self) == len(other) and all(map(eq, self, other))

    __hash__ = None  # type: ignore[assignment]

    def line(self, place: int) -> Line:
        """What the row at `place` is sorted and grouped by."""
        row = self[place]
        due = None if row.act_by is None else row.act_by.at
        return Line(row.contract, row.contract_id, row.group, due, row.to_check)


@dataclass(frozen=True, slots=True)
class DeskView:
    """The Desk: rows sorted by deadline, totals by asset and by counterparty. `totals` None: they are still being counted.

    `size`: the entries of the log that it was made from, the last at `newest` (unix seconds): no earlier moment is now.
    `needs_you`: how many rows stand in that group.
    """

    rows: Rows
    totals: tuple[Money, ...] | None
    by_party: Sums = ()
    size: int = 0
    needs_you: int = 0
    newest: int = 0
