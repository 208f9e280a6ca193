"""What a module's tokens and objects say of themselves, as plain maps for the pipe. Used in the token's process only.

PKCS#11 v2.40 §3.3 (token information) and §4 (objects), through python-pkcs11's types.

- Nothing is judged here: the console does that (`gate`).
- An attribute that is not defined for an object counts as false or empty; one that cannot be read stops the request.
"""

from typing import Any

from pkcs11 import Attribute, KeyType, ObjectClass, TokenFlag
from pkcs11.exceptions import AttributeTypeInvalid

from countersign.errors import Refused
from countersign.signers.gate import PRIVATE_ATTRIBUTES

Name = dict[str, str]
"""`{"serial", "label", "model"}`."""


def key_of(token: Name) -> tuple[str, ...]:
    """The name as a key of a mapping."""
    return token["serial"], token["label"], token["model"]


def text(raw: bytes) -> str:
    """A fixed-width text field of PKCS#11, without its padding."""
    return raw.rstrip(b"\0 ").decode("utf-8", "replace")


def name_of(token: Any) -> Name:
    """What the token calls itself."""
    return {"serial": text(token.serial), "label": token.label, "model": token.model}


def is_initialised(token: Any) -> bool:
    """Whether it is written; a blank one is not."""
    return bool(token.flags & TokenFlag.TOKEN_INITIALIZED)


def facts(token: Any, unlocked: bool) -> dict[str, Any]:
    """The token as the console's `TokenFacts` takes it."""
    flags = token.flags
    return {
        **name_of(token),
        "manufacturer": token.manufacturer_id,
        "initialised": is_initialised(token),
        "pin_set": bool(flags & TokenFlag.USER_PIN_INITIALIZED),
        "pin_count_low": bool(flags & TokenFlag.USER_PIN_COUNT_LOW),
        "pin_final_try": bool(flags & TokenFlag.USER_PIN_FINAL_TRY),
        "pin_locked": bool(flags & TokenFlag.USER_PIN_LOCKED),
        "unlocked": unlocked,
    }


def read(key: Any, attribute: Attribute, absent: Any) -> Any:
    """An attribute, or `absent` where it is not defined for the object. Any other failure is not guessed around."""
    try:
        return key[attribute]
    except AttributeTypeInvalid:
        return absent


def is_curve_key(key: Any) -> bool:
    """Whether its type is one of the two for elliptic curves; a vendor's own type is not."""
    try:
        return key[Attribute.KEY_TYPE] in (KeyType.EC, KeyType.EC_EDWARDS)
    except (AttributeTypeInvalid, ValueError):
        return False


def objects(session: Any, kind: ObjectClass, attribute: Attribute, value: Any) -> list[Any]:
    """The objects of a class that have this attribute."""
    return list(session.get_objects({Attribute.CLASS: kind, attribute: value}))


def public_key(key: Any, session: Any) -> dict[str, Any]:
    """A public key, with the private keys of its id if a logged-in session is given."""
    id = bytes(read(key, Attribute.ID, b""))
    return {
        "id": id,
        "label": str(read(key, Attribute.LABEL, "")),
        "params": bytes(read(key, Attribute.EC_PARAMS, b"")),
        "point": bytes(read(key, Attribute.EC_POINT, b"")),
        "privates": None if session is None else [private_key(one) for one in private_keys(session, id)],
    }


def private_key(key: Any) -> dict[str, Any]:
    """What the gate judges."""
    flags = {name: bool(read(key, Attribute[name], False)) for name in PRIVATE_ATTRIBUTES}
    return {"attributes": flags, "params": bytes(read(key, Attribute.EC_PARAMS, b""))}


def private_keys(session: Any, id: bytes) -> list[Any]:
    """The private keys of an id."""
    return objects(session, ObjectClass.PRIVATE_KEY, Attribute.ID, id)


def only_private_key(session: Any, id: bytes) -> Any:
    """The one private key of an id. Raises Refused (H3) if it is not one, or may not sign."""
    found = private_keys(session, id)
    if len(found) != 1:
        raise Refused("H3.not-one-key", id=id.hex(), found=len(found))
    if not hasattr(found[0], "sign"):
        raise Refused("H3.cannot-sign", id=id.hex())
    return found[0]
