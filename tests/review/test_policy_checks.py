"""What the hostile cases leave open about C7: every rule said with the numbers of the case, and what moves nothing."""

from dataclasses import replace
from fractions import Fraction

from countersign.bitcoin import psbt as psbts
from countersign.bitcoin.inspect import facts
from countersign.resources.text import sentence
from countersign.review.case import Case, Mode
from countersign.review.checks import verdict
from countersign.review.finding import Finding, Status
from countersign.review.leaving import Payment, leaving
from countersign.review.reading import Reading
from countersign.settlement.policy import Caps, Hours, Quorum
from hostile.bitcoin_changes import second_change
from hostile.policy_cases import spent, with_policy
from hostile.standing_cases import by_qr
from hostile.trouble_cases import void_psbt, void_safe
from support import settlement_world as world
from support.review_cases import story, two_vaults


def said(case: Case) -> dict[str, str]:
    """The sentence of each finding of C7, by its code."""
    return {found.reason: sentence(found.reason, found.values) for found in verdict(case).of("C7")}


def one(case: Case, reason: str) -> Finding:
    (found,) = [found for found in verdict(case).of("C7") if found.reason == reason]
    return found


def test_what_leaves_is_said_with_its_worth_and_the_policy_with_its_entry() -> None:
    assert said(story().psbt_case())["C7.judged-by"] == (
        "This pays 250.00000000 BTC, worth 20,000,000 USD. Judged by policy version 1, entry 1 of the log."
    )
    assert said(story().safe_case())["C7.judged-by"].startswith(
        "This pays 20,000,000.000000 USDC, worth 20,000,000 USD."
    )


def test_a_day_is_said_with_what_was_paid_before() -> None:
    found = said(spent(Fraction(480_000_000), day_usd=500_000_000))
    assert found["C7.day"] == (
        "This pays 20,000,000 USD; in the last 24 hours Meridian Capital has already paid 480,000,000 of 500,000,000 USD."
    )


def test_every_rule_of_a_full_policy_is_said() -> None:
    case = with_policy(
        caps=Caps(10**9, 10**9, 10**9), quorums=(Quorum(1, 2),), hours=Hours((1, 2, 3, 4, 5, 6, 7), 0, 1_439)
    )
    assert set(said(case)) == {
        "C7.judged-by", "C7.transaction", "C7.day", "C7.counterparty", "C7.quorum", "C7.within-hours", "C7.destinations",
    }  # fmt: skip
    assert said(case)["C7.quorum"] == (
        "meridian-btc pays 20,000,000 USD with 2 signatures; 2 are needed for that much."
    )
    assert verdict(case).may_sign


def test_what_the_policy_does_not_limit_is_said_once() -> None:
    assert said(story().psbt_case())["C7.unlimited"] == (
        "The policy sets no limit here: cap of a transaction, cap of a day, cap of a counterparty, signatures by amount."
    )


def test_change_is_not_counted_and_extra_outputs_are() -> None:
    honest = leaving(Reading(story().psbt_case()))
    assert honest == (Payment("meridian-btc", world.destination("harbour", world.BTC), world.BTC, world.BTC_UNITS),)
    altered = story(psbt=second_change).psbt_case()
    assert altered.instruction is not None
    assert len(facts(psbts.parse(altered.instruction.data)).outputs) > 2
    assert leaving(Reading(altered)) == honest


def test_each_of_two_paying_vaults_pays_its_own() -> None:
    found = leaving(Reading(two_vaults()))
    assert not isinstance(found, Exception)
    assert {(each.vault, each.units) for each in found} == {
        ("meridian-btc", world.BTC_UNITS),
        ("harbour-btc", 10_000_000_000),
    }


def test_a_void_moves_nothing_to_others_and_officers_hours_hold_for_it() -> None:
    for case in (void_psbt(), void_safe()):
        assert set(said(case)) == {"C7.any-hour", "C7.moves-nothing"}
        assert case.state is not None
        closed = replace(case.state.adopted(), hours=Hours((1,), 0, 1))
        assert "C7.outside-hours" in said(replace(case, state=replace(case.state, policy=closed)))


def test_by_qr_caps_of_a_day_wait_for_an_attestation() -> None:
    scene = story()
    policy = replace(scene.state.adopted(), caps=Caps(None, 10**9, None))
    found = verdict(by_qr(scene, state=replace(scene.state, policy=policy))).of("C7")
    assert [each.blocked_by for each in found if each.status is Status.BLOCKED] == ["L8"]


def test_without_instruction_or_anchor_it_says_why() -> None:
    assert verdict(story().contract_case()).of("C7")[0].status is Status.NOT_APPLICABLE
    assert verdict(story().psbt_case(state=None)).of("C7")[0].blocked_by == "anchor"


def test_looked_at_by_nobody_in_particular_a_destination_is_nobody_s_own() -> None:
    assert one(story().psbt_case(signer=None, mode=Mode.LOOK), "C7.destinations").status is Status.PASS
