"""Files on a removable drive: written so that they are whole or absent, read as if an enemy had written them.

Implements T2 of CHECKS.md.

- Write: a temporary file beside, fsync, rename, fsync of the folder, then read back and compare.
- Read: no links, nothing outside the folder or on another mount (openat2 where the kernel has it, else O_NOFOLLOW and
  a comparison of devices), a regular file of at most 32 MiB by fstat before a byte is read, non-blocking, so that a
  pipe or a device cannot make us wait. What was looked at, what was opened and what is there after reading must agree.
- One folder, no deeper; at most 64 entries; names of letters, digits, `.`, `_`, `-`.
- Nothing is executed, unpacked or deleted. What the mount lacks (nosuid, nodev, noexec, ro) is named, not assumed.

    drive = UsbFolder(Path("/media/officer/STICK"))
    written = drive.write("request.countersign", sealed)
    drive.read("answer.countersign"), drive.mount().missing
"""

import errno
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from countersign.couriers import kernel
from countersign.errors import CountersignError, Malformed, Unavailable
from countersign.formats.excerpt import excerpt

SIZE_LIMIT: Final = 32 * 1024 * 1024
ENTRY_LIMIT: Final = 64
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}\Z", re.ASCII)
_MOUNT_FLAGS: Final = {"nosuid": os.ST_NOSUID, "nodev": os.ST_NODEV, "noexec": os.ST_NOEXEC, "ro": os.ST_RDONLY}
_FOLDER_FLAGS: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_LEADS_OUT: Final = frozenset((errno.ELOOP, errno.EXDEV))


@dataclass(frozen=True, slots=True)
class Entry:
    """A regular file in the folder: its name and its size in bytes."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written, read back and found the same."""

    path: Path
    sha256: bytes


@dataclass(frozen=True, slots=True)
class Mount:
    """What protects the reader: `missing` of nosuid, nodev, noexec, ro; `beneath` where openat2 shuts the folder."""

    missing: tuple[str, ...]
    beneath: bool


class UsbFolder:
    """One folder on a drive. Every method opens it anew: a drive may be pulled at any moment ("couriers.drive")."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def mount(self) -> Mount:
        """How the drive is mounted. Read before trusting it; a drive that is written to cannot be `ro`."""
        with self._folder() as folder:
            flags = os.fstatvfs(folder).f_flag
            missing = tuple(name for name, bit in _MOUNT_FLAGS.items() if not flags & bit)
            return Mount(missing, _has_openat2(folder))

    def entries(self) -> tuple[Entry, ...]:
        """The regular files with admissible names, by name. Malformed("T2.entries") over 64 of any kind."""
        found: list[Entry] = []
        with self._folder() as folder, os.scandir(folder) as listing:
            for count, item in enumerate(listing, start=1):
                if count > ENTRY_LIMIT:
                    raise Malformed("T2.entries", limit=ENTRY_LIMIT)
                if _NAME.match(item.name) and item.is_file(follow_symlinks=False):
                    found.append(Entry(item.name, item.stat(follow_symlinks=False).st_size))
        return tuple(sorted(found, key=lambda entry: entry.name))

    def read(self, name: str) -> bytes:
        """The bytes of one file. Malformed("T2.name" | "T2.absent" | "T2.link" | "T2.not-a-file" | "T2.size" |
        "T2.changed" | "T2.outside"), Unavailable("couriers.drive")."""
        _check_name(name)
        return self._read(name)

    def read_named_anyhow(self, name: str) -> bytes:
        """As `read`, for a file that a person chose: its name may be any that the disk has."""
        if not name or "/" in name or "\0" in name:
            raise Malformed("T2.name", name=excerpt(name))
        return self._read(name)

    def _read(self, name: str) -> bytes:
        with self._folder() as folder:
            looked = _look(folder, name)
            with _opened(folder, name) as descriptor:
                if _identity(os.fstat(descriptor)) != _identity(looked):
                    raise Malformed("T2.changed", name=name)
                data = _read_all(descriptor, looked.st_size)
                if _identity(os.fstat(descriptor)) != _identity(looked) or len(data) != looked.st_size:
                    raise Malformed("T2.changed", name=name)
                return data

    def write(self, name: str, data: bytes) -> Written:
        """Write one file whole, durably, and read it back. Malformed("T2.name" | "T2.size"),
        Unavailable("couriers.drive" | "couriers.read-back"): then nothing of it is left under that name."""
        _check_name(name)
        if len(data) > SIZE_LIMIT:
            raise Malformed("T2.size", name=name, size=len(data), limit=SIZE_LIMIT)
        temporary = f".{name}.part"
        with self._folder() as folder:
            try:
                _write_new(folder, temporary, data)
                os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
                os.fsync(folder)
            except OSError:
                with suppress(OSError):
                    os.unlink(temporary, dir_fd=folder)
                raise
        if self.read(name) != data:
            with self._folder() as folder, suppress(FileNotFoundError):
                os.unlink(name, dir_fd=folder)
            raise Unavailable("couriers.read-back", name=name)
        return Written(self._root / name, sha256(data).digest())

    @contextmanager
    def _folder(self) -> Iterator[int]:
        """The folder's descriptor; whatever the operating system says meanwhile becomes one of ours."""
        try:
            folder = os.open(self._root, _FOLDER_FLAGS)
            try:
                yield folder
            finally:
                os.close(folder)
        except CountersignError:
            raise
        except OSError as reason:
            said = os.strerror(reason.errno) if reason.errno else "unknown"
            raise Unavailable("couriers.drive", folder=excerpt(str(self._root)), reason=said) from reason


def _check_name(name: str) -> None:
    if not _NAME.match(name):
        raise Malformed("T2.name", name=excerpt(name))


def _look(folder: int, name: str) -> os.stat_result:
    """What lies there, without opening it: opening a device may already do something."""
    try:
        looked = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError as reason:
        raise Malformed("T2.absent", name=name) from reason
    if stat.S_ISLNK(looked.st_mode):
        raise Malformed("T2.link", name=name)
    if not stat.S_ISREG(looked.st_mode):
        raise Malformed("T2.not-a-file", name=name)
    if looked.st_size > SIZE_LIMIT:
        raise Malformed("T2.size", name=name, size=looked.st_size, limit=SIZE_LIMIT)
    return looked


@contextmanager
def _opened(folder: int, name: str) -> Iterator[int]:
    try:
        descriptor = kernel.open_beneath(folder, name)
        if descriptor is None:
            descriptor = os.open(name, kernel.FLAGS, dir_fd=folder)
    except FileNotFoundError as reason:
        raise Malformed("T2.changed", name=name) from reason
    except OSError as reason:
        if reason.errno in _LEADS_OUT:
            raise Malformed("T2.link" if reason.errno == errno.ELOOP else "T2.outside", name=name) from reason
        raise
    try:
        if os.fstat(descriptor).st_dev != os.fstat(folder).st_dev:
            raise Malformed("T2.outside", name=name)
        yield descriptor
    finally:
        os.close(descriptor)


def _identity(found: os.stat_result) -> tuple[int, ...]:
    """What must not differ between look, open and read."""
    return found.st_mode, found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _read_all(descriptor: int, size: int) -> bytes:
    """At most one byte more than `size`, so that growth is seen and never followed."""
    parts, left = [], size + 1
    while left and (part := os.read(descriptor, min(left, 1 << 20))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _write_new(folder: int, name: str, data: bytes) -> None:
    with suppress(FileNotFoundError):
        os.unlink(name, dir_fd=folder)  # what an interrupted write left behind
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(name, flags, 0o600, dir_fd=folder)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _has_openat2(folder: int) -> bool:
    descriptor = kernel.open_beneath(folder, ".")
    if descriptor is None:
        return False
    os.close(descriptor)
    return True
