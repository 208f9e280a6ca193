"""Files from the command line: whole, regular, bounded, or refused by name without waiting."""

import os
from pathlib import Path

import pytest

from countersign.cli import reading
from countersign.errors import Malformed


def refusal(path: Path, **options: int) -> str:
    with pytest.raises(Malformed) as caught:
        reading.read_file(path, **options)
    return caught.value.code


def test_a_regular_file_is_read_whole_and_a_longer_one_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    assert reading.read_file(tmp_path / "file", 5) == b"12345"
    assert refusal(tmp_path / "file", limit=4) == "cli.file-too-large"


def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    os.mkfifo(tmp_path / "pipe")
    assert refusal(tmp_path / "pipe") == "cli.file-kind"
    assert refusal(tmp_path) == "cli.file-kind"
    assert refusal(Path("/dev/zero")) == "cli.file-kind"
    assert refusal(tmp_path / "absent") == "cli.file-absent"
    assert refusal(Path("a\0b")) == "cli.file-kind"
    assert len(os.listdir("/proc/self/fd")) <= before


def test_a_folder_is_read_with_names_relative_to_it(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "c").write_bytes(b"deep")
    (tmp_path / "d").write_bytes(b"")
    assert reading.read_folder(tmp_path) == {"a/b/c": b"deep", "d": b""}


@pytest.mark.parametrize("target", ["/etc/passwd", "/etc", "nowhere"])
def test_a_link_in_a_folder_is_refused(target: str, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(target)
    with pytest.raises(Malformed, match="file-kind"):
        reading.read_folder(tmp_path)


def test_a_folder_that_holds_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "one").write_bytes(b"12345")
    (tmp_path / "two").write_bytes(b"12345")
    monkeypatch.setattr(reading, "FOLDER_LIMIT", 9)
    with pytest.raises(Malformed, match="folder-too-large"):
        reading.read_folder(tmp_path)
