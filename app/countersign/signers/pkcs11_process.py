"""The token's process, seen from the console.

PKCS#11 modules are vendors' code in our address space, and python-pkcs11 is safe on one thread only. So a module lives
in a process of its own:

- it is started when first needed, gets one request at a time, and answers in order;
- an answer that does not come within the deadline ends the process: the caller gets Unavailable, the next call starts
  anew, with every token locked again;
- a process that ends by itself, or says what is no answer, is ended and reported in the same way;
- it sees the environment that is given here and nothing of ours; its arguments hold no secret; its stderr goes nowhere;
- it ends when its input ends or its parent dies.

This module never imports the vendor binding.

    process = TokenProcess("/usr/lib/softhsm/libsofthsm2.so", deadline=20.0, environment={"SOFTHSM2_CONF": "/…"})
    await process.call("tokens")
"""

import asyncio
import contextlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, Self

import countersign
from countersign.errors import CountersignError, Malformed, Refused, Unavailable
from countersign.signers import pkcs11_wire as wire

START = "import sys; sys.path.insert(0, sys.argv[1]); from countersign.signers.pkcs11_child import main; main()"
BASE_ENVIRONMENT = {"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"}


def child_command() -> tuple[str, ...]:
    """The command that runs the token's process with the same interpreter and the same package as this one."""
    return (sys.executable, "-I", "-c", START, str(Path(countersign.__file__).parents[1]))


class TokenProcess:
    """A PKCS#11 module in a process of its own. Belongs to the event loop that first calls it."""

    def __init__(
        self,
        module: str,
        *,
        deadline: float,
        environment: Mapping[str, str] | None = None,
        command: Sequence[str] | None = None,
    ) -> None:
        """`deadline` is in seconds for each answer. Raises Refused (H1) when `module` is not an absolute path."""
        if not PurePosixPath(module).is_absolute():
            raise Refused("H1.module-path-relative", module=module)
        self.module = module
        self._deadline = deadline
        self._environment = {**BASE_ENVIRONMENT, **(environment or {})}
        self._command = tuple(command or child_command())
        self._turn = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        """The process that runs now, if any."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def call(self, op: str, /, **fields: Any) -> Any:
        """The value that the token's process answers to `op`.

        Raises the named error that it answers, or Unavailable when it is silent, ends or says what is no answer.
        """
        async with self._turn:
            finished = False
            try:
                async with asyncio.timeout(self._deadline):
                    outcome = await self._exchange(await self._running(), {"op": op, **fields})
                finished = True
            except TimeoutError:
                raise Unavailable("signers.token-silent", seconds=round(self._deadline)) from None
            except (OSError, asyncio.IncompleteReadError):
                raise Unavailable("signers.token-process-ended") from None
            except Malformed as malformed:
                raise Unavailable(
                    "signers.token-protocol", detail=str(malformed.values.get("detail", "CBOR"))
                ) from None
            finally:
                if not finished:
                    await self._end()
        if isinstance(outcome, CountersignError):
            raise outcome
        return outcome

    async def aclose(self) -> None:
        """End the process. A later call would start another one."""
        async with self._turn:
            await self._end()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await self._start()
            outcome = await self._exchange(self._process, {"op": "open", "module": self.module})
            if isinstance(outcome, CountersignError):
                raise outcome
        return self._process

    async def _start(self) -> asyncio.subprocess.Process:
        pipe, nowhere = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        return await asyncio.create_subprocess_exec(
            *self._command,
            stdin=pipe,
            stdout=pipe,
            stderr=nowhere,
            env=self._environment,
            cwd="/",
            start_new_session=True,
        )

    async def _exchange(self, process: asyncio.subprocess.Process, request: Mapping[str, Any]) -> Any:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(wire.frame(request))
        await process.stdin.drain()
        length = wire.body_length(await process.stdout.readexactly(wire.HEADER.size), wire.ANSWER_LIMIT)
        return wire.outcome(wire.message(await process.stdout.readexactly(length), wire.ANSWER_LIMIT))

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
