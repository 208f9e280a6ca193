"""Roster, policy, proposals and the table of permissions, as lines for a person and as values for a program.

>>> words_of(Said("policy.always"))
'Officers' signatures and releases count at any hour.'
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from countersign.cli import deadline, findings, outcome
from countersign.cli.words import words
from countersign.formats import times
from countersign.resources import outside_words
from countersign.resources.governance_words import said
from countersign.resources.text import next_step, sentence
from countersign.settlement.permissions import TABLE, Signer

if TYPE_CHECKING:
    from countersign.desk.governance_views import OfficerView, ParticipantView, PolicyView, ProposalView, RosterView
    from countersign.review.finding import Finding
    from countersign.settlement.saying import Difference, Said

ROSTER, POLICY, PROPOSAL = "countersign-roster/1", "countersign-policy/1", "countersign-proposal/1"
CASE = "countersign-policy-case/1"


def words_of(each: Said) -> str:
    """A statement in words."""
    return said(each.code, each.values)


def said_value(each: Said) -> dict[str, object]:
    """A statement as a program reads it."""
    return {"code": each.code, "values": dict(each.values), "words": words_of(each)}


def roster_lines(view: RosterView) -> list[str]:
    """The roster for a person."""
    lines = [
        words("Desk {desk} of {custodian} ({lei})", desk=view.desk, custodian=view.custodian, lei=view.custodian_lei),
        words("Administrators: {people}; {threshold} of them sign changes", people=", ".join(view.administrators),
              threshold=view.threshold),
    ]  # fmt: skip
    for participant in view.participants:
        lines += ["", *_participant(participant)]
    for officer in view.officers:
        lines += ["", *_officer(officer)]
    lines.append("")
    for vault in view.vaults:
        lines.append(words("Vault {id} of {owner}, book {book}, on {chain}: {threshold} of {people}{cold}{able}",
                           id=vault.id, owner=vault.owner, book=vault.book, chain=vault.chain,
                           threshold=vault.threshold, people=", ".join(vault.people),
                           cold=", cold" if vault.cold else "",
                           able="" if vault.able else ", too few keys left to spend"))  # fmt: skip
        lines += [f"  {each}" for each in outside_words.lines(vault.outside, uncompared=vault.uncompared)]
    lines += [words("Asset {symbol}: {asset}", symbol=each.symbol, asset=each.asset) for each in view.assets]
    for each in view.ceremonies:
        people = ", ".join(each.present)
        lines.append(words("Entry {index}: ceremony ({kind}), {people} present", index=each.index, kind=each.kind,
                           people=people))  # fmt: skip
    return lines


def _participant(view: ParticipantView) -> Iterator[str]:
    yield words("{name} ({lei}), certified until {until}", name=view.name, lei=view.lei, until=view.certified_until)
    if view.barred is not None:
        yield words("  Enters no new contract: {why}. Still open: {count}", why=view.barred, count=len(view.open))
        for each in view.open:
            yield words(
                "    {id}, version {version}: {state}", id=each.contract_id, version=each.version, state=each.state
            )
    yield words("  Books: {books}", books=", ".join(view.books))
    for kid in view.keys:
        yield words("  Key {kid}", kid=kid)
    for kid in view.withdrawn_keys:
        yield words("  Withdrawn key {kid}", kid=kid)
    for place in view.destinations:
        where = place.vault if place.vault is not None else "outside this custody"
        since = "" if place.counts else f", from {times.text(place.counts_from)}"
        yield words("  Destination {account} ({where}){since}", account=place.account, where=where, since=since)


def _officer(view: OfficerView) -> Iterator[str]:
    yield words("{name} ({id}): {roles}", name=view.name, id=view.id, roles=", ".join(view.roles))
    for key in view.keys:
        machine = "online" if key.online else "offline"
        yield words("  Key {kid}, {label}, for {purpose}, on token {token}, {machine}", kid=key.kid, label=key.label,
                    purpose=key.purpose, token=key.token, machine=machine)  # fmt: skip
    for kid in view.withdrawn_keys:
        yield words("  Withdrawn key {kid}", kid=kid)


def roster_value(view: RosterView) -> dict[str, object]:
    """The roster as a program reads it."""
    return {
        "schema": ROSTER,
        "desk": view.desk,
        "custodian": {"lei": view.custodian_lei, "name": view.custodian},
        "log": view.log,
        "administrators": {"officers": list(view.administrators), "threshold": view.threshold},
        "participants": [_participant_value(each) for each in view.participants],
        "officers": [
            {
                "id": each.id,
                "name": each.name,
                "roles": list(each.roles),
                "keys": [
                    {
                        "kid": key.kid,
                        "purpose": key.purpose,
                        "label": key.label,
                        "token": key.token,
                        "online": key.online,
                    }
                    for key in each.keys
                ],
                "withdrawn": list(each.withdrawn_keys),
            }
            for each in view.officers
        ],
        "vaults": [
            {
                "id": each.id,
                "owner": each.owner,
                "book": each.book,
                "chain": each.chain,
                "kind": each.kind,
                "threshold": each.threshold,
                "people": list(each.people),
                "cold": each.cold,
                "able": each.able,
                "outside": [list(one) for one in each.outside],
                "uncompared": each.uncompared,
            }
            for each in view.vaults
        ],
        "assets": [{"id": each.asset, "symbol": each.symbol, "decimals": each.decimals} for each in view.assets],
        "ceremonies": [
            {
                "kind": each.kind,
                "document": each.document,
                "phrase": each.phrase,
                "present": list(each.present),
                "index": each.index,
            }
            for each in view.ceremonies
        ],
    }


def _participant_value(view: ParticipantView) -> dict[str, object]:
    return {
        "lei": view.lei,
        "name": view.name,
        "certified_until": view.certified_until,
        "barred": view.barred,
        "books": list(view.books),
        "keys": list(view.keys),
        "withdrawn": list(view.withdrawn_keys),
        "vaults": list(view.vaults),
        "destinations": [
            {
                "account": each.account,
                "book": each.book,
                "vault": each.vault,
                "counts_from": times.text(each.counts_from),
                "counts": each.counts,
            }
            for each in view.destinations
        ],
        "open": [{"contract": each.contract, "id": each.contract_id, "state": each.state} for each in view.open],
    }


def policy_lines(view: PolicyView) -> list[str]:
    """The policy for a person."""
    if not view.version:
        return [words("No policy is in force yet.")]
    head = words("Policy, version {version}, adopted at entry {index}", version=view.version, index=view.index)
    return [head, *(f"  {words_of(each)}" for each in view.clauses)]


def policy_value(view: PolicyView) -> dict[str, object]:
    """The policy as a program reads it."""
    clauses = [said_value(each) for each in view.clauses]
    return {"schema": POLICY, "version": view.version, "index": view.index, "clauses": clauses}


def change_lines(changes: Iterable[Difference]) -> Iterator[str]:
    """What a proposal changes, one statement a line, with what it takes the place of."""
    for each in changes:
        yield f"  {words_of(each.then)}"
        if each.until_now is not None:
            yield words("    until now: {text}", text=words_of(each.until_now))


def proposal_lines(view: ProposalView) -> list[str]:
    """A proposal for a person."""
    lines = [
        words("Proposal {id} ({kind}), drafted {at}", id=view.id, kind=view.kind, at=times.text(view.drafted_at)),
        *change_lines(view.changes),
        words("Signed by {count} of {wanted}: {people}", count=len(view.signed), wanted=view.wanted,
              people=", ".join(view.signed) or "-"),
        words("It takes: {signers}", signers=_takes(view)),
        words("Can still sign: {people}", people=", ".join(view.missing) or "-"),
    ]  # fmt: skip
    lines += deadline.lines(view.act_by)
    if view.logged:
        lines.append(words("It is in the log."))
    if view.objection is not None:
        values = dict(view.objection.values)
        lines.append(f"{sentence(view.objection.code, values)} [{view.objection.code}]")
        lines.append(f"  → {next_step(view.objection.code, values)}")
    return lines


def _takes(view: ProposalView) -> str:
    """The alternatives of the table in words: those of as many people as it wants, where it has some."""
    ways = TABLE[view.kind].signers
    return _alternatives([way for way in ways if len(way) == view.wanted] or ways)


def proposal_value(view: ProposalView) -> dict[str, object]:
    """A proposal as a program reads it."""
    return {
        "schema": PROPOSAL,
        "id": view.id,
        "type": view.kind,
        "drafted_at": times.text(view.drafted_at),
        "stale_at": times.text(view.stale_at),
        "act_by": deadline.value(view.act_by),
        "signed": list(view.signed),
        "missing": list(view.missing),
        "wanted": view.wanted,
        "complete": view.complete,
        "logged": view.logged,
        "objection": None if view.objection is None else outcome.described(view.objection),
        "changes": [
            {
                "then": said_value(each.then),
                "until_now": None if each.until_now is None else said_value(each.until_now),
            }
            for each in view.changes
        ],
    }


def case_lines(instruction: str, rules: Iterable[Finding]) -> list[str]:
    """Each rule of the policy over one instruction, with the numbers of the case, for a person."""
    lines = [words("Instruction {instruction}", instruction=instruction)]
    return lines + [line for each in rules for line in findings.finding_lines(each)]


def case_value(instruction: str, rules: Iterable[Finding]) -> dict[str, object]:
    """The same as a program reads it."""
    return {"schema": CASE, "instruction": instruction, "rules": [findings.finding_value(each) for each in rules]}


def explained(kind: str) -> tuple[str, str]:
    """Who may sign a type of event, and who receives it, in words."""
    permission = TABLE[kind]
    return _alternatives(permission.signers), said(f"reader.{permission.reader.value}", {})


def _alternatives(ways: Iterable[Iterable[Signer]]) -> str:
    """ "a participant; or a compliance officer and any officer"."""
    return "; or ".join(" and ".join(said(f"signer.{each.value}", {}) for each in way) for way in ways)


def explained_lines(kinds: Iterable[str], policy: PolicyView | None) -> list[str]:
    """The table of permissions for a person, and the policy if there is one to say."""
    lines = []
    for kind in kinds:
        signers, readers = explained(kind)
        lines += [kind, words("  signed by {signers}", signers=signers), words("  read by {readers}", readers=readers)]
    return lines if policy is None else [*lines, "", *policy_lines(policy)]


def explained_value(kinds: Iterable[str], policy: PolicyView | None) -> dict[str, object]:
    """The same as a program reads it."""
    types = [
        {
            "type": kind,
            "signers": [[each.value for each in way] for way in TABLE[kind].signers],
            "reader": TABLE[kind].reader.value,
            "signed_by": explained(kind)[0],
            "read_by": explained(kind)[1],
        }
        for kind in kinds
    ]
    return {"schema": POLICY, "types": types, "policy": None if policy is None else policy_value(policy)}
