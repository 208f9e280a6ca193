"""The log's files: whole, never changed, the checkpoint last."""

import os

import pytest

from countersign.errors import Conflict, Malformed, Unavailable
from countersign.store.tile_files import TileFiles

FILES = [("checkpoint", b"note"), ("tile/0/000.p/3", b"h" * 96), ("tile/entries/000.p/3", b"e")]


def test_what_was_written_is_read_back(tmp_path):
    files = TileFiles(tmp_path / "log")
    files.write(FILES)
    assert [files.read(path) for path, _ in FILES] == [data for _, data in FILES]
    assert files.paths() == ("checkpoint", "tile/0/000.p/3", "tile/entries/000.p/3")
    files.write([("tile/0/000", b"h" * 8192), ("tile/0/x001/000", b"h" * 8192)])
    assert "tile/0/x001/000" in files.paths()


def test_the_checkpoint_is_written_after_everything_it_commits_to(tmp_path, monkeypatch):
    order = []
    real = os.replace
    monkeypatch.setattr("os.replace", lambda old, new, **rest: (order.append(new), real(old, new, **rest)))
    monkeypatch.setattr("pathlib.Path.replace", lambda self, new: (order.append(new.name), real(self, new))[1])
    TileFiles(tmp_path / "log").write(FILES)
    assert order[-1] == "checkpoint"
    assert len(order) == 3


def test_the_same_tile_again_is_nothing_and_another_is_a_conflict(tmp_path):
    files = TileFiles(tmp_path / "log")
    files.write(FILES)
    files.write(FILES)
    with pytest.raises(Conflict) as refusal:
        files.write([("checkpoint", b"newer"), ("tile/0/000.p/3", b"x" * 96)])
    assert refusal.value.code == "store.other-tile"
    assert files.read("checkpoint") == b"note", "no new head over a tile that was refused"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "../x",
        "/etc/passwd",
        "tile/64/000",
        "tile/0/00",
        "tile/0/x000/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "log",
    ],
)
def test_a_path_of_another_layout_is_malformed(tmp_path, path):
    files = TileFiles(tmp_path / "log")
    with pytest.raises(Malformed):
        files.write([(path, b"x")])
    with pytest.raises(Malformed):
        files.read(path)


def test_what_a_crash_left_half_written_is_swept_away(tmp_path):
    files = TileFiles(tmp_path / "log")
    files.write(FILES)
    (tmp_path / "log" / "tile" / "0" / ".001.part").write_bytes(b"half")
    assert TileFiles(tmp_path / "log").paths() == files.paths()
    assert not (tmp_path / "log" / "tile" / "0" / ".001.part").exists()


def test_a_log_that_is_only_read_is_left_alone(tmp_path):
    files = TileFiles(tmp_path / "absent", writable=False)
    with pytest.raises(Unavailable) as refusal:
        files.read("checkpoint")
    assert refusal.value.code == "store.missing-file"
    with pytest.raises(Unavailable):
        files.write(FILES)
    assert not (tmp_path / "absent").exists()
