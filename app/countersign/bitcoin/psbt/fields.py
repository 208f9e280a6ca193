"""The fields that both PSBT versions have (BIP-174, BIP-371, BIP-373) and their exact lengths; version 2's own: `bip370`.

A key is the type and its key data. Types that stand in no table are unknown: kept, never judged.

- `check` judges one field by the table of its map; non_witness_utxo is read by `parent` in `reading`;
- proprietary keys (fc) must hold an identifier, a subtype and data, all with minimal CompactSize.
"""

from collections.abc import Callable, Mapping

from countersign.bitcoin import compact_size, layout
from countersign.errors import Malformed

UNSIGNED_TX = b"\x00"
XPUB = 0x01
PSBT_VERSION = b"\xfb"

NON_WITNESS_UTXO = b"\x00"
WITNESS_UTXO = b"\x01"
PARTIAL_SIGNATURE = 0x02
SIGHASH_TYPE = b"\x03"
REDEEM_SCRIPT = b"\x04"
WITNESS_SCRIPT = b"\x05"
KEY_PATH = 0x06
FINAL_SCRIPT_SIG = b"\x07"
FINAL_WITNESS = b"\x08"

OUTPUT_REDEEM_SCRIPT = b"\x00"
OUTPUT_WITNESS_SCRIPT = b"\x01"
OUTPUT_KEY_PATH = 0x02

PROPRIETARY = 0xFC

Form = Callable[[bytes], bool]
"""Whether bytes have the form that a field's type asks for."""
Rule = tuple[Form, Form]
"""Whether a whole key (with its type byte) and its value have the right form."""


def exactly(*sizes: int) -> Form:
    """So many bytes, or so many."""
    allowed = frozenset(sizes)
    return lambda data: len(data) in allowed


def _some(_: bytes) -> bool:
    return True


def _not_empty(data: bytes) -> bool:
    return len(data) > 0


def _public_key(key: bytes) -> bool:
    return (len(key) == 34 and key[1] in (2, 3)) or (len(key) == 66 and key[1] == 4)


def _key_path(value: bytes) -> bool:
    return len(value) >= 4 and len(value) % 4 == 0


def _signature(value: bytes) -> bool:
    # A DER signature of 8 to 72 bytes and the sighash byte; whether it is DER and of which kind is for B5 and B11.
    return 9 <= len(value) <= 73


def _spent_output(value: bytes) -> bool:
    script, end = compact_size.read_bytes(value, 8)
    if value[7] & 0x80:
        raise Malformed("B2.amount")
    # A longer script can never be spent (consensus limits scripts to 10,000 bytes).
    return end == len(value) and len(script) <= 10_000


def _witness(value: bytes) -> bool:
    return layout.witness_stack(value, 0)[1] == len(value)


def _control_block(key: bytes) -> bool:
    return 34 <= len(key) <= 34 + 32 * 128 and len(key) % 32 == 2


def _tap_key_path(value: bytes) -> bool:
    count, at = compact_size.read(value, 0)
    rest = len(value) - at - 32 * count
    return rest >= 4 and rest % 4 == 0


def _compressed(key: bytes) -> bool:
    return key[:1] in (b"\x02", b"\x03")


def _aggregate(key: bytes) -> bool:
    """BIP-373: the type and the aggregate key, compressed."""
    return len(key) == 34 and _compressed(key[1:])


def _participants(value: bytes) -> bool:
    """BIP-373: the participants' compressed keys in the order of aggregation."""
    keys = (value[at : at + 33] for at in range(0, len(value), 33))
    return len(value) % 33 == 0 and all(map(_compressed, keys))


def _participant(key: bytes) -> bool:
    """BIP-373: the type, a participant's key, the key that is signed for, and in a script path the leaf's hash."""
    return len(key) in (67, 99) and _compressed(key[1:]) and _compressed(key[34:])


def _proprietary(key: bytes) -> bool:
    _, at = compact_size.read_bytes(key, 1)
    compact_size.read(key, at)
    return True


ALONE = exactly(1)
"""A key that is its type and nothing else."""
_PROPRIETARY: Rule = (_proprietary, _some)

GLOBAL: Mapping[int, Rule] = {
    0x00: (ALONE, _some),
    XPUB: (exactly(79), _key_path),
    0xFB: (ALONE, exactly(4)),
    PROPRIETARY: _PROPRIETARY,
}
INPUT: Mapping[int, Rule] = {
    0x00: (ALONE, _some),
    0x01: (ALONE, _spent_output),
    PARTIAL_SIGNATURE: (_public_key, _signature),
    0x03: (ALONE, exactly(4)),
    0x04: (ALONE, _some),
    0x05: (ALONE, _some),
    KEY_PATH: (_public_key, _key_path),
    0x07: (ALONE, _some),
    0x08: (ALONE, _witness),
    0x09: (ALONE, _some),
    0x0A: (exactly(21), _some),
    0x0B: (exactly(33), _some),
    0x0C: (exactly(21), _some),
    0x0D: (exactly(33), _some),
    0x13: (ALONE, exactly(64, 65)),
    0x14: (exactly(65), exactly(64, 65)),
    0x15: (_control_block, _not_empty),
    0x16: (exactly(33), _tap_key_path),
    0x17: (ALONE, exactly(32)),
    0x18: (ALONE, exactly(32)),
    0x1A: (_aggregate, _participants),
    0x1B: (_participant, exactly(66)),
    0x1C: (_participant, exactly(32)),
    PROPRIETARY: _PROPRIETARY,
}
OUTPUT: Mapping[int, Rule] = {
    0x00: (ALONE, _some),
    0x01: (ALONE, _some),
    OUTPUT_KEY_PATH: (_public_key, _key_path),
    0x05: (ALONE, exactly(32)),
    0x06: (ALONE, _not_empty),
    0x07: (exactly(33), _tap_key_path),
    0x08: (_aggregate, _participants),
    PROPRIETARY: _PROPRIETARY,
}


def check(key: bytes, value: bytes, rules: Mapping[int, Rule], refused: frozenset[int]) -> None:
    """Judge one field; `refused` are version 2's types in a map of version 0.

    Malformed: B2.key-length, B2.value-length, B2.v2-field, B2.* inside a value.
    """
    kind = key[0]
    rule = rules.get(kind)
    if rule is not None and rule[0](key) and rule[1](value):
        return
    if rule is None:
        if kind in refused:
            raise Malformed("B2.v2-field", type=f"{kind:02x}")
        if kind >= 253:
            compact_size.read(key, 0)
        return
    raise Malformed("B2.value-length" if rule[0](key) else "B2.key-length", type=f"{kind:02x}")
