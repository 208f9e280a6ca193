"""A Safe transaction: ten fields, the Safe and chain it belongs to, and the digest its owners sign.

Implements EIP-712 for the type `SafeTx` of the Safe contracts (Safe.sol, `getTransactionHash`):

- domain hash: keccak(typehash ‖ chainId ‖ safe); before Safe 1.3.0 the domain has no chainId;
- message hash: keccak(typehash ‖ ten words), `data` standing as its keccak;
- safeTxHash: keccak(0x1901 ‖ domain hash ‖ message hash).
- A hardware screen shows these three, and of the call data the digest of ERC-8213.
- A Safe older than 1.3.0 can be hashed, so that it can be shown; it is refused for signing (E1): its signatures
  are good on every chain.
- `ClaimedSafeTx` keeps the hash that came with a file as a claim; only `SafeTx.digest` counts (E2).

    >>> tx = plain_tx(31337, Address(bytes(19) + b"\\x01"), Address(bytes(19) + b"\\x02"), 5, b"", nonce=0)
    >>> tx.operation, tx.gas_price, len(tx.digest)
    (0, 0, 32)
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple, Self

from countersign.errors import Malformed, Refused
from countersign.ethereum.abi import UINT256, ZERO_ADDRESS, Address, Digest, address, address_word, word
from countersign.formats.keccak import keccak256

SAFE_TX_TYPE = (
    "SafeTx(address to,uint256 value,bytes data,uint8 operation,uint256 safeTxGas,uint256 baseGas,"
    "uint256 gasPrice,address gasToken,address refundReceiver,uint256 nonce)"
)
SAFE_TX_TYPEHASH = bytes.fromhex("bb8310d486368db6bd6f849402fdd73ad53d316b5a4b2644ad6efe0f941286d8")
DOMAIN_TYPEHASH = bytes.fromhex("47e79534a245952e8b16893a336b85a3d9ea9fa8c573f3d803afb92a79469218")
OLD_DOMAIN_TYPEHASH = bytes.fromhex("035aff83d86937d35b32e04f0ddc6ff469290eef2f1b692d8a815c89404d4749")

CALL = 0
DELEGATECALL = 1
JSON_INTEGER = 2**53  # chainId and nonce are JSON integers in our file form


class SafeVersion(NamedTuple):
    """The release of a Safe's singleton, as its `VERSION()` says: 1.4.1."""

    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "1.4.1". Malformed: `ethereum.safe-version`."""
        if not re.fullmatch(r"(0|[1-9][0-9]?)\.(0|[1-9][0-9]?)\.(0|[1-9][0-9]?)", text, re.ASCII):
            raise Malformed("ethereum.safe-version")
        return cls(*map(int, text.split(".")))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


OLDEST_SIGNABLE = SafeVersion(1, 3, 0)
CURRENT = SafeVersion(1, 4, 1)
WITHOUT_CHAIN_ID = SafeVersion(1, 1, 1)


@dataclass(frozen=True, slots=True)
class SafeTx:
    """One Safe transaction. Malformed (`ethereum.field-range`, `ethereum.address-length`) if a field cannot exist."""

    chain_id: int
    safe: Address
    to: Address
    value: int
    data: bytes
    operation: int
    safe_tx_gas: int
    base_gas: int
    gas_price: int
    gas_token: Address
    refund_receiver: Address
    nonce: int
    version: SafeVersion = CURRENT

    def __post_init__(self) -> None:
        for owner in (self.safe, self.to, self.gas_token, self.refund_receiver):
            address(owner)
        limits = {
            "chainId": (self.chain_id, JSON_INTEGER),
            "value": (self.value, UINT256),
            "operation": (self.operation, DELEGATECALL + 1),
            "safeTxGas": (self.safe_tx_gas, UINT256),
            "baseGas": (self.base_gas, UINT256),
            "gasPrice": (self.gas_price, UINT256),
            "nonce": (self.nonce, JSON_INTEGER),
        }
        for field, (value, limit) in limits.items():
            if not 0 <= value < limit:
                raise Malformed("ethereum.field-range", field=field)

    @property
    def domain_hash(self) -> Digest:
        """The EIP-712 domain separator of this Safe on this chain (32 bytes)."""
        return _domain_hash(None if self.version < OLDEST_SIGNABLE else self.chain_id, self.safe)

    @property
    def message_hash(self) -> Digest:
        """The EIP-712 struct hash of the ten fields (32 bytes)."""
        return Digest(
            keccak256(
                SAFE_TX_TYPEHASH
                + address_word(self.to)
                + word(self.value)
                + keccak256(self.data)
                + word(self.operation)
                + word(self.safe_tx_gas)
                + word(self.base_gas)
                + word(self.gas_price)
                + address_word(self.gas_token)
                + address_word(self.refund_receiver)
                + word(self.nonce)
            )
        )

    @property
    def calldata_digest(self) -> Digest:
        """What a wallet shows of the call data by itself (ERC-8213): keccak(length as a word ‖ data), 32 bytes."""
        return Digest(keccak256(word(len(self.data)) + self.data))

    @property
    def digest(self) -> Digest:
        """The safeTxHash: what every owner signs (32 bytes), computed from the fields."""
        return Digest(keccak256(b"\x19\x01" + self.domain_hash + self.message_hash))


@lru_cache(maxsize=1024)
def _domain_hash(chain_id: int | None, safe: Address) -> Digest:
    """A Safe's domain stands in every one of its transactions; without chain id before 1.3.0."""
    if chain_id is None:
        return Digest(keccak256(OLD_DOMAIN_TYPEHASH + address_word(safe)))
    return Digest(keccak256(DOMAIN_TYPEHASH + word(chain_id) + address_word(safe)))


@dataclass(frozen=True, slots=True)
class ClaimedSafeTx:
    """A Safe transaction and the safeTxHash that came with it, which proves nothing."""

    tx: SafeTx
    claimed: Digest

    @property
    def agrees(self) -> bool:
        """Whether the claim is what the fields hash to (E2)."""
        return self.claimed == self.tx.digest


def plain_tx(chain_id: int, safe: Address, to: Address, value: int, data: bytes, nonce: int) -> SafeTx:
    """A SafeTx with operation 0 and no gas refund (E3, E7), for a Safe of the current version."""
    return SafeTx(chain_id, safe, to, value, data, CALL, 0, 0, 0, ZERO_ADDRESS, ZERO_ADDRESS, nonce)


def require_signable(tx: SafeTx) -> None:
    """Refused (`E1.version`) for a Safe before 1.3.0, whose digest names no chain."""
    if tx.version < OLDEST_SIGNABLE:
        raise Refused("E1.version", version=str(tx.version))


def version_that_explains(claim: ClaimedSafeTx) -> SafeVersion | None:
    """The kind of Safe under which the claimed hash is true: the version given, one without chain id, or None.

    For display only: it tells "this belongs to a Safe older than 1.3.0" from "this hash belongs to something else".
    """
    for version in (claim.tx.version, CURRENT, WITHOUT_CHAIN_ID):
        if with_version(claim.tx, version).digest == claim.claimed:
            return version
    return None


def with_version(tx: SafeTx, version: SafeVersion) -> SafeTx:
    """The same transaction for a Safe of another release."""
    return replace(tx, version=version)
