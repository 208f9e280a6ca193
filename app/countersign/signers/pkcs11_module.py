"""A PKCS#11 module, asked through python-pkcs11: the one door of that package, used in the token's process only.

PKCS#11 v2.40 and, for Ed25519, v3.0. Rules:

- One thread. Sessions live here; the console never sees a handle.
- A token is found by serial, label and model; before each signature the slot is asked again who sits in it (H2).
- Before a login the PIN's flags are read afresh; a locked PIN is not tried (H5). One call, one login attempt.
- A key is found by CKA_ID; more or fewer than one private key for it is refused (H3).
- What an attribute is not defined for counts as false. The judgement over attributes is the console's (`gate`).
- Only a blank token is initialised; a written one never.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, MechanismFlag, ObjectClass, TokenFlag
from pkcs11.exceptions import (
    PKCS11Error,
    TokenNotPresent,
    TokenNotRecognised,
)

from countersign.errors import Conflict, Refused, Unavailable
from countersign.signers import pkcs11_blank, pkcs11_errors
from countersign.signers.pkcs11_objects import (
    Name,
    facts,
    is_curve_key,
    is_initialised,
    key_of,
    name_of,
    objects,
    only_private_key,
    public_key,
    text,
)

P = ParamSpec("P")
R = TypeVar("R")
_KEY_TYPES = {"EC": KeyType.EC, "EC_EDWARDS": KeyType.EC_EDWARDS}
_MECHANISMS = {"ECDSA": Mechanism.ECDSA, "EDDSA": Mechanism.EDDSA}
_PRIVATE_TEMPLATE = {
    Attribute.PRIVATE: True,
    Attribute.SENSITIVE: True,
    Attribute.EXTRACTABLE: False,
    Attribute.SIGN: True,
    Attribute.DECRYPT: False,
    Attribute.UNWRAP: False,
    Attribute.DERIVE: False,
    Attribute.MODIFIABLE: False,
}
_PUBLIC_TEMPLATE = {
    Attribute.VERIFY: True,
    Attribute.ENCRYPT: False,
    Attribute.WRAP: False,
    Attribute.MODIFIABLE: False,
}


@dataclass(slots=True)
class _Open:
    """A logged-in session, and the private keys that it has already found."""

    session: Any
    slot: Any
    privates: dict[bytes, Any] = field(default_factory=dict)


def _named(operation: Callable[P, R]) -> Callable[P, R]:
    """Let a vendor's exception leave as a named error."""

    @wraps(operation)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return operation(*args, **kwargs)
        except PKCS11Error as error:
            raise pkcs11_errors.named(type(error).__name__) from None

    return wrapped


class Module:
    """The module at an absolute path, loaded and initialised."""

    def __init__(self, path: str) -> None:
        if not Path(path).is_file():
            raise Unavailable("signers.module-absent", module=path)
        try:
            self._library = pkcs11.lib(path)
        except PKCS11Error as error:
            raise Unavailable("signers.module-unusable", module=path, what=type(error).__name__) from None
        self._path = path
        self._open: dict[tuple[str, ...], _Open] = {}

    @_named
    def tokens(self) -> list[dict[str, Any]]:
        """Every initialised token, as `{"serial", "label", "model", "manufacturer", "flags", "unlocked"}`."""
        return [
            facts(token, key_of(name_of(token)) in self._open) for token in self._present() if is_initialised(token)
        ]

    @_named
    def login(self, token: Name, pin: bytes) -> bool:
        """Open a session on the token as its user. One attempt."""
        if key_of(token) in self._open:
            return True
        found = self._find(token)
        if found.flags & TokenFlag.USER_PIN_LOCKED:
            raise Refused("H5.pin-locked")
        try:
            session = found.open(user_pin=pin.decode())
        except PKCS11Error:
            self._forget_failed_session()
            raise
        self._open[key_of(token)] = _Open(session, found.slot)
        return True

    @_named
    def logout(self, token: Name) -> bool:
        """End the session on the token, if there is one."""
        if held := self._open.pop(key_of(token), None):
            held.session.close()
        return True

    @_named
    def keys(self, token: Name) -> list[dict[str, Any]]:
        """Every elliptic-curve public key, with the attributes of the private keys of its id when logged in."""
        held = self._open.get(key_of(token))
        with self._reading(token) as session:
            found = list(session.get_objects({Attribute.CLASS: ObjectClass.PUBLIC_KEY}))
            return [public_key(key, held.session if held else None) for key in found if is_curve_key(key)]

    @_named
    def sign(self, token: Name, id: bytes, mechanism: str, data: bytes) -> bytes:
        """The token's signature over `data` with the one private key of this id."""
        held = self._open.get(key_of(token))
        if held is None:
            raise Unavailable("signers.locked", token=token["label"])
        if name_of(held.slot.get_token()) != token:
            self._open.pop(key_of(token)).session.close()
            raise Refused("H2.token-changed", token=token["label"])
        if id not in held.privates:
            held.privates[id] = only_private_key(held.session, id)
        return bytes(held.privates[id].sign(data, mechanism=_MECHANISMS[mechanism]))

    @_named
    def generate(self, token: Name, id: bytes, label: str, type: str, params: bytes) -> bool:
        """Make a key pair in the token, for signing only. Logged in already."""
        if key_of(token) not in self._open:
            raise Unavailable("signers.locked", token=token["label"])
        with self._find(token).open(rw=True) as session:
            if objects(session, ObjectClass.PRIVATE_KEY, Attribute.LABEL, label):
                raise Conflict("signers.key-label-taken", label=label)
            if objects(session, ObjectClass.PRIVATE_KEY, Attribute.ID, id):
                raise Conflict("signers.key-id-taken", id=id.hex())
            domain = session.create_domain_parameters(_KEY_TYPES[type], {Attribute.EC_PARAMS: params}, local=True)
            domain.generate_keypair(
                id=id,
                label=label,
                store=True,
                capabilities=MechanismFlag.SIGN | MechanismFlag.VERIFY,
                public_template=_PUBLIC_TEMPLATE,
                private_template=_PRIVATE_TEMPLATE,
            )
        return True

    @_named
    def initialise(self, label: str, so_pin: bytes, pin: bytes) -> dict[str, Any]:
        """Write the one blank token: label, security officer's PIN, user's PIN. Ends every open session."""
        present = self._present()
        written = {token.serial for token in present if is_initialised(token)}
        if any(token.label == label for token in present if is_initialised(token)):
            raise Conflict("signers.token-label-taken", label=label)
        blank = [token for token in present if not is_initialised(token)]
        if len(blank) != 1:
            raise Unavailable("signers.no-blank-token" if not blank else "signers.several-blank-tokens")
        pkcs11_blank.initialise(self._path, blank[0].slot.slot_id, so_pin, label)
        self._open.clear()
        self._library.reinitialize()
        [made] = [token for token in self._present() if token.label == label and token.serial not in written]
        with made.open(rw=True, so_pin=so_pin.decode()) as session:
            session.init_pin(pin.decode())
        return facts(made.slot.get_token(), False)

    def _present(self) -> list[Any]:
        tokens = []
        for slot in self._library.get_slots(token_present=True):
            try:
                tokens.append(slot.get_token())
            except (TokenNotPresent, TokenNotRecognised):
                continue
        return tokens

    def _find(self, token: Name) -> Any:
        present = [one for one in self._present() if is_initialised(one)]
        matching = [one for one in present if name_of(one) == token]
        if len(matching) == 1:
            return matching[0]
        if matching:
            raise Refused("H2.token-ambiguous", token=token["label"])
        if others := [one for one in present if one.label == token["label"] or text(one.serial) == token["serial"]]:
            raise Refused(
                "H2.wrong-token", token=token["label"], expected=token["serial"], found=text(others[0].serial)
            )
        raise Unavailable("H2.token-absent", token=token["label"], serial=token["serial"])

    @contextmanager
    def _reading(self, token: Name) -> Iterator[Any]:
        if held := self._open.get(key_of(token)):
            yield held.session
        else:
            with self._find(token).open() as session:
                yield session

    def _forget_failed_session(self) -> None:
        """The binding leaves the session of a failed login open: begin anew if nobody else would notice."""
        if not self._open:
            self._library.reinitialize()
