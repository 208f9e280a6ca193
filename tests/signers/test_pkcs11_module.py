"""What the module is asked, and what its answers mean: states that SoftHSM never has, played by a scripted library."""

from pathlib import Path

import pkcs11
import pytest
from pkcs11 import TokenFlag, exceptions

from countersign.errors import Refused, Unavailable
from countersign.signers.pkcs11_module import Module
from support.refusals import refused
from support.scripted_module import READY, Library, Token, private, public

NAME = {"serial": "0001", "label": "officer-a", "model": "Model T"}


@pytest.fixture
def token() -> Token:
    return Token(objects=[public(), private(SIGN=True, LOCAL=True)])


@pytest.fixture
def library(token: Token) -> Library:
    return Library(token)


@pytest.fixture
def module(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Module:
    path = tmp_path / "module.so"
    path.touch()
    monkeypatch.setattr(pkcs11, "lib", lambda _: library)
    return Module(str(path))


def sign(module: Module) -> bytes:
    return module.sign(token=NAME, id=b"\1", mechanism="ECDSA", data=bytes(32))


def test_a_locked_pin_is_not_tried(module: Module, token: Token) -> None:
    token.flags = READY | TokenFlag.USER_PIN_LOCKED
    with refused("H5.pin-locked", Refused):
        module.login(NAME, b"1234")
    assert token.logins == 0
    token.flags = READY
    assert module.login(NAME, b"1234")
    assert token.logins == 1


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (exceptions.PinIncorrect(), "H5.pin-incorrect"),
        (exceptions.PinLocked(), "H5.pin-locked"),
        (exceptions.PinExpired(), "H5.pin-expired"),
        (exceptions.PinLenRange(), "H5.pin-form"),
    ],
)
def test_a_refused_pin_is_tried_once_and_leaves_no_session(
    module: Module, library: Library, token: Token, error: exceptions.PKCS11Error, code: str
) -> None:
    token.login_error = error
    with pytest.raises(Refused) as caught:
        module.login(NAME, b"1234")
    assert (caught.value.code, caught.value.__cause__) == (code, None)
    assert (token.logins, library.began) == (1, 2)
    assert module.tokens()[0]["unlocked"] is False


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (exceptions.DeviceRemoved(), "H6.device-removed"),
        (exceptions.TokenNotPresent(), "H6.token-not-present"),
        (exceptions.SessionHandleInvalid(), "H6.session-ended"),
        (exceptions.DeviceError(), "H6.device-error"),
        (exceptions.GeneralError(), "H6.general-error"),
        (exceptions.HostMemory(), "H6.host-memory"),
        (exceptions.FunctionFailed(), "H6.function-failed"),
        (exceptions.UserNotLoggedIn(), "H6.not-logged-in"),
        (exceptions.ArgumentsBad(), "H6.other"),
    ],
)
def test_each_failure_of_a_device_has_a_name(
    module: Module, token: Token, error: exceptions.PKCS11Error, code: str
) -> None:
    module.login(NAME, b"1234")
    token.objects[1].signature = error
    with pytest.raises(Unavailable) as caught:
        sign(module)
    assert caught.value.code == code
    token.objects[1].signature = b"\2" * 64
    assert sign(module) == b"\2" * 64


def test_a_token_changed_under_a_session_signs_nothing(module: Module, token: Token) -> None:
    module.login(NAME, b"1234")
    assert sign(module)
    token.serial = b"0002"
    with refused("H2.token-changed", Refused):
        sign(module)
    assert token.closed == 1
    token.serial = b"0001"
    with refused("signers.locked", Unavailable):
        sign(module)


@pytest.mark.parametrize("count", [0, 2])
def test_exactly_one_private_key_for_the_id(module: Module, token: Token, count: int) -> None:
    token.objects[1:] = [private(SIGN=True)] * count
    module.login(NAME, b"1234")
    with refused("H3.not-one-key", Refused):
        sign(module)
    assert len(module.keys(NAME)[0]["privates"]) == count


def test_an_attribute_that_is_not_defined_counts_as_false_and_one_that_fails_is_not_guessed(
    module: Module, token: Token
) -> None:
    module.login(NAME, b"1234")
    [key] = module.keys(NAME)
    assert key["privates"][0]["attributes"]["WRAP"] is False
    assert key["privates"][0]["attributes"]["LOCAL"] is True
    token.objects[1] = private(SIGN=True, EXTRACTABLE=exceptions.FunctionFailed())
    with refused("H6.function-failed", Unavailable):
        module.keys(NAME)


def test_a_written_token_is_never_initialised(module: Module) -> None:
    with refused("signers.no-blank-token", Unavailable):
        module.initialise("officer-b", b"11111111", b"1234")


def test_a_locked_token_shows_public_keys_only(module: Module, token: Token) -> None:
    assert module.keys(NAME) == [{"id": b"\1", "label": "k", "params": b"p", "point": b"q", "privates": None}]
    assert token.logins == 0
