"""Removable drives: the kernel is read without trust, only a removable drive is ejected, every way it fails is said."""

import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.couriers.drives import Drives, Mount, Places, label_of, mounts
from countersign.errors import Unavailable
from countersign.resources.text import sentence

# the first line is the example of proc_pid_mountinfo(5)
MOUNTINFO = """\
36 35 98:0 /mnt1 /mnt/parent rw,noatime master:1 - ext3 /dev/root rw,errors=continue
22 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw
90 22 8:17 / /media/officer/MY\\040STICK rw,nosuid,nodev shared:40 - vfat /dev/sdb1 rw,fmask=0022
91 22 8:33 / /media/officer/locked ro,nosuid,nodev - vfat /dev/sdc1 rw
92 22 8:17 /deep /srv/bound rw - vfat /dev/sdb1 rw
nonsense
"""


class Machine:
    """A kernel's files in a folder: sda fixed, sdb removable, sdc a fixed disk on a USB bus."""

    def __init__(self, root: Path) -> None:
        self.root, self.said = root, {}
        self.ran: list[Sequence[str]] = []
        self.programs: tuple[str, ...] = ("udisksctl", "umount")
        self.places = Places(root / "mountinfo", root / "blocks", root / "labels")
        for name in ("blocks", "labels", "stick", "locked"):
            (root / name).mkdir()
        self._disk("pci0/ata1/sda", "8:2", "0")
        self._disk("pci0/mmc0/sdb", "8:17", "1")
        self._disk("pci0/usb2/sdc", "8:33", "0")
        (root / "labels" / "Meridian\\x20stick").symlink_to("/dev/sdb1")
        text = MOUNTINFO.replace("/media/officer/MY\\040STICK", str(root / "stick"))
        self.places.mountinfo.write_text(text.replace("/media/officer/locked", str(root / "locked")))

    def _disk(self, path: str, numbers: str, removable: str) -> None:
        disk = self.root / "devices" / path
        partition = disk / f"{disk.name}1"
        partition.mkdir(parents=True)
        (disk / "removable").write_text(f"{removable}\n")
        (self.places.blocks / numbers).symlink_to(partition)

    def drives(self) -> Drives:
        return Drives(self.places, self._run, lambda name: f"/usr/bin/{name}" if name in self.programs else None)

    def _run(self, command: Sequence[str]) -> str:
        self.ran.append(command)
        return str(self.said.get(Path(command[0]).name, ""))


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_kernels_list_is_read_and_a_folder_of_a_mount_is_no_drive() -> None:
    assert mounts(MOUNTINFO) == (
        Mount("8:2", "/", "/dev/sda2", read_only=False),
        Mount("8:17", "/media/officer/MY STICK", "/dev/sdb1", read_only=False),
        Mount("8:33", "/media/officer/locked", "/dev/sdc1", read_only=True),
    )


def test_a_later_mount_on_the_same_folder_covers_the_earlier() -> None:
    assert [
        each.numbers for each in mounts("1 0 8:1 / /mnt rw - vfat /dev/a rw\n2 0 8:2 / /mnt rw - vfat /dev/b rw")
    ] == ["8:2"]


TEXTS = st.text(alphabet=st.characters(codec="utf-8"))


@given(st.lists(TEXTS), TEXTS.filter(lambda text: "\0" not in text))
def test_any_folder_is_read_back_as_the_kernel_writes_it_whatever_stands_around(noise: list[str], name: str) -> None:
    folder = f"/media/{name}"
    written = "".join(f"\\{ord(each):03o}" if each in " \t\n\\" else each for each in folder)
    line = f"90 22 8:17 / {written} rw - vfat /dev/sdb1 rw"
    stick = Mount("8:17", folder, "/dev/sdb1", read_only=False)
    assert mounts("\n".join([*noise, line])).count(stick) == 1


@given(TEXTS)
def test_any_label_is_read_back_as_udev_writes_it(label: str) -> None:
    assert label_of("".join(f"\\x{octet:02x}" for octet in label.encode())) == label


@pytest.mark.parametrize(
    ("name", "label"), [("STICK", "STICK"), ("Meridian\\x20A", "Meridian A"), ("caf\\xc3\\xa9", "café"), ("\\xff", "ÿ")]
)
def test_a_label_is_as_it_was_given(name: str, label: str) -> None:
    assert label_of(name) == label


def test_removable_drives_and_disks_on_usb_are_listed_with_label_room_and_flag(machine: Machine) -> None:
    locked, stick = machine.drives().present()
    assert (stick.label, stick.folder, stick.device, stick.read_only) == (
        "Meridian stick", machine.root / "stick", "/dev/sdb1", False)  # fmt: skip
    room = os.statvfs(machine.root)
    assert stick.free <= room.f_blocks * room.f_frsize
    assert (locked.label, locked.read_only) == ("locked", True)


def test_a_drive_that_was_pulled_meanwhile_is_left_out(machine: Machine) -> None:
    (machine.root / "stick").rmdir()
    assert [each.label for each in machine.drives().present()] == ["locked"]


def test_without_the_kernels_list_the_refusal_has_a_name(machine: Machine) -> None:
    machine.places.mountinfo.unlink()
    with pytest.raises(Unavailable) as failed:
        machine.drives().present()
    assert failed.value.code == "couriers.drives"


def test_ejecting_unmounts_the_drive_that_a_folder_is_on(machine: Machine) -> None:
    machine.drives().eject(machine.root / "stick" / "deeper")
    assert machine.ran == [["/usr/bin/udisksctl", "unmount", "--no-user-interaction", "--block-device=/dev/sdb1"]]


def test_umount_is_asked_where_udisks_is_absent_or_fails(machine: Machine) -> None:
    machine.said["udisksctl"] = "Error connecting to the udisks daemon"
    machine.drives().eject(machine.root / "stick")
    assert [command[0] for command in machine.ran] == ["/usr/bin/udisksctl", "/usr/bin/umount"]
    machine.programs, machine.ran = ("umount",), []
    machine.drives().eject(machine.root / "stick")
    assert machine.ran == [["/usr/bin/umount", "--", str(machine.root / "stick")]]


def test_a_busy_drive_is_said_with_the_programs_words(machine: Machine) -> None:
    machine.programs, machine.said["umount"] = ("umount",), "target is busy."
    with pytest.raises(Unavailable) as failed:
        machine.drives().eject(machine.root / "stick")
    assert failed.value.code == "couriers.not-ejected"
    assert "target is busy." in sentence(failed.value.code, failed.value.values)


def test_without_a_program_that_unmounts_it_is_said_how(machine: Machine) -> None:
    machine.programs = ()
    with pytest.raises(Unavailable) as failed:
        machine.drives().eject(machine.root / "stick")
    assert failed.value.code == "couriers.no-eject"


def test_what_is_no_removable_drive_is_never_unmounted(machine: Machine) -> None:
    for folder in (Path("/"), machine.root / "devices", machine.root / "stick" / ".." / "blocks"):
        with pytest.raises(Unavailable) as failed:
            machine.drives().eject(folder)
        assert failed.value.code == "couriers.no-drive-here"
    assert machine.ran == []


def test_a_system_that_runs_from_a_stick_is_not_offered(machine: Machine) -> None:
    line = "1 0 8:17 / {} rw - vfat /dev/sdb1 rw\n"
    text = "".join(line.format(place) for place in ("/", "/boot/efi", "/home", "/var/lib"))
    machine.places.mountinfo.write_text(text)
    assert machine.drives().present() == ()
    with pytest.raises(Unavailable):
        machine.drives().eject(Path("/home/officer"))


def test_a_programs_own_failure_becomes_words(machine: Machine) -> None:
    found = Drives(machine.places, which=lambda name: "/bin/false" if name == "umount" else None)
    with pytest.raises(Unavailable) as failed:
        found.eject(machine.root / "stick")
    assert failed.value.values["reason"] == "exit status 1"
    gone = Drives(machine.places, which=lambda name: "/nowhere/umount" if name == "umount" else None)
    with pytest.raises(Unavailable) as failed:
        gone.eject(machine.root / "stick")
    assert failed.value.values["reason"] == "FileNotFoundError"


def test_the_fingerprint_is_of_what_the_drive_gives_back(tmp_path: Path) -> None:
    (tmp_path / "request.countersign").write_bytes(b"sealed")
    assert Drives().fingerprint(tmp_path / "request.countersign") == sha256(b"sealed").hexdigest()


def test_what_is_kept_is_written_whole(tmp_path: Path) -> None:
    assert Drives().keep(tmp_path, "pinned.note", b"a note") == tmp_path / "pinned.note"
    assert (tmp_path / "pinned.note").read_bytes() == b"a note"


def test_this_machine_can_be_asked() -> None:
    for drive in Drives().present():
        assert drive.folder.is_absolute()
