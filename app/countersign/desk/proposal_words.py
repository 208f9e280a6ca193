"""What a proposal does, statement by statement, worked out from the state here and never taken from whoever sent it.

differences(state, event, now_ms)[0].then
"""

from collections.abc import Iterable, Iterator

from countersign.settlement import deed_words, owning
from countersign.settlement.bodies import InstructionPrepared, PolicyAdopted, ReleaseAuthorised, RosterChanged
from countersign.settlement.events import Event
from countersign.settlement.freeze_words import freeze_lifted, freeze_ordered
from countersign.settlement.governance_bodies import CeremonyRecorded, LogRotated, OwnersOrdered
from countersign.settlement.lending_bodies import LendingAuthorised
from countersign.settlement.policy_words import differences as policy_differences
from countersign.settlement.roster import Roster
from countersign.settlement.roster_change import changed
from countersign.settlement.roster_words import differences as roster_differences
from countersign.settlement.saying import Difference, Said, said
from countersign.settlement.state import State
from countersign.settlement.stop_bodies import AwardMade, FreezeLifted, FreezeOrdered
from countersign.settlement.vault_trials import Trial, lacking, trials


def differences(state: State, event: Event, now_ms: int) -> tuple[Difference, ...]:
    """What an event that the rules would let pass does; nothing where it changes nothing."""
    match event.body:
        case RosterChanged() as body:
            cooling = state.policy.destination_cooling_seconds if state.policy else 0
            after = changed(state.roster, body.entries, time_ms=now_ms)
            return (*roster_differences(state.roster, after, cooling=cooling), *_trials(state, after, body))
        case PolicyAdopted() as body:
            return policy_differences(state.policy, body.policy, state.roster)
        case LogRotated() as body:
            return (Difference(said("log.key", log=body.log, was=state.log, reason=body.reason)),)
        case CeremonyRecorded() as body:
            return _ceremony(state, body)
        case OwnersOrdered() as body:
            return _owners(state, body)
    return _deed(state, event)


def _trials(state: State, after: Roster, body: RosterChanged) -> Iterator[Difference]:
    """Who tried the vaults and slots that are entered, and who did not, with the reason given; the tests were verified before."""
    for trial in trials(state.roster, body.entries):
        tried = [each.officer for each in body.tests if each.vault == trial.vault.id]
        if tried:
            yield Difference(_tried("tested", trial, _names(after, tried)))
    for trial, officers in lacking(state.roster, after, body):
        yield Difference(_tried("untested", trial, _names(after, officers), reason=body.untested or ""))


def _tried(what: str, trial: Trial, people: str, **more: str) -> Said:
    if trial.slots is None:
        return said(f"roster.vault-{what}", vault=trial.vault.id, people=people, **more)
    slots = ", ".join(map(str, trial.slots))
    return said(f"roster.slots-{what}", vault=trial.vault.id, slots=slots, people=people, **more)


def _names(roster: Roster, officers: Iterable[str]) -> str:
    return ", ".join(roster.officer(each).name for each in sorted(officers))


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


def _owners(state: State, body: OwnersOrdered) -> tuple[Difference, ...]:
    """Who comes, who goes, how many sign; by which bytes, under which number, instead of which order."""
    vault = owning.safe(state, body.vault)
    told = []
    for code, kids in (("owners.added", set(body.keys) - set(vault.keys)),
                       ("owners.removed", set(vault.keys) - set(body.keys))):  # fmt: skip
        for kid in sorted(kids):
            holder = state.roster.ever(kid).holder.id
            name = state.roster.officers[holder].name if holder in state.roster.officers else holder
            told.append(said(code, vault=vault.id, name=name, key=kid))
    if body.threshold != vault.threshold:
        told.append(said("owners.threshold", vault=vault.id, was=vault.threshold, threshold=body.threshold))
    if body.keys != vault.keys:
        told.append(said("owners.sign", vault=vault.id, threshold=body.threshold, count=len(body.keys)))
    if not told:
        told.append(said("owners.kept", vault=vault.id, nonce=body.nonce))
    told.append(said("owners.bytes", vault=vault.id, address=vault.address, nonce=body.nonce, artefact=body.artefact))
    if body.replaces is not None:
        told.append(said("owners.instead", order=body.replaces))
    return tuple(Difference(each) for each in told)


def _ceremony(state: State, body: CeremonyRecorded) -> tuple[Difference, ...]:
    people = ", ".join(state.roster.officer(each).name for each in body.present)
    held = Difference(said("ceremony.held", kind=body.kind, people=people, document=body.document))
    if body.phrase is None:
        return (held,)
    return held, Difference(said("ceremony.phrase", phrase=body.phrase))
