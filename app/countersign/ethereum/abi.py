"""The part of the Solidity ABI that custody needs: words, addresses, one level of dynamic bytes.

Implements the Contract ABI Specification (Solidity documentation, "Contract ABI Specification") for `uint256`, `uint8`,
`address`, `bytes32` and `bytes` arguments of a flat argument list.

- Every word is 32 bytes; a short read is Malformed, never padded.
- The 12 bytes before an address are zero: what the EVM would ignore, a person could be shown.
- Dynamic bytes lie inside the data, and their padding to a whole word is zero.

    >>> word(1).hex()[-4:], selector("transfer(address,uint256)").hex()
    ('0001', 'a9059cbb')
"""

from dataclasses import dataclass
from typing import NewType

from countersign.errors import Malformed
from countersign.formats.keccak import keccak256

Address = NewType("Address", bytes)
"""20 bytes: the last 20 of the keccak-256 of a public key, or of a contract's creation."""
Digest = NewType("Digest", bytes)
"""32 bytes that a key signs, or that two implementations compare."""

WORD = 32
UINT256 = 2**256
ZERO_ADDRESS = Address(bytes(20))


def address(data: bytes) -> Address:
    """`data` as an address. Malformed (`ethereum.address-length`) unless it has 20 bytes."""
    if len(data) != 20:
        raise Malformed("ethereum.address-length", length=len(data))
    return Address(bytes(data))


def word(value: int) -> bytes:
    """A uint256 as 32 bytes, big endian. Malformed (`ethereum.uint256`) outside 0 … 2^256−1."""
    if not 0 <= value < UINT256:
        raise Malformed("ethereum.uint256")
    return value.to_bytes(WORD, "big")


def address_word(value: Address) -> bytes:
    """An address as a word: 12 zero bytes, then its 20."""
    return bytes(12) + address(value)


def padded(data: bytes) -> bytes:
    """Dynamic bytes as they stand in the tail: length word, data, zeros up to a whole word."""
    return word(len(data)) + data + bytes(-len(data) % WORD)


def selector(signature: str) -> bytes:
    """The 4-byte selector of a function signature, "transfer(address,uint256)"."""
    return keccak256(signature.encode("ascii"))[:4]


@dataclass(frozen=True, slots=True)
class Arguments:
    """Encoded arguments (what follows a selector, or what a view call returned), read word by word.

    Every reader raises Malformed: `ethereum.truncated`, `ethereum.address-padding`, `ethereum.dynamic-padding`,
    `ethereum.uint-range`.
    """

    data: bytes

    def bytes32(self, index: int) -> bytes:
        """The word at position `index`, as it stands."""
        return self._slice(index * WORD, WORD)

    def uint(self, index: int, bits: int = 256) -> int:
        """The unsigned integer at position `index`; one that needs more than `bits` is Malformed."""
        value = int.from_bytes(self.bytes32(index), "big")
        if value >> bits:
            raise Malformed("ethereum.uint-range", bits=bits)
        return value

    def address(self, index: int) -> Address:
        """The address at position `index`; its 12 bytes of padding are zero."""
        raw = self.bytes32(index)
        if any(raw[:12]):
            raise Malformed("ethereum.address-padding")
        return address(raw[12:])

    def dynamic(self, index: int) -> bytes:
        """The dynamic bytes to which the word at `index` points."""
        start = self.uint(index)
        size = int.from_bytes(self._slice(start, WORD), "big")
        data = self._slice(start + WORD, size)
        if any(self._slice(start + WORD + size, -size % WORD)):
            raise Malformed("ethereum.dynamic-padding")
        return data

    def _slice(self, start: int, size: int) -> bytes:
        if start + size > len(self.data):
            raise Malformed("ethereum.truncated", length=len(self.data))
        return self.data[start : start + size]
