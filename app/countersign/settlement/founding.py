"""Rules of the desk itself: founding, roster, policy, prices, deposits.

- The founding is the first accepted event and happens once; its own roster says whose signatures it needs.
- Administrators change the roster and adopt policies by their threshold, effective at that place in the log. What was
  drafted before another change of the same thing is stale: whole entries would undo that change unseen.
- A deposit is credited once for each place on chain that paid the vault, in that chain's one spelling of it, and never
  for a settlement's own transaction.
"""

from dataclasses import replace

from countersign.errors import Refused
from countersign.settlement import ledger
from countersign.settlement.assets import Price, chain_of, require_spelling
from countersign.settlement.bodies import DepositCredited, DeskFounded, PolicyAdopted, PricePublished, RosterChanged
from countersign.settlement.case import Case, Rule
from countersign.settlement.roster import Roster
from countersign.settlement.roster_change import changed, check_fresh, with_desk_key
from countersign.settlement.state import State
from countersign.settlement.vault_trials import brings_vaults


def founding_roster(body: DeskFounded, origin: str, time_ms: int) -> Roster:
    """The roster that a founding event itself establishes. Raises `Refused` if it contradicts itself."""
    roster = with_desk_key(Roster(custodian=body.custodian), origin, body.desk_key)
    return changed(roster, body.entries, time_ms=time_ms, founding=True)


def _judge_founding(case: Case, body: DeskFounded) -> None:
    """`decide` has built the founding roster and checked the signatures against it; here only: once."""
    if case.state.desk:
        raise Refused("settlement.founded-already", desk=case.state.desk)


def _fold_founding(case: Case, body: DeskFounded) -> State:
    roster = founding_roster(body, case.event.desk, case.time_ms)
    return replace(case.state, desk=case.event.desk, desk_key=body.desk_key, log=body.log, roster=roster)


def _judge_roster(case: Case, body: RosterChanged) -> None:
    check_fresh(case.state.roster, body.entries, case.event.at)
    changed(case.state.roster, body.entries, time_ms=case.time_ms, by=case.officers)


def _fold_roster(case: Case, body: RosterChanged) -> State:
    state, roster = case.state, changed(case.state.roster, body.entries, time_ms=case.time_ms, by=case.officers)
    trials = (*state.trials, case.index) if brings_vaults(body) else state.trials
    return replace(state, roster=roster, roster_index=case.index, trials=trials)


def _judge_policy(case: Case, body: PolicyAdopted) -> None:
    expected = case.state.policy.version + 1 if case.state.policy else 1
    if body.policy.version != expected:
        raise Refused("settlement.policy-version", version=body.policy.version, expected=expected)


def _fold_policy(case: Case, body: PolicyAdopted) -> State:
    return replace(case.state, policy=body.policy, policy_index=case.index)


def _judge_price(case: Case, body: PricePublished) -> None:
    case.state.roster.asset(body.asset)


def _fold_price(case: Case, body: PricePublished) -> State:
    price = Price(body.asset, body.price, body.source, case.index)
    return replace(case.state, prices=case.state.prices.set(body.asset, price))


def _deposit_key(body: DepositCredited) -> str:
    return f"{chain_of(body.asset)} {body.reference}"


def _judge_deposit(case: Case, body: DepositCredited) -> None:
    state = case.state
    state.roster.asset(body.asset)
    state.roster.party(body.owner.lei, body.owner.book)
    vault = state.roster.vault(body.vault)
    if vault.owner != body.owner or vault.chain != chain_of(body.asset):
        raise Refused("settlement.deposit-vault", vault=vault.id, asset=body.asset)
    require_spelling(vault.chain, body.reference)
    needed = state.adopted().confirmations_on(vault.chain)
    if body.confirmations < needed:
        raise Refused("settlement.deposit-confirmations", confirmations=body.confirmations, needed=needed)
    if _deposit_key(body) in state.deposits:
        raise Refused("settlement.deposit-credited", reference=body.reference, index=state.deposits[_deposit_key(body)])
    if body.reference.split(":")[0] in state.transactions:
        raise Refused("settlement.deposit-own", reference=body.reference)


def _fold_deposit(case: Case, body: DepositCredited) -> State:
    return replace(
        case.state,
        ledger=case.state.ledger.post(ledger.credit(body.owner, body.asset, body.amount)),
        deposits=case.state.deposits.set(_deposit_key(body), case.index),
    )


FOUNDING = Rule(_judge_founding, _fold_founding)
ROSTER = Rule(_judge_roster, _fold_roster)
POLICY = Rule(_judge_policy, _fold_policy)
PRICE = Rule(_judge_price, _fold_price)
DEPOSIT = Rule(_judge_deposit, _fold_deposit)
