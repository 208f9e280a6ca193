"""The decoded facts of a PSBT, for review and for screens: what it spends, what it pays, what was signed already.

Facts are not judgements: an input without its parent has no proven amount, and says so with None; the checks of
`review` decide. Nothing here reads a claim where a proof is to be had: an amount is *proven* only through the hash of
the parent (B3), a script is *bound* only if the programme it must satisfy says so (B4).

- `facts(psbt)` is linear in inputs and outputs; a shared parent is not read again;
- fee and rates exist only if every amount is proven.

    >>> from countersign.bitcoin import psbt
    >>> facts(psbt.parse_bip174(bytes.fromhex("70736274ff" "01000a" "00000000000000000000" "00"))).fee
    0
"""

from dataclasses import dataclass
from typing import Literal

from countersign.bitcoin import script, transaction, weights
from countersign.bitcoin.psbt import Fields, Psbt, fields
from countersign.bitcoin.transaction import Outpoint, Output, Satoshis
from countersign.errors import Refused

FINAL_SEQUENCE = 0xFFFFFFFF
REPLACEABLE = 0xFFFFFFFD

Binding = Literal["bound", "missing", "mismatch"]
"""Whether the scripts an input carries are the ones its programme demands."""


@dataclass(frozen=True, slots=True)
class PartialSignature:
    """A signature somebody added: the key it claims, and the DER signature with its sighash byte."""

    public_key: bytes
    signature: bytes

    @property
    def sighash(self) -> int:
        """The trailing byte (B5)."""
        return self.signature[-1]

    @property
    def der(self) -> bytes:
        """The signature without its sighash byte."""
        return self.signature[:-1]


@dataclass(frozen=True, slots=True)
class InputFacts:
    """One input."""

    index: int
    outpoint: Outpoint
    sequence: int
    spent: Output | None
    """What it spends, proven by the parent's hash, or None."""
    unproven: str | None
    """The code of B3 that says why `spent` is None or the witness_utxo lies; None if all is well."""
    claimed: Output | None
    """What witness_utxo claims, or None."""
    witness_script: bytes | None
    redeem_script: bytes | None
    sighash: int | None
    """The sighash field, or None where it is absent."""
    signatures: tuple[PartialSignature, ...]
    key_paths: tuple[tuple[bytes, bytes], ...]
    """(public key, fingerprint and path) of every key-path field."""
    finalised: bool

    @property
    def binding(self) -> Binding:
        """B4: the carried scripts against the programme of the proven output (or of the claimed one)."""
        output = self.spent or self.claimed
        return "missing" if output is None else _binding(output.script_pubkey, self.redeem_script, self.witness_script)


@dataclass(frozen=True, slots=True)
class OutputFacts:
    """One output."""

    index: int
    output: Output
    witness_script: bytes | None
    redeem_script: bytes | None
    key_paths: tuple[tuple[bytes, bytes], ...]
    """A claim that this output is change; B7 decides by comparing scripts, not by reading this."""

    @property
    def claims_change(self) -> bool:
        """Whether anything in its map says that a vault owns this output."""
        return bool(self.key_paths or self.witness_script is not None or self.redeem_script is not None)


@dataclass(frozen=True, slots=True)
class PsbtFacts:
    """The whole transaction."""

    txid: bytes
    version: int
    lock_time: int
    inputs: tuple[InputFacts, ...]
    outputs: tuple[OutputFacts, ...]
    weight: int
    """Weight units when finished, signatures at 72 bytes."""

    @property
    def total_in(self) -> int | None:
        """Satoshis going in, or None while an amount is unproven."""
        spent = [fact.spent for fact in self.inputs]
        return None if any(s is None for s in spent) else sum(s.satoshis for s in spent if s is not None)

    @property
    def total_out(self) -> int:
        """Satoshis going out."""
        return sum(fact.output.satoshis for fact in self.outputs)

    @property
    def fee(self) -> int | None:
        """Satoshis for the miner; negative if the outputs are worth more; None while an amount is unproven."""
        total = self.total_in
        return None if total is None else total - self.total_out

    @property
    def vsize(self) -> int:
        """vbytes when finished."""
        return transaction.virtual_size(self.weight)

    @property
    def replaceable(self) -> bool:
        """BIP-125: some input signals that the transaction may be replaced."""
        return any(fact.sequence <= REPLACEABLE for fact in self.inputs)

    @property
    def lock_time_without_effect(self) -> bool:
        """B10: a lock time that no input's sequence lets work."""
        return self.lock_time != 0 and all(fact.sequence == FINAL_SEQUENCE for fact in self.inputs)


def facts(psbt: Psbt) -> PsbtFacts:
    """Everything that review and screens read from a PSBT."""
    return PsbtFacts(
        txid=psbt.txid,
        version=psbt.tx.nVersion,
        lock_time=psbt.tx.nLockTime,
        inputs=tuple(_input(psbt, index) for index in range(len(psbt.inputs))),
        outputs=tuple(_output(psbt, index) for index in range(len(psbt.outputs))),
        weight=weights.finished_weight(len(psbt.unsigned), (found.get(fields.WITNESS_SCRIPT) for found in psbt.inputs)),
    )


def spent_output(psbt: Psbt, index: int) -> Output:
    """What input `index` spends, proven by its parent (B3).

    Refused: B3.no-parent, B3.other-parent, B3.no-such-output, B3.witness-utxo-differs, each with the input's number.
    """
    if (known := psbt.proven.get(index)) is not None:
        return known
    parent = psbt.parent(index)
    if parent is None:
        raise Refused("B3.no-parent", input=index)
    prevout = psbt.tx.vin[index].prevout
    if parent.txid != prevout.hash:
        raise Refused("B3.other-parent", input=index)
    output = parent.output(prevout.n)
    if output is None:
        raise Refused("B3.no-such-output", input=index, vout=prevout.n)
    claimed = psbt.inputs[index].get(fields.WITNESS_UTXO)
    if claimed is not None and claimed != parent.output_bytes(prevout.n):
        raise Refused("B3.witness-utxo-differs", input=index)
    psbt.proven[index] = output
    return output


def partial_signatures(found: Fields) -> tuple[PartialSignature, ...]:
    """The partial signatures of one input map, in its order."""
    return tuple([PartialSignature(key[1:], found[key]) for key in found if key[0] == fields.PARTIAL_SIGNATURE])


def _binding(script_pubkey: bytes, redeem_script: bytes | None, witness_script: bytes | None) -> Binding:
    program = script_pubkey
    if script.is_p2sh(script_pubkey):
        if redeem_script is None:
            return "missing"
        if script.p2sh(redeem_script) != script_pubkey:
            return "mismatch"
        program = redeem_script
    elif redeem_script is not None:
        return "mismatch"
    if not script.is_p2wsh(program):
        return "mismatch" if witness_script is not None else "bound"
    if witness_script is None:
        return "missing"
    return "bound" if script.p2wsh(witness_script) == program else "mismatch"


def _input(psbt: Psbt, index: int) -> InputFacts:
    found, spent, unproven = psbt.inputs[index], None, None
    try:
        spent = spent_output(psbt, index)
    except Refused as refusal:
        unproven = refusal.code
    sighash = found.get(fields.SIGHASH_TYPE)
    # A claim beside a proven output is that output: `spent_output` compared them.
    agreed = spent is not None and fields.WITNESS_UTXO in found
    return InputFacts(
        index=index,
        outpoint=transaction.outpoint(psbt.tx, index),
        sequence=psbt.tx.vin[index].nSequence,
        spent=spent,
        unproven=unproven,
        claimed=spent if agreed else psbt.witness_utxo(index),
        witness_script=found.get(fields.WITNESS_SCRIPT),
        redeem_script=found.get(fields.REDEEM_SCRIPT),
        sighash=None if sighash is None else int.from_bytes(sighash, "little"),
        signatures=partial_signatures(found),
        key_paths=_key_paths(found, fields.KEY_PATH),
        finalised=fields.FINAL_WITNESS in found or fields.FINAL_SCRIPT_SIG in found,
    )


def _output(psbt: Psbt, index: int) -> OutputFacts:
    found, out = psbt.outputs[index], psbt.tx.vout[index]
    return OutputFacts(
        index=index,
        output=Output(bytes(out.scriptPubKey), Satoshis(out.nValue)),
        witness_script=found.get(fields.OUTPUT_WITNESS_SCRIPT),
        redeem_script=found.get(fields.OUTPUT_REDEEM_SCRIPT),
        key_paths=_key_paths(found, fields.OUTPUT_KEY_PATH),
    )


def _key_paths(found: Fields, kind: int) -> tuple[tuple[bytes, bytes], ...]:
    return tuple([(key[1:], value) for key, value in found.items() if key[0] == kind])
