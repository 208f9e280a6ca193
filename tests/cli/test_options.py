"""What may stand in a profile's place: a profile, or a headless run's folder with one inside; never a part of a history."""

import json
import shutil
from pathlib import Path

import pytest

from support import settlement_world as world
from support.command_line import CommandLine

COMMANDS = (
    "ledger",
    f"statement --account {world.MERIDIAN}/main/{world.BTC}",
    "settlement show MH-2026-0001",
    "cycle",
    "policy show",
    "policy explain share.added",
    "roster show",
    "freeze list",
    "import {out}/contract.json",
    "check {out}/contract.json",
)


@pytest.mark.parametrize("line", COMMANDS)
def test_a_headless_runs_folder_stands_for_the_profile_inside_it(
    line: str, command_line: CommandLine, settled: Path
) -> None:
    asked = line.format(out=settled).split()
    whole = command_line.run(*asked, "--profile", str(settled), "--json")
    assert whole == command_line.run(*asked, "--profile", str(settled / "profile"), "--json")
    assert whole[0] == 0
    assert "error" not in json.loads(whole[1])


@pytest.mark.parametrize("line", COMMANDS)
def test_an_evidence_pack_is_no_ledger_and_the_refusal_says_what_takes_it(
    line: str, command_line: CommandLine, settled: Path
) -> None:
    asked, pack = line.format(out=settled).split(), settled / "evidence.zip"
    status, out, _ = command_line.run(*asked, "--profile", str(pack), "--json")
    told = json.loads(out)["error"]
    assert (status, told["code"]) == (1, "cli.pack-no-history")
    assert f"countersign audit verify {pack}" in told["next"]


def test_what_only_looks_like_such_a_folder_is_no_profile(
    command_line: CommandLine, settled: Path, tmp_path: Path
) -> None:
    for name in ("nothing", "no-profile"):
        (tmp_path / name).mkdir()
    shutil.copy(settled / "result.json", tmp_path / "no-profile" / "result.json")
    (tmp_path / "text").write_text("PK")
    for name in ("nothing", "no-profile", "text", "absent"):
        status, out, _ = command_line.run("ledger", "--profile", str(tmp_path / name), "--json")
        assert (status, json.loads(out)["error"]["code"]) == (3, "store.no-profile"), name
