"""Rules of disputes: a party opens one with what it expects, takes it back, or all parties resolve it (rule 12).

- Before release, a dispute takes the contract aside: its holds are frozen, and nothing of its cycle is prepared, signed
  or released. A cycle that nobody signed in is called off and its other contracts are held again; one with shares stands
  still until the dispute ends or the settlement is voided.
- A void brings the coins home whatever is disputed; the dispute goes on over them, frozen, in no cycle.
- After release, until the contract's dispute window after finality has passed, it is recorded and moves nothing (rule 6).
- Resuming puts the contract back where it stood. Cancelling returns the holds, and only where no share exists.
- Withdrawals and awards are not disputed: the one has no other party, the other is the ruling itself.

    >>> state.contracts[contract].dispute.opener
    '9845HARBRP0000000004'
"""

from dataclasses import replace

from immutables import Map

from countersign.errors import Refused
from countersign.settlement import ledger, stops
from countersign.settlement.case import Case, Rule, demand_state, with_contracts
from countersign.settlement.ending import check_unsigned, ended, remembering, signed, thawed, without_cycle
from countersign.settlement.ledger import Cause, Pocket, Posting
from countersign.settlement.records import ContractRecord, ContractState, DisputeRecord
from countersign.settlement.state import State
from countersign.settlement.stop_bodies import (
    CANCEL,
    DisputeOpened,
    DisputeResolved,
    DisputeRetracted,
    Transfer,
)

BEFORE_RELEASE = (
    ContractState.HELD,
    ContractState.INSTRUCTED,
    ContractState.PARTLY_SIGNED,
    ContractState.SIGNED,
)
AFTER_RELEASE = (ContractState.RELEASED, ContractState.SETTLING, ContractState.FAILED, ContractState.FINAL)


def window_ends(record: ContractRecord) -> int | None:
    """The last moment (unix seconds) at which the contract may be disputed; None until it is final."""
    return None if record.final_ms is None else record.final_ms // 1_000 + record.terms.dispute.window_seconds


def open_dispute(record: ContractRecord) -> DisputeRecord:
    """The dispute that stands; `Refused` settlement.no-dispute."""
    if record.dispute is None or record.dispute.closed is not None:
        raise Refused("settlement.no-dispute", contract=record.hash)
    return record.dispute


def _judge_opened(case: Case, body: DisputeOpened) -> None:
    record = case.state.contract(body.contract)
    check_opened(case, record, body, *BEFORE_RELEASE, *AFTER_RELEASE)


def check_opened(case: Case, record: ContractRecord, body: DisputeOpened, *allowed: ContractState) -> None:
    """A party of a sale opens its only dispute within the window. Raises `Refused`."""
    demand_state(record, *allowed)
    if record.cycle is not None and case.state.cycle(record.cycle).voiding:
        raise Refused("settlement.voiding", cycle=record.cycle)
    if not record.terms.sale:
        raise Refused("settlement.not-disputable", contract=record.hash, template=record.terms.template)
    _check_party(case, record)
    if record.dispute is not None and record.dispute.closed is None:
        raise Refused("settlement.dispute-open", contract=record.hash, lei=record.dispute.opener)
    until = window_ends(record)
    if until is not None and case.seconds > until:
        raise Refused("settlement.dispute-late", contract=record.hash, seconds=case.seconds - until)
    for transfer in body.expected:
        _check_transfer(case.state, record, transfer)


def _check_party(case: Case, record: ContractRecord) -> None:
    if case.leis[0] not in record.leis:
        raise Refused("settlement.not-a-party", lei=case.leis[0], contract=record.hash)


def _check_transfer(state: State, record: ContractRecord, transfer: Transfer) -> None:
    """Between the contract's own books, in an asset that this desk knows."""
    state.roster.asset(transfer.asset)
    for party in (transfer.payer, transfer.receiver):
        if party not in record.terms.parties:
            raise Refused("settlement.not-a-party", lei=party.lei, contract=record.hash)


def _fold_opened(case: Case, body: DisputeOpened) -> State:
    state, record = case.state, case.state.contract(body.contract)
    if record.state in BEFORE_RELEASE:
        state = replace(state, ledger=state.ledger.post(frozen(record)))
        if unsigned(state, record):
            state = without_cycle(state, record)
            record = state.contract(record.hash)
    return set_aside(case, state, record, body)


def set_aside(case: Case, state: State, record: ContractRecord, body: DisputeOpened) -> State:
    """The state with the dispute on the contract's record, which steps aside where it was not released."""
    dispute = DisputeRecord(case.leis[0], body.expected, body.reason, record.state, case.index)
    if record.state in AFTER_RELEASE:
        return with_contracts(state, [case.touched(record, dispute=dispute)])
    return with_contracts(state, [case.moved(record, ContractState.DISPUTED, dispute=dispute)])


def unsigned(state: State, record: ContractRecord) -> bool:
    """Whether nobody has signed for the contract's cycle."""
    return record.cycle is None or not signed(state, state.cycle(record.cycle))


def frozen(record: ContractRecord) -> tuple[Posting, ...]:
    """Every hold of a contract, with its fee cap, from held to frozen."""
    found: list[Posting] = []
    for leg, held in sorted(record.holds.items()):
        owner = record.terms.payer(record.terms.legs[leg])
        found += ledger.move(owner, held.asset, held.amount, Pocket.HELD, Pocket.FROZEN, Cause.FREEZE)
        if held.fee_asset is not None:
            found += ledger.move(owner, held.fee_asset, held.fee_amount, Pocket.HELD, Pocket.FROZEN, Cause.FREEZE)
    return tuple(found)


def held_again(record: ContractRecord) -> tuple[Posting, ...]:
    """Every frozen hold of a disputed contract back to held."""
    found: list[Posting] = []
    for leg, held in sorted(record.holds.items()):
        found += thawed(record.terms.payer(record.terms.legs[leg]), held, Pocket.HELD)
    return tuple(found)


def _judge_retracted(case: Case, body: DisputeRetracted) -> None:
    record = case.state.contract(body.contract)
    dispute = open_dispute(record)
    if case.leis[0] != dispute.opener:
        raise Refused("settlement.not-the-opener", contract=record.hash, lei=case.leis[0], opener=dispute.opener)


def _fold_retracted(case: Case, body: DisputeRetracted) -> State:
    return _resumed(case, case.state.contract(body.contract), "retracted")


def _resumed(case: Case, record: ContractRecord, outcome: str) -> State:
    """The contract where it stood before the dispute; one that had been released stands where it is."""
    dispute = open_dispute(record)
    closed = replace(dispute, outcome=outcome, closed=case.index)
    if record.state is not ContractState.DISPUTED:
        return with_contracts(case.state, [case.touched(record, dispute=closed)])
    if dispute.stood is ContractState.VOIDED:
        return ended(case, record, ContractState.VOIDED, dispute=closed)
    state = replace(case.state, ledger=case.state.ledger.post(held_again(record)))
    return with_contracts(state, [case.touched(record, state=dispute.stood, dispute=closed)])


def _judge_resolved(case: Case, body: DisputeResolved) -> None:
    record = case.state.contract(body.contract)
    open_dispute(record)
    if set(case.leis) != set(record.leis):
        raise Refused("settlement.resolve-all", contract=record.hash)
    if body.outcome == CANCEL:
        demand_state(record, ContractState.DISPUTED)
        check_unsigned(case.state, record)
        stops.check_may_end(case.state, record.hash)


def _fold_resolved(case: Case, body: DisputeResolved) -> State:
    record = case.state.contract(body.contract)
    if body.outcome != CANCEL:
        return _resumed(case, record, "resumed")
    closed = replace(open_dispute(record), outcome="cancelled", closed=case.index)
    return ended(case, record, ContractState.CANCELLED, dispute=closed)


def let_void(state: State, record: ContractRecord) -> State:
    """The state in which a disputed contract may be voided: its holds are held meanwhile, its dispute stands."""
    if record.state is not ContractState.DISPUTED:
        return state
    state = replace(state, ledger=state.ledger.post(held_again(record)))
    return with_contracts(state, [replace(record, state=open_dispute(record).stood)])


def outlasts_void(record: ContractRecord) -> bool:
    """Whether a dispute from before the release stands over a contract whose settlement has been voided."""
    dispute = record.dispute
    return dispute is not None and dispute.closed is None and dispute.stood in BEFORE_RELEASE


def after_void(case: Case, state: State, record: ContractRecord) -> State:
    """The dispute goes on over what came home, in no cycle: frozen again, until it is awarded or returns."""
    holds = Map({leg: replace(held, fee_asset=None, fee_amount=0) for leg, held in record.holds.items()})
    dispute = replace(open_dispute(record), stood=ContractState.VOIDED)
    record = case.moved(remembering(state, record), ContractState.DISPUTED, holds=holds, dispute=dispute, cycle=None)
    moved = [
        ledger.move(owner, held.asset, held.amount, Pocket.AVAILABLE, Pocket.FROZEN, Cause.FREEZE)
        for leg, held in sorted(holds.items())
        for owner in (record.terms.payer(record.terms.legs[leg]),)
    ]
    books = state.ledger.post(posting for each in moved for posting in each)
    return with_contracts(replace(state, ledger=books), [record])


OPENED = Rule(_judge_opened, _fold_opened)
RETRACTED = Rule(_judge_retracted, _fold_retracted)
RESOLVED = Rule(_judge_resolved, _fold_resolved)
