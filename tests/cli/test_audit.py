"""`countersign audit verify`: a profile, a pack, an output directory; and one flipped byte in any file of it."""

import json
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from support.command_line import CommandLine


def test_an_output_directory_verifies_under_its_keys_given_from_elsewhere(
    command_line: CommandLine, settled: Path
) -> None:
    trust = ("--trust", str(settled / "vkeys.json"))
    status, out, err = command_line.run("audit", "verify", str(settled), *trust)
    assert (status, err) == (0, "")
    assert "final (" in out
    status, out, _ = command_line.run("audit", "verify", str(settled), *trust, "--json")
    value = json.loads(out)
    assert set(value) == {
        "schema", "status", "source", "desk", "size", "states", "malformed", "verdicts", "fingerprints",
    }  # fmt: skip
    assert (value["schema"], value["source"], value["status"]) == ("countersign-audit/1", "output", 0)
    assert value["states"] == json.loads((settled / "result.json").read_text())["states"]


def test_without_trust_it_is_one_and_prints_words(command_line: CommandLine, settled: Path) -> None:
    status, out, _ = command_line.run("audit", "verify", str(settled))
    assert status == 1
    assert out.count("Fingerprint of") == 2
    assert "FAIL" not in out


def test_a_profile_rests_on_its_own_anchor(command_line: CommandLine, settled: Path) -> None:
    before = {each: each.read_bytes() for each in (settled / "profile").iterdir()}
    assert command_line.run("audit", "verify", str(settled / "profile"))[0] == 0
    assert {each: each.read_bytes() for each in (settled / "profile").iterdir()} == before


def test_a_pack(command_line: CommandLine, settled: Path) -> None:
    pack = str(settled / "evidence.zip")
    assert command_line.run("audit", "verify", pack)[0] == 1
    assert command_line.run("audit", "verify", pack, "--trust", str(settled / "vkeys.json"))[0] == 0


@pytest.mark.long
def test_one_flipped_byte_in_each_file_is_noticed(command_line: CommandLine, settled: Path, tmp_path: Path) -> None:
    copy = tmp_path / "out"
    shutil.copytree(settled, copy)
    for path in sorted(each for each in copy.rglob("*") if each.is_file()):
        data = path.read_bytes()
        flipped = bytearray(data)
        flipped[sha256(path.name.encode()).digest()[0] * len(data) // 256] ^= 1
        path.write_bytes(flipped)
        status, out, err = command_line.run("audit", "verify", str(copy), "--trust", str(settled / "vkeys.json"))
        assert status in (1, 2), path
        assert "Traceback" not in out + err
        path.write_bytes(data)
    assert command_line.run("audit", "verify", str(copy), "--trust", str(settled / "vkeys.json"))[0] == 0


@pytest.mark.parametrize("name", ["empty", "absent", "link"])
def test_what_is_no_source_is_two(name: str, command_line: CommandLine, settled: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").mkdir()
    (tmp_path / "link" / "result.json").write_text("{}")
    (tmp_path / "link" / "passwords").symlink_to("/etc/passwd")
    status, out, err = command_line.run("audit", "verify", str(tmp_path / name))
    assert (status, out) == (2, "")
    assert err.count("\n") == 3


def test_a_directory_whose_result_does_not_parse_is_two(command_line: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "result.json").write_text("{}")
    status, out, _ = command_line.run("audit", "verify", str(tmp_path / "out"))
    assert status == 2
    assert out.startswith("result.json: ")
