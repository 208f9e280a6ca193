"""Mutants of what proves a contract: its own bytes, the event that carries it, its opening, its place in the log, the head.

A contract's terms are changed also by somebody who holds one party's key, or another key: the other party's signature is
then the old one.
"""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from random import Random

from countersign.audit.leaf import Opening
from countersign.audit.tlog_proof import TlogProof
from countersign.errors import Malformed
from countersign.keys import jws as jose
from countersign.review.case import Case
from countersign.review.checks import verdict
from mutation import bent
from mutation.subject import SAME_EFFECTS, Mutator, Subject
from support import settlement_world as world
from support.review_cases import Scene

Put = Callable[[Case, bytes], Case]


def subjects(scene: Scene) -> list[Subject]:
    """Every part of the proof, in a case about the PSBT."""
    case = scene.psbt_case()
    facts, head = case.contracts[0], case.head
    assert facts.event is not None
    assert isinstance(facts.opening, Opening)
    assert isinstance(facts.proof, TlogProof)
    assert head is not None
    contract = {**bent.kinds(facts.jws), **_terms(facts.jws)}
    event = {**bent.kinds(facts.event), **_terms(facts.event)}
    note = {**bent.kinds(head.note), "a line": partial(_line, head.note)}
    proof = facts.proof.serialise()
    return [
        _subject("contract", case, facts.jws, contract, _contract),
        _subject("contract.affirmed event", case, facts.event, event, _event),
        _subject("opening", case, facts.opening.serialise(), bent.kinds(facts.opening.serialise()), _opening),
        _subject("inclusion proof", case, proof, {**bent.kinds(proof), "a line": partial(_line, proof)}, _proof),
        _subject("checkpoint", case, head.note, note, _note),
    ]


def _subject(name: str, case: Case, honest: bytes, kinds: dict[str, Mutator], put: Put) -> Subject:
    assert verdict(put(case, honest)).may_sign

    def accepted(data: bytes) -> bool:
        return verdict(put(case, data)).may_sign

    return Subject(name, honest, kinds, accepted, partial(judge, name, honest))


def judge(name: str, honest: bytes, data: bytes) -> str:
    """Of a head, lines of unknown keys may come and go: the text and the known lines stand. Else nothing may differ.

    The head inside a proof is the case's own, cosigned there: only the desk's signature is asked for.
    """
    known = {"checkpoint": (world.ORIGIN, "witness.example/"), "inclusion proof": (world.ORIGIN,)}.get(name)
    if known is not None and _signed_text(data, known) == _signed_text(honest, known):
        return SAME_EFFECTS
    if data == honest or (name == "opening" and Opening.parse(data) == Opening.parse(honest)):
        return SAME_EFFECTS
    return f"other bytes than the honest {len(honest)}: {data!r}"


def _signed_text(data: bytes, names: Sequence[str]) -> tuple[bytes, set[bytes]]:
    """The signed text, and the signature lines of these names."""
    text, _, lines = data.rpartition(b"\n\n")
    known = tuple(f"\N{EM DASH} {name}".encode() for name in names)
    return text, {line for line in lines.split(b"\n") if line.startswith(known)}


def _contract(case: Case, data: bytes) -> Case:
    return replace(case, contracts=(replace(case.contracts[0], jws=data), *case.contracts[1:]))


def _event(case: Case, data: bytes) -> Case:
    return replace(case, contracts=(replace(case.contracts[0], event=data), *case.contracts[1:]))


def _opening(case: Case, data: bytes) -> Case:
    """As the edge reads it: what is no opening is kept as its refusal."""
    try:
        found: Opening | Malformed = Opening.parse(data)
    except Malformed as error:
        found = error
    return replace(case, contracts=(replace(case.contracts[0], opening=found), *case.contracts[1:]))


def _proof(case: Case, data: bytes) -> Case:
    try:
        found: TlogProof | Malformed = TlogProof.parse(data)
    except Malformed as error:
        found = error
    return replace(case, contracts=(replace(case.contracts[0], proof=found), *case.contracts[1:]))


def _note(case: Case, data: bytes) -> Case:
    assert case.head is not None
    return replace(case, head=replace(case.head, note=data))


def _line(data: bytes, chance: Random) -> bytes:
    """A line gone, twice, bent, in another's place, or one of a stranger's more."""
    lines = data.split(b"\n")
    at = chance.randrange(len(lines))
    match chance.randrange(5):
        case 0:
            del lines[at]
        case 1:
            lines.insert(at, lines[at])
        case 2:
            lines[at] = bent.byte(lines[at], chance) if lines[at] else b" "
        case 3:
            chance.shuffle(lines)
        case _:
            stranger = base64.b64encode(chance.randbytes(76))
            lines.insert(len(lines) - 1, b"\xe2\x80\x94 stranger.example/witness " + stranger)
    return b"\n".join(lines)


def _terms(data: bytes) -> dict[str, Mutator]:
    """The signed payload with one thing changed, under the old signatures, or signed anew by somebody who may not."""
    return {
        "payload, old signatures": partial(_payload, data),
        "payload, signed by one party": partial(_signed, data, ("meridian",)),
        "payload, signed by others": partial(_signed, data, ("operations", "compliance")),
        "signatures exchanged": partial(_signatures, data),
    }


def _outer(data: bytes) -> tuple[dict[str, object], bytes]:
    found = json.loads(data)
    text = str(found["payload"])
    return found, base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _payload(data: bytes, chance: Random) -> bytes:
    found, payload = _outer(data)
    found["payload"] = base64.urlsafe_b64encode(bent.document(chance, payload)).rstrip(b"=").decode()
    return bent.canonical(found)


def _signed(data: bytes, names: tuple[str, ...], chance: Random) -> bytes:
    """The old signatures of everybody else stay."""
    found, payload = _outer(data)
    kind = json.loads(base64.urlsafe_b64decode(_protected(found) + "=="))["typ"]
    made = json.loads(jose.serialise(world.sign(bent.document(chance, payload), kind, names)))
    kept = found["signatures"]
    assert isinstance(kept, list)
    fresh = {each["protected"]: each for each in [*kept, *made["signatures"]]}
    made["signatures"] = list(fresh.values())
    return bent.canonical(made)


def _protected(found: dict[str, object]) -> str:
    signatures = found["signatures"]
    assert isinstance(signatures, list)
    return str(signatures[0]["protected"])


def _signatures(data: bytes, chance: Random) -> bytes:
    """One signature under the other's header, twice, gone, or in another order."""
    found = json.loads(data)
    lines = found["signatures"]
    match chance.randrange(4):
        case 0:
            first, second = chance.choice(lines), chance.choice(lines)
            first["signature"], second["signature"] = second["signature"], first["signature"]
        case 1:
            lines.append(chance.choice(lines))
        case 2:
            lines.pop(chance.randrange(len(lines)))
        case _:
            lines.reverse()
    return bent.canonical(found)
