"""A cosigner's own test of a vault: signed by a token or a device, with the discipline of every signature of a vault key (H8).

may this machine sign with these keys → test signed → verified under them → every r journalled → only then it leaves

- A machine whose signing is frozen (L4) makes no test and gives none to a device; a key that was stopped makes none either.
- The test's coins cannot exist, so no intent binds any; but an r that one key uses twice gives it away whatever was signed: the
  test enters its r in the register of the instructions' shares. So does the key record that the device made before.
- Another cosigner's test is only verified (`vault_enrolment.take_test`): the desk enters what it logs.

    data = await vault_trying.sign(journal, planned, "officer-a", token)
"""

import asyncio

from countersign.bitcoin import signed_message
from countersign.bitcoin.bsms import KeyRecord
from countersign.bitcoin.psbt import parse as parse_psbt
from countersign.desk import randomness, vault_enrolment
from countersign.desk.ports import Journal, Signer
from countersign.desk.records import Share
from countersign.desk.vault_enrolment import Planned
from countersign.keys.public_key import Curve, PublicKey
from countersign.rails import bitcoin as rail


def require_may_sign(journal: Journal, planned: Planned, officer: str, record: KeyRecord | None = None) -> None:
    """Before anything is signed or leaves for a device. `record`: what the officer's device signed already.

    Refused: H8.key-stopped, H8.repeated-r, L4.signing-frozen.
    """
    if record is not None:
        journal.register((_of_record(record),))
    journal.require_may_sign([each.thumbprint() for each in planned.keys_of(officer)])


async def sign(journal: Journal, planned: Planned, officer: str, signer: Signer) -> bytes:
    """The officer's test signatures by a token: over digests of the test alone, rebuilt here.

    Raises as `require_may_sign` and `Signer.sign_digest`; Refused: desk.enrol-own-key, H8.repeated-r.
    """
    require_may_sign(journal, planned, officer)
    psbt, keys = parse_psbt(vault_enrolment.test(planned)), vault_enrolment.signing_keys(planned, officer)
    by_point = {key.data: key for key in keys}
    asked = rail.digests(psbt, keys)
    made = {each: await signer.sign_digest(by_point[each.public_key], each.digest) for each in asked}
    return await _kept(journal, planned, officer, rail.make_share(psbt, made))


async def take(journal: Journal, planned: Planned, officer: str, returned: bytes, record: KeyRecord | None) -> bytes:
    """The officer's test signatures out of what their device gave back.

    Raises as `require_may_sign` and `vault_enrolment.take_test`; Refused("H8.repeated-r").
    """
    require_may_sign(journal, planned, officer, record)
    return await _kept(journal, planned, officer, returned)


def _of_record(record: KeyRecord) -> Share:
    """The signature of a device's key record, by the very key that it carries."""
    key = PublicKey.from_sec1(Curve.SECP256K1, record.key.plain)
    return Share(key.thumbprint(), signed_message.digest(record.message), signed_message.rs(record.signature))


async def _kept(journal: Journal, planned: Planned, officer: str, signed: bytes) -> bytes:
    """One's own test, verified on a thread, every r of it journalled."""
    test, shares = await asyncio.to_thread(_verified, planned, officer, signed)
    journal.register(shares)
    return test


def _verified(planned: Planned, officer: str, signed: bytes) -> tuple[bytes, tuple[Share, ...]]:
    test, keys = vault_enrolment.take_test(planned, officer, signed), vault_enrolment.signing_keys(planned, officer)
    return test, randomness.signed_by(keys, rail.accept_share(vault_enrolment.test(planned), test, keys))
