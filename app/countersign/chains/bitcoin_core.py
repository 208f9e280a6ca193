"""A Bitcoin Core node (or a node with the same RPC) as `desk.ports.BitcoinNode`. No wallet of the node is used.

- Coins are found by `scantxoutset` over raw scripts; each comes with its whole previous transaction, whose id is recomputed by whoever
  uses it (B3), not here: a node is a source of bytes, never of truth.
- A transaction is observed in the memory pool, then in the newest blocks (`DEPTH` back), so no transaction index is needed.
- Amounts are parsed as decimal text, never as floats.
"""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from countersign.chains.jsonrpc import Credentials, JsonRpc, RpcError
from countersign.desk.ports import Coin, Observation
from countersign.errors import Refused, Unavailable

DEPTH = 288
SATOSHIS = Decimal(100_000_000)


def cookie(path: Path) -> Credentials:
    """Credentials from the node's cookie file, read anew for each call."""

    def read() -> tuple[str, str]:
        try:
            user, _, password = path.read_text("ascii").strip().partition(":")
        except OSError:
            raise Unavailable("chains.no-cookie", path=str(path)) from None
        return user, password

    return read


class BitcoinCore:
    """`desk.ports.BitcoinNode` over a node's JSON-RPC."""

    def __init__(self, rpc: JsonRpc) -> None:
        self._rpc = rpc

    async def chain(self) -> str:
        """CAIP-2: `bip122:` and the first 32 hex digits of the genesis block's hash."""
        return f"bip122:{(await self._rpc.call('getblockhash', 0))[:32]}"

    async def height(self) -> int:
        """Height of the best block."""
        return int(await self._rpc.call("getblockcount"))

    async def coins(self, scripts: Sequence[bytes]) -> Sequence[Coin]:
        """Unspent outputs of these scriptPubKeys, oldest first, each with its previous transaction."""
        found = await self._rpc.call("scantxoutset", "start", [{"desc": f"raw({script.hex()})"} for script in scripts])
        if not found.get("success"):
            raise Unavailable("chains.scan-failed")
        tip = int(found["height"])
        unspent = sorted(found["unspents"], key=lambda u: (u["height"], u["txid"], u["vout"]))
        return [await self._coin(entry, tip) for entry in unspent]

    async def _coin(self, entry: dict[str, Any], tip: int) -> Coin:
        block = entry.get("blockhash") or await self._rpc.call("getblockhash", entry["height"])
        raw = await self._rpc.call("getrawtransaction", entry["txid"], False, block)
        satoshis = int(Decimal(str(entry["amount"])) * SATOSHIS)
        return Coin(
            txid=entry["txid"],
            vout=entry["vout"],
            satoshis=satoshis,
            script_pubkey=bytes.fromhex(entry["scriptPubKey"]),
            transaction=bytes.fromhex(raw),
            confirmations=tip - entry["height"] + 1,
        )

    async def test(self, raw: bytes) -> str | None:
        """None if the node would take the transaction into its pool now, else its reject reason."""
        try:
            (verdict,) = await self._rpc.call("testmempoolaccept", [raw.hex()])
        except RpcError as error:
            return error.message
        return None if verdict["allowed"] else str(verdict.get("reject-reason", "refused"))

    async def broadcast(self, raw: bytes) -> str:
        """The transaction's id. `Refused("chains.bitcoin-refused")` with the node's reason."""
        try:
            return str(await self._rpc.call("sendrawtransaction", raw.hex()))
        except RpcError as error:
            raise Refused("chains.bitcoin-refused", reason=error.message) from None

    async def observe(self, txid: str) -> Observation:
        """Where a transaction is now."""
        tip = await self.height()
        if txid in await self._rpc.call("getrawmempool"):
            return Observation(txid, True, 0, None, None)
        for height in range(tip, max(-1, tip - DEPTH), -1):
            block = await self._rpc.call("getblockhash", height)
            if txid in (await self._rpc.call("getblock", block, 1))["tx"]:
                return Observation(txid, True, tip - height + 1, height, block)
        return Observation(txid, False, 0, None, None)
