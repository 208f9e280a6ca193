"""The demonstration's Ethereum: one chain in this process that knows Safes, ether, ERC-20 balances and nothing else.

It stands for `desk.ports.EthereumNode` and follows Safe.sol 1.4.1 (`safe_rules`) and OpenZeppelin's ERC-20:

- a call is `execTransaction` on a Safe of this chain, in the Contract ABI's canonical encoding;
- the digest is rebuilt from the call, this chain's id, the Safe's address and its current nonce;
- a transfer moves a balance that is there, or everything reverts and the nonce stays;
- each accepted transaction is a block of its own; each look at one adds an empty block; no clock, no randomness.

Where it is narrower than a real node it refuses, and says so (`embedded.UNSUPPORTED`); docs/chains.md lists it.
tests/real/ hold it against a real node.
"""

from dataclasses import dataclass, field
from typing import ClassVar

from countersign.chains.embedded import unsupported
from countersign.chains.safe_rules import EmbeddedSafe, signed
from countersign.desk.ports import Observation
from countersign.errors import Malformed, Refused
from countersign.ethereum import erc20, execute
from countersign.ethereum.abi import ZERO_ADDRESS, Address, address
from countersign.ethereum.erc20 import Transfer
from countersign.ethereum.execute import Execution
from countersign.ethereum.safe import CALL, SafeTx
from countersign.formats import eip55
from countersign.formats.keccak import keccak256

__all__ = ["EmbeddedEthereum", "EmbeddedSafe"]

MOST_CALL_DATA = 8192
MOST_SAFE_TX_GAS = 500_000
PRECOMPILES = 2**16


@dataclass(slots=True)
class EmbeddedEthereum:
    """A chain of one process: `desk.ports.EthereumNode`. `notice` is the code of the sentence that says what it is.

    `safes`, `balances` (token → holder → base units) and `ether` (holder → wei) are its whole state; an address in
    none of them is an account without code.
    """

    notice: ClassVar[str] = "chains.embedded-ethereum"
    chain_id: int
    safes: dict[Address, EmbeddedSafe] = field(default_factory=dict)
    balances: dict[Address, dict[Address, int]] = field(default_factory=dict)
    mined: dict[str, int] = field(default_factory=dict)
    height: int = 0
    ether: dict[Address, int] = field(default_factory=dict)

    async def chain(self) -> str:
        """CAIP-2."""
        return f"eip155:{self.chain_id}"

    async def safe_nonce(self, safe: str) -> int:
        """The Safe's next nonce. Refused `chains.no-contract`."""
        return self._safe(safe).nonce

    async def safe_owners(self, safe: str) -> tuple[tuple[str, ...], int]:
        """The Safe's owners in its own order, and its threshold. Refused `chains.no-contract`."""
        found = self._safe(safe)
        return tuple(eip55.checksum(owner) for owner in found.owners), found.threshold

    async def token_balance(self, token: str, holder: str) -> int:
        """Base units. Refused `chains.no-contract`."""
        ledger = self.balances.get(address(eip55.parse(token)))
        if ledger is None:
            raise Refused("chains.no-contract", address=token)
        return ledger.get(address(eip55.parse(holder)), 0)

    async def test(self, to: str, data: bytes) -> str | None:
        """None if the call would succeed now, else the reason (the Safe's own GS codes where it has one)."""
        return self.verdict(address(eip55.parse(to)), data)

    async def broadcast(self, to: str, data: bytes) -> str:
        """Execute and mine; the transaction's hash. Refused `chains.ethereum-refused` with the reason of `test`."""
        safe = address(eip55.parse(to))
        if (reason := self.verdict(safe, data)) is not None:
            raise Refused("chains.ethereum-refused", reason=reason)
        self._execute(safe, execute.decode(data))
        self.height += 1
        transaction = "0x" + keccak256(safe + self.height.to_bytes(8, "big") + data).hex()
        self.mined[transaction] = self.height
        return transaction

    async def observe(self, transaction: str) -> Observation:
        """Where a transaction is; looking at a mined one adds an empty block."""
        height = self.mined.get(transaction)
        if height is None:
            return Observation(transaction, False, 0, None, None)
        self.height += 1
        block = "0x" + keccak256(b"block" + height.to_bytes(8, "big")).hex()
        return Observation(transaction, True, self.height - height + 1, height, block)

    def verdict(self, to: Address, data: bytes) -> str | None:
        """None if `execTransaction` with this data would succeed on the Safe `to`, else why not."""
        safe = self.safes.get(to)
        if safe is None:
            return unsupported("a call to anything but a Safe")
        if len(data) > MOST_CALL_DATA:
            return unsupported("call data of more than 8,192 bytes")
        try:
            call = execute.decode(data)
            tx = call.safe_tx(self.chain_id, to, safe.nonce)
        except Malformed as error:
            return unsupported(f"call data in another form than the canonical one ({error.code})")
        return signed(safe, tx.digest, call.signatures) or self._gas(tx) or self._inner(to, tx)

    def _safe(self, text: str) -> EmbeddedSafe:
        found = self.safes.get(address(eip55.parse(text)))
        if found is None:
            raise Refused("chains.no-contract", address=text)
        return found

    def _execute(self, safe: Address, call: Execution) -> None:
        self.safes[safe].nonce += 1
        if call.value:
            _move(self.ether, safe, call.to, call.value)
        if call.data:
            transfer = _transfer(call.data)
            _move(self.balances[call.to], safe, transfer.recipient, transfer.amount)

    def _gas(self, tx: SafeTx) -> str | None:
        if tx.operation != CALL:
            return unsupported("a delegate call")
        if tx.gas_price:
            return unsupported("a gas refund")
        return unsupported("a safeTxGas of more than 500,000") if tx.safe_tx_gas > MOST_SAFE_TX_GAS else None

    def _inner(self, safe: Address, tx: SafeTx) -> str | None:
        """The call that the Safe makes. One that fails reverts all (GS013), or with a safeTxGas burns the nonce."""
        failed = "GS013" if tx.safe_tx_gas == 0 else "ExecutionFailure"
        if ZERO_ADDRESS < tx.to < PRECOMPILES.to_bytes(20, "big"):
            return unsupported("a call to a precompiled contract")
        if tx.value > self.ether.get(safe, 0):
            return failed
        if tx.to in self.balances:
            return failed if tx.value or not tx.data else self._token(safe, tx, failed)
        return unsupported("a call with data to anything but a known token") if tx.data else None

    def _token(self, safe: Address, tx: SafeTx, failed: str) -> str | None:
        if tx.data[:4] != erc20.SELECTOR:
            return unsupported("a token call other than transfer")
        if len(tx.data) < erc20.LENGTH:
            return failed
        transfer = _transfer(tx.data)
        enough = self.balances[tx.to].get(safe, 0) >= transfer.amount
        return None if enough and transfer.recipient != ZERO_ADDRESS else failed


def _transfer(data: bytes) -> Transfer:
    """As the contract reads it: a recipient's padding and what follows the amount mean nothing to it."""
    return Transfer(address(data[16:36]), int.from_bytes(data[36 : erc20.LENGTH], "big"))


def _move(ledger: dict[Address, int], giver: Address, taker: Address, amount: int) -> None:
    ledger[giver] = ledger.get(giver, 0) - amount
    ledger[taker] = ledger.get(taker, 0) + amount
