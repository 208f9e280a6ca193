"""Mutated vault spends, by kind: what tests offer to the embedded Bitcoin chain and to a real node alike.

A `World` is a chain of coins that both sides hold. `mutations(world, count, seed)` gives the same transactions for the
same world and seed: raw ones (bytes flipped, fields changed after signing) and semantic ones that are signed again.
The serialiser is this module's own, so that it can write what the product's refuses to.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import NamedTuple

from countersign.bitcoin import transaction
from countersign.bitcoin.script import hash160, p2wsh
from countersign.bitcoin.sighash import Bip143
from countersign.keys import ecdsa
from countersign.keys.curve import ORDER, Curve
from support.bitcoin_vault import SoftwareVault, payment
from support.software_keys import SoftwareKey

ALL, NONE, SINGLE, ONE_INPUT = 1, 2, 3, 0x80
FINAL, LOCKABLE, REPLACEABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
ANYONE, ONE_KEY = -1, -2
Stack = list[bytes]


def foreign_key() -> SoftwareKey:
    """The key of the P2WPKH coin."""
    return SoftwareKey.generate(Curve.SECP256K1, "no vault of ours")


def foreign_script(slot: int) -> bytes:
    """The scriptPubKey of a foreign coin."""
    return p2wsh(b"\x51") if slot == ANYONE else b"\x00\x14" + hash160(foreign_key().public.data)


class Held(NamedTuple):
    """A coin of the vault: txid in the transaction's own order, output number, amount, slot number."""

    txid: bytes
    vout: int
    satoshis: int
    slot: int


class Place(NamedTuple):
    """Where coins lie: a slot of a vault and its keys in the order of its script."""

    script: bytes
    keys: tuple[SoftwareKey, ...]
    threshold: int

    @property
    def script_pubkey(self) -> bytes:
        return p2wsh(self.script)


def places(held: SoftwareVault) -> tuple[Place, ...]:
    """The slots of a software vault."""
    return tuple(
        Place(
            slot.witness_script,
            tuple(sorted((signer.keys[number] for signer in held.signers), key=lambda key: key.public.data)),
            held.vault.threshold,
        )
        for number, slot in enumerate(held.vault.slots)
    )


@dataclass(frozen=True)
class World:
    """What both chains know: where coins lie, coins by state, a transaction already mined, the best height.

    `fresh` coins have one confirmation and lie in the first four places, the slots of a 2-of-3 vault; `other` ones in
    multisigs of other sizes; `foreign` ones are no multisig at all.
    """

    places: tuple[Place, ...]
    fresh: tuple[Held, ...]
    other: tuple[Held, ...]
    foreign: tuple[Held, ...]
    mature: tuple[Held, ...]
    immature: tuple[Held, ...]
    spent: Held
    mined: bytes
    height: int

    def slot(self, number: int) -> Place:
        return self.places[number]


@dataclass(frozen=True)
class Draft:
    """A transaction before it is signed."""

    coins: tuple[Held, ...]
    outputs: tuple[tuple[bytes, int], ...]
    sequences: tuple[int, ...] = ()
    version: int = 2
    lock_time: int = 0
    script_sigs: dict[int, bytes] = field(default_factory=dict)

    @property
    def fee(self) -> int:
        return sum(coin.satoshis for coin in self.coins) - sum(amount for _, amount in self.outputs)

    def sequence(self, index: int) -> int:
        return self.sequences[index] if index < len(self.sequences) else REPLACEABLE

    def paying(self, index: int, amount: int) -> "Draft":
        """The same with another amount of one output."""
        script, _ = self.outputs[index]
        return replace(self, outputs=(*self.outputs[:index], (script, amount), *self.outputs[index + 1 :]))

    def unsigned(self) -> bytes:
        return self.assemble(())

    def assemble(self, stacks: Sequence[Stack]) -> bytes:
        inputs = [
            coin.txid
            + coin.vout.to_bytes(4, "little")
            + _sized(self.script_sigs.get(index, b""))
            + self.sequence(index).to_bytes(4, "little")
            for index, coin in enumerate(self.coins)
        ]
        outputs = [amount.to_bytes(8, "little", signed=amount < 0) + _sized(code) for code, amount in self.outputs]
        witness = b"".join(_count(len(stack)) + b"".join(map(_sized, stack)) for stack in stacks)
        return b"".join(
            (
                (self.version % 2**32).to_bytes(4, "little"),
                b"\x00\x01" if stacks else b"",
                _count(len(inputs)),
                *inputs,
                _count(len(outputs)),
                *outputs,
                witness,
                self.lock_time.to_bytes(4, "little"),
            )
        )


def _count(number: int) -> bytes:
    if number < 253:
        return bytes((number,))
    return b"\xfd" + number.to_bytes(2, "little") if number < 2**16 else b"\xfe" + number.to_bytes(4, "little")


def _sized(data: bytes) -> bytes:
    return _count(len(data)) + data


def signature(draft: Draft, world: World, index: int, key: SoftwareKey, kind: int = ALL) -> bytes:
    """DER and sighash byte of one key over one input; the digest is that of `kind`."""
    coin = draft.coins[index]
    script = world.slot(coin.slot).script
    digest = Bip143.of(draft.unsigned()).digest(index, script, coin.satoshis, kind)
    return ecdsa.to_der(key.sign_digest(digest)) + bytes((kind,))


def stack_of(draft: Draft, world: World, index: int, who: Sequence[int] | None = None, kind: int = ALL) -> Stack:
    """The finished witness of one input by the keys `who`, numbered in script order; by default the first ones."""
    slot = world.slot(draft.coins[index].slot)
    chosen = range(slot.threshold) if who is None else who
    signed = [signature(draft, world, index, slot.keys[one], kind) for one in chosen]
    return [b"", *signed, slot.script]


def finished(draft: Draft, world: World, change: Callable[[list[Stack]], None] | None = None) -> bytes:
    """The transaction signed on every input; `change` may spoil the witnesses afterwards."""
    stacks = [stack_of(draft, world, index) for index in range(len(draft.coins))]
    if change is not None:
        change(stacks)
    return draft.assemble(stacks)


def plain(world: World, rng: Random, inputs: int = 3) -> Draft:
    """A payment from fresh coins with change to the vault, at about 25 sat/vB: accepted as it is."""
    coins = tuple(rng.sample(world.fresh, inputs))
    total = sum(coin.satoshis for coin in coins)
    owed = total // 2 + rng.randrange(1000)
    change = world.slot(3).script_pubkey
    return Draft(coins, ((payment(0, 7).script_pubkey, owed), (change, total - owed - 10_000 - rng.randrange(500))))


def paying_also(draft: Draft, script: bytes, amount: int) -> Draft:
    """The same with one more output, taken from the change."""
    changed = draft.paying(1, draft.outputs[1][1] - amount)
    return replace(changed, outputs=(*changed.outputs, (script, amount)))


Mutator = Callable[[World, Random], bytes]
KINDS: dict[str, Mutator] = {}


def kind(made: Mutator) -> Mutator:
    KINDS[made.__name__.replace("_", " ")] = made
    return made


# Raw: changed after signing.


@kind
def untouched(world: World, rng: Random) -> bytes:
    return finished(plain(world, rng, rng.randint(1, 4)), world)


@kind
def byte_flipped(world: World, rng: Random) -> bytes:
    data = bytearray(finished(plain(world, rng), world))
    data[rng.randrange(len(data))] ^= rng.randrange(1, 256)
    return bytes(data)


@kind
def bit_flipped_in_the_body(world: World, rng: Random) -> bytes:
    draft = plain(world, rng)
    data = bytearray(finished(draft, world))
    data[rng.randrange(len(draft.unsigned()))] ^= 1 << rng.randrange(8)
    return bytes(data)


@kind
def bit_flipped_in_a_witness(world: World, rng: Random) -> bytes:
    draft = plain(world, rng)
    data = bytearray(finished(draft, world))
    data[rng.randrange(len(draft.unsigned()) - 4, len(data) - 4)] ^= 1 << rng.randrange(8)
    return bytes(data)


@kind
def cut_short_or_lengthened(world: World, rng: Random) -> bytes:
    data = finished(plain(world, rng), world)
    return rng.choice((data[: rng.randrange(len(data))], data + rng.randbytes(rng.randint(1, 9)), data[1:]))


@kind
def amount_changed_after_signing(world: World, rng: Random) -> bytes:
    draft = plain(world, rng)
    stacks = [stack_of(draft, world, index) for index in range(len(draft.coins))]
    changed = draft.paying(rng.randrange(2), draft.outputs[1][1] + rng.choice((1, -1, 100_000)))
    return changed.assemble(stacks)


@kind
def field_changed_after_signing(world: World, rng: Random) -> bytes:
    draft = plain(world, rng)
    stacks = [stack_of(draft, world, index) for index in range(len(draft.coins))]
    ways = (
        replace(draft, version=1),
        replace(draft, lock_time=world.height),
        replace(draft, sequences=(LOCKABLE,)),
        replace(draft, outputs=draft.outputs[::-1]),
        replace(draft, coins=draft.coins[::-1]),
        replace(draft, outputs=draft.outputs[:1]),
    )
    return rng.choice(ways).assemble(stacks)


@kind
def witnesses_exchanged(world: World, rng: Random) -> bytes:
    return finished(plain(world, rng), world, lambda stacks: stacks.reverse())


# Semantic: signed again.


@kind
def amount_one_more_or_less(world: World, rng: Random) -> bytes:
    draft = plain(world, rng)
    index = rng.randrange(2)
    return finished(draft.paying(index, draft.outputs[index][1] + rng.choice((1, -1))), world)


@kind
def outputs_swapped(world: World, rng: Random) -> bytes:
    draft = plain(world, rng)
    return finished(replace(draft, outputs=draft.outputs[::-1]), world)


@kind
def input_dropped(world: World, rng: Random) -> bytes:
    draft = plain(world, rng)
    shorter = replace(draft, coins=draft.coins[:-1])
    return finished(shorter if rng.random() < 0.5 else shorter.paying(1, 1000), world)


@kind
def input_twice(world: World, rng: Random) -> bytes:
    draft = plain(world, rng)
    return finished(replace(draft, coins=(*draft.coins, rng.choice(draft.coins))), world)


@kind
def fee_at_the_edges(world: World, rng: Random) -> bytes:
    """No fee, a negative one, about the least that is relayed, and about the most that is not taken for an error."""
    draft = plain(world, rng)
    size = _virtual_size(finished(draft, world))
    aimed = rng.choice((0, -1, size - 3, size - 2, size, size + 2, 10_000 * size - 20_000, 10_000 * size + 20_000))
    return finished(draft.paying(1, draft.outputs[1][1] + draft.fee - aimed), world)


@kind
def output_dust_or_not(world: World, rng: Random) -> bytes:
    code, limit = rng.choice(
        (
            (payment(0, 9).script_pubkey, 294),
            (b"\x00\x20" + rng.randbytes(32), 330),
            (b"\x51\x20" + rng.randbytes(32), 330),
            (b"\xa9\x14" + rng.randbytes(20) + b"\x87", 540),
            (b"\x76\xa9\x14" + rng.randbytes(20) + b"\x88\xac", 546),
        )
    )
    return finished(paying_also(plain(world, rng), code, limit + rng.choice((0, 0, -1, 1))), world)


@kind
def output_to_a_segwit_or_hash_script(world: World, rng: Random) -> bytes:
    codes = (
        b"\x00\x20" + rng.randbytes(32),
        b"\x51\x20" + rng.randbytes(32),
        b"\xa9\x14" + rng.randbytes(20) + b"\x87",
        b"\x76\xa9\x14" + rng.randbytes(20) + b"\x88\xac",
        b"\x00\x10" + rng.randbytes(16),
    )
    draft = plain(world, rng)
    return finished(replace(draft, outputs=((rng.choice(codes), 50_000), *draft.outputs[1:])), world)


@kind
def output_to_a_script_nobody_knows(world: World, rng: Random) -> bytes:
    codes = (b"", b"\x51", b"\xac" * 5, b"\x00\x14" + rng.randbytes(19), rng.randbytes(30))
    draft = plain(world, rng)
    return finished(replace(draft, outputs=((rng.choice(codes), 50_000), *draft.outputs[1:])), world)


@kind
def output_of_data(world: World, rng: Random) -> bytes:
    return finished(paying_also(plain(world, rng), b"\x6a\x08" + rng.randbytes(8), 0), world)


@kind
def output_of_a_later_segwit_version(world: World, rng: Random) -> bytes:
    return finished(paying_also(plain(world, rng), b"\x52\x20" + rng.randbytes(32), 10_000), world)


@kind
def amount_out_of_range(world: World, rng: Random) -> bytes:
    draft = plain(world, rng)
    most = 21_000_000 * 10**8
    return finished(draft.paying(rng.randrange(2), rng.choice((-1, -(2**63), most, most + 1, 2**62))), world)


@kind
def nothing_in_or_out(world: World, rng: Random) -> bytes:
    draft = plain(world, rng)
    if rng.random() < 0.5:
        return finished(replace(draft, outputs=()), world)
    return replace(draft, coins=()).assemble(())


@kind
def other_version(world: World, rng: Random) -> bytes:
    return finished(replace(plain(world, rng), version=rng.choice((0, 1, 4, -1, 2**31 - 1))), world)


@kind
def version_three(world: World, rng: Random) -> bytes:
    return finished(replace(plain(world, rng), version=3), world)


@kind
def lock_by_height(world: World, rng: Random) -> bytes:
    sequences = (rng.choice((FINAL, LOCKABLE, REPLACEABLE)),) * 3
    lock = world.height + rng.choice((-1, 0, 1, 2, 1000))
    return finished(replace(plain(world, rng), lock_time=lock, sequences=sequences), world)


@kind
def lock_by_time(world: World, rng: Random) -> bytes:
    sequences = (rng.choice((FINAL, LOCKABLE, REPLACEABLE)),) * 3
    lock = rng.choice((499_999_999, 500_000_000, 1_600_000_000, 4_000_000_000, 2**32 - 1))
    return finished(replace(plain(world, rng), lock_time=lock, sequences=sequences), world)


@kind
def relative_lock(world: World, rng: Random) -> bytes:
    """Fresh coins have one confirmation: a lock of 1 block is over, of 2 is not; 512 seconds never are."""
    sequence = rng.choice((0, 1, 2, 3, 0xFFFF, 1 << 22, (1 << 22) + 1, (1 << 31) + 5, (1 << 16) + 1, FINAL))
    version = rng.choice((1, 2, 2))
    return finished(replace(plain(world, rng), sequences=(FINAL, sequence), version=version), world)


@kind
def coin_of_a_coinbase(world: World, rng: Random) -> bytes:
    coin = rng.choice((*world.immature, *world.mature[-3:]))
    return finished(Draft((coin,), ((payment(0, 3).script_pubkey, coin.satoshis - 10_000),)), world)


@kind
def coin_of_another_multisig(world: World, rng: Random) -> bytes:
    coin = rng.choice(world.other)
    return finished(Draft((coin,), ((payment(0, 3).script_pubkey, coin.satoshis - 10_000),)), world)


@kind
def coin_that_is_no_multisig(world: World, rng: Random) -> bytes:
    """P2WSH of OP_1, and P2WPKH."""
    coin = rng.choice(world.foreign)
    draft = Draft((coin,), ((payment(0, 3).script_pubkey, coin.satoshis - 10_000),))
    if coin.slot == ANYONE:
        return draft.assemble([[b"\x51"]])
    key = foreign_key()
    code = b"\x76\xa9\x14" + hash160(key.public.data) + b"\x88\xac"
    digest = Bip143.of(draft.unsigned()).digest(0, code, coin.satoshis, ALL)
    return draft.assemble([[ecdsa.to_der(key.sign_digest(digest)) + b"\x01", key.public.data]])


@kind
def coin_that_is_not_there(world: World, rng: Random) -> bytes:
    draft = plain(world, rng)
    first = draft.coins[0]
    absent = rng.choice((first._replace(txid=rng.randbytes(32)), first._replace(vout=77), world.spent))
    null = first._replace(txid=bytes(32), vout=2**32 - 1)
    chosen = rng.choice((absent, absent, null))
    return finished(replace(draft, coins=(chosen, *draft.coins[1:])), world)


@kind
def coinbase_itself(world: World, rng: Random) -> bytes:
    null = Held(bytes(32), 2**32 - 1, 5_000_000_000, 0)
    draft = Draft((null,), ((payment(0, 3).script_pubkey, 1_000_000),), script_sigs={0: rng.randbytes(8)})
    return draft.assemble([[bytes(32)]])


@kind
def mined_already(world: World, rng: Random) -> bytes:
    return world.mined


@kind
def script_sig_added(world: World, rng: Random) -> bytes:
    pushed = rng.choice((b"\x00", b"\x01\x07", b"\x76", b"\x04" + rng.randbytes(4), b"\x51" * 1651))
    draft = replace(plain(world, rng), script_sigs={rng.randrange(3): pushed})
    stacks = [stack_of(draft, world, index) for index in range(3)]
    return draft.assemble(stacks)


@kind
def too_heavy_or_just_not(world: World, rng: Random) -> bytes:
    """Outputs of 31 bytes, 124 weight units each: a few too many, or just few enough."""
    coin = rng.choice(world.mature[:8])
    base = Draft((coin,), ((payment(0, 1).script_pubkey, 1000),))
    room = (400_000 - _weight(finished(base, world)) - 8) // 124
    count = 1 + room + rng.choice((-2, 5))
    script = payment(0, 1).script_pubkey
    outputs = ((script, coin.satoshis - 1000 * (count - 1) - 200_000), *((script, 1000) for _ in range(count - 1)))
    return finished(replace(base, outputs=outputs), world)


@kind
def witness_missing(world: World, rng: Random) -> bytes:
    draft = plain(world, rng)
    if rng.random() < 0.3:
        return draft.unsigned()
    return finished(draft, world, lambda stacks: stacks[rng.randrange(3)].clear())


@kind
def signature_missing(world: World, rng: Random) -> bytes:
    return finished(plain(world, rng), world, lambda stacks: stacks[rng.randrange(3)].__delitem__(rng.choice((1, 2))))


@kind
def signature_emptied(world: World, rng: Random) -> bytes:
    return finished(plain(world, rng), world, lambda stacks: stacks[1].__setitem__(rng.choice((1, 2)), b""))


@kind
def signature_too_many(world: World, rng: Random) -> bytes:
    draft = plain(world, rng)
    third = stack_of(draft, world, 0, (0, 1, 2))
    return finished(draft, world, lambda stacks: stacks.__setitem__(0, third))


@kind
def other_signers(world: World, rng: Random) -> bytes:
    draft = plain(world, rng)
    other = stack_of(draft, world, 0, rng.choice(((0, 2), (1, 2))))
    return finished(draft, world, lambda stacks: stacks.__setitem__(0, other))


@kind
def wrong_key_order(world: World, rng: Random) -> bytes:
    draft = plain(world, rng)
    other = stack_of(draft, world, 0, rng.choice(((1, 0), (2, 0), (2, 1))))
    return finished(draft, world, lambda stacks: stacks.__setitem__(0, other))


@kind
def one_key_twice(world: World, rng: Random) -> bytes:
    draft = plain(world, rng)
    other = stack_of(draft, world, 0, (rng.randrange(3),) * 2)
    return finished(draft, world, lambda stacks: stacks.__setitem__(0, other))


@kind
def strangers_signature(world: World, rng: Random) -> bytes:
    draft = plain(world, rng)
    stranger = SoftwareKey.generate(Curve.SECP256K1, rng.randbytes(8))
    forged = signature(draft, world, 0, stranger)
    return finished(draft, world, lambda stacks: stacks[0].__setitem__(rng.choice((1, 2)), forged))


@kind
def high_s(world: World, rng: Random) -> bytes:
    def raise_s(stacks: list[Stack]) -> None:
        stack, place = stacks[rng.randrange(3)], rng.choice((1, 2))
        rs = ecdsa.from_der(stack[place][:-1])
        high = ORDER[Curve.SECP256K1] - int.from_bytes(rs[32:], "big")
        stack[place] = ecdsa.to_der(rs[:32] + high.to_bytes(32, "big")) + b"\x01"

    return finished(plain(world, rng), world, raise_s)


@kind
def der_respelt(world: World, rng: Random) -> bytes:
    def respell(stacks: list[Stack]) -> None:
        stack = stacks[rng.randrange(3)]
        der = stack[1]
        longer = bytes((der[0], der[1] + 1, der[2], der[3] + 1, 0)) + der[4:]
        ways = (longer, der[:-1], der[:-1] + b"\x00\x01", b"\x31" + der[1:], der[:1] + b"\x81" + der[1:])
        stack[1] = rng.choice(ways)

    return finished(plain(world, rng), world, respell)


@kind
def dummy_filled(world: World, rng: Random) -> bytes:
    filled = rng.choice((b"\x00", b"\x01", b"\x80"))
    return finished(plain(world, rng), world, lambda stacks: stacks[0].__setitem__(0, filled))


@kind
def dummy_missing(world: World, rng: Random) -> bytes:
    return finished(plain(world, rng), world, lambda stacks: stacks[0].__delitem__(0))


@kind
def item_added(world: World, rng: Random) -> bytes:
    item = rng.choice((b"", b"\x01", rng.randbytes(33), rng.randbytes(81)))
    return finished(plain(world, rng), world, lambda stacks: stacks[2].insert(rng.choice((0, 1, 3)), item))


@kind
def script_changed(world: World, rng: Random) -> bytes:
    def change(stacks: list[Stack]) -> None:
        script = bytearray(stacks[0][-1])
        script[rng.randrange(len(script))] ^= 1 << rng.randrange(8)
        stacks[0][-1] = rng.choice((bytes(script), b"", b"\x51", stacks[0][-1] + b"\x61"))

    return finished(plain(world, rng), world, change)


@kind
def sighash_without_meaning(world: World, rng: Random) -> bytes:
    draft = plain(world, rng)
    other = stack_of(draft, world, 0, kind=rng.choice((0, 4, 0x40, 0x80, 0xFF)))
    return finished(draft, world, lambda stacks: stacks.__setitem__(0, other))


@kind
def sighash_not_all(world: World, rng: Random) -> bytes:
    draft = plain(world, rng, 2)
    chosen = rng.choice((NONE, SINGLE, ALL | ONE_INPUT, NONE | ONE_INPUT, SINGLE | ONE_INPUT))
    other = stack_of(draft, world, 1, kind=chosen)
    return finished(draft, world, lambda stacks: stacks.__setitem__(1, other))


@kind
def sighash_byte_changed(world: World, rng: Random) -> bytes:
    def change(stacks: list[Stack]) -> None:
        stacks[0][1] = stacks[0][1][:-1] + bytes((rng.choice((NONE, SINGLE, ALL | ONE_INPUT)),))

    return finished(plain(world, rng), world, change)


def _weight(data: bytes) -> int:
    return transaction.weight(transaction.parse(data))


def _virtual_size(data: bytes) -> int:
    return -(-_weight(data) // 4)


def mutations(world: World, count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """`count` transactions, kind by kind in turn, each from a random stream of its own."""
    names = list(KINDS)
    for number in range(count):
        name = names[number % len(names)]
        yield name, KINDS[name](world, Random(f"{seed}/{number}"))
