"""The story on a real regtest Bitcoin Core and a real Ethereum node with the real Safe 1.4.1 and an ERC-20, real tokens too.

Only the chains and the outside world are other than in the demonstration; every step is the same. The relayer's key is a
software key that owns no Safe: the custodian's token for it comes with a later issue.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from countersign.demonstration import cast
from countersign.demonstration.evening import UNITS
from countersign.demonstration.story import Story
from countersign.desk import export
from countersign.ethereum.abi import Address
from countersign.formats import eip55
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


async def test_the_whole_story_settles_on_real_nodes(bitcoin: RegtestNode, ethereum: AnvilNode, tmp_path: Path) -> None:
    softhsm_module()
    stage = RealStage(tmp_path / "work", bitcoin, ethereum)
    story = Story(stage, tmp_path / "out")
    await stage.open()
    try:
        for _, key, step in story.steps:
            await step()
            if key == "step-release":
                bitcoin.mine(cast.CONFIRMATIONS)
        states = [each["state"] for each in export.states(story.console().replica, story.contract)]
        live = {each.group.kind: each for each in stage.desk.state.live(stage.desk.state.cycle(story.cycle))}
    finally:
        await stage.aclose()
    assert states[-1] == "final"
    assert len(states) == 9
    spent = bitcoin.rpc("getrawtransaction", live["psbt"].transaction, True)
    assert len(spent["vin"]) == 3
    assert spent["confirmations"] >= cast.CONFIRMATIONS
    assert ethereum.rpc("eth_getTransactionReceipt", live["safe-tx"].transaction)["status"] == "0x1"
    assert {book.vault: book.chain for book in story.books}[cast.SELLER.safe] == cast.PAID
    assert all(book.ledger == book.chain for book in story.books)
    assert story.market is not None
    evening = [stage.desk.state.contract(each).state.value for each in story.market.contracts.values()]
    assert (evening.count("final"), evening.count("disputed"), evening.count("endorsed")) == (38, 1, 1)
    fund, other = (
        stage.desk.state.roster.vaults[book.safe] for book in (cast.NEWCOMERS[2].trading, cast.BUYER.trading)
    )
    places = [Address(eip55.parse(vault.address)) for vault in (fund, other)]  # type: ignore[union-attr]
    assert [ethereum.balance(place) for place in places] == [0, 100 * UNITS["ETH"]]
    for each in stage.desk.state.live(stage.desk.state.cycle(story.market.cycle)):
        if each.group.kind == "psbt":
            assert bitcoin.rpc("getrawtransaction", each.transaction, True)["confirmations"] >= cast.CONFIRMATIONS
        else:
            assert ethereum.rpc("eth_getTransactionReceipt", each.transaction)["status"] == "0x1"
