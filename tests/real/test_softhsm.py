"""Real tokens: SoftHSM through PKCS#11, in folders of their own."""

from collections.abc import AsyncIterator
from dataclasses import replace
from hashlib import sha256
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio

from countersign.errors import Conflict, Refused, Unavailable
from countersign.keys.public_key import Curve
from countersign.signers.facts import Purpose, TokenIdentity
from countersign.signers.parties import found
from countersign.signers.pkcs11_process import TokenProcess
from countersign.signers.provision import Provisioner
from countersign.signers.softhsm import SoftHsm
from countersign.signers.token import TokenSigner, name
from support import softhsm as hsm_support
from support.refusals import refused
from support.softhsm import PIN, SO_PIN, ask, raw_key

DIGEST = sha256(b"a transaction").digest()


NUMBERS = count(1)


def counting_bytes(length: int) -> bytes:
    """Ids for tests: distinct is enough."""
    return next(NUMBERS).to_bytes(length)


@pytest.fixture
def hsm(tmp_path: Path) -> SoftHsm:
    return hsm_support.softhsm(tmp_path / "soft hsm")


@pytest_asyncio.fixture
async def process(hsm: SoftHsm) -> AsyncIterator[TokenProcess]:
    async with hsm_support.process(hsm) as running:
        yield running


@pytest.fixture
def provisioner(process: TokenProcess) -> Provisioner:
    return Provisioner(process, counting_bytes)


@pytest_asyncio.fixture
async def token(provisioner: Provisioner) -> TokenIdentity:
    return (await provisioner.initialise("officer-a", ask)).identity


async def test_a_vault_key_signs_digests_low_s_and_verified(provisioner: Provisioner, token: TokenIdentity) -> None:
    key = await provisioner.generate(token, "vault/bitcoin-0", Curve.SECP256K1, ask)
    assert (key.purpose, key.label, key.findings) == (Purpose.VAULT, "vault/bitcoin-0", ())
    signer = provisioner.signer(token)
    await signer.unlock(ask)
    digests = [sha256(bytes([number])).digest() for number in range(24)]
    signatures = [await signer.sign_digest(key.public, digest) for digest in digests]
    assert all(
        map(key.public.verify_digest, digests, signatures)
    )  # verify_digest wants s low; the token's is high every other time
    assert len({signature[:32] for signature in signatures}) == 24


@pytest.mark.parametrize("curve", [Curve.P256, Curve.ED25519])
@pytest.mark.parametrize("message", [b"", b"a contract", bytes(300_000)])
async def test_an_identity_key_signs_messages(
    provisioner: Provisioner, token: TokenIdentity, curve: Curve, message: bytes
) -> None:
    key = await provisioner.generate(token, "identity/officer", curve, ask)
    signer = provisioner.signer(token)
    await signer.unlock(ask)
    signature = await signer.sign_message(key.public, message)
    assert key.purpose is Purpose.IDENTITY
    assert key.public.verify(message, signature)
    assert not key.public.verify(message + b".", signature)


async def test_one_kind_of_key_never_answers_the_others_question(
    provisioner: Provisioner, token: TokenIdentity
) -> None:
    vault = await provisioner.generate(token, "vault/bitcoin-0", Curve.SECP256K1, ask)
    person = await provisioner.generate(token, "identity/officer", Curve.P256, ask)
    signer = provisioner.signer(token)
    await signer.unlock(ask)
    with refused("signers.vault-key-message", Refused):
        await signer.sign_message(vault.public, b"text")
    with refused("signers.identity-key-digest", Refused):
        await signer.sign_digest(person.public, DIGEST)


@pytest.mark.parametrize("length", [0, 31, 33, 64])
async def test_what_is_not_32_bytes_never_reaches_the_token(
    provisioner: Provisioner, token: TokenIdentity, length: int
) -> None:
    key = await provisioner.generate(token, "vault/bitcoin-0", Curve.SECP256K1, ask)
    signer = provisioner.signer(token)
    await signer.unlock(ask)
    with refused("H4.digest-length", Refused):
        await signer.sign_digest(key.public, bytes(length))
    assert await signer.sign_digest(key.public, bytes(32))


SAFE = {"EXTRACTABLE": False, "SENSITIVE": True, "DECRYPT": False, "UNWRAP": False, "DERIVE": False}


@pytest.mark.parametrize(
    ("change", "attributes"),
    [
        ({"EXTRACTABLE": True}, "NEVER_EXTRACTABLE, EXTRACTABLE"),
        ({"SENSITIVE": False}, "SENSITIVE, ALWAYS_SENSITIVE"),
        ({"DECRYPT": True}, "DECRYPT"),
        ({"UNWRAP": True}, "UNWRAP"),
        ({"DERIVE": True}, "DERIVE"),
    ],
)
async def test_a_key_that_could_do_more_than_sign_is_refused(
    hsm: SoftHsm, provisioner: Provisioner, token: TokenIdentity, change: dict[str, bool], attributes: str
) -> None:
    raw_key(hsm, "officer-a", "loose", SAFE | change)
    raw_key(hsm, "officer-a", "near miss", SAFE)
    signer = provisioner.signer(token)
    await signer.unlock(ask)
    keys = {key.label: key for key in await signer.keys()}
    with refused("H3.attributes", Refused) as caught:
        await signer.sign_digest(keys["loose"].public, DIGEST)
    assert caught.value.values["attributes"] == attributes
    assert caught.value.findings == keys["loose"].findings
    assert await signer.sign_digest(keys["near miss"].public, DIGEST)


async def test_two_private_keys_under_one_id_are_refused(
    hsm: SoftHsm, provisioner: Provisioner, token: TokenIdentity
) -> None:
    raw_key(hsm, "officer-a", "twins", SAFE, count=2)
    signer = provisioner.signer(token)
    await signer.unlock(ask)
    first, second = await signer.keys()
    for key in (first, second):
        with refused("H3.attributes", Refused) as caught:
            await signer.sign_digest(key.public, DIGEST)
        assert caught.value.values["attributes"] == "private keys"


async def test_a_key_that_may_not_sign_is_not_even_asked(
    hsm: SoftHsm, process: TokenProcess, provisioner: Provisioner, token: TokenIdentity
) -> None:
    key_id = raw_key(hsm, "officer-a", "mute", SAFE | {"SIGN": False})
    signer = provisioner.signer(token)
    await signer.unlock(ask)
    [key] = await signer.keys()
    with refused("H3.attributes", Refused):
        await signer.sign_digest(key.public, DIGEST)
    with refused("H3.cannot-sign", Refused):
        await process.call("sign", token=name(token), id=key_id, mechanism="ECDSA", data=DIGEST)


async def test_a_key_of_another_token_is_not_here(provisioner: Provisioner) -> None:
    first = (await provisioner.initialise("officer-a", ask)).identity
    second = (await provisioner.initialise("officer-b", ask)).identity
    key = await provisioner.generate(first, "vault/bitcoin-0", Curve.SECP256K1, ask)
    await provisioner.generate(second, "vault/bitcoin-0", Curve.SECP256K1, ask)
    signer = provisioner.signer(second)
    await signer.unlock(ask)
    with refused("H2.key-absent", Refused):
        await signer.sign_digest(key.public, DIGEST)


async def test_another_token_with_the_same_label_is_refused(
    tmp_path: Path, provisioner: Provisioner, token: TokenIdentity
) -> None:
    async with hsm_support.process(hsm_support.softhsm(tmp_path / "other")) as other:
        twin = (await Provisioner(other, counting_bytes).initialise("officer-a", ask)).identity
        assert (twin.label, twin.model) == (token.label, token.model)
        swapped = TokenSigner(other, token)
        for asking in (swapped.token(), swapped.keys(), swapped.unlock(ask)):
            with refused("H2.wrong-token", Refused) as caught:
                await asking
            assert caught.value.values["found"] == twin.serial
        await TokenSigner(other, twin).unlock(ask)
    await provisioner.signer(token).unlock(ask)


async def test_another_model_under_the_same_serial_is_refused(process: TokenProcess, token: TokenIdentity) -> None:
    with refused("H2.wrong-token", Refused):
        await TokenSigner(process, replace(token, model="SoftHSM v3")).token()
    with refused("H2.token-absent", Unavailable):
        await TokenSigner(process, TokenIdentity("0000", "nobody", "none")).token()


async def test_a_wrong_pin_is_tried_once_and_named(provisioner: Provisioner, token: TokenIdentity) -> None:
    questions: list[str] = []

    async def mistyped(code: str) -> str:
        questions.append(code)
        return PIN + "x"

    signer = provisioner.signer(token)
    with refused("H5.pin-incorrect", Refused):
        await signer.unlock(mistyped)
    assert questions == ["signers.ask-pin"]
    assert not (await signer.token()).unlocked
    await signer.unlock(ask)
    assert (await signer.token()).unlocked


async def test_a_locked_token_shows_public_keys_and_signs_nothing(
    provisioner: Provisioner, token: TokenIdentity
) -> None:
    key = await provisioner.generate(token, "vault/bitcoin-0", Curve.SECP256K1, ask)
    signer = provisioner.signer(token)
    await signer.unlock(ask)
    await signer.lock()
    assert [(one.public, one.findings) for one in await signer.keys()] == [(key.public, None)]
    with refused("signers.locked", Unavailable):
        await signer.sign_digest(key.public, DIGEST)
    await signer.unlock(ask)
    assert await signer.sign_digest(key.public, DIGEST)


async def test_a_session_that_ended_elsewhere_needs_the_pin_again(
    process: TokenProcess, provisioner: Provisioner, token: TokenIdentity
) -> None:
    key = await provisioner.generate(token, "vault/bitcoin-0", Curve.SECP256K1, ask)
    signer = provisioner.signer(token)
    await signer.unlock(ask)
    await process.aclose()
    with refused("signers.locked", Unavailable):
        await signer.sign_digest(key.public, DIGEST)
    await signer.unlock(ask)
    assert await signer.sign_digest(key.public, DIGEST)


async def test_tokens_and_keys_are_not_made_over_others(provisioner: Provisioner, token: TokenIdentity) -> None:
    with refused("signers.token-label-taken", Conflict):
        await provisioner.initialise("officer-a", ask)
    await provisioner.generate(token, "vault/bitcoin-0", Curve.SECP256K1, ask)
    with refused("signers.key-label-taken", Conflict):
        await provisioner.generate(token, "vault/bitcoin-0", Curve.SECP256K1, ask)
    assert len(await provisioner.keys(token)) == 1


async def test_a_pin_too_short_is_named(provisioner: Provisioner) -> None:
    async def short(code: str) -> str:
        return "1"

    with refused("H5.pin-form", Refused):
        await provisioner.initialise("officer-z", short)


async def test_every_key_is_tested_and_the_refused_one_is_named(
    hsm: SoftHsm, provisioner: Provisioner, token: TokenIdentity
) -> None:
    for label, curve in (("a", Curve.SECP256K1), ("b", Curve.P256), ("c", Curve.ED25519)):
        await provisioner.generate(token, label, curve, ask)
    raw_key(hsm, "officer-a", "d", SAFE | {"EXTRACTABLE": True})
    results = await provisioner.test(token, ask)
    assert [(one.key.label, one.error.code if one.error else None) for one in results] == [
        ("a", None),
        ("b", None),
        ("c", None),
        ("d", "H3.attributes"),
    ]


async def test_each_party_has_a_token_of_its_own(process: TokenProcess) -> None:
    parties = await found(process, counting_bytes, {"meridian": ask, "harbour": ask})
    serials = {party.signer.identity.serial for party in parties.values()}
    assert len(serials) == 2
    signature = await parties["meridian"].sign(b"the terms")
    assert parties["meridian"].key.verify(b"the terms", signature)
    assert not parties["harbour"].key.verify(b"the terms", signature)


async def test_the_folder_is_private_and_holds_no_pin(
    hsm: SoftHsm, provisioner: Provisioner, token: TokenIdentity
) -> None:
    await provisioner.generate(token, "vault/bitcoin-0", Curve.SECP256K1, ask)
    assert hsm.folder.stat().st_mode & 0o777 == 0o700
    contents = b"".join(path.read_bytes() for path in hsm.folder.rglob("*") if path.is_file())
    assert PIN.encode() not in contents
    assert SO_PIN.encode() not in contents
