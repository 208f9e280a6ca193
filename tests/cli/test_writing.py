"""Files that commands write: new, whole, or not there at all; a place that cannot be had is found before the work."""

import errno
import os
from pathlib import Path

import pytest

from countersign.cli.writing import new_file, write_new
from countersign.errors import Conflict, Malformed, Unavailable


def test_what_is_written_stands_there_and_is_never_overwritten(tmp_path: Path) -> None:
    write_new(tmp_path / "out", b"first")
    with pytest.raises(Conflict) as exists:
        write_new(tmp_path / "out", b"second")
    assert exists.value.code == "cli.file-exists"
    assert (tmp_path / "out").read_bytes() == b"first"


@pytest.mark.parametrize("name", ["absent/out", "a" * 300])
def test_a_place_that_cannot_be_had_is_named_before_the_work_begins(tmp_path: Path, name: str) -> None:
    worked = []
    with pytest.raises(Unavailable) as refused, new_file(tmp_path / name):
        worked.append(name)
    assert (refused.value.code, worked) == ("cli.file-unwritten", [])


def test_work_that_is_refused_leaves_no_empty_file(tmp_path: Path) -> None:
    with pytest.raises(Malformed), new_file(tmp_path / "out"):
        raise Malformed("C2.syntax")
    assert list(tmp_path.iterdir()) == []
    write_new(tmp_path / "out", b"at the second try")


def test_a_full_disk_leaves_no_part_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = os.write

    def full(descriptor: int, data: bytes) -> int:
        if len(data) < 5:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return whole(descriptor, data[:5])

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(Unavailable) as refused:
        write_new(tmp_path / "out", b"whole!!")
    assert (refused.value.code, list(tmp_path.iterdir())) == ("cli.file-unwritten", [])
    write_new(tmp_path / "out", b"whole"[:5])
    assert (tmp_path / "out").read_bytes() == b"whole"
