"""Rules of a contract until the custodian stands behind it: proposed, affirmed, endorsed, declined, cancelled.

- An id and version never stand for two contracts (C3). Both parties sign the same bytes with registered keys.
- Only certified participants trade, judged at the entry's date (rule 8); suspension stops new contracts, not open ones.
- A sale reaches the policy's minimum notional, and agrees with published prices (`valuation.py`, rule 7); any contract by
  itself keeps the policy's caps and quorums (`spending.py`).
- Every leg goes to a registered destination of its receiver, a founding one or older than the policy's cooling period:
  in custody for a sale, outside for a withdrawal.
- Terms are amended only as a later version that names the one it replaces and that both sign; the old one is superseded.
- What an order stops is not taken on, and does not go forward (`stops.py`).
- Cancelling takes both parties, and ends with the first share: after it, only a settlement or a void ends a contract.
- Past its `settle_by`, and before the first share, the desk expires a contract; its holds return.
"""

from dataclasses import replace

from immutables import Map

from countersign.errors import Refused
from countersign.settlement import spending, stops, templates, valuation
from countersign.settlement.bodies import (
    ContractAffirmed,
    ContractCancelled,
    ContractDeclined,
    ContractEndorsed,
    ContractExpired,
    ContractProposed,
    WithdrawalRequested,
)
from countersign.settlement.case import Case, Rule, demand_state, with_contracts
from countersign.settlement.contract import Contract, Leg, Terms, signed_by, verify
from countersign.settlement.ending import OPEN, check_unsigned, ended
from countersign.settlement.records import ContractRecord, ContractState
from countersign.settlement.state import State


def check_admissible(state: State, contract: Contract, seconds: int) -> None:
    """Whether this desk takes on these terms at this moment. Raises `Refused`; signatures are another matter."""
    terms = contract.terms
    if terms.desk != state.desk or terms.custodian != state.roster.custodian.lei:
        raise Refused("settlement.contract-elsewhere", contract=contract.hash, desk=terms.desk)
    known = state.versions.get((terms.id, terms.version))
    if known is not None and known != contract.hash:
        raise Refused("C3.id-taken", id=terms.id, version=terms.version, contract=known)
    if seconds > terms.settle_by:
        raise Refused("C4.expired", contract=contract.hash)
    if terms.template == templates.AWARD:  # a ruling binds whoever may trade no more, too
        for party in terms.parties:
            state.roster.party(party.lei, party.book)
    else:
        _check_parties(state, terms, seconds)
    for leg in terms.legs:
        _check_leg(state, contract, leg, seconds)
    stops.check_free(state, contract)
    if terms.sale:
        _check_amendment(state, contract)
        valuation.check_notional(state, terms)
    spending.check_terms(state, terms)


def _check_parties(state: State, terms: Terms, seconds: int) -> None:
    for party in terms.parties:
        state.roster.party(party.lei, party.book)
        participant = state.roster.participant(party.lei)
        if participant.suspended:
            raise Refused("settlement.suspended", lei=party.lei)
        if not participant.certified(seconds):
            raise Refused("settlement.not-certified", lei=party.lei, until=participant.certified_until)


def _check_leg(state: State, contract: Contract, leg: Leg, seconds: int) -> None:
    terms = contract.terms
    state.roster.asset(leg.asset)
    state.roster.paying_vault(terms.payer(leg), leg.asset)
    destination = state.roster.destinations.get(leg.destination)
    outside = terms.template == templates.WITHDRAWAL
    if destination is None or destination.owner != terms.receiver(leg) or (destination.vault is None) != outside:
        raise Refused("settlement.destination-unregistered", destination=leg.destination)
    age = seconds - destination.known_ms // 1_000
    if not destination.founding and age < state.adopted().destination_cooling_seconds:
        raise Refused("settlement.destination-cooling", destination=leg.destination, age=age)


def _check_amendment(state: State, contract: Contract) -> None:
    """A later version replaces the live one of its id, between the same institutions, while nobody has signed for it."""
    terms = contract.terms
    if terms.replaces is None:
        return
    old = state.contract(terms.replaces)
    if (old.terms.id, old.leis) != (terms.id, terms.leis) or old.terms.version >= terms.version:
        raise Refused("settlement.amendment", id=terms.id, version=terms.version)
    demand_state(old, *OPEN)
    check_unsigned(state, old)
    stops.check_may_end(state, old.hash)


def _judge_proposed(case: Case, body: ContractProposed) -> None:
    contract, state = body.contract, case.state
    _check_sale(contract)
    if contract.hash in state.contracts:
        demand_state(state.contracts[contract.hash])
    check_admissible(state, contract, case.seconds)
    signers = signed_by(contract, state.roster)
    if len(signers) != 1:
        raise Refused("settlement.proposal-signatures", contract=contract.hash, found=len(signers))
    _check_filer(case, contract)


def _check_sale(contract: Contract) -> None:
    if not contract.terms.sale:
        raise Refused("settlement.not-a-sale", contract=contract.hash, template=contract.terms.template)


def _check_filer(case: Case, contract: Contract | ContractRecord) -> None:
    """A participant files only contracts that it is a party of."""
    if case.leis and case.leis[0] not in {party.lei for party in contract.terms.parties}:
        raise Refused("settlement.not-a-party", lei=case.leis[0], contract=contract.hash)


def _new(case: Case, contract: Contract, state: ContractState, proposer: str) -> State:
    causes = Map({state.value: case.index})
    prices = valuation.prices_agreed(case.state, contract.terms)
    named = (contract.hash, contract.signed, contract.terms)
    record = ContractRecord(*named, state, causes, (case.concern,), proposer, prices=prices)
    found = with_contracts(case.state, [record])
    version = (contract.terms.id, contract.terms.version)
    return replace(found, versions=found.versions.set(version, contract.hash))


def _fold_proposed(case: Case, body: ContractProposed) -> State:
    return _new(case, body.contract, ContractState.PROPOSED, signed_by(body.contract, case.state.roster)[0])


def _judge_affirmed(case: Case, body: ContractAffirmed) -> None:
    contract, state = body.contract, case.state
    _check_sale(contract)
    known = state.contracts.get(contract.hash)
    if known is not None:
        demand_state(known, ContractState.PROPOSED)
        if case.leis and case.leis[0] == known.proposer:
            raise Refused("settlement.own-affirmation", lei=known.proposer, contract=contract.hash)
    check_admissible(state, contract, case.seconds)
    verify(contract, state.roster)
    _check_filer(case, contract)


def _fold_affirmed(case: Case, body: ContractAffirmed) -> State:
    case = replace(case, state=_without_replaced(case, body.contract.terms.replaces))
    known = case.state.contracts.get(body.contract.hash)
    if known is None:
        return _new(case, body.contract, ContractState.AGREED, "")
    prices = valuation.prices_agreed(case.state, known.terms)
    record = case.moved(known, ContractState.AGREED, proposer="", signed=body.contract.signed, prices=prices)
    return with_contracts(case.state, [record])


def _without_replaced(case: Case, replaced: str | None) -> State:
    return case.state if replaced is None else ended(case, case.state.contract(replaced), ContractState.SUPERSEDED)


def _judge_withdrawal(case: Case, body: WithdrawalRequested) -> None:
    """The owner of the assets signed terms of that template, and files them itself."""
    contract, state = body.contract, case.state
    if contract.terms.template != templates.WITHDRAWAL:
        raise Refused("settlement.not-a-withdrawal", contract=contract.hash, template=contract.terms.template)
    if contract.hash in state.contracts:
        demand_state(state.contracts[contract.hash])
    check_admissible(state, contract, case.seconds)
    verify(contract, state.roster)
    _check_filer(case, contract)


def _fold_withdrawal(case: Case, body: WithdrawalRequested) -> State:
    return _new(case, body.contract, ContractState.AGREED, "")


def _judge_endorsed(case: Case, body: ContractEndorsed) -> None:
    record = case.state.contract(body.contract)
    demand_state(record, ContractState.AGREED)
    _check_parties(case.state, record.terms, case.seconds)
    stops.check_free(case.state, record)
    if case.seconds > record.terms.settle_by:
        raise Refused("C4.expired", contract=record.hash)


def _fold_endorsed(case: Case, body: ContractEndorsed) -> State:
    record = case.state.contract(body.contract)
    return with_contracts(case.state, [case.moved(record, ContractState.ENDORSED, endorser=case.officers[0])])


def _judge_declined(case: Case, body: ContractDeclined) -> None:
    """A party declines or withdraws a proposal; compliance declines what it has not endorsed."""
    record = case.state.contract(body.contract)
    demand_state(record, *((ContractState.PROPOSED,) if case.leis else (ContractState.PROPOSED, ContractState.AGREED)))
    _check_filer(case, record)


def _fold_declined(case: Case, body: ContractDeclined) -> State:
    record = case.state.contract(body.contract)
    return with_contracts(case.state, [case.moved(record, ContractState.DECLINED)])


def _judge_cancelled(case: Case, body: ContractCancelled) -> None:
    record = case.state.contract(body.contract)
    demand_state(record, *OPEN)
    if set(case.leis) != set(record.leis):
        raise Refused("settlement.cancel-both", contract=record.hash)
    check_unsigned(case.state, record)
    stops.check_may_end(case.state, record.hash)


def _fold_cancelled(case: Case, body: ContractCancelled) -> State:
    return ended(case, case.state.contract(body.contract), ContractState.CANCELLED)


def _judge_expired(case: Case, body: ContractExpired) -> None:
    record = case.state.contract(body.contract)
    demand_state(record, *OPEN)
    if case.seconds <= record.terms.settle_by:
        raise Refused("settlement.not-expired", contract=record.hash)
    check_unsigned(case.state, record)
    stops.check_may_end(case.state, record.hash)


def _fold_expired(case: Case, body: ContractExpired) -> State:
    return ended(case, case.state.contract(body.contract), ContractState.EXPIRED)


PROPOSED = Rule(_judge_proposed, _fold_proposed)
AFFIRMED = Rule(_judge_affirmed, _fold_affirmed)
ENDORSED = Rule(_judge_endorsed, _fold_endorsed)
DECLINED = Rule(_judge_declined, _fold_declined)
CANCELLED = Rule(_judge_cancelled, _fold_cancelled)
EXPIRED = Rule(_judge_expired, _fold_expired)
WITHDRAWAL = Rule(_judge_withdrawal, _fold_withdrawal)
