"""`countersign evidence`: a pack from a profile, verified by the commands that verify packs, refused where something is missing."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from countersign.cli.evidence import SCHEMA
from countersign.desk import evidence
from support import finished_settlement
from support.command_line import CommandLine
from support.finished_settlement import LEGAL, Finished

ID = "MH-2026-0001"


def without(folder: Path, over: Finished, wanted: bytes) -> Path:
    """A profile of the same history that does not keep these bytes."""
    kept = {name: data for name, data in over.artefacts.items() if data != wanted}
    finished_settlement.write_profile(folder / "profile", replace(over, artefacts=kept))
    return folder / "profile"


def test_a_pack_and_its_keys_are_written_and_verified(command_line: CommandLine, settled: Path, tmp_path: Path) -> None:
    pack, keys = tmp_path / "evidence.zip", tmp_path / "vkeys.json"
    status, out, err = command_line.run(
        "evidence", ID, "--profile", str(settled), "--out", str(pack), "--vkeys", str(keys)
    )
    assert (status, err) == (0, "")
    assert pack.read_bytes() == (settled / "evidence.zip").read_bytes()
    assert keys.read_bytes() == (settled / "vkeys.json").read_bytes()
    assert evidence.parse(pack.read_bytes()).words in out
    for command in (("check", str(pack)), ("audit", "verify", str(pack))):
        assert command_line.run(*command, "--trust", str(keys))[0] == 0
        assert command_line.run(*command)[0] == 1, "nothing in a pack makes itself believed"


def test_by_its_hash_and_as_json(command_line: CommandLine, settled: Path, over: Finished, tmp_path: Path) -> None:
    pack = tmp_path / "evidence.zip"
    status, out, _ = command_line.run(
        "evidence", over.trade.hash, "--profile", str(settled / "profile"), "--out", str(pack), "--json"
    )
    told, found = json.loads(out), evidence.parse(pack.read_bytes())
    assert (status, told["schema"], told["contract"]) == (0, SCHEMA, over.trade.hash)
    assert (told["words"], told["sha256"]) == (found.words, found.fingerprint.hex())
    assert (told["events"], told["artefacts"]) == (len(found.exhibits), len(found.artefacts))
    assert told["absent"] == []


@pytest.mark.parametrize(("id", "code"), [("nobody", "desk.no-such-settlement"), ("0" * 64, "desk.no-such-settlement")])
def test_an_unknown_settlement_is_refused_and_nothing_written(
    id: str, code: str, command_line: CommandLine, settled: Path, tmp_path: Path
) -> None:
    pack, keys = tmp_path / "evidence.zip", tmp_path / "vkeys.json"
    status, _, err = command_line.run(
        "evidence", id, "--profile", str(settled), "--out", str(pack), "--vkeys", str(keys)
    )
    assert (status, code in err) == (1, True)
    assert not pack.exists()
    assert not keys.exists()


def test_what_stands_there_stays(command_line: CommandLine, settled: Path, tmp_path: Path) -> None:
    pack = tmp_path / "evidence.zip"
    pack.write_bytes(b"mine")
    status, _, err = command_line.run("evidence", ID, "--profile", str(settled), "--out", str(pack))
    assert (status, "cli.file-exists" in err, pack.read_bytes()) == (1, True, b"mine")


def test_without_a_transaction_there_is_no_pack(command_line: CommandLine, over: Finished, tmp_path: Path) -> None:
    profile = without(tmp_path, over, over.psbt)
    status, _, err = command_line.run("evidence", ID, "--profile", str(profile), "--out", str(tmp_path / "e.zip"))
    assert (status, "desk.pack-lacks" in err, "instruction.prepared" in err) == (1, True, True)
    assert not (tmp_path / "e.zip").exists()


def test_without_its_legal_text_there_is_one_and_it_says_so(
    command_line: CommandLine, settled: Path, over: Finished, tmp_path: Path
) -> None:
    profile, pack = without(tmp_path, over, LEGAL), tmp_path / "e.zip"
    status, out, _ = command_line.run("evidence", ID, "--profile", str(profile), "--out", str(pack))
    absent = over.trade.contract.terms.legal_text_sha256
    assert (status, f"Not kept here, and not in it: the text or paper {absent}" in out) == (0, True)
    assert command_line.run("audit", "verify", str(pack), "--trust", str(settled / "vkeys.json"))[0] == 0
