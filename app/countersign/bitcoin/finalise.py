"""The finaliser and extractor (BIP-174) for multisig: k signatures in key order become a witness, then a transaction.

    P2WSH        witness: "" sig … sig script
    P2SH-P2WSH   the same, and a scriptSig that pushes the redeem script
    P2SH         scriptSig: OP_0 sig … sig script       (BIP-174's example; vaults are P2WSH)

- the first k signatures in the order of the script's keys; what is left over is dropped;
- afterwards an input keeps only its UTXOs, its final fields, and what is unknown or proprietary;
- nothing is verified here: `verify` reads the finished bytes again from the beginning.
"""

from countersign.bitcoin import compact_size, script, sighash
from countersign.bitcoin.layout import MARKER
from countersign.bitcoin.psbt import Fields, Psbt, fields, of_maps
from countersign.bitcoin.psbt.order import ordered
from countersign.errors import Refused

_SIGNATURE = bytes((fields.PARTIAL_SIGNATURE,))
_UTXOS = (0x00, 0x01)
_CLEARED = frozenset(fields.INPUT) - {*_UTXOS, fields.PROPRIETARY, *fields.FINAL_SCRIPT_SIG, *fields.FINAL_WITNESS}


def finalise(psbt: Psbt) -> Psbt:
    """Every input finished. Refused: B13.too-few-signatures, B5.sighash, bitcoin.not-multisig, B4.*."""
    inputs = tuple(_input(psbt, index) for index in range(len(psbt.inputs)))
    return of_maps(psbt.globals, inputs, psbt.outputs, psbt)


def signers(psbt: Psbt) -> tuple[tuple[bytes, ...] | None, ...]:
    """For each input the keys whose signatures `finalise` will use, in key order, None where somebody finished it.

    Refused: as `finalise`.
    """
    return tuple(
        None if _finished(found) else _chosen(found, _script_of(found, index), index)
        for index, found in enumerate(psbt.inputs)
    )


def extract(psbt: Psbt) -> bytes:
    """The finished transaction's bytes. Refused: B13.not-final if an input has no final field."""
    layout = sighash.Bip143.of(psbt.unsigned).layout
    data = psbt.unsigned
    for index, found in enumerate(psbt.inputs):
        if not _finished(found):
            raise Refused("B13.not-final", input=index)
    parts = [compact_size.encode(len(layout.inputs))]
    for (at, start, end), found in zip(layout.inputs, psbt.inputs, strict=True):
        script_sig = found.get(fields.FINAL_SCRIPT_SIG, b"")
        parts += (data[at : start - 1], _counted(script_sig), data[end : end + 4])
    outputs_at = layout.inputs[-1][2] + 4 if layout.inputs else 4 + 1
    parts.append(data[outputs_at : layout.body_end])
    witnesses = [found.get(fields.FINAL_WITNESS, b"\x00") for found in psbt.inputs]
    if all(witness == b"\x00" for witness in witnesses):
        return b"".join((data[:4], *parts, data[-4:]))
    return b"".join((data[:4], MARKER, *parts, *witnesses, data[-4:]))


def _input(psbt: Psbt, index: int) -> Fields:
    found = psbt.inputs[index]
    if _finished(found):
        return found
    code = _script_of(found, index)
    stack = [found[_SIGNATURE + key] for key in _chosen(found, code, index)]
    kept = {key: value for key, value in found.items() if key[0] not in _CLEARED}
    redeem = found.get(fields.REDEEM_SCRIPT)
    if fields.WITNESS_SCRIPT not in found:
        kept[fields.FINAL_SCRIPT_SIG] = b"\x00" + b"".join(map(script.push, (*stack, code)))
        return ordered(kept)
    _demand_program(redeem, code, index)
    if redeem is not None:
        kept[fields.FINAL_SCRIPT_SIG] = script.push(redeem)
    kept[fields.FINAL_WITNESS] = b"".join(
        (compact_size.encode(len(stack) + 2), b"\x00", *map(_counted, stack), _counted(code))
    )
    return ordered(kept)


def _finished(found: Fields) -> bool:
    return fields.FINAL_WITNESS in found or fields.FINAL_SCRIPT_SIG in found


def _script_of(found: Fields, index: int) -> bytes:
    code = found.get(fields.WITNESS_SCRIPT, found.get(fields.REDEEM_SCRIPT))
    if code is None:
        raise Refused("B4.no-script", input=index)
    return code


def _demand_program(redeem: bytes | None, witness_script: bytes, index: int) -> None:
    if redeem is not None and redeem != script.p2wsh(witness_script):
        raise Refused("B4.other-script", input=index)


def _chosen(found: Fields, code: bytes, index: int) -> tuple[bytes, ...]:
    rule = script.parse_multisig(code)
    signed = tuple(key for key in rule.keys if _SIGNATURE + key in found)[: rule.threshold]
    if len(signed) < rule.threshold:
        raise Refused("B13.too-few-signatures", input=index, found=len(signed), needed=rule.threshold)
    kind = found.get(fields.SIGHASH_TYPE)
    for key in signed:
        if kind is not None and found[_SIGNATURE + key][-1:] + b"\x00\x00\x00" != kind:
            raise Refused("B5.sighash", input=index, found=found[_SIGNATURE + key][-1:].hex())
    return signed


def _counted(data: bytes) -> bytes:
    return compact_size.encode(len(data)) + data
