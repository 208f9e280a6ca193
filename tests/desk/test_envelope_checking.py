"""An envelope is judged by its seal, its desk, its people, its head, and what it carries; nothing of it is recorded."""

from dataclasses import replace
from pathlib import Path

import pytest

from countersign.airgap import envelope
from countersign.airgap.answer import AnswerBody
from countersign.airgap.envelope import Envelope, seal, unsigned
from countersign.airgap.request import ProvenEvent
from countersign.desk import grounding
from countersign.desk.envelope_checking import judge_envelope
from countersign.desk.recognising import recognise
from countersign.desk.refusing import refusal_body
from countersign.desk.replica import Replica
from countersign.review.finding import Finding, Status
from countersign.settlement import machine
from countersign.store.profile import Profile, open_profile
from support import finished_settlement
from support import settlement_world as world
from support import trouble_world as trouble
from support.finished_settlement import BITCOIN_VAULT, Finished, envelope_answer, request, share_of
from support.settlement_world import Desk


@pytest.fixture(scope="module")
def replica(auditor: Profile, over: Finished) -> Replica:
    return Replica(auditor, over.clock)


def sealed(found: Envelope, signer: str) -> bytes:
    key = world.identity(signer)
    return seal(found, key.public, key.sign(unsigned(found, key.public)))


def against(data: bytes, replica: Replica, over: Finished) -> set[str]:
    judged = judge_envelope(recognise("envelope", data), replica, grounding.of_replica(replica), over.now)
    return {each.reason for one in judged for each in one.verdict.findings if not each.ok}


def test_the_story_envelopes_are_in_order(files: dict[str, bytes], replica: Replica, over: Finished) -> None:
    for name in ("usb/request.countersign", "usb/answer.countersign"):
        assert against(files[name], replica, over) == set()


@pytest.mark.parametrize(
    ("changes", "signer", "code"),
    [
        ({}, "meridian", "T1.unknown-key"),
        ({"desk": "elsewhere.example/desk"}, "operations", "T1.desk"),
        ({"sender": "nobody"}, "operations", "T1.sender"),
        ({"sender": "compliance"}, "operations", "T1.sender-key"),
        ({"recipient": "nobody"}, "operations", "T1.recipient"),
        ({"log_head": b"no head"}, "operations", "L1.no-signatures"),
    ],
)
def test_each_rule_of_t1_has_its_hostile_case(
    changes: dict[str, object], signer: str, code: str, files: dict[str, bytes], replica: Replica, over: Finished
) -> None:
    found = replace(envelope.peek(files["usb/request.countersign"]), **changes)  # type: ignore[arg-type]
    assert code in against(sealed(found, signer), replica, over)


def test_an_event_that_is_not_the_logs_is_named(files: dict[str, bytes], replica: Replica, over: Finished) -> None:
    found = envelope.peek(files["usb/request.countersign"])
    first, *rest = found.request.events
    body = replace(found.request, events=(replace(first, time_ms=first.time_ms + 1), *rest))
    assert "desk.audit-other-entry" in against(sealed(replace(found, body=body), "operations"), replica, over)
    swapped = replace(found.request, artefact=over.delegatecall)
    assert "E3.delegatecall" in against(sealed(replace(found, body=swapped), "operations"), replica, over)


def test_a_request_that_says_otherwise_outside_than_inside_is_named(
    files: dict[str, bytes], replica: Replica, over: Finished
) -> None:
    found = envelope.peek(files["usb/request.countersign"])
    other = envelope.peek(request(over, BITCOIN_VAULT)).request
    for changes, code in (
        ({"settlement_id": "cycle-2"}, "desk.request-differs"),
        ({"contract_hashes": (bytes(32),)}, "desk.request-differs"),
        ({"body": replace(other, kind=found.request.kind)}, "desk.request-differs"),
        ({"body": replace(other, artefact=over.altered)}, "desk.artefact-differs"),
    ):
        assert code in against(sealed(replace(found, **changes), "operations"), replica, over)  # type: ignore[arg-type]


def test_an_answer_is_a_whole_share_or_a_signed_refusal(
    files: dict[str, bytes], replica: Replica, over: Finished
) -> None:
    found = envelope.peek(files["usb/answer.countersign"])
    findings = [Finding("E3", Status.FAIL, "E3.delegatecall", "call", "0", "1", {"to": "nobody"})]
    body = refusal_body("instruction", over.safe_tx, findings, "not as agreed")
    refusals = {
        who: world.event_bytes("instruction.refused", [who], body, id="no", at=over.now)
        for who in ("officer-c", "officer-d")
    }
    final = world.event_bytes("settlement.final", ["desk"], {"cycle": over.trade.cycle}, id="end", at=over.now)
    other = envelope_answer(over, share_of(over, "officer-c", BITCOIN_VAULT), BITCOIN_VAULT)

    def part(**changes: object) -> AnswerBody:
        return replace(found.answer, parts=(replace(found.answer.parts[0], **changes),))  # type: ignore[arg-type]

    for answer, code in (
        (part(share=None, event=refusals["officer-c"]), None),
        (part(share=None, event=refusals["officer-d"]), "keys.unknown-signer"),
        (part(share=None, event=final), "keys.unknown-signer"),
        (part(share=None), "desk.answer-differs"),
        (part(event=refusals["officer-c"]), "desk.answer-differs"),
        (part(event=envelope.peek(other).answer.parts[0].event), "desk.answer-differs"),
        (part(share=bytes(65)), "desk.answer-differs"),
    ):
        codes = against(sealed(replace(found, body=answer), "officer-c"), replica, over)
        assert codes == (set() if code is None else {code})


def test_an_excerpt_that_shows_what_the_rules_refused_is_named(
    files: dict[str, bytes], over: Finished, tmp_path: Path
) -> None:
    """The desk and one officer said that a leg of a settlement failed: by QR a machine would take their word. By USB it replays."""
    desk = Desk(over.state, list(over.desk.entries), over.desk.now_ms)
    entry = desk.entry(*trouble.failed(over.trade, trouble.live(desk, over.trade, "psbt"), executable=False), id="no")
    desk.state = machine.replay([entry], desk.state)
    desk.entries.append(entry)
    desk.now_ms += 1_000
    assert entry.index in desk.state.faults
    told = replace(over, desk=desk)
    finished_settlement.write_profile(tmp_path / "profile", told)
    found, opening = envelope.peek(files["usb/request.countersign"]), told.opening(entry.index)
    shown = ProvenEvent(entry.event, entry.index, opening.time_ms, opening.salt, (bytes(32),))
    with open_profile(tmp_path / "profile") as profile:
        followed = Replica(profile, told.clock)
        for proof, codes in ((shown.proof, {"desk.audit-fault"}), ((), set())):
            carried = (*found.request.events, replace(shown, proof=proof))
            request_ = replace(found, body=replace(found.request, events=carried))
            assert against(sealed(request_, "operations"), followed, told) == codes
