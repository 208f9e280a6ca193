"""Every leg of a released settlement as its chain has it now: delivered, waiting, nowhere; whether it can still execute.

- What the log has and what this console's own nodes say stand side by side; nothing is logged by looking.
- Whether a failure may be recorded is asked of the machine's own rules, with what the node says of execution.

    view = await look(place, contract, now_ms)
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from countersign.desk import elsewhere, executions, mending
from countersign.desk.chain_facts import Prospect
from countersign.desk.money import Money, money
from countersign.desk.names import owner
from countersign.desk.ports import Observation
from countersign.desk.questions import Question
from countersign.desk.workplace import Workplace
from countersign.errors import CountersignError, Refused
from countersign.rails import ethereum as rail
from countersign.settlement import rivalry
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
    OTHERWISE = (
        "otherwise"  # executed in a block, and something else moved than what is owed: it does not count as paid
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
    `released`: it may be sent; what is prepared after a release is released by itself. `missing`: how many signatures it lacks.
    `for_good`: what keeps it from executing has the policy's confirmations. `earlier`: another took its place, and it might
    still pay beside a third. `differs`: of one that was executed otherwise, what moved and what did not, in plain values.
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
    for_good: bool = False
    earlier: bool = False
    released: bool = True
    missing: int = 0
    differs: str = ""

    @property
    def sendable(self) -> bool:
        """Whether sending it (again) could deliver it."""
        return (
            self.released
            and not self.earlier
            and self.executable
            and self.where in (Where.UNSENT, Where.NOWHERE, Where.REVERTED)
        )


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
    legs += [replace(await _leg(desk, asked, each), earlier=True) for each in _earlier(desk.state, cycle)]
    return LegsView(contract, record.terms.id, record.state.value, tuple(legs))


def _earlier(state: State, cycle: Cycle) -> list[Instruction]:
    """Of what a leg made afresh took the place of, what is in no block and not known to be gone for good."""
    if cycle.failed is None:
        return []
    found = (one for each in state.live(cycle) if not each.seen for one in state.others(each))
    return [each for each in found if each.shares and not each.returns and not rivalry.past(state, each)]


async def _leg(desk: Workplace, asked: Question, instruction: Instruction) -> ChainLeg:
    state, before = desk.state, instruction.observed
    there, otherwise = await _whereabouts(desk, instruction)
    block = None if there is None else there.block
    where = await _where(desk, instruction, there) if otherwise is None else Where.OTHERWISE
    executed = instruction.transaction or "" if otherwise is None else str(otherwise.values["transaction"])
    prospect, elsewhere_done = await _prospect(desk, instruction, where)
    confirmations = 0 if there is None else there.confirmations
    return ChainLeg(
        instruction.hash,
        instruction.group.kind,
        instruction.group.chain,
        instruction.purpose,
        _owed(state, instruction),
        where,
        there.transaction if there is not None else executed,
        None if there is None else there.height,
        confirmations,
        instruction.executable and prospect.possible,
        instruction.seen,
        block == (None if before is None else before.block),
        not instruction.child
        and any(each.group == instruction.group for each in open_breaks(state, instruction.cycle)),
        elsewhere_done or _objection(asked, instruction, there, prospect),
        _by_stranger(instruction, there),
        _together(desk, instruction),
        instruction.for_good or prospect.for_good,
        released=instruction.released is not None,
        missing=state.missing(instruction),
        differs="" if otherwise is None else str(otherwise.values["differs"]),
    )


async def _prospect(
    desk: Workplace, instruction: Instruction, where: Where
) -> tuple[Prospect, CountersignError | None]:
    """What becomes of it; and that another transaction delivered its leg, where one did."""
    if where is Where.BLOCK:
        return Prospect(possible=True, for_good=False, executable=True), None
    try:
        return await mending.prospect(desk, instruction), None
    except Refused as refusal:
        if refusal.code != "desk.executed-after-all":
            raise
        return Prospect(possible=False, for_good=False, executable=False), refusal


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


async def _whereabouts(desk: Workplace, instruction: Instruction) -> tuple[Observation | None, Refused | None]:
    """Where it is; a call that waits for a block and can do nothing any more is nowhere. Or how it was executed otherwise."""
    try:
        found = await elsewhere.there(desk, instruction)
    except Refused as refusal:
        if refusal.code != executions.OTHERWISE:
            raise
        return None, refusal
    dead = found is not None and found.block is None and instruction.group.kind == "safe-tx"
    return None if dead and not await elsewhere.waits(desk, instruction) else found, None


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
    asked: Question, instruction: Instruction, there: Observation | None, found: Prospect
) -> CountersignError | None:
    if there is not None and there.block is not None:
        return Refused("desk.executed-after-all", transaction=there.transaction)
    body = {
        "cycle": instruction.cycle,
        "instruction": instruction.hash,
        "executable": found.executable,
        "for_good": found.for_good,
        "reason": "?",
    }
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
