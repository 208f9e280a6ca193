"""Who may sign and who may read each type of event: one table, as data.

- A type lists alternatives; the signatures on an event must fill exactly one of them, each by another person.
- `ADMINISTRATORS` stands for at least their threshold, `ALL_PARTIES` for every party of the contract, `PRESENT` for every
  officer who was at a ceremony; every other signer for one signature.
- `OFFICER` stands for any officer of the desk, whatever their roles.
- A rule of the machine may ask for more: that the share's officer owns the key, that a party is the contract's.
- The desk and its officers who are readers see all that OFFICERS see; participants see what names them.

    >>> TABLE["release.authorised"].signers
    ((<Signer.OPERATIONS: 'operations'>, <Signer.COMPLIANCE: 'compliance'>),)
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import permutations

from countersign.errors import Refused
from countersign.settlement.roster import Holder, HolderKind, Role, Roster


class Signer(StrEnum):
    """What a signature on an event stands for."""

    DESK = "desk"
    ADMINISTRATORS = "administrators"
    OPERATIONS = "operations"
    COMPLIANCE = "compliance"
    SIGNING = "signing"
    VAULT = "vault"
    OFFICER = "officer"
    PARTY = "party"
    ALL_PARTIES = "all parties"
    PRESENT = "those present"


class Reader(StrEnum):
    """Who receives the opening of an event."""

    EVERYONE = "everyone"  # every officer, participant and auditor of the desk
    PARTIES = "parties"  # officers and auditors, and the participants that the event concerns
    OFFICERS = "officers"  # officers and auditors


@dataclass(frozen=True, slots=True)
class Permission:
    """Alternatives of signers, and the readers, of one type of event."""

    signers: tuple[tuple[Signer, ...], ...]
    reader: Reader


_BY_DESK = ((Signer.DESK,),)
_BY_DESK_AND_OPERATIONS = ((Signer.DESK, Signer.OPERATIONS),)
_BY_COMPLIANCE_AND_OFFICER = ((Signer.COMPLIANCE, Signer.OFFICER),)
_BY_PARTY_OR_OPERATIONS = ((Signer.PARTY,), (Signer.OPERATIONS,))

TABLE: dict[str, Permission] = {
    "desk.founded": Permission(((Signer.DESK, Signer.ADMINISTRATORS),), Reader.EVERYONE),
    "roster.changed": Permission(((Signer.ADMINISTRATORS,),), Reader.EVERYONE),
    "policy.adopted": Permission(((Signer.ADMINISTRATORS,),), Reader.EVERYONE),
    "log.rotated": Permission(((Signer.DESK, Signer.ADMINISTRATORS),), Reader.EVERYONE),
    "owners.ordered": Permission(((Signer.ADMINISTRATORS,),), Reader.OFFICERS),
    "ceremony.recorded": Permission(((Signer.PRESENT,),), Reader.OFFICERS),
    "price.published": Permission(_BY_DESK, Reader.EVERYONE),
    "deposit.credited": Permission(_BY_DESK_AND_OPERATIONS, Reader.PARTIES),
    "contract.proposed": Permission(_BY_PARTY_OR_OPERATIONS, Reader.PARTIES),
    "contract.affirmed": Permission(_BY_PARTY_OR_OPERATIONS, Reader.PARTIES),
    "contract.endorsed": Permission(((Signer.COMPLIANCE,),), Reader.PARTIES),
    "contract.declined": Permission(((Signer.PARTY,), (Signer.COMPLIANCE,)), Reader.PARTIES),
    "contract.cancelled": Permission(((Signer.ALL_PARTIES,),), Reader.PARTIES),
    "contract.expired": Permission(_BY_DESK, Reader.PARTIES),
    "withdrawal.requested": Permission(((Signer.PARTY,),), Reader.PARTIES),
    "lending.authorised": Permission(((Signer.PARTY, Signer.COMPLIANCE),), Reader.PARTIES),
    "lending.accrued": Permission(_BY_DESK, Reader.OFFICERS),
    "lending.recalled": Permission(((Signer.PARTY,), (Signer.DESK, Signer.OPERATIONS)), Reader.PARTIES),
    "reconciliation.recorded": Permission(_BY_DESK_AND_OPERATIONS, Reader.OFFICERS),
    "hold.placed": Permission(_BY_DESK, Reader.PARTIES),
    "hold.released": Permission(_BY_DESK, Reader.PARTIES),
    "cycle.closed": Permission(_BY_DESK, Reader.PARTIES),
    "instruction.prepared": Permission(((Signer.OPERATIONS,), (Signer.OPERATIONS, Signer.COMPLIANCE)), Reader.OFFICERS),
    "instruction.refused": Permission(((Signer.SIGNING,), (Signer.VAULT,)), Reader.OFFICERS),
    "state.attested": Permission(((Signer.OFFICER, Signer.OFFICER),), Reader.OFFICERS),
    "share.added": Permission(((Signer.DESK, Signer.SIGNING), (Signer.DESK, Signer.VAULT)), Reader.OFFICERS),
    "release.authorised": Permission(((Signer.OPERATIONS, Signer.COMPLIANCE),), Reader.PARTIES),
    "transaction.broadcast": Permission(_BY_DESK_AND_OPERATIONS, Reader.PARTIES),
    "transaction.observed": Permission(_BY_DESK_AND_OPERATIONS, Reader.PARTIES),
    "delivery.confirmed": Permission(((Signer.PARTY,),), Reader.PARTIES),
    "settlement.final": Permission(_BY_DESK, Reader.PARTIES),
    "dispute.opened": Permission(((Signer.PARTY,),), Reader.PARTIES),
    "dispute.retracted": Permission(((Signer.PARTY,),), Reader.PARTIES),
    "dispute.resolved": Permission(((Signer.ALL_PARTIES,),), Reader.PARTIES),
    "freeze.ordered": Permission(_BY_COMPLIANCE_AND_OFFICER, Reader.OFFICERS),
    "freeze.lifted": Permission(_BY_COMPLIANCE_AND_OFFICER, Reader.OFFICERS),
    "award.made": Permission(_BY_COMPLIANCE_AND_OFFICER, Reader.PARTIES),
    "transaction.replaced": Permission(_BY_DESK_AND_OPERATIONS, Reader.PARTIES),
    "settlement.failed": Permission(_BY_DESK_AND_OPERATIONS, Reader.PARTIES),
    "settlement.voided": Permission(_BY_DESK, Reader.PARTIES),
}

_ROLES = {
    Signer.OPERATIONS: Role.OPERATIONS,
    Signer.COMPLIANCE: Role.COMPLIANCE,
    Signer.SIGNING: Role.SIGNING,
    Signer.VAULT: Role.VAULT,
}
_GROUPS = frozenset({Signer.ADMINISTRATORS, Signer.ALL_PARTIES, Signer.PRESENT})


def stands_for(roster: Roster, holder: Holder, signer: Signer) -> bool:
    """Whether this holder's signature can fill this place."""
    match signer:
        case Signer.DESK:
            return holder.kind is HolderKind.DESK
        case Signer.PARTY | Signer.ALL_PARTIES:
            return holder.kind is HolderKind.PARTICIPANT
        case Signer.OFFICER | Signer.PRESENT:
            return holder.kind is HolderKind.OFFICER
        case Signer.ADMINISTRATORS:
            return holder.kind is HolderKind.OFFICER and holder.id in roster.administrators.officers
        case _:
            return holder.kind is HolderKind.OFFICER and _ROLES[signer] in roster.officer(holder.id).roles


def check_signers(kind: str, roster: Roster, holders: tuple[Holder, ...]) -> None:
    """These holders' signatures fill one alternative exactly. Raises `Refused`."""
    if len(set(holders)) != len(holders):
        raise Refused("settlement.one-person-twice", type=kind)
    if not any(_fills(roster, holders, alternative) for alternative in TABLE[kind].signers):
        names = ", ".join(str(holder) for holder in holders)
        raise Refused("settlement.wrong-signers", type=kind, signers=names, needed=needed(kind))


def lacks_desk(kind: str, roster: Roster, holders: tuple[Holder, ...]) -> bool:
    """Whether the desk has to sign beside these, which it does once it has verified what they claim."""
    beside = any(Signer.DESK in each and len(each) > 1 for each in TABLE[kind].signers)
    if not beside or any(holder.kind is HolderKind.DESK for holder in holders):
        return False
    try:
        check_signers(kind, roster, holders)
    except Refused:
        return True
    return False


def could_fill(kind: str, roster: Roster, holders: tuple[Holder, ...]) -> bool:
    """Whether these holders' signatures, with others' to come, can fill an alternative of single places."""
    return len(set(holders)) == len(holders) and any(
        all(stands_for(roster, holder, signer) for holder, signer in zip(holders, chosen, strict=True))
        for alternative in TABLE[kind].signers
        if len(alternative) >= len(holders) and not _GROUPS.intersection(alternative)
        for chosen in permutations(alternative, len(holders))
    )


def needed(kind: str) -> str:
    """The alternatives in words: "desk and operations"."""
    return " or ".join(" and ".join(alternative) for alternative in TABLE[kind].signers)


def _fills(roster: Roster, holders: tuple[Holder, ...], alternative: tuple[Signer, ...]) -> bool:
    single = [signer for signer in alternative if signer not in _GROUPS]
    group = next((signer for signer in alternative if signer in _GROUPS), None)
    if len(holders) < len(single) or (group is None and len(holders) != len(single)):
        return False
    return any(
        all(stands_for(roster, holder, signer) for holder, signer in zip(chosen, single, strict=True))
        and (group is None or _fills_group(roster, set(holders) - set(chosen), group))
        for chosen in permutations(holders, len(single))
    )


def _fills_group(roster: Roster, rest: Iterable[Holder], group: Signer) -> bool:
    members = tuple(rest)
    least = roster.administrators.threshold if group is Signer.ADMINISTRATORS else 1
    return len(members) >= max(1, least) and all(stands_for(roster, member, group) for member in members)


def may_read(kind: str, reader: Holder, concerned: Iterable[str]) -> bool:
    """Whether a reader may have an event of this type that concerns these participants (LEIs)."""
    if reader.kind is not HolderKind.PARTICIPANT:
        return True
    rule = TABLE[kind].reader
    return rule is Reader.EVERYONE or (rule is Reader.PARTIES and reader.id in concerned)
