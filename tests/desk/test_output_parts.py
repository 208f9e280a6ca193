"""Each part of an output directory is made again from the log; a part that lacks is a finding, not a crash."""

import pytest

from countersign.audit.checkpoint import SignedCheckpoint
from countersign.audit.log import verify_files
from countersign.audit.quorum import Quorum
from countersign.desk import evidence, grounding, output_crossings, output_parts
from countersign.desk.ground import Ground
from countersign.desk.output_parts import Rebuilt
from countersign.desk.reports import Caused
from countersign.review.finding import Finding
from support.finished_settlement import Finished


@pytest.fixture(scope="module")
def ground(files: dict[str, bytes]) -> Ground:
    return grounding.of_pack(evidence.parse(files["evidence.zip"]), None)


@pytest.fixture(scope="module")
def rebuilt(files: dict[str, bytes]) -> Rebuilt:
    head = SignedCheckpoint.parse(files["log/checkpoint"]).checkpoint
    return Rebuilt(verify_files(head, lambda path: files[f"log/{path}"]), Quorum.parse(files["vkeys.json"]))


def everything(files: dict[str, bytes], rebuilt: Rebuilt, ground: Ground, over: Finished) -> list[Finding]:
    return [
        *output_parts.contract(files, rebuilt, ground, over.trade.hash),
        *output_parts.refusals(files, rebuilt),
        *output_parts.bitcoin(files, ground, over.trade.hash),
        *output_parts.ethereum(files, ground, over.trade.hash),
        *output_crossings.crossings(files, rebuilt, ground, over.trade.hash, None),
    ]


def test_all_parts_are_made_again(files: dict[str, bytes], rebuilt: Rebuilt, ground: Ground, over: Finished) -> None:
    found = everything(files, rebuilt, ground, over)
    assert [each for each in found if not each.ok] == []
    looked_at = {each.looked_at for each in found}
    assert {name for name in files if name.startswith(("bitcoin/", "ethereum/"))} <= looked_at


def test_a_part_that_lacks_is_a_finding(
    files: dict[str, bytes], rebuilt: Rebuilt, ground: Ground, over: Finished
) -> None:
    for name in ("contract.json", "contract.tlog-proof", "refusals.json", "refused/altered.event", "usb/answer.countersign",
                 "bitcoin/final.hex", "ethereum/safe.json", "frames/index.json"):  # fmt: skip
        without = {each: data for each, data in files.items() if each != name}
        assert any(not each.ok for each in everything(without, rebuilt, ground, over)), name


def test_another_contracts_parts_are_not_these(files: dict[str, bytes], rebuilt: Rebuilt, ground: Ground) -> None:
    for part in (output_parts.bitcoin, output_parts.ethereum):
        assert any(not each.ok for each in part(files, ground, "00" * 32))
    assert any(not each.ok for each in output_parts.contract(files, rebuilt, ground, "00" * 32))


def test_states_are_named_in_one_line() -> None:
    assert output_parts.named([Caused("c", "agreed", 6), Caused("c", "endorsed", 7)]) == "agreed 6, endorsed 7"
