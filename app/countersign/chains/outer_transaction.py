"""The relayer's own transaction: EIP-1559, encoded by eth-account, signed by the relayer's token.

- Whatever the token gives is brought to low S and must recover to the relayer; else nothing is made.
- What was made is read back from its bytes, and its id is the keccak-256 of them (EIP-2718).
"""

from collections.abc import Awaitable, Callable
from typing import Any

from countersign.ethereum.abi import address
from countersign.ethereum.execute import OuterTransaction
from countersign.formats import eip55
from countersign.formats.keccak import keccak256
from countersign.keys import ecdsa
from countersign.keys.public_key import Curve, PublicKey

SignDigest = Callable[[PublicKey, bytes], Awaitable[bytes]]


async def signed(outer: OuterTransaction, relayer: PublicKey, sign: SignDigest) -> bytes:
    """The EIP-2718 bytes. Refused `keys.recovery-mismatch`; what the token raises."""
    from eth_account.typed_transactions.typed_transaction import TypedTransaction  # a second to import

    fields = _fields(outer)
    digest = bytes(TypedTransaction.from_dict(fields).hash())
    rs = ecdsa.normalise(Curve.SECP256K1, await sign(relayer, digest))
    v = ecdsa.recovery_id(relayer, digest, rs)
    made = {**fields, "v": v, "r": int.from_bytes(rs[:32], "big"), "s": int.from_bytes(rs[32:], "big")}
    return bytes(TypedTransaction.from_dict(made).encode())


def read(raw: bytes) -> OuterTransaction:
    """What `signed` made."""
    from eth_account.typed_transactions.typed_transaction import TypedTransaction
    from hexbytes import HexBytes

    found = TypedTransaction.from_bytes(HexBytes(raw)).as_dict()
    return OuterTransaction(
        chain_id=found["chainId"],
        nonce=found["nonce"],
        to=address(bytes(found["to"])),
        data=bytes(found["data"]),
        gas=found["gas"],
        max_fee_per_gas=found["maxFeePerGas"],
        max_priority_fee_per_gas=found["maxPriorityFeePerGas"],
        value=found["value"],
    )


def name(raw: bytes) -> str:
    """The transaction's id."""
    return "0x" + keccak256(raw).hex()


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
        "data": "0x" + outer.data.hex(),
        "accessList": [],
    }
