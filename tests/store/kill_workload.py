"""What the killed process does, and what must be true afterwards. Run under the shim by `kill_driver.py`; not a test
itself.

Each step is acknowledged on a pipe after it returned. `verify` is handed the acknowledgements of the process that died.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from countersign.audit.pin import Pin
from countersign.desk.ports import Record
from countersign.keys.wrapping import Cost
from countersign.store.profile import Kind, Profile, create, open_profile
from countersign.store.signing import Intent, Outpoint, SafeNonce, Share
from countersign.store.tile_files import TileFiles
from support.small_log import NOW, filled_log, signed

CHEAP = Cost(memory=64, passes=1, lanes=1)
PASSPHRASE = "a passphrase of tests"
ORIGIN = "log.example/desk"
CHAIN = "bip122:0f9188f13cb7b2c71f2a335e3a4fc328"
KEY = b"k" * 32
BLOB = bytes(range(256)) * 40


def entropy(count: int) -> bytes:
    """The same bytes each time: a run can be repeated."""
    return hashlib.shake_256(b"entropy").digest(count)


def h(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def record(index: int) -> Record:
    return Record(index, 1_000 * index, bytes([index % 256]) * 32, b"event %d " % index + bytes(1_500))


def intent(number: int) -> Intent:
    coins = tuple(Outpoint(CHAIN, h(f"coin {number}"), vout) for vout in range(2))
    digests = (h(f"digest {number} 0"), h(f"digest {number} 1"))
    nonce = SafeNonce("eip155:31337", b"s" * 20, number)
    return Intent(h(f"instruction {number}"), f"S-{number}", KEY, h(f"tx {number}"), digests, NOW, coins, nonce)


def shares(number: int) -> tuple[Share, ...]:
    return tuple(
        Share(KEY, digest, h(f"r {number} {place}") + h(f"s {number} {place}"))
        for place, digest in enumerate(intent(number).digests)
    )


def pin(number: int) -> Pin:
    return Pin(signed(filled_log(number + 1).checkpoint(), (0, 1)), NOW + number, {})


def log_files(number: int) -> list[tuple[str, bytes]]:
    width = number + 1
    hashes = b"".join(h(f"leaf {leaf}") for leaf in range(width))
    checkpoint = b"checkpoint %d\n" % width
    return [
        ("checkpoint", checkpoint),
        (f"tile/0/000.p/{width}", hashes),
        (f"tile/entries/000.p/{width}", b"e" * width),
    ]


class Run:
    """One process's life: `rounds` sessions, each opening the profile, working, and closing it."""

    def __init__(self, area: Path, acknowledge: Callable[[str], None]) -> None:
        self.profile_path, self.log_path, self.acknowledge = area / "profile", area / "log", acknowledge

    def open(self) -> Profile:
        if self.profile_path.exists():
            return open_profile(self.profile_path, lambda: PASSPHRASE)
        return create(self.profile_path, Kind.CONSOLE, entropy, lambda: PASSPHRASE, {"desk": b"desk"}, CHEAP)

    def play(self, rounds: int) -> None:
        for number in range(rounds):
            with self.open() as profile:
                self.acknowledge("profile")
                self.session(profile, number)
            self.acknowledge(f"closed {number}")

    def session(self, profile: Profile, number: int) -> None:
        journal, records = profile.journal, (record(2 * number), record(2 * number + 1))
        self.step(f"archive {number}", lambda: profile.archive.extend(records))
        self.step(f"artefact {number}", lambda: profile.artefacts.put(BLOB + bytes([number])))
        self.step(f"intent {number}", lambda: journal.intend(intent(number)))
        self.step(f"shares {number}", lambda: journal.record_shares(shares(number)))
        self.step(f"pin {number}", lambda: self.advance(profile, number))
        self.step(f"session {number}", lambda: journal.receive("a", b"s", number + 1, h(f"envelope {number}")))
        self.step(f"clock {number}", lambda: journal.raise_clock(NOW + number))
        self.step(f"log {number}", lambda: TileFiles(self.log_path).write(log_files(number)))

    def step(self, name: str, act: Callable[[], object]) -> None:
        act()
        self.acknowledge(name)

    def advance(self, profile: Profile, number: int) -> None:
        known = profile.journal.pin(ORIGIN)
        if known is None or known.size <= number:
            profile.journal.advance_pin(known, pin(number))


def verify(area: Path, acknowledged: list[str], rounds: int, *, go_on: bool) -> None:
    """Everything acknowledged is there, whole; what was not is there whole or not at all; and (`go_on`) the work can be
    finished."""
    profile_path = area / "profile"
    if not profile_path.exists():
        assert acknowledged == []
    else:
        with open_profile(profile_path, lambda: PASSPHRASE) as profile:
            for number in range(rounds):
                _verify_round(profile, acknowledged, number)
    _verify_log(area, acknowledged, rounds)
    if not go_on:
        return
    Run(area, lambda _: None).play(rounds)
    with open_profile(profile_path, lambda: PASSPHRASE) as profile:
        everything = [f"{what} {number}" for what in WHAT for number in range(rounds)]
        for number in range(rounds):
            _verify_round(profile, everything, number)


WHAT = ("archive", "artefact", "intent", "shares", "pin", "session", "clock")


def _verify_round(profile: Profile, acknowledged: list[str], number: int) -> None:
    journal, archive = profile.journal, profile.archive
    known = journal.pin(ORIGIN)
    meant = intent(number)
    assert meant.nonce is not None
    bound = [bool(journal.signed_outpoint(coin)) for coin in meant.outpoints]
    bound += [bool(journal.signed_nonce(meant.nonce)), journal.intents(meant.instruction) == (meant,)]
    signed_here = [journal.answered(KEY, share.digest) == share.signature for share in shares(number)]
    records = [archive.records(index, index + 1) == (record(index),) for index in (2 * number, 2 * number + 1)]
    found = {
        "archive": _all_or_none(records),
        "artefact": profile.artefacts.has(hashlib.sha256(BLOB + bytes([number])).digest()),
        "intent": _all_or_none(bound),
        "shares": _all_or_none(signed_here),
        "pin": known is not None and known.size >= number + 1,
        "session": journal.received("a", b"s", number + 1) == h(f"envelope {number}"),
        "clock": journal.clock_floor() >= NOW + number,
    }
    assert not found["shares"] or found["intent"], "no share without its intent"
    lost = [what for what in WHAT if f"{what} {number}" in acknowledged and not found[what]]
    assert lost == [], f"acknowledged and lost: {lost}"


def _all_or_none(parts: list[bool]) -> bool:
    assert all(parts) or not any(parts), "half of a transaction"
    return all(parts)


def _verify_log(area: Path, acknowledged: list[str], rounds: int) -> None:
    confirmed = [number for number in range(rounds) if f"log {number}" in acknowledged]
    checkpoint = area / "log" / "checkpoint"
    if not checkpoint.exists():
        assert confirmed == [], "an acknowledged checkpoint is gone"
        return
    files = TileFiles(area / "log")
    known = [number for number in range(rounds) if log_files(number)[0][1] == files.read("checkpoint")]
    assert len(known) == 1, "a checkpoint that nobody wrote"
    assert known[0] >= max(confirmed, default=0), "an acknowledged checkpoint went back"
    for path, data in log_files(known[0]):
        assert files.read(path) == data, "a checkpoint without its tiles"
