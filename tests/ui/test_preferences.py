"""What a person chose is there again in the next window; a file that is no use counts as empty; parts name their licences."""

from pathlib import Path

import pytest

from countersign.bootstrap.preferences import FilePreferences, parts


def test_a_choice_is_there_again(tmp_path: Path) -> None:
    file = tmp_path / "new" / "window.json"
    FilePreferences(file).put("theme", "dark")
    assert FilePreferences(file).get("theme", "system") == "dark"
    assert file.read_bytes() == b'{"theme":"dark"}'


@pytest.mark.parametrize("data", [b"", b"\xff", b"[]", b'{"theme":', b'{"theme":7}', b"{" * 100_000])
def test_a_file_that_is_no_use_counts_as_empty(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "window.json"
    file.write_bytes(data)
    assert FilePreferences(file).get("theme", "system") == "system"


def test_without_a_place_to_write_the_choice_lasts_as_long_as_the_window(tmp_path: Path) -> None:
    (tmp_path / "taken").write_bytes(b"")
    kept = FilePreferences(tmp_path / "taken" / "window.json")
    kept.put("theme", "light")
    assert kept.get("theme", "system") == "light"


def test_every_part_has_a_version_and_says_its_licence() -> None:
    found = {each.name.casefold(): each for each in parts()}
    assert {"pyside6_essentials", "qasync", "cryptography"} <= set(found)
    assert all(each.version for each in found.values())
    assert "apache" in found["cryptography"].licence.casefold()
