"""What a proposal does, statement by statement, worked out from the state here and never taken from whoever sent it.

differences(state, event, now_ms)[0].then
"""

from countersign.settlement import deed_words
from countersign.settlement.bodies import InstructionPrepared, PolicyAdopted, ReleaseAuthorised, RosterChanged
from countersign.settlement.events import Event
from countersign.settlement.freeze_words import freeze_lifted, freeze_ordered
from countersign.settlement.governance_bodies import CeremonyRecorded, LogRotated
from countersign.settlement.lending_bodies import LendingAuthorised
from countersign.settlement.policy_words import differences as policy_differences
from countersign.settlement.roster_change import changed
from countersign.settlement.roster_words import differences as roster_differences
from countersign.settlement.saying import Difference, said
from countersign.settlement.state import State
from countersign.settlement.stop_bodies import AwardMade, FreezeLifted, FreezeOrdered


def differences(state: State, event: Event, now_ms: int) -> tuple[Difference, ...]:
    """What an event that the rules would let pass does; nothing where it changes nothing."""
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
    return _deed(state, event)


def _deed(state: State, event: Event) -> tuple[Difference, ...]:
    match event.body:
        case FreezeOrdered() as body:
            return freeze_ordered(state, body)
        case FreezeLifted() as body:
            return freeze_lifted(state, body)
        case ReleaseAuthorised() as body:
            return deed_words.released(state, body)
        case InstructionPrepared() as body:
            return deed_words.declared(state, body)
        case AwardMade() as body:
            return deed_words.awarded(state, body)
        case LendingAuthorised() as body:
            return deed_words.lent(state, body)
    return ()


def _ceremony(state: State, body: CeremonyRecorded) -> tuple[Difference, ...]:
    people = ", ".join(state.roster.officer(each).name for each in body.present)
    held = Difference(said("ceremony.held", kind=body.kind, people=people, document=body.document))
    if body.phrase is None:
        return (held,)
    return held, Difference(said("ceremony.phrase", phrase=body.phrase))
