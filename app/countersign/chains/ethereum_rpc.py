"""An Ethereum node as `desk.ports.EthereumNode`, with a relayer whose key lies in a token and owns no Safe.

- Outer transactions are EIP-1559, encoded by eth-account and signed through the `sign_digest` argument; the node signs
  nothing and knows no key.
- `test` is an `eth_call` from the relayer with the gas that `broadcast` would give; a Safe that would answer `false`
  (its inner call fails) is refused as well.
- Nothing is sent that fails that test: some nodes mine what reverts.
- A transaction counts as accepted only with a good receipt and the Safe's own ExecutionSuccess; which Safe transactions it
  executed, `ethereum_executions` reads. Several go through MultiSendCallOnly, whose code is looked at before anything is sent.
- `eth_chainId` is asked for display and for the outer transaction; E1 takes the chain from the registered vault.
- A Safe's state is read at one block (`safe_reading`); payments are what a receipt's own logs say (`ethereum.arrivals`),
  and `ethereum_logs` finds the transactions to ask about.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from countersign.chains import answers, ethereum_executions, ethereum_logs
from countersign.chains.ethereum_executions import RECEIPT
from countersign.chains.ethereum_logs import entries
from countersign.chains.gas import gas_limit
from countersign.chains.jsonrpc import LONGEST_REASON, JsonRpc, RpcError
from countersign.chains.safe_reading import read_safes
from countersign.desk.ports import Observation, Payment
from countersign.errors import Malformed, Refused, Unavailable
from countersign.ethereum import arrivals, atomic, multisend, views
from countersign.ethereum.abi import Address, Arguments, Digest, address
from countersign.ethereum.execute import SELECTOR, OuterTransaction
from countersign.formats import eip55
from countersign.formats.keccak import keccak256
from countersign.keys import ecdsa
from countersign.keys.public_key import Curve, PublicKey
from countersign.settlement.safe_state import ChainSnapshot

TIP_WEI = 10**9
REVERTED = 3
REASONS = frozenset((REVERTED, -32000, -32003))
"""EIP-1474's numbers for a call or transaction that the chain refuses; every other number is about the node."""
ERROR_STRING = "0x08c379a0"  # Solidity's Error(string)
Answer = TypeVar("Answer")
SignDigest = Callable[[PublicKey, bytes], Awaitable[bytes]]


class EthereumRpc:
    """`desk.ports.EthereumNode` over a node's JSON-RPC. `relayer` is a secp256k1 key, `sign_digest` its token.

    Without both the chain is only read: `test` and `broadcast` are Refused `chains.no-relayer`.
    Addresses are EIP-55 text. Every method raises Unavailable as `JsonRpc` and `answers` do, Malformed as `eip55`.
    """

    def __init__(self, rpc: JsonRpc, relayer: PublicKey | None = None, sign_digest: SignDigest | None = None) -> None:
        self._rpc = rpc
        self._pays = (relayer, sign_digest) if relayer is not None and sign_digest is not None else None

    async def chain(self) -> str:
        """CAIP-2 as the node says it."""
        return f"eip155:{await self._number('eth_chainId')}"

    async def safe_nonce(self, safe: str) -> int:
        """The Safe's next nonce. Refused `chains.no-contract`."""
        return _read(safe, views.read_uint, await self._view(safe, views.ask_nonce()))

    async def safe_owners(self, safe: str) -> tuple[tuple[str, ...], int]:
        """The Safe's owners in its own order, and its threshold. Refused `chains.no-contract`."""
        owners = _read(safe, views.read_addresses, await self._view(safe, views.ask_owners()))
        threshold = _read(safe, views.read_uint, await self._view(safe, views.ask_threshold()))
        return tuple(map(eip55.checksum, owners)), threshold

    async def token_balance(self, token: str, holder: str) -> int:
        """`balanceOf(holder)` in base units. Refused `chains.no-contract`."""
        asked = views.ask_balance(address(eip55.parse(holder)))
        return _read(token, views.read_uint, await self._view(token, asked))

    async def ether_balance(self, holder: str) -> int:
        """Wei, at the latest block."""
        eip55.parse(holder)
        return await self._number("eth_getBalance", holder, "latest")

    async def safe_states(self, safes: Sequence[str], block: str | None = None) -> ChainSnapshot:
        """These Safes at one block. Raises as `read_safes`."""
        return await read_safes(self._ask, await self.chain(), safes, block)

    async def payments(self, transaction: str) -> Sequence[Payment]:
        """What a mined transaction's logs say came into whom; a log's place is its position in the receipt."""
        given = await self._ask(RECEIPT, transaction)
        receipt = {} if given is None else answers.record(given, RECEIPT)
        if receipt.get("status") != "0x1" or receipt.get("blockNumber") is None:
            return ()
        height = answers.quantity(receipt["blockNumber"], RECEIPT)
        depth = max(await self._number("eth_blockNumber"), height) - height + 1
        return tuple(
            _payment(transaction, place, found, depth)
            for place, entry in enumerate(entries(receipt, RECEIPT))
            if (found := arrivals.read(entry)) is not None
        )

    async def newest_block(self) -> int:
        """The number of the newest block."""
        return await self._number("eth_blockNumber")

    async def paying(self, token: str | None, receiver: str, first: int, last: int) -> Sequence[str]:
        """Transactions of these blocks whose logs say that a token (None: ether) came to an address, the newest first."""
        asked = None if token is None else address(eip55.parse(token))
        try:
            return await ethereum_logs.paying(self._rpc.call, asked, address(eip55.parse(receiver)), first, last)
        except RpcError as error:
            raise _itself(error, ethereum_logs.METHOD) from None

    async def executing(self, safe: str, digest: str, first: int, last: int) -> Sequence[str]:
        """Transactions of these blocks in whose logs a Safe says that it executed this safeTxHash, the newest first."""
        place, wanted = address(eip55.parse(safe)), Digest(bytes.fromhex(digest[2:]))
        try:
            return await ethereum_executions.executing(self._rpc.call, place, wanted, first, last)
        except RpcError as error:
            raise _itself(error, ethereum_logs.METHOD) from None

    async def code_hash(self, place: str) -> str:
        """The keccak-256 of the code at an address, at the latest block."""
        eip55.parse(place)
        code = answers.data(await self._ask("eth_getCode", place, "latest"), "eth_getCode")
        return _hex(keccak256(code))

    @property
    def _payer(self) -> tuple[PublicKey, SignDigest]:
        if self._pays is None:
            raise Refused("chains.no-relayer")
        return self._pays

    @property
    def _from(self) -> str:
        return eip55.checksum(self._payer[0].ethereum_address())

    async def test(self, to: str, data: bytes) -> str | None:
        """None if the call would succeed now, else the chain's reason."""
        place = address(eip55.parse(to))
        if place in multisend.RELEASES and await self.code_hash(to) != atomic.code_hash(place):
            return "no contract answers"
        call = {"from": self._from, "to": to, "data": _hex(data), "gas": hex(gas_limit(data))}
        try:
            answer = answers.data(await self._rpc.call("eth_call", call, "latest"), "eth_call")
        except RpcError as error:
            return _reason(error, "eth_call")
        if data[:4] == SELECTOR and answer != (1).to_bytes(32, "big"):
            return "ExecutionFailure" if answer else "no contract answers"
        return None

    async def broadcast(self, to: str, data: bytes) -> str:
        """Test, then send the outer transaction; its hash. Refused `chains.ethereum-refused` with the node's reason."""
        if (reason := await self.test(to, data)) is not None:
            raise Refused("chains.ethereum-refused", reason=reason)
        raw = await self._signed(await self._outer(address(eip55.parse(to)), data))
        try:
            return _hex(
                answers.data(await self._rpc.call("eth_sendRawTransaction", _hex(raw)), "eth_sendRawTransaction")
            )
        except RpcError as error:
            raise Refused("chains.ethereum-refused", reason=_reason(error, "eth_sendRawTransaction")) from None

    async def observe(self, transaction: str) -> Observation:
        """Where a transaction is now; one that reverted, or whose Safe did not report success, was not accepted."""
        given = await self._ask(RECEIPT, transaction)
        if given is None:
            known = await self._ask("eth_getTransactionByHash", transaction)
            return Observation(transaction, known is not None, 0, None, None)
        receipt = answers.record(given, RECEIPT)
        height = answers.quantity(receipt.get("blockNumber"), RECEIPT)
        tip = await self._number("eth_blockNumber")
        block = _hex(answers.data(receipt.get("blockHash"), RECEIPT))
        return Observation(
            transaction=transaction,
            accepted=ethereum_executions.succeeded(receipt),
            confirmations=max(tip, height) - height + 1,
            height=height,
            block=block,
            executed=ethereum_executions.executed(receipt),
        )

    async def _view(self, to: str, asked: bytes) -> bytes:
        eip55.parse(to)
        return answers.data(await self._ask("eth_call", {"to": to, "data": _hex(asked)}, "latest"), "eth_call")

    async def _outer(self, to: Address, data: bytes) -> OuterTransaction:
        block = answers.record(await self._ask("eth_getBlockByNumber", "latest", False), "eth_getBlockByNumber")
        base = answers.quantity(block.get("baseFeePerGas", "0x0"), "eth_getBlockByNumber")
        return OuterTransaction(
            chain_id=await self._number("eth_chainId"),
            nonce=await self._number("eth_getTransactionCount", self._from, "pending"),
            to=to,
            data=data,
            gas=gas_limit(data),
            max_fee_per_gas=2 * base + TIP_WEI,
            max_priority_fee_per_gas=TIP_WEI,
        )

    async def _signed(self, outer: OuterTransaction) -> bytes:
        """The EIP-2718 bytes; whatever the token gives is brought to low S and must recover to the relayer."""
        from eth_account.typed_transactions.typed_transaction import TypedTransaction  # a second to import

        fields = _fields(outer)
        digest = bytes(TypedTransaction.from_dict(fields).hash())
        relayer, sign = self._payer
        rs = ecdsa.normalise(Curve.SECP256K1, await sign(relayer, digest))
        v = ecdsa.recovery_id(relayer, digest, rs)
        signed = {**fields, "v": v, "r": int.from_bytes(rs[:32], "big"), "s": int.from_bytes(rs[32:], "big")}
        return bytes(TypedTransaction.from_dict(signed).encode())

    async def _number(self, method: str, *params: object) -> int:
        return answers.quantity(await self._ask(method, *params), method)

    async def _ask(self, method: str, *params: object) -> Any:
        try:
            return await self._rpc.call(method, *params)
        except RpcError as error:
            if error.number == REVERTED:
                return "0x"  # a contract that does not know the question answers nothing
            raise _itself(error, method) from None


def _read(to: str, reader: Callable[[bytes], Answer], answer: bytes) -> Answer:
    try:
        return reader(answer)
    except Malformed:
        raise Refused("chains.no-contract", address=to) from None


def _fields(outer: OuterTransaction) -> dict[str, Any]:
    return {
        "type": 2,
        "chainId": outer.chain_id,
        "nonce": outer.nonce,
        "maxPriorityFeePerGas": outer.max_priority_fee_per_gas,
        "maxFeePerGas": outer.max_fee_per_gas,
        "gas": outer.gas,
        "to": eip55.checksum(outer.to),
        "value": outer.value,
        "data": _hex(outer.data),
        "accessList": [],
    }


def _payment(transaction: str, place: int, found: arrivals.Arrival, confirmations: int) -> Payment:
    return Payment(
        transaction=transaction,
        place=place,
        token=None if found.token is None else eip55.checksum(found.token),
        payer=eip55.checksum(found.payer),
        receiver=eip55.checksum(found.receiver),
        amount=found.amount,
        confirmations=confirmations,
    )


def _reason(error: RpcError, method: str) -> str:
    """The chain's reason: a revert's own text where it has one. Unavailable if the node speaks of itself."""
    if error.number not in REASONS:
        raise _itself(error, method)
    revert = error.data if isinstance(error.data, str) else ""
    if revert.startswith(ERROR_STRING):
        try:
            return Arguments(answers.data(revert, method)[4:]).dynamic(0).decode("utf-8")[:LONGEST_REASON]
        except (Malformed, UnicodeDecodeError):
            return error.message
    return error.message


def _itself(error: RpcError, method: str) -> Unavailable:
    return Unavailable("chains.node-error", method=method, number=error.number, message=error.message)


def _hex(data: bytes) -> str:
    return "0x" + data.hex()
