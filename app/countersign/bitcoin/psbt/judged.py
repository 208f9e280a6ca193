"""What of a PSBT leaves for somebody's device: the fields that this program judges, and no other.

Others are carried untouched wherever PSBTs are read, combined and written (BIP-174). A device may know more of them than this
program does, and act on them or show them: a proof of reserves, a name in an address's place, an output that it computes by
itself. Whoever prepares a PSBT can write them in, and no check looks at them, so that a device is not given them.

- kept: the transaction, coins, partial signatures, sighash, scripts and key paths; of version 2 what spells the transaction;
- what this program prepares has nothing else: it goes out as the very bytes that were prepared.

    >>> sorted(INPUT & {0x06, 0x09, 0xFC})
    [6]
"""

from countersign.bitcoin.psbt import bip370, fields
from countersign.bitcoin.psbt.container import Psbt, of_maps
from countersign.bitcoin.psbt.reading import Fields

GLOBAL = bip370.GLOBAL_TYPES | {fields.UNSIGNED_TX[0], fields.XPUB, fields.PSBT_VERSION[0]}
INPUT = bip370.INPUT_TYPES | {
    fields.NON_WITNESS_UTXO[0],
    fields.WITNESS_UTXO[0],
    fields.PARTIAL_SIGNATURE,
    fields.SIGHASH_TYPE[0],
    fields.WITNESS_SCRIPT[0],
    fields.KEY_PATH,
}
OUTPUT = bip370.OUTPUT_TYPES | {fields.OUTPUT_WITNESS_SCRIPT[0], fields.OUTPUT_KEY_PATH}


def judged(psbt: Psbt) -> Psbt:
    """The same transaction without what nobody looked at."""
    inputs, outputs = (_only(found, INPUT) for found in psbt.inputs), (_only(found, OUTPUT) for found in psbt.outputs)
    return of_maps(_only(psbt.globals, GLOBAL), tuple(inputs), tuple(outputs), psbt)


def _only(found: Fields, kinds: frozenset[int]) -> Fields:
    return {key: value for key, value in found.items() if key[0] in kinds}
