"""Every account of the ledger at one place in the log, what crossed its border, and what the custodian owes beside it.

- Accounts ascend by asset, LEI and book. The custodian's own (network fees, suspense, lending pool) are there for every
  asset that has any account, also where nothing ever moved in them.
- `unconfirmed` is what an account received by a transaction that has not yet the policy's confirmations (rule 9).
- For each asset: credits − withdrawals − network fees, beside the sum over all accounts (rule 1).
- `debts` are the open breaks (`debts.py`): records against suspense, no unit of any sum.

    >>> overview(state).balanced
    True
"""

from dataclasses import dataclass

from countersign.desk.debts import Debt, open_debts
from countersign.desk.money import Money, money
from countersign.desk.names import owner
from countersign.settlement.cut_off import MomentOf
from countersign.settlement.house_records import Reconciled
from countersign.settlement.ledger import Account, Balance, Totals
from countersign.settlement.roster import CUSTODIAN_BOOKS, Custodian
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
class OpenBreak:
    """A debt that is open, its amount with symbol and decimals, and the moment (ms) of the entry that opened it."""

    debt: Debt
    amount: Money
    time_ms: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The whole ledger at `size` entries; `time_ms`: the last accepted entry's moment; the last reconciliation, if any."""

    desk: str
    custodian: Custodian
    size: int
    time_ms: int
    accounts: tuple[Line, ...]
    assets: tuple[AssetSum, ...]
    breaks: tuple[OpenBreak, ...]
    reconciled: Reconciled | None

    @property
    def balanced(self) -> bool:
        """Whether every asset adds up."""
        return all(each.balanced for each in self.assets)

    def owed_by(self, account: Account) -> tuple[OpenBreak, ...]:
        """The open breaks against one account."""
        return tuple(each for each in self.breaks if each.debt.account == account)


def overview(state: State, moment_of: MomentOf) -> Overview:
    """The ledger of a replayed state; `moment_of` says when (ms) an entry was sequenced.

    Participants' accounts that hold nothing and never did are not there.
    """
    sums = state.ledger.sums()
    return Overview(
        state.desk,
        state.roster.custodian,
        state.size,
        state.time_ms,
        tuple(
            _line(state, each) for each in sorted(accounts(state), key=lambda each: (each.asset, each.lei, each.book))
        ),
        tuple(
            AssetSum(asset, money(state.roster, asset, sums[asset]), state.ledger.totals.get(asset, Totals()))
            for asset in sorted(sums)
        ),
        tuple(
            OpenBreak(each, money(state.roster, each.account.asset, each.units), moment_of(each.index))
            for each in open_debts(state)
        ),
        state.reconciled,
    )


def accounts(state: State) -> frozenset[Account]:
    """Every account that units ever moved in, and the custodian's own in the same assets."""
    lei, moved = state.roster.custodian.lei, frozenset(state.ledger.balances)
    return moved | {Account(lei, book, asset) for book in CUSTODIAN_BOOKS for asset in {each.asset for each in moved}}


def _line(state: State, account: Account) -> Line:
    balance = state.ledger.balance(account)
    total = money(state.roster, account.asset, balance.total)
    return Line(account, owner(state.roster, account.lei), balance, total, state.unconfirmed.get(account, 0))
