"""An event: one signed statement that changes the state if the machine accepts it.

- RFC 7515 general JWS, itself RFC 8785 JSON, protected headers `alg`, `kid`, `typ: countersign-event+json`.
- Payload `{"type","desk","id","at","body"}`: `desk` is the log's origin, `id` unique for its signer, `at` a UTC second.
- An event's identity is the SHA-256 of its payload, so two signings of one statement are one event.
- A type that is not in the table is refused as unknown.

    {"at":"2026-11-22T12:00:00Z","body":{"contract":"9f…"},"desk":"northgate.example/desk","id":"endorse-1","type":"contract.endorsed"}
"""

from dataclasses import dataclass
from functools import lru_cache

from countersign.errors import Refused
from countersign.formats.strict_json import parse_canonical
from countersign.keys import jws as jose
from countersign.keys.jws import Jws
from countersign.settlement import readers
from countersign.settlement.bodies import Body, ContractAffirmed, WithdrawalRequested
from countersign.settlement.body_readers import READERS
from countersign.settlement.contract import Contract, hash_of
from countersign.settlement.stop_bodies import AwardMade

TYP = "countersign-event+json"
SMALL = 16_384
"""Bytes up to which a parsed event is remembered; what is longer comes seldom, and may come from strangers."""

_PAYLOAD: dict[str, readers.Reader[object]] = {
    "type": readers.word,
    "desk": readers.prose_of(256),
    "id": readers.identifier,
    "at": readers.moment,
    "body": readers.anything,
}


@dataclass(frozen=True, slots=True)
class Event:
    """A parsed event. `at` in unix seconds; `hash` lower-case hex; signatures are not yet verified."""

    type: str
    desk: str
    id: str
    at: int
    body: Body
    hash: str
    jws: Jws


_BINDING = (ContractAffirmed, WithdrawalRequested, AwardMade)


def binding(event: Event) -> Contract | None:
    """The contract that an event brings into force, whole: affirmed by its parties, a withdrawal requested by its owner,
    an award made by two officers. None for any other event."""
    body = event.body
    return body.contract if isinstance(body, _BINDING) else None


def parse(data: bytes) -> Event:
    """An event's bytes. Raises `Malformed`; `Refused` settlement.unknown-event for a type that does not exist.

    The last small ones are remembered: an event is read when it comes, when it is replayed, by every page that shows it.
    """
    return _remembered(data) if len(data) <= SMALL else _parse(data)


def _parse(data: bytes) -> Event:
    return from_jws(jose.parse(data, TYP))


_remembered = lru_cache(maxsize=512)(_parse)


def serialise(event: Event) -> bytes:
    """The event's bytes again."""
    return jose.serialise(event.jws)


def from_jws(signed: Jws) -> Event:
    """The event in a JWS. Raises as `parse`."""
    found = readers.record(parse_canonical(signed.payload), "event", _PAYLOAD)
    kind = found["type"]
    if kind not in READERS:
        raise Refused("settlement.unknown-event", type=readers.shown(kind))
    body = READERS[kind](found["body"], "body")
    return Event(kind, found["desk"], found["id"], found["at"], body, hash_of(signed.payload), signed)
