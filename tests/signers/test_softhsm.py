"""SoftHSM's folder and configuration."""

from pathlib import Path

from countersign.errors import Unavailable
from countersign.signers.softhsm import SoftHsm
from support.refusals import refused


def test_the_configuration_names_the_folder_and_making_it_again_keeps_it(tmp_path: Path) -> None:
    made = SoftHsm.create(tmp_path / "tokens of ours", "/module.so")
    (made.folder / "tokens" / "kept").touch()
    again = SoftHsm.create(tmp_path / "tokens of ours", "/module.so")
    assert again == made
    assert made.environment == {"SOFTHSM2_CONF": str(made.configuration)}
    assert f"directories.tokendir = {made.folder / 'tokens'}\n" in made.configuration.read_text()
    assert (made.folder / "tokens" / "kept").exists()
    assert made.folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_would_end_the_line_is_refused(tmp_path: Path) -> None:
    with refused("signers.softhsm-folder"):
        SoftHsm.create(tmp_path / "a\nlog.level = DEBUG", "/module.so")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with refused("signers.softhsm-unwritable", Unavailable):
        SoftHsm.create(tmp_path / "file" / "tokens", "/module.so")
