"""`vault device-export` and `device-import`: a device of the operator's on the air-gapped machine, a process for each command."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from countersign.bitcoin import psbt as psbts
from countersign.cli import pins
from countersign.cli.vault import vault_app
from countersign.demonstration import cast
from countersign.desk.author import Author, Scribe
from countersign.desk.signing import Hand
from countersign.desk.vault_console import Vault
from countersign.desk.views import VaultRequestView
from countersign.formats import times
from support import device_stage
from support.both_vaults import THEIRS, cold_machine
from support.device_stage import device
from support.software_stage import FileCourier, Table

C = cast.OFFICER_C.id


@dataclass
class Machine:
    """Operator C's machine: each command finds the profile as the one before left it. It counts the PINs that it asks."""

    table: Table
    folder: Path
    asked: int = 0

    def now(self) -> int:
        return self.table.stage.clock.seconds

    def at(self, _seat: object, work: Callable[[Vault], Awaitable[None]]) -> None:
        vault, stage = self.table.stage.vault, self.table.stage
        author = Author(C, vault.token.public["identity"], vault.token)
        scribe = Scribe(vault.replica.anchor.origin, stage.clock, stage.entropy)
        hand = Hand(C, vault.token, author)
        asyncio.run(work(Vault(vault.replica, hand, stage.clock, scribe, FileCourier(), lambda: ())))  # type: ignore[arg-type]

    def hidden(self, *_: object, **__: object) -> str:
        self.asked += 1
        return cast.PIN

    def run(self, verb: str, *arguments: object) -> Result:
        app = typer.Typer()
        app.add_typer(vault_app(self), name="vault")  # type: ignore[arg-type]
        seat = ["--clock", times.text(self.now()), "--profile", "p", "--token", "t", "--softhsm", "s"]
        return CliRunner().invoke(app, ["vault", verb, *map(str, arguments), *seat])

    @property
    def request(self) -> Path:
        return self.folder / "request.countersign"

    def signers(self) -> list[str]:
        """Who has signed once the answer is carried back."""
        asyncio.run(self.table.officer.take_from_usb(self.folder / "answer.countersign"))
        return [each.officer for each in self.table.live("psbt").shares]


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    table = device_stage.ranged(tmp_path)

    async def carried() -> None:
        await table.until("step-prepare")
        await table.officer.unlock(table.stage.ask_pin)
        await table.officer.request_to_usb(table.live("psbt").hash, tmp_path)

    asyncio.run(carried())
    found = Machine(table, tmp_path)
    monkeypatch.setattr(pins, "hidden", found.hidden)
    yield found
    table.stage.holds.close()


def test_a_request_goes_to_the_device_and_its_signatures_into_the_answer(at: Machine) -> None:
    out, signed = at.folder / "coins.psbt", at.folder / "signed.psbt"
    signed.write_bytes(device(C).sign(at.table.artefact("psbt")))
    refused = at.run("sign", at.request, "--to", at.folder)
    assert (refused.exit_code, "[cli.device-wanted]" in refused.stderr) == (1, True)
    early = at.run("device-import", at.request, signed, "--to", at.folder)
    assert (early.exit_code, "[desk.device-not-asked]" in early.stderr) == (1, True)
    at.asked = 0
    done = at.run("device-export", at.request, "--out", out, "--psbt-version", 2)
    assert (done.exit_code, at.asked) == (0, 0), done.output
    assert "harbour prime" in done.stderr.lower()  # the request whole, before the file
    assert psbts.parse(out.read_bytes()).version == 2
    again = at.run("device-export", at.request, "--out", out)
    assert (again.exit_code != 0, "[cli.file-exists]" in again.stderr) == (True, True)
    assert not (at.folder / "answer.countersign").exists()

    signed.write_bytes(device(C).sign(out.read_bytes()))
    done = at.run("device-import", at.request, signed, "--to", at.folder)
    assert (done.exit_code, at.asked) == (0, 1), done.output
    assert at.signers() == [C]
    assert at.table.stage.vault.token.signed == []
    (at.folder / "answer.countersign").unlink()
    once_more = at.run("device-import", at.request, at.folder / "signed.psbt", "--to", at.folder)
    assert (once_more.exit_code, at.asked) == (0, 1)  # from the record: no PIN
    [answered] = [line for line in once_more.stderr.splitlines() if "answered before" in line]
    assert answered.rpartition(": ")[2] in once_more.stdout  # the answer's words, and not called the request's
    assert "The words of this request" not in once_more.stderr
    assert "The words of this request" in done.stderr
    late = at.run("device-export", at.request, "--out", at.folder / "late.psbt")
    assert (late.exit_code, "[desk.answered-already]" in late.stderr) == (1, True)
    assert not (at.folder / "late.psbt").exists()


def test_a_token_s_share_is_handed_back_alone_only_if_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cold = cold_machine(tmp_path)

    class Open:
        """The machine on which the request is open already."""

        def now(self) -> int:
            return cold.vault._now()

        def at(self, _seat: object, work: Callable[[Vault], Awaitable[None]]) -> None:
            asyncio.run(work(cold.vault))

    async def taken(_file: Path) -> VaultRequestView | None:
        return await cold.vault.request()

    monkeypatch.setattr(cold.vault, "take_from_usb", taken)
    monkeypatch.setattr(pins, "hidden", lambda *_, **__: cast.PIN)
    app = typer.Typer()
    app.add_typer(vault_app(Open()), name="vault")  # type: ignore[arg-type]
    line = ["vault", "sign", "r", "--to", str(tmp_path), "--clock", times.text(cold.vault._now())]
    line += ["--profile", "p", "--token", "t", "--softhsm", "s"]
    refused = CliRunner().invoke(app, line)
    assert (refused.exit_code, "[cli.device-wanted]" in refused.stderr, cold.token.signed) == (1, True, [])
    done = CliRunner().invoke(app, [*line, "--token-only"])
    assert done.exit_code == 0, done.output
    assert asyncio.run(cold.answered_for()) == [THEIRS]
