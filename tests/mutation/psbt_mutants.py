"""Mutants of a PSBT: its bytes, its fields, and what it would do.

Fields are taken apart and put together here, so that what our parser would never write can be offered to it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from mutation import bent
from mutation.subject import Mutator

DUST, COIN = 546, 100_000_000
ATTACKER = b"\x00\x20" + b"\x66" * 32
SCRIPTS = (ATTACKER, b"\x00\x14" + b"\x55" * 20, b"\x51\x20" + b"\x44" * 32, b"\x6a\x04data", b"\x6a", b"", b"\x51")
Field = tuple[bytes, bytes]


@dataclass(frozen=True)
class Coin:
    """What an input of the unsigned transaction says."""

    outpoint: bytes
    sequence: int


@dataclass(frozen=True)
class Tx:
    """An unsigned transaction: outputs are (satoshis, script)."""

    version: int
    coins: tuple[Coin, ...]
    outputs: tuple[tuple[int, bytes], ...]
    lock_time: int

    def serialise(self) -> bytes:
        """Without witness; numbers that do not fit wrap."""
        spent = b"".join(each.outpoint + b"\x00" + (each.sequence % 2**32).to_bytes(4, "little") for each in self.coins)
        paid = b"".join((sats % 2**64).to_bytes(8, "little") + size(len(code)) + code for sats, code in self.outputs)
        head, tail = (self.version % 2**32).to_bytes(4, "little"), (self.lock_time % 2**32).to_bytes(4, "little")
        return head + size(len(self.coins)) + spent + size(len(self.outputs)) + paid + tail


@dataclass(frozen=True)
class Maps:
    """A PSBT taken apart: the transaction, the other global fields, and each input's and output's."""

    tx: Tx
    header: tuple[Field, ...]
    inputs: tuple[tuple[Field, ...], ...]
    outputs: tuple[tuple[Field, ...], ...]

    def serialise(self) -> bytes:
        """The file."""
        maps = (((b"\x00", self.tx.serialise()), *self.header), *self.inputs, *self.outputs)
        return b"psbt\xff" + b"".join(
            b"".join(size(len(key)) + key + size(len(value)) + value for key, value in found) + b"\x00"
            for found in maps
        )


def size(length: int) -> bytes:
    """CompactSize."""
    if length < 253:
        return bytes((length,))
    return b"\xfd" + length.to_bytes(2, "little") if length < 2**16 else b"\xfe" + length.to_bytes(4, "little")


def _read_size(data: bytes, at: int) -> tuple[int, int]:
    width = {253: 2, 254: 4, 255: 8}.get(data[at], 0)
    return (int.from_bytes(data[at + 1 : at + 1 + width], "little"), at + 1 + width) if width else (data[at], at + 1)


def take_apart(data: bytes) -> Maps:
    """An honest PSBT's parts."""
    maps, at = [], 5
    while at < len(data):
        found: list[Field] = []
        while data[at]:
            length, at = _read_size(data, at)
            key, at = data[at : at + length], at + length
            length, at = _read_size(data, at)
            found.append((key, data[at : at + length]))
            at += length
        maps.append(tuple(found))
        at += 1
    tx = _read_tx(dict(maps[0])[b"\x00"])
    header = tuple(each for each in maps[0] if each[0] != b"\x00")
    count = len(tx.coins)
    return Maps(tx, header, tuple(maps[1 : 1 + count]), tuple(maps[1 + count :]))


def _read_tx(data: bytes) -> Tx:
    count, at = _read_size(data, 4)
    coins = []
    for _ in range(count):
        coins.append(Coin(data[at : at + 36], int.from_bytes(data[at + 37 : at + 41], "little")))
        at += 41
    count, at = _read_size(data, at)
    outputs = []
    for _ in range(count):
        length, start = _read_size(data, at + 8)
        outputs.append((int.from_bytes(data[at : at + 8], "little"), data[start : start + length]))
        at = start + length
    return Tx(int.from_bytes(data[:4], "little"), tuple(coins), tuple(outputs), int.from_bytes(data[-4:], "little"))


Change = Callable[[Maps, Random], Maps | bytes]
CHANGES: dict[str, Change] = {}


def change(made: Change) -> Change:
    CHANGES[made.__name__.replace("_", " ")] = made
    return made


def kinds(honest: bytes) -> dict[str, Mutator]:
    """The mutators of one honest PSBT."""
    parts = take_apart(honest)
    assert parts.serialise() == honest

    def mutator(made: Change) -> Mutator:
        def mutate(chance: Random) -> bytes:
            found = made(parts, chance)
            return found if isinstance(found, bytes) else found.serialise()

        return mutate

    return {**bent.kinds(honest), **{name: mutator(made) for name, made in CHANGES.items()}}


# --- fields


def _one(found: tuple[tuple[Field, ...], ...], at: int, fields: tuple[Field, ...]) -> tuple[tuple[Field, ...], ...]:
    return (*found[:at], fields, *found[at + 1 :])


def _some_map(parts: Maps, chance: Random, made: Callable[[tuple[Field, ...]], tuple[Field, ...]]) -> Maps:
    """One input's or output's map made another."""
    if chance.random() < 0.6:
        at = chance.randrange(len(parts.inputs))
        return replace(parts, inputs=_one(parts.inputs, at, made(parts.inputs[at])))
    at = chance.randrange(len(parts.outputs))
    return replace(parts, outputs=_one(parts.outputs, at, made(parts.outputs[at])))


@change
def field_gone(parts: Maps, chance: Random) -> Maps:
    def made(found: tuple[Field, ...]) -> tuple[Field, ...]:
        at = chance.randrange(len(found)) if found else 0
        return found[:at] + found[at + 1 :]

    return _some_map(parts, chance, made)


@change
def field_bent(parts: Maps, chance: Random) -> Maps:
    def made(found: tuple[Field, ...]) -> tuple[Field, ...]:
        if not found:
            return found
        at = chance.randrange(len(found))
        key, value = found[at]
        if chance.random() < 0.3 or not value:
            key = bent.byte(key, chance) if key else b"\x00"
        else:
            value = bent.somehow(value, chance) if len(value) > 70 else bent.byte(value, chance)
        return (*found[:at], (key, value), *found[at + 1 :])

    return _some_map(parts, chance, made)


@change
def field_twice(parts: Maps, chance: Random) -> Maps:
    def made(found: tuple[Field, ...]) -> tuple[Field, ...]:
        return (*found, chance.choice(found)) if found else found

    return _some_map(parts, chance, made)


@change
def fields_in_another_order(parts: Maps, chance: Random) -> Maps:
    return _some_map(parts, chance, lambda found: tuple(chance.sample(found, len(found))))


@change
def field_of_another_map(parts: Maps, chance: Random) -> Maps:
    """One map's field also, or instead, in another's."""
    given = chance.choice(chance.choice([each for each in (*parts.inputs, *parts.outputs) if each]))

    def made(found: tuple[Field, ...]) -> tuple[Field, ...]:
        return (*(each for each in found if each[0] != given[0]), given)

    return _some_map(parts, chance, made)


@change
def unknown_field(parts: Maps, chance: Random) -> Maps:
    """Nobody knows what it says; BIP-174 has it carried along."""
    key = chance.choice((b"\xf0" + chance.randbytes(2), b"\xfc\x02zz\x00" + chance.randbytes(1), b"\x30", b"\xfc"))
    return _some_map(parts, chance, lambda found: (*found, (key, chance.randbytes(5))))


@change
def known_field_with_other_content(parts: Maps, chance: Random) -> Maps:
    """A sighash, a redeem script, a final witness, a partial signature, a taproot key, a key path."""
    key = b"\x02" + chance.randbytes(32)
    given = chance.choice(
        (
            (b"\x03", chance.choice((0, 1, 2, 3, 0x81, 0x82, 0x83, 256, 257)).to_bytes(4, "little")),
            (b"\x04", chance.randbytes(34)),
            (b"\x07", b"\x00"),
            (b"\x08", b"\x00"),
            (b"\x08", b"\x01\x00"),
            (b"\x02" + key, b"\x30\x06\x02\x01\x01\x02\x01\x01\x01"),
            (b"\x06" + key, bytes(4)),
            (b"\x17", chance.randbytes(32)),
            (b"\x13", chance.randbytes(64)),
            (b"\x0e", chance.randbytes(32)),
            (b"\x01", b"\x00" * 8 + b"\x00"),
        )
    )
    return _some_map(parts, chance, lambda found: (*(each for each in found if each[0] != given[0]), given))


@change
def global_field(parts: Maps, chance: Random) -> Maps:
    """A version, an extended key, something unknown, a field of version 2."""
    given = chance.choice(
        (
            (b"\xfb", chance.choice((0, 1, 2, 3)).to_bytes(4, "little")),
            (b"\x01" + chance.randbytes(78), chance.randbytes(8)),
            (b"\x01" + chance.randbytes(77), chance.randbytes(8)),
            (b"\xf1", chance.randbytes(3)),
            (b"\x02", (2).to_bytes(4, "little")),
            (b"\x06", b"\x03"),
        )
    )
    return replace(parts, header=(*parts.header, given))


@change
def amount_of_a_claim(parts: Maps, chance: Random) -> Maps:
    """A witness_utxo says another amount, or a parent pays another amount."""
    at = chance.randrange(len(parts.inputs))
    found = dict(parts.inputs[at])
    key = chance.choice([each for each in (b"\x01", b"\x00") if each in found])
    amount = (int.from_bytes(found[b"\x01"][:8], "little")).to_bytes(8, "little")
    other = (int.from_bytes(amount, "little") + chance.choice((1, -1, 1000, COIN))).to_bytes(8, "little")
    found[key] = found[key].replace(amount, other)
    return replace(parts, inputs=_one(parts.inputs, at, tuple(found.items())))


@change
def maps_exchanged(parts: Maps, chance: Random) -> Maps:
    """Two inputs, or two outputs, with each other's map."""
    found = list(parts.inputs if chance.random() < 0.5 else parts.outputs)
    first, second = chance.randrange(len(found)), chance.randrange(len(found))
    found[first], found[second] = found[second], found[first]
    return (
        replace(parts, inputs=tuple(found)) if len(found) == len(parts.inputs) else replace(parts, outputs=tuple(found))
    )


# --- what it does


def _paying(parts: Maps, outputs: list[tuple[int, bytes]], maps: list[tuple[Field, ...]] | None = None) -> Maps:
    found = parts.outputs if maps is None else tuple(maps)
    return replace(parts, tx=replace(parts.tx, outputs=tuple(outputs)), outputs=found)


@change
def amount_paid(parts: Maps, chance: Random) -> Maps:
    """One output pays more or less: by a satoshi, by a little, by much."""
    outputs, at = list(parts.tx.outputs), chance.randrange(len(parts.tx.outputs))
    more = chance.choice(
        (1, -1, 2, -2, chance.randrange(-2000, 2000), COIN, -COIN, chance.randrange(10**12), -outputs[at][0])
    )
    outputs[at] = (outputs[at][0] + more, outputs[at][1])
    return _paying(parts, outputs)


@change
def amount_at_the_edges(parts: Maps, chance: Random) -> Maps:
    outputs, at = list(parts.tx.outputs), chance.randrange(len(parts.tx.outputs))
    amounts = (0, 1, DUST - 1, DUST, 329, 330, 21 * 10**14, 21 * 10**14 + 1, 2**63 - 1, 2**63, 2**64 - 1)
    outputs[at] = (chance.choice(amounts), outputs[at][1])
    return _paying(parts, outputs)


@change
def amount_moved(parts: Maps, chance: Random) -> Maps:
    """From one output to another; the sum stays."""
    outputs = list(parts.tx.outputs)
    first, second = chance.randrange(len(outputs)), chance.randrange(len(outputs))
    moved = chance.choice((1, 2, 100, 10_000, COIN))
    outputs[first] = (outputs[first][0] - moved, outputs[first][1])
    outputs[second] = (outputs[second][0] + moved, outputs[second][1])
    return _paying(parts, outputs)


@change
def script_paid(parts: Maps, chance: Random) -> Maps:
    """One output pays somebody else: an attacker, nobody, a script one bit off, another output's script."""
    outputs, at = list(parts.tx.outputs), chance.randrange(len(parts.tx.outputs))
    code = outputs[at][1]
    others = (
        *SCRIPTS,
        bent.bit(code, chance),
        code[:-1],
        code + b"\x00",
        chance.choice(outputs)[1],
        _spent(parts, chance),
    )
    outputs[at] = (outputs[at][0], chance.choice(others))
    return _paying(parts, outputs)


def _spent(parts: Maps, chance: Random) -> bytes:
    """The script of a coin that it spends."""
    return dict(chance.choice(parts.inputs))[b"\x01"][9:]


@change
def output_more(parts: Maps, chance: Random) -> Maps:
    """One output more, taken from another's amount or from nobody's."""
    outputs, maps, at = list(parts.tx.outputs), list(parts.outputs), chance.randrange(len(parts.tx.outputs))
    amount = chance.choice((0, 1, 294, 330, 546, 1000, COIN))
    if chance.random() < 0.7:
        outputs[at] = (outputs[at][0] - amount, outputs[at][1])
    place = chance.randrange(len(outputs) + 1)
    code = chance.choice((*SCRIPTS, outputs[at][1], _spent(parts, chance)))
    outputs.insert(place, (amount, code))
    maps.insert(place, chance.choice(((), parts.outputs[at])))
    return _paying(parts, outputs, maps)


@change
def output_less(parts: Maps, chance: Random) -> Maps:
    """An output is gone: to the fee, or into another."""
    outputs, maps, at = list(parts.tx.outputs), list(parts.outputs), chance.randrange(len(parts.tx.outputs))
    (amount, _), _ = outputs.pop(at), maps.pop(at)
    if outputs and chance.random() < 0.5:
        outputs[0] = (outputs[0][0] + amount, outputs[0][1])
    return _paying(parts, outputs, maps)


@change
def outputs_in_another_order(parts: Maps, chance: Random) -> Maps:
    """With their maps, which pays the same, or without."""
    order = chance.sample(range(len(parts.outputs)), len(parts.outputs))
    maps = [parts.outputs[at] for at in order] if chance.random() < 0.6 else None
    return _paying(parts, [parts.tx.outputs[at] for at in order], maps)


@change
def inputs_in_another_order(parts: Maps, chance: Random) -> Maps:
    order = chance.sample(range(len(parts.inputs)), len(parts.inputs))
    tx = replace(parts.tx, coins=tuple(parts.tx.coins[at] for at in order))
    inputs = tuple(parts.inputs[at] for at in order) if chance.random() < 0.6 else parts.inputs
    return replace(parts, tx=tx, inputs=inputs)


@change
def input_less(parts: Maps, chance: Random) -> Maps:
    """A coin less; what it was worth is missing, or taken from the largest output."""
    at = chance.randrange(len(parts.inputs))
    amount = int.from_bytes(dict(parts.inputs[at])[b"\x01"][:8], "little")
    outputs = list(parts.tx.outputs)
    if chance.random() < 0.7:
        largest = outputs.index(max(outputs))
        outputs[largest] = (outputs[largest][0] - amount, outputs[largest][1])
    coins = parts.tx.coins[:at] + parts.tx.coins[at + 1 :]
    tx = replace(parts.tx, coins=coins, outputs=tuple(outputs))
    return replace(parts, tx=tx, inputs=parts.inputs[:at] + parts.inputs[at + 1 :])


@change
def input_twice(parts: Maps, chance: Random) -> Maps:
    at = chance.randrange(len(parts.inputs))
    tx = replace(parts.tx, coins=(*parts.tx.coins, parts.tx.coins[at]))
    return replace(parts, tx=tx, inputs=(*parts.inputs, parts.inputs[at]))


@change
def coin_spent(parts: Maps, chance: Random) -> Maps:
    """Another outpoint: another output of the same parent, or another parent."""
    coins, at = list(parts.tx.coins), chance.randrange(len(parts.tx.coins))
    known = coins[at].outpoint
    others = (known[:32] + chance.choice((0, 2, 2**32 - 1)).to_bytes(4, "little"), bent.bit(known, chance))
    coins[at] = replace(coins[at], outpoint=chance.choice((*others, chance.choice(coins).outpoint)))
    return replace(parts, tx=replace(parts.tx, coins=tuple(coins)))


@change
def sequence(parts: Maps, chance: Random) -> Maps:
    coins, at = list(parts.tx.coins), chance.randrange(len(parts.tx.coins))
    other = chance.choice((0, 1, 144, 0x400001, 0x80000000, 0xFFFFFFFC, 0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFF))
    coins[at] = replace(coins[at], sequence=other)
    return replace(parts, tx=replace(parts.tx, coins=tuple(coins)))


@change
def time_and_version(parts: Maps, chance: Random) -> Maps:
    lock_time = chance.choice((0, 1, 499_999_999, 500_000_000, 2**32 - 1))
    return replace(parts, tx=replace(parts.tx, version=chance.choice((0, 1, 2, 3, 2**31)), lock_time=lock_time))
