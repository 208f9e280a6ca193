"""How an excerpt takes in what stops a settlement: disputes and awards, whose holds a QR crossing does not carry.

- Judged: who says it, of which contract, within which window, with whose signatures. That the holds stood, what was
  frozen, and whether somebody had signed, is the desk's word.
- The contract steps aside, or the award stands in its place; no unit moves here, and no cycle is called off.
- Orders, retractions and resolutions need nothing that is missing: the machine's own rules judge them.

    >>> FOLDED["award.made"].judge(case, body)
"""

from collections.abc import Mapping
from dataclasses import replace

from immutables import Map

from countersign.settlement import awarding, disputing
from countersign.settlement.case import Case, Rule, with_contracts
from countersign.settlement.records import ContractState
from countersign.settlement.state import State
from countersign.settlement.stop_bodies import AwardMade, DisputeOpened

ORDINARY = frozenset({"dispute.retracted", "dispute.resolved", "freeze.ordered", "freeze.lifted"})
"""The types among these that an excerpt judges by the machine's own rules."""


def _judge_dispute(case: Case, body: DisputeOpened) -> None:
    record = case.state.contract(body.contract)
    known = (ContractState.ENDORSED, *disputing.BEFORE_RELEASE, *disputing.AFTER_RELEASE)
    disputing.check_opened(case, record, body, *known)


def _disputed(case: Case, body: DisputeOpened) -> State:
    """The contract set aside. One that is endorsed here was held there, or nobody could have disputed it."""
    record = case.state.contract(body.contract)
    if record.state is ContractState.ENDORSED:
        held = ContractState.HELD
        record = replace(record, state=held, causes=record.causes.set(held.value, case.index))
    return disputing.set_aside(case, with_contracts(case.state, [record]), record, body)


def _judge_award(case: Case, body: AwardMade) -> None:
    awarding.check_award(case, body)


def _awarded(case: Case, body: AwardMade) -> State:
    return awarding.ruled(case, awarding.taken(case, body, Map()), body)


FOLDED: Mapping[str, Rule] = {  # type: ignore[type-arg]
    "dispute.opened": Rule(_judge_dispute, _disputed),
    "award.made": Rule(_judge_award, _awarded),
}
"""What an excerpt judges by shape and folds by itself."""
