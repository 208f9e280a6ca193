"""Rules of awards: a ruling on a disputed contract is carried out as terms of its own, and moves exactly what it says.

- The terms replace the disputed contract, lie between its books, and bear the ruling's document as their legal text.
  Two officers sign them instead of the parties, and the same two sign the event; one of them is of compliance.
- The frozen holds of the disputed contract go to the award's legs at once: what the ruling does not take returns to its
  owners, what it takes beyond them comes from available units, or the award is refused.
- The award is held as it is made, and goes the ordinary way: gross cycle, instruction, shares, release, finality.
- A contract that was released before the dispute stays as it is (rule 6); its award takes from available units.
- An award that ended unfulfilled may be made again. After a share exists the settlement is voided first (rule 10).

    >>> state.contracts[disputed].state, state.contracts[award].state
    (<ContractState.AWARDED: 'awarded'>, <ContractState.HELD: 'held'>)
"""

from dataclasses import replace

from immutables import Map

from countersign.errors import Refused
from countersign.settlement import agreement, ledger, stops, templates, valuation
from countersign.settlement.case import Case, Rule, demand_state, with_contracts
from countersign.settlement.contract import Contract, signed_by_officers
from countersign.settlement.disputing import open_dispute
from countersign.settlement.ending import check_unsigned, remembering, returned
from countersign.settlement.holding import needed
from countersign.settlement.ledger import Ledger
from countersign.settlement.records import ContractRecord, ContractState, HoldRecord
from countersign.settlement.state import State
from countersign.settlement.stop_bodies import AwardMade

UNFULFILLED = (ContractState.CANCELLED, ContractState.EXPIRED, ContractState.VOIDED)


def _judge(case: Case, body: AwardMade) -> None:
    disputed = check_award(case, body)
    check_dispute(case.state, disputed)
    _held(case.state.ledger, disputed, body.contract, case.index)


def check_award(case: Case, body: AwardMade) -> ContractRecord:
    """What holds of an award whatever the ledger says; the contract that it rules on. Raises `Refused`."""
    contract = body.contract
    disputed = check_terms(case.state, contract, case.seconds)
    if set(signed_by_officers(contract, case.state.roster)) != set(case.officers):
        raise Refused("settlement.award-signers", contract=contract.hash)
    return disputed


def check_terms(state: State, contract: Contract, seconds: int) -> ContractRecord:
    """The terms are an award between the books of a known contract, whoever has signed them. Raises `Refused`."""
    if contract.terms.template != templates.AWARD or contract.terms.replaces is None:
        raise Refused("settlement.not-an-award", contract=contract.hash, template=contract.terms.template)
    if contract.hash in state.contracts:
        demand_state(state.contracts[contract.hash])
    disputed = state.contract(contract.terms.replaces)
    for party in contract.terms.parties:
        if party not in disputed.terms.parties:
            raise Refused("settlement.not-a-party", lei=party.lei, contract=disputed.hash)
    agreement.check_admissible(state, contract, seconds)
    stops.check_free(state, disputed)
    return disputed


def check_dispute(state: State, disputed: ContractRecord) -> None:
    """It waits for an award, or the award that it had came to nothing. Raises `Refused`."""
    if disputed.award is not None:
        demand_state(state.contract(disputed.award), *UNFULFILLED)
        return
    open_dispute(disputed)
    demand_state(disputed, ContractState.DISPUTED, ContractState.FINAL, ContractState.VOIDED)
    check_unsigned_dispute(state, disputed)


def check_unsigned_dispute(state: State, disputed: ContractRecord) -> None:
    """A contract that is not yet final is awarded only where nobody signed; else it is voided first."""
    if disputed.state is ContractState.DISPUTED:
        check_unsigned(state, disputed)


def _held(
    books: Ledger, disputed: ContractRecord, contract: Contract, index: int
) -> tuple[Ledger, Map[int, HoldRecord]]:
    """The ledger with the dispute's frozen units given back and every leg of the award held. Raises `Refused`."""
    if disputed.state is ContractState.DISPUTED:
        books = books.post(returned(disputed))
    holds: Map[int, HoldRecord] = Map()
    for position, leg in enumerate(contract.terms.legs):
        hold, owner = needed(contract.terms, position, index), contract.terms.payer(leg)
        books = books.post(ledger.hold(owner, hold.asset, hold.amount))
        if hold.fee_asset is not None:
            books = books.post(ledger.hold(owner, hold.fee_asset, hold.fee_amount))
        holds = holds.set(position, hold)
    return books, holds


def _fold(case: Case, body: AwardMade) -> State:
    disputed = case.state.contract(body.contract.terms.replaces or "")
    books, holds = _held(case.state.ledger, disputed, body.contract, case.index)
    return ruled(case, replace(taken(case, body, holds), ledger=books), body)


def taken(case: Case, body: AwardMade, holds: Map[int, HoldRecord]) -> State:
    """The state with the award's record, held from its first moment."""
    contract = body.contract
    causes = Map({ContractState.AGREED.value: case.index, ContractState.HELD.value: case.index})
    named = (contract.hash, contract.signed, contract.terms)
    prices = valuation.prices_agreed(case.state, contract.terms)
    record = ContractRecord(*named, ContractState.HELD, causes, (case.concern,), "", holds=holds, prices=prices)
    versions = case.state.versions.set((contract.terms.id, contract.terms.version), contract.hash)
    return replace(with_contracts(case.state, [record]), versions=versions)


def ruled(case: Case, state: State, body: AwardMade) -> State:
    """The state in which the award has closed the dispute; final and voided contracts stay what they are."""
    disputed, award = state.contract(body.contract.terms.replaces or ""), body.contract.hash
    dispute = disputed.dispute
    if dispute is not None and dispute.closed is None:
        dispute = replace(dispute, outcome="awarded", closed=case.index)
    if disputed.state is not ContractState.DISPUTED:
        return with_contracts(state, [case.touched(disputed, dispute=dispute, award=award)])
    to, disputed = ContractState.AWARDED, remembering(case.state, disputed)
    return with_contracts(state, [case.moved(disputed, to, dispute=dispute, award=award, holds=Map(), cycle=None)])


MADE = Rule(_judge, _fold)
