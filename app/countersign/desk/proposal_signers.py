"""Who signs a proposal: how many, who still can, and when enough have.

- The administrators' threshold signs a change of the desk's order; whoever was present, a ceremony.
- Where the body names its people (a release its maker and checker, an award those who signed its terms), those sign.
- A signature beside those is not carried along: the event could never be logged with it.
- Of other kinds one person signs in each place of the table of permissions: whoever still helps to fill one alternative.

    signers(state, event, ()).able
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from countersign.errors import Refused
from countersign.settlement import permissions
from countersign.settlement.bodies import ReleaseAuthorised
from countersign.settlement.contract import signed_by_officers
from countersign.settlement.events import Event
from countersign.settlement.governance_bodies import CeremonyRecorded
from countersign.settlement.lending_bodies import LendingAuthorised
from countersign.settlement.permissions import Signer
from countersign.settlement.roster import Holder, HolderKind
from countersign.settlement.state import State
from countersign.settlement.stop_bodies import AwardMade

PAIRS = frozenset({"freeze.ordered", "freeze.lifted", "lending.authorised", "instruction.prepared"})
"""What any two sign whose roles fill an alternative of the table."""


@dataclass(frozen=True, slots=True)
class Signers:
    """`wanted`: how many sign in all; `able`: who still can; `people`: whom the rules are asked about; `complete`: enough."""

    wanted: int
    able: tuple[Holder, ...]
    people: tuple[Holder, ...]
    complete: bool


def signers(state: State, event: Event, signed: tuple[Holder, ...]) -> Signers:
    """Who signs, beside those who have. Refused: somebody is named whom nobody knows, or signed who cannot."""
    named = _named(state, event)
    _check_signed(state, event, signed, named)
    if named:
        able = tuple(each for each in named if each not in signed and _signs(state, each))
        return Signers(len(named), able, named, set(signed) == set(named))
    if event.type in PAIRS:
        return _pair(state, event, signed)
    chosen = state.roster.administrators
    everyone = tuple(_officer(each) for each in chosen.officers)
    able = tuple(each for each in everyone if each not in signed and _signs(state, each))
    return Signers(chosen.threshold, able, signed or everyone, _filled(state, event, signed))


def _named(state: State, event: Event) -> tuple[Holder, ...]:
    """The people that the body itself names."""
    match event.body:
        case CeremonyRecorded() as body:
            ids: tuple[str, ...] = body.present
        case ReleaseAuthorised() as body:
            ids = (body.maker, body.checker)
        case AwardMade() as body:
            ids = signed_by_officers(body.contract, state.roster)
        case _:
            ids = ()
    return tuple(_officer(state.roster.officer(each).id) for each in ids)


def _check_signed(state: State, event: Event, signed: tuple[Holder, ...], named: tuple[Holder, ...]) -> None:
    """Nobody signed twice, with another key of theirs, and nobody who has no place in it. Refused."""
    if len(set(signed)) != len(signed):
        raise Refused("settlement.one-person-twice", type=event.type)
    if named:
        fits = set(signed) <= set(named)
    elif event.type in PAIRS:
        fits = not signed or permissions.could_fill(event.type, state.roster, signed)
    else:
        places = {each for alternative in permissions.TABLE[event.type].signers for each in alternative}
        fits = all(any(permissions.stands_for(state.roster, each, place) for place in places) for each in signed)
    if not fits:
        names, needed = ", ".join(map(str, signed)), permissions.needed(event.type)
        raise Refused("settlement.wrong-signers", type=event.type, signers=names, needed=needed)


def _pair(state: State, event: Event, signed: tuple[Holder, ...]) -> Signers:
    """Two places; the rules are asked about the first two people who could fill them."""
    wanted, candidates = 2, tuple(each for each in _candidates(state, event) if each not in signed)
    left = max(0, wanted - len(signed))
    ways = (way for way in combinations(candidates, left) if _fills(state, event, (*signed, *way)))
    people = (*signed, *next(ways, ()))
    able = tuple(each for each in candidates if left and _could(state, event, (*signed, each)))
    return Signers(wanted, able, people, not left and _fills(state, event, signed))


def _candidates(state: State, event: Event) -> Iterable[Holder]:
    owner = [Holder(HolderKind.PARTICIPANT, event.body.owner.lei)] if isinstance(event.body, LendingAuthorised) else []
    return (*owner, *(each for each in map(_officer, sorted(state.roster.officers)) if _signs(state, each)))


def _could(state: State, event: Event, holders: tuple[Holder, ...]) -> bool:
    return permissions.could_fill(event.type, state.roster, holders)


def _fills(state: State, event: Event, holders: tuple[Holder, ...]) -> bool:
    """Whether these fill an alternative; a void or a replacement takes two, whoever may prepare alone."""
    return len(holders) == 2 and _filled(state, event, holders)


def _filled(state: State, event: Event, signed: tuple[Holder, ...]) -> bool:
    """Whether nobody but the desk, which adds its signature itself, has to sign any more."""
    desk = Holder(HolderKind.DESK, state.desk)
    beside = any(Signer.DESK in each for each in permissions.TABLE[event.type].signers)
    holders = (*signed, desk) if beside and desk not in signed else signed
    try:
        permissions.check_signers(event.type, state.roster, holders)
    except Refused:
        return False
    return True


def _officer(id: str) -> Holder:
    return Holder(HolderKind.OFFICER, id)


def _signs(state: State, holder: Holder) -> bool:
    return bool(state.roster.officer(holder.id).identity_keys)
