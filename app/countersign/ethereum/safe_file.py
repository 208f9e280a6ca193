"""Our file form of a Safe transaction (docs/formats/safe-tx.md).

    {"baseGas":"0","chainId":31337,"data":"0xa905…","gasPrice":"0","gasToken":"0x0000…","nonce":7,"operation":0,
     "refundReceiver":"0x0000…","safe":"0x…","safeTxGas":"0","safeTxHash":"0x…","to":"0x…","value":"0"}

- RFC 8785 without a final newline; exactly these fields, by their EIP-712 names.
- `chainId`, `nonce`, `operation` are JSON integers; `value`, `safeTxGas`, `baseGas`, `gasPrice` decimal strings;
  addresses EIP-55; other hex lower case with `0x`.
- `safeTxHash` is kept as a claim; a file with a false one parses, and E2 refuses it.
- The form does not say the Safe's version: the vault's registration does.

`serialise(parse(x)) == x`, or `parse` raised Malformed.
"""

from countersign.errors import Malformed
from countersign.ethereum.abi import Address, Digest
from countersign.ethereum.safe import CURRENT, ClaimedSafeTx, SafeTx, SafeVersion
from countersign.formats import eip55, hexadecimal, ids, jcs, shape, strict_json

HEX_LIMIT = 2 * 131_072 + 2


def prefixed_hex(text: str) -> bytes:
    """The bytes of lower-case hex with `0x`. Malformed: `ethereum.hex-prefix`, `formats.hexadecimal`."""
    if not text.startswith("0x"):
        raise Malformed("ethereum.hex-prefix")
    return hexadecimal.decode(text[2:])


def prefixed_hash(text: str) -> Digest:
    """The 32 bytes of a hash in lower-case hex with `0x`. Malformed as `prefixed_hex`, or `ethereum.hash-length`."""
    data = prefixed_hex(text)
    if len(data) != 32:
        raise Malformed("ethereum.hash-length", length=len(data))
    return Digest(data)


def checked_address(text: str) -> Address:
    """The 20 bytes of an EIP-55 address. Malformed: `formats.address`, `E6.checksum`."""
    return Address(eip55.parse(text))


_FIELDS: dict[str, shape.Reader[object]] = {
    "chainId": shape.integer(minimum=0),
    "safe": shape.string(checked_address),
    "safeTxHash": shape.string(prefixed_hash),
    "to": shape.string(checked_address),
    "value": shape.string(ids.amount),
    "data": shape.string(prefixed_hex, maximum=HEX_LIMIT),
    "operation": shape.integer(minimum=0),
    "safeTxGas": shape.string(ids.amount),
    "baseGas": shape.string(ids.amount),
    "gasPrice": shape.string(ids.amount),
    "gasToken": shape.string(checked_address),
    "refundReceiver": shape.string(checked_address),
    "nonce": shape.integer(minimum=0),
}


def parse(data: bytes, version: SafeVersion = CURRENT) -> ClaimedSafeTx:
    """Read one file; `version` is what the vault's registration says.

    Malformed: C2 codes, `ethereum.*`, `formats.address`, `formats.hexadecimal`, `E6.checksum`.
    """
    found = shape.record(strict_json.parse_canonical(data), "safe_tx", _FIELDS)
    tx = SafeTx(
        chain_id=found["chainId"],
        safe=found["safe"],
        to=found["to"],
        value=found["value"],
        data=found["data"],
        operation=found["operation"],
        safe_tx_gas=found["safeTxGas"],
        base_gas=found["baseGas"],
        gas_price=found["gasPrice"],
        gas_token=found["gasToken"],
        refund_receiver=found["refundReceiver"],
        nonce=found["nonce"],
        version=version,
    )
    return ClaimedSafeTx(tx, found["safeTxHash"])


def serialise(item: ClaimedSafeTx | SafeTx) -> bytes:
    """The file: with the claim it came with, or for a bare SafeTx with the hash that its fields have."""
    claim = item if isinstance(item, ClaimedSafeTx) else ClaimedSafeTx(item, item.digest)
    tx = claim.tx
    return jcs.encode(
        {
            "chainId": tx.chain_id,
            "safe": eip55.checksum(tx.safe),
            "safeTxHash": "0x" + claim.claimed.hex(),
            "to": eip55.checksum(tx.to),
            "value": str(tx.value),
            "data": "0x" + tx.data.hex(),
            "operation": tx.operation,
            "safeTxGas": str(tx.safe_tx_gas),
            "baseGas": str(tx.base_gas),
            "gasPrice": str(tx.gas_price),
            "gasToken": eip55.checksum(tx.gas_token),
            "refundReceiver": eip55.checksum(tx.refund_receiver),
            "nonce": tx.nonce,
        }
    )
