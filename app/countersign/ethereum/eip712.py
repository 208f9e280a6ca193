"""A second opinion on every safeTxHash: eth-account hashes the same transaction as EIP-712 typed data.

Implements EIP-712 through eth-account's `encode_typed_data`; the first implementation is `safe.SafeTx.digest`, over
our own word encoding. The two share nothing but the fields and the keccak permutation.

- `agree` runs before every signature and gives the only digest that may be signed.
- Importing eth-account costs a second, so it is imported when used.
- A vault key signs a SafeTx and no other typed data (E11): this module takes a `SafeTx`, never a document.

    >>> agree(tx) == tx.digest
    True
"""

from typing import Any

from countersign.errors import Refused
from countersign.ethereum.abi import Digest
from countersign.ethereum.safe import OLDEST_SIGNABLE, SafeTx, require_signable

_DOMAIN = [{"name": "chainId", "type": "uint256"}, {"name": "verifyingContract", "type": "address"}]
_SAFE_TX = [
    {"name": "to", "type": "address"},
    {"name": "value", "type": "uint256"},
    {"name": "data", "type": "bytes"},
    {"name": "operation", "type": "uint8"},
    {"name": "safeTxGas", "type": "uint256"},
    {"name": "baseGas", "type": "uint256"},
    {"name": "gasPrice", "type": "uint256"},
    {"name": "gasToken", "type": "address"},
    {"name": "refundReceiver", "type": "address"},
    {"name": "nonce", "type": "uint256"},
]


def agree(tx: SafeTx) -> Digest:
    """The digest to sign: both implementations give it. Refused: `E1.version`, `E2.implementations-differ`."""
    require_signable(tx)
    digest = tx.digest
    if second_digest(tx) != digest:
        raise Refused("E2.implementations-differ")
    return digest


def second_digest(tx: SafeTx) -> Digest:
    """eth-account's safeTxHash of the transaction (32 bytes); also for a Safe before 1.3.0."""
    from eth_account.messages import encode_typed_data  # here, not above: it takes a second
    from eth_utils.crypto import keccak

    signable = encode_typed_data(full_message=typed_data(tx))
    return Digest(keccak(b"\x19" + signable.version + signable.header + signable.body))


def typed_data(tx: SafeTx) -> dict[str, Any]:
    """The transaction as the EIP-712 document that wallets show (`eth_signTypedData_v4`)."""
    current = tx.version >= OLDEST_SIGNABLE
    domain: dict[str, Any] = {"chainId": tx.chain_id} if current else {}
    return {
        "types": {"EIP712Domain": _DOMAIN if current else _DOMAIN[1:], "SafeTx": _SAFE_TX},
        "primaryType": "SafeTx",
        "domain": domain | {"verifyingContract": "0x" + tx.safe.hex()},
        "message": {
            "to": "0x" + tx.to.hex(),
            "value": tx.value,
            "data": tx.data,
            "operation": tx.operation,
            "safeTxGas": tx.safe_tx_gas,
            "baseGas": tx.base_gas,
            "gasPrice": tx.gas_price,
            "gasToken": "0x" + tx.gas_token.hex(),
            "refundReceiver": "0x" + tx.refund_receiver.hex(),
            "nonce": tx.nonce,
        },
    }
