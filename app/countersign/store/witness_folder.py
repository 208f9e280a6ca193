"""A witness's folder: what one witness of logs is, on a disk of its own.

    folder/
      witness.json   {"schema","vkey"}: public, RFC 8785
      key.wrapped    the witness's 32-byte Ed25519 seed under a passphrase (argon2id, AES-256-GCM)
      heads.json     what it remembers of each log, and may never forget (`audit.witness.State`)
      lock           flock: one server a witness

- In order: lock -> memory -> passphrase -> the seed is that of the published key.
- A memory that is lost or damaged stops the witness for good: one that began anew could cosign a second history.
- A new folder is whole or absent; its memory is made with it, so that its absence means a loss.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from countersign.audit import note
from countersign.audit.note import COSIGNATURE, VerifierKey
from countersign.audit.witness import State
from countersign.errors import Conflict, CountersignError, Malformed, Refused, Unavailable
from countersign.formats import jcs, shape, strict_json
from countersign.keys import wrapping
from countersign.store import passphrases
from countersign.store.durable import built_beside, read_small, write_atomically
from countersign.store.hardening import harden_process
from countersign.store.lock import ConsoleLock
from countersign.store.passphrases import AskPassphrase, Entropy

ABOUT, WRAPPED, HEADS = "witness.json", "key.wrapped", "heads.json"
SCHEMA = "countersign-witness/1"
HEADS_LIMIT = 4 << 20
_FIELDS = {"schema": shape.one_of(SCHEMA), "vkey": shape.string(VerifierKey.parse)}


@dataclass(frozen=True, slots=True)
class WitnessFolder:
    """An open one: the key that it cosigns with, its seed, where its memory lies."""

    key: VerifierKey
    seed: bytes = field(repr=False)
    heads: Path


def create(
    directory: Path, name: str, entropy: Entropy, ask: AskPassphrase, cost: wrapping.Cost = wrapping.RECOMMENDED
) -> VerifierKey:
    """A new witness called `name`; the key that logs and desks are told.

    Malformed("L2.key-name"), Conflict("store.witness-exists"), Refused("store.short-passphrase"), Unavailable("store.disk").
    """
    seed = entropy(32)
    key = note.verifier_key(seed, name, COSIGNATURE)
    with built_beside(directory, Conflict("store.witness-exists", folder=str(directory))) as part:
        write_atomically(part / WRAPPED, passphrases.wrap(seed, ask, entropy, cost))
        write_atomically(part / HEADS, State({}).serialise())
        write_atomically(part / ABOUT, jcs.encode({"schema": SCHEMA, "vkey": str(key)}))
    return key


@contextmanager
def opened(directory: Path, ask: AskPassphrase) -> Iterator[WitnessFolder]:
    """The witness of a folder, locked for as long as the context lasts.

    Unavailable("store.no-witness"), Malformed("store.witness-form"), Conflict("store.witness-running"),
    Refused("store.witness-heads-lost", "store.witness-heads-damaged", "keys.wrong-passphrase", "store.witness-other-key").
    """
    key = read_about(directory)
    try:
        lock = ConsoleLock(directory)
    except Conflict:
        raise Conflict("store.witness-running", folder=str(directory)) from None
    try:
        harden_process()
        _require_memory(directory)
        seed = passphrases.unwrap(directory / WRAPPED, ask)
        if note.verifier_key(seed, key.name, COSIGNATURE) != key:
            raise Refused("store.witness-other-key", folder=str(directory))
        yield WitnessFolder(key, seed, directory / HEADS)
    finally:
        lock.release()


def read_about(directory: Path) -> VerifierKey:
    """The public key of `witness.json`. Unavailable("store.no-witness"), Malformed("store.witness-form")."""
    try:
        data = read_small(directory / ABOUT)
    except Unavailable:
        raise Unavailable("store.no-witness", folder=str(directory)) from None
    try:
        key: VerifierKey = shape.record(strict_json.parse_canonical(data), "witness", _FIELDS)["vkey"]
    except CountersignError:
        raise Malformed("store.witness-form", folder=str(directory)) from None
    if key.type != COSIGNATURE:
        raise Malformed("store.witness-form", folder=str(directory))
    return key


def _require_memory(directory: Path) -> None:
    try:
        State.parse(read_small(directory / HEADS, limit=HEADS_LIMIT))
    except Unavailable as reason:
        if reason.code != "store.missing-file":
            raise
        raise Refused("store.witness-heads-lost", folder=str(directory)) from None
    except Malformed:
        raise Refused("store.witness-heads-damaged", folder=str(directory)) from None
