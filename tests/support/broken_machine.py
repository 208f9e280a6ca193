"""The machine with one rule of DESIGN.md §6 broken: what the predicates of `twelve_rules` are there to find.

BREAKS[3](monkeypatch)          # the share that completes the first quorum is accepted whatever the others lack
"""

from collections.abc import Callable
from dataclasses import replace

import pytest

from countersign.errors import Refused
from countersign.settlement import (
    agreement,
    awarding,
    delivery,
    disputing,
    holding,
    instructing,
    ledger,
    lending,
    machine,
    sharing,
    stops,
    valuation,
)
from countersign.settlement.bodies import HoldPlaced
from countersign.settlement.case import Case, Rule, with_contracts
from countersign.settlement.ledger import Cause, Posting
from countersign.settlement.records import ContractState, Loan
from countersign.settlement.roster import Party
from countersign.settlement.state import State

Patch = pytest.MonkeyPatch


def anything(*_: object) -> None:
    """A check that lets everything pass."""


def _let_pass(patch: Patch, module: object, name: str, code: str) -> None:
    """The check no longer refuses with this code."""
    check = getattr(module, name)

    def lax(*given: object) -> None:
        try:
            check(*given)
        except Refused as refused:
            if refused.code != code:
                raise

    patch.setattr(module, name, lax)


def deliveries_grow(patch: Patch) -> None:
    """A receiver is credited with one unit more than the payer held."""
    deliver = ledger.deliver

    def more(payer: Party, receiver: Party, asset: str, units: int) -> tuple[Posting, ...]:
        [moved] = deliver(payer, receiver, asset, units)
        return (moved, Posting(asset, 1, None, moved.target, Cause.DELIVERY))

    patch.setattr(ledger, "deliver", more)


def one_side_is_enough(patch: Patch) -> None:
    """A contract is held with the hold of its first leg."""

    def fold(case: Case, body: HoldPlaced) -> State:
        state = holding.PLACED.fold(case, body)
        record = state.contract(body.contract)
        return with_contracts(state, [replace(record, state=ContractState.HELD)])

    patch.setitem(machine.RULES, "hold.placed", Rule(holding.PLACED.judge, fold))  # type: ignore[arg-type]


def first_quorum_early(patch: Patch) -> None:
    """The share that completes the first quorum is accepted whatever the other instructions lack."""
    _let_pass(patch, sharing, "_check_quorum", "settlement.first-quorum")


def preparers_sign(patch: Patch) -> None:
    """Who prepared an instruction may sign it."""
    patch.setattr(sharing, "_preparers", lambda *_: set())


def safes_are_never_busy(patch: Patch) -> None:
    """A Safe takes a second unexecuted instruction."""
    _let_pass(patch, instructing, "_check_nonce", "settlement.safe-busy")


def ended_is_not_over(patch: Patch) -> None:
    """Agreement's events move a contract wherever it stands."""
    patch.setattr(agreement, "demand_state", anything)


def any_notional(patch: Patch) -> None:
    """A sale may be worth anything."""
    patch.setattr(valuation, "check_notional", anything)


def anybody_trades(patch: Patch) -> None:
    """Neither suspension nor the end of a certification keeps anybody from trading."""
    patch.setattr(agreement, "_check_parties", anything)


def final_at_once(patch: Patch) -> None:
    """One confirmation is enough, and nobody's word is needed."""
    patch.setattr(delivery, "delivered", lambda *_: True)


def shares_bind_nobody(patch: Patch) -> None:
    """A contract may end without delivery after somebody signed."""
    for module in (agreement, awarding, disputing):
        patch.setattr(module, "check_unsigned", anything)


def interest_is_rounded_up(patch: Patch) -> None:
    """Each accrual gives the owner what should stay with the pool."""
    accrued = lending.accrued

    def up(loan: Loan, day: int) -> Loan:
        found = accrued(loan, day)
        return replace(found, claim=found.claim + 1) if found.accrued_to > loan.accrued_to else found

    patch.setattr(lending, "accrued", up)


def orders_stop_nothing(patch: Patch) -> None:
    """What an order or a dispute stops goes on."""
    patch.setattr(stops, "check_cycle", anything)
    patch.setattr(stops, "check_free", anything)


Break = Callable[[Patch], None]
BREAKS: tuple[Break, ...] = (
    deliveries_grow,
    one_side_is_enough,
    first_quorum_early,
    preparers_sign,
    safes_are_never_busy,
    ended_is_not_over,
    any_notional,
    anybody_trades,
    final_at_once,
    shares_bind_nobody,
    interest_is_rounded_up,
    orders_stop_nothing,
)
"""One for each rule, in their order."""
