"""B2's limits beyond BIP-174: what a settlement PSBT may be.

- transaction version 1 or 2; at most 2,000 outputs; no outpoint twice (all are compared);
- inputs as far as the finished weight stays within 400,000, every multisig input counted with full signatures;
- nothing may still change: a PSBT of version 2 whose field of what is modifiable has any bit set is refused, for a
  signature over it would be one over a transaction that its maker has not settled.
"""

from collections.abc import Sequence

from countersign.bitcoin import weights
from countersign.bitcoin.layout import SMALLEST_INPUT, Layout
from countersign.bitcoin.psbt import bip370, fields
from countersign.bitcoin.psbt.reading import Fields
from countersign.errors import Malformed

MAX_OUTPUTS = 2_000
MAX_WEIGHT = 400_000


def check_announced(header: Fields, inputs: int, outputs: int) -> None:
    """What the global map of version 2 says, before its maps are read. Malformed: B2.modifiable, B2.weight, B2.outputs."""
    check_fixed(header)
    if 4 * SMALLEST_INPUT * inputs > MAX_WEIGHT:
        raise Malformed("B2.weight", found=4 * SMALLEST_INPUT * inputs, limit=MAX_WEIGHT)
    if outputs > MAX_OUTPUTS:
        raise Malformed("B2.outputs", found=outputs, limit=MAX_OUTPUTS)


def check_fixed(header: Fields) -> None:
    """Nothing of the transaction may still change. Malformed: B2.modifiable."""
    flags = header.get(bip370.MODIFIABLE, b"\x00")
    if flags != b"\x00":
        raise Malformed("B2.modifiable", flags=flags.hex())


def check_layout(layout: Layout) -> None:
    """Limits that show before any map is read.

    Malformed: B2.transaction-version, B2.outputs, B2.weight, B2.duplicate-outpoint.
    """
    if layout.version not in (1, 2):
        raise Malformed("B2.transaction-version", found=layout.version)
    if len(layout.outputs) > MAX_OUTPUTS:
        raise Malformed("B2.outputs", found=len(layout.outputs), limit=MAX_OUTPUTS)
    if 4 * len(layout.data) > MAX_WEIGHT:
        raise Malformed("B2.weight", found=4 * len(layout.data), limit=MAX_WEIGHT)
    outpoints = {layout.data[at : at + 36] for at, _, _ in layout.inputs}
    if len(outpoints) != len(layout.inputs):
        raise Malformed("B2.duplicate-outpoint")


def check_weight(unsigned_size: int, inputs: Sequence[Fields]) -> None:
    """The weight when finished; `unsigned_size` in bytes. Malformed: B2.weight."""
    scripts = [found.get(fields.WITNESS_SCRIPT) for found in inputs]
    found = weights.finished_weight(unsigned_size, scripts)
    if found > MAX_WEIGHT:
        raise Malformed("B2.weight", found=found, limit=MAX_WEIGHT)
