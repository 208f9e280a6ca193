"""Shipped files are found, and only they."""

import pytest

from countersign.resources.location import data_path, data_root


def test_the_folder_is_the_top_level_one_in_a_source_tree() -> None:
    assert data_root().name == "resources"
    assert (data_root().parent / "app" / "countersign").is_dir()


def test_a_path_stays_inside() -> None:
    assert data_path("locale/x.mo").is_relative_to(data_root())
    for relative in ("../pyproject.toml", "/etc/passwd"):
        with pytest.raises(ValueError):
            data_path(relative)
