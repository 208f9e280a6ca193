"""Core's words for a refused input: in Core's words where the fault must be Core's first as well, else without."""

import pytest

from countersign.bitcoin import script
from countersign.bitcoin.layout import Layout, scan
from countersign.bitcoin.transaction import Output, Satoshis
from countersign.chains.embedded import UNSUPPORTED
from countersign.chains.script_reasons import FAILED, script_reason
from countersign.errors import Refused

KEYS = (b"\x02" + b"\x11" * 32, b"\x02" + b"\x22" * 32, b"\x03" + b"\x33" * 32)
RULE = script.multisig(2, KEYS)
SPENT = (Output(script.p2wsh(RULE), Satoshis(5)),)


def spend(*stack: bytes) -> Layout:
    """A transaction of one input with this witness."""
    sized = b"".join(bytes((len(item),)) + item for item in stack)
    body = b"\x01" + bytes(36) + b"\x00" + b"\xff" * 4 + b"\x01" + bytes(8) + b"\x00"
    return scan(b"\x02\0\0\0\0\x01" + body + bytes((len(stack),)) + sized + bytes(4), witness=True)


GOOD = b"\x30\x01"
CASES = {
    "no witness anywhere": ("B13.inputs", (b"x",), "Witness program was passed an empty witness"),
    "another script": ("B13.witness", (b"", b"x"), "Witness program hash mismatch"),
    "one signature": ("B13.witness", (b"", GOOD, RULE), "Operation not valid with the current stack size"),
    "a dummy": ("B13.witness", (b"\x01", GOOD, GOOD, RULE), "Dummy CHECKMULTISIG argument must be zero"),
    "three signatures": ("B13.witness", (b"", GOOD, GOOD, GOOD, RULE), None),
    "an empty signature": (
        "B5.sighash",
        (b"", GOOD, b"", RULE),
        "Signature must be zero for failed CHECK(MULTI)SIG operation",
    ),
    "a sighash that is none": (
        "B5.sighash",
        (b"", b"\x30\x04", GOOD, RULE),
        "Signature hash type missing or not understood",
    ),
    "DER": ("B11.encoding", (b"", GOOD, GOOD, RULE), "Non-canonical DER signature"),
    "the consensus code": ("B13.consensus", (b"", GOOD, GOOD, RULE), None),
}


@pytest.mark.parametrize("code, stack, words", CASES.values(), ids=CASES)
def test_the_words(code: str, stack: tuple[bytes, ...], words: str | None) -> None:
    reason = script_reason(spend(*stack), SPENT, Refused(code, input=0))
    assert reason == (FAILED if words is None else f"{FAILED} ({words})")


def test_what_a_node_might_take_is_unsupported_not_failed() -> None:
    other = b"\x51"
    anyone = (Output(script.p2wsh(other), Satoshis(5)),)
    assert script_reason(spend(other), anyone, Refused("B13.witness", input=0)).startswith(UNSUPPORTED)
    assert script_reason(spend(other), anyone, Refused("bitcoin.not-multisig")).startswith(UNSUPPORTED)
    single = spend(b"", b"\x30\x03", GOOD, RULE)
    assert script_reason(single, SPENT, Refused("B5.sighash", input=0)).startswith(UNSUPPORTED)
