"""An Ethereum node as `desk.ports.EthereumNode`, with a relayer whose key lies in a token and owns no Safe.

- The node signs nothing and knows no key: `relayer` makes, keeps and sends outer transactions, `trial` says before whether
  they would succeed and do what is owed.
- A transaction counts as accepted only with a good receipt and the Safe's own ExecutionSuccess; which Safe transactions it
  executed, `ethereum_executions` reads.
- `eth_chainId` is asked for display, and to send nothing where it is not the one of the node's place (`Relaying`); E1 takes
  the chain from the registered vault.
- A Safe's state is read at one block (`safe_reading`); payments are what a receipt's own logs say (`ethereum.arrivals`),
  and `ethereum_logs` finds the transactions to ask about.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from countersign.chains import answers, ethereum_executions, ethereum_logs
from countersign.chains.asking import Asking, hexed, itself
from countersign.chains.ethereum_executions import RECEIPT
from countersign.chains.ethereum_logs import entries
from countersign.chains.jsonrpc import JsonRpc, RpcError
from countersign.chains.relayer import Relayer, Relaying
from countersign.chains.safe_reading import read_safes
from countersign.chains.token_probing import probe
from countersign.chains.trial import Trial
from countersign.desk.ports import Observation, Payment
from countersign.desk.relaying import RelayerView
from countersign.errors import Malformed, Refused, Unavailable
from countersign.ethereum import arrivals, views
from countersign.ethereum.abi import Digest, address
from countersign.ethereum.movements import Movement
from countersign.ethereum.token_probe import Answers
from countersign.formats import eip55
from countersign.settlement.safe_state import ChainSnapshot

Answer = TypeVar("Answer")
PROOF = "eth_getProof"


class EthereumRpc:
    """`desk.ports.EthereumNode` over a node's JSON-RPC. Without a relayer the chain is only read: sending is Refused
    `chains.no-relayer`.

    `place`: the CAIP-2 under which the file of nodes names this node; None where it names none.
    Addresses are EIP-55 text. Every method raises Unavailable as `JsonRpc` and `answers` do, Malformed as `eip55`.
    """

    def __init__(self, rpc: JsonRpc, relayer: Relayer | None = None, place: str | None = None) -> None:
        self._rpc = rpc
        self._asking = Asking(rpc)
        self._ask, self._number = self._asking.ask, self._asking.number
        self._trial = Trial(self._asking, None if relayer is None else eip55.checksum(relayer.account))
        self._pays = None if relayer is None else Relaying(self._asking, relayer, self._trial, place)

    async def chain(self) -> str:
        """CAIP-2 as the node says it."""
        return f"eip155:{await self._number('eth_chainId')}"

    async def safe_nonce(self, safe: str, confirmations: int = 1) -> int:
        """The Safe's next nonce, as of the block that has so many confirmations. Refused `chains.no-contract` if it had no code
        there; Unavailable `chains.node-error` where the node does not keep that block's state."""
        block = "latest" if confirmations <= 1 else hex(max(0, await self.newest_block() - confirmations + 1))
        return _read(safe, views.read_uint, await self._view(safe, views.ask_nonce(), block))

    async def safe_owners(self, safe: str) -> tuple[tuple[str, ...], int]:
        """The Safe's owners in its own order, and its threshold. Refused `chains.no-contract`."""
        owners = _read(safe, views.read_addresses, await self._view(safe, views.ask_owners()))
        threshold = _read(safe, views.read_uint, await self._view(safe, views.ask_threshold()))
        return tuple(map(eip55.checksum, owners)), threshold

    async def token_balance(self, token: str, holder: str) -> int:
        """`balanceOf(holder)` in base units. Refused `chains.no-contract`."""
        asked = views.ask_balance(address(eip55.parse(holder)))
        return _read(token, views.read_uint, await self._view(token, asked))

    async def token_answers(self, token: str) -> Answers:
        """What a token answers before it is admitted. Raises as `probe`."""
        return await probe(self._asking, token)

    async def ether_balance(self, holder: str) -> int:
        """Wei, at the latest block."""
        eip55.parse(holder)
        return await self._number("eth_getBalance", holder, "latest")

    async def safe_states(self, safes: Sequence[str], block: str | None = None) -> ChainSnapshot:
        """These Safes at one block. Raises as `read_safes`."""
        return await read_safes(self._ask, await self.chain(), safes, block)

    async def storage_root(self, place: str, block: str) -> str:
        """The root of a contract's storage (EIP-1186), at the block of this hash. Unavailable `chains.node-error` where the
        node does not offer it, or not of that block."""
        eip55.parse(place)
        at = {"blockHash": block, "requireCanonical": True}
        found = answers.data(answers.record(await self._ask(PROOF, place, [], at), PROOF).get("storageHash"), PROOF)
        if len(found) != 32:
            raise Unavailable("chains.odd-answer", method=PROOF)
        return hexed(found)

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
            raise itself(error, ethereum_logs.METHOD) from None

    async def executing(self, safe: str, digest: str, first: int, last: int) -> Sequence[str]:
        """Transactions of these blocks in whose logs a Safe says that it executed this safeTxHash, the newest first."""
        place, wanted = address(eip55.parse(safe)), Digest(bytes.fromhex(digest[2:]))
        try:
            return await ethereum_executions.executing(self._rpc.call, place, wanted, first, last)
        except RpcError as error:
            raise itself(error, ethereum_logs.METHOD) from None

    async def code_hash(self, place: str) -> str:
        """The keccak-256 of the code at an address, at the latest block."""
        return await self._asking.code_hash(place)

    async def test(self, to: str, data: bytes, moves: Sequence[Movement] | None = None) -> str | None:
        """None if the call would succeed now, else the chain's reason. Raises as `Trial.test`."""
        return await self._trial.test(to, data, moves)

    async def broadcast(self, to: str, data: bytes, moves: Sequence[Movement] | None = None) -> str:
        """Test, then send the outer transaction; its hash. Raises as `Relaying.send`."""
        return await self._payer.send(to, data, moves)

    async def carrying(self, to: str, data: bytes) -> str | None:
        """The transaction that carries this call already. Raises as `Relaying.carrying`."""
        return None if self._pays is None else await self._pays.carrying(to, data)

    async def raise_fees(self, transaction: str, moves: Sequence[Movement] | None = None) -> str:
        """Replace a stuck transaction with higher fees; the replacement's hash. Raises as `Relaying.raise_fees`."""
        return await self._payer.raise_fees(transaction, moves)

    async def cancel(self, transaction: str) -> str:
        """Replace a stuck transaction by an empty one; its hash. Raises as `Relaying.cancel`."""
        return await self._payer.cancel(transaction)

    async def relayer(self) -> RelayerView | None:
        """The account that sends, None without one. Raises as `Relaying.view`."""
        return None if self._pays is None else await self._pays.view()

    @property
    def _payer(self) -> Relaying:
        if self._pays is None:
            raise Refused("chains.no-relayer")
        return self._pays

    async def observe(self, transaction: str) -> Observation:
        """Where a transaction is now; one that reverted, or whose Safe did not report success, was not accepted."""
        given = await self._ask(RECEIPT, transaction)
        if given is None:
            return Observation(transaction, await self._asking.knows(transaction), 0, None, None)
        receipt = answers.record(given, RECEIPT)
        height = answers.quantity(receipt.get("blockNumber"), RECEIPT)
        tip = await self._number("eth_blockNumber")
        block = hexed(answers.data(receipt.get("blockHash"), RECEIPT))
        done = ethereum_executions.executions(receipt)
        return Observation(
            transaction=transaction,
            accepted=ethereum_executions.succeeded(receipt),
            confirmations=max(tip, height) - height + 1,
            height=height,
            block=block,
            executed=tuple(each for each, _ in done),
            moved=tuple(moved for _, moved in done),
        )

    async def _view(self, to: str, asked: bytes, block: str = "latest") -> bytes:
        eip55.parse(to)
        return answers.data(await self._ask("eth_call", {"to": to, "data": hexed(asked)}, block), "eth_call")


def _read(to: str, reader: Callable[[bytes], Answer], answer: bytes) -> Answer:
    try:
        return reader(answer)
    except Malformed:
        raise Refused("chains.no-contract", address=to) from None


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
