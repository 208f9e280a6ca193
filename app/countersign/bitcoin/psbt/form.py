"""B2's limits beyond BIP-174: what a settlement PSBT may be.

- transaction version 1 or 2; at most 2,000 outputs; no outpoint twice (all are compared);
- inputs as far as the finished weight stays within 400,000, every multisig input counted with full signatures.
"""

from collections.abc import Sequence

from countersign.bitcoin import weights
from countersign.bitcoin.layout import Layout
from countersign.bitcoin.psbt import fields
from countersign.bitcoin.psbt.reading import Fields
from countersign.errors import Malformed

MAX_OUTPUTS = 2_000
MAX_WEIGHT = 400_000


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
