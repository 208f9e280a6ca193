"""From a state to the read models of `governance_views`: pure but for what it is given.

participants(state, now)[0].open
"""

from countersign.desk import proposal_due
from countersign.desk.desk_views import ActBy
from countersign.desk.governance_views import (
    AssetView,
    CeremonyView,
    DestinationView,
    KeyView,
    OfficerView,
    OpenContractView,
    ParticipantView,
    PolicyView,
    ProposalView,
    RosterView,
    VaultView,
)
from countersign.desk.proposals import Examined
from countersign.settlement import machine, numbers, stops
from countersign.settlement.exposure import barred
from countersign.settlement.policy_words import clauses
from countersign.settlement.roster import Destination, Holder, HolderKind, Officer, Participant, Vault
from countersign.settlement.state import State


def participants(state: State, now: int) -> tuple[ParticipantView, ...]:
    """Every participant at a moment, by name; with what is open with it."""
    held: dict[str, list[OpenContractView]] = {}
    open_now = state.open_contracts()
    for record in sorted(open_now, key=lambda each: each.concerns[0].index):
        terms, standing = record.terms, stops.standing(state, record).value
        shown = OpenContractView(terms.id, terms.version, record.hash, standing, terms.notional.usd)
        for lei in record.leis:
            held.setdefault(lei, []).append(shown)
    ordered = sorted(state.roster.participants.values(), key=lambda each: (each.name, each.lei))
    return tuple(_participant(state, each, tuple(held.get(each.lei, ())), now) for each in ordered)


def _participant(state: State, each: Participant, held: tuple[OpenContractView, ...], now: int) -> ParticipantView:
    roster = state.roster
    places = sorted(roster.destinations.values(), key=lambda place: place.account)
    return ParticipantView(
        lei=each.lei,
        name=each.name,
        certified_until=each.certified_until,
        barred=barred(each, now),
        books=each.books,
        keys=tuple(key.kid for key in each.keys),
        withdrawn_keys=_withdrawn(state, Holder(HolderKind.PARTICIPANT, each.lei)),
        vaults=tuple(sorted(vault.id for vault in roster.vaults.values() if vault.owner.lei == each.lei)),
        destinations=tuple(_destination(state, place, now) for place in places if place.owner.lei == each.lei),
        open=held,
    )


def _destination(state: State, place: Destination, now: int) -> DestinationView:
    cooling = state.policy.destination_cooling_seconds if state.policy else 0
    since = place.known_ms // 1_000 + (0 if place.founding else cooling)
    return DestinationView(place.account, place.owner.book, place.vault, since, now >= since)


def _withdrawn(state: State, holder: Holder) -> tuple[str, ...]:
    return tuple(sorted(kid for kid, each in state.roster.retired.items() if each.holder == holder))


def roster(state: State, now: int) -> RosterView:
    """The roster in force."""
    known = state.roster
    return RosterView(
        desk=state.desk,
        custodian=known.custodian.name,
        custodian_lei=known.custodian.lei,
        log=state.log,
        administrators=tuple(known.officer(each).name for each in known.administrators.officers),
        threshold=known.administrators.threshold,
        officers=tuple(_officer(state, each) for _, each in sorted(known.officers.items())),
        participants=participants(state, now),
        vaults=tuple(_vault(state, each) for _, each in sorted(known.vaults.items())),
        assets=tuple(AssetView(name, each.symbol, each.decimals) for name, each in sorted(known.assets.items())),
        ceremonies=tuple(
            CeremonyView(each.kind, each.document, each.phrase, _names(state, each.present), index, each.time_ms)
            for index, each in sorted(state.ceremonies.items())
        ),
    )


def _officer(state: State, each: Officer) -> OfficerView:
    keys = tuple(
        KeyView(
            key.key.kid, key.purpose.value, key.label, key.token.label, key.token.serial, key.token.model, key.online
        )
        for key in each.keys
    )
    administrator = each.id in state.roster.administrators.officers
    gone = _withdrawn(state, Holder(HolderKind.OFFICER, each.id))
    return OfficerView(each.id, each.name, tuple(role.value for role in each.roles), administrator, keys, gone)


def _vault(state: State, vault: Vault) -> VaultView:
    known = state.roster
    owner = known.participants.get(vault.owner.lei)
    people = tuple(sorted({known.ever(kid).holder.id for kid in vault.keys}))
    return VaultView(
        vault.id,
        owner.name if owner is not None else known.custodian.name,
        vault.owner.book,
        vault.chain,
        vault.kind,
        vault.threshold,
        _names(state, people),
        known.cold(vault),
        known.able(vault),
        tuple((each.first, each.last) for each in numbers.outside(state, vault.id)),
        numbers.uncompared(state, vault.id) is not None,
    )


def policy(state: State) -> PolicyView:
    """The policy in force in statements."""
    if state.policy is None:
        return PolicyView(0, 0, ())
    return PolicyView(state.policy.version, state.policy_index, clauses(state.policy, state.roster))


def proposal(state: State, found: Examined, officer: str) -> ProposalView:
    """An examined proposal for one officer ("" for nobody in particular)."""
    event = found.proposal.event
    due = proposal_due.act_by(state, event)
    held = found.logged or found.objection is not None
    return ProposalView(
        id=found.proposal.id,
        kind=event.type,
        drafted_at=event.at,
        stale_at=event.at + machine.PATIENCE_MS[event.type] // 1_000,
        signed=_names(state, tuple(each.id for each in found.signed)),
        missing=_names(state, tuple(each.id for each in found.missing)),
        wanted=found.wanted,
        yours=Holder(HolderKind.OFFICER, officer) in found.missing and not held,
        complete=found.complete,
        logged=found.logged,
        objection=found.objection,
        changes=found.differences,
        act_by=None if held else ActBy(due.at, due.reason, due.values),
        newest=state.time_ms // 1_000,
    )


def _names(state: State, ids: tuple[str, ...]) -> tuple[str, ...]:
    people = {each.id: each.name for each in state.roster.officers.values()}
    owners = {each.lei: each.name for each in state.roster.participants.values()}
    return tuple(people.get(each) or owners.get(each) or each for each in ids)
