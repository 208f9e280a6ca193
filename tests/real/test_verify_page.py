"""docs/verify.md to its last step: the pack of a settlement that is on a real Bitcoin Core and a real Ethereum node.

Nodes that hold other chains than the settlement's do not let it pass.
"""

from pathlib import Path

import pytest

from countersign.demonstration import cast
from countersign.demonstration.story import Story
from countersign.desk import evidence
from support import verify_page
from support.bitcoin_node import RegtestNode
from support.ethereum_node import running_node
from support.parts import bitcoind, softhsm_module
from support.real_stage import MATURED, RealStage

pytestmark = pytest.mark.long


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


async def test_every_command_agrees_with_real_nodes(tmp_path: Path) -> None:
    softhsm_module()
    page, found = verify_page.blocks(), verify_page.tools()
    with running_node() as ethereum, RegtestNode(bitcoind(), tmp_path / "bitcoind") as bitcoin:
        bitcoin.mine(MATURED)
        pack = await settled(RealStage(tmp_path / "work", bitcoin, ethereum), tmp_path / "out", bitcoin)
        (tmp_path / "evidence.zip").write_bytes(evidence.serialise(pack))
        (tmp_path / "vkeys.json").write_bytes(pack.files["vkeys.json"])
        found |= {"bitcoin": command(bitcoin), "ETH_RPC_URL": ethereum.url}
        run = verify_page.play(tmp_path, page, found)
        assert (run.code, run.step, run.complaint) == (0, 0, "")
        confirmations, block = run.printed[-2:]
        assert confirmations == f"Bitcoin: {cast.CONFIRMATIONS} confirmations\n"
        assert block.startswith("Ethereum: executed in block ")
        with running_node() as empty, RegtestNode(bitcoind(), tmp_path / "empty") as young:
            for elsewhere in (f"export ETH_RPC_URL={empty.url}", f"bitcoin='{command(young)}'"):
                run = verify_page.play(tmp_path, page, found, {len(page) - 2: elsewhere})
                assert (run.code != 0, run.step) == (True, 12), elsewhere


def command(node: RegtestNode) -> str:
    """How `bitcoin-cli` finds this node."""
    return f"bitcoin-cli -regtest -datadir={node.folder} -rpcport={node.port}"
