"""Where two books differ, and why: the words that reconciliation uses for ledger, chains and trade files alike.

- A break that goes away by itself (a transaction or a deposit that waits for its confirmations, a network fee that the
  ledger charges at finality) is named like every other; `passing` says so.

    >>> Break(Cause.UNEXPLAINED, "meridian-btc", lei, "main", btc, "500", "499").passing
    False
"""

from dataclasses import dataclass
from enum import StrEnum


class Cause(StrEnum):
    """Why two books differ. *Here* is this desk's ledger or log."""

    MISSING_HERE = "missing here"
    MISSING_THERE = "missing there"
    AMOUNT = "amount differs"
    STATE = "state differs"
    FEE = "fee"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"
    UNEXPLAINED = "unexplained"


PASSING = frozenset({Cause.FEE, Cause.UNCONFIRMED})
"""The causes of what goes away by itself."""
_OF_VAULTS = {
    Cause.MISSING_HERE: "desk.break-vault-missing-here",
    Cause.MISSING_THERE: "desk.break-vault-missing-there",
    Cause.FEE: "desk.break-vault-fee",
    Cause.UNCONFIRMED: "desk.break-vault-unconfirmed",
    Cause.FAILED: "desk.break-vault-failed",
}
_OF_TRADES = {
    Cause.MISSING_HERE: "desk.break-trade-missing-here",
    Cause.MISSING_THERE: "desk.break-trade-missing-there",
    Cause.AMOUNT: "desk.break-trade-amount",
    Cause.STATE: "desk.break-trade-state",
}


@dataclass(frozen=True, slots=True)
class Break:
    """`about`: a vault, or a contract and side; `here` and `there`: base units as text or a state, empty where absent.

    `reference`: the transaction, coin or settlement that explains it, where one does.
    """

    cause: Cause
    about: str
    lei: str
    book: str
    asset: str
    here: str
    there: str
    reference: str = ""

    @property
    def passing(self) -> bool:
        """Whether it goes away by itself."""
        return self.cause in PASSING

    def code(self, *, trade: bool) -> str:
        """Whose sentence tells the cause, and what to do about it; its values are `about` and `book`.

        `trade`: a trade file was compared. A vault's credited coin has a reference; an account without a vault has none.
        """
        if not trade and self.cause is Cause.MISSING_THERE and not self.reference:
            return "desk.break-no-vault"
        return (_OF_TRADES if trade else _OF_VAULTS).get(self.cause, "desk.break-unexplained")
