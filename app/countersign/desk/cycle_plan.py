"""The cycles of a cut-off before they are closed: what would go in, who must bring what until when, what it would save.

- Pure over the replayed state; the same for whoever holds the same history. `cycles` closes what this plans.
- One cycle over all sales that are ready; more only where a limit demands it: the policy's bound on a cycle that needs
  cold shares, its cap or quorum for one transaction, the size of a chain's transaction (`fits`). Parts follow the order
  of endorsement.
- Withdrawals and awards settle gross, each in a cycle of its own.
- At most one unexecuted instruction a Safe: what blocks is named, with its settlement and since when.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from countersign.desk import closing as closings
from countersign.desk.closing import Closing
from countersign.formats import times
from countersign.settlement import cut_off, cycling, netting, proof, spending
from countersign.settlement.contract import Terms
from countersign.settlement.cut_off import Gathered, MomentOf
from countersign.settlement.netting import GROSS, MULTILATERAL, Group, Obligation
from countersign.settlement.proof import Dollars, Proof
from countersign.settlement.records import Cycle
from countersign.settlement.state import State

Fits = Callable[[Sequence[Obligation]], bool]
"""Whether one transaction a chain can discharge these obligations."""
MOST = 10_000
"""The most contracts that one `cycle.closed` names."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One cycle that would be closed: its id, netting, contracts (hashes, in the order of endorsement), its proof."""

    id: str
    netting: str
    contracts: tuple[str, ...]
    proof: Proof
    worth: Dollars


@dataclass(frozen=True, slots=True)
class Block:
    """A Safe that waits: `vault`'s unexecuted `instruction` belongs to `cycle` and was logged at `since_ms`."""

    vault: str
    instruction: str
    cycle: str
    contracts: tuple[str, ...]
    index: int
    since_ms: int


@dataclass(frozen=True, slots=True)
class Preview:
    """The plan of a cut-off. `top_up_until`: unix seconds until which what is lacking may still come in."""

    gathered: Gathered
    top_up_until: int
    cycles: tuple[Planned, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Ahead(Preview):
    """What comes next, and what the last cut-off came to by now."""

    last: Closing


def everything_fits(owed: Sequence[Obligation]) -> bool:
    """For whoever has no node to ask what a transaction would weigh."""
    return True


def upcoming(state: State, now: int, moment_of: MomentOf) -> Ahead:
    """What the next cut-off would close, or the last one while it waits or still has something to close. `now`: unix seconds."""
    last = closings.closing(state, now, moment_of)
    gathered = last.gathered
    if not last.waits:
        gathered = replace(gathered, ready=last.contracts)
    if not last.waits and not last.contracts:
        gathered = cut_off.gather(state, cut_off.next_cut_off(state.adopted(), now + 1), now, moment_of)
    shown = preview(state, gathered, MULTILATERAL, everything_fits)
    return Ahead(shown.gathered, shown.top_up_until, shown.cycles, shown.blocks, last)


def preview(state: State, gathered: Gathered, mode: str, fits: Fits) -> Preview:
    """The cycles that a plan leads to. Raises `Refused` where a payer has no vault."""
    planned = tuple(plan(state, gathered, mode, fits))
    groups = {
        group
        for each in planned
        for group in netting.groups(netting.obligations(state.roster, _terms(state, each.contracts), each.netting))
    }
    until = gathered.cut_off + state.adopted().cycles.top_up_seconds
    return Preview(gathered, until, planned, busy(state, groups))


def plan(state: State, gathered: Gathered, mode: str, fits: Fits) -> Iterable[Planned]:
    """The cycles over what is ready, in order."""
    sales = [each for each in gathered.ready if state.contract(each).terms.sale]
    alone = [each for each in gathered.ready if not state.contract(each).terms.sale]
    parts = [*split(state, sales, mode, fits), *([each] for each in alone)]
    free = _names(state, gathered.cut_off)
    for part in parts:
        netted = mode if len(part) > 1 else GROSS
        shown = proof.prove(state.roster, _terms(state, part), netted)
        yield Planned(next(free), netted, tuple(part), shown, proof.dollars(state, shown))


def split(state: State, contracts: Sequence[str], mode: str, fits: Fits) -> list[list[str]]:
    """The contracts in as few parts as the limits allow by halving, in their order."""
    if not contracts:
        return []
    owed = netting.obligations(state.roster, _terms(state, contracts), mode if len(contracts) > 1 else GROSS)
    cold = state.adopted().cycles.cold_contracts
    most = cold if len(contracts) > cold and cycling.needs_cold(state.roster, owed) else MOST
    if len(contracts) > most:
        parts = [contracts[start : start + most] for start in range(0, len(contracts), most)]
    elif len(contracts) > 1 and not (fits(owed) and _kept(state, owed, contracts)):
        half = (len(contracts) + 1) // 2
        parts = [contracts[:half], contracts[half:]]
    else:
        return [list(contracts)]
    return [one for part in parts for one in split(state, part, mode, fits)]


def _kept(state: State, owed: Sequence[Obligation], contracts: Iterable[str]) -> bool:
    """Whether each transaction keeps what the policy asks of one transaction: its cap, and the quorum for its amount."""
    policy = state.adopted()
    if policy.caps.transaction_usd is None and not policy.quorums:
        return True
    terms = _terms(state, contracts)
    return all(
        ruling.kept
        for group in netting.groups(owed)
        for ruling in spending.rulings(
            state, spending.flows(state, netting.owed_by(owed, group), terms), spending.Used()
        )
        if ruling.rule in (spending.TRANSACTION, spending.QUORUM)
    )


def _terms(state: State, contracts: Iterable[str]) -> list[Terms]:
    return [state.contract(each).terms for each in contracts]


def _names(state: State, moment: int) -> Iterator[str]:
    """Free ids of cycles at a cut-off: "cycle-2026-11-22-1600-1", "…-2"."""
    text, number = times.text(moment), 0
    while True:
        number += 1
        name = f"cycle-{text[:10]}-{text[11:13]}{text[14:16]}-{number}"
        if name not in state.cycles:
            yield name


def busy(state: State, groups: Iterable[Group]) -> tuple[Block, ...]:
    """The Safes among these groups' vaults that have an unexecuted instruction, ascending."""
    found = []
    for vault in sorted({vault for group in groups if group.kind == "safe-tx" for vault in group.vaults}):
        use = state.safes.get(vault)
        if use is None or use.pending is None:
            continue
        blocking = state.instruction(use.pending)
        waits = () if blocking.hash in state.orders else state.cycle(blocking.cycle).contracts
        ids = tuple(state.contract(each).terms.id for each in waits)
        found.append(Block(vault, blocking.hash, blocking.cycle, ids, blocking.index, blocking.time_ms))
    return tuple(found)


def blocked_by(state: State, cycle: Cycle) -> tuple[Block, ...]:
    """What keeps a closed cycle's instructions from being prepared: other settlements' at the same Safes."""
    known = {group: state.instruction(name) for group, name in cycle.instructions.items()}
    lacking = [group for group in cycle.groups if group not in known or not known[group].executable]
    return tuple(each for each in busy(state, lacking) if each.cycle != cycle.id) if not cycle.called_off else ()
