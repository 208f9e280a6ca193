"""`countersign audit report FILE`: who signed a report, when, as of which head; in words and in JSON; with the right status."""

import json
from pathlib import Path

import pytest

from countersign.cli import audit
from countersign.desk import report_file
from countersign.desk.report_file import Claim, Head
from countersign.keys import jws as jose
from support import settlement_world as world
from support.command_line import CommandLine
from support.finished_settlement import Finished

PDF = b"%PDF-1.4 what History showed\n%%EOF\n"


@pytest.fixture
def report(tmp_path: Path, over: Finished) -> Path:
    """A report of the whole history with its signature beside it."""
    log = over.log()
    head = Head(world.ORIGIN, "officer-a", over.now - 60, log.size, log.tree.root())
    claim = Claim.of(head, PDF, "", 1, over.trade.hash)
    file = tmp_path / "history.pdf"
    file.write_bytes(PDF)
    signature = world.sign(claim.payload(), report_file.TYP, ["officer-a"])
    file.with_name("history.pdf.jws").write_bytes(jose.serialise(signature))
    return file


def test_the_signature_lies_where_the_window_writes_it() -> None:
    assert audit.BESIDE == report_file.SUFFIX


def test_it_says_who_signed_when_and_as_of_which_head(
    command_line: CommandLine, settled: Path, report: Path, over: Finished
) -> None:
    profile = settled / "profile"
    before = {each: each.read_bytes() for each in profile.iterdir()}
    status, out, err = command_line.run("audit", "report", str(report), "--profile", str(profile))
    assert (status, err) == (0, "")
    assert "Signed by Ada Vale (officer-a) at 20" in out
    assert over.log().tree.root().hex() in out
    status, out, _ = command_line.run("audit", "report", str(report), "--profile", str(profile), "--json")
    value = json.loads(out)
    assert (value["source"], value["status"], value["desk"]) == ("report", 0, world.ORIGIN)
    assert [each["status"] for each in value["verdicts"][0]["findings"]] == ["pass"] * 5
    assert {each: each.read_bytes() for each in profile.iterdir()} == before


def test_one_byte_of_the_file_is_noticed_and_its_place_is_not(
    command_line: CommandLine, settled: Path, report: Path, tmp_path: Path
) -> None:
    moved = tmp_path / "elsewhere" / "kept.pdf"
    moved.parent.mkdir()
    moved.write_bytes(PDF)
    rest = ("--profile", str(settled / "profile"), "--signature", str(report) + ".jws")
    assert command_line.run("audit", "report", str(moved), *rest)[0] == 0
    moved.write_bytes(PDF.replace(b"showed", b"shoved"))
    status, out, err = command_line.run("audit", "report", str(moved), *rest)
    assert (status, err) == (1, "")
    assert "The file is not the one that was signed" in out


def test_without_its_signature_or_with_another_kind_of_file_it_is_two(
    command_line: CommandLine, settled: Path, report: Path
) -> None:
    beside, rest = report.with_name("history.pdf.jws"), ("--profile", str(settled / "profile"))
    beside.write_bytes((settled / "contract.json").read_bytes())
    status, out, _ = command_line.run("audit", "report", str(report), *rest)
    assert status == 2
    assert "history.pdf.jws" in out
    beside.unlink()
    status, out, err = command_line.run("audit", "report", str(report), *rest)
    assert (status, out) == (2, "")
    assert "history.pdf.jws" in err
    assert "Traceback" not in err
