"""The demonstration's Ethereum: one chain in this process that knows Safes, ERC-20 balances and nothing else.

It stands for `desk.ports.EthereumNode` and follows Safe.sol 1.4.1 (`execTransaction`, `checkNSignatures`) and OpenZeppelin's ERC-20:

- the digest is rebuilt from the call, this chain's id, the Safe's address and its current nonce;
- at least `threshold` signatures, owners strictly ascending; ecrecover and eth_sign kinds as the contract reads them (high S included);
- a transfer moves a balance that is there, or everything reverts and the nonce stays;
- each accepted transaction is a block of its own; each look at one adds an empty block.

Where it is narrower than a real node it refuses, and says so (`UNSUPPORTED`): delegate calls, gas refunds, calls that are neither
`transfer` of a known token nor empty, call data that is not in the canonical encoding. tests/real/ hold it against a real node.
"""

from dataclasses import dataclass, field

from countersign.desk.ports import Observation
from countersign.errors import CountersignError, Malformed, Refused
from countersign.ethereum import erc20, execute, signatures
from countersign.ethereum.abi import ZERO_ADDRESS, Address, Digest
from countersign.ethereum.safe import SafeTx
from countersign.formats import eip55
from countersign.formats.keccak import keccak256

UNSUPPORTED = "not supported by the demonstration's chain: "
GAS_LIMIT = 1_000_000


@dataclass(slots=True)
class EmbeddedSafe:
    """One Safe 1.4.1 as the chain keeps it."""

    owners: tuple[Address, ...]
    threshold: int
    nonce: int = 0


@dataclass(slots=True)
class EmbeddedEthereum:
    """A chain of one process. `safes` and `balances` (token → holder → base units) are its whole state."""

    chain_id: int
    safes: dict[Address, EmbeddedSafe] = field(default_factory=dict)
    balances: dict[Address, dict[Address, int]] = field(default_factory=dict)
    mined: dict[str, int] = field(default_factory=dict)
    height: int = 0

    async def chain(self) -> str:
        """CAIP-2."""
        return f"eip155:{self.chain_id}"

    async def safe_nonce(self, safe: str) -> int:
        """The Safe's next nonce."""
        return self._safe(eip55.parse(safe)).nonce

    async def safe_owners(self, safe: str) -> tuple[tuple[str, ...], int]:
        """The Safe's owners and threshold."""
        found = self._safe(eip55.parse(safe))
        return tuple(eip55.checksum(owner) for owner in found.owners), found.threshold

    async def token_balance(self, token: str, holder: str) -> int:
        """Base units."""
        return self.balances.get(Address(eip55.parse(token)), {}).get(Address(eip55.parse(holder)), 0)

    async def test(self, to: str, data: bytes) -> str | None:
        """None if the call would succeed now, else the reason (the Safe's own GS codes where it has one)."""
        return self.verdict(Address(eip55.parse(to)), data)

    async def broadcast(self, to: str, data: bytes) -> str:
        """Execute and mine. `Refused("chains.ethereum-refused")`."""
        safe = Address(eip55.parse(to))
        if (reason := self.verdict(safe, data)) is not None:
            raise Refused("chains.ethereum-refused", reason=reason)
        call = execute.decode(data)
        self.safes[safe].nonce += 1
        if call.data:
            transfer = erc20.decode(call.data)
            ledger = self.balances[call.to]
            ledger[safe] -= transfer.amount
            ledger[transfer.recipient] = ledger.get(transfer.recipient, 0) + transfer.amount
        self.height += 1
        transaction = "0x" + keccak256(safe + self.height.to_bytes(8, "big") + data).hex()
        self.mined[transaction] = self.height
        return transaction

    async def observe(self, transaction: str) -> Observation:
        """Where a transaction is; looking adds an empty block."""
        height = self.mined.get(transaction)
        if height is None:
            return Observation(transaction, False, 0, None, None)
        self.height += 1
        block = "0x" + keccak256(b"block" + height.to_bytes(8, "big")).hex()
        return Observation(transaction, True, self.height - height, height, block)

    def verdict(self, to: Address, data: bytes) -> str | None:
        """None if `execTransaction` with this data would succeed on the Safe `to`, else why not."""
        if to not in self.safes:
            return UNSUPPORTED + "a call to anything but a Safe"
        safe = self.safes[to]
        try:
            call = execute.decode(data)
            tx = call.safe_tx(self.chain_id, to, safe.nonce)
        except Malformed as error:
            return f"{UNSUPPORTED}{error.code}"
        reason = self._narrower(tx) or self._signed(safe, tx.digest, call.signatures)
        return reason or self._inner(to, tx)

    def _safe(self, address: bytes) -> EmbeddedSafe:
        found = self.safes.get(Address(address))
        if found is None:
            raise Refused("chains.no-contract", address=eip55.checksum(address))
        return found

    def _narrower(self, tx: SafeTx) -> str | None:
        if tx.operation != 0:
            return UNSUPPORTED + "a delegate call"
        if tx.gas_price:
            return UNSUPPORTED + "a gas refund"
        return "GS010" if tx.safe_tx_gas > GAS_LIMIT // 2 else None

    def _signed(self, safe: EmbeddedSafe, digest: Digest, blob: bytes) -> str | None:
        """`checkNSignatures`: only the first `threshold` signatures are looked at."""
        if len(blob) < safe.threshold * signatures.LENGTH:
            return "GS020"
        last = ZERO_ADDRESS
        for index in range(safe.threshold):
            signature = blob[index * signatures.LENGTH : (index + 1) * signatures.LENGTH]
            owner = _owner(digest, signature)
            if owner is None or owner <= last or owner not in safe.owners:
                return "GS026"
            last = owner
        return None

    def _inner(self, safe: Address, tx: SafeTx) -> str | None:
        """The call that the Safe makes; a failing one reverts all, as with safeTxGas = 0 and gasPrice = 0 it must."""
        failed = "GS013" if tx.safe_tx_gas == 0 else UNSUPPORTED + "a failing call with safeTxGas"
        if tx.value:
            return failed  # no Safe of the demonstration holds ether
        if not tx.data:
            known = tx.to in self.safes or tx.to in self.balances
            return None if not known or tx.to == safe else UNSUPPORTED + "an empty call to a contract"
        if tx.to not in self.balances:
            return UNSUPPORTED + "a call to an unknown contract"
        try:
            transfer = erc20.decode(tx.data)
        except CountersignError as error:
            return f"{UNSUPPORTED}{error.code}"
        enough = self.balances[tx.to].get(safe, 0) >= transfer.amount
        return None if enough and transfer.recipient != ZERO_ADDRESS else failed


def _owner(digest: Digest, signature: bytes) -> Address | None:
    """Whoever Safe.sol takes a signature for: ecrecover for v 27 and 28, eth_sign for v 31 and 32."""
    if signatures.kind(signature) not in {signatures.Kind.ECDSA, signatures.Kind.ETH_SIGN}:
        return None
    return signatures.recovered_for_display(digest, signature)
