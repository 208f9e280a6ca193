"""The canonical hash of a state: equal states, and only those, have equal hashes.

- Records become JSON objects, maps arrays of pairs ordered by their bytes, sets ascend, numbers become text; the bytes
  are RFC 8785, hashed under the tag `countersign/state/v1`.
- What changes nothing is left out: the count of entries looked at, the desk's faults, what the last entry moved.
- Linear in the state: for comparing consoles, attestations and tests, not for every event.
"""

from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from hashlib import sha256

from immutables import Map

from countersign.formats import jcs
from countersign.formats.strict_json import JsonValue
from countersign.keys.jws import Jws
from countersign.keys.public_key import PublicKey
from countersign.settlement.state import State

_TAG = b"countersign/state/v1\n"
_LEFT_OUT = frozenset({"size", "faults"})


def state_hash(state: State) -> bytes:
    """32 bytes: SHA-256 of the tag and the canonical form."""
    found = {each.name: _plain(getattr(state, each.name)) for each in fields(state) if each.name not in _LEFT_OUT}
    return sha256(_TAG + jcs.encode(found)).digest()


def _plain(value: object) -> JsonValue:
    if isinstance(value, Enum):
        return _plain(value.value)
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, PublicKey):
        return value.kid
    return _plain_collection(value)


def _plain_collection(value: object) -> JsonValue:
    if isinstance(value, Map):
        # By the key's bytes: no canonical form begins another, so that the values never decide.
        pairs = sorted(((_plain(key), item) for key, item in value.items()), key=lambda pair: jcs.encode(pair[0]))
        return [[key, _plain(item)] for key, item in pairs]
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, frozenset | set):
        return sorted((_plain(item) for item in value), key=jcs.encode)
    if isinstance(value, Jws):
        return [value.payload.hex(), [[each.kid, each.signature.hex()] for each in value.signatures]]
    if is_dataclass(value):
        kind: type = type(value)
        return {name: _plain(getattr(value, name)) for name in _names(kind)}
    raise TypeError(f"a state holds no {type(value).__name__}")


@cache
def _names(record: type) -> tuple[str, ...]:
    """The fields by which two records of this type are compared."""
    return tuple(each.name for each in fields(record) if each.compare)
