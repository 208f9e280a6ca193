"""A token that lies, played by a scripted stand-in for its process: each lie beside the honest answer that passes."""

import json
import traceback
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from countersign.errors import CountersignError, Refused, Unavailable
from countersign.keys import ecdsa
from countersign.keys.public_key import Curve, PublicKey
from countersign.signers.facts import TokenIdentity
from countersign.signers.gate import EC_PARAMS, FALSE_ATTRIBUTES, TRUE_ATTRIBUTES
from countersign.signers.pkcs11_process import TokenProcess
from countersign.signers.token import TokenSigner
from support import token_stand_in
from support.refusals import refused
from support.software_keys import SoftwareKey

PIN = "never-to-be-seen-9731"
IDENTITY = TokenIdentity("00000001", "officer-a", "Model T")
VAULT = SoftwareKey.generate(Curve.SECP256K1, "vault")
PERSON = SoftwareKey.generate(Curve.ED25519, "person")
DIGEST = sha256(b"a transaction").digest()
ATTRIBUTES = dict.fromkeys(TRUE_ATTRIBUTES, True) | dict.fromkeys(FALSE_ATTRIBUTES, False)


async def ask(code: str) -> str:
    return PIN


def token(**changes: Any) -> dict[str, Any]:
    """A token as its process describes it."""
    flags = dict.fromkeys(("pin_count_low", "pin_final_try", "pin_locked", "unlocked"), False)
    name = {"serial": IDENTITY.serial, "label": IDENTITY.label, "model": IDENTITY.model}
    return name | {"manufacturer": "M", "initialised": True, "pin_set": True} | flags | changes


def held(key: SoftwareKey, **changes: bool) -> dict[str, Any]:
    """A key as the process describes it."""
    curve = key.curve
    point = key.public.data if curve is Curve.ED25519 else key.public.uncompressed()
    point = point if len(point) != 64 else b"\x04" + point
    private = {"attributes": ATTRIBUTES | changes, "params": EC_PARAMS[curve][0]}
    spelt = b"\x04" + bytes([len(point)]) + point
    return {"id": b"\1", "label": "k", "params": EC_PARAMS[curve][0], "point": spelt, "privates": [private]}


def honest(key: SoftwareKey, *signatures: Any) -> dict[str, list[Any]]:
    """The script of a token with one key that answers `sign` with these."""
    answers = [{"ok": one} if isinstance(one, bytes) else one for one in signatures]
    return {"tokens": [{"ok": [token()]}], "login": [{"ok": True}], "keys": [{"ok": [held(key)]}], "sign": answers}


Start = Callable[..., TokenSigner]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    def signer(*scripts: dict[str, list[Any]], deadline: float = 60.0) -> TokenSigner:
        command = token_stand_in.command(tmp_path, *scripts)
        process = TokenProcess("/module.so", deadline=deadline, command=command)
        return TokenSigner(process, IDENTITY, owns_process=True)

    return signer


def high(signature: bytes) -> bytes:
    """The other signature, s in the upper half."""
    s = ecdsa.ORDER[Curve.SECP256K1] - int.from_bytes(signature[32:])
    return signature[:32] + s.to_bytes(32)


GOOD = VAULT.sign_digest(DIGEST)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (VAULT.sign_digest(sha256(b"another transaction").digest()), "H7.not-verified"),
        (SoftwareKey.generate(Curve.SECP256K1, "stranger").sign_digest(DIGEST), "H7.not-verified"),
        (GOOD[:63], "H7.length"),
        (GOOD + b"\0", "H7.length"),
        (b"", "H7.length"),
        (bytes(32) + GOOD[32:], "H7.range"),
        (GOOD[:32] + ecdsa.ORDER[Curve.SECP256K1].to_bytes(32), "H7.range"),
        (GOOD[:63] + bytes([GOOD[63] ^ 1]), "H7.not-verified"),
        ({"ok": True}, "signers.token-protocol"),
    ],
)
async def test_a_false_answer_is_never_a_signature(start: Start, answer: Any, code: str) -> None:
    async with start(honest(VAULT, answer, GOOD)) as signer:
        await signer.unlock(ask)
        with pytest.raises(CountersignError) as caught:
            await signer.sign_digest(VAULT.public, DIGEST)
        assert caught.value.code == code
        assert await signer.sign_digest(VAULT.public, DIGEST) == GOOD


async def test_a_high_s_is_brought_down(start: Start) -> None:
    async with start(honest(VAULT, high(GOOD), GOOD)) as signer:
        await signer.unlock(ask)
        assert await signer.sign_digest(VAULT.public, DIGEST) == GOOD
        assert await signer.sign_digest(VAULT.public, DIGEST) == GOOD


@pytest.mark.parametrize(
    ("lie", "code"),
    [
        (PERSON.sign(b"another"), "H7.not-verified"),
        (PERSON.sign(b"terms")[:63], "H7.length"),
        (PERSON.sign(b"terms") + b"\0", "H7.length"),
    ],
)
async def test_a_false_signature_over_a_message_is_refused(start: Start, lie: bytes, code: str) -> None:
    async with start(honest(PERSON, lie, PERSON.sign(b"terms"))) as signer:
        await signer.unlock(ask)
        with refused(code, Refused):
            await signer.sign_message(PERSON.public, b"terms")
        assert await signer.sign_message(PERSON.public, b"terms") == PERSON.sign(b"terms")


@pytest.mark.parametrize("name", TRUE_ATTRIBUTES + FALSE_ATTRIBUTES)
async def test_each_attribute_of_the_gate_stops_a_signature(start: Start, tmp_path: Path, name: str) -> None:
    loose = honest(VAULT, GOOD) | {"keys": [{"ok": [held(VAULT, **{name: not ATTRIBUTES[name]})]}]}
    async with start(loose) as signer:
        await signer.unlock(ask)
        with refused("H3.attributes", Refused) as caught:
            await signer.sign_digest(VAULT.public, DIGEST)
    assert caught.value.values["attributes"] == name
    assert "sign" not in token_stand_in.asked(tmp_path)


async def test_a_right_pin_answered_as_wrong_is_tried_once(start: Start, tmp_path: Path) -> None:
    refusing = honest(VAULT, GOOD) | {
        "login": [{"kind": "refused", "code": "H5.pin-incorrect", "values": {}}, {"ok": True}]
    }
    async with start(refusing) as signer:
        with refused("H5.pin-incorrect", Refused):
            await signer.unlock(ask)
        assert token_stand_in.asked(tmp_path).count("login") == 1
        await signer.unlock(ask)
        assert await signer.sign_digest(VAULT.public, DIGEST) == GOOD


@pytest.mark.parametrize(("flag", "code"), [("pin_locked", "H5.pin-locked"), ("pin_final_try", "H5.final-try")])
async def test_the_pins_flags_are_read_before_anybody_is_asked(
    start: Start, tmp_path: Path, flag: str, code: str
) -> None:
    async with start(honest(VAULT, GOOD) | {"tokens": [{"ok": [token(**{flag: True})]}]}) as signer:
        with pytest.raises(Refused) as caught:
            await signer.unlock(ask)
    assert caught.value.code == code
    assert "login" not in token_stand_in.asked(tmp_path)


async def test_a_low_count_is_shown_and_the_last_try_needs_a_word(start: Start, tmp_path: Path) -> None:
    last = token(pin_count_low=True, pin_final_try=True)
    async with start(honest(VAULT, GOOD) | {"tokens": [{"ok": [last]}]}) as signer:
        facts = await signer.token()
        assert (facts.pin_count_low, facts.pin_final_try, facts.pin_locked) == (True, True, False)
        await signer.unlock(ask, last_try=True)
    assert token_stand_in.asked(tmp_path).count("login") == 1


@pytest.mark.parametrize(
    ("present", "code"),
    [
        ([token(serial="00000002")], "H2.wrong-token"),
        ([token(label="officer-b")], "H2.wrong-token"),
        ([token(model="Model U")], "H2.wrong-token"),
        ([token(), token()], "H2.token-ambiguous"),
        ([], "H2.token-absent"),
    ],
)
async def test_only_the_registered_token_is_asked_for_its_pin(
    start: Start, tmp_path: Path, present: list[Any], code: str
) -> None:
    async with start(
        honest(VAULT, GOOD) | {"tokens": [{"ok": present}, {"ok": [token(serial="x", label="y"), token()]}]}
    ) as signer:
        with pytest.raises(CountersignError) as caught:
            await signer.unlock(ask)
        assert caught.value.code == code
        assert "login" not in token_stand_in.asked(tmp_path)
        await signer.unlock(ask)


async def unlocked_and_signed(signer: TokenSigner) -> bytes:
    await signer.unlock(ask)
    return await signer.sign_digest(VAULT.public, DIGEST)


async def test_ten_minutes_of_silence_end_at_the_deadline(start: Start, tmp_path: Path) -> None:
    silent = start(honest(VAULT, "silence"), deadline=0.2)
    with refused("signers.token-silent", Unavailable):
        await unlocked_and_signed(silent)  # it falls silent at the latest when asked to sign
    assert silent._process.pid is None
    async with start(honest(VAULT, GOOD)) as patient:
        await patient.unlock(ask)
        assert await patient.sign_digest(VAULT.public, DIGEST) == GOOD


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("exit", "signers.token-process-ended"),
        ({"raw": "00000000"}, "signers.token-protocol"),
        ({"raw": "7fffffff"}, "signers.token-protocol"),
        ({"raw": "0000000101"}, "signers.token-protocol"),
        ({"raw": "00000002a0ff"}, "signers.token-protocol"),
        ({"raw": "00000001a0"}, "signers.token-protocol"),
    ],
)
async def test_a_broken_process_is_ended_and_the_next_call_starts_anew(
    start: Start, tmp_path: Path, answer: Any, code: str
) -> None:
    async with start(honest(VAULT, answer), honest(VAULT, GOOD)) as signer:
        await signer.unlock(ask)
        with pytest.raises(CountersignError) as caught:
            await signer.sign_digest(VAULT.public, DIGEST)
        assert caught.value.code == code
        await signer.unlock(ask)
        assert await signer.sign_digest(VAULT.public, DIGEST) == GOOD
    assert token_stand_in.asked(tmp_path).count("start") == 2


async def test_a_pin_shows_in_no_traceback_repr_or_error(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    for end in ("exit", {"raw": "00000000"}, {"kind": "refused", "code": "H5.pin-incorrect", "values": {}}):
        async with start(honest(VAULT, GOOD) | {"login": [end]}) as signer:
            with pytest.raises(CountersignError) as caught:
                await signer.unlock(ask)
            seen = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
            assert "hidden" in seen  # the secret was in reach, and did not show itself
            assert PIN not in seen + repr(caught.value) + repr(signer.__dict__) + repr(signer._process.__dict__)
            assert PIN not in caplog.text


async def test_every_key_found_is_one_of_our_curves(start: Start) -> None:
    foreign = held(VAULT) | {"params": bytes.fromhex("06052b81040022"), "label": "P-384"}
    async with start(honest(VAULT, GOOD) | {"keys": [{"ok": [foreign, held(VAULT), held(PERSON)]}]}) as signer:
        found: list[PublicKey] = [key.public for key in await signer.keys()]
        assert found == [VAULT.public, PERSON.public]


def test_the_stand_in_answers_what_is_written(tmp_path: Path) -> None:
    token_stand_in.command(tmp_path, honest(VAULT, b"\1\2"))
    written = json.loads((tmp_path / "stand-in.json").read_text())
    assert written["starts"][0]["sign"] == [{"ok": {"bytes": "0102"}}]
