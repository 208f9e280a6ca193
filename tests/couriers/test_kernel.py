"""openat2: the kernel itself refuses every way out of the folder."""

import errno
import os

import pytest

from countersign.couriers import kernel
from support.parts import missing


@pytest.fixture
def beneath(tmp_path):
    """A folder's descriptor on a kernel that has openat2."""
    (tmp_path / "drive").mkdir()
    (tmp_path / "outside").write_bytes(b"secret")
    (tmp_path / "drive" / "file").write_bytes(b"sealed")
    (tmp_path / "drive" / "up").symlink_to("../outside")
    (tmp_path / "drive" / "beside").symlink_to("file")
    descriptor = os.open(tmp_path / "drive", os.O_RDONLY)
    probe = kernel.open_beneath(descriptor, "file")
    if probe is None:
        os.close(descriptor)
        missing("a kernel with openat2")
    os.close(probe)
    yield descriptor
    os.close(descriptor)


def test_a_file_below_is_opened(beneath):
    descriptor = kernel.open_beneath(beneath, "file")
    try:
        assert os.read(descriptor, 100) == b"sealed"
    finally:
        os.close(descriptor)


@pytest.mark.parametrize(
    "name, number",
    [("../outside", errno.EXDEV), ("/etc/passwd", errno.EXDEV), ("up", errno.ELOOP), ("beside", errno.ELOOP)],
)
def test_every_way_out_is_refused_by_the_kernel(beneath, name, number):
    with pytest.raises(OSError) as refused:
        kernel.open_beneath(beneath, name)
    assert refused.value.errno == number


def test_what_is_absent_is_said_to_be(beneath):
    with pytest.raises(FileNotFoundError):
        kernel.open_beneath(beneath, "nothing")


@pytest.mark.usefixtures("beneath")
def test_another_mount_is_not_entered():
    root = os.open("/", os.O_RDONLY)
    try:
        with pytest.raises(OSError) as refused:
            kernel.open_beneath(root, "proc/version")
        assert refused.value.errno == errno.EXDEV
    finally:
        os.close(root)
