"""The founding before there is a log: the drafted `desk.founded` as a file that administrators read and sign one after another.

- The paper is the event itself with the signatures it has so far, as a `.proposal` is (docs/formats/founding.md). Nobody's
  roster stands behind it yet: it is held against the roster that it would establish itself.
- What it founds is said statement by statement, by the words that every later change is said with.
- The desk signs last and logs it at index 0 (`sequencer`); a paper older than a day is refused by the log.

    look(data, now_ms).changes
    data = await sign(data, author, now_ms)
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from countersign.desk.author import Author, Scribe
from countersign.desk.registering import require_registrable
from countersign.errors import Refused
from countersign.formats import base64url, shape, strict_json
from countersign.keys import jws as jose
from countersign.keys.jws import EVENT, Jws
from countersign.settlement import events, machine
from countersign.settlement.bodies import DeskFounded
from countersign.settlement.events import Event
from countersign.settlement.founding import founding_roster
from countersign.settlement.roster import HolderKind, Purpose, Roster
from countersign.settlement.roster_words import differences
from countersign.settlement.saying import Difference
from countersign.settlement.state import EMPTY

KIND = "desk.founded"
_FIELDS = {"payload": shape.string(maximum=jose.LIMIT), "signatures": shape.array(shape.anything, maximum=64)}


@dataclass(frozen=True, slots=True)
class FoundingView:
    """What a paper founds. `signed`, `missing`: administrators by name; `wanted`: how many must sign; times in unix seconds."""

    desk: str
    custodian: str
    custodian_lei: str
    log: str
    desk_key: str
    signed: tuple[str, ...]
    missing: tuple[str, ...]
    wanted: int
    drafted_at: int
    stale_at: int
    changes: tuple[Difference, ...]

    @property
    def complete(self) -> bool:
        """Whether enough administrators have signed."""
        return len(self.signed) >= self.wanted


def draft(scribe: Scribe, body: Mapping[str, object]) -> bytes:
    """A paper that nobody has signed. Malformed: the body; Refused: a roster that contradicts itself, `registering`'s."""
    event = events.from_jws(Jws(scribe.draft(KIND, body), ()))
    _roster(event, event.at * 1_000)
    require_registrable(EMPTY, event)
    return jose.serialise(event.jws)


def parse(data: bytes) -> Event:
    """A paper's event. Malformed: C2.*, keys.*, settlement.*; Refused("desk.not-a-founding")."""
    found = shape.record(strict_json.parse_canonical(data, limit=jose.LIMIT), "founding", _FIELDS)
    signed = jose.parse(data, EVENT) if found["signatures"] else Jws(base64url.decode(found["payload"]), ())
    event = events.from_jws(signed)
    if event.type != KIND:
        raise Refused("desk.not-a-founding", type=event.type)
    return event


def look(data: bytes, now_ms: int) -> FoundingView:
    """What a paper founds, and who has signed it. Raises as `parse`, as `registering.require_registrable`; Refused: a roster
    that contradicts itself, a false signature, a signer who is no administrator by it, "desk.founding-old"."""
    event = parse(data)
    roster, found = _roster(event, now_ms), body(event)
    require_registrable(EMPTY, event)
    _check_age(event, now_ms)
    signed = _signed(event, roster)
    chosen = roster.administrators
    names = {each: roster.officer(each).name for each in chosen.officers}
    nobody = Roster(custodian=found.custodian)
    return FoundingView(
        desk=event.desk,
        custodian=found.custodian.name,
        custodian_lei=found.custodian.lei,
        log=found.log,
        desk_key=found.desk_key.kid,
        signed=tuple(sorted(names[each] for each in signed)),
        missing=tuple(sorted(name for each, name in names.items() if each not in signed)),
        wanted=chosen.threshold,
        drafted_at=event.at,
        stale_at=event.at + machine.PATIENCE_MS[KIND] // 1_000,
        changes=differences(nobody, roster, cooling=0),
    )


def officer_of(data: bytes, held: Iterable[str], now_ms: int) -> tuple[str, str]:
    """The administrator by this paper, and the key, of whom one of these keys (kids) is the identity key.

    Refused("desk.founding-not-yours").
    """
    event = parse(data)
    roster = _roster(event, now_ms)
    for kid in held:
        known = roster.keys.get(kid)
        if (
            known is not None
            and known.purpose is Purpose.IDENTITY
            and known.holder.id in roster.administrators.officers
        ):
            return known.holder.id, kid
    raise Refused("desk.founding-not-yours", desk=event.desk)


async def sign(data: bytes, author: Author, now_ms: int) -> bytes:
    """The paper with one more signature; the same again where it is there. Raises as `look`, `officer_of`, the token."""
    officer_of(data, [author.key.kid], now_ms)
    look(data, now_ms)
    event = parse(data)
    if author.key.kid in event.jws.kids:
        return data
    return jose.serialise(jose.merge(event.jws, await author.sign(event.jws.payload)))


def merged(papers: Iterable[bytes]) -> bytes:
    """Several people's files of one paper as one. Conflict("keys.jws-payload") where they are not of one."""
    first, *others = (parse(each).jws for each in papers)
    for each in others:
        first = jose.merge(first, each)
    return jose.serialise(first)


def body(event: Event) -> DeskFounded:
    """What a paper founds. Refused("desk.not-a-founding")."""
    if not isinstance(event.body, DeskFounded):
        raise Refused("desk.not-a-founding", type=event.type)
    return event.body


def _roster(event: Event, time_ms: int) -> Roster:
    return founding_roster(body(event), event.desk, time_ms)


def _check_age(event: Event, now_ms: int) -> None:
    age = now_ms - event.at * 1_000
    if not -machine.AUTHOR_TOLERANCE_MS <= age <= machine.PATIENCE_MS[KIND]:
        raise Refused("desk.founding-old", desk=event.desk, minutes=age // 60_000)


def _signed(event: Event, roster: Roster) -> frozenset[str]:
    """The administrators who have signed. Refused: a signature that is not good, or somebody else's."""
    people = set()
    for kid in event.jws.kids:
        holder = roster.key(kid).holder
        if holder.kind is not HolderKind.OFFICER or holder.id not in roster.administrators.officers:
            raise Refused("desk.founding-stranger", signer=str(holder))
        people.add(holder.id)
    if event.jws.signatures:
        jose.verify(event.jws, {kid: roster.key(kid).key for kid in event.jws.kids}, events.TYP)
    return frozenset(people)
