"""What a Safe's word that it executed an instruction is worth: the transaction is there, and what is owed moved in it.

A Safe says `ExecutionSuccess` wherever its calls did not revert. A token whose code was changed after it was admitted may answer
`false` or keep a part, and whoever has the finished Safe transaction may send it past the relayer's trial. So:

- an execution delivers where what the receipt's own logs say that the token moved is what the instruction owes, no more and no less
  (`ethereum.movements.short`);
- one that moved anything else is in its block and delivers nothing that counts: it is named, never observed;
- a void and a change of owners owe nothing, so nothing is asked of them. Their bytes move nothing: the Safe calls itself.

A token that writes a log and moves nothing is not found out so: the log is the token's own word, as its balances are. The relayer's
trial compares both (docs/chains.md); Reconciliation compares holdings.
"""

from dataclasses import dataclass, replace

from countersign.desk.ports import Artefacts, Executed, Observation
from countersign.errors import Refused
from countersign.ethereum import movements
from countersign.ethereum.movements import Movement
from countersign.rails import ethereum as rail
from countersign.rails import safe_movements
from countersign.settlement.records import Instruction
from countersign.settlement.roster import SafeVault
from countersign.settlement.state import State

OTHERWISE = "desk.executed-otherwise"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a Safe says once it executed an instruction, and what must have moved then."""

    said: Executed
    owed: tuple[Movement, ...]


def wanted(state: State, instruction: Instruction, artefacts: Artefacts) -> Wanted | None:
    """What is looked for in a receipt; None for Bitcoin, whose transaction is what it pays."""
    if instruction.group.kind == "psbt":
        return None
    vault = state.roster.vault(instruction.group.vaults[0])
    if not isinstance(vault, SafeVault):
        raise Refused("desk.not-a-safe", vault=vault.id)
    said = Executed(*rail.execution(artefacts.get(bytes.fromhex(instruction.artefact))))
    return Wanted(said, safe_movements.movements(state.owed(instruction), vault))


def sent(seen: Observation, of: Wanted | None) -> Observation:
    """What a node's word means for the sending of an instruction: in a block it was sent where its Safe executed it there."""
    if of is None or seen.block is None:
        return seen
    if of.said in seen.executed:
        return replace(seen, accepted=True)
    return Observation(seen.transaction, False, 0, None, None)


def delivered(seen: Observation, of: Wanted | None) -> Observation:
    """The same for its finality: what is owed moved there. Refused("desk.executed-otherwise") where it was executed and did not."""
    found = sent(seen, of)
    if of is None or found.block is None:
        return found
    if (differs := movements.short(of.owed, _moved(seen, of.said))) is not None:
        raise Refused(OTHERWISE, transaction=seen.transaction, differs=differs)
    return found


def _moved(seen: Observation, said: Executed) -> tuple[Movement, ...]:
    """What moved from the Safe's execution before in this transaction, if there is one, to this one."""
    at = seen.executed.index(said)
    first = max((number + 1 for number, each in enumerate(seen.executed[:at]) if each.safe == said.safe), default=0)
    return tuple(each for group in seen.moved[first : at + 1] for each in group)
