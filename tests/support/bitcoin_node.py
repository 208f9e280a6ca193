"""A regtest Bitcoin Core of a test's own: started on free ports in a temporary folder, ended by its process.

    with RegtestNode(bitcoind(), tmp_path) as node:
        node.mine(101)
        node.rpc("getblockcount")

Wallet "funds" holds the mined coins. RPC errors raise `RpcError` with the node's code and message.
"""

import base64
import http.client
import json
import socket
import subprocess
import time
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Self

START_SECONDS = 60


class RpcError(Exception):
    """The node said no."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class RegtestNode:
    """One bitcoind. `start` and `stop`, or a `with` block."""

    def __init__(self, binary: str, folder: Path, *options: str) -> None:
        self.options = options
        self.binary = binary
        self.folder = folder
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def cookie(self) -> Path:
        """The file with `user:password` for RPC."""
        return self.folder / "regtest" / ".cookie"

    @property
    def url(self) -> str:
        """Where its RPC listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Self:
        """Start it, wait until RPC answers, and make the wallet "funds"."""
        self.folder.mkdir(parents=True, exist_ok=True)
        options = ("-regtest", "-server", "-listen=0", "-connect=0", "-txindex=1", "-fallbackfee=0.0001")
        kinds = ("-addresstype=bech32", "-changetype=bech32", "-printtoconsole=0", "-dbcache=16")
        self.process = subprocess.Popen(
            [self.binary, *options, *kinds, *self.options, f"-datadir={self.folder}", f"-rpcport={self.port}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait()
        self.rpc("createwallet", "funds")
        return self

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.rpc("getblockchaininfo")
            except (OSError, RpcError) as error:
                ended = self.process is None or self.process.poll() is not None
                if ended or time.monotonic() > deadline:
                    self.stop()
                    raise AssertionError(f"bitcoind did not start: {error}") from error
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        """End this process, and only this one."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def rpc(self, method: str, *parameters: Any) -> Any:
        """Call a method; money comes back as Decimal. Raises RpcError, OSError while it is not up."""
        token = base64.b64encode(self.cookie.read_bytes()).decode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            body = json.dumps({"id": 0, "method": method, "params": parameters}, default=str)
            connection.request("POST", "/", body, {"Authorization": f"Basic {token}"})
            data = connection.getresponse().read()
        except http.client.HTTPException as error:
            raise OSError(str(error)) from error
        finally:
            connection.close()
        if not data:
            raise OSError("empty answer")
        answer = json.loads(data, parse_float=Decimal)
        if answer["error"]:
            raise RpcError(answer["error"]["code"], answer["error"]["message"])
        return answer["result"]

    def mine(self, blocks: int = 1) -> list[str]:
        """Mine to the wallet; block hashes."""
        hashes: list[str] = self.rpc("generatetoaddress", blocks, self.rpc("getnewaddress"))
        return hashes

    def pay(self, address: str, satoshis: int) -> str:
        """Send from the wallet; the txid as people write it. Not mined yet."""
        txid: str = self.rpc("sendtoaddress", address, str(Decimal(satoshis) / 10**8))
        return txid

    def raw(self, txid: str) -> bytes:
        """A transaction's bytes, with its witness."""
        return bytes.fromhex(self.rpc("getrawtransaction", txid))

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
