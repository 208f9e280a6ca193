"""A settlement's whole story in order: who did what, when, and where it stands in the log.

- Told from what this machine has replayed and accepted; an entry that the rules refused is told as the desk's fault.
- Every line names its log position, its moment, the persons who signed, and the values of its event; the words come from
  `resources.telling` by the event's type.
- A contract is asked for by its hash, or by its id: then its latest version is told.

    >>> story(state, archive.record, "MH-2026-0001", now).lines[0].kind
    'contract.affirmed'
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields

from countersign.desk.money import Money, money
from countersign.desk.ports import Record
from countersign.errors import CountersignError, Malformed, Refused
from countersign.settlement import audience, carrying, events, stops
from countersign.settlement.bodies import (
    CycleClosed,
    HoldPlaced,
    HoldReleased,
    InstructionRefused,
    ShareAdded,
    TransactionBroadcast,
    TransactionObserved,
)
from countersign.settlement.deadlines import Deadline, Deadlines
from countersign.settlement.events import Event
from countersign.settlement.records import ContractRecord, Instruction
from countersign.settlement.roster import HolderKind, Party
from countersign.settlement.state import State
from countersign.settlement.stop_bodies import DisputeOpened, Transfer

SHORTEST = 4
"""How many of an instruction's digits may stand for it."""
RecordOf = Callable[[int], Record]
"""The archived entry of an index."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who signed: kind (desk, officer, participant), id, and the name in the roster."""

    kind: str
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Told:
    """One line: the entry's index and moment (ms), the event's type and hash, who signed, and its values as text.

    `fault`: the code under which the rules refuse what the desk logged here; it changed nothing.
    """

    index: int
    time_ms: int
    kind: str
    event: str
    people: tuple[Person, ...]
    values: Mapping[str, str]
    fault: str | None = None

    @property
    def who(self) -> list[str]:
        """The names of those who did it: the desk's is left out where it only witnessed what somebody signed."""
        persons = [each.name for each in self.people if each.kind != HolderKind.DESK]
        return persons or [each.name for each in self.people]


@dataclass(frozen=True, slots=True)
class Movement:
    """One leg: who delivers what to whom, and where it goes (CAIP-10)."""

    payer: str
    receiver: str
    amount: Money
    destination: str


@dataclass(frozen=True, slots=True)
class Story:
    """A contract, where it stands, the deadline that bites first, and every line in the log's order.

    `unbounded`: where it has no deadline, the code of the sentence that says why. `delivery`: the code of the sentence that says
    how it reaches its chains.
    """

    contract: str
    contract_id: str
    version: int
    template: str
    state: str
    notional_usd: int
    movements: tuple[Movement, ...]
    act_by: Deadline | None
    lines: tuple[Told, ...]
    unbounded: str = ""
    delivery: str = ""


def named(state: State, text: str) -> ContractRecord:
    """The contract of that hash, or the latest version of that id.

    Refused("desk.no-such-settlement", "desk.a-cycle": the name is a cycle's, which settles many).
    """
    record = state.contracts.get(text)
    if record is not None:
        return record
    versions = [version for id, version in state.versions if id == text]
    if not versions and text in state.cycles:
        raise Refused("desk.a-cycle", cycle=text)
    if not versions:
        raise Refused("desk.no-such-settlement", id=text)
    return state.contract(state.versions[text, max(versions)])


def only(state: State, text: str) -> ContractRecord:
    """The contract of that hash, or of that id where it has one version only: for what must not mean another.

    Refused("desk.no-such-settlement", "desk.several-versions").
    """
    hashes = [hash for (id, _), hash in sorted(state.versions.items()) if id == text]
    if text not in state.contracts and len(hashes) > 1:
        raise Refused("desk.several-versions", id=text, count=len(hashes), contracts=", ".join(hashes))
    return named(state, text)


def instruction_named(state: State, text: str) -> Instruction:
    """The instruction or order of that hash, or of its first digits (four at least); or the only one that counts of a contract.

    Refused("desk.no-such-instruction", "desk.several-instructions", "desk.several-versions", "desk.a-cycle").
    """
    if text in state.instructions or text in state.orders:
        return state.instruction(text)
    every = (*state.instructions, *state.orders)
    found = [each for each in every if each.startswith(text)] if len(text) >= SHORTEST else []
    if not found:
        found = [each.hash for each in _counting(state, text)]
    if not found:
        raise Refused("desk.no-such-instruction", text=text)
    if len(found) > 1:
        raise Refused("desk.several-instructions", text=text, count=len(found), instructions=", ".join(sorted(found)))
    return state.instruction(found[0])


def _counting(state: State, text: str) -> tuple[Instruction, ...]:
    """The instructions that count of a contract's cycle, children among them; none where nothing is called so."""
    if text not in state.contracts and all(id != text for id, _ in state.versions):
        return ()
    cycle = only(state, text).cycle
    return () if cycle is None else state.under_way(state.cycle(cycle))


def story(state: State, record_of: RecordOf, text: str, now: int) -> Story:
    """The story of a contract named by id or hash, as of `now` (unix seconds). Refused("desk.no-such-settlement").

    Only the entries that concern the contract are read, and those that the rules refuse.
    """
    record = named(state, text)
    terms, bounds = record.terms, Deadlines(state, max(now, state.time_ms // 1_000))
    return Story(
        record.hash,
        terms.id,
        terms.version,
        terms.template,
        stops.standing(state, record).value,
        terms.notional.usd,
        tuple(
            Movement(
                _book(state, terms.payer(leg)),
                _book(state, terms.receiver(leg)),
                money(state.roster, leg.asset, leg.amount),
                leg.destination,
            )
            for leg in terms.legs
        ),
        bounds.first(record),
        tuple(_lines(state, record, record_of)),
        bounds.unbounded(record) or "",
        carrying.delivery(state, record),
    )


def _lines(state: State, record: ContractRecord, record_of: RecordOf) -> list[Told]:
    found = []
    own = {each.index for each in state.concerns(record)} | stops.entries(state, record)
    own |= {each.index for each in state.cycles.values() if any(one.contract == record.hash for one in each.short)}
    for index in sorted(own | set(state.faults)):
        each = record_of(index)
        try:
            event = events.parse(each.event)
        except (Malformed, Refused):
            continue
        if index not in state.faults or record.hash in _concerned(state, record, event):
            found.append((each, event))
    shares: dict[tuple[str, str], int] = {}
    return [_told(state, record, each, event, shares) for each, event in found]


def _concerned(state: State, record: ContractRecord, event: Event) -> Sequence[str]:
    scope = stops.scope_of(state, event.body)
    if scope is not None:
        return (record.hash,) if stops.within(scope, record) else ()
    if not isinstance(event.body, InstructionRefused):
        return audience.contracts_of(state, event)
    about = event.body.sha256
    instruction = state.instructions.get(state.artefacts.get(about, about))
    return (about,) if instruction is None else state.cycle(instruction.cycle).contracts


def _signers(state: State, index: int, event: Event) -> tuple[Person, ...]:
    """Whose signatures an entry carries: from what the machine remembers, so that withdrawn keys are named too."""
    holders = (holder.partition(":") for holder, ids in state.seen.items() if ids.get(event.id) == index)
    found = (Person(kind, id, _name(state, kind, id)) for kind, _, id in holders)
    return tuple(sorted(found, key=lambda each: (each.kind, each.id)))


def _name(state: State, kind: str, id: str) -> str:
    if kind == HolderKind.OFFICER and id in state.roster.officers:
        return state.roster.officers[id].name
    if kind == HolderKind.PARTICIPANT and id in state.roster.participants:
        return state.roster.participants[id].name
    return state.roster.custodian.name if kind == HolderKind.DESK else id


def _told(
    state: State, contract: ContractRecord, record: Record, event: Event, shares: dict[tuple[str, str], int]
) -> Told:
    fault, people = state.faults.get(record.index), _signers(state, record.index, event)
    values = _values(state, event) | _of_contract(state, contract, event)
    if isinstance(event.body, ShareAdded) and fault is None:
        place = (event.body.instruction, event.body.vault)
        shares[place] = shares.get(place, 0) + 1
        needed = state.roster.vault(event.body.vault).threshold
        values |= {"count": str(shares[place]), "needed": str(needed)}
    return Told(
        record.index, record.time_ms, event.type, event.hash, people, values, None if fault is None else fault.code
    )


def _values(state: State, event: Event) -> dict[str, str]:
    """The body's plain values as text: amounts with their symbol, parties by name, sets as lists."""
    body, found = event.body, dict[str, str]()
    for each in fields(body):
        value = getattr(body, each.name)
        if isinstance(value, str | int):
            found[each.name] = str(value)
        elif isinstance(value, Party):
            found[each.name] = _book(state, value)
        elif isinstance(value, tuple) and value and all(isinstance(item, str) for item in value):
            found[each.name] = ", ".join(value)
    if isinstance(body, DisputeOpened) and body.expected:
        found["expected"] = ", ".join(_expected(state, each) for each in body.expected)
    asset = getattr(body, "asset", None)
    if isinstance(asset, str) and "amount" in found:
        found["amount"] = _display(state, asset, int(found["amount"]))
    if "fee_asset" in found:
        found["fee_amount"] = _display(state, found["fee_asset"], int(found["fee_amount"]))
    for role in ("maker", "checker"):
        if role in found:
            found[role] = _name(state, HolderKind.OFFICER, found[role])
    return found | _of_instruction(state, found.get("instruction", "")) | _carried(state, event)


def _of_contract(state: State, record: ContractRecord, event: Event) -> dict[str, str]:
    """What an event says of one contract: whose delivery is held, or who lacked what at the cut-off."""
    body, terms = event.body, record.terms
    if isinstance(body, HoldPlaced | HoldReleased) and body.contract == record.hash and body.leg < len(terms.legs):
        return {"payer": _book(state, terms.payer(terms.legs[body.leg]))}
    short = [each for each in body.short if each.contract == record.hash] if isinstance(body, CycleClosed) else []
    lacking = (
        f"{_book(state, Party(each.lei, each.book))} lacked {_display(state, each.asset, each.missing)}"
        for each in short
    )
    return {"lacking": ", ".join(lacking)} if short else {}


def _expected(state: State, transfer: Transfer) -> str:
    payer, receiver = _book(state, transfer.payer), _book(state, transfer.receiver)
    return f"{_display(state, transfer.asset, transfer.amount)} {payer} → {receiver}"


def _of_instruction(state: State, name: str) -> dict[str, str]:
    instruction = state.instructions.get(name)
    return {} if instruction is None else {"chain": instruction.group.chain, "kind": instruction.group.kind}


def _carried(state: State, event: Event) -> dict[str, str]:
    """Of a transaction: how many Safes of the settlement it was sent for, or that somebody else sent it, and for which vault."""
    match event.body:
        case TransactionBroadcast(instruction=name, transaction=sent) if name in state.instructions:
            live = state.live(state.cycle(state.instructions[name].cycle))
            count = sum(sent in (each.transaction, *each.others) and each.stranger != sent for each in live)
            return {"together": str(count)} if count > 1 else {}
        case TransactionObserved(instruction=name, transaction=sent, block=str()) if name in state.instructions:
            known = state.instructions[name]
            return {"stranger": sent, "vaults": ", ".join(known.group.vaults)} if known.stranger == sent else {}
        case _:
            return {}


def _display(state: State, asset: str, units: int) -> str:
    try:
        return state.roster.asset(asset).display(units)
    except CountersignError:
        return f"{units} {asset}"


def _book(state: State, party: Party) -> str:
    known = state.roster.participants.get(party.lei)
    name = known.name if known is not None else state.roster.custodian.name
    return f"{name} ({party.book})"
