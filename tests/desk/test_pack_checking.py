"""A pack's own verdicts: its head, its events, its replay, its settlement."""

from dataclasses import replace

import pytest

from countersign.audit.quorum import Quorum
from countersign.desk import evidence, grounding
from countersign.desk.evidence import Pack
from countersign.desk.pack_checking import fingerprint, head, judge_pack, replay
from countersign.review import log_checks
from countersign.review.case import Case, HeadFacts, Mode
from countersign.review.reading import Reading
from support import review_cases
from support.finished_settlement import Finished


@pytest.fixture(scope="module")
def pack(files: dict[str, bytes]) -> Pack:
    return evidence.parse(files["evidence.zip"])


def against(pack: Pack, over: Finished) -> set[str]:
    trust = review_cases.quorum()
    judged = judge_pack(pack, "pack", grounding.of_pack(pack, trust), trust, over.now)
    return {each.reason for one in judged for each in one.verdict.findings if not each.ok}


def test_the_contract_and_both_instructions_are_judged_as_history(pack: Pack, over: Finished) -> None:
    trust = review_cases.quorum()
    judged = judge_pack(pack, "pack", grounding.of_pack(pack, trust), trust, over.now)
    assert [each.about[0] for each in judged] == ["pack", "pack", "pack: psbt", "pack: safe-tx"]
    assert all(each.as_of is not None for each in judged)
    assert against(pack, over) == set()


def test_a_missing_artefact_and_a_foreign_proof_are_named(pack: Pack, over: Finished) -> None:
    ground = grounding.of_pack(pack, None)
    prepared = {each.artefact for each in ground.state.instructions.values()}
    bare = replace(pack, artefacts={name: data for name, data in pack.artefacts.items() if name not in prepared})
    assert "desk.audit-artefact-missing" in against(bare, over)
    first, *rest = pack.exhibits
    elsewhere = replace(first, proof=replace(first.proof, checkpoint=first.proof.checkpoint + b"\n"))
    assert "desk.pack-other-head" in against(replace(pack, exhibits=(elsewhere, *rest)), over)


def test_the_fingerprint_names_the_pack(pack: Pack) -> None:
    found = fingerprint("evidence.zip", pack)
    assert (found.about, found.sha256, found.words) == ("evidence.zip", pack.fingerprint.hex(), pack.words)


def test_a_signer_whose_key_was_withdrawn_since_is_no_stranger(pack: Pack, over: Finished) -> None:
    trust = review_cases.quorum()
    ground = grounding.of_pack(pack, trust)
    roster, kid = ground.state.roster, pack.keys[0].kid
    gone = replace(roster, keys=roster.keys.delete(kid), retired=roster.retired.set(kid, roster.keys[kid]))
    since = replace(ground, state=replace(ground.state, roster=gone))
    assert [each.reason for each in replay(pack, since) if not each.ok] == []
    lacking = replace(pack, keys=pack.keys[1:])
    assert [each.reason for each in replay(lacking, since) if not each.ok] == ["desk.audit-differs"]


def test_a_policy_content_with_one_witness_does_not_make_one_enough(pack: Pack, over: Finished) -> None:
    """Whoever makes a pack may make its policy: the reader's own keys demand more than half. Near miss: both signed."""
    trust = Quorum.parse(review_cases.quorum().serialise())
    ground = grounding.of_pack(pack, trust)
    assert ground.state.policy is not None
    lax = replace(ground.state.policy, witnesses=replace(ground.state.policy.witnesses, quorum=1))
    state = replace(ground.state, policy=lax)
    signed = pack.checkpoint.checkpoint
    one, both = review_cases.signed_head(signed, [over.now], [0]), review_cases.signed_head(signed, [over.now] * 2)
    found = [each for each in head(replace(pack, checkpoint=one), trust, state) if not each.ok]
    assert [each.reason for each in found] == ["L5.majority"]
    assert found[0].values == {"have": 1, "need": 2, "asked": 1, "of": 2}
    assert [each for each in head(replace(pack, checkpoint=both), trust, state) if not each.ok] == []
    facts = HeadFacts(one.serialise(), grounding.effective(trust, state), None, entry_ms=0)
    (judged,) = log_checks.witnesses(Reading(Case(mode=Mode.HISTORY, head=facts)))
    assert (judged.reason, judged.ok) == ("L5.majority", False)
