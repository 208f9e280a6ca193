"""Profiles for the tests of this room: made in a temporary folder, opened with a cheap passphrase."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from countersign.desk.ports import Record
from countersign.keys.wrapping import Cost
from countersign.store.profile import Kind, Profile, create, open_profile

PASSPHRASE = "a passphrase of tests"


@pytest.fixture
def entropy() -> Callable[[int], bytes]:
    """Bytes that look random and never repeat within a test, the same at each run."""
    state = [0]

    def take(count: int) -> bytes:
        state[0] += 1
        return hashlib.shake_256(state[0].to_bytes(8, "big")).digest(count)

    return take


@pytest.fixture
def make_profile(tmp_path: Path, entropy: Callable[[int], bytes]) -> Callable[..., Profile]:
    """Makes a profile by name; a console's unless told."""

    def make(name: str = "profile", kind: Kind = Kind.CONSOLE, **settings: bytes) -> Profile:
        cost = Cost(memory=64, passes=1, lanes=1)
        return create(tmp_path / name, kind, entropy, lambda: PASSPHRASE, settings, cost)

    return make


@pytest.fixture
def open_again(tmp_path: Path) -> Callable[..., Profile]:
    """Opens a profile by name with the right passphrase."""
    return lambda name="profile": open_profile(tmp_path / name, lambda: PASSPHRASE)


@pytest.fixture
def profile(make_profile: Callable[..., Profile]) -> Iterator[Profile]:
    """One open console profile."""
    with make_profile() as opened:
        yield opened


@pytest.fixture
def record() -> Callable[..., Record]:
    """A log record at an index."""
    return lambda index, event=b"event": Record(index, 1_000 + index, bytes([index % 256]) * 32, event)


@pytest.fixture
def files() -> Callable[[Path], dict[str, bytes]]:
    """Every file of a folder with its bytes."""
    return lambda folder: {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }
