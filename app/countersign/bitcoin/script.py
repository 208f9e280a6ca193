"""The scripts of a vault: BIP-67 ordered multisig inside P2WSH, built and recognised byte for byte.

    OP_k  33-byte key … 33-byte key  OP_n  OP_CHECKMULTISIG

- keys are compressed, 1 ≤ k ≤ n ≤ 16 (B6 admits no more than 15), each pushed with one byte of length;
- BIP-67: keys ascend by their 33 bytes; `parse_multisig` reads any order, because BIP-174's examples have another;
- the programme of P2WSH is OP_0 and the SHA-256 of the script (BIP-141), that of P2SH the HASH160 (BIP-16);
- dust limits are Bitcoin Core's defaults: 294 for P2WPKH, 330 for the longer witness programmes, else 546.

    >>> parse_multisig(multisig(1, [b"\\x02" + b"\\x11" * 32])).threshold
    1
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bitcoin.core.contrib.ripemd160 import ripemd160
from bitcoin.core.script import OP_1, OP_16, OP_CHECKMULTISIG, OP_EQUAL, OP_HASH160, CScriptOp

from countersign.errors import Malformed, Refused

KEY_SIZE = 33
_COMPRESSED = frozenset((2, 3))
_FIRST, _LAST = int(OP_1), int(OP_16)
CHECK_MULTISIG = bytes((int(OP_CHECKMULTISIG),))
_P2SH_HEAD, _P2SH_TAIL = bytes((int(OP_HASH160), 20)), bytes((int(OP_EQUAL),))


@dataclass(frozen=True, slots=True)
class Multisig:
    """k of n over compressed keys, in the order of the script."""

    threshold: int
    keys: tuple[bytes, ...]


def sorted_keys(keys: Iterable[bytes]) -> tuple[bytes, ...]:
    """BIP-67: compressed keys in ascending order of their bytes. Malformed: bitcoin.key-uncompressed."""
    ordered = tuple(sorted(keys))
    if any(len(key) != KEY_SIZE or key[0] not in (2, 3) for key in ordered):
        raise Malformed("bitcoin.key-uncompressed")
    return ordered


def multisig(threshold: int, keys: Sequence[bytes]) -> bytes:
    """The multisig script over `keys` in the order given. Malformed: bitcoin.threshold."""
    if not 1 <= threshold <= len(keys) <= _LAST - _FIRST + 1:
        raise Malformed("bitcoin.threshold", threshold=threshold, keys=len(keys))
    pushes = b"".join(b"\x21" + key for key in keys)
    return b"%c%b%c%b" % (_FIRST - 1 + threshold, pushes, _FIRST - 1 + len(keys), CHECK_MULTISIG)


def small_number(opcode: bytes) -> int:
    """1 to 16 for OP_1 to OP_16, 0 for anything else."""
    return opcode[0] - _FIRST + 1 if opcode and _FIRST <= opcode[0] <= _LAST else 0


@lru_cache(maxsize=4096)
def parse_multisig(script: bytes) -> Multisig:
    """The reverse of `multisig`; anything else is Refused: bitcoin.not-multisig.

    Remembered: one input's script is read by the signer, the combiner, the finaliser and the last verification.
    """
    threshold, count = small_number(script[:1]), small_number(script[-2:-1])
    if not 1 <= threshold <= count or len(script) != 3 + count * (KEY_SIZE + 1) or script[-1:] != CHECK_MULTISIG:
        raise Refused("bitcoin.not-multisig")
    # Every 34th byte is a push of 33 bytes, and the byte behind it the sign of a compressed key.
    if script[1:-2:34] != b"\x21" * count or not _COMPRESSED.issuperset(script[2:-2:34]):
        raise Refused("bitcoin.not-multisig")
    return Multisig(threshold, tuple([script[at : at + KEY_SIZE] for at in range(2, len(script) - 2, KEY_SIZE + 1)]))


def push(data: bytes) -> bytes:
    """A push of `data` in its shortest form, as a scriptSig carries it (BIP-62 rule 3)."""
    pushed: bytes = CScriptOp.encode_op_pushdata(data)
    return pushed


def p2wsh(witness_script: bytes) -> bytes:
    """The scriptPubKey that this witness script satisfies."""
    return b"\x00\x20" + hashlib.sha256(witness_script).digest()


def p2sh(redeem_script: bytes) -> bytes:
    """The scriptPubKey that this redeem script satisfies."""
    return _P2SH_HEAD + hash160(redeem_script) + _P2SH_TAIL


def hash160(data: bytes) -> bytes:
    """RIPEMD-160 of SHA-256, 20 bytes."""
    inner = hashlib.sha256(data).digest()
    try:
        return hashlib.new("ripemd160", inner).digest()
    except ValueError:
        # Some builds of OpenSSL leave RIPEMD-160 out; python-bitcoinlib has it in plain Python.
        slow: bytes = ripemd160(inner)
        return slow


def fingerprint(key: bytes) -> bytes:
    """The first four bytes of the key's HASH160 (BIP-32): a hint for devices, never an identity."""
    return hash160(key)[:4]


def is_p2wsh(script_pubkey: bytes) -> bool:
    """OP_0 and 32 bytes."""
    return len(script_pubkey) == 34 and script_pubkey[:2] == b"\x00\x20"


def is_p2sh(script_pubkey: bytes) -> bool:
    """OP_HASH160, 20 bytes, OP_EQUAL."""
    return len(script_pubkey) == 23 and script_pubkey[:2] == _P2SH_HEAD and script_pubkey[22:] == _P2SH_TAIL


def witness_program(script_pubkey: bytes) -> tuple[int, bytes] | None:
    """Version and programme of a segwit output (BIP-141), or None."""
    if not 4 <= len(script_pubkey) <= 42 or script_pubkey[1] != len(script_pubkey) - 2:
        return None
    first = script_pubkey[0]
    if first == 0:
        return 0, script_pubkey[2:]
    return (first - _FIRST + 1, script_pubkey[2:]) if _FIRST <= first <= _LAST else None


def dust_limit(script_pubkey: bytes) -> int:
    """The least amount in satoshis that nodes relay to this script."""
    program = witness_program(script_pubkey)
    if program is None:
        return 546
    return 294 if program[0] == 0 and len(program[1]) == 20 else 330
