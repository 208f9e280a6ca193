"""PSBT versions 0 (BIP-174) and 2 (BIP-370): `parse`, `serialise`, `to_version`. Lossless; one dictionary a map.

fields     the types both versions have, their exact lengths
bip370     the types of version 2, the transaction they spell
versions   the same PSBT in the other version
reading    the maps and their one pass
form       B2's limits
container  the whole
spelling   a file in base64
judged     what of it leaves for a device
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
from countersign.bitcoin.psbt.judged import judged
from countersign.bitcoin.psbt.reading import Fields
from countersign.bitcoin.psbt.spelling import binary
from countersign.bitcoin.psbt.versions import to_version

__all__ = [
    "MAGIC",
    "MAX_BYTES",
    "MAX_USB_BYTES",
    "Fields",
    "Psbt",
    "bare",
    "binary",
    "judged",
    "of_maps",
    "parse",
    "parse_bip174",
    "serialise",
    "to_version",
]
