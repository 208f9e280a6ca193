"""The same PSBT in the other version: the transaction in one place (0, BIP-174) or spread over its maps (2, BIP-370).

- every field that is not a version's own is carried, unknown and proprietary ones too, in the order it had;
- 0 → 2 → 0 gives the same fields, byte for byte where no explicit version field stood in the first;
- 2 → 0 keeps the transaction and loses how it was spelled: the lock times single inputs asked for, a sequence or lock
  time written though it is the default. Where those are not there, 2 → 0 → 2 gives the same fields;
- a PSBT whose inputs or outputs may still change has no version 0: it is refused.
"""

from countersign.bitcoin import compact_size
from countersign.bitcoin.psbt import bip370, fields, form
from countersign.bitcoin.psbt.container import Psbt
from countersign.bitcoin.psbt.reading import Fields
from countersign.errors import Refused


def to_version(psbt: Psbt, version: int) -> Psbt:
    """`psbt` in version 0 or 2. Malformed: B2.modifiable. Refused: B2.no-such-version."""
    if version not in (0, 2):
        raise Refused("B2.no-such-version", found=version)
    if psbt.version == version:
        return psbt
    return _to_0(psbt) if version == 0 else _to_2(psbt)


def _to_0(psbt: Psbt) -> Psbt:
    form.check_fixed(psbt.globals)
    header = _without(psbt.globals, bip370.GLOBAL_TYPES | {fields.PSBT_VERSION[0]})
    return Psbt(
        {fields.UNSIGNED_TX: psbt.unsigned, **header},
        tuple(_without(found, bip370.INPUT_TYPES) for found in psbt.inputs),
        tuple(_without(found, bip370.OUTPUT_TYPES) for found in psbt.outputs),
        psbt.tx,
        psbt.parents,
    )


def _to_2(psbt: Psbt) -> Psbt:
    data, layout = psbt.unsigned, psbt.layout()
    header = {
        bip370.TX_VERSION: data[:4],
        bip370.INPUT_COUNT: compact_size.encode(len(layout.inputs)),
        bip370.OUTPUT_COUNT: compact_size.encode(len(layout.outputs)),
        fields.PSBT_VERSION: bip370.VERSION,
    }
    if data[-4:] != bip370.NO_LOCK_TIME:
        header[bip370.FALLBACK_LOCK_TIME] = data[-4:]
    inputs = []
    for found, (at, _, end) in zip(psbt.inputs, layout.inputs, strict=True):
        spent = {bip370.PREVIOUS_TXID: data[at : at + 32], bip370.OUTPUT_INDEX: data[at + 32 : at + 36]}
        if data[end : end + 4] != bip370.FINAL_SEQUENCE:
            spent[bip370.SEQUENCE] = data[end : end + 4]
        inputs.append(_placed(found, spent))
    outputs = [
        _placed(found, {bip370.AMOUNT: data[at : at + 8], bip370.SCRIPT: data[start:end]})
        for found, (at, start, end) in zip(psbt.outputs, layout.outputs, strict=True)
    ]
    kept = _without(psbt.globals, frozenset((fields.UNSIGNED_TX[0], fields.PSBT_VERSION[0])))
    return Psbt(_placed(kept, header), tuple(inputs), tuple(outputs), psbt.tx, psbt.parents, data)


def _without(found: Fields, types: frozenset[int]) -> Fields:
    return {key: value for key, value in found.items() if key[0] not in types}


def _placed(found: Fields, added: Fields) -> Fields:
    """`added` laid into `found`, each before the first field of a higher type; what was there keeps its order."""
    waiting = sorted(added)
    placed: dict[bytes, bytes] = {}
    for key, value in found.items():
        while waiting and waiting[0] < key:
            first = waiting.pop(0)
            placed[first] = added[first]
        placed[key] = value
    return placed | {key: added[key] for key in waiting}
