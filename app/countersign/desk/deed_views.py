"""Read models of what two officers do to settlements: what is possible now, and the orders that stand. No sentence.

Offer("void", ("9f…",), None)
"""

from dataclasses import dataclass
from typing import Final

from countersign.errors import CountersignError
from countersign.settlement.saying import Difference, Said
from countersign.settlement.stop_bodies import Scope

RELEASE: Final = "release"
CONSENT: Final = "consent"
VOID: Final = "void"
REPLACE: Final = "replace"
LIFT: Final = "lift"
FREEZE: Final = "freeze"
AWARD: Final = "award"


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that may be proposed about a settlement: `kind`, the instructions it concerns, why it cannot be now."""

    kind: str
    instructions: tuple[str, ...]
    objection: CountersignError | None


@dataclass(frozen=True, slots=True)
class Way:
    """How the legs of several Safes on one Ethereum chain go out: `count` of them in one call that executes all or none, or,
    where `apart` says why, one after the other."""

    chain: str
    count: int
    apart: CountersignError | None


@dataclass(frozen=True, slots=True)
class AwardPaper:
    """An award's terms and ruling as they were read: what they would do, and the very bytes that are signed then.

    `signed`: the officers who have signed the terms, by name.
    """

    changes: tuple[Difference, ...]
    signed: tuple[str, ...]
    terms: bytes
    ruling: bytes


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order that stops something. `scope` says what; `document`: its paper (SHA-256); `contracts`: how many it stops now.

    `at`, `lifted_at`: unix seconds, None where only the entry is known; `lifted`: the entry, None while it stands.
    """

    order: str
    scope: Said
    reason: str
    document: str
    officers: tuple[str, ...]
    index: int
    at: int | None
    contracts: int
    lifted: int | None
    lifted_at: int | None


@dataclass(frozen=True, slots=True)
class TargetView:
    """Something that an order may name, as a person knows it: an institution, its book, an asset's symbol, a contract's number."""

    scope: Scope
    words: str
