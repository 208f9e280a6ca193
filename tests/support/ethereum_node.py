"""A real Ethereum node (anvil) with the real Safe contracts of a release (1.4.1 unless told) and their test ERC-20, for tests.

anvil runs as a child process on a free port of 127.0.0.1, chain id 31337, and mines at once. Its ten accounts are
unlocked, so deployments and relayed calls are sent with `eth_sendTransaction`; owners' keys are the caller's own.
"""

import http.client
import json
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from eth_abi import encode as abi_encode

from countersign.ethereum import deployments, multisend
from countersign.ethereum.abi import Address, address, selector
from countersign.ethereum.safe import SafeVersion
from countersign.ethereum.views import LogEntry
from support.kept import Kept
from support.parts import anvil, safe_contracts

CHAIN_ID = 31337
ZERO = "0x" + "00" * 20
CURRENT = SafeVersion(1, 4, 1)
RELEASES = (SafeVersion(1, 3, 0), CURRENT, SafeVersion(1, 5, 0))
"""The releases whose published contracts are here."""


class RpcError(Exception):
    """What the node answered instead of a result; `str()` holds its message (a contract's revert reason)."""


@dataclass
class AnvilNode:
    """One running node. `start` waits until it answers; `stop` ends exactly this process."""

    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    accounts: list[str] = field(default_factory=list)
    outbox: Kept = field(default_factory=Kept)  # what relayers of the tests sent here

    def start(self) -> None:
        self.port = free_port()
        self.process = subprocess.Popen(
            [anvil(), "--host", "127.0.0.1", "--port", str(self.port), "--chain-id", str(CHAIN_ID), "--silent"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=tempfile.gettempdir(),
        )
        deadline = time.monotonic() + 60
        while True:
            try:
                self.accounts = self.rpc("eth_accounts")
                return
            except (ConnectionError, http.client.HTTPException):
                if self.process.poll() is not None or time.monotonic() > deadline:
                    self.stop()
                    raise
                time.sleep(0.02)  # the process is starting; there is nothing to subscribe to

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=30)
            self.process = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def rpc(self, method: str, *params: Any) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
            connection.request("POST", "/", body, {"Content-Type": "application/json"})
            answer = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        if "error" in answer:
            raise RpcError(json.dumps(answer["error"]))
        return answer["result"]

    def call(self, to: Address, data: bytes) -> bytes:
        """`eth_call` at the latest block. RpcError with the contract's reason if it reverts."""
        return bytes.fromhex(self.rpc("eth_call", {"to": hexed(to), "data": hexed(data)}, "latest")[2:])

    def send(self, data: bytes, to: Address | None = None, value: int = 0) -> dict[str, Any]:
        """Send from the first unlocked account; the receipt, whose `status` is "0x0" if it reverted."""
        fields = {"from": self.accounts[0], "data": hexed(data), "value": hex(value)}
        if to is not None:
            fields["to"] = hexed(to)
        return self.receipt(self.rpc("eth_sendTransaction", fields))

    def send_raw(self, raw: bytes) -> dict[str, Any]:
        """Send a signed transaction; the receipt."""
        return self.receipt(self.rpc("eth_sendRawTransaction", hexed(raw)))

    def receipt(self, transaction: str) -> dict[str, Any]:
        """The receipt of a transaction just sent: the node answers before it has mined it."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if (found := self.rpc("eth_getTransactionReceipt", transaction)) is not None:
                return dict(found)
        raise TimeoutError(f"transaction {transaction} was not mined")

    def balance(self, holder: Address) -> int:
        """In wei."""
        return int(self.rpc("eth_getBalance", hexed(holder), "latest"), 16)


@dataclass(frozen=True)
class SafeContracts:
    """The real contracts of one release on one node: a Safe singleton, its factory and fallback handler."""

    node: AnvilNode
    singleton: Address
    factory: Address
    fallback_handler: Address
    release: SafeVersion = CURRENT

    def new_safe(self, owners: Sequence[Address], threshold: int, salt: int = 0) -> Address:
        """A proxy of the singleton with these owners; its address is read from the factory's event."""
        setup = selector("setup(address[],uint256,address,bytes,address,address,uint256,address)") + abi_encode(
            ["address[]", "uint256", "address", "bytes", "address", "address", "uint256", "address"],
            [list(map(hexed, owners)), threshold, ZERO, b"", hexed(self.fallback_handler), ZERO, 0, ZERO],
        )
        create = selector("createProxyWithNonce(address,bytes,uint256)") + abi_encode(
            ["address", "bytes", "uint256"], [hexed(self.singleton), setup, salt]
        )
        logs = receipt_logs(self.node.send(create, self.factory))
        (created,) = [one for one in logs if one.emitter == self.factory]
        place = created.topics[1] if len(created.topics) > 1 else created.data[:32]  # not indexed before 1.4.0
        return address(place[12:])

    def deploy_token(self, decimals: int = 6) -> Address:
        """The package's test ERC20Token: 10^15 base units, all of them the node's first account's.

        OpenZeppelin's 3.x keeps the decimals in slot 5 (18 when it is made).
        """
        token = deploy(self.node, "test/ERC20Token.sol/ERC20Token")
        self.node.rpc("anvil_setStorageAt", hexed(token), hex(5), f"0x{decimals:064x}")
        return token

    def fund(self, token: Address, holder: Address, amount: int) -> None:
        """Give `holder` some of the first account's tokens."""
        call = selector("transfer(address,uint256)") + abi_encode(["address", "uint256"], [hexed(holder), amount])
        self.node.send(call, token)


def deploy_safe_contracts(node: AnvilNode, singleton: str = "SafeL2") -> SafeContracts:
    """Deploy the Safe 1.4.1 (`SafeL2` or `Safe`), its proxy factory and fallback handler; MultiSendCallOnly stands."""
    place_multi_send_call_only(node)
    return SafeContracts(
        node,
        deploy(node, f"{singleton}.sol/{singleton}"),
        deploy(node, "proxies/SafeProxyFactory.sol/SafeProxyFactory"),
        deploy(node, "handler/CompatibilityFallbackHandler.sol/CompatibilityFallbackHandler"),
    )


def place_safe_contracts(node: AnvilNode, release: SafeVersion = CURRENT) -> SafeContracts:
    """The same of any release, with the singleton and the fallback handler at their canonical addresses, as every chain
    has them."""
    place_multi_send_call_only(node, release)
    placed = []
    for name, artifact in (
        (contract_name("Safe", release), released("Safe", release)),
        ("CompatibilityFallbackHandler", "handler/CompatibilityFallbackHandler.sol/CompatibilityFallbackHandler"),
    ):
        where = deployments.canonical(name, release).address
        node.rpc("anvil_setCode", hexed(where), artifact_of(artifact, release)["deployedBytecode"])
        placed.append(where)
    factory = deploy(node, released("SafeProxyFactory", release, "proxies/"), release)
    return SafeContracts(node, placed[0], factory, placed[1], release)


def place_multi_send_call_only(node: AnvilNode, release: SafeVersion = CURRENT) -> Address:
    """Put the package's MultiSendCallOnly where every chain has it: at its canonical address."""
    where = multisend.pinned(release)
    code = artifact_of("libraries/MultiSendCallOnly.sol/MultiSendCallOnly", release)["deployedBytecode"]
    node.rpc("anvil_setCode", hexed(where), code)
    return where


def contract_name(name: str, release: SafeVersion) -> str:
    """What a contract is called in a release: all of them began with "Gnosis" in 1.3.0."""
    return f"Gnosis{name}" if release == RELEASES[0] else name


def released(name: str, release: SafeVersion, folder: str = "") -> str:
    """The artifact of a contract in a release: "proxies/SafeProxy.sol/SafeProxy"."""
    named = contract_name(name, release)
    return f"{folder}{named}.sol/{named}"


def deploy(node: AnvilNode, artifact: str, release: SafeVersion = CURRENT) -> Address:
    """Deploy one contract of a package by its path under `build/artifacts/contracts/`."""
    receipt = node.send(bytecode(artifact, release))
    assert receipt["status"] == "0x1", f"{artifact} was not deployed"
    return address(bytes.fromhex(receipt["contractAddress"][2:]))


@cache
def artifact_of(name: str, release: SafeVersion = CURRENT) -> dict[str, Any]:
    """One compiled contract of a package, as hardhat wrote it."""
    path = safe_contracts(str(release)) / "build" / "artifacts" / "contracts" / f"{name}.json"
    return dict(json.loads(path.read_text("utf-8")))


def bytecode(artifact: str, release: SafeVersion = CURRENT) -> bytes:
    return bytes.fromhex(artifact_of(artifact, release)["bytecode"][2:])


def receipt_logs(receipt: dict[str, Any]) -> list[LogEntry]:
    """A receipt's events as the room `ethereum` reads them."""
    return [
        LogEntry(
            address(bytes.fromhex(entry["address"][2:])),
            tuple(bytes.fromhex(topic[2:]) for topic in entry["topics"]),
            bytes.fromhex(entry["data"][2:]),
        )
        for entry in receipt["logs"]
    ]


@contextmanager
def running_node() -> Iterator[AnvilNode]:
    """A node for the length of a `with` block."""
    node = AnvilNode()
    node.start()
    try:
        yield node
    finally:
        node.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def hexed(data: bytes) -> str:
    return "0x" + data.hex()
