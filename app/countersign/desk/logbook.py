"""The Log screen's read models: head, witnesses, entries; and *verify everything*.

- An entry is named by its event's type, signers and subject; what the replay refused is shown as the desk's fault.
- A refusal is about what it refuses: an instruction by its artefact, a contract by its hash; found in the log or said not to be.
- A log that showed two histories is an alarm with both signed notes, as they are kept.
- *Verify everything* trusts nothing cached: every commitment, tile hash and event is computed again from the archive.
"""

import asyncio
from collections.abc import Callable

from countersign.audit.checkpoint import SignedCheckpoint
from countersign.audit.leaf import Opening
from countersign.audit.log import Log
from countersign.audit.note import MAX_SIZE
from countersign.desk.pages import witness_views
from countersign.desk.ports import Artefacts, Record
from countersign.desk.refusing import CONTRACT
from countersign.desk.replica import Replica
from countersign.desk.signing import Hand, token_view
from countersign.desk.views import ForkView, LogEntryView, LogView, RefusedView, StripView
from countersign.errors import CountersignError, Refused
from countersign.formats import shape, strict_json
from countersign.settlement import events, machine
from countersign.settlement.audience import contracts_of
from countersign.settlement.bodies import InstructionRefused
from countersign.settlement.contract import parse_terms
from countersign.settlement.events import Event
from countersign.settlement.machine import Entry
from countersign.settlement.state import State

Progress = Callable[[int, int], None]
BATCH = 64
_NOTES = {"pinned": shape.string(maximum=MAX_SIZE), "offered": shape.string(maximum=MAX_SIZE)}


def log_view(replica: Replica) -> LogView:
    """The history as this machine holds and has proved it."""
    pin = replica.pin
    records = replica.profile.archive.records(0, pin.size if pin else 0)
    frozen = replica.profile.journal.signing_frozen()
    return LogView(
        origin=replica.anchor.origin,
        size=pin.size if pin else 0,
        root=pin.root.hex() if pin else "",
        checkpoint_at=checkpoint_at(replica) or 0,
        witnesses=witness_views(replica),
        needed=replica.anchor.now(replica.state).k,
        entries=tuple(_entry_view(replica, record) for record in records),
        alarm="L4.signing-frozen" if frozen is not None else None,
        alarm_values=(("evidence", frozen.hex()),) if frozen is not None else (),
        fork=fork_view(replica.profile.artefacts, frozen) if frozen is not None else None,
    )


def fork_view(artefacts: Artefacts, evidence: bytes) -> ForkView | None:
    """Both notes of a freeze, from the artefact that keeps them. None where it is not here or is not of that shape."""
    try:
        kept = shape.record(strict_json.parse(artefacts.get(evidence)), "evidence", _NOTES)
        size = SignedCheckpoint.parse(kept["offered"].encode()).checkpoint.size
    except CountersignError:
        return None
    return ForkView(size, kept["pinned"], kept["offered"], evidence.hex())


def checkpoint_at(replica: Replica) -> int | None:
    """When the pinned head was last cosigned, unix seconds."""
    seen = [each.cosigned_at for each in witness_views(replica) if each.cosigned_at is not None]
    return max(seen, default=None)


async def strip_view(replica: Replica, hand: Hand, reachable: bool | None) -> StripView:
    """The top strip of a signed-in person's console; `reachable` None where there is no desk to reach, on purpose."""
    officer = replica.state.roster.officer(hand.officer)
    witnesses = witness_views(replica)
    return StripView(
        officer=officer.name,
        role=", ".join(role.value for role in officer.roles),
        token=await token_view(hand.token, officer.name),
        log_size=replica.pin.size if replica.pin else 0,
        checkpoint_at=checkpoint_at(replica),
        witnesses_seen=sum(each.cosigned_at is not None for each in witnesses),
        witnesses_known=len(witnesses),
        desk_reachable=reachable,
    )


async def verify_everything(replica: Replica, progress: Progress) -> LogView:
    """Every leaf, the root, every signature and rule, again. Refused("S2.archive-differs") if they do not lead to the pin."""
    pin = replica.replayed
    size = pin.size if pin else 0
    fresh, state = Log(replica.anchor.origin), State()
    for start in range(0, size, BATCH):
        batch = replica.profile.archive.records(start, min(start + BATCH, size))
        fresh.extend(Opening(each.index, each.time_ms, each.salt).entry(each.event) for each in batch)
        state = await asyncio.to_thread(machine.replay, [Entry(e.index, e.time_ms, e.event) for e in batch], state)
        progress(start + len(batch), size)
    if pin is not None and fresh.tree.root() != pin.root:
        raise Refused("S2.archive-differs", size=pin.size)
    if pin is not None:
        replica.anchor.now(state).verify_log(pin.signed)
    replica.log, replica.state = fresh, state
    return log_view(replica)


def _entry_view(replica: Replica, record: Record) -> LogEntryView:
    state = replica.state
    fault = state.faults.get(record.index)
    try:
        event = events.parse(record.event)
    except CountersignError as error:
        return LogEntryView(record.index, record.time_ms, "", (), "", "", error.code)
    refused = _refused(state, event)
    return LogEntryView(
        index=record.index,
        time_ms=record.time_ms,
        kind=event.type,
        signers=tuple(_signer(state, kid) for kid in event.jws.kids),
        subject=_subject(replica, event, refused),
        payload=event.hash,
        fault=fault.code if fault else None,
        refused=refused,
    )


def _signer(state: State, kid: str) -> str:
    known = state.roster.keys.get(kid) or state.roster.retired.get(kid)
    if known is None:
        return kid
    if known.holder.id in state.roster.officers:
        return state.roster.officers[known.holder.id].name
    if known.holder.id in state.roster.participants:
        return state.roster.participants[known.holder.id].name
    return f"{state.roster.custodian.name} (desk)"


def _subject(replica: Replica, event: Event, refused: RefusedView | None) -> str:
    state = replica.state
    if refused is None:
        about = contracts_of(state, event)
    elif refused.kind == CONTRACT:
        return _contract_id(replica, refused.sha256)
    else:
        found = [each.cycle for each in state.instructions.values() if each.artefact == refused.sha256]
        about = state.cycles[found[0]].contracts if found else ()
    return ", ".join(state.contracts[each].terms.id for each in about if each in state.contracts)


def _refused(state: State, event: Event) -> RefusedView | None:
    body = event.body
    if not isinstance(body, InstructionRefused):
        return None
    instructions = {each.artefact for each in state.instructions.values()}
    return RefusedView(
        body.kind, body.sha256, body.sha256 in (state.contracts if body.kind == CONTRACT else instructions)
    )


def _contract_id(replica: Replica, digest: str) -> str:
    """The id of a contract: from the log, or as its kept bytes claim it; empty if neither is here."""
    if digest in replica.state.contracts:
        return replica.state.contracts[digest].terms.id
    try:
        return parse_terms(replica.profile.artefacts.get(bytes.fromhex(digest))).id
    except CountersignError:
        return ""
