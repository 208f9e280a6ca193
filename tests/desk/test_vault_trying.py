"""A vault's test is signed with the discipline of H8: nothing where signing is stopped, every r entered before it leaves."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from countersign.bitcoin import bsms, signed_message
from countersign.bitcoin.bsms_encryption import NO_TOKEN
from countersign.desk import randomness, vault_enrolment, vault_trying
from countersign.desk.ports import Journal
from countersign.desk.records import Intent, Share
from countersign.desk.vault_enrolment import Planned
from countersign.errors import Refused
from countersign.keys.wrapping import Cost
from countersign.store import profile as profiles
from countersign.store.profile import Kind
from support import enrolment_world as enrolling
from support import ranged_world
from support import settlement_world as world
from support.careless import CarelessToken, given_back, signature
from support.enrolment_world import planned
from support.hardware_wallet import Device
from support.refusals import refused
from support.software_stage import CountedEntropy

A = world.COSIGNERS[0]
KEYS = [world.vault_key(A, "bip122", "meridian", slot) for slot in range(world.SLOTS)]
FIRST, SECOND, THIRD = (list(range(at, at + world.SLOTS)) for at in (1_000, 2_000, 3_000))


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """A real one."""
    cheap = Cost(memory=64, passes=1, lanes=1)
    store = profiles.create(
        tmp_path / "a", Kind.CONSOLE, CountedEntropy().random_bytes, lambda: "a passphrase", {}, cheap
    )
    with store:
        yield store.journal


def slots() -> Planned:
    return planned(enrolling.slots())


def ranged() -> Planned:
    return planned(enrolling.descriptor_record())


def other_name() -> Planned:
    """The same keys, another vault: another test."""
    return planned(enrolling.slots(), name="another-btc")


async def test_the_r_of_a_test_counts_for_the_next_test_of_the_same_keys(journal: Journal) -> None:
    assert await vault_trying.sign(journal, slots(), A, CarelessToken(KEYS, FIRST))
    assert await vault_trying.sign(
        journal, slots(), A, CarelessToken(KEYS, FIRST)
    )  # the same digests: the same signatures
    repeating = CarelessToken(KEYS, [SECOND[0], FIRST[1], *SECOND[2:]])
    with refused("H8.repeated-r", Refused):
        await vault_trying.sign(journal, other_name(), A, repeating)
    with refused("H8.key-stopped", Refused):
        await vault_trying.sign(journal, other_name(), A, fresh := CarelessToken(KEYS, THIRD))
    assert fresh.asked == 0


async def test_the_near_miss_with_numbers_of_their_own_is_signed(journal: Journal) -> None:
    """A number that two of the token's keys share by chance is no alarm: neither is computed from one signature of each."""
    await vault_trying.sign(journal, slots(), A, CarelessToken(KEYS, FIRST))
    shifted = CarelessToken(KEYS, [*SECOND[:2], FIRST[1], SECOND[3]])
    data = await vault_trying.sign(journal, other_name(), A, shifted)
    assert vault_enrolment.take_test(other_name(), A, data) == data


async def test_the_r_of_a_test_counts_for_the_shares_of_instructions(journal: Journal) -> None:
    await vault_trying.sign(journal, slots(), A, CarelessToken(KEYS, FIRST))
    key, digest, other = KEYS[0].public.thumbprint(), b"\x05" * 32, b"\x06" * 32
    journal.intend(Intent(b"i" * 32, "S-1", key, b"t" * 32, (digest, other), 1))
    journal.record_shares((Share(key, other, signature(KEYS[0].secret, other, SECOND[0])),))
    with refused("H8.repeated-r", Refused):
        journal.record_shares((Share(key, digest, signature(KEYS[0].secret, digest, FIRST[0])),))


async def test_the_r_of_a_share_counts_for_a_test(journal: Journal) -> None:
    key, digest = KEYS[2].public.thumbprint(), b"\x05" * 32
    journal.intend(Intent(b"i" * 32, "S-1", key, b"t" * 32, (digest,), 1))
    journal.record_shares((Share(key, digest, signature(KEYS[2].secret, digest, FIRST[2])),))
    with refused("H8.repeated-r", Refused):
        await vault_trying.sign(journal, slots(), A, CarelessToken(KEYS, FIRST))
    with refused("H8.key-stopped", Refused):
        journal.intend(Intent(b"j" * 32, "S-2", key, b"u" * 32, (b"\x07" * 32,), 1))


async def test_a_device_that_repeats_a_number_under_two_places_is_alarmed(journal: Journal) -> None:
    vault, device = ranged(), ranged_world.device(A)
    test = vault_enrolment.test(vault)
    with refused("H8.repeated-r", Refused):
        await vault_trying.take(journal, vault, A, given_back(device, test, [77, 77]), None)
    with refused("H8.key-stopped", Refused):  # whatever it makes of it a second time
        await vault_trying.take(journal, vault, A, device.sign(test), None)


async def test_the_near_miss_of_a_device_with_two_numbers_is_taken(journal: Journal) -> None:
    vault, device = ranged(), ranged_world.device(A)
    test = vault_enrolment.test(vault)
    assert await vault_trying.take(journal, vault, A, given_back(device, test, [77, 78]), None)
    assert await vault_trying.take(journal, vault, A, device.sign(test), None)  # another signature of the same digests
    with refused("H8.repeated-r", Refused):
        root = device.public.thumbprint()
        journal.register((Share(b"k" * 32, b"d" * 32, signature(b"\x01" * 32, b"d" * 32, 78), root),))


def record(device: Device, nonce: int) -> bsms.KeyRecord:
    """A key record that the device signed with this secret number."""
    digest = signed_message.digest(bsms.signed_text(NO_TOKEN, device.origin, "device of A"))
    made = signature(device.account_secret(), digest, nonce)
    return bsms.parse_key_record(bsms.key_record(NO_TOKEN, device.origin, "device of A", made).serialise())


async def test_the_key_record_that_the_device_signed_before_counts(journal: Journal) -> None:
    vault, device = ranged(), ranged_world.device(A)
    back = given_back(device, vault_enrolment.test(vault), [77, 78])
    assert await vault_trying.take(journal, vault, A, back, record(device, 79))
    with refused("H8.repeated-r", Refused):
        await vault_trying.take(journal, vault, A, back, record(device, 78))


@pytest.mark.parametrize("stopped", [False, True])
async def test_where_signing_is_frozen_no_test_is_made_or_leaves(journal: Journal, stopped: bool) -> None:
    vault, token = slots(), CarelessToken(KEYS, FIRST)
    by_device, device = ranged(), ranged_world.device(A)
    if stopped:
        journal.freeze_signing(world.ORIGIN, b"e" * 32)
        with refused("L4.signing-frozen", Refused):
            await vault_trying.sign(journal, vault, A, token)
        with refused("L4.signing-frozen", Refused):
            await vault_trying.take(journal, by_device, A, device.sign(vault_enrolment.test(by_device)), None)
        with refused("L4.signing-frozen", Refused):
            vault_trying.require_may_sign(journal, by_device, A)
        assert token.asked == 0
        return
    vault_trying.require_may_sign(journal, by_device, A)
    assert await vault_trying.sign(journal, vault, A, token)
    assert token.asked == world.SLOTS


async def test_another_cosigners_stopped_key_stops_nobody_else(journal: Journal) -> None:
    theirs = world.vault_key(world.COSIGNERS[1], "bip122", "meridian", 0)
    again = [
        Share(theirs.public.thumbprint(), each * 32, signature(theirs.secret, each * 32, 9)) for each in (b"a", b"b")
    ]
    with refused("H8.repeated-r", Refused):
        journal.register(tuple(again))
    assert await vault_trying.sign(journal, slots(), A, CarelessToken(KEYS, FIRST))


def test_the_register_of_an_audit_knows_one_key_by_its_root() -> None:
    seen, one = randomness.Register(), Share(b"k" * 32, b"d" * 32, b"r" * 32 + b"s" * 32)
    assert not seen.repeated([one, one])
    assert not seen.repeated([Share(b"l" * 32, b"e" * 32, one.signature)])  # another key
    assert seen.repeated([Share(b"m" * 32, b"e" * 32, one.signature, root=b"k" * 32)])  # its child
