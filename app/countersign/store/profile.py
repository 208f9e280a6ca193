"""A profile: one directory that is one console (its passphrase opens it) or one auditor's read-only copy (its key lies
in it).

    profile/
      profile.json   {"check","kind","schema","store"}: public; `check` tells a wrong key from a damaged file
      key.wrapped    console: the store key under the officer's passphrase (argon2id, AES-256-GCM)
      key.plain      auditor: the store key in hex, because such a profile holds no secret
      store.db       SQLCipher: archive, artefacts, journal, projections (with `store.db-wal` while it is open)
      pin.json       the journal's head and the pinned log heads, outside the store (L6)
      lock           flock: one console a store

- A console's open, in order: lock → passphrase → key check → every page and the whole journal verified read-only,
  against the pin → only then opened for writing. What does not verify is refused by name and stays byte for byte as it
  is.
- An auditor's profile is opened immutable: no lock, no WAL, no pin, no byte changes.
- The passphrase comes through a callable and is not kept. A new profile is built beside its place and renamed: whole or
  absent.
- Settings (the desk's origin, trusted keys) stand in the journal, encrypted and chained, never in `profile.json`.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from types import TracebackType

from countersign.audit.pin import Pin
from countersign.errors import Conflict, CountersignError, Malformed, Refused, Unavailable
from countersign.formats import strict_json
from countersign.keys import wrapping
from countersign.store import database as databases
from countersign.store import migrations, passphrases, pin_file
from countersign.store.archive import Archive
from countersign.store.artefacts import Artefacts
from countersign.store.chain import Chain
from countersign.store.database import Database
from countersign.store.durable import built_beside, read_small, sweep, write_atomically
from countersign.store.hardening import Hardening, harden_process
from countersign.store.inspection import inspected, open_checked, wal_contents
from countersign.store.journal import Journal
from countersign.store.key import StoreKey
from countersign.store.lock import ConsoleLock
from countersign.store.passphrases import AskPassphrase, Entropy
from countersign.store.pin_file import Head, PinFile
from countersign.store.projections import Projections

SCHEMA = "countersign-profile/1"
STORE, PIN, ABOUT, WRAPPED, PLAIN, LOCK = "store.db", "pin.json", "profile.json", "key.wrapped", "key.plain", "lock"


class Kind(StrEnum):
    """Who uses the profile."""

    CONSOLE = "console"
    DESK = "desk"
    AUDITOR = "auditor"


class Profile:
    """An open profile. Made by `create` or `open_profile`; a context manager that closes it."""

    def __init__(
        self, directory: Path, kind: Kind, database: Database, key: StoreKey, pin: PinFile, holds: ExitStack
    ) -> None:
        self.directory = directory
        self.kind = kind
        self.hardening: Hardening | None = None
        self._database = database
        self._holds = holds
        self._pin = pin
        self._chain = Chain(database, key.journal)
        self.journal = Journal(database, self._chain)
        self.archive = Archive(database, self._chain)
        self.artefacts = Artefacts(database, self._chain)
        self.projections = Projections(database, self.archive)
        database.after_commit = self._write_pin

    @property
    def writable(self) -> bool:
        """False for an auditor's profile: every change is refused with `S1.read-only`."""
        return self._database.writable

    def head(self) -> Head:
        """The journal's head, to be printed or kept on a token: the only thing that tells when a whole directory was
        restored."""
        return self._pin.head

    def outside_pins(self) -> tuple[Pin, ...]:
        """The pinned log heads as `pin.json` has them, outside the database (`audit.pin.require_not_restored`)."""
        return self._pin.logs

    def pragmas(self) -> tuple[tuple[str, str, str], ...]:
        """Every PRAGMA fetched at this open: name, wanted, found. A store with one unlike was refused (S1)."""
        return self._database.pragmas

    def close(self) -> None:
        """Writes the WAL back, closes the store, gives up the lock. A second call does nothing."""
        self._holds.close()

    def __enter__(self) -> "Profile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write_pin(self) -> None:
        """After every commit: the pin follows before anything is acknowledged. Raises `Unavailable("store.disk")`."""
        head = self._chain.head()
        if head != self._pin.head:
            pin = PinFile(self._pin.store, head, self.journal.pins())
            pin_file.write(self.directory / PIN, pin)
            self._pin = pin


def create(
    directory: Path,
    kind: Kind,
    entropy: Entropy,
    ask: AskPassphrase | None = None,
    settings: Mapping[str, bytes] | None = None,
    cost: wrapping.Cost = wrapping.RECOMMENDED,
) -> Profile:
    """A new profile, open for writing (an auditor's too, until it is closed). `ask` gives a console's new passphrase.

    Raises `Conflict("store.profile-exists")`, `Refused("store.short-passphrase")`, `Unavailable("store.disk")`.
    """
    key = StoreKey(entropy(32))
    with built_beside(directory, Conflict("store.profile-exists", profile=directory.name)) as part:
        _write_key(part, kind, key, ask, entropy, cost)
        _write_store(part, kind, key, entropy(32), settings or {})
    return _open_console(directory, kind, lambda: key)


def open_profile(directory: Path, ask: AskPassphrase | None = None) -> Profile:
    """An existing profile. `ask` is called once, for a console only, after the lock is held.

    Raises `Unavailable("store.no-profile")`, `Conflict("S1.second-console")`, `Refused("keys.wrong-passphrase")`,
    `Refused("S1.wrong-key" | "S1.damaged" | "S1.truncated" | "S1.inconsistent" | "S1.wal-damaged")`,
    `Refused("S2.journal-altered" | "S2.archive-incomplete")`, `Refused("L6.behind-pin" | "L6.other-history" |
    "L6.pin-missing")`, `Refused("store.newer")`.
    """
    kind, _, _ = read_about(directory)
    if kind is Kind.AUDITOR:
        return _open_auditor(directory)
    if ask is None:
        raise Refused("store.passphrase-needed", profile=directory.name)
    return _open_console(directory, kind, lambda: StoreKey(passphrases.unwrap(directory / WRAPPED, ask)))


def read_about(directory: Path) -> tuple[Kind, bytes, str]:
    """Kind, 32-byte store id and key check of `profile.json`. Raises `Unavailable("store.no-profile")`,
    `Malformed("store.profile-form")`."""
    try:
        data = read_small(directory / ABOUT)
    except Unavailable as error:
        raise Unavailable("store.no-profile", profile=str(directory)) from error
    try:
        whole = strict_json.parse(data)
        if not isinstance(whole, dict):
            raise TypeError
        kind, store, check = Kind(str(whole["kind"])), bytes.fromhex(str(whole["store"])), str(whole["check"])
    except (Malformed, ValueError, KeyError, TypeError) as error:
        raise Malformed("store.profile-form", profile=directory.name) from error
    if data != _about(kind, store, check):
        raise Malformed("store.profile-form", profile=directory.name)
    return kind, store, check


def _about(kind: Kind, store: bytes, check: str) -> bytes:
    whole = {"check": check, "kind": str(kind), "schema": SCHEMA, "store": store.hex()}
    return json.dumps(whole, sort_keys=True, separators=(",", ":")).encode()


def _write_key(
    part: Path, kind: Kind, key: StoreKey, ask: AskPassphrase | None, entropy: Entropy, cost: wrapping.Cost
) -> None:
    if kind is Kind.AUDITOR:
        write_atomically(part / PLAIN, key.raw.hex().encode())
        return
    write_atomically(part / WRAPPED, passphrases.wrap(key.raw, ask or (lambda: ""), entropy, cost))


def _write_store(part: Path, kind: Kind, key: StoreKey, store: bytes, settings: Mapping[str, bytes]) -> None:
    """Makes the database, its first entries, its pin and `profile.json`, all durable."""
    write_atomically(part / STORE, b"")
    database = databases.create(part / STORE, key)
    try:
        migrations.migrate(database)
        chain = Chain(database, key.journal)
        with database.transaction():
            chain.append("store", b"", store)
            for name in sorted(settings):
                Journal(database, chain).set_setting(name, settings[name])
        head = chain.head()
    finally:
        database.close()
    pin_file.write(part / PIN, PinFile(store, head))
    write_atomically(part / ABOUT, _about(kind, store, key.check))


def _open_console(directory: Path, kind: Kind, get_key: Callable[[], StoreKey]) -> Profile:
    """Lock, key, inspection against the pin, then writable."""
    hardened = harden_process()
    with ExitStack() as holds:
        lock = ConsoleLock(directory)
        holds.callback(lock.release)
        if kind is Kind.AUDITOR:
            holds.callback((directory / LOCK).unlink, missing_ok=True)
        sweep(directory)
        key = get_key()
        pin = _check_key(directory, key)
        with inspected(directory / STORE, key) as looked_at:
            verify(looked_at, key, pin, directory / STORE)
        database = databases.open_writable(directory / STORE, key)
        holds.callback(database.close)
        migrations.migrate(database)
        profile = Profile(directory, kind, database, key, pin, holds.pop_all())
    profile.hardening = hardened
    profile._write_pin()
    return profile


def _open_auditor(directory: Path) -> Profile:
    """Immutable: refuses a copy whose writing was never finished. Raises what `open_profile` raises."""
    beside = directory / f"{STORE}-wal"
    if beside.exists() and beside.stat().st_size:
        raise Refused("store.unfinished", profile=directory.name)
    try:
        key = StoreKey(bytes.fromhex(read_small(directory / PLAIN).decode("ascii")))
    except ValueError as error:
        raise Malformed("store.profile-form", profile=directory.name) from error
    pin = _check_key(directory, key)
    if not (directory / STORE).exists():
        raise Unavailable("store.missing-file", file=STORE)
    with ExitStack() as holds:
        database = open_checked(directory / STORE, key)
        holds.callback(database.close)
        verify(database, key, pin, directory / STORE)
        if (head := Chain(database, key.journal).head()) != pin.head:  # it was closed when it was whole
            raise Refused("L6.other-history", entry=head.sequence)
        return Profile(directory, Kind.AUDITOR, database, key, pin, holds.pop_all())


def _check_key(directory: Path, key: StoreKey) -> PinFile:
    """The pin, once the key is known to be this store's. Raises `Refused("S1.wrong-key")`,
    `Refused("L6.other-store")`."""
    _, store, check = read_about(directory)
    if key.check != check:
        raise Refused("S1.wrong-key", profile=directory.name)
    pin = pin_file.read(directory / PIN)
    if pin.store != store:
        raise Refused("L6.other-store", profile=directory.name)
    return pin


def verify(database: Database, key: StoreKey, pin: PinFile, path: Path) -> None:
    """The journal's whole chain, up to and beyond the pin; what the journal counts is here. Raises `Refused`."""
    migrations.check(database)
    chain = Chain(database, key.journal)
    try:
        chain.verify(pin.head)
    except CountersignError as error:
        if error.code == "L6.behind-pin" and wal_contents(path).torn:
            raise Refused("S1.wal-damaged", file=path.name, pinned=pin.head.sequence) from error
        raise
    if chain.last("store") != pin.store:
        raise Refused("L6.other-store", profile=path.parent.name)
    journal = Journal(database, chain)
    for outside in pin.logs:
        known = journal.pin(outside.checkpoint.origin)
        if known is None or known.size < outside.size:
            raise Refused("L6.log-behind-pin", pinned=outside.size, found=known.size if known else 0)
    # After every commit both say the same; only a file that a crash left one transaction behind may differ.
    if pin.head == chain.head() and pin.logs != journal.pins():
        raise Refused("L6.other-history", entry=pin.head.sequence)
    held = int.from_bytes(chain.last("archived") or b"", "big")
    if held != Archive(database, chain).held() or chain.count("artefact") != len(Artefacts(database, chain).digests()):
        raise Refused("S2.archive-incomplete", file=path.name)
