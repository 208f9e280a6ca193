"""Any logged event is proved by its opening and a head that counts; what lacks is taken from the archive."""

import base64
import json

import pytest

from countersign.airgap import envelope
from countersign.desk import grounding
from countersign.desk.ground import Ground
from countersign.desk.matching import Trio
from countersign.desk.proving import completed, judge_trio
from countersign.desk.recognising import recognise
from countersign.desk.replica import Replica
from countersign.resources.text import sentence
from countersign.review.finding import Status
from countersign.store.profile import Profile
from support.finished_settlement import Finished

STEM = "refused/delegatecall"


@pytest.fixture(scope="module")
def ground(auditor: Profile, over: Finished) -> Ground:
    return grounding.of_replica(Replica(auditor, over.clock))


def trio(files: dict[str, bytes], *kinds: str, stem: str = STEM) -> Trio:
    names = {"event": "event", "opening": "opening.json", "proof": "tlog-proof"}
    return Trio(**{kind: recognise(kind, files[f"{stem}.{names[kind]}"]) for kind in kinds})


def statuses(found: Trio, ground: Ground | None, over: Finished) -> dict[str, Status]:
    return {each.check: each.status for each in judge_trio(found, ground, over.now).verdict.findings}


@pytest.mark.parametrize(
    "kinds", [("event",), ("opening",), ("proof",), ("event", "opening"), ("event", "opening", "proof")]
)
def test_what_lacks_comes_from_the_archive(
    kinds: tuple[str, ...], files: dict[str, bytes], ground: Ground, over: Finished
) -> None:
    found = trio(files, *kinds)
    assert all(part is not None for part in completed(found, ground))
    seen = statuses(found, ground, over)
    assert {seen[check] for check in ("L1", "L2", "L3", "L4", "L5", "audit")} == {Status.PASS}


def test_without_an_anchor_only_the_form_is_judged(files: dict[str, bytes], over: Finished) -> None:
    seen = statuses(trio(files, "event", "opening", "proof"), None, over)
    assert seen["L1"] is Status.PASS
    assert {seen[check] for check in ("L2", "L3", "L4", "L5")} == {Status.BLOCKED}
    assert statuses(trio(files, "event"), None, over)["L1"] is Status.BLOCKED


def test_an_event_under_anothers_opening_fails_l3(files: dict[str, bytes], ground: Ground, over: Finished) -> None:
    mixed = Trio(
        recognise("event", files["contract.event"]),
        *(trio(files, "opening", "proof").opening, trio(files, "proof").proof),
    )
    assert statuses(mixed, ground, over)["L3"] is Status.FAIL
    crossed = Trio(None, trio(files, "opening").opening, recognise("proof", files["contract.tlog-proof"]))
    assert statuses(crossed, ground, over)["L3"] is Status.FAIL


def test_an_unlogged_event_is_not_in_the_log(files: dict[str, bytes], ground: Ground, over: Finished) -> None:
    carried = envelope.peek(files["usb/answer.countersign"]).answer.parts[0].event
    assert statuses(Trio(recognise("event", carried)), ground, over)["L3"] is Status.FAIL
    event = json.loads(carried)
    payload = json.loads(base64.urlsafe_b64decode(event["payload"] + "=="))
    text = json.dumps(payload | {"id": "never-logged"}, sort_keys=True, separators=(",", ":"))
    event["payload"] = base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
    unlogged = json.dumps(event, sort_keys=True, separators=(",", ":")).encode()
    judged = judge_trio(Trio(recognise("event", unlogged)), ground, over.now).verdict.findings
    found = next(each for each in judged if each.check == "L3")
    assert (found.status, found.reason) == (Status.FAIL, "L3.no-such-entry")
    assert f"none of the {ground.state.size} entries" in sentence(found.reason, found.values)
