"""The call that makes a Safe act: `execTransaction`, and the outer transaction that carries it.

Implements Safe.sol `execTransaction` (1.3.0 to 1.5.0) in the Contract ABI's one canonical encoding.

- Chain, Safe and nonce are not in the call: whoever decodes it says them, and the digest proves them.
- `decode` accepts only what `encode` writes: offsets in order, zero padding, nothing left over.

    >>> tx = plain_tx(31337, Address(b"\\x01" * 20), Address(b"\\x02" * 20), 5, b"", nonce=0)
    >>> call = encode(tx, b"\\x07" * 65)
    >>> decode(call).signatures == b"\\x07" * 65
    True
"""

from dataclasses import dataclass

from countersign.errors import Malformed
from countersign.ethereum.abi import WORD, Address, Arguments, address_word, padded, word
from countersign.ethereum.safe import CURRENT, SafeTx, SafeVersion

SELECTOR = bytes.fromhex("6a761202")
HEAD = 10 * WORD


@dataclass(frozen=True, slots=True)
class Execution:
    """The ten arguments of one `execTransaction` call."""

    to: Address
    value: int
    data: bytes
    operation: int
    safe_tx_gas: int
    base_gas: int
    gas_price: int
    gas_token: Address
    refund_receiver: Address
    signatures: bytes

    def safe_tx(self, chain_id: int, safe: Address, nonce: int, version: SafeVersion = CURRENT) -> SafeTx:
        """The transaction that these arguments execute on that Safe at that nonce. Malformed as `SafeTx` is."""
        return SafeTx(
            chain_id,
            safe,
            self.to,
            self.value,
            self.data,
            self.operation,
            self.safe_tx_gas,
            self.base_gas,
            self.gas_price,
            self.gas_token,
            self.refund_receiver,
            nonce,
            version,
        )


@dataclass(frozen=True, slots=True)
class OuterTransaction:
    """The EIP-1559 transaction that the relayer signs: it pays gas, owns nothing and sends no ether."""

    chain_id: int
    nonce: int
    to: Address
    data: bytes
    gas: int
    max_fee_per_gas: int
    max_priority_fee_per_gas: int
    value: int = 0


def encode(tx: SafeTx, signatures: bytes) -> bytes:
    """The call data that executes `tx` with the owners' concatenated signatures."""
    tail = padded(tx.data)
    return b"".join(
        (
            SELECTOR,
            address_word(tx.to),
            word(tx.value),
            word(HEAD),
            word(tx.operation),
            word(tx.safe_tx_gas),
            word(tx.base_gas),
            word(tx.gas_price),
            address_word(tx.gas_token),
            address_word(tx.refund_receiver),
            word(HEAD + len(tail)),
            tail,
            padded(signatures),
        )
    )


def decode(calldata: bytes) -> Execution:
    """Read call data strictly. Malformed: `ethereum.exec-selector`, `ethereum.exec-form`, and what `abi` raises."""
    if calldata[:4] != SELECTOR:
        raise Malformed("ethereum.exec-selector", selector=calldata[:4].hex())
    arguments = Arguments(calldata[4:])
    found = Execution(
        to=arguments.address(0),
        value=arguments.uint(1),
        data=arguments.dynamic(2),
        operation=arguments.uint(3, bits=8),
        safe_tx_gas=arguments.uint(4),
        base_gas=arguments.uint(5),
        gas_price=arguments.uint(6),
        gas_token=arguments.address(7),
        refund_receiver=arguments.address(8),
        signatures=arguments.dynamic(9),
    )
    if encode(found.safe_tx(chain_id=0, safe=found.to, nonce=0), found.signatures) != calldata:
        raise Malformed("ethereum.exec-form")
    return found


def outer(
    tx: SafeTx, signatures: bytes, *, nonce: int, gas: int, max_fee_per_gas: int, max_priority_fee_per_gas: int
) -> OuterTransaction:
    """The relayer's transaction that executes `tx`: to the Safe, no ether, on the Safe's own chain."""
    call = encode(tx, signatures)
    return OuterTransaction(tx.chain_id, nonce, tx.safe, call, gas, max_fee_per_gas, max_priority_fee_per_gas)
