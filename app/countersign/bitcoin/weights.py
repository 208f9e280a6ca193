"""Weight of what will be finished, before it is: every multisig input with k signatures of 72 bytes.

    input 164 + count 1 + dummy 1 + k × (1 + 72) + script with its length    2-of-3: 418 WU

A real DER signature with its sighash byte is 71 or 72 bytes, so this is an upper bound a fee can be promised on.

    >>> finished_input(2, 3)
    418
"""

from collections.abc import Iterable

from countersign.bitcoin import compact_size, script
from countersign.bitcoin.transaction import WITNESS_SCALE

SIGNATURE_SIZE = 72
INPUT_SIZE = 41
_MARKER = 2
_EMPTY_STACK = 1


def finished_input(threshold: int, cosigners: int) -> int:
    """Weight units of a native P2WSH multisig input once it is signed."""
    return WITNESS_SCALE * INPUT_SIZE + _witness(threshold, 3 + 34 * cosigners)


def output(script_pubkey: bytes) -> int:
    """Weight units of an output with this script."""
    length = len(script_pubkey)
    return WITNESS_SCALE * (8 + compact_size.size(length) + length)


def overhead(inputs: int, outputs: int) -> int:
    """Weight units of everything but inputs and outputs: version, marker, counts, locktime."""
    return WITNESS_SCALE * (8 + compact_size.size(inputs) + compact_size.size(outputs)) + _MARKER


def finished_weight(unsigned_size: int, witness_scripts: Iterable[bytes | None]) -> int:
    """Weight units once every input with a multisig witness script is signed; others count as they stand.

    `unsigned_size` is the unsigned transaction's size in bytes.
    """
    total = WITNESS_SCALE * unsigned_size + _MARKER
    for witness_script in witness_scripts:
        total += _EMPTY_STACK if witness_script is None else _witness(_threshold(witness_script), len(witness_script))
    return total


def _threshold(witness_script: bytes) -> int:
    # Any other script counts with its own bytes only: B4 and B6 refuse it by name.
    threshold = script.small_number(witness_script[:1])
    return threshold if witness_script[-1:] == script.CHECK_MULTISIG else 0


def _witness(threshold: int, script_size: int) -> int:
    return 2 + threshold * (1 + SIGNATURE_SIZE) + compact_size.size(script_size) + script_size
