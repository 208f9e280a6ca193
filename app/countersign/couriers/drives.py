"""Removable drives that are mounted here: which there are, what room they have, and how one is taken out.

Linux: `/proc/self/mountinfo` (proc_pid_mountinfo(5)) names what is mounted where; `/sys/dev/block/<major>:<minor>` tells
whether the device can be removed or hangs on a USB bus; `/dev/disk/by-label` names it.

- `mounts` and `label_of` are pure and total: a line that is not of the kernel's shape is passed over.
- A drive is listed once, by its whole mount (root `/`); a bind mount of a folder in it is not another drive.
- A system that itself runs from a stick is no drive: `/`, `/boot`, `/efi`, `/usr`, `/var`, `/home` are never listed.
- Names come from whoever formatted the drive; they are shown, never opened, and take no part in any command's options.
- Ejecting writes out what the kernel still holds, then unmounts: by udisksctl where it is, else by umount. Whatever does not
  work is said, with the words of the program, and the drive stays as it was.

    drives = Drives()
    stick, = drives.present()
    drives.eject(stick.folder)
"""

import ctypes
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from countersign.couriers.usb import UsbFolder
from countersign.errors import Unavailable
from countersign.formats.excerpt import excerpt

PATH: Final = "/usr/bin:/bin:/usr/sbin:/sbin"
SECONDS: Final = 60
_OCTAL: Final = re.compile(r"\\([0-3][0-7]{2})")
_HEX: Final = re.compile(r"\\x([0-9a-f]{2})")
_SYSTEM: Final = re.compile(r"/(?:(?:boot|efi|usr|var|home)(?:/.*)?)?\Z", re.DOTALL)
_NUMBERS: Final = re.compile(r"[0-9]{1,9}:[0-9]{1,9}\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Mount:
    """One mount of a block device: `numbers` is "major:minor", `source` the device's path as mount was told it."""

    numbers: str
    folder: str
    source: str
    read_only: bool


@dataclass(frozen=True, slots=True)
class Drive:
    """A removable drive, mounted at `folder`, with `free` bytes for us."""

    label: str
    folder: Path
    device: str
    free: int
    read_only: bool


@dataclass(frozen=True, slots=True)
class Places:
    """Where the kernel tells it."""

    mountinfo: Path = Path("/proc/self/mountinfo")
    blocks: Path = Path("/sys/dev/block")
    labels: Path = Path("/dev/disk/by-label")


Run = Callable[[Sequence[str]], str]
"""Runs a program; what it complained of, empty where it did its work."""


def mounts(mountinfo: str) -> tuple[Mount, ...]:
    """The whole mounts (root `/`) in the kernel's list, in its order. Of several on one folder the last is seen: it covers."""
    found: dict[str, Mount] = {}
    for line in mountinfo.split("\n"):  # the kernel escapes this one line break alone
        mount = _mount(line)
        if mount is not None:
            found.pop(mount.folder, None)
            found[mount.folder] = mount
    return tuple(found.values())


def label_of(name: str) -> str:
    r"""A name of `/dev/disk/by-label` as it was given: udev writes `\x20` for what it does not let stand."""
    raw = _HEX.sub(lambda match: chr(int(match[1], 16)), name)
    with suppress(UnicodeError):
        return raw.encode("latin-1").decode("utf-8")
    return raw


class Drives:
    """The drives of this machine. Every call looks anew: drives come and go. Methods block; call them on a thread."""

    def __init__(
        self, places: Places | None = None, run: Run | None = None, which: Callable[[str], str | None] | None = None
    ):
        self._places = places or Places()
        self._run = run or _run
        self._which = which or (lambda name: shutil.which(name, path=PATH))

    def present(self) -> tuple[Drive, ...]:
        """The removable drives that are mounted, by folder. Unavailable("couriers.drives") where the kernel does not tell."""
        labels = self._labels()
        drives: dict[str, Drive] = {}
        for mount in self._removable():
            with suppress(OSError):  # pulled while we look
                room = os.statvfs(mount.folder)
                name = labels.get(os.path.realpath(mount.source)) or Path(mount.folder).name
                free = room.f_bavail * room.f_frsize
                drive = Drive(name, Path(mount.folder), mount.source, free, mount.read_only)
                drives.setdefault(mount.numbers, drive)
        return tuple(sorted(drives.values(), key=lambda drive: drive.folder))

    def fingerprint(self, file: Path) -> str:
        """The SHA-256 of a file as the drive gives it back now, hex. Raises as `UsbFolder.read`."""
        return sha256(UsbFolder(file.parent).read(file.name)).hexdigest()

    def keep(self, folder: Path, name: str, data: bytes) -> Path:
        """Write one file whole, read it back, compare. Raises as `UsbFolder.write`."""
        return UsbFolder(folder).write(name, data).path

    def eject(self, folder: Path) -> None:
        """Write everything out and unmount the drive that `folder` is on.

        Unavailable("couriers.no-drive-here" | "couriers.not-ejected" | "couriers.no-eject" | "couriers.drives").
        """
        mount = self._holding(folder)
        _flush(mount.folder)
        tried = [list(each) for each in self._commands(mount)]
        if not tried:
            raise Unavailable("couriers.no-eject", folder=excerpt(mount.folder))
        said = ""
        for command in tried:
            said = self._run(command)
            if not said:
                return
        raise Unavailable("couriers.not-ejected", folder=excerpt(mount.folder), reason=excerpt(said))

    def _commands(self, mount: Mount) -> Iterator[Sequence[str]]:
        if udisks := self._which("udisksctl"):
            yield (udisks, "unmount", "--no-user-interaction", f"--block-device={mount.source}")
        if umount := self._which("umount"):
            yield (umount, "--", mount.folder)

    def _holding(self, folder: Path) -> Mount:
        place = Path(os.path.realpath(folder))
        for mount in self._removable():
            if place.is_relative_to(mount.folder):
                return mount
        raise Unavailable("couriers.no-drive-here", folder=excerpt(str(folder)))

    def _removable(self) -> list[Mount]:
        try:
            told = self._places.mountinfo.read_bytes().decode("utf-8", "surrogateescape")
        except OSError as reason:
            raise Unavailable("couriers.drives", reason=reason.strerror or "unknown") from reason
        return [each for each in mounts(told) if not _SYSTEM.match(each.folder) and self._can_be_removed(each.numbers)]

    def _can_be_removed(self, numbers: str) -> bool:
        """The device's own flag, its whole disk's for a partition; or that it hangs on a USB bus (disks say 0 there)."""
        device = Path(os.path.realpath(self._places.blocks / numbers))
        flags = [_text(place / "removable") for place in (device, device.parent)]
        return "1" in flags or any(part.startswith("usb") for part in device.parts)

    def _labels(self) -> dict[str, str]:
        found = {}
        with suppress(OSError):  # no udev here: mount points name the drives
            for link in self._places.labels.iterdir():
                found[os.path.realpath(link)] = label_of(link.name)
        return found


def _mount(line: str) -> Mount | None:
    """`36 35 98:0 /root /mnt rw,noatime shared:1 - ext3 /dev/root rw,errors=continue`"""
    head, separator, tail = line.partition(" - ")
    own, device = head.split(" "), tail.split(" ")
    if not separator or len(own) < 6 or len(device) < 3 or own[3] != "/" or not _NUMBERS.match(own[2]):
        return None
    read_only = "ro" in own[5].split(",") or "ro" in device[2].split(",")
    return Mount(own[2], _plain(own[4]), _plain(device[1]), read_only)


def _plain(escaped: str) -> str:
    """The kernel writes space, tab, newline and backslash as three octal figures."""
    return _OCTAL.sub(lambda match: chr(int(match[1], 8)), escaped)


def _text(place: Path) -> str:
    with suppress(OSError):
        return place.read_text("ascii", "replace").strip()
    return ""


def _flush(folder: str) -> None:
    """`syncfs(2)`: what the kernel still holds for this file system is written."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as reason:
        raise _failed(folder, reason) from reason
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.syncfs(ctypes.c_int(descriptor)) != 0:
            number = ctypes.get_errno()
            raise _failed(folder, OSError(number, os.strerror(number)))
    finally:
        os.close(descriptor)


def _failed(folder: str, reason: OSError) -> Unavailable:
    return Unavailable("couriers.drive", folder=excerpt(folder), reason=reason.strerror or "unknown")


def _run(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False, cwd="/",
            env={"PATH": PATH, "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as reason:
        return type(reason).__name__
    if done.returncode == 0:
        return ""
    said = done.stderr.decode("utf-8", "replace").strip()
    return said or f"exit status {done.returncode}"
