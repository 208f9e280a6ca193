"""An envelope is judged by its seal, its desk, its people, its head, and what it carries; nothing of it is recorded."""

from dataclasses import replace

import pytest

from countersign.airgap import envelope
from countersign.airgap.envelope import Envelope, seal, unsigned
from countersign.desk import ground as grounds
from countersign.desk.envelope_checking import judge_envelope
from countersign.desk.recognising import recognise
from countersign.desk.replica import Replica
from countersign.store.profile import Profile
from support import settlement_world as world
from support.finished_settlement import Finished


@pytest.fixture(scope="module")
def replica(auditor: Profile, over: Finished) -> Replica:
    return Replica(auditor, over.clock)


def sealed(found: Envelope, signer: str) -> bytes:
    key = world.identity(signer)
    return seal(found, key.public, key.sign(unsigned(found, key.public)))


def against(data: bytes, replica: Replica, over: Finished) -> set[str]:
    judged = judge_envelope(recognise("envelope", data), replica, grounds.of_replica(replica), over.now)
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


def test_an_answer_without_a_share_is_a_refusal_and_in_order(
    files: dict[str, bytes], replica: Replica, over: Finished
) -> None:
    found = envelope.peek(files["usb/answer.countersign"])
    assert against(sealed(replace(found, body=replace(found.answer, share=None)), "officer-c"), replica, over) == set()
    false = replace(found.answer, share=bytes(65))
    assert against(sealed(replace(found, body=false), "officer-c"), replica, over) != set()
