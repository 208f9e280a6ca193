"""The two verbs for an officer's own device: the file goes out once, of either version; its answer comes back, bytes or base64."""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from countersign.bitcoin import psbt as psbts
from countersign.cli import pins
from countersign.demonstration import cast
from countersign.desk.console import OfficerConsole
from support import device_stage
from support.device_stage import device
from support.seated_officer import SeatedOfficer
from support.software_stage import Table

A = cast.OFFICER_A.id


class Station(SeatedOfficer):
    """A workstation whose only seat is officer A's console on software keys; it counts the PINs that it asks."""

    def __init__(self, table: Table, folder: Path) -> None:
        super().__init__(table)
        self.folder = folder

    def at(self, _folder: Path, _own: object, _seat: object, work: Callable[[OfficerConsole], Awaitable[Any]]) -> Any:
        return asyncio.run(work(self.table.officer))  # type: ignore[arg-type]

    @property
    def psbt(self) -> str:
        return self.table.live("psbt").hash

    def exported(self, *more: str) -> bytes:
        """What `device-export` writes."""
        out = self.folder / "out.psbt"
        done = self.run("device-export", self.psbt, "--out", str(out), *more)
        assert done.exit_code == 0, done.output
        assert str(out) in done.output
        return out.read_bytes()

    def imported(self, data: bytes) -> Result:
        """`device-import` of a file with these bytes."""
        file = self.folder / "signed.psbt"
        file.write_bytes(data)
        return self.run("device-import", self.psbt, str(file))

    @property
    def signers(self) -> list[str]:
        return [each.officer for each in self.table.live("psbt").shares]


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Station]:
    table = device_stage.ranged(tmp_path)
    asyncio.run(table.until("step-prepare"))
    found = Station(table, tmp_path)
    monkeypatch.setattr(pins, "hidden", found.hidden)
    yield found
    table.stage.holds.close()


@pytest.mark.parametrize("version", [0, 2])
def test_a_file_goes_out_and_its_answer_is_logged(at: Station, version: int) -> None:
    exported = at.exported("--psbt-version", str(version))
    assert psbts.parse(exported).version == version
    assert psbts.parse(exported).unsigned == psbts.parse(at.table.artefact("psbt")).unsigned
    done = at.imported(device(A).sign(exported))
    assert (done.exit_code, at.signers) == (0, [A])
    assert "share.added" in done.stdout


def test_an_answer_in_base64_is_taken_and_a_torn_one_is_not(at: Station) -> None:
    text = base64.encodebytes(device(A).sign(at.exported()))
    torn = at.imported(text[: len(text) // 2] + b"!" + text[len(text) // 2 :])
    assert (torn.exit_code, at.signers) == (2, [])
    assert "[B2.base64]" in torn.stderr
    done = at.imported(text)
    assert (done.exit_code, at.signers) == (0, [A])


def test_what_does_not_go_out_or_come_back_is_named(at: Station) -> None:
    signed = device(A).sign(at.table.artefact("psbt"))
    early = at.imported(signed)
    assert (early.exit_code, "[desk.device-not-asked]" in early.stderr) == (1, True)
    for version, code in (("1", "B2.no-such-version"), ("3", "B2.no-such-version")):
        refused = at.run("device-export", at.psbt, "--out", str(at.folder / "x.psbt"), "--psbt-version", version)
        assert f"[{code}]" in refused.stderr
        assert not (at.folder / "x.psbt").exists()
    exported = at.exported()
    again = at.run("device-export", at.psbt, "--out", str(at.folder / "out.psbt"))
    assert again.exit_code != 0  # what is there is not written over
    assert (at.folder / "out.psbt").read_bytes() == exported
    unsigned = at.imported(exported)
    assert (unsigned.exit_code, "[bitcoin.share-incomplete]" in unsigned.stderr) == (1, True)
    for each in (early, unsigned):
        assert "Traceback" not in each.output
    assert at.imported(signed).exit_code == 0
