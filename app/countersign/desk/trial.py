"""What filing would come to: the machine asked in its own words, over a state that is nobody's log.

- An event is held against everything that holds for it in the log: its place and moment, its signatures under the roster,
  who may sign it, its type's rule. What passes is folded in, so that what comes next is judged against what came before.
- Where the table of permissions wants the desk beside the signers, the desk counts as having signed. What it verifies
  with its own nodes before it does (`vouching`) is not asked: that takes the chains.
- A contract is asked about as an officer of operations would file it.
- Pure: a state goes in, another comes out, nothing is signed and nothing logged.

    state = file_event(state, event, now_ms)      # raises what the log would raise
"""

from countersign.keys.jws import Jws
from countersign.settlement import contract as contracts
from countersign.settlement import machine, permissions
from countersign.settlement.bodies import ContractAffirmed, ContractProposed
from countersign.settlement.case import Case
from countersign.settlement.contract import Contract
from countersign.settlement.events import Event
from countersign.settlement.machine import Decision, Entry
from countersign.settlement.roster import Holder, HolderKind
from countersign.settlement.state import State

AFFIRMED, PROPOSED = "contract.affirmed", "contract.proposed"


def authors(state: State, event: Event, now_ms: int) -> tuple[Holder, ...]:
    """Whose good signatures it carries. Raises `Refused` where one is not good, or it may not stand in the log now."""
    return machine.authors(state, Entry(state.size, max(now_ms, state.time_ms), b""), event)


def file_event(state: State, event: Event, now_ms: int) -> State:
    """The state after an event. Raises `Refused` or `Malformed` as the log would."""
    holders = authors(state, event, now_ms)
    if permissions.lacks_desk(event.type, state.roster, holders):
        holders = (*holders, Holder(HolderKind.DESK, state.desk))
    permissions.check_signers(event.type, state.roster, holders)
    return _filed(state, event, holders, now_ms)


def file_contract(state: State, contract: Contract, now_ms: int) -> State:
    """The state after an officer of operations filed this contract. Raises as `file_event`."""
    kind = kind_of(state, contract)
    body = ContractAffirmed(contract) if kind == AFFIRMED else ContractProposed(contract)
    asked = Event(kind, state.desk, contract.hash, now_ms // 1_000, body, contract.hash, Jws(b"", ()))
    return _filed(state, asked, (), now_ms)


def kind_of(state: State, contract: Contract) -> str:
    """The event by which an officer files a contract: both institutions signed, or one so far."""
    signers = contracts.signed_by(contract, state.roster)
    return AFFIRMED if len(signers) == len(contract.terms.leis) else PROPOSED


def _filed(state: State, event: Event, holders: tuple[Holder, ...], now_ms: int) -> State:
    case = Case(state, event, state.size, max(now_ms, state.time_ms), holders)
    machine.RULES[event.type].judge(case, event.body)
    return machine.evolve(state, Decision(case))
