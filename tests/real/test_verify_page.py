"""docs/verify.md to its last step: the pack of a settlement that is on a real Bitcoin Core and a real Ethereum node."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from countersign.demonstration import cast
from countersign.demonstration.story import Story
from countersign.desk import evidence
from support import verify_page
from support.bitcoin_node import RegtestNode
from support.ethereum_node import AnvilNode, running_node
from support.parts import bitcoind, softhsm_module
from support.real_stage import MATURED, RealStage

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def bitcoin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegtestNode]:
    with RegtestNode(bitcoind(), tmp_path_factory.mktemp("bitcoind")) as node:
        node.mine(MATURED)
        yield node


@pytest.fixture(scope="module")
def ethereum() -> Iterator[AnvilNode]:
    with running_node() as node:
        yield node


async def settled(stage: RealStage, folder: Path, bitcoin: RegtestNode) -> evidence.Pack:
    """The story until its contract is final; its pack."""
    story = Story(stage, folder)
    await stage.open()
    try:
        for _, key, step in story.steps:
            await step()
            if key == "step-release":
                bitcoin.mine(cast.CONFIRMATIONS)
            if key == "step-final":
                break
        return evidence.gather(story.console().replica, story.contract)
    finally:
        await stage.aclose()


async def test_every_command_agrees_with_real_nodes(bitcoin: RegtestNode, ethereum: AnvilNode, tmp_path: Path) -> None:
    softhsm_module()
    found = verify_page.tools()
    pack = await settled(RealStage(tmp_path / "work", bitcoin, ethereum), tmp_path / "out", bitcoin)
    (tmp_path / "evidence.zip").write_bytes(evidence.serialise(pack))
    (tmp_path / "vkeys.json").write_bytes(pack.files["vkeys.json"])
    nodes = {
        "bitcoin": f"bitcoin-cli -regtest -datadir={bitcoin.folder} -rpcport={bitcoin.port}",
        "ETH_RPC_URL": ethereum.url,
    }
    page, last = verify_page.blocks(), len(verify_page.blocks()) - 1
    run = verify_page.play(tmp_path, page, found | nodes)
    assert (run.code, run.step, run.complaint) == (0, 0, "")
    confirmations, block = run.printed[-1].splitlines()
    assert confirmations == f"Bitcoin: {cast.CONFIRMATIONS} confirmations"
    assert block.startswith("Ethereum: executed in block ")
    with running_node() as empty:
        elsewhere = verify_page.play(tmp_path, page, found | nodes, {last: f"export ETH_RPC_URL={empty.url}"})
    assert (elsewhere.code != 0, elsewhere.step) == (True, 10)
    never = verify_page.play(tmp_path, page, found | nodes, {last: f"txid={'00' * 32}"})
    assert (never.code != 0, never.step) == (True, 10)
