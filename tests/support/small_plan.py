"""A small desk's founding plan with software keys: two administrators, one participant, a Bitcoin vault and a Safe."""

import copy
from collections.abc import Mapping
from typing import Any

from countersign.audit import note
from countersign.audit.note import COSIGNATURE, ED25519
from countersign.desk.author import Author
from countersign.desk.ceremony import Keyring, coin_label, safe_label
from support import settlement_world as world
from support.software_stage import SoftwareToken, software_token

LOG_SEED, OTHER_SEED = b"\x11" * 32, b"\x12" * 32
LOG, OTHER_LOG = (note.verifier_key(seed, world.ORIGIN, ED25519) for seed in (LOG_SEED, OTHER_SEED))
WITNESSES = tuple(str(note.verifier_key(bytes([n]) * 32, f"witness.example/{n}", COSIGNATURE)) for n in (1, 2))
BTC_VAULT, SAFE = "meridian-btc", "meridian-safe"
LABELS = (*(coin_label(BTC_VAULT, slot) for slot in range(3)), safe_label(SAFE))
TOKENS: Mapping[str, SoftwareToken] = {
    name: software_token(name, labels)
    for name, labels in {"conrad": (), "dora": LABELS, "ada": LABELS, "meridian": (), "desk": (), "other": ()}.items()
}
PLAN: dict[str, Any] = {
    "desk": world.ORIGIN,
    "custodian": {"lei": world.NORTHGATE, "name": "Northgate Trust"},
    "administrators": {"officers": ["dora", "conrad"], "threshold": 2},
    "assets": [{"id": world.BTC, "symbol": "BTC", "decimals": 8}],
    "participants": [
        {"lei": world.MERIDIAN, "name": "Meridian Capital", "certified_until": "2030-12-31", "books": ["main"],
         "keyrings": ["meridian.keyring"]}
    ],
    "officers": [
        {"id": "ada", "name": "Ada Vale", "roles": ["signing"], "keyring": "ada.keyring"},
        {"id": "conrad", "name": "Conrad Lake", "roles": ["administrator", "compliance"], "keyring": "conrad.keyring"},
        {"id": "dora", "name": "Dora Finch", "roles": ["signing", "administrator"], "keyring": "dora.keyring"},
    ],
    "vaults": [
        {"id": BTC_VAULT, "kind": "wsh-slots", "lei": world.MERIDIAN, "book": "main", "chain": world.BITCOIN,
         "threshold": 2, "officers": ["ada", "dora"], "slots": 3, "receives": 1},
        {"id": SAFE, "kind": "safe", "lei": world.MERIDIAN, "book": "main", "chain": world.ETHEREUM, "threshold": 2,
         "officers": ["dora", "ada"], "address": world.safe_address("meridian"), "singleton": world.SAFE_SINGLETON},
    ],
    "witnesses": [{"key": key, "url": f"http://127.0.0.1:84{n:02d}"} for n, key in enumerate(WITNESSES)],
    "quorum": 2,
}  # fmt: skip


def plan(**changed: object) -> dict[str, Any]:
    """The plan with some of its fields otherwise; nothing of it is shared."""
    return {**copy.deepcopy(PLAN), **changed}


def ring(name: str, *, online: bool = True) -> Keyring:
    """Somebody's keyring."""
    token = TOKENS[name]
    return Keyring(token.serial, token.label, "software", dict(token.public), online)


RINGS = {f"{name}.keyring": ring(name) for name in TOKENS}


def author(name: str) -> Author:
    """Somebody who signs, with an unlocked token."""
    return Author(name, TOKENS[name].public["identity"], TOKENS[name])
