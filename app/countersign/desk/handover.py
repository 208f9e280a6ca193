"""What a founding ceremony hands from machine to machine: public keys out of a cold token, the founding history into a cold store.

Nothing in it is secret, and nothing in it is believed: the history is proved against the anchor whose twelve words people compare.

    {"anchor":{…},"checkpoint":"…signed note…","records":[{"event":"…","index":0,"salt":"…","time_ms":…}]}
"""

from collections.abc import Mapping

from countersign.audit.checkpoint import SignedCheckpoint
from countersign.desk.anchor import Anchor
from countersign.desk.ceremony import Keyring
from countersign.desk.ports import Mailbox, Record
from countersign.formats import jcs, shape, strict_json
from countersign.keys.public_key import PublicKey

LIMIT = 64 << 20
_RECORD = shape.fields(
    {
        "event": shape.string(str.encode, maximum=1 << 20),
        "index": shape.integer(0),
        "salt": shape.hex_bytes(32),
        "time_ms": shape.integer(0),
    }
)


async def history(mailbox: Mailbox, anchor: Anchor) -> bytes:
    """Everything that a desk has logged so far, under its newest witnessed head."""
    records = await mailbox.records(0)
    return jcs.encode(
        {
            "anchor": anchor.serialise().decode(),
            "checkpoint": (await mailbox.checkpoint()).decode(),
            "records": [
                {
                    "event": each.event.decode(),
                    "index": each.index,
                    "salt": each.salt.hex(),
                    "time_ms": each.time_ms,
                }
                for each in records
            ],
        }
    )


def read_history(data: bytes) -> tuple[Anchor, tuple[Record, ...], SignedCheckpoint]:
    """What `history` wrote. Malformed."""
    found = shape.record(
        strict_json.parse(data, limit=LIMIT),
        "history",
        {
            "anchor": shape.string(str.encode, maximum=1 << 16),
            "checkpoint": shape.string(str.encode, maximum=1 << 20),
            "records": shape.array(_RECORD, minimum=1),
        },
    )
    records = tuple(Record(each["index"], each["time_ms"], each["salt"], each["event"]) for each in found["records"])
    return Anchor.parse(found["anchor"]), records, SignedCheckpoint.parse(found["checkpoint"])


def keyring_fields(ring: Keyring) -> dict[str, object]:
    """A keyring's public side as JSON values."""
    keys = {label: key.jwk() for label, key in ring.keys.items()}
    return {"serial": ring.serial, "label": ring.label, "model": ring.model, "keys": keys}


def keyring(found: Mapping[str, object], *, online: bool) -> Keyring:
    """What `keyring_fields` wrote. Malformed."""
    texts = {name: shape.string() for name in ("serial", "label", "model")}
    read = shape.record(dict(found), "keyring", {**texts, "keys": shape.mapping(str, shape.anything)})
    keys = {label: PublicKey.from_jwk(key) for label, key in read["keys"].items()}
    return Keyring(read["serial"], read["label"], read["model"], keys, online)
