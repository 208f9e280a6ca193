"""One order for the fields of an input or output map, a function of their content alone.

- types ascend, and key data within a type, as rust-bitcoin writes them;
- partial signatures follow the order of the keys in the script they are for: in a BIP-67 script that is the same order,
  and for BIP-174's published example it is the published one;
- written by combiner and finaliser, whose result must not depend on who came first; a parsed PSBT keeps its own order.
"""

from countersign.bitcoin.psbt import fields
from countersign.bitcoin.psbt.reading import Fields


def ordered(found: Fields) -> Fields:
    """The same fields in canonical order."""
    code = found.get(fields.WITNESS_SCRIPT) or found.get(fields.REDEEM_SCRIPT) or b""

    def place(key: bytes) -> tuple[int, int, bytes]:
        return key[0], code.find(key[1:]) if key[0] == fields.PARTIAL_SIGNATURE else 0, key

    return {key: found[key] for key in sorted(found, key=place)}
