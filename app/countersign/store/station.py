"""The folder of a workstation's own desk: its store, its log's keys, its log's tiles.

    desk/
      store/          a profile of the kind `desk`: archive, artefacts, journal, and what the desk was told (settings)
      keys/N.wrapped  the log's keys in the order in which they were made, each under the desk's passphrase (argon2id, AES-GCM)
      log/            tiles, entry bundles and the checkpoint, as c2sp.org/tlog-tiles names them

- The passphrase is asked for once, after the folder is known to be a desk's, and is not kept.
- A new folder is whole or absent: it is built beside its place and renamed.
- One process a desk: the store's lock.
"""

import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count, takewhile
from pathlib import Path

from countersign.errors import Conflict, Unavailable
from countersign.keys import wrapping
from countersign.store import passphrases
from countersign.store import profile as profiles
from countersign.store.durable import built_beside, disk, make_directory, write_atomically
from countersign.store.passphrases import AskPassphrase, Entropy
from countersign.store.profile import Kind, Profile

STORE, KEYS, LOG, SUFFIX = "store", "keys", "log", ".wrapped"
SEED_LENGTH = 32


@dataclass(frozen=True, slots=True, repr=False)
class OpenStation:
    """An open folder: its store, and the seeds of its log's keys in the order in which they were made."""

    folder: Path
    profile: Profile
    seeds: tuple[bytes, ...]

    @property
    def log(self) -> Path:
        """Where the log's static files lie."""
        return self.folder / LOG

    def close(self) -> None:
        """Close the store."""
        self.profile.close()


def create(
    folder: Path,
    entropy: Entropy,
    ask: AskPassphrase,
    facts: Callable[[bytes], Mapping[str, bytes]],
    cost: wrapping.Cost = wrapping.RECOMMENDED,
) -> OpenStation:
    """A new desk's folder, absent or empty before. `facts`: the settings of a log whose key has this seed.

    Raises Conflict("store.station-exists"), Refused("store.short-passphrase"), Unavailable("store.disk").
    """
    asked: list[str] = []
    with built_beside(folder, Conflict("store.station-exists", folder=str(folder))) as part:
        asked.append(ask())
        seed = entropy(SEED_LENGTH)
        wrapped = passphrases.wrap(seed, lambda: asked[0], entropy, cost)
        make_directory(part / KEYS)
        write_atomically(_key_file(part, 1), wrapped)
        profiles.create(part / STORE, Kind.DESK, entropy, lambda: asked[0], facts(seed), cost).close()
    return open_station(folder, lambda: asked[0])


def open_station(folder: Path, ask: AskPassphrase) -> OpenStation:
    """An existing desk's folder. Raises Unavailable("store.no-station"), what `open_profile` and `unwrap` raise."""
    with disk(folder.name):
        if not (folder / STORE / profiles.ABOUT).is_file():
            raise Unavailable("store.no-station", folder=str(folder))
    asked: list[str] = []

    def once() -> str:
        asked.append(ask())
        return asked[0]

    with ExitStack() as holds:
        store = holds.enter_context(profiles.open_profile(folder / STORE, once))
        found = OpenStation(folder, store, _seeds(folder, asked[0]))
        holds.pop_all()  # the caller closes it
    return found


def add_key(folder: Path, entropy: Entropy, ask: AskPassphrase, cost: wrapping.Cost = wrapping.RECOMMENDED) -> bytes:
    """One more log key, under the same passphrase; its seed. Raises as `open_station`: a wrong passphrase adds nothing."""
    passphrase = ask()
    known, seed = _seeds(folder, passphrase), entropy(SEED_LENGTH)
    wrapped = passphrases.wrap(seed, lambda: passphrase, entropy, cost)
    write_atomically(_key_file(folder, len(known) + 1), wrapped)
    return seed


def _key_file(folder: Path, number: int) -> Path:
    return folder / KEYS / f"{number}{SUFFIX}"


def _seeds(folder: Path, passphrase: str) -> tuple[bytes, ...]:
    with disk(folder.name):
        places = tuple(takewhile(os.path.lexists, (_key_file(folder, number) for number in count(1))))
    if not places:
        raise Unavailable("store.no-station", folder=str(folder))
    return tuple(passphrases.unwrap(each, lambda: passphrase) for each in places)
