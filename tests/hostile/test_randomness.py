"""H8, scripted: a secret number that a key used before comes back in whatever the key signs; a stopped key, a frozen machine.

Each case is played against a real journal, beside its near miss (numbers of its own, the key not stopped, the machine not frozen),
and with the register switched off, when it passes.
"""

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from countersign.bitcoin import bsms, signed_message
from countersign.bitcoin.bsms_encryption import NO_TOKEN
from countersign.desk import vault_enrolment, vault_trying
from countersign.desk.records import Intent, Share
from countersign.errors import Refused
from countersign.keys.wrapping import Cost
from countersign.store import profile as profiles
from countersign.store.journal import Journal
from countersign.store.profile import Kind
from countersign.store.signing import SigningRecord
from support import enrolment_world as enrolling
from support import ranged_world
from support import settlement_world as world
from support.careless import CarelessToken, given_back, signature
from support.enrolment_world import planned
from support.software_stage import CountedEntropy

A = world.COSIGNERS[0]
KEYS = [world.vault_key(A, "bip122", "meridian", slot) for slot in range(world.SLOTS)]
KEY, DEVICE = KEYS[0], ranged_world.device(A)
FIRST, SECOND = (list(range(at, at + world.SLOTS)) for at in (1_000, 2_000))
Play = Callable[[Journal, bool], Awaitable[object]]
"""Play the case; with False its near miss."""


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    cheap = Cost(memory=64, passes=1, lanes=1)
    entropy = CountedEntropy().random_bytes
    with profiles.create(tmp_path / "a", Kind.CONSOLE, entropy, lambda: "a passphrase", {}, cheap) as store:
        yield store.journal


def share(journal: Journal, digest: bytes, nonce: int) -> object:
    """A share of an instruction, as it is signed: intent, token, journal; what the journal answers with from then on."""
    key = KEY.public.thumbprint()
    journal.intend(Intent(digest, f"S-{digest[0]}", key, digest, (digest,), 1))
    journal.record_shares((Share(key, digest, signature(KEY.secret, digest, nonce)),))
    return journal.answered(key, digest)


async def tried(journal: Journal, name: str, nonces: list[int]) -> object:
    """The token's own test of Meridian's vault under a name."""
    return await vault_trying.sign(journal, planned(enrolling.slots(), name=name), A, CarelessToken(KEYS, nonces))


async def two_shares(journal: Journal, again: bool) -> object:
    share(journal, b"a" * 32, 5)
    return share(journal, b"b" * 32, 5 if again else 6)


async def share_after_test(journal: Journal, again: bool) -> object:
    await tried(journal, "meridian-btc", FIRST)
    return share(journal, b"a" * 32, FIRST[0] if again else SECOND[0])


async def trial_after_share(journal: Journal, again: bool) -> object:
    share(journal, b"a" * 32, FIRST[0] if again else SECOND[0])
    return await tried(journal, "meridian-btc", FIRST)


async def two_tests(journal: Journal, again: bool) -> object:
    await tried(journal, "meridian-btc", FIRST)
    return await tried(journal, "another-btc", [FIRST[0] if again else SECOND[0], *SECOND[1:]])


async def two_places(journal: Journal, again: bool) -> object:
    vault = planned(enrolling.descriptor_record())
    back = given_back(DEVICE, vault_enrolment.test(vault), [9, 9] if again else [9, 10])
    return await vault_trying.take(journal, vault, A, back, None)


async def key_record(journal: Journal, again: bool) -> object:
    vault = planned(enrolling.descriptor_record())
    digest = signed_message.digest(bsms.signed_text(NO_TOKEN, DEVICE.origin, "of A"))
    made = signature(DEVICE.account_secret(), digest, 9 if again else 11)
    record = bsms.key_record(NO_TOKEN, DEVICE.origin, "of A", made)
    back = given_back(DEVICE, vault_enrolment.test(vault), [9, 10])
    return await vault_trying.take(journal, vault, A, back, record)


async def stopped(journal: Journal, again: bool) -> object:
    if again:
        journal._chain.append("key-stopped", KEY.public.thumbprint(), b"a" * 32)
    return await tried(journal, "meridian-btc", FIRST)


async def frozen(journal: Journal, again: bool) -> object:
    if again:
        journal.freeze_signing(world.ORIGIN, b"e" * 32)
    return await tried(journal, "meridian-btc", FIRST)


CASES: dict[str, tuple[Play, str]] = {
    "one number in two shares": (two_shares, "H8.repeated-r"),
    "a share with the number of a vault's test": (share_after_test, "H8.repeated-r"),
    "a vault's test with the number of a share": (trial_after_share, "H8.repeated-r"),
    "one number in the tests of two vaults": (two_tests, "H8.repeated-r"),
    "one number under two places of a device": (two_places, "H8.repeated-r"),
    "the number of the device's key record in its test": (key_record, "H8.repeated-r"),
    "a test with a key that was stopped": (stopped, "H8.key-stopped"),
    "a test on a machine whose signing is frozen": (frozen, "L4.signing-frozen"),
}


@pytest.mark.parametrize("name", CASES)
async def test_it_is_refused_by_name(journal: Journal, name: str) -> None:
    play, code = CASES[name]
    with pytest.raises(Refused) as refusal:
        await play(journal, True)
    assert refusal.value.code == code


@pytest.mark.parametrize("name", CASES)
async def test_the_near_miss_is_signed(journal: Journal, name: str) -> None:
    assert await CASES[name][0](journal, False)
    assert not journal.key_stopped(KEY.public.thumbprint())


@pytest.mark.parametrize("name", CASES)
async def test_switched_off_the_number_is_used_again(
    journal: Journal, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SigningRecord, "_fresh_r", lambda *_: True)
    monkeypatch.setattr(SigningRecord, "_may_sign", lambda *_: None)
    assert await CASES[name][0](journal, True)
