"""The command that a newcomer runs, whole and in a process of its own: screens, exit statuses, and the same command's checks."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.independent_verifier import verify
from support.parts import softhsm_module

pytestmark = pytest.mark.long
SCREENS = ("desk", "review", "sign", "carry", "vault", "log")


def countersign(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run(
        [sys.executable, "-m", "countersign", *arguments],
        capture_output=True, text=True, timeout=280, check=False, env=environment,
    )  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one run left."""
    softhsm_module()
    out = tmp_path_factory.mktemp("command") / "demo"
    done = countersign("demo", "--headless", "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith("result.json")
    return out


def test_every_screen_was_grabbed_in_both_themes_with_its_texts(folder: Path) -> None:
    for screen in SCREENS:
        for theme in ("light", "dark"):
            picture = (folder / "screens" / f"{screen}-{theme}.png").read_bytes()
            assert picture[:8] == b"\x89PNG\r\n\x1a\n"
            assert (int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24])) == (1440, 900)
            assert (folder / "screens" / f"{screen}-{theme}.txt").read_text("utf-8").strip()


def test_nobody_elses_program_complains(folder: Path) -> None:
    assert verify(folder) == []


def test_a_second_run_into_the_same_place_exits_2_and_changes_nothing(folder: Path) -> None:
    before = (folder / "result.json").read_bytes()
    done = countersign("demo", "--headless", "--out", str(folder))
    assert done.returncode == 2
    assert "not empty" in done.stderr
    assert "Traceback" not in done.stderr
    assert (folder / "result.json").read_bytes() == before


CONTRACT = ("contract.json", "contract.event", "contract.opening.json", "contract.tlog-proof")


@pytest.mark.parametrize(
    ("files", "status"),
    [
        ((*CONTRACT, "bitcoin/unsigned.psbt"), 0),
        ((*CONTRACT, "refused/altered.psbt"), 1),
        ((*CONTRACT, "ethereum/safe_tx.json"), 0),
        ((*CONTRACT, "refused/delegatecall.json"), 1),
        (("contract.json",), 0),
        (("refused/unlogged.json",), 1),
        (("bitcoin/final.hex",), 2),
    ],
    ids=lambda given: given[-1] if isinstance(given, tuple) else str(given),
)
def test_what_was_refused_is_refused_again_and_the_accepted_file_in_its_place_passes(
    folder: Path, files: tuple[str, ...], status: int
) -> None:
    before = {path: path.read_bytes() for path in (folder / "profile").iterdir()}
    done = countersign("check", *(str(folder / name) for name in files), "--profile", str(folder / "profile"), "--json")
    assert done.returncode == status, done.stdout + done.stderr
    assert json.loads(done.stdout)
    assert {path: path.read_bytes() for path in (folder / "profile").iterdir()} == before


@pytest.mark.parametrize("source", ["", "profile", "evidence.zip"])
def test_the_directory_its_profile_and_its_pack_verify(folder: Path, source: str) -> None:
    trust = () if source == "profile" else ("--trust", str(folder / "vkeys.json"))
    done = countersign("audit", "verify", str(folder / source), *trust, "--json")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("source", ["", "evidence.zip"])
def test_nothing_that_lies_in_a_directory_or_a_pack_is_trusted(folder: Path, source: str) -> None:
    done = countersign("audit", "verify", str(folder / source), "--json")
    assert done.returncode == 1, done.stdout + done.stderr
    said = json.loads(done.stdout)
    assert said["fingerprints"]
    found = {finding["status"] for verdict in said["verdicts"] for finding in verdict["findings"]}
    assert "blocked" in found
    assert "fail" not in found


@pytest.mark.parametrize(
    "name", ["contract.event", "bitcoin/share-2.psbt", "evidence.zip", "log/checkpoint", "result.json"]
)
def test_one_flipped_byte_is_noticed_by_the_command_and_by_the_other_program(
    folder: Path, tmp_path: Path, name: str
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    data = bytearray((copy / name).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / name).write_bytes(data)
    assert verify(copy)
    assert countersign("audit", "verify", str(copy), "--trust", str(folder / "vkeys.json")).returncode != 0
