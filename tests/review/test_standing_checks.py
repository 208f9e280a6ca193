"""What the hostile cases leave open about L8: how each machine knows, and what it says."""

from dataclasses import replace

from countersign.keys import jws as jose
from countersign.resources.text import next_step, sentence
from countersign.review.case import Case, Channel, ContractFacts, Mode
from countersign.review.checks import verdict
from countersign.review.finding import Finding, Status
from countersign.settlement.records import Freeze
from countersign.settlement.stop_bodies import PARTICIPANT, Scope
from hostile.standing_cases import attested, by_qr
from hostile.trouble_cases import void_psbt
from support import settlement_world as world
from support.review_cases import story


def one(case: Case) -> Finding:
    (found,) = verdict(case).of("L8")
    return found


def test_a_machine_that_replayed_everything_says_so() -> None:
    for channel in (Channel.ONLINE, Channel.USB):
        found = one(story().contract_case(channel=channel))
        assert (found.status, found.reason) == (Status.PASS, "L8.replayed")
        assert found.values["size"] == story().log.size


def test_an_attestation_is_shown_with_both_names_and_never_as_proof() -> None:
    found = one(attested("compliance", "officer-d"))
    said = sentence(found.reason, found.values)
    assert said.startswith("Attested, not proved here: Conrad Lake and Dora Finch replayed the log up to ")
    assert "prove" not in said.replace("not proved here", "")


def test_without_one_the_officer_reads_what_to_do() -> None:
    found = one(by_qr(story()))
    assert found.status is Status.FAIL
    assert "two officers" in next_step(found.reason, found.values)
    assert "USB" in next_step(found.reason, found.values)


def test_looked_at_by_qr_nobody_signs_and_any_two_officers_count() -> None:
    scene = story().attest("compliance", "officer-a")
    assert one(scene.contract_case(channel=Channel.QR, signer=None)).reason == "L8.attested"


def test_history_is_judged_on_what_came_before() -> None:
    scene = story()
    state = replace(scene.state, size=scene.state.size - 3)
    found = one(scene.psbt_case(state=state, mode=Mode.HISTORY))
    assert (found.reason, found.values["size"]) == ("L8.replayed-then", scene.state.size - 3)


def test_what_is_not_in_the_log_is_for_l3_to_say() -> None:
    facts = ContractFacts(jose.serialise(world.signed_contract(world.terms(2)).jws))
    found = one(story().contract_case(contracts=(facts,)))
    assert (found.status, found.reason) == (Status.NOT_APPLICABLE, "L8.not-in-log")


def test_without_an_anchor_it_is_blocked() -> None:
    assert one(story().contract_case(state=None)).blocked_by == "anchor"


def test_an_order_stops_no_void() -> None:
    case = void_psbt()
    assert case.state is not None
    scope = Scope(PARTICIPANT, lei=world.MERIDIAN)
    order = Freeze("HC-2026-114", scope, "ab" * 32, "Court order.", ("compliance", "officer-d"), case.state.size - 1)
    frozen = replace(case, state=replace(case.state, freezes=case.state.freezes.set(order.order, order)))
    assert one(frozen).reason == "L8.replayed"
