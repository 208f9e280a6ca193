"""What BIP-370 adds: the fields of a PSBT of version 2, and the unsigned transaction that they spell.

    global  02 transaction version · 03 fallback lock time · 04 inputs · 05 outputs · 06 what may still change
    input   0e previous txid · 0f output number · 10 sequence · 11 earliest time · 12 earliest height
    output  03 amount · 04 script

- version 2 must have 02, 04, 05, each input 0e and 0f, each output 03 and 04, and no transaction; version 0 none of them;
- a sequence that is absent is final, a fallback lock time that is absent is 0;
- the lock time: heights where every input that asks for one can take a height, else times where every one can take a
  time, else there is none and the PSBT is refused. The latest of the kind chosen counts.

    >>> lock_time({}, [{EARLIEST_HEIGHT: b"\\x10\\x27\\0\\0"}, {}]) == (10_000).to_bytes(4, "little")
    True
"""

from collections.abc import Mapping, Sequence

from countersign.bitcoin import compact_size
from countersign.bitcoin.psbt import fields
from countersign.bitcoin.psbt.fields import ALONE, Rule, exactly
from countersign.errors import Malformed

VERSION = (2).to_bytes(4, "little")
TX_VERSION = b"\x02"
FALLBACK_LOCK_TIME = b"\x03"
INPUT_COUNT = b"\x04"
OUTPUT_COUNT = b"\x05"
MODIFIABLE = b"\x06"
PREVIOUS_TXID = b"\x0e"
OUTPUT_INDEX = b"\x0f"
SEQUENCE = b"\x10"
EARLIEST_TIME = b"\x11"
EARLIEST_HEIGHT = b"\x12"
AMOUNT = b"\x03"
SCRIPT = b"\x04"

FINAL_SEQUENCE = b"\xff" * 4
NO_LOCK_TIME = b"\x00" * 4
LOCK_TIME_THRESHOLD = 500_000_000
"""Lock times below are heights, the others seconds since 1970 (consensus)."""

Map = Mapping[bytes, bytes]


def _count(value: bytes) -> bool:
    return compact_size.read(value, 0)[1] == len(value)


def _time(value: bytes) -> bool:
    return len(value) == 4 and _within(value, LOCK_TIME_THRESHOLD, 1 << 32)


def _height(value: bytes) -> bool:
    return len(value) == 4 and _within(value, 1, LOCK_TIME_THRESHOLD)


def _within(value: bytes, least: int, end: int) -> bool:
    found = int.from_bytes(value, "little")
    if not least <= found < end:
        raise Malformed("B2.lock-time-range", found=found)
    return True


def _any_script(_: bytes) -> bool:
    return True


_GLOBAL: Mapping[int, Rule] = {
    TX_VERSION[0]: (ALONE, exactly(4)),
    FALLBACK_LOCK_TIME[0]: (ALONE, exactly(4)),
    INPUT_COUNT[0]: (ALONE, _count),
    OUTPUT_COUNT[0]: (ALONE, _count),
    MODIFIABLE[0]: (ALONE, exactly(1)),
}
_INPUT: Mapping[int, Rule] = {
    PREVIOUS_TXID[0]: (ALONE, exactly(32)),
    OUTPUT_INDEX[0]: (ALONE, exactly(4)),
    SEQUENCE[0]: (ALONE, exactly(4)),
    EARLIEST_TIME[0]: (ALONE, _time),
    EARLIEST_HEIGHT[0]: (ALONE, _height),
}
_OUTPUT: Mapping[int, Rule] = {AMOUNT[0]: (ALONE, exactly(8)), SCRIPT[0]: (ALONE, _any_script)}

GLOBAL_TYPES, INPUT_TYPES, OUTPUT_TYPES = map(frozenset, (_GLOBAL, _INPUT, _OUTPUT))
"""The types that only version 2 has."""
GLOBAL: Mapping[int, Rule] = {**fields.GLOBAL, **_GLOBAL}
INPUT: Mapping[int, Rule] = {**fields.INPUT, **_INPUT}
OUTPUT: Mapping[int, Rule] = {**fields.OUTPUT, **_OUTPUT}


def counts(header: Map) -> tuple[int, int]:
    """How many inputs and outputs the global map announces. Malformed: B2.v2-field-absent."""
    demand(header, 0, TX_VERSION, INPUT_COUNT, OUTPUT_COUNT)
    return compact_size.read(header[INPUT_COUNT], 0)[0], compact_size.read(header[OUTPUT_COUNT], 0)[0]


def demand(found: Map, number: int, *keys: bytes) -> None:
    """Refuse map `number` of its kind unless it has all of these. Malformed: B2.v2-field-absent."""
    for key in keys:
        if key not in found:
            raise Malformed("B2.v2-field-absent", type=key.hex(), map=number)


def lock_time(header: Map, inputs: Sequence[Map]) -> bytes:
    """The four bytes of nLockTime (BIP-370, Determining Lock Time). Malformed: B2.lock-time if there can be none."""
    asking = [found for found in inputs if EARLIEST_TIME in found or EARLIEST_HEIGHT in found]
    if not asking:
        return header.get(FALLBACK_LOCK_TIME, NO_LOCK_TIME)
    for kind in (EARLIEST_HEIGHT, EARLIEST_TIME):
        if all(kind in found for found in asking):
            return max((found[kind] for found in asking), key=lambda value: int.from_bytes(value, "little"))
    raise Malformed("B2.lock-time")


def unsigned_transaction(header: Map, inputs: Sequence[Map], outputs: Sequence[Map]) -> bytes:
    """The transaction as version 0 would carry it. Malformed: B2.v2-field-absent, B2.lock-time."""
    for number, found in enumerate(inputs):
        demand(found, number, PREVIOUS_TXID, OUTPUT_INDEX)
    for number, found in enumerate(outputs):
        demand(found, number, AMOUNT, SCRIPT)
    spent = [
        found[PREVIOUS_TXID] + found[OUTPUT_INDEX] + b"\x00" + found.get(SEQUENCE, FINAL_SEQUENCE) for found in inputs
    ]
    paid = [found[AMOUNT] + compact_size.encode(len(found[SCRIPT])) + found[SCRIPT] for found in outputs]
    body = (compact_size.encode(len(spent)), *spent, compact_size.encode(len(paid)), *paid)
    return b"".join((header[TX_VERSION], *body, lock_time(header, inputs)))
