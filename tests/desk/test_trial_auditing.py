"""`audit verify` of the tests that vaults brought into the log: verified again, the wrong ones named, what nobody tried shown."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from countersign.desk import vault_enrolment, vault_proof
from countersign.desk.auditing import verify_pack, verify_profile
from countersign.desk.reports import AuditReport
from countersign.desk.trial_auditing import tried
from countersign.formats import base64url
from countersign.review.finding import Finding, Status
from countersign.settlement import machine
from countersign.settlement.machine import Entry
from countersign.store.profile import open_profile
from support import enrolment_world, ranged_world, review_cases
from support import settlement_world as world
from support.careless import given_back
from support.finished_settlement import Finished, write_profile
from support.settled_kinds import KINDS, UNTRIED, begin, pack

Change = Callable[[dict[str, Any]], object]
VAULT = "meridian-btc"


def told(kind: str, change: Change = lambda body: None) -> dict[str, Any]:
    """The change of the roster that enters the paying vault, with its tests as `change` leaves them."""
    entered = KINDS[kind].entering().items()
    body = {name: [dict(each) for each in said] if isinstance(said, list) else said for name, said in entered}
    change(body)
    return body


def agreed(kind: str, change: Change = lambda body: None) -> Finished:
    """A history with that change, in which a contract waits for its vaults."""
    return begin(replace(KINDS[kind], entering=lambda: told(kind, change))).over


def judged(kind: str, change: Change = lambda body: None) -> list[Finding]:
    """The findings on a history of the founding and that change, which the rules accept: they read no signature."""
    desk = enrolment_world.desk().copy()
    before = desk.state
    entry = desk.log("roster.changed", ["compliance", "officer-d"], {**world.no_entries(), **told(kind, change)})
    assert desk.state.trials == (entry.index,)
    ground: Any = SimpleNamespace(state=desk.state, state_before={entry.index: before}.get,
                                  exhibit={entry.index: entry}.get)  # fmt: skip
    return list(tried(ground))


def of_profile(folder: Path, over: Finished) -> AuditReport:
    write_profile(folder / "profile", over)
    with open_profile(folder / "profile") as opened:
        return verify_profile(opened, review_cases.quorum(), over.clock)


def of_pack(folder: Path, over: Finished) -> AuditReport:
    return verify_pack(pack(folder, over)["evidence.zip"], "pack", review_cases.quorum(), over.clock)


Audited = Callable[[Path, Finished], AuditReport]
READERS = pytest.mark.parametrize("audited", [of_profile, of_pack], ids=["profile", "pack"])


def trials(findings: Iterable[Finding]) -> list[tuple[Status, str, str]]:
    """Each finding about a test: its status, its code, whose."""
    kinds = ("desk.audit-test", "desk.audit-unt")
    return [(each.status, each.reason, whose(each)) for each in findings if each.reason.startswith(kinds)]


def whose(each: Finding) -> str:
    assert each.values["vault"] == VAULT
    return str(each.values.get("officer", each.values.get("officers")))


def good(*officers: str) -> list[tuple[Status, str, str]]:
    return [(Status.PASS, "desk.audit-tested", each) for each in officers]


@READERS
def test_good_tests_are_told_and_what_nobody_tried_is_shown_with_its_reason(audited: Audited, tmp_path: Path) -> None:
    report = audited(tmp_path, agreed("enrolled"))
    assert trials(report.findings) == [
        *good("officer-a", "officer-c"),
        (Status.PASS, "desk.audit-untested", "officer-d"),
    ]
    assert [each for each in report.findings if not each.ok] == []
    (untried,) = (each for each in report.findings if each.reason == "desk.audit-untested")
    assert untried.values["reason"] == UNTRIED


def test_tokens_tests_of_every_slot_are_verified_too() -> None:
    assert sorted(trials(judged("tried"))) == good("officer-a", "officer-c", "officer-d")


def flipped(spelled: str) -> str:
    data = bytearray(base64url.decode(spelled))
    data[40] ^= 1
    return base64url.encode(bytes(data))


def one_bit(body: dict[str, Any]) -> None:
    first = body["tests"][0]
    first["signatures"] = [flipped(first["signatures"][0]), *first["signatures"][1:]]


def each_others(body: dict[str, Any]) -> None:
    first, second = body["tests"]
    first["signatures"], second["signatures"] = second["signatures"], first["signatures"]


def one_place(body: dict[str, Any]) -> None:
    body["tests"][0]["signatures"] = body["tests"][0]["signatures"][:1]


def no_cosigner(body: dict[str, Any]) -> None:
    body["tests"][0]["officer"] = "operations"


def no_word(body: dict[str, Any]) -> None:
    del body["untested"]


FALSE, STRAY, UNTRIED_CODE = "desk.audit-test-false", "desk.audit-test-stray", "desk.audit-untried"


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (one_bit, [(FALSE, "officer-a")]),
        (each_others, [(FALSE, "officer-a"), (FALSE, "officer-c")]),
        (one_place, [(FALSE, "officer-a")]),
        (no_cosigner, [(STRAY, "operations")]),
        (no_word, [(UNTRIED_CODE, "officer-d")]),
    ],
    ids=["one bit", "each other's", "one place", "no cosigner", "no word why"],
)
def test_a_test_that_should_not_have_been_logged_is_a_named_finding(
    change: Change, found: list[tuple[str, str]]
) -> None:
    wrong = trials(judged("enrolled", change))
    assert [(code, name) for status, code, name in wrong if status is Status.FAIL] == found


def careless(nonces: list[int]) -> Change:
    """Officer A's device tried its two places with these secret numbers."""

    def change(body: dict[str, Any]) -> None:
        vault = enrolment_world.planned(enrolment_world.descriptor_record())
        back = given_back(ranged_world.device("officer-a"), vault_enrolment.test(vault), nonces)
        share = vault_enrolment.take_test(vault, "officer-a", back)
        body["tests"][0] = vault_proof.told(vault.trial, enrolment_world.roster(), "officer-a", share)

    return change


@READERS
@pytest.mark.parametrize(("nonces", "told"), [([9, 9], ["desk.audit-repeated-r"]), ([9, 10], [])])
def test_one_secret_number_under_two_places_of_a_device_is_named(
    audited: Audited, tmp_path: Path, nonces: list[int], told: list[str]
) -> None:
    report = audited(tmp_path, agreed("enrolled", careless(nonces)))
    assert [(each.check, each.reason) for each in report.findings if not each.ok] == [("H8", each) for each in told]


@READERS
def test_the_audit_fails_over_it(audited: Audited, tmp_path: Path) -> None:
    report = audited(tmp_path, agreed("enrolled", one_bit))
    assert [(each.reason, whose(each)) for each in report.findings if not each.ok] == [(FALSE, "officer-a")]
    assert report.status == 1


def test_a_test_is_judged_as_it_was_when_it_was_logged(tmp_path: Path) -> None:
    """The near miss: a cosigner's key was withdrawn since, and the vault is entered no more."""
    over = agreed("enrolled")
    entry = world.officer_entry("officer-a")
    entry["keys"] = entry["keys"][:1]  # type: ignore[index]
    over.desk.log("roster.changed", ["compliance", "officer-d"], {**world.no_entries(), "officers": [entry]})
    assert trials(of_profile(tmp_path, over).findings)[:2] == good("officer-a", "officer-c")


def test_a_change_that_the_rules_refuse_brings_nothing(tmp_path: Path) -> None:
    """One administrator alone signed it: no vault is entered, so that nothing is owed; the entry itself is the desk's fault."""
    over = agreed("netted")
    body = {**world.no_entries(), **KINDS["enrolled"].entering()}
    event = world.event_bytes("roster.changed", ["compliance"], body, id="alone", at=over.desk.now_ms // 1000)
    entry = Entry(len(over.desk.entries), over.desk.now_ms, event)
    over.desk.entries.append(entry)
    over.desk.state = machine.replay([entry], over.desk.state)
    assert list(over.state.faults) == [entry.index]
    assert trials(of_profile(tmp_path, over).findings) == []
