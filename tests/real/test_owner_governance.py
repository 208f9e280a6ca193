"""A Safe's owners change on a real node: ordered by two administrators, signed by its owners, sent and observed."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from eth_abi import encode as abi_encode

from countersign.chains.outside import Outside
from countersign.demonstration import cast
from countersign.demonstration.stage import Bearer
from countersign.demonstration.story import Story
from countersign.desk.author import Author
from countersign.desk.ceremony import Keyring
from countersign.desk.console import OfficerConsole
from countersign.errors import Refused
from countersign.ethereum import views
from countersign.ethereum.abi import Address, selector
from countersign.ethereum.safe import SafeVersion
from countersign.formats import eip55
from countersign.review.finding import Status
from countersign.settlement.roster import SafeVault
from support.ethereum_node import AnvilNode, SafeContracts, place_safe_contracts, running_node
from support.software_stage import SoftwareStage, Table, silent
from support.twin_ethereum import relayer

pytestmark = pytest.mark.long
SAFE = cast.BUYER.safe


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


class Scene:
    """A founded desk whose Ethereum chain is a real node; consoles by officer."""

    def __init__(self, table: Table, node: AnvilNode) -> None:
        self.table, self.node = table, node
        self.consoles: dict[str, OfficerConsole] = {}

    async def at(self, officer: str) -> OfficerConsole:
        newest = int(self.node.rpc("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
        self.table.stage.clock.seconds = max(self.table.stage.clock.seconds, newest)
        if officer == cast.OFFICER_A.id and self.table.stage.officer is not None:
            self.consoles[officer] = self.table.stage.officer
        if officer not in self.consoles:
            self.consoles[officer] = await self.table.stage.console(officer, self._bearer(officer))
        console = self.consoles[officer]
        await console.synchronise()
        await console.unlock(self.table.stage.ask_pin)
        return console

    def _bearer(self, officer: str) -> Bearer:
        """The officer's token; that of the vault operator lies in the cold machine's folder and is carried here."""
        if officer in self.table.story.people:
            return self.table.story.people[officer]
        token = self.table.stage.vault.token
        ring = Keyring(token.serial, token.label, token.model, token.public, online=True)
        return Bearer(Author(officer, token.public["identity"], token), ring, token)

    @property
    def vault(self) -> SafeVault:
        found = self.table.desk.state.roster.vaults[SAFE]
        assert isinstance(found, SafeVault)
        return found

    def on_chain(self) -> tuple[set[Address], int]:
        safe = Address(eip55.parse(self.vault.address))
        listed = views.read_addresses(self.node.call(safe, views.ask_owners()))
        return set(listed), views.read_uint(self.node.call(safe, views.ask_threshold()))

    def key(self, officer: str) -> str:
        held = self.table.desk.state.roster.officer(officer).vault_keys("eip155")
        return next(each.key.kid for each in held if each.key.kid in self.vault.keys)

    async def ordered(self, *, remove: str | None = None, threshold: int | None = None) -> None:
        proposer = await self.at("operations")
        view = await proposer.owner_changes.propose(SAFE, add=None, remove=remove, threshold=threshold)
        data = proposer.governance.export(view.id)
        for administrator in ("compliance", "officer-d"):
            console = await self.at(administrator)
            console.governance.take_in(data)
            await console.governance.sign(view.id)
            data = console.governance.export(view.id)
        await console.governance.append(view.id)


@pytest.fixture(scope="module")
def node() -> Iterator[AnvilNode]:
    with running_node() as started:
        yield started


@pytest.fixture
async def scene(node: AnvilNode, tmp_path: Path) -> Scene:
    stage = SoftwareStage(tmp_path)
    contracts = place_safe_contracts(node, SafeVersion(1, 4, 1))
    stage.outside = Mixed(stage, contracts)
    stage.ethereum = relayer(node)  # type: ignore[assignment]
    newest = int(node.rpc("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
    stage.clock.seconds = max(stage.clock.seconds, newest)
    table = Table(stage, Story(stage, tmp_path / "out"))
    await table.until("step-found")
    return Scene(table, node)


async def test_an_owner_goes_by_order_and_the_roster_follows_the_chain(scene: Scene) -> None:
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


async def test_who_ordered_it_does_not_sign_it_and_another_call_is_not_what_was_ordered(scene: Scene) -> None:
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
