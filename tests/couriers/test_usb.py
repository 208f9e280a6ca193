"""USB folders: whole or absent when written, suspicious when read. T2's hostile files beside near misses."""

import os
import socket
import stat
from hashlib import sha256
from pathlib import Path

import pytest

from countersign.couriers import kernel, usb
from countersign.couriers.carrier import Carrier
from countersign.couriers.usb import Entry, UsbFolder
from countersign.errors import Malformed, Unavailable

NAME = "request.countersign"


@pytest.fixture(params=["openat2", "without openat2"])
def folder(request, tmp_path, monkeypatch) -> Path:
    """A drive, once with the kernel's help and once as on an older kernel."""
    if request.param != "openat2":
        monkeypatch.setattr(kernel, "open_beneath", lambda folder, name: None)
    return tmp_path


def refusal(folder: Path, name: str = NAME) -> str:
    with pytest.raises(Malformed) as refused:
        UsbFolder(folder).read(name)
    return refused.value.code


def refused_anyhow(folder: Path, name: str) -> str:
    with pytest.raises(Malformed) as refused:
        UsbFolder(folder).read_named_anyhow(name)
    return refused.value.code


# --- writing -------------------------------------------------------------------------------------------------------


def test_what_is_written_is_read_back(folder):
    written = UsbFolder(folder).write(NAME, b"sealed")
    assert written == usb.Written(folder / NAME, sha256(b"sealed").digest())
    assert UsbFolder(folder).read(NAME) == b"sealed"
    assert [path.name for path in folder.iterdir()] == [NAME]


def test_an_older_file_is_replaced_whole(folder):
    drive = UsbFolder(folder)
    drive.write(NAME, b"old and longer")
    drive.write(NAME, b"new")
    assert drive.read(NAME) == b"new"


def test_a_write_that_fails_leaves_the_older_file_and_no_other(folder, monkeypatch):
    drive = UsbFolder(folder)
    drive.write(NAME, b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unavailable) as refused:
        drive.write(NAME, b"new")
    assert refused.value.code == "couriers.drive"
    assert [path.name for path in folder.iterdir()] == [NAME]
    assert drive.read(NAME) == b"old"


def test_a_drive_that_gives_back_other_bytes_is_noticed(folder, monkeypatch):
    monkeypatch.setattr(UsbFolder, "read", lambda self, name: b"other")
    with pytest.raises(Unavailable) as refused:
        UsbFolder(folder).write(NAME, b"sealed")
    assert refused.value.code == "couriers.read-back"
    assert list(folder.iterdir()) == []


def test_a_link_laid_where_we_write_is_not_followed(folder, tmp_path_factory):
    target = tmp_path_factory.mktemp("home") / "victim"
    target.write_bytes(b"precious")
    (folder / f".{NAME}.part").symlink_to(target)
    (folder / NAME).symlink_to(target)
    UsbFolder(folder).write(NAME, b"sealed")
    assert target.read_bytes() == b"precious"
    assert UsbFolder(folder).read(NAME) == b"sealed"


def test_a_drive_that_is_gone_is_unavailable(tmp_path):
    for act in (lambda drive: drive.read(NAME), lambda drive: drive.write(NAME, b""), lambda drive: drive.entries()):
        with pytest.raises(Unavailable) as refused:
            act(UsbFolder(tmp_path / "pulled"))
        assert refused.value.code == "couriers.drive"


# --- reading: T2 ---------------------------------------------------------------------------------------------------


def test_the_near_miss_of_every_refusal_below_is_read(folder):
    (folder / NAME).write_bytes(b"sealed")
    assert UsbFolder(folder).read(NAME) == b"sealed"


def test_a_symlink_is_refused(folder, tmp_path_factory):
    target = tmp_path_factory.mktemp("home") / "secret"
    target.write_bytes(b"secret")
    (folder / NAME).symlink_to(target)
    assert refusal(folder) == "T2.link"
    (folder / "inside").write_bytes(b"x")
    (folder / "link-inside").symlink_to("inside")
    assert refusal(folder, "link-inside") == "T2.link"


def test_the_folder_itself_may_not_be_a_link(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(Unavailable):
        UsbFolder(tmp_path / "link").entries()
    assert UsbFolder(tmp_path / "real").entries() == ()


def test_a_fifo_is_refused_without_waiting(folder):
    os.mkfifo(folder / NAME)
    assert refusal(folder) == "T2.not-a-file"


def test_a_socket_and_a_folder_are_refused(folder, monkeypatch):
    (folder / "deeper").mkdir()
    assert refusal(folder, "deeper") == "T2.not-a-file"
    monkeypatch.chdir(folder)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("answer")
        assert refusal(folder, "answer") == "T2.not-a-file"


def test_a_device_node_is_refused_without_being_opened(folder):
    assert stat.S_ISCHR(os.stat("/dev/zero").st_mode)
    assert refusal(Path("/dev"), "zero") == "T2.not-a-file"


@pytest.mark.parametrize(
    "name", ["../../x", "/etc/passwd", "a/b", "..", ".", "", ".hidden", "a\0b", "a\n", "ä", "x" * 129]
)
def test_a_name_that_could_lead_elsewhere_is_refused(folder, name):
    assert refusal(folder, name) == "T2.name"
    with pytest.raises(Malformed):
        UsbFolder(folder).write(name, b"")


def test_a_sparse_file_of_ten_gigabytes_is_refused_by_its_size(folder):
    with (folder / NAME).open("wb") as file:
        file.truncate(10 * 1024**3)
    assert refusal(folder) == "T2.size"


def test_the_largest_file_is_read_and_one_byte_more_is_not(folder):
    with (folder / NAME).open("wb") as file:
        file.truncate(usb.SIZE_LIMIT)
    assert len(UsbFolder(folder).read(NAME)) == usb.SIZE_LIMIT
    os.truncate(folder / NAME, usb.SIZE_LIMIT + 1)
    assert refusal(folder) == "T2.size"
    with pytest.raises(Malformed) as refused:
        UsbFolder(folder).write(NAME, bytes(usb.SIZE_LIMIT + 1))
    assert refused.value.code == "T2.size"


def test_an_absent_file_is_named(folder):
    assert refusal(folder) == "T2.absent"


def between_look_and_open(monkeypatch, change):
    """Let somebody act in the moment after the look."""
    look = usb._look

    def look_then_change(descriptor, name):
        found = look(descriptor, name)
        change()
        return found

    monkeypatch.setattr(usb, "_look", look_then_change)


def test_a_file_exchanged_between_look_and_open_is_refused(folder, monkeypatch):
    (folder / NAME).write_bytes(b"sealed")
    (folder / "other").write_bytes(b"sealed")
    between_look_and_open(monkeypatch, lambda: os.replace(folder / "other", folder / NAME))
    assert refusal(folder) == "T2.changed"


def test_a_file_that_became_a_link_is_refused(folder, monkeypatch):
    (folder / NAME).write_bytes(b"sealed")

    def swap():
        (folder / NAME).unlink()
        (folder / NAME).symlink_to("/etc/passwd")

    between_look_and_open(monkeypatch, swap)
    assert refusal(folder) == "T2.link"


def test_a_file_that_became_a_fifo_is_refused_without_waiting(folder, monkeypatch):
    (folder / NAME).write_bytes(b"sealed")

    def swap():
        (folder / NAME).unlink()
        os.mkfifo(folder / NAME)

    between_look_and_open(monkeypatch, swap)
    assert refusal(folder) == "T2.changed"


def test_a_file_removed_after_the_look_is_refused(folder, monkeypatch):
    (folder / NAME).write_bytes(b"sealed")
    between_look_and_open(monkeypatch, (folder / NAME).unlink)
    assert refusal(folder) == "T2.changed"


@pytest.mark.parametrize("change", [b"SEALED", b"sealed and more", b"s"])
def test_a_file_rewritten_while_it_is_read_is_refused(folder, monkeypatch, change):
    (folder / NAME).write_bytes(b"sealed")
    before = (folder / NAME).stat()
    read_all = usb._read_all

    def read_then_rewrite(descriptor, size):
        data = read_all(descriptor, size)
        (folder / NAME).write_bytes(change)
        os.utime(folder / NAME, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
        return data

    monkeypatch.setattr(usb, "_read_all", read_then_rewrite)
    assert refusal(folder) == "T2.changed"


def test_a_file_that_grows_for_ever_is_read_no_further_than_it_was_long(folder):
    (folder / NAME).write_bytes(b"sealed and more")
    descriptor = os.open(folder / NAME, os.O_RDONLY)
    try:
        assert usb._read_all(descriptor, 6) == b"sealed "
    finally:
        os.close(descriptor)


# --- listing and mount ---------------------------------------------------------------------------------------------


def test_the_listing_names_regular_files_of_this_folder_only(folder):
    (folder / NAME).write_bytes(b"sealed")
    (folder / ".hidden").write_bytes(b"")
    (folder / "deeper").mkdir()
    (folder / "deeper" / "below").write_bytes(b"")
    (folder / "link").symlink_to(NAME)
    os.mkfifo(folder / "pipe")
    assert UsbFolder(folder).entries() == (Entry(NAME, 6),)


def test_sixty_four_files_are_listed_and_one_more_is_refused(folder):
    for number in range(64):
        (folder / f"file-{number}").touch()
    assert len(UsbFolder(folder).entries()) == 64
    (folder / "file-64").touch()
    with pytest.raises(Malformed) as refused:
        UsbFolder(folder).entries()
    assert refused.value.code == "T2.entries"


def test_what_the_mount_lacks_is_named(folder, monkeypatch):
    class Flags:
        f_flag = os.ST_NOSUID | os.ST_NODEV

    monkeypatch.setattr(os, "fstatvfs", lambda descriptor: Flags)
    assert UsbFolder(folder).mount().missing == ("noexec", "ro")
    Flags.f_flag |= os.ST_NOEXEC | os.ST_RDONLY
    assert UsbFolder(folder).mount().missing == ()


def test_whether_the_kernel_holds_the_folder_shut_is_said(tmp_path, monkeypatch):
    descriptor = os.open(tmp_path, os.O_RDONLY)
    try:
        found = kernel.open_beneath(descriptor, ".")
        if found is not None:
            os.close(found)
        assert UsbFolder(tmp_path).mount().beneath is (found is not None)
    finally:
        os.close(descriptor)
    monkeypatch.setattr(kernel, "open_beneath", lambda folder, name: None)
    assert UsbFolder(tmp_path).mount().beneath is False


@pytest.mark.parametrize(
    "name", ["Sale agreement (final, signed).pdf", "Vertrag – Entwurf 3.pdf", "合同.txt", ".hidden", "-x"]
)
def test_a_file_that_a_person_chose_may_have_any_name(folder, name):
    (folder / name).write_bytes(b"text")
    assert UsbFolder(folder).read_named_anyhow(name) == b"text"
    assert refusal(folder, name) == "T2.name"


@pytest.mark.parametrize("name", ["", "../x", "a/b", "/etc/hostname", "a\0b"])
def test_a_chosen_name_still_leads_nowhere_else(folder, name):
    assert refused_anyhow(folder, name) == "T2.name"


def test_a_chosen_file_has_every_other_guard(folder):
    os.mkfifo(folder / "a pipe")
    assert refused_anyhow(folder, "a pipe") == "T2.not-a-file"
    with (folder / "long one").open("wb") as large:
        large.truncate(usb.SIZE_LIMIT + 1)
    assert refused_anyhow(folder, "long one") == "T2.size"


async def test_links_to_a_chosen_file_are_followed_before_the_guards(tmp_path):
    (tmp_path / "kept here").mkdir()
    (tmp_path / "kept here" / "sale (1).pdf").write_bytes(b"%PDF-")
    (tmp_path / "documents").symlink_to(tmp_path / "kept here")
    (tmp_path / "documents" / "newest.pdf").symlink_to("sale (1).pdf")
    carrier = Carrier()
    try:
        assert await carrier.read_chosen(tmp_path / "documents" / "newest.pdf") == b"%PDF-"
        with pytest.raises(Malformed) as refused:
            await carrier.read_chosen(tmp_path / "documents" / "gone.pdf")
        assert refused.value.code == "T2.absent"
    finally:
        carrier.close()
