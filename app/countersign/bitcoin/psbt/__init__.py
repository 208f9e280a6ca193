"""PSBT version 0 (BIP-174): `parse`, `serialise`, `Psbt`. Lossless; one dictionary a map; no objects for fields.

fields     the types, their exact lengths
reading    the maps and their one pass
form       B2's limits
container  the whole
"""

from countersign.bitcoin.psbt.container import (
    MAGIC,
    MAX_BYTES,
    MAX_USB_BYTES,
    Psbt,
    bare,
    of_maps,
    parse,
    parse_bip174,
    serialise,
)
from countersign.bitcoin.psbt.reading import Fields

__all__ = [
    "MAGIC",
    "MAX_BYTES",
    "MAX_USB_BYTES",
    "Fields",
    "Psbt",
    "bare",
    "of_maps",
    "parse",
    "parse_bip174",
    "serialise",
]
