"""A pack's own verdicts: its head, its events, its replay, its settlement."""

from dataclasses import replace

import pytest

from countersign.desk import evidence, grounding
from countersign.desk.evidence import Pack
from countersign.desk.pack_checking import fingerprint, judge_pack, replay
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
