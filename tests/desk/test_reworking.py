"""Every artefact worked again: a share of another, a missing byte, another transaction are each named."""

from dataclasses import replace

import pytest

from countersign.desk import evidence, grounding
from countersign.desk.ground import Ground
from countersign.desk.randomness import Register
from countersign.desk.reworking import finish, rework
from countersign.desk.shares import verify_share
from countersign.errors import CountersignError
from countersign.review.finding import Status
from countersign.settlement.records import Instruction
from support import settlement_world as world
from support.finished_settlement import Finished


@pytest.fixture(scope="module")
def ground(files: dict[str, bytes]) -> Ground:
    return grounding.of_pack(evidence.parse(files["evidence.zip"]), None)


def both(ground: Ground) -> list[Instruction]:
    return sorted(ground.state.instructions.values(), key=lambda each: each.index)


def test_what_was_logged_is_made_again(ground: Ground) -> None:
    for each in both(ground):
        reasons = [finding.reason for finding in rework(ground, each)]
        assert reasons == ["desk.audit-share", "desk.audit-share", "desk.audit-finished"]


def test_the_finished_transactions_are_those_that_lie_beside(
    ground: Ground, files: dict[str, bytes], over: Finished
) -> None:
    psbt, safe = both(ground)
    shares = [[over.artefacts[one.artefact] for one in each.shares] for each in (psbt, safe)]
    raw, transaction = finish(ground.state, psbt, over.psbt, shares[0])
    assert files["bitcoin/final.hex"] == raw.hex().encode() + b"\n"
    assert transaction == psbt.transaction
    call, none = finish(ground.state, safe, over.safe_tx, shares[1])
    assert files["ethereum/exec_transaction.hex"] == b"0x" + call.hex().encode() + b"\n"
    assert none is None


def test_a_share_under_another_officers_name_is_refused(ground: Ground, over: Finished) -> None:
    for each, prepared in zip(both(ground), (over.psbt, over.safe_tx), strict=True):
        mine, other = each.shares
        data = over.artefacts[mine.artefact]
        verify_share(ground.state, each, mine.vault, mine.keys, prepared, data)
        with pytest.raises(CountersignError):
            verify_share(ground.state, each, mine.vault, other.keys, prepared, data)


def test_what_is_missing_or_other_is_named(ground: Ground) -> None:
    psbt = both(ground)[0]
    for digest in (psbt.artefact, psbt.shares[0].artefact, psbt.finished):
        without = replace(ground, artefact=lambda name, gone=digest: None if name == gone else ground.artefact(name))
        assert "desk.audit-artefact-missing" in {each.reason for each in rework(without, psbt)}
    other = replace(psbt, transaction=world.digest("another"))
    assert [each.reason for each in rework(ground, other)][-1] == "desk.audit-other-finished"


def test_a_share_with_the_r_of_another_signature_of_its_key_is_named(ground: Ground, over: Finished) -> None:
    for each, prepared in zip(both(ground), (over.psbt, over.safe_tx), strict=True):
        last = each.shares[-1]
        (*_, one) = verify_share(ground.state, each, last.vault, last.keys, prepared, over.artefacts[last.artefact])
        for digest, told in ((b"\x05" * 32, ["desk.audit-repeated-r"]), (one.digest, [])):
            seen = Register()
            assert not seen.repeated([replace(one, digest=digest)])
            found = [finding for finding in rework(ground, each, seen) if finding.status is Status.FAIL]
            assert [(finding.check, finding.reason) for finding in found] == [("H8", reason) for reason in told]
