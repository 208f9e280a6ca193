"""What waits for an officer to whom the desk adds its signature, or for a deliverer; read off the log alone.

- Loans to recall before a hold, amounts to bring before the cycle closes, transactions to send and to look after.
- What is to be endorsed, prepared, signed, released or ended, by whom: counted, for the Desk names each (`row`).
- The Desk says the same of each settlement in its row, and of a cut-off in its card (`cut_off_view`). What the chains have and
  the log has not, only a node can say (`arrivals`).

    >>> [str(each.whom) for each in waits(state, last, upcoming)]
    ['operations']
"""

from collections.abc import Iterator
from dataclasses import dataclass

from countersign.desk.closing import Closing
from countersign.desk.names import owner
from countersign.formats import times
from countersign.settlement import delivery, lifting, stops
from countersign.settlement.assets import chain_of
from countersign.settlement.cut_off import Gathered
from countersign.settlement.ending import signed
from countersign.settlement.permissions import Signer
from countersign.settlement.records import ContractState, Cycle, Instruction
from countersign.settlement.saying import Said, said
from countersign.settlement.state import State


@dataclass(frozen=True, slots=True)
class Wait:
    """Something that the desk does not do alone: for whom it waits, and for what."""

    whom: Signer
    why: Said


def waits(state: State, last: Closing, upcoming: Gathered) -> tuple[Wait, ...]:
    """What waits beside a plan: the last cut-off while it waits, and the next one."""
    gathered, until = (last.gathered, last.until) if last.waits else (upcoming, _until(state, upcoming))
    loans = dict.fromkeys((*(last.gathered.recalls if last.waits else ()), *upcoming.recalls))
    return (
        *(_recall(state, loan) for loan in loans),
        *(
            _top_up(state, account.lei, account.book, account.asset, units, until)
            for account, units in gathered.lacking
        ),
        *_endorsing(state),
        *(each for cycle in state.open_cycles() for each in _by_hand(state, cycle)),
        *_on_chains(state),
    )


def symbol(state: State, asset: str) -> str:
    """What people call an asset; its id where nobody registered it."""
    known = state.roster.assets.get(asset)
    return known.symbol if known is not None else asset


def amount(state: State, asset: str, units: int) -> str:
    """ "12.50000000 BTC"; base units of an asset that nobody registered."""
    known = state.roster.assets.get(asset)
    return known.display(units) if known is not None else f"{units} base units of {asset}"


def _until(state: State, upcoming: Gathered) -> int:
    return upcoming.cut_off + state.adopted().cycles.top_up_seconds


def _recall(state: State, name: str) -> Wait:
    loan = state.loans[name]
    said_of = {"loan": name, "owner": owner(state.roster, loan.owner.lei)}
    return Wait(Signer.OPERATIONS, said("wait.recall", **said_of, amount=amount(state, loan.asset, loan.principal)))


def _top_up(state: State, lei: str, book: str, asset: str, units: int, until: int) -> Wait:
    return Wait(
        Signer.PARTY,
        said(
            "wait.top-up",
            owner=owner(state.roster, lei),
            book=book,
            amount=amount(state, asset, units),
            until=times.text(until),
        ),
    )


def needed(state: State, cycle: Cycle, chain: str) -> int:
    """How many confirmations a cycle's transaction on a chain is looked after for: the policy's, or a contract's own."""
    agreed = (
        count
        for each in cycle.contracts
        for asset, count in state.contract(each).terms.finality.confirmations
        if chain_of(asset) == chain
    )
    return max(state.adopted().confirmations_on(chain), *agreed, 0)


def in_flight(state: State) -> list[Cycle]:
    """The cycles for which somebody signed that are not over, and those whose deliveries are not confirmed yet, in their order."""
    late = {state.instruction(each).cycle for each in state.receipts}
    found = {each: state.cycle(each) for each in late}
    for each in state.open_cycles():
        if each.final is None and each.voided is None and signed(state, each):
            found[each.id] = each
    return sorted(found.values(), key=lambda each: each.index)


def _endorsing(state: State) -> Iterator[Wait]:
    if count := sum(each.state is ContractState.AGREED for each in state.open_contracts()):
        yield Wait(Signer.COMPLIANCE, said("wait.endorse", count=count))


def _by_hand(state: State, cycle: Cycle) -> Iterator[Wait]:
    """What officers' own hands have to do for a cycle before it can be sent: the one that comes first."""
    if cycle.final is not None or cycle.voided is not None or not (cycle.voiding or stops.running(state, cycle)):
        return
    if cycle.released is None and not cycle.voiding and _over(state, cycle):
        if signed(state, cycle):
            yield Wait(Signer.OPERATIONS, said("wait.void", cycle=cycle.id))
        return
    lacking = 0 if cycle.voiding else sum(group not in cycle.instructions for group in cycle.groups)
    if lacking:
        yield Wait(Signer.OPERATIONS, said("wait.prepare", cycle=cycle.id, count=lacking))
    unsigned = sum(each.released is None and bool(state.missing(each)) for each in lifting.waiting(state, cycle))
    if unsigned:
        yield Wait(Signer.SIGNING, said("wait.sign", cycle=cycle.id, count=unsigned))
    unsent = delivery.waiting(state, cycle)
    whole = cycle.released is not None or state.ready(cycle)
    if unsent and not lacking and whole and not any(state.missing(each) for each in unsent):
        yield Wait(Signer.OPERATIONS, said("wait.release", cycle=cycle.id, count=len(unsent)))


def _over(state: State, cycle: Cycle) -> bool:
    """Whether it may not be released any more, by the log's own time."""
    return any(state.contract(each).terms.settle_by < state.time_ms // 1_000 for each in cycle.contracts)


def _on_chains(state: State) -> Iterator[Wait]:
    """What was released and is not out yet, or out and not deep enough in its chain."""
    for cycle in in_flight(state):
        unsent, young = on_chains(state, cycle)
        if unsent:
            yield Wait(Signer.OPERATIONS, said("wait.send", cycle=cycle.id, count=unsent))
        if young:
            yield Wait(Signer.OPERATIONS, said("wait.observe", cycle=cycle.id, count=young))


def on_chains(state: State, cycle: Cycle) -> tuple[int, int]:
    """How many of a cycle's transactions may be sent, and how many are out and not deep enough in their chain."""
    live = state.under_way(cycle)
    unsent = sum(each.transaction is None and each.released is not None for each in live)
    young = sum(each.transaction is not None and _young(state, cycle, each) for each in live)
    return unsent if unsent and _may_send(state, cycle) else 0, young


def _may_send(state: State, cycle: Cycle) -> bool:
    out = any(each.transaction is not None for each in state.live(cycle))
    return out or cycle.voiding or stops.running(state, cycle)


def _young(state: State, cycle: Cycle, instruction: Instruction) -> bool:
    seen = instruction.observed.confirmations if instruction.observed else 0
    if instruction.child:  # its block is enough: nothing is delivered by it
        return not instruction.seen
    return seen < needed(state, cycle, instruction.group.chain)
