"""Partial signatures: their encoding, and whether one is a vault key's signature over the digest recomputed here.

    DER(r, s) ‖ sighash byte

- a vault signature is strict DER (BIP-66), low-S, sighash ALL, and verifies under its key (B5, B11);
- a vault digest rests on an amount proven by the parent (B3) and on a script its programme demands (B4);
- `any_digest` is for reading what others signed: it digests every type and believes a witness_utxo.

    >>> encode(b"\\x00" * 31 + b"\\x01" + b"\\x00" * 31 + b"\\x01").hex()
    '300602010102010101'
"""

from dataclasses import dataclass

from countersign.bitcoin import inspect, script, sighash
from countersign.bitcoin.psbt import Fields, Psbt, fields
from countersign.bitcoin.sighash import SIGHASH_ALL, Bip143
from countersign.bitcoin.transaction import Output
from countersign.errors import Malformed, Refused
from countersign.keys import ecdsa
from countersign.keys.curve import Curve

_ALL = bytes((SIGHASH_ALL,))


def encode(signature: bytes, kind: int = SIGHASH_ALL) -> bytes:
    """The PSBT and witness form of r‖s (64 bytes)."""
    return ecdsa.to_der(signature) + bytes((kind,))


def check(public_key: bytes, signature: bytes, digest: bytes, index: int) -> None:
    """Refuse anything but this key's low-S SIGHASH_ALL signature over `digest`.

    Refused: B5.sighash, B11.encoding, B11.high-s, B11.wrong, each with the input's number.
    """
    if signature[-1:] != _ALL:
        raise Refused("B5.sighash", input=index, found=signature[-1:].hex())
    der = signature[:-1]
    try:
        if ecdsa.verify_der(public_key, digest, der):
            return
    except Malformed:
        pass  # which of the codes below it is
    try:
        low = ecdsa.is_low_s(Curve.SECP256K1, ecdsa.from_der(der))
    except Malformed as error:
        raise Refused("B11.encoding", input=index) from error
    raise Refused("B11.wrong", input=index, key=public_key.hex()) if low else Refused("B11.high-s", input=index)


@dataclass(frozen=True, slots=True)
class VaultInput:
    """What one input of a vault commits to: the proven output and the multisig script it demands."""

    index: int
    spent: Output
    witness_script: bytes


def vault_input(psbt: Psbt, index: int) -> VaultInput:
    """Input `index` as a native P2WSH multisig spend.

    Refused: B3.* without a proven amount, B4.not-p2wsh, B4.no-script, B4.other-script, B4.redeem-script.
    """
    spent = inspect.spent_output(psbt, index)
    found = psbt.inputs[index]
    witness_script = found.get(fields.WITNESS_SCRIPT)
    if witness_script is None or script.p2wsh(witness_script) != spent.script_pubkey or fields.REDEEM_SCRIPT in found:
        raise _unbound(found, spent, index)
    return VaultInput(index, spent, witness_script)


def _unbound(found: Fields, spent: Output, index: int) -> Refused:
    """Why an input is no native P2WSH spend with its own script."""
    if not script.is_p2wsh(spent.script_pubkey):
        return Refused("B4.not-p2wsh", input=index)
    if fields.REDEEM_SCRIPT in found:
        return Refused("B4.redeem-script", input=index)
    return Refused("B4.other-script" if fields.WITNESS_SCRIPT in found else "B4.no-script", input=index)


def vault_digests(psbt: Psbt) -> tuple[bytes, ...]:
    """The SIGHASH_ALL digest of every input, the midstates hashed once. Refused: as `vault_input`."""
    midstates = Bip143.of(psbt.unsigned)
    return tuple(
        midstates.digest(index, spend.witness_script, spend.spent.satoshis)
        for index, spend in ((index, vault_input(psbt, index)) for index in range(len(psbt.inputs)))
    )


def any_digest(psbt: Psbt, midstates: Bip143, index: int, kind: int) -> bytes:
    """What a signature of sighash `kind` on input `index` commits to, whoever made it and however it is spent.

    Refused: bitcoin.no-utxo, bitcoin.no-script where the input does not say.
    """
    parent, found = psbt.parent(index), psbt.inputs[index]
    proven = None if parent is None else parent.output(psbt.tx.vin[index].prevout.n)
    spent = proven or psbt.witness_utxo(index)
    if spent is None:
        raise Refused("bitcoin.no-utxo", input=index)
    redeem = found.get(fields.REDEEM_SCRIPT)
    program = redeem if redeem is not None and script.is_p2sh(spent.script_pubkey) else spent.script_pubkey
    segwit = script.witness_program(program)
    if segwit is None:
        return sighash.legacy(psbt.unsigned, index, program, kind)
    code = found.get(fields.WITNESS_SCRIPT) if len(segwit[1]) == 32 else _p2wpkh_code(segwit[1])
    if code is None or segwit[0] != 0:
        raise Refused("bitcoin.no-script", input=index)
    return midstates.digest(index, code, spent.satoshis, kind)


def _p2wpkh_code(program: bytes) -> bytes:
    """BIP-143: the scriptCode of a P2WPKH input is the P2PKH script of its hash."""
    return b"\x76\xa9\x14" + program + b"\x88\xac"
