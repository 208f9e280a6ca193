"""Generated PSBTs through bdkpython (rust-bitcoin, miniscript) and embit: the same bytes at every step, or listed here.

For each: our unsigned PSBT read and written by both; both sign, and give our signatures; our shares combined by both;
finalised and extracted by both; every spend verified by our rule and by Bitcoin Core's code (py-bitcoinkernel).

Listed exceptions (each is asserted below, so that it disappears from the list when it disappears from the library):
1. embit writes partial signatures in the order they arrived, we and bdk in the order of the script's keys: its combined
   PSBT is compared field by field.
2. embit reads a sequence of 0 as ffffffff and writes another transaction.
3. rust-bitcoin writes proprietary fields (fc) before unknown ones whatever their type; we order by type. Unknown types
   below fc beside a proprietary field in one map are therefore generated only for that exception's own test.
4. embit grinds for short r: its signature equals ours with the counter it needed as extra entropy.
5. miniscript's finaliser drops unknown and proprietary fields of inputs; BIP-174 keeps them, and so do we and B13.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import bdkpython as bdk
import pytest
from embit import ec
from embit.finalizer import finalize_psbt
from embit.psbt import PSBT

from countersign.bitcoin import build, combine, consensus, finalise, inspect, psbt, share, verify
from countersign.bitcoin.inspect import FINAL_SEQUENCE, REPLACEABLE
from countersign.bitcoin.psbt import Fields, Psbt
from countersign.bitcoin.psbt.order import ordered
from support.bitcoin_vault import Signer, SoftwareVault, funded, payment, sign_with_entropy, software_vault
from support.psbt_exchange import NETWORK, PLAINLY, bdk_bytes, bdk_psbt, wif

QUORUMS = ((1, 1), (1, 2), (2, 2), (2, 3), (3, 5), (4, 7), (2, 15))


@dataclass(frozen=True, slots=True)
class Case:
    """A generated PSBT and who signs it: its quorum, now and then one more."""

    held: SoftwareVault
    unsigned: Psbt
    signers: tuple[Signer, ...]
    one_slot: bool


@cache
def held_by(threshold: int, cosigners: int, slots: int) -> SoftwareVault:
    return software_vault(f"others {threshold} {cosigners} {slots}", threshold, cosigners, slots)


def generate(seed: int) -> Case:
    """The case that this seed always gives."""
    chance = random.Random(seed)
    threshold, cosigners = QUORUMS[seed % len(QUORUMS)]
    slots = chance.choice((1, 1, 4))
    held = held_by(threshold, cosigners, slots)
    amounts = [chance.randrange(10_000, 10**10) for _ in range(chance.choice((1, 1, 2, 3, 5, 8)))]
    paid = [(payment(chance.randrange(600, 5_000), n + 1), None) for n in range(chance.randrange(1, 5))]
    change = [(payment(chance.randrange(600, 5_000)), slot) for slot in held.vault.slots[: chance.randrange(2)]]
    outputs = [*paid, *((type(out)(slot.script_pubkey, out.satoshis), slot) for out, slot in change)]
    base = build.create(
        funded(held.vault, amounts, seed * 100),
        outputs,
        lock_time=chance.choice((0, 0, 840_000)),
        sequence=chance.choice((REPLACEABLE, FINAL_SEQUENCE - 1, 144)),
    )
    maps = [_with_extras(found, chance) for found in (base.globals, *base.inputs, *base.outputs)]
    inputs = len(base.inputs)
    unsigned = psbt.of_maps(maps[0], tuple(maps[1 : 1 + inputs]), tuple(maps[1 + inputs :]), base)
    count = min(cosigners, threshold + chance.choice((0, 0, 1)))
    return Case(held, unsigned, tuple(chance.sample(held.signers, count)), slots == 1)


def _with_extras(found: Fields, chance: random.Random) -> Fields:
    """Now and then unknown fields, or proprietary ones, and in an input the sighash field."""
    added = dict(found)
    kind = chance.randrange(6)
    for _ in range(chance.randrange(1, 3)):
        data = chance.randbytes(chance.randrange(1, 9))
        if kind == 0:
            added[b"\xf0" + data] = chance.randbytes(chance.randrange(300))
        elif kind == 1:
            added[b"\xfc\x05desk\x00\x07" + data] = chance.randbytes(chance.randrange(20))
    if kind == 2 and b"\x05" in found:
        added[b"\x03"] = b"\x01\x00\x00\x00"
    return ordered(added)


def embit_psbt(given: Psbt) -> PSBT:
    return PSBT.parse(psbt.serialise(given))


def check(seed: int) -> None:
    """Everything that is promised of one generated PSBT."""
    case = generate(seed)
    data = psbt.serialise(case.unsigned)
    assert psbt.serialise(psbt.parse(data)) == data
    assert bdk_bytes(bdk_psbt(case.unsigned)) == data
    assert embit_psbt(case.unsigned).serialize() == data
    shares = [signer.sign(case.unsigned) for signer in case.signers]
    for signer, given in zip(case.signers, shares, strict=True):
        share.accept(case.unsigned, given, signer.public)
        check_embit_signature(case, signer, given)
    combined = combine.combine(case.unsigned, *shares)
    check_combined(case, shares, combined)
    check_finished(case, combined)


def check_embit_signature(case: Case, signer: Signer, given: Psbt) -> None:
    theirs = embit_psbt(case.unsigned)
    for key in signer.keys:
        theirs.sign_with(ec.PrivateKey(key.secret))
    by_public = {key.public.data: key.secret for key in signer.keys}
    for index, request in enumerate(share.requests(case.unsigned, signer.public)):
        ((public, signature),) = theirs.inputs[index].partial_sigs.items()
        assert public.sec() == request.public_key
        ours = given.inputs[index][b"\x02" + request.public_key]
        candidates = ground(ours, by_public[request.public_key], request.digest)
        assert signature == next(der for der in candidates if len(der) <= 71)


def ground(ours: bytes, secret: bytes, digest: bytes) -> Iterator[bytes]:
    """Exception 4: ours, then ours with embit's counter."""
    yield ours
    counter = 1
    while True:
        yield sign_with_entropy(secret, digest, counter.to_bytes(32, "little")) + b"\x01"
        counter += 1


def check_combined(case: Case, shares: list[Psbt], combined: Psbt) -> None:
    theirs = bdk_psbt(case.unsigned)
    for given in shares:
        theirs = theirs.combine(bdk_psbt(given))
    assert bdk_bytes(theirs) == psbt.serialise(combined)
    updated = embit_psbt(case.unsigned)
    for given in shares:
        for into, other in zip(updated.inputs, embit_psbt(given).inputs, strict=True):
            into.update(other)
    # Exception 1: the fields and their values agree, the order of the signatures is embit's own.
    assert psbt.parse(updated.serialize()) == combined


def check_finished(case: Case, combined: Psbt) -> None:
    ours = finalise.finalise(combined)
    theirs = bdk_psbt(combined).finalize()
    assert theirs.could_finalize, theirs.errors
    # Exception 5: compared without what bdk drops; where nothing unknown was carried these are all the bytes.
    assert bdk_bytes(theirs.psbt) == psbt.serialise(without_unknown(ours))
    data = finalise.extract(ours)
    assert bytes(theirs.psbt.extract_tx_unchecked_fee_rate().serialize()) == data
    assert finalize_psbt(embit_psbt(combined)).serialize() == data
    spent = [inspect.spent_output(case.unsigned, index) for index in range(len(case.unsigned.inputs))]
    verify.verify(data, spent)
    assert consensus.verify(data, spent) is consensus.Answer.ACCEPTED


def without_unknown(given: Psbt) -> Psbt:
    """The input maps without unknown and proprietary fields."""
    inputs = tuple({key: value for key, value in found.items() if key[0] < 0xF0} for found in given.inputs)
    return psbt.of_maps(given.globals, inputs, given.outputs, given)


@pytest.mark.parametrize("start", range(0, 100, 25))
def test_a_hundred_generated_psbts_agree(start: int) -> None:
    for seed in range(start, start + 25):
        check(seed)


@pytest.mark.long
@pytest.mark.parametrize("start", range(100, 1_100, 100))
def test_a_thousand_more_generated_psbts_agree(start: int) -> None:
    for seed in range(start, start + 100):
        check(seed)


def bdk_wallet(held: SoftwareVault, who: int) -> bdk.Wallet:
    """bdk's wallet over slot 0 with one signer's private key in it."""
    slot, secret = held.vault.slots[0], held.signers[who].keys[0]
    own = secret.public.data.hex()
    body = slot.text.partition("#")[0].replace(own, wif(secret.secret))
    return bdk.Wallet.create_single(
        bdk.Descriptor(body, NETWORK),
        bdk.Network.REGTEST,
        bdk.Persister.new_in_memory(),
    )


def test_bdk_signs_the_same_signatures() -> None:
    signed = 0
    wallets: dict[str, bdk.Wallet] = {}
    for seed in range(120):
        case = generate(seed)
        if not case.one_slot:
            continue
        who = case.held.signers.index(case.signers[0])
        theirs = bdk_psbt(case.unsigned)
        name = f"{case.held.vault.checksum} {who}"
        if name not in wallets:
            wallets[name] = bdk_wallet(case.held, who)
        wallets[name].sign(theirs, PLAINLY)
        ours = combine.combine(case.unsigned, case.signers[0].sign(case.unsigned))
        assert bdk_bytes(theirs) == psbt.serialise(ours)
        signed += 1
    assert signed > 40


def test_exception_2_embit_misreads_a_sequence_of_zero() -> None:
    held = held_by(2, 3, 4)
    base = build.create(funded(held.vault, [50_000]), [(payment(40_000), None)], sequence=0)
    assert bdk_bytes(bdk_psbt(base)) == psbt.serialise(base)
    assert embit_psbt(base).serialize() != psbt.serialise(base)


def test_exception_3_rust_bitcoin_puts_proprietary_before_unknown() -> None:
    held = held_by(2, 3, 4)
    base = build.create(funded(held.vault, [50_000]), [(payment(40_000), None)])
    both = {**base.inputs[0], b"\xf0\x01": b"u", b"\xfc\x01d\x00": b"p"}
    ours = psbt.of_maps(base.globals, (both,), base.outputs, base)
    theirs = psbt.parse(bdk_bytes(bdk_psbt(ours)))
    assert theirs == ours
    assert list(theirs.inputs[0])[-2:] == list(ours.inputs[0])[:-3:-1]
    assert embit_psbt(ours).serialize() == psbt.serialise(ours)


def test_exception_5_bdk_s_finaliser_drops_what_is_unknown() -> None:
    held = held_by(2, 3, 4)
    base = build.create(funded(held.vault, [50_000]), [(payment(40_000), None)])
    with_unknown = psbt.of_maps(base.globals, ({**base.inputs[0], b"\xf0\x01": b"u"},), base.outputs, base)
    combined = combine.combine(with_unknown, *(signer.sign(base) for signer in held.signers[:2]))
    assert b"\xf0\x01" in finalise.finalise(combined).inputs[0]
    assert b"\xf0\x01" not in psbt.parse(bdk_bytes(bdk_psbt(combined).finalize().psbt)).inputs[0]
