"""What the hostile cases leave open about E9."""

from dataclasses import replace

from immutables import Map

from countersign.ethereum import safe_file
from countersign.review.case import Case, InstructionFacts, Mode, SignerFacts
from countersign.review.checks import verdict
from countersign.review.finding import Status
from support import settlement_world as world
from support.review_cases import safe_share, story


def listed(owner: str, signed_by: str, *, other_transaction: bool = False) -> Case:
    """A service lists `signed_by`'s signature under `owner`'s name."""
    scene = story()
    data = scene.safe_tx
    if other_transaction:
        tx = safe_file.parse(data).tx
        data = safe_file.serialise(replace(tx, nonce=tx.nonce + 1))
    name = world.vault_key(owner, "eip155", "harbour").public.ethereum_address()
    case = scene.safe_case(mode=Mode.LOOK, signer=None)
    assert case.instruction is not None
    given = ((name, safe_share(data, signed_by).data),)
    return replace(case, instruction=replace(case.instruction, confirmations=given))


def reasons(case: Case) -> list[str]:
    return [finding.reason for finding in verdict(case).of("E9")]


def test_a_listed_signature_must_be_that_owner_s_over_this_transaction() -> None:
    assert reasons(listed("officer-c", "officer-c")) == ["E9.owners-signed"]
    assert reasons(listed("officer-d", "officer-c")) == ["E9.listed"]
    assert reasons(listed("officer-c", "officer-c", other_transaction=True)) == ["E9.listed"]


def test_every_wrong_signature_is_a_finding_of_its_own() -> None:
    case = listed("officer-d", "officer-c")
    assert case.instruction is not None
    twice = case.instruction.confirmations * 2
    assert reasons(replace(case, instruction=replace(case.instruction, confirmations=twice))) == ["E9.listed"] * 2


def test_who_signs_must_be_an_owner() -> None:
    key = world.identity("compliance").public
    assert reasons(story().safe_case(signer=SignerFacts("compliance", key))) == ["E9.no-own-key"]


def test_an_officer_or_a_key_that_is_no_longer_registered_is_named() -> None:
    scene = story()
    key = world.identity("compliance").public
    assert reasons(scene.safe_case(signer=SignerFacts("gone", key))) == ["settlement.unknown-officer"]
    roster = replace(scene.state.roster, keys=Map())
    assert reasons(scene.safe_case(state=replace(scene.state, roster=roster))) == ["E9.no-own-key"]


def test_good_signatures_without_an_anchor_are_blocked_not_passed() -> None:
    scene = story()
    facts = InstructionFacts("safe-tx", scene.safe_tx, shares=(safe_share(scene.safe_tx, "officer-c"),))
    (found,) = verdict(Case(Mode.LOOK, instruction=facts)).of("E9")
    assert (found.status, found.blocked_by) == (Status.BLOCKED, "anchor")
