"""In which words Bitcoin Core refuses a P2WSH-multisig input that our own rule refused (`bitcoin.verify`).

The words are those of Core's script/script_error.cpp behind `mempool-script-verify-flag-failed`. Our rule stops at its
own first fault, so only what must be Core's first fault, too, is put into Core's words; the rest is named without them.

- A sighash other than ALL is one that a node may accept: this chain does not know it.
"""

from collections.abc import Sequence

from countersign.bitcoin import script
from countersign.bitcoin.layout import Layout
from countersign.bitcoin.transaction import Output
from countersign.chains.embedded import unsupported
from countersign.errors import Refused

FAILED = "mempool-script-verify-flag-failed"
EMPTY = "Witness program was passed an empty witness"
MISMATCH = "Witness program hash mismatch"
SHORT = "Operation not valid with the current stack size"
DUMMY = "Dummy CHECKMULTISIG argument must be zero"
WRONG = "Signature must be zero for failed CHECK(MULTI)SIG operation"
NO_TYPE = "Signature hash type missing or not understood"
BY_CODE = {
    "B13.script-sig": "Witness requires empty scriptSig",
    "B13.script": MISMATCH,
    "B13.signature": WRONG,
    "B11.encoding": "Non-canonical DER signature",
    "B11.high-s": "Non-canonical signature: S value is unnecessarily high",
}
OTHER_SCRIPT = unsupported("a witness script that is not multisig")
HASH_TYPES = frozenset((1, 2, 3, 0x81, 0x82, 0x83))


def script_reason(layout: Layout, spent: Sequence[Output], refused: Refused) -> str:
    """The reason for what `bitcoin.verify` or `bitcoin.consensus` refused; `spent` by input."""
    if refused.code == "bitcoin.not-multisig":
        return OTHER_SCRIPT
    if refused.code == "B13.inputs":
        return _failed(EMPTY)  # no witness at all
    given = refused.values.get("input")
    if not isinstance(given, int):
        return FAILED
    stack = [layout.data[start:end] for start, end in layout.stacks[given]]
    if refused.code == "B5.sighash":
        return _sighash(stack)
    if refused.code == "B13.witness":
        return _shape(stack, spent[given])
    return _failed(BY_CODE.get(refused.code))


def _failed(words: str | None) -> str:
    return FAILED if words is None else f"{FAILED} ({words})"


def _sighash(stack: list[bytes]) -> str:
    signatures = stack[1:-1]
    if b"" in signatures:
        return _failed(WRONG)
    if any(one[-1] not in HASH_TYPES for one in signatures):
        return _failed(NO_TYPE)
    return unsupported("a sighash other than ALL")


def _shape(stack: list[bytes], spent: Output) -> str:
    """Too few items, or a dummy that is not empty; without words where Core would have run signatures first."""
    if not stack:
        return _failed(EMPTY)
    if script.p2wsh(stack[-1]) != spent.script_pubkey:
        return _failed(MISMATCH)
    try:
        rule = script.parse_multisig(stack[-1])
    except Refused:
        return OTHER_SCRIPT
    if len(stack) < rule.threshold + 2:
        return _failed(SHORT)
    return _failed(DUMMY if len(stack) == rule.threshold + 2 and stack[0] else None)
