"""Every type of event for a frozen, a suspended, a finished thing: refused by name with the state unchanged, or let pass because
it is listed here why.

- Frozen: what goes forward is refused under the order's name. What ends, brings home, or says what a chain did, passes.
- Suspended: nothing new is entered; what is open goes on.
- Finished: nothing moves it (rule 6). A contract of another number is not it; what a chain does later is still said.
"""

from collections.abc import Mapping
from functools import cache

import pytest

from countersign.errors import Refused
from countersign.settlement import machine
from countersign.settlement.records import ContractState
from support import settlement_world as world
from support import trouble_world as trouble
from support.every_event import KINDS, before, raw_event, refuse
from support.settlement_world import Desk, Trade

ORDER_OF_THE_DESK = {
    "ceremony.recorded", "log.rotated", "policy.adopted", "price.published", "reconciliation.recorded", "roster.changed",
    "freeze.ordered", "freeze.lifted", "instruction.refused", "deposit.credited", "lending.accrued",
}  # fmt: skip
"""What concerns no contract's progress: who, what, at which price, what came in, what was found."""
CHAIN = {
    "transaction.broadcast", "transaction.observed", "transaction.replaced", "settlement.final", "settlement.failed",
    "delivery.confirmed",
}  # fmt: skip
"""After the release: what a chain does is true, frozen or not."""
WORDS = {"contract.declined", "dispute.opened", "dispute.retracted"}
"""Nothing moves by them but backwards."""
HOME = {"contract.cancelled", "contract.expired", "hold.released", "dispute.resolved", "settlement.voided"}
"""What ends a contract: refused only by an order that names the contract itself."""

SCOPES: Mapping[str, str] = {"contract": "", "participant": world.HARBOUR, "seller": world.MERIDIAN, "asset": world.BTC}
LENDER = {
    "lending.authorised": {"participant"},
    "lending.recalled": {"participant", "seller"},
    "withdrawal.requested": {"participant"},
}
"""Meridian lends and withdraws; an order on Harbour is none on it, and a recall brings units home to a frozen account."""


def ordered(desk: Desk, trade: Trade, scope: str) -> Desk | None:
    """The desk with an order of this scope; None where its contract is not known there yet."""
    found = desk.copy()
    named = {"contract": trade.hash} if scope == "contract" else {"asset": SCOPES[scope]}
    if scope in ("participant", "seller"):
        named = {"lei": SCOPES[scope]}
    if scope == "contract" and trade.hash not in desk.state.contracts:
        return None
    found.log(*world.freeze_step("X-1", **named))
    return found


def passes(desk: Desk, event: bytes) -> None:
    machine.apply(desk.state, machine.Entry(len(desk.entries), desk.now_ms, event))


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("kind", [each for each in KINDS if each != "desk.founded"])
def test_for_a_frozen_thing(kind: str, scope: str) -> None:
    desk, trade, (_, names, body) = before(kind)
    stopped = ordered(desk, trade, scope)
    if stopped is None:
        assert kind in {"contract.proposed", "contract.affirmed", "withdrawal.requested"} | ORDER_OF_THE_DESK or (
            kind.startswith("lending.")
        )
        return
    event = raw_event(kind, names, body, stopped, id="late")
    free = kind in ORDER_OF_THE_DESK | CHAIN | WORDS or (kind in HOME and scope != "contract")
    if free or scope in LENDER.get(kind, ()):
        passes(stopped, event)
    else:
        assert refuse(stopped, event).code in ("settlement.frozen", "settlement.frozen-account")


NEW = {"contract.proposed", "contract.affirmed", "contract.endorsed"}
MERIDIANS = {"lending.authorised", "withdrawal.requested"}


@pytest.mark.parametrize("who", ["harbour", "meridian"])
@pytest.mark.parametrize("kind", [each for each in KINDS if each != "desk.founded"])
def test_for_a_suspended_participant(kind: str, who: str) -> None:
    desk, _, (_, names, body) = before(kind)
    desk = desk.copy()
    entry = world.participant_entry(who, suspended=True)
    desk.log("roster.changed", ["compliance", "officer-d"], {**world.no_entries(), "participants": [entry]})
    event = raw_event(kind, names, body, desk, id="late")
    if kind in NEW or (kind in MERIDIANS and who == "meridian"):
        assert refuse(desk, event).code == "settlement.suspended"
    else:
        passes(desk, event)


@cache
def ended(state: ContractState) -> tuple[Desk, Trade]:
    """A desk at which the contract has ended so."""
    desk = world.founded()
    trade = desk.trade()
    reason = {"contract": trade.hash, "reason": "No."}
    match state:
        case ContractState.FINAL:
            desk.play(trade, until="final")
        case ContractState.VOIDED:
            desk.play(trade, until="partly signed")
            trouble.void_all(desk, trade)
            desk.log("settlement.voided", ["desk"], {"cycle": trade.cycle})
        case ContractState.CANCELLED:
            desk.play(trade, until="instructed")
            desk.log("contract.cancelled", ["meridian", "harbour"], reason)
        case ContractState.DECLINED:
            desk.play(trade, until="agreed")
            desk.log("contract.declined", ["compliance"], reason)
        case _:
            desk.play(trade, until="instructed")
            desk.now_ms = (trade.contract.terms.settle_by + 1) * 1_000
            desk.log("contract.expired", ["desk"], {"contract": trade.hash})
    assert desk.stands(trade) is state
    return desk, trade


ENDED = [
    ContractState.FINAL, ContractState.VOIDED, ContractState.CANCELLED, ContractState.DECLINED, ContractState.EXPIRED,
]  # fmt: skip
OF_OTHERS = ORDER_OF_THE_DESK - {"freeze.lifted", "lending.accrued"} | {"lending.authorised"}
"""What is about something else than the contract; no order stands there to be lifted, no loan that bears interest."""
ANOTHER = {"contract.proposed", "withdrawal.requested"}
"""A contract of its own: only its own window keeps it out."""
LATER = {(ContractState.FINAL, "dispute.opened"), (ContractState.VOIDED, "transaction.observed")}
"""Within the dispute window; what the chain shows of an original, or of a void, afterwards."""


@pytest.mark.parametrize("state", ENDED)
@pytest.mark.parametrize("kind", [each for each in KINDS if each != "desk.founded"])
def test_for_a_finished_contract(kind: str, state: ContractState) -> None:
    desk, trade = ended(state)
    there, same, (_, names, body) = before(kind)
    assert same.hash == trade.hash
    desk = desk.copy()
    desk.now_ms = max(desk.now_ms, there.now_ms)
    event = raw_event(kind, names, body, desk, id="late")
    late = kind in ANOTHER and state is ContractState.EXPIRED
    if (kind in OF_OTHERS | ANOTHER and not late) or (state, kind) in LATER:
        passes(desk, event)
        after = machine.apply(desk.state, machine.Entry(len(desk.entries), desk.now_ms, event))
        record, was = after.contracts[trade.hash], desk.state.contracts[trade.hash]
        assert (record.state, record.terms, record.holds) == (
            was.state,
            was.terms,
            was.holds,
        ) or kind == "dispute.opened"
    else:
        assert refuse(desk, event).code not in ("settlement.replayed", "settlement.author-time")


def test_the_lists_name_types_that_there_are() -> None:
    named = ORDER_OF_THE_DESK | CHAIN | WORDS | HOME | set(LENDER) | NEW | MERIDIANS | OF_OTHERS | ANOTHER
    assert named <= set(KINDS)
    with pytest.raises(Refused):
        passes(*_frozen_endorsement())


def _frozen_endorsement() -> tuple[Desk, bytes]:
    """What `passes` must not let through: it does raise."""
    desk, trade, (_, names, body) = before("contract.endorsed")
    stopped = ordered(desk, trade, "asset")
    assert stopped is not None
    return stopped, raw_event("contract.endorsed", names, body, stopped, id="late")
