"""Every type of event for a frozen thing, and for a participant who may trade no more: refused by name with the state
unchanged, or let pass because it is listed here why. What is finished: `test_every_end.py`.

- Frozen: what goes forward is refused under the order's name. What ends, brings home, or says what a chain did, passes.
- Suspended, or its certification ran out: nothing new is entered; what is open goes on.
"""

from collections.abc import Mapping

import pytest

from countersign.errors import Refused
from countersign.settlement import machine
from support import settlement_world as world
from support.every_event import KINDS, before, raw_event, refuse
from support.settlement_world import Desk, Trade

ORDER_OF_THE_DESK = {
    "ceremony.recorded", "log.rotated", "owners.ordered", "policy.adopted", "price.published",
    "reconciliation.recorded", "roster.changed", "freeze.ordered", "freeze.lifted",
    "instruction.refused", "deposit.credited", "lending.accrued",
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

SCOPES: Mapping[str, Mapping[str, str]] = {
    "contract": {},
    "buyer": {"lei": world.HARBOUR},
    "buyer's book": {"lei": world.HARBOUR, "book": "main"},
    "seller": {"lei": world.MERIDIAN},
    "seller's book": {"lei": world.MERIDIAN, "book": "main"},
    "asset": {"asset": world.BTC},
}
BUYER, SELLER = {"buyer", "buyer's book"}, {"seller", "seller's book"}
LENDER = {"lending.authorised": BUYER, "lending.recalled": BUYER | SELLER, "withdrawal.requested": BUYER}
"""Meridian lends and withdraws; an order on Harbour is none on it, and a recall brings units home to a frozen account."""


def ordered(desk: Desk, trade: Trade, scope: str) -> Desk | None:
    """The desk with an order of this scope; None where its contract is not known there yet."""
    found = desk.copy()
    named = SCOPES[scope] or {"contract": trade.hash}
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
        account = kind.startswith("lending.")
        assert refuse(stopped, event).code == ("settlement.frozen-account" if account else "settlement.frozen")


NEW = {"contract.proposed", "contract.affirmed", "contract.endorsed"}
MERIDIANS = {"lending.authorised", "withdrawal.requested"}


BARRED = {
    "settlement.suspended": {"suspended": True},
    "settlement.not-certified": {"certified_until": "2026-11-21"},  # the day before the world's first
}
"""How a participant comes to trade no more, by the name under which it is refused."""


@pytest.mark.parametrize("code", BARRED)
@pytest.mark.parametrize("who", ["harbour", "meridian"])
@pytest.mark.parametrize("kind", [each for each in KINDS if each != "desk.founded"])
def test_for_a_participant_who_may_trade_no_more(kind: str, who: str, code: str) -> None:
    desk, _, (_, names, body) = before(kind)
    desk = desk.copy()
    entry = world.participant_entry(who, **BARRED[code])
    desk.log("roster.changed", ["compliance", "officer-d"], {**world.no_entries(), "participants": [entry]})
    if kind == "state.attested":  # under the roster of before nobody attests it
        assert refuse(desk, raw_event(kind, names, body, desk, id="old")).code == "settlement.attested-roster"
        body = {**body, "roster": desk.state.roster_index}
    event = raw_event(kind, names, body, desk, id="late")
    if kind in NEW or (kind in MERIDIANS and who == "meridian"):
        assert refuse(desk, event).code == code
    else:
        passes(desk, event)


def test_the_lists_name_types_that_there_are() -> None:
    named = ORDER_OF_THE_DESK | CHAIN | WORDS | HOME | set(LENDER) | NEW | MERIDIANS
    assert named <= set(KINDS)
    with pytest.raises(Refused):
        passes(*_frozen_endorsement())


def _frozen_endorsement() -> tuple[Desk, bytes]:
    """What `passes` must not let through: it does raise."""
    desk, trade, (_, names, body) = before("contract.endorsed")
    stopped = ordered(desk, trade, "asset")
    assert stopped is not None
    return stopped, raw_event("contract.endorsed", names, body, stopped, id="late")
