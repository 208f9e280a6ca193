"""What a QR crossing allows a machine to know: the pinned state, and some later events without those between them.

DESIGN.md §3 "What a cold machine can know". The caller has proved that every entry stands in the log; nobody has
proved what the gaps hold.

- Roster, policy, price, contract and attestation events are judged by their ordinary rules, each at its own moment.
- `cycle.closed` and `instruction.prepared` rest on holds, deposits and confirmations that are not carried. Their
  place, keys, permissions and shape are judged; whether the holds stood, a coin was confirmed or taken, is the desk's
  word for it.
- A Safe's nonce that the pinned state knows as executed is refused. What was executed since is not known here.
- A dispute and an award rest on holds too (`excerpt_stops.py`), a failure on shares, releases and blocks (`excerpt_failures.py`).
- After a failure a leg is prepared once more: that this is apart from what was signed for it before is asked of this machine's
  own record (B12), with what is carried of those requests.
- An order that a Safe change its owners is judged by its ordinary rule, at a Safe that is free but for the order whose place
  it takes: what became of anything else that waited there is not known here. That an earlier order took effect is told by
  no excerpt: until the history came by USB, the Safe is not as it is registered (E10).
- A declared instruction (a replacement, a void) rests on shares and failures that are not carried: it crosses by USB.
- An event of any other type is refused by name, and so is one that its rule refuses: an excerpt is whole or nothing.
- What this cannot show (a cancellation, a freeze, a change of roster or policy that was left out) is nobody's proof
  here: two officers attest it (L8), and the screen says who.

    >>> excerpt(entries, pinned).instructions[name].cycle
    'cycle-1'
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from countersign.errors import Refused
from countersign.settlement import (
    cycling,
    events,
    excerpt_failures,
    excerpt_stops,
    instructing,
    machine,
    netting,
    numbers,
    owning,
    spending,
)
from countersign.settlement.assets import require_spelling
from countersign.settlement.bodies import SETTLEMENT, CycleClosed, InstructionPrepared
from countersign.settlement.case import Case, Rule, demand_state, with_contracts
from countersign.settlement.governance_bodies import OwnersOrdered
from countersign.settlement.machine import Decision, Entry
from countersign.settlement.netting import Group
from countersign.settlement.records import ContractState, Cycle, SafeUse
from countersign.settlement.roster import BitcoinVault, SafeVault, Vault
from countersign.settlement.state import State

ORDINARY = frozenset(
    {
        "roster.changed",
        "policy.adopted",
        "price.published",
        "contract.proposed",
        "contract.affirmed",
        "contract.endorsed",
        "contract.declined",
        "contract.cancelled",
        "contract.expired",
        "withdrawal.requested",
        "state.attested",
    }
    | excerpt_stops.ORDINARY
)
"""The types that an excerpt judges by the machine's own rules."""


def excerpt(entries: Iterable[Entry], state: State) -> State:
    """The state after these proven entries, ascending by index, over the pinned `state`; gaps are allowed.

    Refused("settlement.excerpt-event") for a type that an excerpt does not carry, Refused("settlement.excerpt-nonce"),
    and whatever the rules raise.
    """
    for entry in entries:
        state = _taken_in(state, entry)
    return state


def carried(kind: str) -> bool:
    """Whether an excerpt may carry events of this type."""
    return kind in ORDINARY or kind in _SHAPED or kind in _WHOLE


def _taken_in(state: State, entry: Entry) -> State:
    event = events.parse(entry.event)
    if event.type in ORDINARY:
        return machine.evolve(state, machine.decide(state, entry, event))
    whole = _WHOLE.get(event.type)
    if whole is not None:
        case = machine.admit(state, entry, event)
        whole.judge(case, event.body)
        return machine.remembered(case, whole.fold(case, event.body))
    rule = _SHAPED.get(event.type)
    if rule is None:
        raise Refused("settlement.excerpt-event", type=event.type, index=entry.index)
    case = machine.admit(state, entry, event)
    rule.judge(case, event.body)
    prepared = rule.fold(case, event.body)
    return machine.evolve(prepared, Decision(replace(case, state=prepared)))


def _judge_cycle(case: Case, body: CycleClosed) -> None:
    """The cycle's shape. That its contracts were held is the desk's word."""
    cycling.check_shape(case.state, body)
    for contract in body.contracts:
        demand_state(case.state.contract(contract), ContractState.ENDORSED, ContractState.HELD)
    cycling.check_cold(case.state, body)


def _held(case: Case, body: CycleClosed) -> State:
    """The contracts moved to `held` by the closed cycle itself: the desk's signature says that both holds stood."""
    records = [case.state.contract(contract) for contract in body.contracts]
    waiting = [record for record in records if record.state is ContractState.ENDORSED]
    held = ContractState.HELD
    moved = [replace(record, state=held, causes=record.causes.set(held.value, case.index)) for record in waiting]
    return with_contracts(case.state, moved)


def _judge_prepared(case: Case, body: InstructionPrepared) -> None:
    state = case.state
    cycle = state.cycle(body.cycle)
    if body.purpose != SETTLEMENT:
        raise Refused("settlement.excerpt-declared", purpose=body.purpose)
    if body.contracts != cycle.contracts:
        raise Refused("settlement.instruction-contracts", cycle=cycle.id)
    if cycle.failed is None:
        _check_before_shares(case, cycle)
    else:
        instructing.demand_cycle(state, cycle, ContractState.FAILED)
    group = Group(body.chain, body.kind, body.vaults)
    spending.flows(
        state, netting.owed_by(cycle.obligations, group), ()
    )  # worth counts even where caps are not judged here
    if group not in cycle.groups:
        raise Refused("settlement.not-owed", cycle=cycle.id, chain=body.chain, vaults=", ".join(body.vaults))
    for name in body.vaults:
        _check_vault(state, state.roster.vault(name), body)


def _check_before_shares(case: Case, cycle: Cycle) -> None:
    for record in instructing.records_of(case.state, cycle):
        demand_state(record, ContractState.HELD, ContractState.INSTRUCTED)
        if case.seconds > record.terms.settle_by:
            raise Refused("C4.expired", contract=record.hash)
    if any(each.shares for each in case.state.live(cycle)):
        raise Refused("settlement.share-exists", contract=cycle.contracts[0])


def _check_vault(state: State, vault: Vault, body: InstructionPrepared) -> None:
    if isinstance(vault, SafeVault):
        executed = state.safes.get(vault.id, SafeUse()).executed
        if executed is not None and (body.nonce or 0) <= executed:
            raise Refused("settlement.excerpt-nonce", vault=vault.id, nonce=body.nonce or 0, executed=executed)
        return
    _check_coins(state, vault, body)


def _check_coins(state: State, vault: BitcoinVault, body: InstructionPrepared) -> None:
    mine = [spend for spend in body.spends if spend.vault == vault.id]
    if not mine:
        raise Refused("settlement.no-coin", vault=vault.id)
    for spend in mine:
        instructing.check_place(state, vault, spend.slot)
    for spend in body.spends:
        require_spelling(body.chain, spend.outpoint)
        if spend.vault not in body.vaults:
            raise Refused("settlement.foreign-coin", outpoint=spend.outpoint, vault=spend.vault)


def _judge_ordered(case: Case, body: OwnersOrdered) -> None:
    """A number that is not used up as far as the pinned state knows, and the ordinary rule."""
    executed = case.state.safes.get(body.vault, SafeUse()).executed
    if executed is not None and body.nonce <= executed:
        raise Refused("settlement.excerpt-nonce", vault=body.vault, nonce=body.nonce, executed=executed)
    owning.ORDERED.judge(replace(case, state=_freed(case, body)), body)


def _freed(case: Case, body: OwnersOrdered) -> State:
    """The Safe with nothing waiting but what this order replaces, its numbers counted as used where others came between."""
    use = case.state.safes.get(body.vault, SafeUse())
    known = use.executed
    if numbers.later(body.nonce, numbers.expected(case.state, body.vault)):
        known = body.nonce - 1
    return replace(case.state, safes=case.state.safes.set(body.vault, SafeUse(body.replaces, known)))


def _fresh_safes(case: Case, body: InstructionPrepared) -> State:
    """A Safe whose last known nonce is not the one before: what used those in between since the pin is not known here."""
    state, nonce = case.state, body.nonce
    for name in body.vaults:
        if nonce is not None and numbers.later(nonce, numbers.expected(state, name)):
            use = state.safes.get(name, SafeUse())
            state = replace(state, safes=state.safes.set(name, replace(use, executed=nonce - 1)))
    return state


_SHAPED: Mapping[str, Rule] = {  # type: ignore[type-arg]
    "cycle.closed": Rule(_judge_cycle, _held),
    "instruction.prepared": Rule(_judge_prepared, _fresh_safes),
    "owners.ordered": Rule(_judge_ordered, _freed),
}
"""What an excerpt judges by shape; each `fold` here only readies the state for the machine's own."""
_WHOLE: Mapping[str, Rule] = {**excerpt_stops.FOLDED, **excerpt_failures.FOLDED}  # type: ignore[type-arg]
"""What an excerpt judges and folds by rules of its own."""
