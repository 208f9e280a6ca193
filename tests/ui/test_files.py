"""What a path typed or chosen on Carry means."""

from pathlib import Path

from countersign.ui.views.files import pictures_in


def filled(folder: Path) -> list[Path]:
    names = ["answer-0001.png", "answer-0002.png", "photo.JPG", "request-0001.png", "notes.txt"]
    for name in names:
        (folder / name).touch()
    return [folder / name for name in names]


def test_a_folder_is_all_its_pictures_by_name(tmp_path: Path) -> None:
    paths = filled(tmp_path)
    assert pictures_in(tmp_path) == [path for path in paths if path.suffix != ".txt"]


def test_one_numbered_picture_is_its_whole_animation(tmp_path: Path) -> None:
    paths = filled(tmp_path)
    assert pictures_in(tmp_path / "answer-0002.png") == paths[:2]


def test_a_single_picture_and_what_is_not_there_stay_what_they_are(tmp_path: Path) -> None:
    filled(tmp_path)
    for path in (tmp_path / "photo.JPG", tmp_path / "answer-0009.png", tmp_path / "nowhere" / "answer-0001.png"):
        assert pictures_in(path) == [path]
