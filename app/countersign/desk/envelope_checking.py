"""The verdict on an envelope: who sealed it, for which desk and machine, under which head, and what it carries.

CHECKS.md T1, L2, L4, L7. docs/formats/envelope.md.

- `check` is not the machine that an envelope was sent to: sessions and their order are not judged here, and nothing is
  recorded. What is judged is seal, sender, desk, recipient and head.
- The head must be one of this machine's own history, or extend it by the proof that came with it.
- Every event must be the entry that this machine knows, or stand under that head by its own proof. By QR (each with a proof)
  none may be one that the rules refused: an honest excerpt leaves them out, and the other machine could not tell.
- What is asked to be signed is judged as if its file had been given; an answer's share by the rails that would accept it.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import TYPE_CHECKING

from countersign.airgap import envelope as sealing
from countersign.airgap.answer import Part
from countersign.airgap.envelope import Envelope
from countersign.airgap.request import ProvenEvent, RequestBody
from countersign.audit import proof as proofs
from countersign.audit.checkpoint import SignedCheckpoint
from countersign.audit.leaf import Opening
from countersign.desk.ground import Ground
from countersign.desk.naming import require_named
from countersign.desk.recognising import Recognised, recognise
from countersign.desk.reports import Judged, faulted, noted, refused
from countersign.desk.reworking import missing
from countersign.desk.shares import verify_share
from countersign.desk.weighing import KINDS, Given, judge_transaction
from countersign.errors import CountersignError, Refused
from countersign.keys import jws as jose
from countersign.keys.public_key import PublicKey
from countersign.review.case import ANCHOR
from countersign.review.finding import Finding, Verdict, blocked, passed
from countersign.settlement import events
from countersign.settlement.bodies import InstructionRefused, ShareAdded

if TYPE_CHECKING:
    from countersign.desk.replica import Replica

SEALED = "sealed by a known officer of this desk, for an officer of this desk"
SHOWN = 20


def judge_envelope(file: Recognised, replica: Replica | None, ground: Ground | None, now: int) -> list[Judged]:
    """Every verdict on an envelope that parses; blocked by the anchor where there is no profile."""
    found = file.parsed
    if not isinstance(found, Envelope):
        return []
    body = found.body
    asked = recognise(f"{file.name}: artefact", body.artefact) if isinstance(body, RequestBody) else None
    within = (
        []
        if asked is None or asked.kind not in KINDS
        else [judge_transaction(asked, Given((), (), (file.name,)), ground, now)]
    )
    if replica is None or ground is None:
        return [Judged((file.name,), Verdict((blocked("T1", ANCHOR, "envelope"),))), *within]
    findings = [*_sealed(file.data, found, replica), *_head(found, replica)]
    findings += _events(found, ground) if isinstance(body, RequestBody) else _answer(found, ground)
    return [Judged((file.name,), Verdict(tuple(findings))), *within]


def _sealed(data: bytes, found: Envelope, replica: Replica) -> Iterator[Finding]:
    officers = replica.state.roster.officers
    keys = {key.kid: key for each in officers.values() for key in each.identity_keys}
    try:
        unsealed = sealing.unseal(data, keys)
        if found.desk != replica.anchor.origin:
            raise Refused("T1.desk", found=found.desk, expected=replica.anchor.origin)
        if found.sender not in officers:
            raise Refused("T1.sender", found=found.sender)
        if unsealed.kid not in {key.kid for key in officers[found.sender].identity_keys}:
            raise Refused("T1.sender-key", sender=found.sender, kid=unsealed.kid)
        if found.recipient not in officers:
            raise Refused("T1.recipient", found=found.recipient, expected="an officer of this desk")
    except CountersignError as error:
        yield refused(error, "envelope", SEALED)
        return
    who = f"{found.sender} to {found.recipient}, sequence {found.sequence}"
    yield passed("T1", "in-order", "envelope", SEALED, who)


def _head(found: Envelope, replica: Replica) -> Iterator[Finding]:
    expected = "a head of this log, consistent with this machine's own"
    try:
        signed = SignedCheckpoint.parse(found.log_head)
        replica.anchor.of_size(replica.state, signed.checkpoint.size).verify_log(signed)
        size, root, tree = signed.checkpoint.size, signed.checkpoint.root, replica.log.tree
        if size <= tree.size:
            if tree.root(size) != root:
                raise Refused("L4.equivocation", size=size)
        else:
            proofs.verify_consistency(tree.size, size, found.consistency_proof, tree.root(), root)
    except CountersignError as error:
        yield refused(error, "envelope's head", expected)
        return
    yield passed("L4", "consistent", "envelope's head", expected, f"size {size}", size=size)


def _events(found: Envelope, ground: Ground) -> Iterator[Finding]:
    wrong = [(each, error) for each in found.request.events if (error := _misplaced(found, each, ground)) is not None]
    for each, error in wrong[:SHOWN]:
        yield refused(error, f"entry {each.index}", "the entry of this log")
    if not wrong:
        count = len(found.request.events)
        size = ground.state.size
        yield noted("desk.audit-all-included", "events", "every one an entry of this log", str(count),
                    count=count, size=size)  # fmt: skip
        yield from _refused_here(found, ground)
        yield from _agreeing(found, ground)


def _refused_here(found: Envelope, ground: Ground) -> Iterator[Finding]:
    """What an excerpt shows as if it counted, and what this machine's replay refused; by USB it is part of the history."""
    for each in (one for one in found.request.events if one.proof):
        fault = ground.state.faults.get(each.index)
        if fault is not None:
            where, why = f"entry {each.index}", fault.code
            yield faulted("desk.audit-fault", where, "accepted by the rules", why, index=each.index, why=why)


def _agreeing(found: Envelope, ground: Ground) -> Iterator[Finding]:
    """What the outside says is what the events say, as the cold machine would ask. Later events are not known here."""
    body = found.request
    if body.instruction >= ground.state.size:
        return
    try:
        instruction = require_named(ground.state, found, body)
        if sha256(body.artefact).hexdigest() != instruction.artefact:
            raise Refused("desk.artefact-differs", artefact=instruction.artefact)
    except CountersignError as error:
        yield refused(error, "request", "what its events say")


def _misplaced(found: Envelope, each: ProvenEvent, ground: Ground) -> CountersignError | None:
    """Why an event is not the entry that it claims to be, or None."""
    opening = Opening(each.index, each.time_ms, each.salt)
    try:
        if each.index < ground.state.size:
            held = ground.exhibit(each.index)
            if (held.event, held.opening) != (each.event, opening):
                raise Refused("desk.audit-other-entry", index=each.index)
            return None
        head = SignedCheckpoint.parse(found.log_head).checkpoint
        proofs.verify_inclusion(each.index, head.size, opening.leaf(each.event), each.proof, head.root)
    except CountersignError as error:
        return error
    return None


def _keys(ground: Ground, officer: str) -> dict[str, PublicKey]:
    return {key.kid: key for key in ground.state.roster.officer(officer).identity_keys}


def _answer(found: Envelope, ground: Ground) -> Iterator[Finding]:
    """The shares in an answer, as the desk would accept them; or its refusal."""
    for part in found.answer.parts:
        yield from _part(found, part, ground)


def _part(found: Envelope, answer: Part, ground: Ground) -> Iterator[Finding]:
    try:
        event = events.parse(answer.event)
        jose.verify(event.jws, _keys(ground, found.sender), events.TYP)
        if answer.share is None and isinstance(event.body, InstructionRefused):
            yield noted(
                "desk.audit-refusal-carried", "answer", "a share or a signed refusal", event.type, type=event.type
            )
            return
        if answer.share is None or not isinstance(event.body, ShareAdded):
            raise Refused("desk.answer-differs", what="event")
        if sha256(answer.share).hexdigest() != event.body.artefact:
            raise Refused("desk.answer-differs", what="share")
        instruction = ground.state.instruction(event.body.instruction)
        prepared = ground.artefact(instruction.artefact)
        if prepared is None:
            yield missing("answer", instruction.artefact)
            return
        verify_share(ground.state, instruction, event.body.vault, event.body.keys, prepared, answer.share)
    except CountersignError as error:
        yield refused(error, "answer", "a whole, valid share")
        return
    yield noted("desk.audit-share-carried", "answer", "a whole, valid share", found.sender, officer=found.sender)
