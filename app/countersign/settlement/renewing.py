"""What a closed cycle still needs prepared: instructions that it lacks, and those that must be asked for once more.

- Until the first share: what the log shows to be stale (`staleness.py`) is made afresh; a request that got older than the
  policy allows is asked for again, over the same bytes, which somebody may have signed where no log saw it.
- In a failed settlement: the leg whose instruction can never execute, or whose void has the policy's confirmations, is
  made afresh; one that was never released, lacks shares and whose request got too old is asked for again, over the same
  bytes, so that only one can be mined.

    >>> wanted(state, cycle, now)
    (Wanted(group=Group(chain='bip122:…', kind='psbt', vaults=('harbour-btc',)), old=None, same=False),)
"""

from collections.abc import Iterator
from dataclasses import dataclass

from countersign.settlement import staleness
from countersign.settlement.instructing import confirmed_void, records_of
from countersign.settlement.netting import Group
from countersign.settlement.records import ContractState, Cycle, Instruction
from countersign.settlement.state import State


@dataclass(frozen=True, slots=True)
class Wanted:
    """A group that wants an instruction, the one whose place it takes, and whether it is over the very same bytes."""

    group: Group
    old: Instruction | None
    same: bool


def wanted(state: State, cycle: Cycle, seconds: int) -> tuple[Wanted, ...]:
    """What may be prepared for a cycle at this moment (unix seconds), in the order of its groups."""
    if cycle.called_off:
        return ()
    stands = records_of(state, cycle)[0].state
    if stands is ContractState.FAILED:
        return tuple(_after_failure(state, cycle, seconds))
    if stands in (ContractState.HELD, ContractState.INSTRUCTED) and not any(each.shares for each in state.live(cycle)):
        return tuple(_before_shares(state, cycle, seconds))
    return ()


def of_contract(state: State, contract: str, seconds: int) -> tuple[Wanted, ...]:
    """The same for the cycle of a contract; nothing where it has none."""
    record = state.contracts.get(contract)
    return () if record is None or record.cycle is None else wanted(state, state.cycle(record.cycle), seconds)


def _before_shares(state: State, cycle: Cycle, seconds: int) -> Iterator[Wanted]:
    for group in cycle.groups:
        name = cycle.instructions.get(group)
        if name is None:
            yield Wanted(group, None, same=False)
            continue
        old = state.instruction(name)
        if staleness.coin(state, old) is not None or staleness.number(state, old) is not None:
            yield Wanted(group, old, same=False)
        elif _lapsed(state, old, seconds):
            yield Wanted(group, old, same=True)


def _after_failure(state: State, cycle: Cycle, seconds: int) -> Iterator[Wanted]:
    for group in cycle.groups:
        name = cycle.instructions.get(group)
        if name is None:
            yield Wanted(group, None, same=False)
            continue
        old = state.instruction(name)
        if not old.executable or confirmed_void(state, old):
            yield Wanted(group, old, same=False)
        elif old.released is None and not old.declared and state.missing(old) and _lapsed(state, old, seconds):
            yield Wanted(group, old, same=True)


def _lapsed(state: State, old: Instruction, seconds: int) -> bool:
    return seconds > old.time_ms // 1_000 + state.adopted().request_lifetime_seconds
