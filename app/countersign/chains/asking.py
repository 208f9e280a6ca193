"""Asking an Ethereum node: what it answers, and whose words an error is.

- Some errors are the chain's reason for refusing a call or transaction, by EIP-1474's numbers; every other number is about
  the node itself: Unavailable `chains.node-error`.
- A revert's own text (Solidity's `Error(string)`) is the reason where there is one.
"""

from typing import Any

from countersign.chains import answers
from countersign.chains.jsonrpc import LONGEST_REASON, JsonRpc, RpcError
from countersign.errors import Malformed, Unavailable
from countersign.ethereum.abi import Arguments
from countersign.formats import eip55
from countersign.formats.keccak import keccak256

REVERTED = 3
REASONS = frozenset((REVERTED, -32000, -32003))
"""EIP-1474's numbers for a call or transaction that the chain refuses; every other number is about the node."""
UNKNOWN_METHOD = frozenset((-32601, -32004))
"""JSON-RPC's and EIP-1474's numbers of a method that the node does not offer."""
ERROR_STRING = "0x08c379a0"  # Solidity's Error(string)


class Asking:
    """One node, asked. Raises Unavailable as `JsonRpc` and `answers` do."""

    def __init__(self, rpc: JsonRpc) -> None:
        self.rpc = rpc

    async def ask(self, method: str, *params: object) -> Any:
        """The answer; a contract that does not know the question answers nothing ("0x")."""
        try:
            return await self.rpc.call(method, *params)
        except RpcError as error:
            if error.number == REVERTED:
                return "0x"
            raise itself(error, method) from None

    async def number(self, method: str, *params: object) -> int:
        """The answer as a quantity."""
        return answers.quantity(await self.ask(method, *params), method)

    async def base_fee(self) -> int:
        """The newest block's base fee in wei."""
        method = "eth_getBlockByNumber"
        block = answers.record(await self.ask(method, "latest", False), method)
        return answers.quantity(block.get("baseFeePerGas", "0x0"), method)

    async def code_hash(self, place: str) -> str:
        """The keccak-256 of the code at an address (EIP-55), at the latest block. Malformed as `eip55`."""
        eip55.parse(place)
        return hexed(keccak256(answers.data(await self.ask("eth_getCode", place, "latest"), "eth_getCode")))

    async def knows(self, transaction: str) -> bool:
        """Whether the node has this transaction, in a block or in its pool."""
        return await self.ask("eth_getTransactionByHash", transaction) is not None


def reason(error: RpcError, method: str) -> str:
    """The chain's reason: a revert's own text where it has one. Unavailable if the node speaks of itself."""
    if error.number not in REASONS:
        raise itself(error, method)
    revert = error.data if isinstance(error.data, str) else ""
    if revert.startswith(ERROR_STRING):
        try:
            return Arguments(answers.data(revert, method)[4:]).dynamic(0).decode("utf-8")[:LONGEST_REASON]
        except (Malformed, UnicodeDecodeError):
            return error.message
    return error.message


def itself(error: RpcError, method: str) -> Unavailable:
    """What a node says about itself."""
    return Unavailable("chains.node-error", method=method, number=error.number, message=error.message)


def hexed(data: bytes) -> str:
    """Bytes as Ethereum's JSON-RPC writes them."""
    return "0x" + data.hex()
