"""A finished vault spend, read back from its bytes and judged by our own P2WSH-multisig rule (B13).

For each input: the programme is OP_0 and 32 bytes; scriptSig is empty; the witness is an empty dummy, exactly k
signatures and the script; the script hashes to the programme and is multisig; the signatures are strict DER, low-S,
SIGHASH_ALL, and verify in the order of the keys; nothing is left over.

- stricter than consensus, never laxer: `consensus` asks Bitcoin Core's own code where it is installed;
- `spent` must come from a proof (B3), not from the transaction;
- `signers` (None where nobody can say) only saves trying keys that did not sign: a wrong hint refuses, it never admits.
"""

from collections.abc import Sequence
from itertools import repeat

from countersign.bitcoin import script, signatures
from countersign.bitcoin.layout import Layout
from countersign.bitcoin.script import Multisig
from countersign.bitcoin.sighash import Bip143
from countersign.bitcoin.transaction import Output
from countersign.errors import Refused


def verify(data: bytes, spent: Sequence[Output], signers: Sequence[Sequence[bytes] | None] | None = None) -> None:
    """Refuse the transaction in `data` unless every input spends the output given for it.

    Malformed: B2.*. Refused: B13.inputs (another number of outputs), B13.programme, .script-sig, .witness, .script,
    .signature, B5.sighash, B11.encoding, B11.high-s; each with the input's number.
    """
    midstates = Bip143.of(data, witness=True)
    if len(spent) != len(midstates.layout.inputs) or not midstates.layout.stacks:
        raise Refused("B13.inputs", found=len(midstates.layout.inputs), expected=len(spent))
    if signers is not None and len(signers) != len(spent):
        raise Refused("B13.inputs", found=len(signers), expected=len(spent))
    hints = repeat(None, len(spent)) if signers is None else signers
    for index, (output, hint) in enumerate(zip(spent, hints, strict=True)):
        rule, witness_script, given = _read_witness(midstates.layout, index, output)
        digest = midstates.digest(index, witness_script, output.satoshis)
        if hint is None:
            _verify_in_order(rule, given, digest, index)
        else:
            _verify_named(rule, given, digest, index, hint)


def _read_witness(layout: Layout, index: int, spent: Output) -> tuple[Multisig, bytes, list[bytes]]:
    _, start, end = layout.inputs[index]
    if not script.is_p2wsh(spent.script_pubkey):
        raise Refused("B13.programme", input=index)
    if start != end:
        raise Refused("B13.script-sig", input=index)
    stack = [layout.data[a:b] for a, b in layout.stacks[index]]
    if len(stack) < 3 or stack[0]:
        raise Refused("B13.witness", input=index)
    witness_script = stack[-1]
    if script.p2wsh(witness_script) != spent.script_pubkey:
        raise Refused("B13.script", input=index)
    rule = script.parse_multisig(witness_script)
    given = stack[1:-1]
    if len(given) != rule.threshold:
        raise Refused("B13.witness", input=index)
    return rule, witness_script, given


def _verify_named(rule: Multisig, given: list[bytes], digest: bytes, index: int, hint: Sequence[bytes]) -> None:
    # `in` walks the iterator on: each key must stand behind the one before it.
    keys = iter(rule.keys)
    if len(hint) != len(given) or not all(key in keys for key in hint):
        raise Refused("B13.signature", input=index)
    for key, signature in zip(hint, given, strict=True):
        signatures.check(key, signature, digest, index)


def _verify_in_order(rule: Multisig, given: list[bytes], digest: bytes, index: int) -> None:
    """OP_CHECKMULTISIG's walk: each signature is tried against the keys behind the one before it."""
    keys = iter(rule.keys)
    for signature in given:
        for key in keys:
            try:
                signatures.check(key, signature, digest, index)
            except Refused as refusal:
                if refusal.code != "B11.wrong":
                    raise
                continue
            break
        else:
            raise Refused("B13.signature", input=index)
