"""A small file is the old one or the new one, and what fails is named."""

import os

import pytest

from countersign.errors import Conflict, Unavailable
from countersign.store.durable import built_beside, make_directory, read_small, sweep, write_atomically


def test_a_file_is_replaced_whole_and_private(tmp_path):
    path = tmp_path / "pin.json"
    write_atomically(path, b"one")
    write_atomically(path, b"two")
    assert path.read_bytes() == b"two"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_in_the_place_of_the_temporary_file_is_not_followed(tmp_path):
    (tmp_path / "victim").write_bytes(b"safe")
    (tmp_path / ".pin.json.part").symlink_to(tmp_path / "victim")
    with pytest.raises(Unavailable) as refusal:
        write_atomically(tmp_path / "pin.json", b"x")
    assert (refusal.value.code, refusal.value.values["reason"]) == ("store.disk", "ELOOP")
    assert (tmp_path / "victim").read_bytes() == b"safe"


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(Unavailable) as refusal:
        write_atomically(tmp_path / "absent" / "x", b"")
    assert refusal.value.values["reason"] == "ENOENT"


def test_leftovers_are_swept_and_nothing_else(tmp_path):
    make_directory(tmp_path / "a" / "b")
    (tmp_path / "a" / "b" / ".x.part").write_bytes(b"")
    (tmp_path / "a" / "x.part").write_bytes(b"")
    sweep(tmp_path)
    assert [path.name for path in sorted(tmp_path.rglob("*")) if path.is_file()] == ["x.part"]


def test_a_file_beyond_its_limit_is_not_read(tmp_path):
    (tmp_path / "big").write_bytes(bytes(11))
    with pytest.raises(Unavailable):
        read_small(tmp_path / "big", limit=10)
    assert read_small(tmp_path / "big", limit=11) == bytes(11)


def test_only_a_regular_file_is_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/dev/zero")
    for name in ("pipe", "link"):
        with pytest.raises(Unavailable) as refusal:
            read_small(tmp_path / name)
        assert dict(refusal.value.values)["reason"] == "EINVAL"


def test_a_folder_that_could_not_be_filled_leaves_nothing_beside_it(tmp_path):
    taken = Conflict("store.profile-exists", profile="new")
    with pytest.raises(Unavailable), built_beside(tmp_path / "new", taken) as part:
        write_atomically(part / "absent" / "half", b"half")
    assert list(tmp_path.iterdir()) == []
    with built_beside(tmp_path / "new", taken) as part:
        write_atomically(part / "whole", b"whole")
    assert [each.name for each in tmp_path.iterdir()] == ["new"]
    with pytest.raises(Conflict), built_beside(tmp_path / "new", taken):
        pass
    assert (tmp_path / "new" / "whole").read_bytes() == b"whole"
