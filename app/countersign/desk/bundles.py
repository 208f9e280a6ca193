"""What every file of proven events has in common: one stored zip, one checkpoint, each event with its opening and proof.

docs/formats/evidence.md, docs/formats/extract.md: an evidence pack (`evidence`), a participant's extract (`extract`).

    manifest.json           {…,"desk","files":{name: sha256},"schema"}
    checkpoint              the witnessed head that every proof leads to
    events/<index>.{event,opening.json,tlog-proof}
    vkeys.json              the log's key and its witnesses'

- The manifest names every other file with its hash; a file more or less is refused.
- Nothing in such a file makes itself believed: keys count only where the reader was given the same from elsewhere.
- The fingerprint that people compare is twelve words of the SHA-256 of `manifest.json`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, ClassVar, TypeVar

from countersign.airgap.phrase import Purpose, phrase
from countersign.audit.checkpoint import SignedCheckpoint
from countersign.audit.leaf import Opening
from countersign.audit.quorum import Quorum
from countersign.audit.tlog_proof import TlogProof
from countersign.desk import stored_zip
from countersign.desk.ground import Exhibit
from countersign.desk.ports import Record
from countersign.errors import CountersignError, Malformed
from countersign.formats import jcs, shape, strict_json

MANIFEST, CHECKPOINT, VKEYS = "manifest.json", "checkpoint", "vkeys.json"
MANIFEST_LIMIT = 16 << 20

_EVENT = re.compile(r"events/(0|[1-9][0-9]{0,15})\.(event|opening\.json|tlog-proof)\Z")
_KINDS = ("event", "opening.json", "tlog-proof")
_NAMED = {
    "desk": shape.string(maximum=256),
    "files": shape.mapping(str, shape.sha256_hex, maximum=stored_zip.MAX_ENTRIES),
}
_Bundle = TypeVar("_Bundle", bound="Bundle")


@dataclass(frozen=True)
class Bundle:
    """The common parts. `exhibits` ascend by index. Nothing is verified yet."""

    SCHEMA: ClassVar[str]
    desk: str
    checkpoint: SignedCheckpoint
    exhibits: tuple[Exhibit, ...]
    vkeys: Quorum

    @property
    def claims(self) -> dict[str, str]:
        """What the manifest says beside schema, desk and files."""
        return {}

    @property
    def beside(self) -> dict[str, bytes]:
        """The files that only this kind has, by name."""
        return {}

    @cached_property
    def files(self) -> dict[str, bytes]:
        """Every file but the manifest, by name."""
        found = {CHECKPOINT: self.checkpoint.serialise(), VKEYS: self.vkeys.serialise()}
        for each in self.exhibits:
            parts = (each.event, each.opening.serialise(), each.proof.serialise())
            found |= {f"events/{each.index}.{kind}": data for kind, data in zip(_KINDS, parts, strict=True)}
        return found | self.beside

    @cached_property
    def manifest(self) -> bytes:
        """The bytes of `manifest.json`."""
        hashes = {name: sha256(data).hexdigest() for name, data in self.files.items()}
        return jcs.encode({"schema": self.SCHEMA, "desk": self.desk, "files": hashes, **self.claims})

    @property
    def fingerprint(self) -> bytes:
        """SHA-256 of the manifest."""
        return sha256(self.manifest).digest()

    @property
    def words(self) -> str:
        """The twelve words of the fingerprint."""
        return phrase(Purpose.EVIDENCE, self.fingerprint)


def serialise(bundle: Bundle) -> bytes:
    """The file's bytes. Malformed("desk.pack-too-large")."""
    return stored_zip.pack({**bundle.files, MANIFEST: bundle.manifest})


def schema_of(data: bytes) -> str:
    """What the manifest calls the file; empty where it has none that can be read. Whoever parses it says what is wrong."""
    try:
        found = strict_json.parse(stored_zip.unpack(data).get(MANIFEST, b""), limit=MANIFEST_LIMIT)
    except CountersignError:
        return ""
    schema = found.get("schema") if isinstance(found, dict) else None
    return schema if isinstance(schema, str) else ""


def opened(
    data: bytes, schema: str, claims: Mapping[str, shape.Reader[object]]
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The manifest's members and every other file, as it lists them. Malformed: desk.pack-…, C2.…."""
    files = stored_zip.unpack(data)
    manifest = files.pop(MANIFEST, None)
    if manifest is None:
        raise Malformed("desk.pack-missing", name=MANIFEST)
    parsed = strict_json.parse_canonical(manifest, limit=MANIFEST_LIMIT)
    claimed = shape.record(parsed, "manifest", {"schema": shape.one_of(schema), **_NAMED, **claims})
    _require_listed(files, claimed["files"])
    return claimed, files


def same(found: _Bundle, files: Mapping[str, bytes]) -> _Bundle:
    """What was read, if it is written as these very files. Malformed("desk.pack-manifest")."""
    if found.files != files:
        raise Malformed("desk.pack-manifest")
    return found


def _require_listed(files: Mapping[str, bytes], listed: Mapping[str, bytes]) -> None:
    for name in sorted(files.keys() | listed.keys()):
        if name not in listed:
            raise Malformed("desk.pack-unlisted", name=name)
        if name not in files:
            raise Malformed("desk.pack-missing", name=name)
        if sha256(files[name]).digest() != listed[name]:
            raise Malformed("desk.pack-hash", name=name)


def checkpoint(files: Mapping[str, bytes]) -> SignedCheckpoint:
    """The head. Malformed("desk.pack-missing", L1.…)."""
    return SignedCheckpoint.parse(part(files, CHECKPOINT))


def vkeys(files: Mapping[str, bytes]) -> Quorum:
    """The keys that lie in it. Malformed("desk.pack-missing", L2.…, L5.…)."""
    return Quorum.parse(part(files, VKEYS))


def exhibits(files: Mapping[str, bytes]) -> tuple[Exhibit, ...]:
    """Every event with its opening and proof, by index. Malformed("desk.pack-missing" | "desk.pack-index", L3.…)."""
    places = {int(match[1]) for name in files if (match := _EVENT.match(name))}
    found = []
    for index in sorted(places):
        event, opening, proof = (part(files, f"events/{index}.{kind}") for kind in _KINDS)
        exhibit = Exhibit(event, Opening.parse(opening), TlogProof.parse(proof))
        if exhibit.opening.index != index or exhibit.proof.index != index:
            raise Malformed("desk.pack-index", index=index)
        found.append(exhibit)
    return tuple(found)


def part(files: Mapping[str, bytes], name: str) -> bytes:
    """One file. Malformed("desk.pack-missing")."""
    if name not in files:
        raise Malformed("desk.pack-missing", name=name)
    return files[name]


def exhibit(held: Record, path: Sequence[bytes], signed: SignedCheckpoint) -> Exhibit:
    """An archived event with its opening, and its place under a head."""
    proof = TlogProof(held.index, tuple(path), signed.serialise())
    return Exhibit(held.event, Opening(held.index, held.time_ms, held.salt), proof)
