"""Each command imports what it needs and no more: rooms, vendors' libraries and modules, as a process of its own has them.

What is counted are modules, never seconds (tests/benchmarks/startup.py times them).
"""

import json
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from countersign.cli.commands import ENTRIES
from support.command_line import CommandLine

PROBE = """
import json, sys
from countersign.bootstrap.commands import main
status = main(sys.argv[2:])
with open(sys.argv[1], "w") as file:
    json.dump([status, sorted(sys.modules)], file)
"""
SURFACE = {"bootstrap", "cli", "errors", "formats", "resources"}
REPLAYING = SURFACE | {"audit", "desk", "keys", "review", "settlement", "store"}
JUDGING = SURFACE | {"airgap", "audit", "bitcoin", "desk", "ethereum", "keys", "rails", "review", "settlement"}
WINDOW_AND_NETWORK = {
    "PIL", "PySide6", "aiohttp", "bdkpython", "embit", "eth_account", "pkcs11", "qasync", "qrcode", "shiboken6",
    "sqlite3", "structlog", "web3", "zxingcpp",
}  # fmt: skip
OFFICERS = {
    f"countersign.desk.{name}" for name in ("console", "effects", "embedded", "officer", "pages", "sequencer", "views")
}
STORE = {"sqlcipher3", "countersign.desk.replica", "countersign.settlement.machine"}
KERNEL = {"pbk"}
SIGNATURES = {"joserfc"}


@dataclass(frozen=True)
class Case:
    """A command line below `settled`, the rooms it may enter, what it must have, what it must not, how many at most."""

    line: str
    rooms: set[str]
    most: int
    needs: set[str] = field(default_factory=set)
    spares: set[str] = field(default_factory=set)


CASES = (
    Case("--help", SURFACE, 30, spares={"pydantic", "cryptography", "Crypto", "coincurve"}),
    Case("policy explain", SURFACE | {"desk", "keys", "review", "settlement"}, 70, {"countersign.settlement.permissions"},
         STORE | SIGNATURES),
    Case("check bitcoin/unsigned.psbt", JUDGING, 203, {"countersign.bitcoin.psbt"},
         STORE | SIGNATURES | KERNEL | {"countersign.desk.evidence", "countersign.airgap.envelope"}),
    Case("check ethereum/safe_tx.json", JUDGING, 204, {"countersign.ethereum.safe_file"},
         STORE | SIGNATURES | KERNEL | {"countersign.desk.evidence", "countersign.ethereum.service"}),
    Case("check usb/request.countersign", JUDGING, 215, {"countersign.airgap.envelope"}, STORE | KERNEL),
    Case("check ethereum/safe_tx.json --profile profile", JUDGING | {"store"}, 260, STORE | SIGNATURES,
         KERNEL | {"countersign.desk.evidence", "countersign.airgap.envelope"}),
    Case("ledger --profile profile", REPLAYING, 165, STORE | {"countersign.desk.accounts"}, KERNEL | {"bitcoin"}),
    Case("settlement show MH-2026-0001 --profile profile", REPLAYING, 165, STORE, KERNEL | {"bitcoin"}),
    Case("roster show --profile profile", REPLAYING, 192, STORE | {"countersign.desk.order"}, KERNEL | {"bitcoin"}),
    Case("import contract.json --profile profile", REPLAYING, 165, STORE, KERNEL | {"bitcoin"}),
    Case("witness init profile --name witness.example", SURFACE | {"audit", "desk", "keys", "store"}, 75,
         {"countersign.store.witness_folder"}, STORE | SIGNATURES),
    Case("evidence MH-2026-0001 --profile profile --out evidence.zip", REPLAYING | {"airgap", "ethereum"}, 200,
         STORE | {"countersign.desk.evidence"}, KERNEL | {"bitcoin"}),
    Case("audit verify evidence.zip", JUDGING, 251, SIGNATURES | {"countersign.desk.evidence"}, {"sqlcipher3"}),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.line.replace("/", ":"))
def test_a_command_imports_what_it_needs_and_no_more(case: Case, settled: Path, tmp_path: Path) -> None:
    told = tmp_path / "told.json"
    command = [sys.executable, "-c", PROBE, str(told), *case.line.split()]
    subprocess.run(command, cwd=settled, capture_output=True, check=True)
    status, modules = json.loads(told.read_text())
    assert status in (0, 1)
    ours = {each for each in modules if each.startswith("countersign.") and ".sentences" not in each}
    loaded = set(modules) | {each.partition(".")[0] for each in modules}
    assert {each.split(".")[1] for each in ours} <= case.rooms
    assert loaded & (WINDOW_AND_NETWORK | OFFICERS | case.spares) == set()
    assert case.needs <= loaded
    assert len(ours) <= case.most


def flat(text: str) -> str:
    """Help without its frames and line breaks."""
    return re.sub(r"[\s│]+", " ", text)


def test_help_says_what_every_command_is_for(command_line: CommandLine) -> None:
    status, out, _ = command_line.run("--help")
    assert status == 0
    said = flat(out)
    places = [said.index(f" {each.name} {each.purpose}") for each in ENTRIES]
    assert places == sorted(places)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_a_chosen_command_is_the_whole_command(entry, command_line: CommandLine) -> None:
    status, out, _ = command_line.run(entry.name, "--help")
    assert status == 0
    assert entry.purpose in flat(out)
    assert f"Usage: countersign {entry.name} " in flat(out)
    assert "Commands" in out or re.search("--(?!help)[a-z]+", out)  # its own; the name alone has only --help
