"""Rules of a contract until the custodian stands behind it: proposed, affirmed, endorsed, declined, cancelled.

- An id and version never stand for two contracts (C3). Both parties sign the same bytes with registered keys.
- Only certified participants trade, judged at the entry's date (rule 8); suspension stops new contracts, not open ones.
- The notional reaches the policy's minimum; its price agrees with the published one, and every leg's worth at published
  prices with the notional, within the policy's tolerance (rule 7).
- Every leg goes to a registered destination of its receiver, a founding one or older than the policy's cooling period.
- Cancelling takes both parties, and ends with the first share: after it, only a settlement or a void ends a contract.
"""

from dataclasses import replace

from immutables import Map

from countersign.errors import Refused
from countersign.settlement import ledger
from countersign.settlement.assets import dollars, within
from countersign.settlement.bodies import (
    ContractAffirmed,
    ContractCancelled,
    ContractDeclined,
    ContractEndorsed,
    ContractProposed,
)
from countersign.settlement.case import Case, Rule, demand_state, with_contracts
from countersign.settlement.contract import Contract, Leg, signed_by, verify
from countersign.settlement.instructing import freed
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
    if terms.version != 1:
        raise Refused("settlement.amendment", id=terms.id, version=terms.version)
    if seconds > terms.settle_by:
        raise Refused("C4.expired", contract=contract.hash)
    _check_parties(state, contract, seconds)
    for leg in terms.legs:
        _check_leg(state, contract, leg, seconds)
    _check_notional(state, contract)


def _check_parties(state: State, contract: Contract, seconds: int) -> None:
    for party in contract.terms.parties:
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
    if destination is None or destination.owner != terms.receiver(leg):
        raise Refused("settlement.destination-unregistered", destination=leg.destination)
    age = seconds - destination.known_ms // 1_000
    if not destination.founding and age < state.adopted().destination_cooling_seconds:
        raise Refused("settlement.destination-cooling", destination=leg.destination, age=age)


def _check_notional(state: State, contract: Contract) -> None:
    """Rule 7."""
    terms, policy = contract.terms, state.adopted()
    notional = terms.notional
    if notional.usd < policy.minimum_notional_usd:
        raise Refused("settlement.minimum-notional", usd=str(notional.usd), minimum=str(policy.minimum_notional_usd))
    first = state.roster.asset(terms.legs[0].asset)
    worth, parts = dollars(terms.legs[0].amount, first, notional.price)
    if abs(worth - notional.usd * parts) >= parts:
        raise Refused("settlement.notional-arithmetic", usd=str(notional.usd), price=notional.price)
    for leg in terms.legs:
        published = state.prices.get(leg.asset)
        if published is None:
            raise Refused("settlement.no-price", asset=leg.asset)
        found = dollars(leg.amount, state.roster.asset(leg.asset), published.price)
        if not within((notional.usd, 1), found, policy.price_tolerance_bps):
            raise Refused(
                "settlement.price-tolerance",
                asset=leg.asset,
                published=published.price,
                usd=str(notional.usd),
                tolerance=policy.price_tolerance_bps,
            )


def _judge_proposed(case: Case, body: ContractProposed) -> None:
    contract, state = body.contract, case.state
    if contract.hash in state.contracts:
        demand_state(state.contracts[contract.hash])
    check_admissible(state, contract, case.seconds)
    signers = signed_by(contract, state.roster)
    if len(signers) != 1:
        raise Refused("settlement.proposal-signatures", contract=contract.hash, found=len(signers))
    _check_filer(case, contract)


def _check_filer(case: Case, contract: Contract) -> None:
    """A participant files only contracts that it is a party of."""
    if case.leis and case.leis[0] not in {party.lei for party in contract.terms.parties}:
        raise Refused("settlement.not-a-party", lei=case.leis[0], contract=contract.hash)


def _new(case: Case, contract: Contract, state: ContractState, proposer: str) -> State:
    record = ContractRecord(contract, state, Map({state.value: case.index}), (case.concern,), proposer)
    found = with_contracts(case.state, [record])
    version = (contract.terms.id, contract.terms.version)
    return replace(found, versions=found.versions.set(version, contract.hash))


def _fold_proposed(case: Case, body: ContractProposed) -> State:
    return _new(case, body.contract, ContractState.PROPOSED, signed_by(body.contract, case.state.roster)[0])


def _judge_affirmed(case: Case, body: ContractAffirmed) -> None:
    contract, state = body.contract, case.state
    known = state.contracts.get(contract.hash)
    if known is not None:
        demand_state(known, ContractState.PROPOSED)
        if case.leis and case.leis[0] == known.proposer:
            raise Refused("settlement.own-affirmation", lei=known.proposer, contract=contract.hash)
    check_admissible(state, contract, case.seconds)
    verify(contract, state.roster)
    _check_filer(case, contract)


def _fold_affirmed(case: Case, body: ContractAffirmed) -> State:
    known = case.state.contracts.get(body.contract.hash)
    if known is None:
        return _new(case, body.contract, ContractState.AGREED, "")
    record = case.moved(known, ContractState.AGREED, contract=body.contract, proposer="")
    return with_contracts(case.state, [record])


def _judge_endorsed(case: Case, body: ContractEndorsed) -> None:
    record = case.state.contract(body.contract)
    demand_state(record, ContractState.AGREED)
    _check_parties(case.state, record.contract, case.seconds)
    if case.seconds > record.terms.settle_by:
        raise Refused("C4.expired", contract=record.hash)


def _fold_endorsed(case: Case, body: ContractEndorsed) -> State:
    record = case.state.contract(body.contract)
    return with_contracts(case.state, [case.moved(record, ContractState.ENDORSED)])


def _judge_declined(case: Case, body: ContractDeclined) -> None:
    """A party declines or withdraws a proposal; compliance declines what it has not endorsed."""
    record = case.state.contract(body.contract)
    demand_state(record, *((ContractState.PROPOSED,) if case.leis else (ContractState.PROPOSED, ContractState.AGREED)))
    _check_filer(case, record.contract)


def _fold_declined(case: Case, body: ContractDeclined) -> State:
    record = case.state.contract(body.contract)
    return with_contracts(case.state, [case.moved(record, ContractState.DECLINED)])


_CANCELLABLE = (
    ContractState.PROPOSED,
    ContractState.AGREED,
    ContractState.ENDORSED,
    ContractState.HELD,
    ContractState.INSTRUCTED,
)


def _judge_cancelled(case: Case, body: ContractCancelled) -> None:
    record = case.state.contract(body.contract)
    demand_state(record, *_CANCELLABLE)
    if set(case.leis) != set(record.leis):
        raise Refused("settlement.cancel-both", contract=record.hash)
    if record.cycle is not None and any(each.shares for each in case.state.live(case.state.cycle(record.cycle))):
        raise Refused("settlement.share-exists", contract=record.hash)


def _fold_cancelled(case: Case, body: ContractCancelled) -> State:
    record, state = case.state.contract(body.contract), case.state
    books = state.ledger
    for leg, held in record.holds.items():
        owner = record.terms.payer(record.terms.legs[leg])
        books = books.post(ledger.release(owner, held.asset, held.amount))
        if held.fee_asset is not None:
            books = books.post(ledger.release(owner, held.fee_asset, held.fee_amount))
    state = replace(state, ledger=books)
    if record.cycle is not None:
        state = _without_cycle(state, record.cycle)
    return with_contracts(state, [case.moved(record, ContractState.CANCELLED, holds=Map())])


def _without_cycle(state: State, name: str) -> State:
    """The cycle called off: its coins and nonces are free for other instructions."""
    cycle = state.cycle(name)
    for instruction in state.live(cycle):
        state = freed(state, instruction)
    return replace(state, cycles=state.cycles.set(name, replace(cycle, called_off=True)))


PROPOSED = Rule(_judge_proposed, _fold_proposed)
AFFIRMED = Rule(_judge_affirmed, _fold_affirmed)
ENDORSED = Rule(_judge_endorsed, _fold_endorsed)
DECLINED = Rule(_judge_declined, _fold_declined)
CANCELLED = Rule(_judge_cancelled, _fold_cancelled)
