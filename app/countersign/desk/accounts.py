"""Every account of the ledger at one place in the log, with what crossed its border: whether the books add up (rule 1).

- Accounts ascend by asset, LEI and book; the custodian's own (network fees, suspense, lending pool) are among them.
- `unconfirmed` is what an account received by a transaction that has not yet the policy's confirmations (rule 9).
- For each asset: credits − withdrawals − network fees, beside the sum over all accounts.

    >>> overview(state).balanced
    True
"""

from dataclasses import dataclass

from countersign.desk.money import Money, money
from countersign.settlement.ledger import Account, Balance, Totals
from countersign.settlement.records import Reconciled
from countersign.settlement.roster import Roster
from countersign.settlement.state import State


@dataclass(frozen=True, slots=True)
class Line:
    """One account: its owner's name, its asset's symbol and decimals (in `total`), its pockets, base units."""

    account: Account
    owner: str
    balance: Balance
    total: Money
    unconfirmed: int


@dataclass(frozen=True, slots=True)
class AssetSum:
    """One asset over all accounts, beside what crossed the border; `total` says its symbol and decimals too."""

    asset: str
    total: Money
    totals: Totals

    @property
    def balanced(self) -> bool:
        """Whether the accounts add up to what crossed the border."""
        return self.total.units == self.totals.inside


@dataclass(frozen=True, slots=True)
class Overview:
    """The whole ledger at `size` entries; `time_ms`: the last accepted entry's moment; the last reconciliation, if any."""

    desk: str
    size: int
    time_ms: int
    accounts: tuple[Line, ...]
    assets: tuple[AssetSum, ...]
    reconciled: Reconciled | None

    @property
    def balanced(self) -> bool:
        """Whether every asset adds up."""
        return all(each.balanced for each in self.assets)


def overview(state: State) -> Overview:
    """The ledger of a replayed state; accounts that hold nothing and never did are not there."""
    order = sorted(state.ledger.balances.items(), key=lambda each: (each[0].asset, each[0].lei, each[0].book))
    sums = state.ledger.sums()
    return Overview(
        state.desk,
        state.size,
        state.time_ms,
        tuple(_line(state, account, balance) for account, balance in order),
        tuple(
            AssetSum(asset, money(state.roster, asset, sums[asset]), state.ledger.totals.get(asset, Totals()))
            for asset in sorted(sums)
        ),
        state.reconciled,
    )


def _line(state: State, account: Account, balance: Balance) -> Line:
    total = money(state.roster, account.asset, balance.total)
    return Line(account, owner(state.roster, account.lei), balance, total, state.unconfirmed.get(account, 0))


def owner(roster: Roster, lei: str) -> str:
    """The name of a participant or of the custodian; the LEI itself where nobody here has it."""
    if lei == roster.custodian.lei:
        return roster.custodian.name
    known = roster.participants.get(lei)
    return known.name if known is not None else lei
