"""A witness's file holds the old bytes or the new ones, and never something between."""

import os
from pathlib import Path

import pytest

from countersign.errors import Refused, Unavailable
from countersign.sync.memory_file import FileMemory


def test_what_was_saved_last_is_loaded(tmp_path: Path) -> None:
    memory = FileMemory(tmp_path / "witness.json")
    assert memory.load() is None
    for data in (b"first, and longer", b"second"):
        memory.save(data)
        assert FileMemory(tmp_path / "witness.json").load() == data
    assert [path.name for path in tmp_path.iterdir()] == ["witness.json"]
    assert (tmp_path / "witness.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failure_at_any_step_before_the_rename_leaves_the_old_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    memory = FileMemory(tmp_path / "witness.json")
    memory.save(b"old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, step, fail)
        with pytest.raises(Unavailable, match=r"sync\.memory"):
            memory.save(b"new")
    assert memory.load() == b"old"
    memory.save(b"new")
    assert memory.load() == b"new"


def test_a_folder_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"sync\.memory"):
        FileMemory(tmp_path / "absent" / "witness.json").save(b"x")
    with pytest.raises(Unavailable, match=r"sync\.memory"):
        FileMemory(tmp_path).load()


def test_a_link_in_place_of_the_new_file_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    target.write_bytes(b"untouched")
    (tmp_path / "witness.json.new").symlink_to(target)
    with pytest.raises(Unavailable, match=r"sync\.memory"):
        FileMemory(tmp_path / "witness.json").save(b"x")
    assert target.read_bytes() == b"untouched"


def test_a_memory_that_was_begun_and_is_gone_is_a_loss_and_no_beginning(tmp_path: Path) -> None:
    path = tmp_path / "heads.json"
    assert FileMemory(path).load() is None
    with pytest.raises(Refused) as lost:
        FileMemory(path, begun=True).load()
    assert lost.value.code == "sync.memory-lost"
    FileMemory(path).save(b"there")
    assert FileMemory(path, begun=True).load() == b"there"
