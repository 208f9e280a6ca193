"""The token's process: it is a process of its own, sees nothing of ours, and does not outlive its parent."""

import os
import select
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from countersign.errors import Refused, Unavailable
from countersign.signers.pkcs11_process import TokenProcess, child_command
from support import softhsm
from support.refusals import refused

LONGEST_MS = 60_000
PARENT = """
import asyncio, sys
from countersign.signers.pkcs11_process import TokenProcess
async def main():
    process = TokenProcess(sys.argv[1], deadline=60.0, environment={"SOFTHSM2_CONF": sys.argv[2]})
    await process.call("tokens")
    print(process.pid, flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


def test_the_console_never_loads_the_binding() -> None:
    rooms = (
        "token",
        "provision",
        "parties",
        "softhsm",
        "uri",
        "pkcs11_process",
        "pkcs11_child",
        "pkcs11_wire",
        "pkcs11_errors",
    )
    imports = ";".join(f"import countersign.signers.{name}" for name in rooms)
    found = subprocess.run(
        [sys.executable, "-c", f"{imports};import sys;print('pkcs11' in sys.modules)"], capture_output=True, check=True
    )
    assert found.stdout == b"False\n"


@pytest.mark.parametrize("path", ["libsofthsm2.so", "./libsofthsm2.so", "../x.so", ""])
def test_a_relative_module_path_is_refused(path: str) -> None:
    with refused("H1.module-path-relative", Refused):
        TokenProcess(path, deadline=1.0)


async def test_an_absent_module_and_one_that_is_none_are_named(tmp_path: Path) -> None:
    (tmp_path / "text.so").write_text("not a library")
    for name, code in (("absent.so", "signers.module-absent"), ("text.so", "signers.module-unusable")):
        async with TokenProcess(str(tmp_path / name), deadline=60.0) as process:
            with refused(code, Unavailable):
                await process.call("tokens")
            assert process.pid is None


async def test_the_process_sees_only_what_it_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OURS", "secret of the console")
    hsm = softhsm.softhsm(tmp_path)
    async with softhsm.process(hsm) as process:
        assert await process.call("tokens") == []
        environment = Path(f"/proc/{process.pid}/environ").read_bytes().split(b"\0")
        arguments = Path(f"/proc/{process.pid}/cmdline").read_bytes()
        limits = Path(f"/proc/{process.pid}/limits").read_text()
    names = {entry.split(b"=")[0] for entry in environment if entry}
    assert names == {b"LANG", b"PATH", b"SOFTHSM2_CONF"}
    assert arguments.split(b"\0")[0].decode() == child_command()[0]
    assert [line.split()[4:6] for line in limits.splitlines() if line.startswith("Max core file size")] == [["0", "0"]]


async def test_an_unknown_operation_is_named_and_the_process_lives(tmp_path: Path) -> None:
    async with softhsm.process(softhsm.softhsm(tmp_path)) as process:
        await process.call("tokens")
        pid = process.pid
        with refused("signers.token-protocol"):
            await process.call("erase")
        with refused("signers.token-fault", Unavailable):
            await process.call("login")
        assert await process.call("tokens") == []
        assert process.pid == pid


async def test_a_killed_process_is_named_and_another_takes_its_place(tmp_path: Path) -> None:
    async with softhsm.process(softhsm.softhsm(tmp_path)) as process:
        await process.call("tokens")
        first = process.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        with suppress(Unavailable):  # or its end was noticed before
            await process.call("tokens")
        assert await process.call("tokens") == []
        assert process.pid != first


def test_the_process_dies_with_its_parent(tmp_path: Path) -> None:
    hsm = softhsm.softhsm(tmp_path)
    command = [sys.executable, "-c", PARENT, hsm.module, str(hsm.configuration)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()
        ended = select.poll()
        ended.register(child, select.POLLIN)
        assert ended.poll(LONGEST_MS)
    os.close(child)
