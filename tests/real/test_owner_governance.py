"""A Safe's owners change on a real node: ordered by two administrators, signed by its owners, sent and observed."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from eth_abi import encode as abi_encode

from countersign.chains.outside import Outside
from countersign.demonstration import cast
from countersign.demonstration.story import Story
from countersign.desk.console import OfficerConsole
from countersign.errors import Refused
from countersign.ethereum import views
from countersign.ethereum.abi import Address, selector
from countersign.ethereum.safe import SafeVersion
from countersign.formats import eip55
from countersign.review.finding import Status
from support.ethereum_node import AnvilNode, SafeContracts, place_safe_contracts, running_node
from support.owner_scene import SAFE, Scene
from support.software_stage import SoftwareStage, Table, silent
from support.twin_ethereum import relayer

pytestmark = pytest.mark.long


class Mixed(Outside):
    """The outside world on an embedded Bitcoin chain and a real Ethereum node."""

    def __init__(self, stage: SoftwareStage, contracts: SafeContracts) -> None:
        super().__init__(stage.bitcoin, stage.ethereum)
        self.contracts, self.deployed = contracts, 0
        self.erc20, self.second = contracts.deploy_token(), contracts.deploy_token()

    def safe_address(self, owners: Sequence[bytes], threshold: int) -> str:
        self.deployed += 1
        return eip55.checksum(self.contracts.new_safe([Address(each) for each in owners], threshold, self.deployed))

    def token(self) -> str:
        return f"{cast.ETHEREUM}/erc20:{eip55.checksum(self.erc20)}"

    def euro(self) -> str:
        return f"{cast.ETHEREUM}/erc20:{eip55.checksum(self.second)}"

    def pay_tokens(self, safe: str, amount: int, token: str | None = None) -> str:
        call = selector("transfer(address,uint256)") + abi_encode(["address", "uint256"], [safe, amount])
        return f"{self.contracts.node.send(call, self.erc20)['transactionHash']}:0"


class OnNode(Scene):
    """A founded desk whose Ethereum chain is a real node."""

    def __init__(self, table: Table, node: AnvilNode) -> None:
        super().__init__(table)
        self.node = node

    async def at(self, officer: str) -> OfficerConsole:
        newest = int(self.node.rpc("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
        self.table.stage.clock.seconds = max(self.table.stage.clock.seconds, newest)
        return await super().at(officer)

    def on_chain(self) -> tuple[set[Address], int]:
        safe = Address(eip55.parse(self.vault.address))
        listed = views.read_addresses(self.node.call(safe, views.ask_owners()))
        return set(listed), views.read_uint(self.node.call(safe, views.ask_threshold()))


@pytest.fixture(scope="module")
def node() -> Iterator[AnvilNode]:
    with running_node() as started:
        yield started


@pytest.fixture
async def scene(node: AnvilNode, tmp_path: Path) -> OnNode:
    stage = SoftwareStage(tmp_path)
    contracts = place_safe_contracts(node, SafeVersion(1, 4, 1))
    stage.outside = Mixed(stage, contracts)
    stage.ethereum = relayer(node)  # type: ignore[assignment]
    newest = int(node.rpc("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
    stage.clock.seconds = max(stage.clock.seconds, newest)
    table = Table(stage, Story(stage, tmp_path / "out"))
    await table.until("step-found")
    return OnNode(table, node)


async def test_an_owner_goes_by_order_and_the_roster_follows_the_chain(scene: OnNode) -> None:
    before, gone = scene.vault, scene.key("officer-d")
    await scene.ordered(remove=gone)
    assert scene.vault == before
    for officer in ("officer-a", "officer-c"):
        console = await scene.at(officer)
        view = await console.owner_changes.look(SAFE)
        assert view.change.call.startswith("removeOwner(owner ")
        assert not view.instruction.verdict.against
        await console.owner_changes.sign(SAFE, silent)
    operations = await scene.at("operations")
    await operations.owner_changes.send(SAFE)
    assert scene.vault == before
    await operations.owner_changes.observe(SAFE)
    assert set(scene.vault.keys) == set(before.keys) - {gone}
    listed, threshold = scene.on_chain()
    wanted = {Address(scene.table.desk.state.roster.key(kid).key.ethereum_address()) for kid in scene.vault.keys}
    assert (listed, threshold) == (wanted, 2)
    with pytest.raises(Refused) as caught:
        await operations.owner_changes.look(SAFE)
    assert caught.value.code == "desk.no-order"


async def test_who_ordered_it_does_not_sign_it_and_another_call_is_not_what_was_ordered(scene: OnNode) -> None:
    """Nothing but the ordered bytes: a call for another threshold, kept under the order's name, fails E4 and C5."""
    await scene.ordered(threshold=3)
    console = await scene.at("officer-d")
    with pytest.raises(Refused) as caught:
        await console.owner_changes.sign(SAFE, silent)
    assert {each.check for each in caught.value.findings if each.status is Status.FAIL} == {"C5"}
    operations = await scene.at("operations")
    with pytest.raises(Refused) as caught:
        await operations.owner_changes.send(SAFE)
    assert caught.value.code == "settlement.no-quorum"
    await operations.owner_changes.propose(SAFE, add=None, remove=None, threshold=None)


async def test_what_a_node_takes_back_is_found_taken_back_and_sent_again(scene: OnNode) -> None:
    """A real reorganisation behind the policy's confirmations: the log says one thing, the Safe another, until both agree."""
    before, gone = scene.vault, scene.key("officer-d")
    await scene.ordered(remove=gone)
    await scene.signed("officer-a", "officer-c")
    operations = await scene.at("operations")
    snapshot = scene.node.rpc("evm_snapshot")
    await operations.owner_changes.send(SAFE)
    await operations.owner_changes.observe(SAFE)
    assert gone not in scene.vault.keys
    assert scene.node.rpc("evm_revert", snapshot)
    operations = await scene.at("operations")
    with pytest.raises(Refused) as caught:
        await operations.owner_changes.propose(SAFE, add=None, remove=None, threshold=2)
    assert caught.value.code == "E10.order-unseen"
    await operations.owner_changes.observe(SAFE)
    assert (scene.vault.keys, scene.vault.threshold) == (before.keys, before.threshold)
    await operations.owner_changes.send(SAFE)
    await operations.owner_changes.observe(SAFE)
    assert gone not in scene.vault.keys
    wanted = {Address(scene.table.desk.state.roster.key(kid).key.ethereum_address()) for kid in scene.vault.keys}
    assert scene.on_chain() == (wanted, 2)
