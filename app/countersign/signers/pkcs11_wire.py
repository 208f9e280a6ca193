"""What the console and the token's process say to each other.

- One request, one answer, in turn; each a frame: a length (four bytes, big-endian) and a CBOR map.
- A request is `{"op": name, …}`. An answer is `{"ok": value}` or `{"kind", "code", "values"}` of a named error.
- The process that reads checks the length before it takes anything; the limit is an argument.

    >>> frame({"op": "tokens"}).hex()
    '0000000ca1626f7066746f6b656e73'
"""

import struct
from collections.abc import Mapping
from typing import Any

from countersign.errors import Conflict, CountersignError, Malformed, Refused, Unavailable, Value
from countersign.formats import cbor
from countersign.signers.secret import Secret

HEADER = struct.Struct(">I")
REQUEST_LIMIT = 64 << 20
"""Bytes of a request: an Ed25519 key signs a message itself, and an envelope may be 32 MiB."""
ANSWER_LIMIT = 1 << 20

KINDS: dict[str, type[CountersignError]] = {
    "malformed": Malformed,
    "refused": Refused,
    "unavailable": Unavailable,
    "conflict": Conflict,
}


def frame(message: Mapping[str, Any]) -> bytes:
    """The bytes of one message; a `Secret` in it is opened here and nowhere else."""
    body = cbor.encode({name: _plain(value) for name, value in message.items()})
    return HEADER.pack(len(body)) + body


def body_length(header: bytes, limit: int) -> int:
    """The announced length of a message. Raises Malformed when it is beyond `limit`."""
    (length,) = HEADER.unpack(header)
    if not 1 <= length <= limit:
        raise Malformed("signers.token-protocol", detail="length")
    return int(length)


def message(body: bytes, limit: int) -> dict[str, Any]:
    """The message in `body`. Raises Malformed when it is not one CBOR map with text keys."""
    value = cbor.decode(body, limit=limit)
    if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
        raise Malformed("signers.token-protocol", detail="map")
    return {str(name): member for name, member in value.items()}


def refusal(error: CountersignError) -> dict[str, Any]:
    """A named error as an answer."""
    kind = next(name for name, kind in KINDS.items() if isinstance(error, kind))
    return {"kind": kind, "code": error.code, "values": dict(error.values)}


def outcome(answer: Mapping[str, Any]) -> Any:
    """What an answer carries: a value, or a named error, which is returned. Raises Malformed if it is no answer."""
    if set(answer) == {"ok"}:
        return answer["ok"]
    if set(answer) != {"kind", "code", "values"} or not all(isinstance(answer[name], str) for name in ("kind", "code")):
        raise Malformed("signers.token-protocol", detail="answer")
    if answer["kind"] not in KINDS:
        raise Malformed("signers.token-protocol", detail="answer")
    return KINDS[answer["kind"]](answer["code"], **_values(answer["values"]))


def _values(given: object) -> dict[str, Value]:
    """An error's values, each with a name; findings never cross."""
    if not isinstance(given, dict) or "findings" in given or not all(isinstance(name, str) for name in given):
        raise Malformed("signers.token-protocol", detail="values")
    if not all(isinstance(value, str | int) for value in given.values()):
        raise Malformed("signers.token-protocol", detail="values")
    return dict(given)


def _plain(value: Any) -> Any:
    return value.reveal().encode() if isinstance(value, Secret) else value
