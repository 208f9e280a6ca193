"""What a verdict over files rests on: a machine's own replayed history, or an evidence pack under keys from elsewhere.

- One shape for both, so that every verdict is made the same way: the state, the state before any entry, each entry with
  its opening and proof, the head, the artefacts.
- Where it comes from is `grounding`'s business: a verdict knows neither profile nor pack.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from countersign.audit.leaf import Opening
from countersign.audit.tlog_proof import TlogProof
from countersign.errors import CountersignError
from countersign.keys import jws as jose
from countersign.review.case import (
    Case,
    ClockFacts,
    ContractFacts,
    HeadFacts,
    InstructionFacts,
    JournalFacts,
    Mode,
    Shared,
    StoreFacts,
)
from countersign.settlement import audience, events
from countersign.settlement.contract import parse as parse_contract
from countersign.settlement.records import ContractState, Instruction
from countersign.settlement.state import State

Remembered = Callable[[State, tuple[str, ...], InstructionFacts | None], JournalFacts]


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One logged event: its bytes, its opening, and its proof to a checkpoint."""

    event: bytes
    opening: Opening
    proof: TlogProof

    @property
    def index(self) -> int:
        """Its place in the log."""
        return self.opening.index


@dataclass(frozen=True, slots=True)
class Ground:
    """`floor` is the journal's clock floor; `newest` the last entry's second; `past` whether all of it is history; `told` how
    many of the entries before a place it holds, where it does not hold all."""

    state: State
    newest: int
    floor: int
    past: bool
    store: StoreFacts | None
    head: Callable[[int | None], HeadFacts]
    exhibit: Callable[[int], Exhibit]
    state_before: Callable[[int], State]
    artefact: Callable[[str], bytes | None]
    remembered: Remembered
    told: Callable[[int], int] | None = None

    def index_of(self, event: str) -> int | None:
        """Where an accepted event stands, by its payload's SHA-256."""
        return next((index for index, known in self.state.events.items() if known == event), None)

    def first_share(self, contract: str) -> Instruction | None:
        """The instruction of the contract's settlement that got the first share, or None while there is none."""
        record = self.state.contracts.get(contract)
        if record is None or record.cycle is None:
            return None
        signed = [each for each in self.state.live(self.state.cycle(record.cycle)) if each.shares]
        return min(signed, key=lambda each: each.shares[0].index, default=None)

    def contract(self, contract: str, about: str) -> ContractFacts | None:
        """A logged contract as a case wants it; None for one that this log does not have."""
        record = self.state.contracts.get(contract)
        index = record.cause(ContractState.AGREED) if record is not None else None
        if record is None or index is None:
            return None
        found = self.exhibit(index)
        signed = audience.carried(events.parse(found.event))
        if signed is None:
            return None
        return ContractFacts(jose.serialise(signed.jws), found.event, found.opening, found.proof, about)


@dataclass(frozen=True, slots=True)
class Moment:
    """Where in the log a case is judged: before entry `size` at `at` (unix seconds), or now (`size` None)."""

    state: State
    head: HeadFacts
    at: int
    size: int | None


def moment(ground: Ground, instruction: Instruction | None) -> Moment:
    """History before the instruction's first share if it has one; else the newest state."""
    if instruction is None or not instruction.shares:
        at = ground.newest * 1000 if ground.past else None
        return Moment(ground.state, ground.head(at), ground.newest, ground.state.size if ground.past else None)
    first = instruction.shares[0].index
    entry_ms = ground.exhibit(first).opening.time_ms
    return Moment(ground.state_before(first), ground.head(entry_ms), entry_ms // 1000, first)


def case(
    ground: Ground,
    when: Moment,
    now: int,
    contracts: tuple[ContractFacts, ...],
    instruction: InstructionFacts | None = None,
) -> Case:
    """The case at that place in the log."""
    past = when.size is not None
    clock = ClockFacts(now=now, floor=ground.floor, log=when.at, as_of=when.at if past else None)
    asked = _of_their_ids(when.state, contracts)
    return Case(
        mode=Mode.HISTORY if past else Mode.LOOK,
        clock=clock,
        state=when.state,
        head=when.head,
        contracts=contracts,
        instruction=instruction,
        store=ground.store,
        journal=JournalFacts() if past else ground.remembered(when.state, asked, instruction),
        told=None if ground.told is None else ground.told(when.state.size),
    )


def _of_their_ids(state: State, given: tuple[ContractFacts, ...]) -> tuple[str, ...]:
    """The logged contracts that bear the ids and versions of these: what the journal is asked about."""
    found = set[str]()
    for facts in given:
        try:
            terms = parse_contract(facts.jws).terms
        except CountersignError:
            continue  # a finding of its own (C2)
        if (known := state.versions.get((terms.id, terms.version))) is not None:
            found.add(known)
    return tuple(sorted(found))


def unanchored(found: Case) -> Case:
    """The same case without a word that could be believed."""
    head = found.head
    return replace(found, state=None, head=None if head is None else replace(head, quorum=None))


def facts_of(ground: Ground, instruction: Instruction, data: bytes, about: str) -> InstructionFacts:
    """An instruction's bytes beside what the log has of it."""
    held = ((each.keys[0], ground.artefact(each.artefact)) for each in instruction.shares)
    earlier = (ground.artefact(each.artefact) for each in ground.state.around(instruction))
    return InstructionFacts(
        kind=instruction.group.kind,
        data=data,
        prepared=instruction.hash,
        original=ground.artefact(instruction.artefact),
        replaced=tuple(data for data in earlier if data is not None),
        shares=tuple(Shared(key, share) for key, share in held if share is not None),
        about=about,
    )
