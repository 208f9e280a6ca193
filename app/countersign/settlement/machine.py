"""The machine: one pure function from the log's entries to the state that every console, desk and auditor reaches.

- `decide` verifies signatures once, checks what holds for every event, asks the type's rule, and refuses or lets pass.
- `evolve` applies what `decide` let pass, and cannot refuse.
- For every event: the desk's origin is this desk's; `at` is within five minutes of the entry's moment (what several
  people sign one after another, or carry here from an air-gapped machine, may have waited longer); moments never go back;
  the keys are registered for identity; the id is new for each signer; the signatures fill one alternative.
- `replay` runs `decide` again: a logged entry that it refuses changes nothing and is remembered as the desk's fault.

    >>> state = replay(entries)
    >>> state.contracts[contract].state
    <ContractState.FINAL: 'final'>
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from immutables import Map

from countersign.errors import Malformed, Refused
from countersign.keys import jws as jose
from countersign.settlement import (
    agreement,
    attesting,
    awarding,
    cycling,
    declaring,
    delivery,
    disputing,
    events,
    failing,
    founding,
    freezing,
    governing,
    holding,
    lending,
    owners_observed,
    owning,
    permissions,
    reconciling,
    sharing,
    voiding,
)
from countersign.settlement.bodies import SETTLEMENT, DeskFounded, InstructionPrepared
from countersign.settlement.case import Case, Rule
from countersign.settlement.events import Event
from countersign.settlement.records import Fault
from countersign.settlement.roster import Holder, Purpose, Roster
from countersign.settlement.state import EMPTY, State

AUTHOR_TOLERANCE_MS = 5 * 60 * 1_000
"""How far an author's `at` may lie from the moment at which the desk sequenced the event."""

WEEK_MS, DAY_MS = 7 * 24 * 3_600 * 1_000, 24 * 3_600 * 1_000
PATIENCE_MS: Mapping[str, int] = {
    "desk.founded": DAY_MS,
    "roster.changed": WEEK_MS,
    "policy.adopted": WEEK_MS,
    "log.rotated": WEEK_MS,
    "owners.ordered": WEEK_MS,
    "ceremony.recorded": WEEK_MS,
    "freeze.ordered": WEEK_MS,
    "freeze.lifted": WEEK_MS,
    "award.made": WEEK_MS,
    "lending.authorised": WEEK_MS,
    "instruction.prepared": DAY_MS,  # what two officers sign: a void, a replacement, a fee that wants both
    "release.authorised": DAY_MS,
}
"""How long before it is sequenced something may have been drafted that several people sign one after another."""
CARRIED_MS: Mapping[str, int] = {"share.added": DAY_MS // 2, "instruction.refused": DAY_MS // 2}
"""The same for what may have been signed on an air-gapped machine and was carried here by hand (decision 0013)."""

RULES: Mapping[str, Rule] = {  # type: ignore[type-arg]
    "desk.founded": founding.FOUNDING,
    "roster.changed": founding.ROSTER,
    "policy.adopted": founding.POLICY,
    "log.rotated": governing.ROTATED,
    "owners.ordered": owning.ORDERED,
    "ceremony.recorded": governing.CEREMONY,
    "price.published": founding.PRICE,
    "deposit.credited": founding.DEPOSIT,
    "contract.proposed": agreement.PROPOSED,
    "contract.affirmed": agreement.AFFIRMED,
    "contract.endorsed": agreement.ENDORSED,
    "contract.declined": agreement.DECLINED,
    "contract.cancelled": agreement.CANCELLED,
    "contract.expired": agreement.EXPIRED,
    "withdrawal.requested": agreement.WITHDRAWAL,
    "lending.authorised": lending.AUTHORISED,
    "lending.accrued": lending.ACCRUED,
    "lending.recalled": lending.RECALLED,
    "reconciliation.recorded": reconciling.RECORDED,
    "hold.placed": holding.PLACED,
    "hold.released": holding.RELEASED,
    "cycle.closed": cycling.CLOSED,
    "instruction.prepared": declaring.PREPARED,
    "instruction.refused": sharing.REFUSED,
    "state.attested": attesting.ATTESTED,
    "share.added": owning.SHARE,
    "release.authorised": delivery.RELEASED,
    "transaction.broadcast": owning.BROADCAST,
    "transaction.observed": owners_observed.OBSERVED,
    "delivery.confirmed": delivery.CONFIRMED,
    "settlement.final": delivery.FINAL,
    "dispute.opened": disputing.OPENED,
    "dispute.retracted": disputing.RETRACTED,
    "dispute.resolved": disputing.RESOLVED,
    "freeze.ordered": freezing.ORDERED,
    "freeze.lifted": freezing.LIFTED,
    "award.made": awarding.MADE,
    "transaction.replaced": failing.REPLACED,
    "settlement.failed": failing.FAILED,
    "settlement.voided": voiding.VOIDED,
}


def patience_ms(event: Event) -> int:
    """How old a draft may be when it is sequenced: an instruction that one officer prepares alone is logged at once."""
    settles = isinstance(event.body, InstructionPrepared) and event.body.purpose == SETTLEMENT
    alone = settles and len(event.jws.signatures) < 2
    return AUTHOR_TOLERANCE_MS if alone else {**PATIENCE_MS, **CARRIED_MS}.get(event.type, AUTHOR_TOLERANCE_MS)


@dataclass(frozen=True, slots=True)
class Entry:
    """One place in the log: its index, the moment the desk sequenced it (ms), the event's bytes."""

    index: int
    time_ms: int
    event: bytes


@dataclass(frozen=True, slots=True)
class Decision:
    """An event that the machine lets pass, with whose signatures it carries."""

    case: Case

    @property
    def event(self) -> Event:
        """The event."""
        return self.case.event

    @property
    def holders(self) -> tuple[Holder, ...]:
        """Whose signatures it carries, in the order of their kids."""
        return self.case.holders


def decide(state: State, entry: Entry, event: Event) -> Decision:
    """Whether `event`, parsed from `entry.event`, may take this place in the log. Raises `Refused` or `Malformed`."""
    case = admit(state, entry, event)
    RULES[event.type].judge(case, event.body)
    return Decision(case)


def admit(state: State, entry: Entry, event: Event) -> Case:
    """What holds for every event, whatever its type: place, moment, keys, permissions. Its own rule is not asked yet.

    Raises `Refused`.
    """
    holders = authors(state, entry, event)
    permissions.check_signers(event.type, _roster_for(state, entry, event), holders)
    return Case(state, event, entry.index, entry.time_ms, holders)


def authors(state: State, entry: Entry, event: Event) -> tuple[Holder, ...]:
    """Whose good signatures an event carries that may stand at this place; whether they are enough is not asked yet.

    Raises `Refused`.
    """
    _check_place(state, entry, event)
    holders = _verified(_roster_for(state, entry, event), event)
    for holder in holders:
        if event.id in state.seen.get(str(holder), ()):
            raise Refused("settlement.replayed", id=event.id, signer=str(holder))
    return holders


def evolve(state: State, decision: Decision) -> State:
    """The state after an event that `decide` let pass in this state."""
    case, event = decision.case, decision.case.event
    if state.ledger.moved or case.state is not state:  # making a state anew costs, and most events move nothing
        case = replace(case, state=replace(state, ledger=state.ledger.settled()))
    return remembered(case, RULES[event.type].fold(case, event.body))


def remembered(case: Case, folded: State) -> State:
    """The state that a rule's fold made, with the event's own place, moment and id in it."""
    seen = case.state.seen
    for holder in case.holders:
        signer = str(holder)
        seen = seen.set(signer, seen.get(signer, Map()).set(case.event.id, case.index))
    return replace(
        folded,
        seen=seen,
        events=case.state.events.set(case.index, case.event.hash),
        size=case.index + 1,
        time_ms=case.time_ms,
    )


def apply(state: State, entry: Entry) -> State:
    """Parse, decide, evolve. Raises `Malformed` or `Refused`, and then nothing has changed."""
    return evolve(state, decide(state, entry, events.parse(entry.event)))


def replay(entries: Iterable[Entry], state: State = EMPTY) -> State:
    """The state after these entries, in order. An entry that is refused changes nothing and becomes a fault."""
    for entry in entries:
        try:
            state = apply(state, entry)
        except (Malformed, Refused) as error:
            fault = Fault(entry.index, error.code, error.values)
            size = max(state.size, entry.index + 1)
            state = replace(state, faults=state.faults.set(entry.index, fault), size=size)
    return state


def _check_place(state: State, entry: Entry, event: Event) -> None:
    if entry.index < state.size:
        raise Refused("settlement.place-taken", index=entry.index, size=state.size)
    if entry.time_ms < state.time_ms:
        raise Refused("settlement.time-back", index=entry.index)
    if not state.desk and event.type != "desk.founded":
        raise Refused("settlement.not-founded", type=event.type)
    if state.desk and event.desk != state.desk:
        raise Refused("settlement.other-desk", desk=event.desk, here=state.desk)
    waited = entry.time_ms - event.at * 1_000
    if not -AUTHOR_TOLERANCE_MS <= waited <= patience_ms(event):
        raise Refused("settlement.author-time", id=event.id, seconds=abs(entry.time_ms // 1_000 - event.at))


def _roster_for(state: State, entry: Entry, event: Event) -> Roster:
    """The roster whose keys count: the state's, or for the founding the one that it founds."""
    if not state.desk and isinstance(event.body, DeskFounded):
        return founding.founding_roster(event.body, event.desk, entry.time_ms)
    return state.roster


def _verified(roster: Roster, event: Event) -> tuple[Holder, ...]:
    keys, holders = {}, []
    for signature in event.jws.signatures:
        registered = roster.key(signature.kid)
        if registered.purpose is not Purpose.IDENTITY:
            raise Refused("settlement.vault-key-signs", key=signature.kid)
        keys[signature.kid] = registered.key
        holders.append(registered.holder)
    jose.verify(event.jws, keys, events.TYP)
    return tuple(holders)
