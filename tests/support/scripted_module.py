"""A scripted stand-in for a PKCS#11 module as python-pkcs11 shows it: states that SoftHSM never has.

`Library(token)` takes the place of `pkcs11.lib(path)`; every login and signature is counted on the token.
"""

from dataclasses import dataclass, field
from typing import Any

from pkcs11 import Attribute, KeyType, ObjectClass, TokenFlag
from pkcs11.exceptions import AttributeTypeInvalid, PKCS11Error

READY = TokenFlag.TOKEN_INITIALIZED | TokenFlag.USER_PIN_INITIALIZED


@dataclass
class Key:
    """An object of a token; an attribute whose value is an exception raises it, one that is absent is invalid."""

    attributes: dict[Attribute, Any]
    signature: bytes | PKCS11Error = b"\1" * 64

    def __getitem__(self, attribute: Attribute) -> Any:
        value = self.attributes.get(attribute, AttributeTypeInvalid())
        if isinstance(value, PKCS11Error):
            raise value
        return value

    def sign(self, data: bytes, mechanism: Any) -> bytes:
        if isinstance(self.signature, PKCS11Error):
            raise self.signature
        return self.signature


@dataclass
class Token:
    """A token and the slot that it sits in."""

    serial: bytes = b"0001"
    label: str = "officer-a"
    model: str = "Model T"
    manufacturer_id: str = "M"
    flags: TokenFlag = READY
    objects: list[Key] = field(default_factory=list)
    login_error: PKCS11Error | None = None
    logins: int = 0
    closed: int = 0

    @property
    def slot(self) -> "Token":
        return self

    def get_token(self) -> "Token":
        return self

    def open(self, rw: bool = False, user_pin: str | None = None) -> "Token":
        if user_pin is not None:
            self.logins += 1
            if self.login_error:
                raise self.login_error
        return self

    def __enter__(self) -> "Token":
        return self

    def __exit__(self, *_: object) -> None: ...

    def close(self) -> None:
        self.closed += 1

    def get_objects(self, attributes: dict[Attribute, Any]) -> list[Key]:
        return [one for one in self.objects if attributes.items() <= one.attributes.items()]


@dataclass
class Library:
    """The module."""

    token: Token
    began: int = 1

    def get_slots(self, token_present: bool) -> list[Token]:
        return [self.token]

    def reinitialize(self) -> None:
        self.began += 1


def private(**changes: Any) -> Key:
    """A private key with id 1 that says only this of itself."""
    named = {Attribute[name]: value for name, value in changes.items()}
    return Key({Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.ID: b"\1"} | named)


def public() -> Key:
    """Its public key."""
    kind = {Attribute.CLASS: ObjectClass.PUBLIC_KEY, Attribute.KEY_TYPE: KeyType.EC}
    return Key(kind | {Attribute.ID: b"\1", Attribute.LABEL: "k", Attribute.EC_PARAMS: b"p", Attribute.EC_POINT: b"q"})
