"""Proposals: events that several people sign one after another, each on their own console, until enough have.

- A `.proposal` file (docs/formats/proposal.md) is the event itself, a general JWS, with the signatures it has so far: none
  at first, where somebody drafted it who does not sign. The last signature makes it an event like any other.
- Kinds: a change of the roster, a policy, a new log key, the owners of a Safe, the record of a ceremony;
  a freeze by order and its lifting, an
  award, a loan; a release; a void, a replacement, or an
  instruction whose fee wants two officers. No other event is passed round.
- What a proposal does is worked out from the state here, never taken from whoever sent it; signatures are verified under
  the roster here, and one that is not good refuses the file.
- Stale is what the rules would refuse now: a policy of another version, an entry that was changed since, a draft older
  than its kind may be. It is refused by the rule's own name and never signed.
- A withdrawn proposal is forgotten here and not taken in again. A signature that was given away stays good: whoever holds
  enough of them can still complete it, until it is stale.

    data = await sign(state, draft(scribe, "policy.adopted", {"policy": document}), author, now_ms)
    examine(state, parse(data), now_ms).missing
"""

from collections.abc import Mapping
from dataclasses import dataclass

from countersign.desk.author import Author, Scribe
from countersign.desk.proposal_signers import Signers, signers
from countersign.desk.proposal_words import differences
from countersign.errors import CountersignError, Malformed, Refused
from countersign.formats import base64url, shape, strict_json
from countersign.formats.excerpt import excerpt
from countersign.keys import jws as jose
from countersign.keys.jws import EVENT, Jws
from countersign.settlement import events, machine
from countersign.settlement.bodies import InstructionPrepared, ReleaseAuthorised, RosterChanged
from countersign.settlement.case import Case
from countersign.settlement.events import Event
from countersign.settlement.governance_bodies import OwnersOrdered
from countersign.settlement.roster import Holder, HolderKind, Purpose, RegisteredKey
from countersign.settlement.saying import Difference
from countersign.settlement.state import State

KINDS = frozenset(machine.PATIENCE_MS) - {"desk.founded"}  # signed before there is a roster: `founding_paper`
ENTRIES = ("assets", "participants", "officers", "vaults", "destinations")
"""What a change of the roster lists, beside the administrators."""
BESIDE = ("administrators", "tests", "untested")
"""What else it says."""

_NOBODY = Signers(0, (), (), complete=False)
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
    missing: tuple[Holder, ...]
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
    """A proposal that nobody has signed yet.

    Malformed: the body is not one of this kind, "desk.no-such-kind"; Refused("desk.not-a-proposal").
    """
    if kind not in machine.RULES:
        raise Malformed("desk.no-such-kind", type=excerpt(kind), kinds=", ".join(sorted(KINDS)))
    if kind not in KINDS:
        raise Refused("desk.not-a-proposal", type=kind)
    return Proposal(events.from_jws(Jws(scribe.draft(kind, body), ()))).serialise()


def completed(entries: Mapping[str, object]) -> dict[str, object]:
    """The body of `roster.changed` from those of its lists that say something. Malformed("desk.no-such-entries")."""
    unknown = sorted(set(entries) - {*ENTRIES, *BESIDE})
    if unknown:
        raise Malformed("desk.no-such-entries", name=unknown[0])
    return {**{name: [] for name in ENTRIES}, "administrators": None, **entries}


def examine(state: State, proposal: Proposal, now_ms: int) -> Examined:
    """Hold a proposal against a state. A signature that is not good here stands against all of it."""
    event = proposal.event
    signed, objection = _verified(state, event)
    logged = any(event.id in state.seen.get(str(holder), ()) for holder in signed)
    found, against = _judged(state, event, signed, now_ms)
    objection = None if logged else objection or against or _unread(state, event)
    return Examined(
        proposal,
        signed,
        found.able,
        found.wanted,
        found.complete,
        logged,
        objection,
        () if logged or objection is not None else differences(state, event, now_ms),
    )


def _unread(state: State, event: Event) -> CountersignError | None:
    """What stands against the vaults and destinations of a change of the roster."""
    if not isinstance(event.body, RosterChanged) or not (event.body.entries.vaults or event.body.entries.destinations):
        return None
    from countersign.desk import registering  # descriptors are Bitcoin's, which a look at the roster does not need

    return registering.objection(state, event)


async def sign(state: State, data: bytes, author: Author, now_ms: int) -> bytes:
    """The proposal with one more signature; the same again where it is there.

    Refused: what stands against it, "desk.proposal-logged", "desk.proposal-not-yours", an author's key that no longer signs.
    """
    proposal = parse(data)
    found = examine(state, proposal, now_ms)
    require_signable(found, author.id)
    if Holder(HolderKind.OFFICER, author.id) in found.signed:
        return data
    if _identity(state, author.key.kid).holder != Holder(HolderKind.OFFICER, author.id):
        raise Refused("desk.proposal-not-yours", type=proposal.event.type, officer=author.id)
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
    if Holder(HolderKind.OFFICER, officer) not in (*found.missing, *found.signed):
        raise Refused("desk.proposal-not-yours", type=found.proposal.event.type, officer=officer)


def names_transactions(proposal: Proposal) -> bool:
    """Whether it is about bytes for a chain: whoever signs it reads them first, which needs more than the log."""
    return isinstance(proposal.event.body, InstructionPrepared | ReleaseAuthorised | OwnersOrdered)


def _identity(state: State, kid: str) -> RegisteredKey:
    """The registered key that signs events. Refused: unknown, withdrawn, or a vault's."""
    registered = state.roster.key(kid)
    if registered.purpose is not Purpose.IDENTITY:
        raise Refused("settlement.vault-key-signs", key=kid)
    return registered


def _verified(state: State, event: Event) -> tuple[tuple[Holder, ...], CountersignError | None]:
    """Whose good signatures it carries; nobody's, and why, where one is not good."""
    keys, holders = {}, []
    try:
        for kid in event.jws.kids:
            registered = _identity(state, kid)
            keys[kid] = registered.key
            holders.append(registered.holder)
        if event.jws.signatures:
            jose.verify(event.jws, keys, events.TYP)
    except CountersignError as error:
        return (), error
    return tuple(holders), None


def _judged(
    state: State, event: Event, signed: tuple[Holder, ...], now_ms: int
) -> tuple[Signers, CountersignError | None]:
    """Who signs it, and what the rules would refuse it for now, its missing signatures apart."""
    found = _NOBODY
    try:
        if event.desk != state.desk:
            raise Refused("settlement.other-desk", desk=event.desk, here=state.desk)
        found = signers(state, event, signed)
        _check_age(event, now_ms)
        case = Case(state, event, state.size, max(now_ms, state.time_ms), found.people)
        machine.RULES[event.type].judge(case, event.body)
    except CountersignError as error:
        return found, error
    return found, None


def _check_age(event: Event, now_ms: int) -> None:
    age = now_ms - event.at * 1_000
    if age > machine.PATIENCE_MS[event.type]:
        raise Refused("desk.proposal-old", id=event.id, hours=age // 3_600_000)
    if age < -machine.AUTHOR_TOLERANCE_MS:
        raise Refused("settlement.author-time", id=event.id, seconds=-age // 1_000)
