"""What the hostile cases leave open about C1 to C6."""

from dataclasses import replace

import pytest

from countersign.rails import bitcoin
from countersign.review.case import Case, ClockFacts, Mode
from countersign.review.checks import verdict
from countersign.review.finding import Finding, Status
from countersign.settlement.records import ContractState
from hostile.contract_cases import field_more
from support.review_cases import psbt_share, story


def one(case: Case, check: str) -> Finding:
    (found,) = verdict(case).of(check)
    return found


@pytest.mark.parametrize(
    ("state", "status"),
    [(ContractState.FINAL, Status.PASS), (ContractState.CANCELLED, Status.FAIL), (ContractState.DECLINED, Status.FAIL)],
)
def test_a_settled_contract_may_be_looked_at_alone_a_cancelled_one_is_said_to_be_that(
    state: ContractState, status: Status
) -> None:
    scene = story()
    name = scene.trades[0].hash
    record = replace(scene.state.contracts[name], state=state)
    case = scene.contract_case(state=replace(scene.state, contracts=scene.state.contracts.set(name, record)))
    assert one(case, "C3").status is status


def test_the_prepared_transaction_with_shares_in_it_is_still_the_prepared_one() -> None:
    scene = story()
    case = scene.psbt_case()
    assert case.instruction is not None
    combined = bitcoin.combine(scene.psbt, [psbt_share(scene.psbt, "officer-c").data])
    assert one(replace(case, instruction=replace(case.instruction, data=combined)), "C5").status is Status.PASS
    without = replace(case.instruction, data=combined, original=None)
    assert one(replace(case, instruction=without), "C5").reason == "C5.other-artefact"
    more = replace(case.instruction, data=field_more(combined))
    assert one(replace(case, instruction=more), "C5").reason == "C5.other-artefact"
    lying = replace(case.instruction, data=combined, original=field_more(scene.psbt))
    assert one(replace(case, instruction=lying), "C5").reason == "C5.other-artefact"


def test_an_instruction_with_another_in_its_place_is_superseded() -> None:
    scene = story()
    name = scene.prepared["psbt"]
    record = replace(scene.state.instructions[name], superseded_by="ab" * 32)
    state = replace(scene.state, instructions=scene.state.instructions.set(name, record))
    assert one(scene.psbt_case(state=state), "C5").reason == "C5.superseded"


def test_before_a_signature_somebody_must_be_about_to_sign() -> None:
    found = one(story().psbt_case(signer=None), "C5")
    assert (found.status, found.blocked_by) == (Status.BLOCKED, "signer")
    assert one(story().psbt_case(signer=None, mode=Mode.LOOK), "C5").status is Status.PASS


def test_history_does_not_ask_who_confirmed_the_clock() -> None:
    scene = story()
    moment = scene.state.time_ms // 1_000
    clock = ClockFacts(now=0, floor=0, log=moment, as_of=moment, confirmed=False)
    assert {found.status for found in verdict(scene.psbt_case(mode=Mode.HISTORY, clock=clock)).of("C4")} == {
        Status.PASS
    }


def test_without_a_policy_a_request_lives_a_day() -> None:
    scene = story()
    state = replace(scene.state, policy=None)
    late = scene.clock(now=scene.now + 86_400)
    reasons = [found.reason for found in verdict(scene.psbt_case(state=state, clock=late)).of("C4")]
    assert reasons == ["C4.in-time", "C4.request-too-old"]


def test_a_payer_without_a_vault_is_named_by_c6() -> None:
    scene = story()
    roster = scene.state.roster
    key = next(key for key in roster.vault_of if roster.vault_of[key] == "harbour-safe")
    roster = replace(roster, vault_of=roster.vault_of.delete(key))
    found = one(scene.psbt_case(state=replace(scene.state, roster=roster)), "C6")
    assert found.reason == "settlement.no-vault"
