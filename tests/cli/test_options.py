"""What may stand in a profile's place: a profile, or a headless run's folder with one inside; never a part of a history.

And where its passphrase comes from: whichever command takes a profile reads it from a file, too.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from countersign.cli import pins
from countersign.cli.app import root_app
from countersign.cli.commands import Named
from support import settlement_world as world
from support.command_line import CommandLine
from support.finished_settlement import Finished, write_profile

PASSPHRASE = "a passphrase of tests"

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


def commands(group: Any, line: str = "") -> Iterator[tuple[str, set[str], bool]]:
    """Every command, and every group, as it is parsed: what is typed for it, its options, whether it takes a source to audit."""
    whole = group.whole() if isinstance(group, Named) else group
    flags = {flag for each in whole.params for flag in each.opts if flag.startswith("--")}
    yield line.strip(), flags, line.strip() == "audit verify"
    for name, each in getattr(whole, "commands", {}).items():
        yield from commands(each, f"{line} {name}")


def test_every_command_that_takes_a_profile_takes_its_passphrase_from_a_file(command_line: CommandLine) -> None:
    found = {line: (flags, source) for line, flags, source in commands(root_app(command_line.use_cases()))}
    resting = {line for line, (flags, source) in found.items() if "--profile" in flags or source}
    lacking = {line for line in resting if "--passphrase-file" not in found[line][0]}
    assert not lacking
    known = {
        "ledger",
        "check",
        "audit verify",
        "roster propose",
        "proposal sign",
        "vault-enrol take",
        "officer",
        "vault sign",
    }
    assert known <= resting
    assert "--passphrase-file" not in found["descriptor show"][0]  # it takes no profile


RESTING = (
    "ledger --json",
    "roster show --json",
    "policy explain share.added --json",
    "settlement show MH-2026-0001 --json",
    "freeze list --json",
    "check {out}/contract.json --json",
    "handover",
)


@pytest.mark.parametrize("line", RESTING)
def test_a_consoles_passphrase_is_read_from_its_file_and_asked_without_one(
    line: str, command_line: CommandLine, settled: Path, over: Finished, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[str]()

    def hidden(question: str, *, twice: bool = False) -> str:
        asked.append(question)
        return PASSPHRASE

    monkeypatch.setattr(pins, "hidden", hidden)
    write_profile(tmp_path / "a", over)
    secret = tmp_path / "passphrase"
    secret.write_text(f"{PASSPHRASE}\n")
    secret.chmod(0o600)
    given = [*line.format(out=settled).split(), "--profile", str(tmp_path / "a-console")]
    by_file = command_line.run(*given, "--passphrase-file", str(secret))
    assert (by_file[0], asked) == (0, [])
    assert command_line.run(*given) == by_file
    assert len(asked) == 1
    secret.write_text("another one\n")
    status, out, err = command_line.run(*given, "--passphrase-file", str(secret))
    assert (status, "keys.wrong-passphrase" in out + err, len(asked)) == (1, True, 1)
    secret.chmod(0o644)
    status, out, err = command_line.run(*given, "--passphrase-file", str(secret))
    assert (status, "cli.pin-file-open" in out + err, len(asked)) == (1, True, 1)


def test_a_profile_that_is_audited_is_opened_with_it(
    command_line: CommandLine, over: Finished, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_profile(tmp_path / "a", over)
    secret = tmp_path / "passphrase"
    secret.write_text(PASSPHRASE)
    secret.chmod(0o600)
    given = ("audit", "verify", str(tmp_path / "a-console"), "--json")
    status, out, _ = command_line.run(*given, "--passphrase-file", str(secret))
    assert status == 0, out
    status, out, _ = command_line.run(*given)
    assert (status, json.loads(out)["error"]["code"]) == (3, "cli.no-terminal")
