"""An Ethereum node as `desk.ports.EthereumNode`, with a relayer whose key lies in a token and owns no Safe.

- Outer transactions are EIP-1559, encoded by eth-account and signed through the `sign_digest` argument; the node signs nothing.
- `test` is an `eth_call` from the relayer; its answer is the chain's reason in the chain's words.
- `eth_chainId` is asked for display and for the outer transaction; E1 takes the chain from the registered vault, never from here.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from countersign.chains.jsonrpc import JsonRpc, RpcError
from countersign.desk.ports import Observation
from countersign.errors import Refused
from countersign.formats import eip55
from countersign.keys.ecdsa import recovery_id
from countersign.keys.public_key import PublicKey

NONCE, OWNERS, THRESHOLD, BALANCE = "0xaffed0e0", "0xa0e67e2b", "0xe75235b8", "0x70a08231"
GAS_CAP = 1_000_000
SignDigest = Callable[[PublicKey, bytes], Awaitable[bytes]]


class EthereumRpc:
    """`desk.ports.EthereumNode` over a node's JSON-RPC. `relayer` is a secp256k1 key, `sign_digest` its token."""

    def __init__(self, rpc: JsonRpc, relayer: PublicKey, sign_digest: SignDigest) -> None:
        self._rpc = rpc
        self._relayer = relayer
        self._sign_digest = sign_digest
        self._from = eip55.checksum(relayer.ethereum_address())

    async def chain(self) -> str:
        """CAIP-2 as the node says it."""
        return f"eip155:{int(await self._rpc.call('eth_chainId'), 16)}"

    async def safe_nonce(self, safe: str) -> int:
        """The Safe's next nonce."""
        return int(await self._view(safe, NONCE), 16)

    async def safe_owners(self, safe: str) -> tuple[tuple[str, ...], int]:
        """The Safe's owners in its own order, and its threshold."""
        words = bytes.fromhex((await self._view(safe, OWNERS))[2:])
        count = int.from_bytes(words[32:64], "big")
        owners = tuple(eip55.checksum(words[64 + 32 * i + 12 : 96 + 32 * i]) for i in range(count))
        return owners, int(await self._view(safe, THRESHOLD), 16)

    async def token_balance(self, token: str, holder: str) -> int:
        """`balanceOf(holder)` in base units."""
        return int(await self._view(token, BALANCE + "00" * 12 + holder[2:].lower()), 16)

    async def test(self, to: str, data: bytes) -> str | None:
        """None if the call would succeed now, else the chain's reason."""
        try:
            await self._rpc.call("eth_call", {"from": self._from, "to": to, "data": "0x" + data.hex()}, "latest")
        except RpcError as error:
            return error.message
        return None

    async def broadcast(self, to: str, data: bytes) -> str:
        """Send the outer transaction; its hash. `Refused("chains.ethereum-refused")` with the node's reason."""
        outer = await self._outer(to, data)
        raw = await self._signed(outer)
        try:
            return str(await self._rpc.call("eth_sendRawTransaction", "0x" + raw.hex()))
        except RpcError as error:
            raise Refused("chains.ethereum-refused", reason=error.message) from None

    async def observe(self, transaction: str) -> Observation:
        """Where a transaction is now; a reverted one was not accepted."""
        receipt = await self._rpc.call("eth_getTransactionReceipt", transaction)
        if receipt is None:
            known = await self._rpc.call("eth_getTransactionByHash", transaction)
            return Observation(transaction, known is not None, 0, None, None)
        height = int(receipt["blockNumber"], 16)
        tip = int(await self._rpc.call("eth_blockNumber"), 16)
        return Observation(transaction, receipt["status"] == "0x1", tip - height + 1, height, receipt["blockHash"])

    async def _view(self, to: str, data: str) -> str:
        try:
            answer = await self._rpc.call("eth_call", {"to": to, "data": data}, "latest")
        except RpcError as error:
            raise Refused("chains.ethereum-refused", reason=error.message) from None
        if not isinstance(answer, str) or len(answer) < 66:
            raise Refused("chains.no-contract", address=to)
        return answer

    async def _outer(self, to: str, data: bytes) -> dict[str, Any]:
        block = await self._rpc.call("eth_getBlockByNumber", "latest", False)
        base = int(block.get("baseFeePerGas", "0x0"), 16)
        tip = 10**9
        return {
            "type": 2,
            "chainId": int(await self._rpc.call("eth_chainId"), 16),
            "nonce": int(await self._rpc.call("eth_getTransactionCount", self._from, "pending"), 16),
            "maxPriorityFeePerGas": tip,
            "maxFeePerGas": 2 * base + tip,
            "gas": GAS_CAP,
            "to": to,
            "value": 0,
            "data": "0x" + data.hex(),
            "accessList": [],
        }

    async def _signed(self, outer: dict[str, Any]) -> bytes:
        from eth_account.typed_transactions import TypedTransaction  # a second to import: only when used

        digest = bytes(TypedTransaction.from_dict(outer).hash())
        rs = await self._sign_digest(self._relayer, digest)
        v = recovery_id(self._relayer, digest, rs)
        signed = {**outer, "v": v, "r": int.from_bytes(rs[:32], "big"), "s": int.from_bytes(rs[32:], "big")}
        return bytes(TypedTransaction.from_dict(signed).encode())
