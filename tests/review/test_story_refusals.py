"""The three refusals of the story: each file differs from an accepted one by one field and what follows from it."""

from dataclasses import replace

from countersign.bitcoin import psbt as psbts
from countersign.ethereum import safe_file
from countersign.keys import jws as jose
from countersign.resources.text import sentence
from countersign.review.case import Case, ContractFacts
from countersign.review.checks import verdict
from countersign.review.finding import Status
from hostile.bitcoin_changes import recipient, to_attacker
from support import settlement_world as world
from support.review_cases import story


def fails(case: Case) -> set[str]:
    return {finding.check for finding in verdict(case).findings if finding.status is Status.FAIL}


def with_bytes(case: Case, data: bytes) -> Case:
    assert case.instruction is not None
    return replace(case, instruction=replace(case.instruction, data=data))


def test_a_recipient_altered_after_review_is_refused_by_b8_as_other_bytes_by_c5_and_as_unregistered_by_c7() -> None:
    scene = story()
    case = scene.psbt_case()
    altered = psbts.serialise(to_attacker(psbts.parse(scene.psbt)))
    assert fails(with_bytes(case, altered)) == {"B8", "C5", "C7"}
    assert verdict(with_bytes(case, scene.psbt)).may_sign


def test_one_satoshi_is_enough() -> None:
    scene = story()
    altered = psbts.serialise(recipient(1)(psbts.parse(scene.psbt)))  # type: ignore[arg-type]
    assert fails(with_bytes(scene.psbt_case(), altered)) == {"B8", "C5"}


def test_operation_1_with_its_own_hash_is_refused_by_e3() -> None:
    scene = story()
    tx = safe_file.parse(scene.safe_tx).tx
    altered = safe_file.serialise(replace(tx, operation=1))
    assert safe_file.parse(altered).agrees
    assert fails(with_bytes(scene.safe_case(), altered)) == {"E3", "C5"}
    assert verdict(with_bytes(scene.safe_case(), scene.safe_tx)).may_sign


def test_a_contract_that_is_not_in_the_log_is_stopped_by_l3_and_not_c3() -> None:
    scene = story()
    terms = replace(scene.trades[0].contract.terms, id="MH-2026-0002")
    unlogged = jose.serialise(world.signed_contract(terms).jws)
    case = scene.contract_case(contracts=(ContractFacts(unlogged),))
    assert fails(case) == {"L3"}
    (finding,) = verdict(case).of("L3")
    assert "is not in the log" in sentence(finding.reason, finding.values)
    assert all(found.status is Status.PASS for found in verdict(case).of("C3"))
    assert verdict(scene.contract_case()).may_sign
