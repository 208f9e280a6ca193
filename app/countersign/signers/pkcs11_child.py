"""The token's process itself: reads requests, asks the module, answers.

- It keeps its pipes to itself: what a module prints on its standard output goes nowhere and cannot pass for an answer.
- It dies with its parent, leaves no core file, and cannot be traced: a PIN passes through its memory.
- A named error goes back as an answer; so does anything unexpected, by its type's name only.
"""

import ctypes
import os
import resource
import signal
from collections.abc import Callable
from typing import Any, BinaryIO

from countersign.errors import CountersignError, Malformed, Unavailable
from countersign.signers import pkcs11_wire as wire

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4


def main() -> None:
    """Serve one parent until its pipe ends."""
    _guard_process()
    requests, answers = _private_pipes()
    service = _Service()
    while request := _next(requests):
        answers.write(wire.frame(_answered(service, request)))
        answers.flush()


class _Service:
    """The operations of the module that the first request names."""

    def __init__(self) -> None:
        self._operations: dict[str, Callable[..., Any]] = {"open": self._open}

    def perform(self, op: str, **fields: Any) -> Any:
        if op not in self._operations:
            raise Malformed("signers.token-protocol", detail="operation")
        return self._operations[op](**fields)

    def _open(self, module: str) -> bool:
        from countersign.signers.pkcs11_module import Module

        opened = Module(module)
        self._operations = {
            "tokens": opened.tokens,
            "login": opened.login,
            "logout": opened.logout,
            "keys": opened.keys,
            "sign": opened.sign,
            "generate": opened.generate,
            "initialise": opened.initialise,
        }
        return True


def _answered(service: _Service, request: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"ok": service.perform(**request)}
    except CountersignError as error:
        return wire.refusal(error)
    except Exception as error:  # boundary: the parent must learn of it, and a traceback here could show a PIN
        return wire.refusal(Unavailable("signers.token-fault", what=type(error).__name__))


def _next(requests: BinaryIO) -> dict[str, Any] | None:
    header = requests.read(wire.HEADER.size)
    if len(header) < wire.HEADER.size:
        return None
    return wire.message(requests.read(wire.body_length(header, wire.REQUEST_LIMIT)), wire.REQUEST_LIMIT)


def _private_pipes() -> tuple[BinaryIO, BinaryIO]:
    requests, answers = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return os.fdopen(requests, "rb"), os.fdopen(answers, "wb")


def _guard_process() -> None:
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
