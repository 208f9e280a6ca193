"""The bodies of events about the desk's own order: its log's key changes, a ceremony was held, a Safe's owners change.

- Read strictly like every body: `PLAIN` gives the class and the reader of each field, for `body_readers`.
- A log key is a C2SP verifier key of Ed25519, whose name is the log's origin, with its own key id.
- A phrase is twelve bytewords (docs/formats/phrase.md); null where nothing was compared aloud.

    {"log":"northgate.example/desk+eb64dc24+AepK…","reason":"The signing module is replaced."}
    {"kind":"enrolment","document":"9f…","phrase":"each jolt cusp …","present":["compliance","officer-d"]}
"""

import re
from binascii import Error, a2b_base64
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from countersign.errors import Malformed
from countersign.settlement import readers

FOUNDING, ENROLMENT, KEY_REPLACEMENT, CLOCK = "founding", "enrolment", "key-replacement", "clock"
CEREMONIES: Final = (FOUNDING, ENROLMENT, KEY_REPLACEMENT, CLOCK)
"""What people meet for: to found the desk, to tell a machine whom to trust, to replace a token, to compare clocks."""

MOST_CALLS = 10**9
"""No Safe ever makes so many: a number beyond it is a mistake."""

_VKEY = re.compile(r"(?P<name>[^\s+]{1,256})\+(?P<id>[0-9a-f]{8})\+(?P<key>[A-Za-z0-9+/]{44})\Z")
_PHRASE = re.compile(r"[a-z]{4}( [a-z]{4}){11}\Z")
_ED25519 = 1


@dataclass(frozen=True, slots=True)
class LogRotated:
    """From this entry on the log's heads are signed with the key of this vkey; `reason` in the administrators' words."""

    log: str
    reason: str


@dataclass(frozen=True, slots=True)
class CeremonyRecorded:
    """`document`: SHA-256 of what was on the table; `phrase`: the words read aloud; `present`: officers' ids."""

    kind: str
    document: str
    phrase: str | None
    present: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OwnersOrdered:
    """A Safe is to have these owners (key ids, ascending) and this threshold, by the one call in `artefact`, under `nonce`.

    `replaces`: the order whose place this one takes before it was executed. One that names the owners as they are takes
    its place and changes nothing: it only uses up the nonce.
    """

    vault: str
    keys: tuple[str, ...]
    threshold: int
    artefact: str
    nonce: int
    replaces: str | None


def _log_key(spelled: str) -> str:
    found = _VKEY.match(spelled)
    try:
        data = a2b_base64(found["key"].encode("ascii"), strict_mode=True) if found else b""
    except Error:
        data = b""
    if found is None or len(data) != 33 or data[0] != _ED25519:
        raise Malformed("settlement.not-log-key")
    if sha256(found["name"].encode() + b"\n" + data).digest()[:4].hex() != found["id"]:
        raise Malformed("settlement.not-log-key")
    return spelled


def public_of(vkey: str) -> bytes:
    """A vkey's public key, without name and type: what two vkeys over one key have in common."""
    try:
        return a2b_base64(vkey.split("+", 2)[-1].encode())[1:]
    except Error:
        return vkey.encode()


def _phrase(spelled: str) -> str:
    if not _PHRASE.match(spelled):
        raise Malformed("settlement.not-phrase")
    return spelled


PLAIN: dict[str, tuple[type[LogRotated | CeremonyRecorded | OwnersOrdered], dict[str, readers.Reader[object]]]] = {
    "log.rotated": (LogRotated, {"log": readers.string(_log_key), "reason": readers.prose}),
    "ceremony.recorded": (
        CeremonyRecorded,
        {
            "kind": readers.one_of(*CEREMONIES),
            "document": readers.sha256,
            "phrase": readers.nullable(readers.string(_phrase)),
            "present": readers.ascending(readers.identifier, minimum=1, maximum=64),
        },
    ),
    "owners.ordered": (
        OwnersOrdered,
        {
            "vault": readers.identifier,
            "keys": readers.ascending(readers.string(), minimum=2, maximum=15),
            "threshold": readers.integer(1, 15),
            "artefact": readers.sha256,
            "nonce": readers.integer(0, MOST_CALLS),
            "replaces": readers.nullable(readers.sha256),
        },
    ),
}
"""Type → class of its body, readers of its fields."""
