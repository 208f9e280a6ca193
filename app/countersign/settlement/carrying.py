"""Rules of which transaction carries which instructions, and of what somebody else sent.

- On Bitcoin a transaction is one instruction. On Ethereum one call may execute several Safes' transactions, all or none
  (DESIGN.md §8): then each of their instructions names the same transaction, and each Safe's own word in its receipt says
  whether it executed.
- Whoever sees finished Safe transactions may send them. What a chain did is the truth: such a transaction is observed under its
  own name, and the log says that nobody here sent it (`Instruction.stranger`).
"""

from countersign.errors import Refused
from countersign.settlement import netting
from countersign.settlement.assets import require_spelling
from countersign.settlement.records import ContractRecord, Cycle, Instruction
from countersign.settlement.state import State

SAFE_TX = "safe-tx"


def check_free(state: State, instruction: Instruction, transaction: str) -> None:
    """The transaction may carry this instruction: it carries none yet, or on the same chain only other Safes', or this Safe's
    under another number (after a reorganisation); else `Refused`."""
    require_spelling(instruction.group.chain, transaction)
    holder = state.transactions.get(transaction)
    if holder is None:
        return
    other, mine = state.instruction(holder), (instruction.transaction, *instruction.others)
    same_chain = other.group.chain == instruction.group.chain
    safes = other.group.kind == instruction.group.kind == SAFE_TX
    apart = (other.group, other.nonce) != (instruction.group, instruction.nonce)
    if transaction in mine or not (safes and same_chain and apart):
        raise Refused("settlement.transaction-taken", transaction=transaction)


def check_together(state: State, instruction: Instruction, transaction: str) -> None:
    """As `check_free`, for what this desk sends: one call executes Safes of one settlement only; else `Refused`."""
    check_free(state, instruction, transaction)
    holder = state.transactions.get(transaction)
    if holder is not None and state.instruction(holder).cycle != instruction.cycle:
        raise Refused("settlement.transaction-taken", transaction=transaction)


def anybody_may_send(instruction: Instruction) -> bool:
    """Whether somebody else may have sent it: a Safe's transaction, whose outer transaction nobody knows before it is there."""
    return instruction.group.kind == SAFE_TX


def delivery(state: State, record: ContractRecord) -> str:
    """How a contract's cycle (before there is one, the contract by itself) reaches its chains, as the code of a sentence: all
    in one transaction, all in one call that executes several Safes or none, or in several transactions."""
    cycle = state.cycles.get(record.cycle or "")
    groups = netting.groups(netting.obligations(state.roster, [record.terms])) if cycle is None else cycle.groups
    if len(groups) < 2:
        return "settlement.delivery-one"
    one_chain = len({(each.chain, each.kind) for each in groups}) == 1 and groups[0].kind == SAFE_TX
    return "settlement.delivery-atomic" if one_chain else "settlement.delivery-chains"


def left_behind(state: State, cycle: Cycle) -> tuple[Instruction, ...]:
    """The Safes' instructions that are in no block while somebody else executed another of the same chain: a split."""
    live = [each for each in state.live(cycle) if each.group.kind == SAFE_TX and not each.void]
    split = {each.group.chain for each in live if each.seen and each.by_stranger}
    return tuple(each for each in live if not each.seen and each.group.chain in split)
