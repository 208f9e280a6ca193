"""Enrolment: the one moment at which a profile is told whom to trust. Afterwards nothing it reads can change that.

- The anchor (log key, witnesses, how many) is compared by people: twelve words, the same on every machine of the
  desk.
- Then the founding history is taken in like any other: proved against a head that the anchor's keys have signed,
  replayed, pinned. What does not lead to that head is refused, and nothing of it is kept but the anchor.
- A profile that has pinned a head under one anchor never takes another; a new desk needs a new profile.
- A `History` is what is handed over at the ceremony: anchor, events with openings, head. It proves nothing by itself.

    handed = History.parse(data)
    phrase_of(handed.anchor)                            # read aloud, on both machines
    replica = enrol(profile, clock, handed.anchor, handed.records, handed.checkpoint)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Protocol

from countersign.airgap.phrase import Purpose, phrase
from countersign.audit.checkpoint import SignedCheckpoint
from countersign.audit.note import MAX_SIZE
from countersign.desk import anchor as anchors
from countersign.desk.anchor import Anchor
from countersign.desk.ceremony import Keyring
from countersign.desk.ports import Clock, Profile, Record
from countersign.desk.replica import Replica
from countersign.errors import Conflict, Refused
from countersign.formats import base64url, jcs, shape, strict_json
from countersign.formats.strict_json import JsonValue
from countersign.keys.public_key import PublicKey

if TYPE_CHECKING:
    from countersign.desk.embedded import EmbeddedDesk

LIMIT = 64 << 20
COMPARED = "enrolled-with-words"
"""The setting that keeps the words under which a profile was enrolled."""
_EVENT = shape.string(base64url.decode, maximum=512 * 1024)
_RECORD = shape.fields(
    {"event": _EVENT, "index": shape.integer(0), "salt": shape.hex_bytes(32), "time_ms": shape.integer(0)}
)
_HISTORY = {
    "anchor": shape.anything,
    "checkpoint": shape.string(maximum=MAX_SIZE),
    "records": shape.array(_RECORD),
}
RING = {
    "keys": shape.mapping(str, shape.anything),
    "label": shape.string(maximum=256),
    "model": shape.string(maximum=256),
    "serial": shape.string(maximum=256),
}
"""The fields of a token's public keys, as its machine tells them."""


@dataclass(frozen=True, slots=True)
class History:
    """What a machine is enrolled with."""

    anchor: Anchor
    records: tuple[Record, ...]
    checkpoint: SignedCheckpoint

    def serialise(self) -> bytes:
        """RFC 8785 JSON, no final newline."""
        records: list[JsonValue] = [_fields(each) for each in self.records]
        anchor, head = strict_json.parse(self.anchor.serialise()), self.checkpoint.serialise().decode()
        return jcs.encode({"anchor": anchor, "checkpoint": head, "records": records})

    @classmethod
    def parse(cls, data: bytes) -> History:
        """What `serialise` wrote. Malformed("C2.*", "L1.*")."""
        found = shape.record(strict_json.parse_canonical(data, limit=LIMIT), "history", _HISTORY)
        return cls(
            Anchor.parse(jcs.encode(found["anchor"])),
            tuple(Record(**each) for each in found["records"]),
            SignedCheckpoint.parse(found["checkpoint"].encode()),
        )


def _fields(record: Record) -> JsonValue:
    return {
        "event": base64url.encode(record.event),
        "index": record.index,
        "salt": record.salt.hex(),
        "time_ms": record.time_ms,
    }


async def history(desk: EmbeddedDesk, *, insiders: bool = True) -> bytes:
    """The desk's whole history, to be handed over. `insiders`: its witnesses run in its own process."""
    head = SignedCheckpoint.parse(await desk.checkpoint())
    records = (await desk.records(0))[: head.checkpoint.size]
    return History(Anchor(desk.sequencer.quorum, insiders=insiders), tuple(records), head).serialise()


def handed(replica: Replica) -> History:
    """What this machine can hand over: its anchor, and its history up to the newest head that it has proved.

    Refused("desk.nothing-proved") where it has taken in none.
    """
    if replica.replayed is None or replica.replayed.signed is None:
        raise Refused("desk.nothing-proved")
    signed = replica.replayed.signed
    records = replica.profile.archive.records(0, signed.checkpoint.size)
    return History(replica.anchor, tuple(records), signed)


def phrase_of(anchor: Anchor) -> str:
    """The twelve words of an anchor: two machines that trust the same desk in the same way show the same."""
    return phrase(Purpose.TRUST, sha256(anchor.serialise()).digest())


def require_same_words(anchor: Anchor, typed: str) -> None:
    """The words that the other side read are this anchor's. Refused("desk.enrolment-words")."""
    if typed.lower().split() != phrase_of(anchor).split():
        raise Refused("desk.enrolment-words", desk=anchor.origin)


def enrol(
    profile: Profile, clock: Clock, anchor: Anchor, records: Sequence[Record], checkpoint: SignedCheckpoint
) -> Replica:
    """Trust this desk, then take in its history up to a head. The same again changes nothing.

    Conflict("desk.enrolled-otherwise") where another anchor has pinned a head here; what `Replica.advance` raises.
    """
    journal, wanted = profile.journal, anchor.serialise()
    known = journal.setting(anchors.SETTING)
    if known is not None and known != wanted:
        before = Anchor.parse(known)
        if journal.pin(before.origin) is not None:
            raise Conflict("desk.enrolled-otherwise", desk=before.origin)
    journal.set_setting(anchors.SETTING, wanted)
    journal.set_setting(COMPARED, phrase_of(anchor).encode())
    replica = Replica(profile, clock)
    if replica.pin is None or replica.pin.signed != checkpoint:
        replica.advance([each for each in records if each.index >= replica.log.size], checkpoint)
    return replica


class _Remembering(Protocol):
    def remember_vault(self, officer: str, head: SignedCheckpoint) -> None: ...


def remember(console: _Remembering, officer: str, handed: bytes) -> None:
    """The online console keeps what a cold machine was enrolled with: requests to it begin there. Malformed."""
    console.remember_vault(officer, History.parse(handed).checkpoint)


def keyring(found: Mapping[str, object], *, online: bool) -> Keyring:
    """What a machine tells of its token at the ceremony: `{"serial","label","model","keys":{label: JWK}}`. Malformed."""
    return keyring_of(shape.record(dict(found), "keyring", RING), online=online)


def keyring_of(ring: Mapping[str, Any], *, online: bool) -> Keyring:
    """The same, of fields that were read already."""
    keys = {label: PublicKey.from_jwk(jwk) for label, jwk in ring["keys"].items()}
    return Keyring(ring["serial"], ring["label"], ring["model"], keys, online)


def keyring_fields(ring: Keyring) -> dict[str, object]:
    """The same, to be told: public keys only."""
    keys = {label: key.jwk() for label, key in ring.keys.items()}
    return {"serial": ring.serial, "label": ring.label, "model": ring.model, "keys": keys}
