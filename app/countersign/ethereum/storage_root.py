"""The root of a contract's storage: one hash that says all a contract keeps, and by that also that it keeps nothing else.

Implements the Merkle Patricia trie of the Ethereum Yellow Paper (appendices B, C and D), as far as storage needs it: keys are the
keccak-256 of a slot, values the RLP of a number without leading zeros, a slot of zero is not there.

- What a contract's view functions tell is what they look at. A mapping cannot be listed: whatever stands in it besides, only
  the root betrays (`eth_getProof`, EIP-1186, `storageHash`).

    >>> root({}).hex()[:8]
    '56e81f17'
"""

from collections.abc import Collection, Mapping, Sequence

from countersign.ethereum.abi import WORD
from countersign.formats.keccak import keccak256

_Entry = tuple[str, bytes]  # a hashed slot in hex digits, and the RLP of its value
_LEAF, _EXTENSION = 2, 0


def root(kept: Mapping[bytes, bytes], empty: Collection[bytes] = ()) -> bytes:
    """The 32 bytes of the root. `kept`: slot (32 bytes) → word (32 bytes); words of zero count as nothing.

    `empty`: slots that stand in the trie with nothing, as a node for tests (anvil 1.7.1) leaves those that were looked at.
    """
    there = {slot: value for slot, value in kept.items() if any(value)} | dict.fromkeys(empty, b"")
    entries = sorted((keccak256(slot).hex(), _bytes(value.lstrip(b"\0"))) for slot, value in there.items())
    return keccak256(_node(entries, 0) if entries else _bytes(b""))


def mapped(slot: int, key: bytes) -> bytes:
    """Where Solidity keeps a mapping's value: keccak(key as a word ‖ slot as a word)."""
    return keccak256(key.rjust(WORD, b"\0") + slot.to_bytes(WORD, "big"))


def _node(entries: Sequence[_Entry], depth: int) -> bytes:
    """The RLP of the node of these entries, which have `depth` digits in common with all that stand above."""
    if len(entries) == 1:
        ((key, value),) = entries
        return _list(_bytes(_packed(key[depth:], _LEAF)), _bytes(value))
    first, last = entries[0][0], entries[-1][0]  # ascending: what these two share, all share
    shared = next(place for place in range(len(first)) if first[place] != last[place])
    if shared > depth:
        return _list(_bytes(_packed(first[depth:shared], _EXTENSION)), _reference(_node(entries, shared)))
    below = ([each for each in entries if each[0][depth] == digit] for digit in "0123456789abcdef")
    return _list(*(_reference(_node(each, depth + 1)) if each else _bytes(b"") for each in below), _bytes(b""))


def _reference(node: bytes) -> bytes:
    """A node stands in the one above it by its hash, or as it is where it is shorter than that."""
    return node if len(node) < WORD else _bytes(keccak256(node))


def _packed(digits: str, kind: int) -> bytes:
    """The hex-prefix encoding: the first digit says leaf or extension, and whether the number of digits is odd."""
    odd = len(digits) % 2
    return bytes.fromhex(f"{kind + odd:x}{'' if odd else '0'}{digits}")


def _bytes(data: bytes) -> bytes:
    if len(data) == 1 and data[0] < 0x80:
        return data
    return _headed(0x80, data)


def _list(*items: bytes) -> bytes:
    return _headed(0xC0, b"".join(items))


def _headed(kind: int, payload: bytes) -> bytes:
    if len(payload) < 56:
        return bytes([kind + len(payload)]) + payload
    length = len(payload).to_bytes((len(payload).bit_length() + 7) // 8, "big")
    return bytes([kind + 55 + len(length)]) + length + payload
