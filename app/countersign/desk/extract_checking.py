"""The verdict on a participant's extract: its head, its proofs, its signatures, and whether every event is this reader's.

- Proofs and head: as of a pack (`pack_checking`). They count only under keys from elsewhere.
- What everyone reads (founding, roster, policy, prices, the log's key) is judged by its whole rule, so the roster is the
  log's own at each place. Every other event is judged as far as it stands by itself: place, moment, signers, permissions,
  and the parties' signatures inside a contract. Its rule rests on events that are not here.
- An event that this reader may not read has no business here: somebody else's, or what it rests on was left out.
- What such a file cannot show is said beside what it shows: that nothing is left out, how anything stands.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from countersign.audit.quorum import AsOf, Quorum
from countersign.desk import grounding, pack_checking
from countersign.desk.extract import Extract, parse
from countersign.desk.reports import AUDIT, AuditReport, Judged, faulted, noted, refused
from countersign.errors import CountersignError, Malformed, Refused
from countersign.formats import times
from countersign.review.finding import Finding, Verdict, not_applicable
from countersign.settlement import audience, contract, events, machine, permissions
from countersign.settlement.bodies import ContractProposed
from countersign.settlement.events import Event
from countersign.settlement.machine import Entry
from countersign.settlement.permissions import TABLE, Reader
from countersign.settlement.roster import Holder, HolderKind
from countersign.settlement.state import State

SHOWN = pack_checking.SHOWN


@dataclass(slots=True)
class Read:
    """What the events say one after another. `state` knows what everyone reads; `foreign` are index and type."""

    state: State = field(default_factory=State)
    names: audience.Gathered = field(default_factory=audience.Gathered)
    faults: list[tuple[int, CountersignError]] = field(default_factory=list)
    foreign: list[tuple[int, str]] = field(default_factory=list)
    unnamed: list[int] = field(default_factory=list)


def verify_extract(data: bytes, name: str, trust: Quorum | None) -> AuditReport:
    """An extract's bytes. What does not parse is named in the report."""
    try:
        found = parse(data)
    except CountersignError as error:
        return AuditReport("extract", "", 0, (), malformed=((name, error),))
    judged = judge_extract(found, name, trust)
    print_ = pack_checking.fingerprint(name, found)
    return AuditReport("extract", found.desk, found.checkpoint.checkpoint.size, tuple(judged), fingerprints=(print_,))


def judge_extract(found: Extract, name: str, trust: Quorum | None) -> list[Judged]:
    """The verdict under `trust`, or blocked where that is None."""
    read = reading(found)
    findings = (
        *pack_checking.head(found, trust, read.state),
        *pack_checking.events(found, trust),
        *pack_checking.witnesses(found, read.state),
        *_signed(found, read),
        *_theirs(found, read),
        *_as_of(found, trust, read.state),
        *_unproven(found, read),
    )
    return [Judged((name,), Verdict(findings), found.checkpoint.checkpoint.size)]


def reading(found: Extract) -> Read:
    """Every event in order, each judged as far as it can be."""
    read = Read()
    for each in found.exhibits:
        try:
            _take(read, Entry(each.index, each.opening.time_ms, each.event), found.reader)
        except (Malformed, Refused) as error:
            read.faults.append((each.index, error))
    return read


def _take(read: Read, entry: Entry, lei: str) -> None:
    event = events.parse(entry.event)
    if TABLE[event.type].reader is Reader.EVERYONE:
        read.state = machine.apply(read.state, entry)
        return
    read.names.take(event)
    _check_theirs(read, entry.index, event, lei)
    case = machine.admit(read.state, entry, event)
    _check_contract(read.state, event)
    read.state = machine.remembered(case, read.state)


def _check_theirs(read: Read, index: int, event: Event, lei: str) -> None:
    """Note an event that the table gives to somebody else, by what the events up to it say."""
    if TABLE[event.type].reader is Reader.PARTIES and audience.unnamed(read.names, event):
        read.unnamed.append(index)
        return
    reader = Holder(HolderKind.PARTICIPANT, lei)
    if not permissions.may_read(event.type, reader, audience.concerned_by(read.names, event)):
        read.foreign.append((index, event.type))


def _check_contract(state: State, event: Event) -> None:
    """The signatures inside a contract that an event carries. Raises as `contract.verify`."""
    whole = audience.carried(event)
    if whole is None:
        return
    if isinstance(event.body, ContractProposed):
        contract.signed_by(whole, state.roster)
    else:
        contract.verify(whole, state.roster)


def _signed(found: Extract, read: Read) -> Iterator[Finding]:
    for index, error in read.faults[:SHOWN]:
        where = f"entry {index}"
        yield faulted("desk.extract-event", where, "good by itself", error.code, index=index, why=error.code)
    if not read.faults:
        count = len(found.exhibits)
        yield noted("desk.extract-signed", "events", "signed by whom their kinds need", str(count), count=count)


def _theirs(found: Extract, read: Read) -> Iterator[Finding]:
    lei = found.reader
    if lei not in read.state.roster.participants:
        yield refused(
            Refused("settlement.unknown-participant", lei=lei), "manifest.json", "a participant of the roster"
        )
    for index, kind in read.foreign[:SHOWN]:
        yield faulted("desk.extract-foreign", f"entry {index}", lei, kind, index=index, type=kind, lei=lei)
    if not read.foreign:
        yield noted("desk.extract-theirs", "events", "read by this participant", lei, lei=lei)


def _as_of(found: Extract, trust: Quorum | None, state: State) -> Iterator[Finding]:
    """How old the head is: a reader who was given an old one sees it here."""
    if trust is None:
        return
    newest = max((each.opening.time_ms for each in found.exhibits), default=0)
    try:
        seen = grounding.effective(trust, state).verify(found.checkpoint, AsOf(newest)).times()
    except CountersignError:
        return  # a fail of its own (L2, L5)
    size, at = found.checkpoint.checkpoint.size, times.text(max(seen.values(), default=newest // 1_000))
    yield noted("desk.extract-as-of", "checkpoint", "when it was witnessed", at, size=size, at=at)


def _unproven(found: Extract, read: Read) -> Iterator[Finding]:
    """What the file cannot show, in plain words."""
    if read.unnamed:
        yield not_applicable(AUDIT, "desk.extract-unnamed", count=len(read.unnamed), lei=found.reader)
    size = found.checkpoint.checkpoint.size
    yield not_applicable(AUDIT, "desk.extract-unproven", count=len(found.exhibits), size=size, lei=found.reader)
