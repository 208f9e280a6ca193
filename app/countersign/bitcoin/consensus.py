"""Bitcoin Core's own consensus code (py-bitcoinkernel), asked where it is installed.

- imported when used: it loads a native library, and the console works without it;
- its absence is an answer (`Answer.ABSENT`), never an error and never a yes;
- `verify.verify` stands before it: a spend is broadcast only if our rule admits it, and this one where it can be asked.
"""

from collections.abc import Sequence
from enum import StrEnum
from importlib import import_module
from types import ModuleType

from countersign.bitcoin.transaction import Output
from countersign.errors import Refused


class Answer(StrEnum):
    """What the consensus code said."""

    ACCEPTED = "accepted"
    ABSENT = "absent"


def _kernel() -> ModuleType | None:
    try:
        return import_module("pbk")
    except (ImportError, OSError):
        # Not installed, or its native library does not fit this machine: both are absence.
        return None


def installed() -> bool:
    """Whether py-bitcoinkernel can be loaded here."""
    return _kernel() is not None


def verify(data: bytes, spent: Sequence[Output]) -> Answer:
    """Verify every input of the finished transaction in `data`, `spent` by input, under all script flags.

    Refused: B13.consensus with the number of the first input that fails, B13.inputs.
    """
    kernel = _kernel()
    if kernel is None:
        return Answer.ABSENT
    try:
        tx = kernel.Transaction(data)
    except RuntimeError as error:
        raise Refused("B13.consensus", input=0) from error
    if len(tx.inputs) != len(spent):
        raise Refused("B13.inputs", found=len(tx.inputs), expected=len(spent))
    scripts = [kernel.ScriptPubkey(output.script_pubkey) for output in spent]
    outputs = [kernel.TransactionOutput(code, output.satoshis) for code, output in zip(scripts, spent, strict=True)]
    shared = kernel.script.PrecomputedTransactionData(tx, outputs)
    for index, (code, output) in enumerate(zip(scripts, spent, strict=True)):
        try:
            accepted = code.verify(output.satoshis, tx, shared, index, kernel.ScriptVerificationFlags.ALL)
        except kernel.ScriptVerifyException as error:
            raise Refused("B13.consensus", input=index) from error
        if not accepted:
            raise Refused("B13.consensus", input=index)
    return Answer.ACCEPTED
