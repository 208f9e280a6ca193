"""Real Safes of every release (1.3.0, 1.4.1, 1.5.0) on a real node: whatever changes of one, E10 finds it, by name.

Each release's contracts are the published ones. The code stands at its canonical address, as on every chain.
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from eth_abi import encode as abi_encode

from countersign.chains.ethereum_rpc import EthereumRpc
from countersign.desk.ports import EthereumNode
from countersign.errors import Unavailable
from countersign.ethereum import deployments, erc20, execute, multisend, safe_storage, views
from countersign.ethereum.abi import Address, selector
from countersign.ethereum.multisend import InnerCall
from countersign.ethereum.safe import DELEGATECALL, SafeVersion, plain_tx
from countersign.ethereum.storage_root import mapped
from countersign.formats import eip55
from countersign.formats.keccak import keccak256
from countersign.rails import safe_state
from countersign.settlement.roster import Roster, SafeVault
from countersign.settlement.safe_state import SafeState
from support import settlement_world as world
from support.ethereum_mutations import blob
from support.ethereum_node import (
    CHAIN_ID,
    RELEASES,
    ZERO,
    AnvilNode,
    artifact_of,
    contract_name,
    deploy,
    hexed,
    place_safe_contracts,
    receipt_logs,
    released,
    running_node,
)
from support.software_keys import SoftwareKey
from support.twin_ethereum import relayer

MODULE = "0x" + "07" * 20
APPROVED_HASHES = 8
WITH_MODULE_GUARD = SafeVersion(1, 5, 0)
GUARDS = "examples/guards"


@pytest.fixture(scope="module")
def node() -> Iterator[AnvilNode]:
    with running_node() as started:
        yield started


class Registered:
    """Harbour's Safe as the roster of the tests has it, deployed on the node with exactly those owners."""

    def __init__(self, node: AnvilNode, release: SafeVersion, salt: int) -> None:
        desk = world.founded()
        self.release = release
        self.node, self.roster = node, desk.state.roster
        self.keys: tuple[SoftwareKey, ...] = tuple(
            sorted(
                (world.vault_key(name, "eip155", "harbour") for name in world.COSIGNERS),
                key=lambda key: key.public.ethereum_address(),
            )
        )
        contracts = place_safe_contracts(node, release)
        self.safe = contracts.new_safe([Address(key.public.ethereum_address()) for key in self.keys], 2, salt)
        vault = self.roster.vaults["harbour-safe"]
        assert isinstance(vault, SafeVault)
        self.vault = SafeVault(
            vault.id, vault.owner, vault.chain, 2, eip55.checksum(self.safe), str(release),
            eip55.checksum(contracts.singleton), eip55.checksum(contracts.fallback_handler), vault.keys,
        )  # fmt: skip
        self.adapter: EthereumNode = _adapter(node)
        self.nonce = 0

    def does(self, signature: str, types: list[str], values: list[object], to: Address | None = None) -> None:
        """Two owners let the Safe call itself."""
        data = selector(signature) + abi_encode(types, values)
        tx = plain_tx(CHAIN_ID, self.safe, to or self.safe, 0, data, self.nonce)
        receipt = self.node.send(execute.encode(tx, blob(tx, list(self.keys[:2]))), self.safe)
        assert receipt["status"] == "0x1", receipt
        self.nonce += 1

    async def read(self) -> SafeState:
        seen = await self.adapter.safe_states([self.vault.address])
        assert seen.chain == self.vault.chain
        return seen.safes[0]

    async def drifted(self, roster: Roster | None = None) -> list[str]:
        found = safe_state.differences(await self.read(), self.vault, roster or self.roster, self.nonce)
        assert all(each.expected != each.found for each in found)
        return [each.code for each in found]

    async def rooted(self) -> bool:
        """Whether its storage holds what its answers say, and nothing else."""
        seen = await self.adapter.safe_states([self.vault.address])
        return await self.adapter.storage_root(self.vault.address, seen.block) in safe_state.storage_roots(
            seen.safes[0]
        )


_ADAPTERS: dict[int, EthereumRpc] = {}


def _adapter(node: AnvilNode) -> EthereumRpc:
    return _ADAPTERS.setdefault(node.port, relayer(node))


@pytest.fixture(params=RELEASES, ids=str)
def safe(node: AnvilNode, request: pytest.FixtureRequest) -> Registered:
    return Registered(node, request.param, abs(hash(request.node.name)) % 2**62)


async def test_the_safe_that_is_registered_has_not_drifted(safe: Registered) -> None:
    assert await safe.drifted() == []
    safe.nonce = 1
    assert await safe.drifted() == ["E10.nonce"]


CHANGES: dict[str, tuple[str, list[str], list[object]]] = {
    "E10.owners": ("swapOwner(address,address,address)", [], []),
    "E10.threshold": ("changeThreshold(uint256)", ["uint256"], [3]),
    "E10.modules": ("enableModule(address)", ["address"], [MODULE]),
    "E10.fallback-handler": ("setFallbackHandler(address)", ["address"], [ZERO]),
}


@pytest.mark.parametrize("code", CHANGES)
async def test_what_its_owners_changed_is_found_by_name(safe: Registered, code: str) -> None:
    signature, types, values = CHANGES[code]
    if not types:
        first = (await safe.adapter.safe_owners(safe.vault.address))[0][0]
        types, values = ["address"] * 3, [hexed(safe_storage.SENTINEL), first, MODULE]
    safe.does(signature, types, values)
    assert await safe.drifted() == [code]


async def test_a_guard_is_found(safe: Registered) -> None:
    guard = deploy(safe.node, f"{GUARDS}/DebugTransactionGuard.sol/DebugTransactionGuard", safe.release)
    safe.does("setGuard(address)", ["address"], [hexed(guard)])
    assert await safe.drifted() == ["E10.guard"]


async def test_a_module_guard_is_found(safe: Registered) -> None:
    """Releases before 1.5.0 have none and would not ask it; the slot is what a later release writes."""
    if safe.release < WITH_MODULE_GUARD:
        store(safe, safe_storage.MODULE_GUARD_SLOT, Address(b"\x0a" * 20))
    else:
        guard = deploy(safe.node, f"{GUARDS}/ReentrancyTransactionGuard.sol/ReentrancyTransactionGuard", safe.release)
        safe.does("setModuleGuard(address)", ["address"], [hexed(guard)])
    assert await safe.drifted() == ["E10.module-guard"]


async def test_another_singleton_is_found_by_its_place_and_its_code(safe: Registered) -> None:
    other = deploy(safe.node, released("SafeL2", safe.release), safe.release)
    store(safe, safe_storage.SINGLETON_SLOT, other)
    assert await safe.drifted() == ["E10.singleton"]  # SafeL2 is a released code as well, at a place nobody registered
    hollow = Address(b"\x09" * 20)
    code = bytes.fromhex(artifact_of(released("Safe", safe.release), safe.release)["deployedBytecode"][2:])
    safe.node.rpc("anvil_setCode", hexed(hollow), hexed(code[:-1] + bytes([code[-1] ^ 1])))
    store(safe, safe_storage.SINGLETON_SLOT, hollow)
    assert await safe.drifted() == ["E10.singleton", "E10.singleton-code"]


async def test_a_safe_moved_to_another_release_is_found_by_its_version_too(safe: Registered) -> None:
    """What a migration contract does through a delegate call: the proxy points at another release's singleton."""
    other = RELEASES[(RELEASES.index(safe.release) + 1) % len(RELEASES)]
    store(safe, safe_storage.SINGLETON_SLOT, place_safe_contracts(safe.node, other).singleton)
    assert await safe.drifted() == ["E10.singleton", "E10.singleton-code", "E10.version"]


async def test_a_proxy_of_other_code_is_found(safe: Registered) -> None:
    code = bytes.fromhex(safe.node.rpc("eth_getCode", hexed(safe.safe), "latest")[2:])
    safe.node.rpc("anvil_setCode", hexed(safe.safe), hexed(code[:-1] + bytes([code[-1] ^ 1])))
    assert await safe.drifted() == ["E10.proxy-code"]


async def test_through_a_token_for_its_handler_a_safe_pays_whoever_asks_and_is_refused_though_it_is_registered(
    safe: Registered,
) -> None:
    token, stranger = deploy(safe.node, "test/ERC20Token.sol/ERC20Token"), Address(b"\x0b" * 20)
    safe.node.send(erc20.encode(erc20.Transfer(safe.safe, 5)), token)
    safe.node.send(erc20.encode(erc20.Transfer(stranger, 5)), safe.safe)
    assert views.read_uint(safe.node.call(token, views.ask_balance(safe.safe))) == 5
    safe.does("setFallbackHandler(address)", ["address"], [hexed(token)])
    safe.node.send(erc20.encode(erc20.Transfer(stranger, 5)), safe.safe)  # nobody signed anything
    assert views.read_uint(safe.node.call(token, views.ask_balance(stranger))) == 5
    safe.vault = replace(safe.vault, fallback_handler=eip55.checksum(token))
    assert await safe.drifted() == ["E10.handler"]


async def test_whoever_no_list_leads_to_acts_all_the_same_and_the_root_of_the_storage_tells(safe: Registered) -> None:
    """What the code that `setup` runs may write: E10's questions to the Safe show nothing of it."""
    token, attacker = (
        deploy(safe.node, "test/ERC20Token.sol/ERC20Token"),
        Address(bytes.fromhex(safe.node.accounts[0][2:])),
    )
    safe.node.send(erc20.encode(erc20.Transfer(safe.safe, 5)), token)
    assert await safe.rooted()
    hidden = mapped(safe_storage.MODULES, attacker)
    store(safe, hidden, Address(bytes(19) + b"\x01"))
    assert await safe.drifted() == []
    assert not await safe.rooted()
    paid = erc20.encode(erc20.Transfer(attacker, 5))
    taken = selector("execTransactionFromModule(address,uint256,bytes,uint8)") + abi_encode(
        ["address", "uint256", "bytes", "uint8"], [hexed(token), 0, paid, 0]
    )
    safe.node.send(taken, safe.safe)  # nobody signed anything
    assert views.read_uint(safe.node.call(token, views.ask_balance(safe.safe))) == 0


@pytest.mark.parametrize("mapping", [safe_storage.OWNERS, APPROVED_HASHES], ids=["an owner", "an approval"])
async def test_an_owner_or_an_approval_that_nobody_can_list_is_told_by_the_root(safe: Registered, mapping: int) -> None:
    assert await safe.rooted()
    store(safe, mapped(mapping, Address(b"\x0c" * 20)), Address(bytes(19) + b"\x01"))
    assert (await safe.drifted(), await safe.rooted()) == ([], False)


async def test_a_safe_that_its_owners_changed_keeps_nothing_besides(safe: Registered) -> None:
    """But for an owner who went: anvil goes on counting his slot, which is zero. A node that keeps a chain does not."""
    safe.does("addOwnerWithThreshold(address,uint256)", ["address", "uint256"], [MODULE, 2])
    safe.does("setFallbackHandler(address)", ["address"], [ZERO])
    safe.does("changeThreshold(uint256)", ["uint256"], [3])
    assert await safe.rooted()


async def test_where_no_multi_send_stands_a_batch_succeeds_and_pays_nobody_and_is_refused(safe: Registered) -> None:
    token, there = deploy(safe.node, "test/ERC20Token.sol/ERC20Token"), multisend.pinned(safe.release)
    safe.node.send(erc20.encode(erc20.Transfer(safe.safe, 5)), token)
    paid = [InnerCall(token, 0, erc20.encode(erc20.Transfer(Address(bytes([each]) * 20), each))) for each in (2, 3)]
    tx = replace(plain_tx(CHAIN_ID, safe.safe, there, 0, multisend.serialise(paid), 0), operation=DELEGATECALL)
    call = execute.encode(tx, blob(tx, list(safe.keys[:2])))
    assert await safe.adapter.test(safe.vault.address, call) is None
    assert all(each.agrees for each in safe_state.parts(await safe.read(), safe.vault, safe.roster, 0, batch=True))
    safe.node.rpc("anvil_setCode", hexed(there), "0x")
    safe.node.rpc("evm_mine")
    assert await safe.adapter.test(safe.vault.address, call) == "no contract answers"
    parts = safe_state.parts(await safe.read(), safe.vault, safe.roster, 0, batch=True)
    assert [each.code for each in parts if not each.agrees] == ["E10.multi-send-code"]
    logs = receipt_logs(safe.node.send(call, safe.safe))
    assert views.outcome(safe.safe, tx.digest, logs) is views.Outcome.SUCCESS
    assert views.read_uint(safe.node.call(token, views.ask_balance(safe.safe))) == 5


async def test_a_block_that_was_reorganised_away_is_not_read(safe: Registered) -> None:
    mark = safe.node.rpc("evm_snapshot")
    safe.node.rpc("evm_mine")
    seen = await safe.adapter.safe_states([safe.vault.address])
    safe.node.rpc("evm_revert", mark)
    safe.node.rpc("evm_increaseTime", 60)
    safe.node.rpc("evm_mine")
    with pytest.raises(Unavailable):
        await safe.adapter.safe_states([safe.vault.address], seen.block)
    again = await safe.adapter.safe_states([safe.vault.address])
    assert (again.number, again.block != seen.block) == (seen.number, True)


@pytest.mark.parametrize("release", RELEASES, ids=str)
def test_the_code_hashes_are_those_of_the_released_contracts(release: SafeVersion) -> None:
    for name, folder, table in (
        ("Safe", "", deployments.SINGLETON_CODE),
        ("SafeL2", "", deployments.SINGLETON_CODE),
        ("SafeProxy", "proxies/", deployments.PROXY_CODE),
    ):
        code = bytes.fromhex(artifact_of(released(name, release, folder), release)["deployedBytecode"][2:])
        assert table[release][contract_name(name, release)] == "0x" + keccak256(code).hex()


def store(safe: Registered, slot: bytes, value: Address) -> None:
    """Write a storage slot of the Safe, as only a delegate call could on a chain of others; in a block of its own."""
    safe.node.rpc("anvil_setStorageAt", hexed(safe.safe), hexed(slot), hexed(bytes(12) + value))
    safe.node.rpc("evm_mine")
