"""One change to a PSBT: a field of a map, an output, an input's sequence. Everything else stays the same bytes."""

from collections.abc import Callable
from dataclasses import replace

from countersign.bitcoin import compact_size, transaction
from countersign.bitcoin.psbt import Fields, Psbt, fields
from countersign.bitcoin.transaction import Output, Satoshis

Paid = list[tuple[Output, Fields]]


def header(psbt: Psbt, key: bytes, value: bytes) -> Psbt:
    """The PSBT with a field more in its global map."""
    return replace(psbt, globals={**psbt.globals, key: value})


def one_input(psbt: Psbt, index: int, key: bytes, value: bytes | None) -> Psbt:
    """One field of one input set, or taken away."""
    found = {each: data for each, data in psbt.inputs[index].items() if each != key}
    if value is not None:
        found[key] = value
    inputs = tuple(found if number == index else each for number, each in enumerate(psbt.inputs))
    return replace(psbt, inputs=inputs)


def one_output(psbt: Psbt, index: int, change: Callable[[dict[bytes, bytes]], None]) -> Psbt:
    """One output's map changed in place."""
    found = dict(psbt.outputs[index])
    change(found)
    outputs = tuple(found if number == index else each for number, each in enumerate(psbt.outputs))
    return replace(psbt, outputs=outputs)


def paid(psbt: Psbt, change: Callable[[Paid], None], *, lock_time: int = 0, sequence: int | None = None) -> Psbt:
    """The list of (output, map) changed in place, and the unsigned transaction made anew."""
    found: Paid = [
        (Output(bytes(out.scriptPubKey), Satoshis(out.nValue)), each)
        for out, each in zip(psbt.tx.vout, psbt.outputs, strict=True)
    ]
    change(found)
    unsigned = b"".join(
        (
            (2).to_bytes(4, "little"),
            compact_size.encode(len(psbt.tx.vin)),
            *(
                each.prevout.hash
                + each.prevout.n.to_bytes(4, "little")
                + b"\x00"
                + (each.nSequence if sequence is None else sequence).to_bytes(4, "little")
                for each in psbt.tx.vin
            ),
            compact_size.encode(len(found)),
            *(output.serialise() for output, _ in found),
            lock_time.to_bytes(4, "little"),
        )
    )
    return Psbt(
        {**psbt.globals, fields.UNSIGNED_TX: unsigned},
        psbt.inputs,
        tuple(each for _, each in found),
        transaction.parse_unsigned(unsigned),
        psbt.parents,
    )


def change_at(psbt: Psbt) -> int:
    """The number of the one output that has a map: the change."""
    (found,) = (index for index, each in enumerate(psbt.outputs) if each)
    return found


def payment_at(psbt: Psbt) -> int:
    """The number of the one output that has none: the payment."""
    (found,) = (index for index, each in enumerate(psbt.outputs) if not each)
    return found


def add(at: int, satoshis: int) -> Callable[[Paid], None]:
    """Output number `at` gets so many satoshis more (or fewer)."""

    def change(found: Paid) -> None:
        output, each = found[at]
        found[at] = (Output(output.script_pubkey, Satoshis(output.satoshis + satoshis)), each)

    return change
