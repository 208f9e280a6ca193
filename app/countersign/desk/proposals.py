"""Proposals: events that several people sign one after another, each on their own console, until enough have.

- A `.proposal` file (docs/formats/proposal.md) is the event itself, a general JWS, with the signatures it has so far: none
  at first, where somebody drafted it who does not sign. The last signature makes it an event like any other.
- Kinds: a change of the roster, a policy, a new log key, the record of a ceremony. No other event is passed round.
- What a proposal does is worked out from the state here, never taken from whoever sent it; signatures are verified under
  the roster here, and one that is not good refuses the file.
- Stale is what the rules would refuse now: a policy of another version, an entry that was changed since, a draft older
  than seven days. It is refused by the rule's own name and never signed.
- A withdrawn proposal is forgotten here and not taken in again. A signature that was given away stays good: whoever holds
  enough of them can still complete it, until it is stale.

    data = await sign(state, draft(scribe, "policy.adopted", {"policy": document}), author, now_ms)
    examine(state, parse(data), now_ms).missing
"""

from collections.abc import Mapping
from dataclasses import dataclass

from countersign.desk.author import Author, Scribe
from countersign.errors import CountersignError, Malformed, Refused
from countersign.formats import base64url, shape, strict_json
from countersign.keys import jws as jose
from countersign.keys.jws import EVENT, Jws
from countersign.settlement import events, machine, permissions
from countersign.settlement.bodies import PolicyAdopted, RosterChanged
from countersign.settlement.case import Case
from countersign.settlement.events import Event
from countersign.settlement.governance_bodies import CeremonyRecorded, LogRotated
from countersign.settlement.permissions import Signer
from countersign.settlement.policy_words import differences as policy_differences
from countersign.settlement.roster import Holder, HolderKind, Purpose
from countersign.settlement.roster_change import changed
from countersign.settlement.roster_words import differences as roster_differences
from countersign.settlement.saying import Difference, said
from countersign.settlement.state import State

KINDS = machine.PATIENT
ENTRIES = ("assets", "participants", "officers", "vaults", "destinations")
"""What a change of the roster lists, beside the administrators."""

_FIELDS = {"payload": shape.string(maximum=jose.LIMIT), "signatures": shape.array(shape.anything, maximum=256)}


@dataclass(frozen=True, slots=True)
class Proposal:
    """An event with the signatures that it has so far. `id`: the event's hash."""

    event: Event

    @property
    def id(self) -> str:
        """The SHA-256 of the payload, hex: the same whoever has signed."""
        return self.event.hash

    def serialise(self) -> bytes:
        """The file's bytes: RFC 8785 JSON without a final newline."""
        return jose.serialise(self.event.jws)


@dataclass(frozen=True, slots=True)
class Examined:
    """A proposal held against a state: who has signed, who still can, how many are wanted, what stands against it.

    `objection` is what the rules would refuse it for now; `logged`: its place in the log is taken already.
    """

    proposal: Proposal
    signed: tuple[Holder, ...]
    missing: tuple[str, ...]
    wanted: int
    complete: bool
    logged: bool
    objection: CountersignError | None
    differences: tuple[Difference, ...]


def parse(data: bytes) -> Proposal:
    """A `.proposal` file. Malformed: C2.*, keys.*, settlement.*; Refused("desk.not-a-proposal")."""
    found = shape.record(strict_json.parse_canonical(data, limit=jose.LIMIT), "proposal", _FIELDS)
    unsigned = not found["signatures"]
    signed = Jws(base64url.decode(found["payload"]), ()) if unsigned else jose.parse(data, EVENT)
    event = events.from_jws(signed)
    if event.type not in KINDS:
        raise Refused("desk.not-a-proposal", type=event.type)
    return Proposal(event)


def draft(scribe: Scribe, kind: str, body: Mapping[str, object]) -> bytes:
    """A proposal that nobody has signed yet. Malformed if the body is not one of this kind; Refused("desk.not-a-proposal")."""
    if kind not in KINDS:
        raise Refused("desk.not-a-proposal", type=kind)
    return Proposal(events.from_jws(Jws(scribe.draft(kind, body), ()))).serialise()


def completed(entries: Mapping[str, object]) -> dict[str, object]:
    """The body of `roster.changed` from those of its lists that say something. Malformed("desk.no-such-entries")."""
    unknown = sorted(set(entries) - {*ENTRIES, "administrators"})
    if unknown:
        raise Malformed("desk.no-such-entries", name=unknown[0])
    return {**{name: [] for name in ENTRIES}, "administrators": None, **entries}


def examine(state: State, proposal: Proposal, now_ms: int) -> Examined:
    """Hold a proposal against a state. A signature that is not good here stands against all of it."""
    event = proposal.event
    signed, objection = _verified(state, event)
    logged = any(event.id in state.seen.get(str(holder), ()) for holder in signed)
    objection = None if logged else objection or _objection(state, event, signed, now_ms)
    wanted, able = _able(state, event)
    return Examined(
        proposal,
        signed,
        tuple(each for each in able if Holder(HolderKind.OFFICER, each) not in signed),
        wanted,
        _complete(state, event, signed),
        logged,
        objection,
        () if logged or objection is not None else _differences(state, event, now_ms),
    )


async def sign(state: State, data: bytes, author: Author, now_ms: int) -> bytes:
    """The proposal with one more signature; the same again where it is there.

    Refused: what stands against it, "desk.proposal-logged", "desk.proposal-not-yours".
    """
    proposal = parse(data)
    found = examine(state, proposal, now_ms)
    require_signable(found, author.id)
    if Holder(HolderKind.OFFICER, author.id) in found.signed:
        return data
    payload = proposal.event.jws.payload
    return jose.serialise(jose.merge(proposal.event.jws, await author.sign(payload)))


def merge(known: Proposal, other: Proposal) -> Proposal:
    """Both files' signatures over one proposal. Conflict("keys.jws-payload")."""
    return Proposal(events.from_jws(jose.merge(known.event.jws, other.event.jws)))


def require_open(found: Examined) -> None:
    """Nothing stands against it, and it is not logged. Refused: the rule's own code, "desk.proposal-logged"."""
    if found.logged:
        raise Refused("desk.proposal-logged", id=found.proposal.event.id)
    if found.objection is not None:
        raise found.objection


def require_signable(found: Examined, officer: str) -> None:
    """This officer can sign it, or has. Refused: as `require_open`, "desk.proposal-not-yours"."""
    require_open(found)
    if officer not in found.missing and Holder(HolderKind.OFFICER, officer) not in found.signed:
        raise Refused("desk.proposal-not-yours", type=found.proposal.event.type, officer=officer)


def _verified(state: State, event: Event) -> tuple[tuple[Holder, ...], CountersignError | None]:
    """Whose good signatures it carries; nobody's, and why, where one is not good."""
    keys, holders = {}, []
    try:
        for kid in event.jws.kids:
            registered = state.roster.key(kid)
            if registered.purpose is not Purpose.IDENTITY:
                raise Refused("settlement.vault-key-signs", key=kid)
            keys[kid] = registered.key
            holders.append(registered.holder)
        if event.jws.signatures:
            jose.verify(event.jws, keys, events.TYP)
    except CountersignError as error:
        return (), error
    return tuple(holders), None


def _objection(state: State, event: Event, signed: tuple[Holder, ...], now_ms: int) -> CountersignError | None:
    """What the rules would refuse it for now, its signatures apart."""
    try:
        if event.desk != state.desk:
            raise Refused("settlement.other-desk", desk=event.desk, here=state.desk)
        age = now_ms - event.at * 1_000
        if age > machine.PATIENCE_MS:
            raise Refused("desk.proposal-old", id=event.id, days=age // 86_400_000)
        if age < -machine.AUTHOR_TOLERANCE_MS:
            raise Refused("settlement.author-time", id=event.id, seconds=-age // 1_000)
        present = event.body.present if isinstance(event.body, CeremonyRecorded) else ()
        people = tuple(Holder(HolderKind.OFFICER, each) for each in present) or signed or _administrators(state)
        for each in present:
            state.roster.officer(each)
        machine.RULES[event.type].judge(Case(state, event, state.size, max(now_ms, state.time_ms), people), event.body)
    except CountersignError as error:
        return error
    return None


def _administrators(state: State) -> tuple[Holder, ...]:
    return tuple(Holder(HolderKind.OFFICER, each) for each in state.roster.administrators.officers)


def _able(state: State, event: Event) -> tuple[int, tuple[str, ...]]:
    """How many officers must sign, and which can."""
    if isinstance(event.body, CeremonyRecorded):
        return len(event.body.present), event.body.present
    chosen = state.roster.administrators
    return chosen.threshold, tuple(each for each in chosen.officers if state.roster.officer(each).identity_keys)


def _complete(state: State, event: Event, signed: tuple[Holder, ...]) -> bool:
    """Whether nobody but the desk, which adds its signature itself, has to sign any more."""
    if isinstance(event.body, CeremonyRecorded):
        return {each.id for each in signed} == set(event.body.present)
    desk = Holder(HolderKind.DESK, state.desk)
    beside = any(Signer.DESK in each for each in permissions.TABLE[event.type].signers)
    holders = (*signed, desk) if beside and desk not in signed else signed
    try:
        permissions.check_signers(event.type, state.roster, holders)
    except Refused:
        return False
    return True


def _differences(state: State, event: Event, now_ms: int) -> tuple[Difference, ...]:
    match event.body:
        case RosterChanged() as body:
            cooling = state.policy.destination_cooling_seconds if state.policy else 0
            after = changed(state.roster, body.entries, time_ms=now_ms)
            return roster_differences(state.roster, after, cooling=cooling)
        case PolicyAdopted() as body:
            return policy_differences(state.policy, body.policy, state.roster)
        case LogRotated() as body:
            return (Difference(said("log.key", log=body.log, was=state.log, reason=body.reason)),)
        case CeremonyRecorded() as body:
            return _ceremony(state, body)
        case _:
            return ()


def _ceremony(state: State, body: CeremonyRecorded) -> tuple[Difference, ...]:
    people = ", ".join(state.roster.officer(each).name for each in body.present)
    held = Difference(said("ceremony.held", kind=body.kind, people=people, document=body.document))
    if body.phrase is None:
        return (held,)
    return held, Difference(said("ceremony.phrase", phrase=body.phrase))
