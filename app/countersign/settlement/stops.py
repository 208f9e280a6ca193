"""What an order stops: whether a contract, a cycle or an account is frozen or disputed, and by what.

- Frozen is nothing that a record remembers: it follows from the orders that stand. Orders overlap; lifting one leaves
  the others.
- An order for a participant or a book stops the contracts it is party of; an order for an asset, the contracts that move
  or hold it.
- What would move a frozen thing forward is refused under the order's name. What ends a contract is refused only where the
  order names that contract: else its units return to accounts, and a frozen account stays frozen.
- Units at rest in a frozen account are shown as frozen (`balance`), whatever pocket of the ledger they lie in.
- Who owns a vault owns what lies in it: an order stops a vault's owners from being widened where it is for the vault's
  owner, for that book, for an asset of its chain, or for a contract of that owner that is not over (decision 0016).
- What a chain has executed is true, frozen or not.

    >>> stopping(state, record)
    Freeze(order='HC-2026-114', …)
"""

from countersign.errors import Refused
from countersign.settlement.contract import Contract, Terms
from countersign.settlement.ledger import Account, Balance
from countersign.settlement.records import OVER, ContractRecord, ContractState, Cycle, Freeze
from countersign.settlement.roster import Vault
from countersign.settlement.state import State
from countersign.settlement.stop_bodies import ASSET, BOOK, CONTRACT, PARTICIPANT, FreezeLifted, FreezeOrdered, Scope


def stopping(state: State, contract: Contract | ContractRecord) -> Freeze | None:
    """The first standing order, by its place in the log, that stops a contract; None if none does."""
    found = (freeze for freeze in state.freezes.values() if within(freeze.scope, contract))
    return min(found, key=lambda freeze: freeze.index, default=None)


def stopping_account(state: State, account: Account) -> Freeze | None:
    """The first standing order that stops an account."""
    found = (freeze for freeze in state.freezes.values() if _stops_account(freeze, account))
    return min(found, key=lambda freeze: freeze.index, default=None)


def stopping_vault(state: State, vault: Vault) -> Freeze | None:
    """The first standing order that stops what lies in a vault."""
    found = (freeze for freeze in state.freezes.values() if _stops_vault(state, freeze.scope, vault))
    return min(found, key=lambda freeze: freeze.index, default=None)


def _stops_vault(state: State, scope: Scope, vault: Vault) -> bool:
    match scope.kind:
        case kind if kind == PARTICIPANT:
            return scope.lei == vault.owner.lei
        case kind if kind == BOOK:
            return (scope.lei, scope.book) == (vault.owner.lei, vault.owner.book)
        case kind if kind == ASSET:
            return (scope.asset or "").startswith(f"{vault.chain}/")
        case _:
            record = state.contracts.get(scope.contract or "")
            return record is not None and record.state not in OVER and vault.owner in record.terms.parties


def within(scope: Scope, contract: Contract | ContractRecord) -> bool:
    """Whether a contract lies in an order's scope."""
    terms = contract.terms
    match scope.kind:
        case kind if kind == CONTRACT:
            return scope.contract == contract.hash
        case kind if kind == PARTICIPANT:
            return any(party.lei == scope.lei for party in terms.parties)
        case kind if kind == BOOK:
            return any((party.lei, party.book) == (scope.lei, scope.book) for party in terms.parties)
        case _:
            return scope.asset in _assets(terms)


def entries(state: State, record: ContractRecord) -> set[int]:
    """The entries of every order, standing or lifted, that concerns a contract."""
    orders = (each for kept in (state.freezes, state.lifted) for each in kept.values() if within(each.scope, record))
    return {index for each in orders for index in (each.index, each.lifted) if index is not None}


def scope_of(state: State, body: object) -> Scope | None:
    """The scope of the order that an event gives or lifts; None for any other event."""
    if isinstance(body, FreezeOrdered):
        return body.scope
    if not isinstance(body, FreezeLifted):
        return None
    known = state.lifted.get(body.order) or state.freezes.get(body.order)
    return known.scope if known is not None else None


def _assets(terms: Terms) -> set[str]:
    return {leg.asset for leg in terms.legs} | {coin for coin, cap in terms.fees if cap}


def _stops_account(freeze: Freeze, account: Account) -> bool:
    scope = freeze.scope
    match scope.kind:
        case kind if kind == PARTICIPANT:
            return scope.lei == account.lei
        case kind if kind == BOOK:
            return (scope.lei, scope.book) == (account.lei, account.book)
        case kind if kind == ASSET:
            return scope.asset == account.asset
        case _:
            return False


def check_free(state: State, contract: Contract | ContractRecord) -> None:
    """No order stops the contract; else `Refused` settlement.frozen with the order."""
    freeze = stopping(state, contract)
    if freeze is not None:
        raise Refused("settlement.frozen", contract=contract.hash, order=freeze.order)


def check_account(state: State, account: Account) -> None:
    """No order stops the account; else `Refused` settlement.frozen-account with the order."""
    freeze = stopping_account(state, account)
    if freeze is not None:
        raise Refused(
            "settlement.frozen-account",
            lei=account.lei,
            book=account.book,
            asset=account.asset,
            order=freeze.order,
        )


def check_may_end(state: State, contract: str) -> None:
    """No order names this very contract: its holds may return. Else `Refused` settlement.frozen."""
    for freeze in sorted(state.freezes.values(), key=lambda each: each.index):
        if freeze.scope.kind == CONTRACT and freeze.scope.contract == contract:
            raise Refused("settlement.frozen", contract=contract, order=freeze.order)


def check_cycle(state: State, cycle: Cycle) -> None:
    """Nothing stops any contract of the cycle; else `Refused` settlement.disputed or settlement.frozen."""
    for name in cycle.contracts:
        record = state.contract(name)
        if record.state is ContractState.DISPUTED:
            raise Refused("settlement.disputed", contract=record.hash)
        check_free(state, record)


def running(state: State, cycle: Cycle) -> bool:
    """Whether nothing stops any contract of the cycle."""
    records = [state.contract(name) for name in cycle.contracts]
    return all(each.state is not ContractState.DISPUTED and stopping(state, each) is None for each in records)


def standing(state: State, record: ContractRecord) -> ContractState:
    """Where a contract stands for a reader: frozen while an order stops it, else its own state."""
    if record.state in OVER or stopping(state, record) is None:
        return record.state
    return ContractState.FROZEN


def balance(state: State, account: Account) -> Balance:
    """What an account holds, as its owner may use it: in a frozen account nothing is available."""
    found = state.ledger.balance(account)
    if not found.available or stopping_account(state, account) is None:
        return found
    return Balance(0, found.held, found.frozen + found.available, found.lent)
