"""A workstation for tests: SoftHSM tokens of several people, private files with their secrets, an outside witness that
listens on this machine, and the command line as bootstrap makes it.

    with Workstation(tmp_path) as at:
        at.people({"conrad": (), "ada": labels})
        status, out = at.run("desk", "show", "founding.paper")
"""

import asyncio
import json
import secrets
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Self

import pytest

from countersign.audit.note import VerifierKey
from countersign.bootstrap import commands
from countersign.bootstrap.machine import CLOCK
from countersign.keys.public_key import Curve
from countersign.signers.provision import provisioner_for
from countersign.sync.memory_file import FileMemory
from countersign.sync.witness import Witness
from countersign.sync.witness_server import serving
from support.parts import softhsm_module
from support.softhsm import PIN, SO_PIN

PASSPHRASE = "correct horse battery staple"


async def _answer(code: str) -> str:
    return SO_PIN if "so-pin" in code else PIN


class Listening:
    """A witness that serves on a free port of this machine, in a thread of its own."""

    def __init__(self, folder: Path, name: str) -> None:
        self._logs: dict[str, Sequence[VerifierKey]] = {}
        clock = lambda: CLOCK.now_ms() // 1_000  # noqa: E731
        self.witness = Witness(name, secrets.token_bytes(32), self._logs, FileMemory(folder / f"{name}.json"), clock)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def follow(self, log: str) -> None:
        """Follow one more log."""
        key = VerifierKey.parse(log)
        self.witness._logs[key.name] = (*self.witness._logs.get(key.name, ()), key)

    def start(self) -> Self:
        """Serve."""
        self._thread.start()
        self._serving = serving(self.witness)
        self.url: str = self._do(self._serving.__aenter__())
        return self

    def stop(self) -> None:
        """Serve no more."""
        self._do(self._serving.__aexit__(None, None, None))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


class Workstation:
    """Everything lies in `folder`; `run` works there."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        softhsm_module()
        self.folder, self._capsys = folder, capsys
        patch.chdir(folder)
        self.witness = Listening(folder, "witness.example").start()
        for name, secret in (("pin", PIN), ("passphrase", PASSPHRASE)):
            file = folder / name
            file.touch(0o600)
            file.write_text(secret)

    def close(self) -> None:
        """End the witness."""
        self.witness.stop()

    def people(self, wanted: Mapping[str, Sequence[str]], offline: Sequence[str] = ()) -> None:
        """A token for each, with an identity key and vault keys of these labels; and its keyring's file."""
        asyncio.run(self._made(wanted))
        for name in wanted:
            where = ("--offline",) if name in offline else ()
            self.done("desk", "keyring", name, "--softhsm", name, "--out", f"{name}.keyring", *where)

    async def _made(self, wanted: Mapping[str, Sequence[str]]) -> None:
        for name, labels in wanted.items():
            async with AsyncExitStack() as holds:
                made = provisioner_for(None, self.folder / name, deadline=60.0, random_bytes=secrets.token_bytes)
                provisioner = await holds.enter_async_context(made)
                token = await provisioner.initialise(name, _answer)
                await provisioner.generate(token.identity, "identity", Curve.P256, _answer)
                for label in labels:
                    await provisioner.generate(token.identity, label, Curve.SECP256K1, _answer)

    def write(self, name: str, value: object) -> str:
        """A JSON file; its name."""
        (self.folder / name).write_text(json.dumps(value))
        return name

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Exit status, stdout, stderr. No secret is ever shown."""
        self._capsys.readouterr()
        status = commands.main(list(arguments))
        out, err = self._capsys.readouterr()
        assert PIN not in out + err
        assert PASSPHRASE not in out + err
        return status, out, err

    def done(self, *arguments: str) -> str:
        """The same, and it must have been done; stdout."""
        status, out, err = self.run(*arguments)
        assert status == 0, err + out
        return out

    def desk(self, verb: str, *arguments: str) -> str:
        """`countersign desk VERB northgate …` with the desk's secrets; it must be done."""
        secret = ("--desk-passphrase-file", "passphrase", "--desk-pin-file", "pin")
        return self.done("desk", verb, "northgate", *arguments, *secret)

    def officer(self, who: str, verb: str, *arguments: str) -> tuple[int, str, str]:
        """`countersign officer … VERB …` from somebody's seat."""
        seat = ("--desk", "northgate", "--profile", f"{who}.profile", "--token", who, "--softhsm", who)
        own = ("--passphrase-file", "passphrase", "--pin-file", "pin")
        desk = ("--desk-passphrase-file", "passphrase", "--desk-pin-file", "pin")
        return self.run("officer", *seat, *own, *desk, verb, *arguments)

    def does(self, who: str, verb: str, *arguments: str) -> str:
        """The same, and it must have been done; stdout."""
        status, out, err = self.officer(who, verb, *arguments)
        assert status == 0, err + out
        return out

    def vault(self, who: str, *arguments: str, pin: bool = True) -> subprocess.CompletedProcess[str]:
        """`countersign vault …` in a process of its own: what it gives up does not come back."""
        seat = ("--profile", f"{who}.profile", "--token", who, "--softhsm", who)
        own = ("--passphrase-file", "passphrase", *(("--pin-file", "pin") if pin else ()))
        command = [sys.executable, "-m", "countersign", "vault", *arguments, *seat, *own]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        assert PIN not in done.stdout + done.stderr
        return done
