"""Resuming: the replayed state kept beside the history, so that a start replays only what is new.

- Kept is a projection (`settlement.snapshot`): nothing is lost with it, and it is believed only as far as the journal
  remembers it: its SHA-256, the log's size and root at that place, and the program that made it (rules and shape).
- The journal's chain is MACed and pinned outside the database. Bytes that are not those, an older state in the place of
  a newer one, another program's, a history of another root: thrown away, and everything is replayed.
- A profile whose key lies open (an auditor's) keeps nothing and resumes from nothing: there the MAC is anybody's.
- It is kept again at a start, or with a large bundle, when a sixteenth of the history is new: keeping costs a constant
  share of replaying, and never stops a console at work.

    {"program":"…64 hex…","root":"…64 hex…","sha256":"…64 hex…","size":100000}
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

from countersign.audit.log import Log
from countersign.desk import rulebook
from countersign.desk.ports import Profile
from countersign.errors import Malformed
from countersign.formats import jcs, shape, strict_json
from countersign.settlement import snapshot
from countersign.settlement.state import State

SETTING, PROJECTION = "kept-state", "state"
LEAST, SHARE = 1_000, 16
"""Kept when at least `LEAST` entries are new, and one in `SHARE`."""
CHUNK = 1 << 20

_FIELDS = {"program": shape.sha256_hex, "root": shape.sha256_hex, "sha256": shape.sha256_hex, "size": shape.integer(0)}


@dataclass(frozen=True, slots=True)
class Kept:
    """What the journal remembers of the kept state: where in the log it stands, and what its bytes must be."""

    program: bytes
    root: bytes
    sha256: bytes
    size: int

    def serialise(self) -> bytes:
        """The setting's bytes."""
        hashes = {name: getattr(self, name).hex() for name in ("program", "root", "sha256")}
        return jcs.encode({**hashes, "size": self.size})

    @classmethod
    def parse(cls, data: bytes) -> "Kept":
        """What `serialise` wrote. Malformed("C2.…")."""
        return cls(**shape.record(strict_json.parse_canonical(data), "kept-state", _FIELDS))


@cache
def program() -> bytes:
    """32 bytes: the rules, and the shape of what they make."""
    return sha256(rulebook.fingerprint() + snapshot.schema()).digest()


def remembered(profile: Profile) -> Kept | None:
    """What the journal remembers, or None where nothing was kept that this program could read."""
    found = profile.journal.setting(SETTING)
    try:
        return None if found is None else Kept.parse(found)
    except Malformed:  # of a program that spelt it otherwise
        return None


def resume(profile: Profile, log: Log) -> State:
    """The kept state if it is this log's, this program's, and byte for byte what the journal remembers; else the empty one."""
    kept = remembered(profile) if profile.writable else None
    if kept is None or kept.program != program() or kept.size > log.size or log.tree.root(kept.size) != kept.root:
        return State()
    data = b"".join(value for _, value in profile.projections.rows(PROJECTION))
    if sha256(data).digest() != kept.sha256:
        return State()
    try:
        return snapshot.parse(data)
    except Malformed:
        return State()


def keep(profile: Profile, log: Log, state: State) -> bool:
    """Keep the state of this whole log, if that is due; whether it was. What the journal remembers is written last."""
    kept = remembered(profile)
    usable = kept is not None and kept.program == program()
    new = log.size - (kept.size if kept is not None and usable else 0)
    if not profile.writable or new < max(LEAST, log.size // SHARE):
        return False
    data = snapshot.serialise(state)
    profile.projections.keep(PROJECTION, log.size, _chunks(data))
    known = Kept(program(), log.tree.root(), sha256(data).digest(), log.size)
    profile.journal.set_setting(SETTING, known.serialise())
    return True


def _chunks(data: bytes) -> Iterator[tuple[str, bytes]]:
    for number, start in enumerate(range(0, len(data), CHUNK)):
        yield f"{number:08d}", data[start : start + CHUNK]
