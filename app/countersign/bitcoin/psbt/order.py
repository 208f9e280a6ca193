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
    keys = sorted(found)
    signed = [key for key in keys if key[0] == fields.PARTIAL_SIGNATURE]
    if len(signed) > 1:
        code = found.get(fields.WITNESS_SCRIPT) or found.get(fields.REDEEM_SCRIPT) or b""
        first = keys.index(signed[0])
        keys[first : first + len(signed)] = sorted(signed, key=lambda key: code.find(key[1:]))
    return {key: found[key] for key in keys}
