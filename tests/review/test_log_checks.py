"""What the hostile cases leave open about L1 to L6."""

from dataclasses import replace

import pytest

from countersign.audit.checkpoint import Checkpoint
from countersign.audit.tlog_proof import TlogProof
from countersign.errors import Malformed
from countersign.review.case import Case, ContractFacts
from countersign.review.checks import verdict
from countersign.review.finding import Finding, Status
from hostile.log_cases import forked_head
from support import settlement_world as world
from support.review_cases import signed_head, story


def one(case: Case, check: str) -> Finding:
    (found,) = verdict(case).of(check)
    return found


def older_proof(*, root_known: bool) -> Case:
    """The contract's proof leads to an older head, whose root this machine has or has not computed itself."""
    scene = story()
    found = scene.contract(scene.trades[0])
    head = Checkpoint(world.ORIGIN, 9, scene.log.tree.root(9))
    proof = TlogProof(6, scene.log.tree.inclusion_proof(6, 9), signed_head(head, [world.START] * 2).serialise())
    roots = {9: scene.log.tree.root(9)} if root_known else {}
    return scene.contract_case(contracts=(replace(found, proof=proof),), head=scene.head(roots=roots))


def test_a_proof_may_lead_to_an_older_head_whose_root_this_machine_knows() -> None:
    assert one(older_proof(root_known=True), "L3").status is Status.PASS
    assert one(older_proof(root_known=False), "L3").reason == "L3.foreign-head"


def test_another_log_s_checkpoint_is_refused_by_its_origin() -> None:
    scene = story()
    head = signed_head(Checkpoint("another.example/log", 3, bytes(32)), [scene.now], who=[0])
    found = verdict(scene.contract_case(head=scene.head(note=head.serialise())))
    assert found.of("L1")[0].reason == "L1.origin"
    assert found.of("L3")[0].blocked_by == "L1"


@pytest.mark.parametrize("part", ["event", "opening", "proof"])
def test_a_logged_contract_whose_proof_is_not_here_is_blocked_by_what_is_missing(part: str) -> None:
    scene = story()
    facts = scene.contract(scene.trades[0], **{part: None})
    found = one(scene.contract_case(contracts=(facts,)), "L3")
    assert (found.status, found.blocked_by) == (Status.BLOCKED, "tlog-proof" if part == "proof" else part)


@pytest.mark.parametrize("part", ["opening", "proof"])
def test_an_opening_or_a_proof_that_does_not_parse_is_l3_s_fail(part: str) -> None:
    scene = story()
    facts = scene.contract(scene.trades[0], **{part: Malformed("L3.proof-header")})
    assert one(scene.contract_case(contracts=(facts,)), "L3").reason == "L3.proof-header"


def test_the_event_must_be_the_one_that_affirms() -> None:
    scene = story()
    facts = scene.contract(scene.trades[0], event=scene.desk.entries[7].event)
    assert one(scene.contract_case(contracts=(facts,)), "L3").reason == "L3.not-affirmed"


def test_two_roots_leave_both_notes_as_evidence() -> None:
    (found,) = verdict(forked_head()).of("L4")
    assert found.reason == "L4.equivocation"


def test_witnesses_inside_the_program_are_said_to_be_inside() -> None:
    scene = story()
    assert one(scene.contract_case(head=scene.head(insiders=True)), "L5").reason == "L5.witnessed-inside"
    assert one(scene.contract_case(), "L5").reason == "L5.witnessed"


def test_a_machine_without_a_copy_of_the_pin_says_so() -> None:
    scene = story()
    assert one(scene.contract_case(head=scene.head(outside_pin=None)), "L6").reason == "L6.no-outside-pin"


def test_an_unlogged_contract_without_a_replayed_log_is_blocked_not_failed() -> None:
    scene = story()
    facts = ContractFacts(scene.contract(scene.trades[0]).jws)
    found = one(scene.contract_case(contracts=(facts,), state=None), "L3")
    assert (found.status, found.blocked_by) == (Status.BLOCKED, "event")
