"""`countersign check`: one exit status for each kind of answer, plain words, and one line of JSON."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from countersign.cli.check import report_lines
from countersign.desk.reports import CheckReport, FileReport, Kind
from countersign.errors import Malformed
from countersign.ethereum import safe_file
from countersign.formats import eip55
from countersign.resources.visible import grouped
from support.command_line import CommandLine
from support.vectors import vector_path

STORY = ("contract.json", "contract.event", "contract.opening.json", "contract.tlog-proof", "bitcoin/unsigned.psbt")


def paths(settled: Path, *names: str) -> list[str]:
    return [str(settled / name) for name in names]


def as_json(command_line: CommandLine, *arguments: str) -> tuple[int, dict[str, Any]]:
    status, out, _ = command_line.run("check", *arguments, "--json")
    assert out.count("\n") == 1
    return status, json.loads(out)


def test_the_storys_files_are_in_order(command_line: CommandLine, settled: Path) -> None:
    status, out, err = command_line.run("check", *paths(settled, *STORY), "--profile", str(settled / "profile"))
    assert (status, err) == (0, "")
    assert "none against it" in out
    assert "Judged as of log size" in out
    assert "\x1b" not in out


def test_which_entries_a_finding_counts_is_said_with_every_count(command_line: CommandLine, settled: Path) -> None:
    """L1 to L6 judge the newest checkpoint, all else the log before the first share: no line leaves open which it means."""
    profile = ("--profile", str(settled / "profile"))
    _, value = as_json(command_line, *paths(settled, "contract.json", "ethereum/safe_tx.json"), *profile)
    (judged,) = value["verdicts"]
    then, now = judged["as_of"], next(each["values"]["size"] for each in judged["findings"] if each["check"] == "L4")
    assert 0 < then < now
    _, out, _ = command_line.run("check", *paths(settled, "contract.json", "ethereum/safe_tx.json"), *profile)
    lines = [line.strip() for line in out.splitlines()]
    assert (
        f"Judged as of log size {then}: by the log's first {then} entries. The log itself (L1 to L6) by its newest checkpoint."
        in lines
    )
    said = {line.split()[1]: line for line in lines if line.startswith("pass")}
    assert said["L4"].endswith(f"The log has only grown since this machine last looked; it has {now} entries.")
    assert said["L8"].endswith(
        f"This machine replayed the log's first {then} entries, by which this is judged; nothing in them revokes it."
    )
    counting = {code for code, line in said.items() if " entries" in line}
    assert counting == {"L4", "L6", "L8"}


@pytest.mark.parametrize(
    ("name", "check"), [("altered.psbt", "B8"), ("delegatecall.json", "E3"), ("unlogged.json", "L3")]
)
def test_what_was_refused_is_refused_again_with_the_next_step(
    name: str, check: str, command_line: CommandLine, settled: Path
) -> None:
    profile = ("--profile", str(settled / "profile"))
    status, out, _ = command_line.run("check", str(settled / "refused" / name), *profile)
    assert status == 1
    assert any(line.split()[:2] == ["FAIL", check] for line in out.splitlines())
    assert "→" in out
    status, value = as_json(command_line, str(settled / "refused" / name), *profile)
    failed = {each["check"] for one in value["verdicts"] for each in one["findings"] if each["status"] == "fail"}
    assert check in failed
    assert value["status"] == status == 1


def test_without_an_anchor_everything_that_needs_one_is_blocked(command_line: CommandLine, settled: Path) -> None:
    status, value = as_json(command_line, *paths(settled, "contract.json"))
    assert status == 1
    found = [each for one in value["verdicts"] for each in one["findings"] if each["status"] == "blocked"]
    assert {each["blocked_by"] for each in found} == {"anchor"}


def test_a_pack_with_trust_and_without(command_line: CommandLine, settled: Path) -> None:
    pack = str(settled / "evidence.zip")
    status, out, _ = command_line.run("check", pack)
    assert status == 1
    assert "Fingerprint of" in out
    assert command_line.run("check", pack, "--trust", str(settled / "vkeys.json"))[0] == 0


@pytest.mark.parametrize(
    "data", [b"", b"nonsense", b'{"a":1,"a":2}', b"psbt\xff\x00", b"PK\3\4", b"\xd2\x84", b"c2sp.org/tlog-proof@v1\n"]
)
def test_a_bad_file_is_two_with_a_plain_sentence(data: bytes, command_line: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "bad").write_bytes(data)
    status, out, err = command_line.run("check", str(tmp_path / "bad"))
    assert status == 2
    assert "Traceback" not in out + err
    assert "This was stopped by the rule" not in out
    status, value = as_json(command_line, str(tmp_path / "bad"))
    assert status == value["status"] == 2
    assert value["files"][0]["error"]["next"]


def test_what_cannot_be_read_is_two(command_line: CommandLine, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("absent", "pipe", "."):
        status, out, err = command_line.run("check", str(tmp_path / name))
        assert (status, out) == (2, "")
        assert err.count("\n") == 3


def test_a_profile_that_is_none_is_said_and_both_anchors_at_once_are_not_taken(
    command_line: CommandLine, settled: Path, tmp_path: Path
) -> None:
    file = str(settled / "contract.json")
    status, _, err = command_line.run("check", file, "--profile", str(tmp_path / "none"))
    assert status in (1, 3)
    assert "[store.no-profile]" in err
    both = ("--profile", str(settled / "profile"), "--trust", str(settled / "vkeys.json"))
    assert command_line.run("check", file, *both)[0] == 2
    status, value = as_json(command_line, file, "--profile", str(tmp_path / "none"))
    assert value["error"]["code"] == "store.no-profile"


def test_bad_trust_is_two(command_line: CommandLine, settled: Path) -> None:
    trust = ("--trust", str(settled / "contract.json"))
    assert command_line.run("check", str(settled / "evidence.zip"), *trust)[0] == 2


def test_the_bybit_transactions_are_refused_in_words(command_line: CommandLine) -> None:
    status, out, _ = command_line.run("check", str(vector_path("safe/bybit_safe_tx_71.json")))
    assert status == 1
    assert "delegate" in out
    assert "[0]" in out
    assert "[1]" in out


def test_what_a_hardware_screen_shows_is_said_in_groups_of_four_and_printed(
    command_line: CommandLine, settled: Path, tmp_path: Path
) -> None:
    file, page = settled / "ethereum" / "safe_tx.json", tmp_path / "page.txt"
    tx = safe_file.parse(file.read_bytes()).tx
    profile = ("--profile", str(settled / "profile"))
    status, out, err = command_line.run("check", str(file), *profile, "--print", str(page))
    assert (status, err) == (0, "")
    printed = page.read_text()
    for digest in (tx.domain_hash, tx.message_hash, tx.digest, tx.calldata_digest):
        first, second = grouped(digest.hex()[:32]), grouped(digest.hex()[32:])
        assert f"    {first}\n    {second}\n" in printed
        assert f"    {first}\n    {second}\n" in out
    assert eip55.checksum(tx.safe) in printed
    assert "Not in order" not in printed
    assert command_line.run("check", str(file), *profile, "--print", str(page))[0] == 1
    assert page.read_text() == printed


def test_the_screens_of_the_service_s_rows_are_those_that_their_owners_saw(command_line: CommandLine) -> None:
    file = vector_path("safe/bybit_safe_tx_71.json")
    _, value = as_json(command_line, str(file))
    rows = json.loads(file.read_bytes())["results"]
    assert [each["safe_tx_hash"] for each in value["screens"]] == [each["safeTxHash"] for each in rows]
    assert {each["about"][-3:] for each in value["screens"]} == {"[0]", "[1]"}


def test_there_is_nothing_to_print_of_a_contract(command_line: CommandLine, settled: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    status, _, err = command_line.run("check", str(settled / "contract.json"), "--print", str(page))
    assert status == 1
    assert "[cli.nothing-to-print]" in err
    assert not page.exists()


def test_nothing_of_a_profile_changes(command_line: CommandLine, settled: Path) -> None:
    before = {each: each.read_bytes() for each in (settled / "profile").iterdir()}
    command_line.run("check", *paths(settled, *STORY), "--profile", str(settled / "profile"))
    assert {each: each.read_bytes() for each in (settled / "profile").iterdir()} == before


def test_hidden_characters_in_a_name_are_spelt_out() -> None:
    report = CheckReport((FileReport("a\x1b[31mb\n", Kind.UNKNOWN, "00", Malformed("desk.unknown-file")),), ())
    assert all("\x1b" not in line and "\n" not in line for line in report_lines(report))


def test_the_page_of_the_format_is_held(command_line: CommandLine, settled: Path) -> None:
    """docs/formats/check-json.md: the members that are named there, and no others."""
    _, value = as_json(command_line, *paths(settled, *STORY), "--profile", str(settled / "profile"))
    assert set(value) == {"schema", "status", "files", "verdicts", "fingerprints", "screens"}
    assert value["schema"] == "countersign-check/1"
    assert set(value["files"][0]) == {"name", "kind", "sha256", "error"}
    assert set(value["verdicts"][0]) == {"about", "as_of", "accepted", "findings"}
    assert set(value["verdicts"][0]["findings"][0]) == {
        "check", "status", "code", "about", "looked_at", "expected", "found", "values", "blocked_by", "explanation", "next",
    }  # fmt: skip


def test_a_file_whose_name_is_no_text_is_checked_like_any_other(command_line: CommandLine, settled: Path) -> None:
    data = (settled / "bitcoin/unsigned.psbt").read_bytes()
    path = os.fsencode(settled) + b"/\xff.psbt"
    with open(path, "wb") as file:
        file.write(data)
    status, value = as_json(command_line, os.fsdecode(path), "--profile", str(settled / "profile"))
    os.unlink(path)
    assert status == 0
    assert value["files"][0]["name"].endswith("/\\xff.psbt")
