"""What an instruction rests on and the log shows to be gone: a coin that is spent or in no block, a Safe's used number.

- A coin is stale once another transaction spent it, or once the transaction that made it stands in no block any more. No
  policy sets an age for a coin that stands, so none is made up here.
- A Safe's number is stale once an executed instruction or an attested block shows it to be used, or another instruction
  has taken it. What has been sent may itself have used it: of that only its own observation tells.
- The moment is the one from which the log shows it. It has passed: what is stale needs another instruction, or its chain.

    >>> number(state, instruction)
    Lost(at=1795363200, vaults=('harbour-safe',))
"""

from dataclasses import dataclass

from countersign.settlement.records import Instruction, SafeUse
from countersign.settlement.roster import SafeVault
from countersign.settlement.state import State


@dataclass(frozen=True, slots=True)
class Lost:
    """Since when (unix seconds) the log shows that something is gone, and of which vaults."""

    at: int
    vaults: tuple[str, ...]


def coin(state: State, instruction: Instruction) -> Lost | None:
    """The coin that went first of those that an instruction spends; None where all stand, as far as the log knows."""
    if not instruction.spends or instruction.seen:
        return None
    if (dead := _dead(instruction)) is not None:
        return dead
    gone = list[tuple[int, str]]()
    for each in instruction.spends:
        moment = _gone_ms(state, instruction, each.outpoint)
        if moment is not None:
            gone.append((moment, each.vault))
    if not gone:
        return None
    moment, vault = min(gone)
    return Lost(moment // 1_000, (vault,))


def number(state: State, instruction: Instruction) -> Lost | None:
    """Since when a Safe's number is not its next one any more; None where it is, as far as the log knows."""
    if instruction.nonce is None or instruction.seen:
        return None
    if (dead := _dead(instruction)) is not None:
        return dead
    if instruction.transaction is not None:
        return None
    vaults = instruction.group.vaults
    moments = [each for each in (_taken(state, instruction), _used(state, instruction), _attested(state, instruction))
               if each is not None]  # fmt: skip
    return Lost(min(moments), vaults) if moments else None


def _dead(instruction: Instruction) -> Lost | None:
    """The desk and an officer's node saw that no chain can take it any more."""
    if instruction.executable or instruction.dead_ms is None:
        return None
    return Lost(instruction.dead_ms // 1_000, instruction.group.vaults)


def _gone_ms(state: State, instruction: Instruction, outpoint: str) -> int | None:
    spender = state.spending.get(outpoint, instruction.hash)
    user = None if spender == instruction.hash else state.instructions.get(spender)
    if user is not None and user.seen and user.observed is not None:
        return user.observed.time_ms
    transaction = outpoint.partition(":")[0]
    made_by = state.transactions.get(transaction)
    maker = None if made_by is None else state.instruction(made_by)
    if maker is not None and maker.hash == instruction.lifts:  # a child: it stands or falls with its parent
        lost = coin(state, maker)
        return None if lost is None else lost.at * 1_000
    if maker is None or maker.observed is None:
        return None
    stands = maker.observed.block is not None and maker.transaction == transaction
    return None if stands else maker.observed.time_ms


def _taken(state: State, instruction: Instruction) -> int | None:
    """Since when another unexecuted instruction has its number."""
    pending = state.safes.get(instruction.group.vaults[0], SafeUse()).pending
    other = None if pending is None or pending == instruction.hash else state.instruction(pending)
    return None if other is None or other.nonce != instruction.nonce else other.time_ms // 1_000


def _used(state: State, instruction: Instruction) -> int | None:
    """Since when another executed instruction has used it up; since its own entry where nobody knows."""
    vault, nonce = instruction.group.vaults[0], instruction.nonce
    executed = state.safes.get(vault, SafeUse()).executed
    if nonce is None or executed is None or nonce > executed:
        return None
    moments = [each.observed.time_ms for each in state.instructions.values()
               if each.observed is not None and each.seen and each.group.vaults[0] == vault
               and each.nonce is not None and each.nonce >= nonce]  # fmt: skip
    return min(moments, default=instruction.time_ms) // 1_000


def _attested(state: State, instruction: Instruction) -> int | None:
    """The block at which two officers' nodes found the Safe beyond it."""
    vault = state.roster.vaults.get(instruction.group.vaults[0])
    seen = state.safes_seen.get((vault.chain, vault.address)) if isinstance(vault, SafeVault) else None
    return None if seen is None or instruction.nonce is None or seen.nonce <= instruction.nonce else seen.time
