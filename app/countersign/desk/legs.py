"""Every leg of a released settlement as its chain has it now: delivered, waiting, nowhere; whether it can still execute.

- What the log has and what this console's own nodes say stand side by side; nothing is logged by looking.
- Whether a failure may be recorded is asked of the machine's own rules, with what the node says of execution.

    view = await look(place, contract, now_ms)
"""

from dataclasses import dataclass
from enum import StrEnum

from countersign.desk import elsewhere, mending
from countersign.desk.money import Money, money
from countersign.desk.names import owner
from countersign.desk.ports import Observation
from countersign.desk.questions import Question
from countersign.desk.workplace import Workplace
from countersign.errors import CountersignError, Refused
from countersign.rails import ethereum as rail
from countersign.settlement.breaks import open_breaks
from countersign.settlement.records import Cycle, Instruction
from countersign.settlement.state import State


class Where(StrEnum):
    """Where a leg's transaction is, by this console's own node."""

    UNSENT = "unsent"  # nobody sent it, as far as the log and the node know
    NOWHERE = "nowhere"  # it was sent, and the node has it no more
    REVERTED = (
        "reverted"  # in a block, in which it did nothing: a Safe's call, or one for several, that failed as a whole
    )
    WAITING = "waiting"  # in the node's pool, in no block
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Owed:
    """What a leg delivers: from whom, to whom (names with books), how much."""

    payer: str
    receiver: str
    amount: Money


@dataclass(frozen=True, slots=True)
class ChainLeg:
    """One instruction. `transaction`: its last known name, or ""; `seen`: the log has it in a block; `same`: the log has it
    where the node has it; `failed`: its failure is recorded and open; `objection`: why a failure cannot be recorded now.
    `by_stranger`: the transaction was sent by nobody here. `together`: how many Safes the call that was sent executes.
    """

    instruction: str
    kind: str
    chain: str
    purpose: str
    owed: tuple[Owed, ...]
    where: Where
    transaction: str
    height: int | None
    confirmations: int
    executable: bool
    seen: bool
    same: bool
    failed: bool
    objection: CountersignError | None
    by_stranger: bool = False
    together: int = 1

    @property
    def sendable(self) -> bool:
        """Whether sending it (again) could deliver it."""
        return self.executable and self.where in (Where.UNSENT, Where.NOWHERE, Where.REVERTED)


@dataclass(frozen=True, slots=True)
class LegsView:
    """A settlement's legs; `state`: where its contracts stand."""

    contract: str
    contract_id: str
    state: str
    legs: tuple[ChainLeg, ...]


def on_chains(state: State, contract: str) -> bool:
    """Whether a settlement is between its release and its end: whether there is anything to look at."""
    record = state.contracts.get(contract)
    if record is None or record.cycle is None:
        return False
    cycle = state.cycle(record.cycle)
    return cycle.released is not None and cycle.final is None and cycle.voided is None and not cycle.called_off


def cycle_of(state: State, contract: str) -> Cycle:
    """The cycle of a settlement that is on the chains. Refused("desk.not-on-chains")."""
    record = state.contract(contract)
    if record.cycle is None or not on_chains(state, contract):
        raise Refused("desk.not-on-chains", contract=record.terms.id)
    return state.cycle(record.cycle)


async def look(desk: Workplace, contract: str, now_ms: int) -> LegsView:
    """Ask the nodes. Refused("desk.not-on-chains"); Unavailable where a node is absent or silent."""
    record, cycle = desk.state.contract(contract), cycle_of(desk.state, contract)
    asked = Question(desk.state, desk.scribe, now_ms)
    legs = [await _leg(desk, asked, each) for each in desk.state.under_way(cycle)]
    return LegsView(contract, record.terms.id, record.state.value, tuple(legs))


async def _leg(desk: Workplace, asked: Question, instruction: Instruction) -> ChainLeg:
    state, before = desk.state, instruction.observed
    there = await _whereabouts(desk, instruction)
    block = None if there is None else there.block
    where = await _where(desk, instruction, there)
    executable = instruction.executable and (where is Where.BLOCK or await mending.can_execute(desk, instruction))
    confirmations = 0 if there is None else there.confirmations
    return ChainLeg(
        instruction.hash,
        instruction.group.kind,
        instruction.group.chain,
        instruction.purpose,
        _owed(state, instruction),
        where,
        there.transaction if there is not None else instruction.transaction or "",
        None if there is None else there.height,
        confirmations,
        executable,
        instruction.seen,
        block == (None if before is None else before.block),
        not instruction.child
        and any(each.group == instruction.group for each in open_breaks(state, instruction.cycle)),
        _objection(asked, instruction, there, executable=executable),
        _by_stranger(instruction, there),
        _together(desk, instruction),
    )


def _by_stranger(instruction: Instruction, there: Observation | None) -> bool:
    """Whether a Safe's transaction stands in a block and this desk's log does not say that it sent it."""
    if there is None or there.block is None or instruction.group.kind == "psbt":
        return False
    sent = {instruction.transaction, *instruction.others} - {instruction.stranger}
    return there.transaction not in sent


def _together(desk: Workplace, instruction: Instruction) -> int:
    if instruction.finished is None or instruction.group.kind == "psbt":
        return 1
    return max(1, len(rail.safes_in(desk.artefacts.get(bytes.fromhex(instruction.finished)))))


async def _whereabouts(desk: Workplace, instruction: Instruction) -> Observation | None:
    """Where it is; a call that waits for a block and can do nothing any more is nowhere."""
    found = await elsewhere.there(desk, instruction)
    dead = found is not None and found.block is None and instruction.group.kind == "safe-tx"
    return None if dead and not await elsewhere.waits(desk, instruction) else found


async def _where(desk: Workplace, instruction: Instruction, there: Observation | None) -> Where:
    if there is not None:
        return Where.WAITING if there.block is None else Where.BLOCK
    if instruction.transaction is None:
        return Where.UNSENT
    if instruction.group.kind == "psbt":
        return Where.NOWHERE
    last = await desk.ethereum(instruction.group.chain).observe(instruction.transaction)
    return Where.NOWHERE if last.block is None else Where.REVERTED


def _objection(
    asked: Question, instruction: Instruction, there: Observation | None, *, executable: bool
) -> CountersignError | None:
    if there is not None and there.block is not None:
        return Refused("desk.executed-after-all", transaction=there.transaction)
    body = {"cycle": instruction.cycle, "instruction": instruction.hash, "executable": executable, "reason": "?"}
    return asked.objection("settlement.failed", body)


def _owed(state: State, instruction: Instruction) -> tuple[Owed, ...]:
    roster = state.roster

    def name(lei: str, book: str) -> str:
        return f"{owner(roster, lei)} ({book})"

    return tuple(
        Owed(
            name(each.payer.lei, each.payer.book),
            name(each.receiver.lei, each.receiver.book),
            money(roster, each.asset, each.amount),
        )
        for each in state.owed(instruction)
    )
