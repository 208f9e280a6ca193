"""A witness that others reach over HTTP: an aiohttp server around `sync.witness.Witness`.

c2sp.org/tlog-witness; docs/formats/witness.md. What is answered is decided in `audit.witness`.

- `POST /add-checkpoint` and nothing else: any other path or method is 404.
- A body longer than the format allows is 413 and not read further; one that does not come in time is 408.
- The witness works in a thread, one request at a time; a memory that fails is 500 with the code, and nothing is signed.
- What is told of a request is status, tree size and origin, and these two only where the log's signature verified. The
  library's own log, which would quote what strangers send, is shut.
- TLS, and holding back those who open connections and say nothing, are the business of the proxy in front.

    async with serving(witness) as address:
        print(address)          # http://127.0.0.1:41873
"""

import asyncio
import errno
import logging
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from countersign.audit.checkpoint import SignedCheckpoint
from countersign.audit.witness import MAX_REQUEST, TEXT_TYPE, AddCheckpoint, Response
from countersign.errors import CountersignError, Unavailable
from countersign.sync.witness import Witness
from countersign.sync.witness_wire import ADD_CHECKPOINT, read_at_most

BODY_SECONDS = 20.0
CLOSING_SECONDS = 5.0
LOOPBACK = "127.0.0.1"
_SHUT = logging.Logger("countersign.sync.witness_server", logging.CRITICAL + 1)
_VERIFIED = (200, 409, 422)
"""The statuses that the log's signature must have passed to be given."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What is told of one request: the status, and of a known log its origin and the tree size that it asked for."""

    status: int
    origin: str = ""
    size: int = 0


Tell = Callable[[Answered], None]


def _silent(_: Answered) -> None:
    """Tells nobody."""


class WitnessServer:
    """Answers requests. `body_seconds`: how long a body may take to come."""

    def __init__(self, witness: Witness, tell: Tell = _silent, body_seconds: float = BODY_SECONDS) -> None:
        self._witness = witness
        self._tell = tell
        self._body_seconds = body_seconds

    async def handle(self, request: web.Request) -> web.Response:
        """The answer to any HTTP request."""
        if request.method != "POST" or request.path != ADD_CHECKPOINT:
            return self._told(_answer(404, "no such call"))
        try:
            async with asyncio.timeout(self._body_seconds):
                body = await read_at_most(request.content, MAX_REQUEST)
        except web.RequestPayloadError:
            return self._told(_answer(400, "invalid input: the body cannot be read"), closing=True)
        except TimeoutError:
            return self._told(_answer(408, "the body did not come in time"), closing=True)
        if body is None:
            return self._told(_answer(413, "the request is too large"), closing=True)
        response = await asyncio.to_thread(self._judged, body)
        return self._told(response, body)

    def _judged(self, body: bytes) -> Response:
        try:
            return self._witness.answer(body)
        except CountersignError as error:
            return _answer(500, error.code)
        except Exception:  # boundary: our own bug; nothing was signed, and the next request finds a witness
            return _answer(500, "unexpected")

    def _told(self, response: Response, body: bytes = b"", *, closing: bool = False) -> web.Response:
        self._tell(_answered(response.status, body))
        answer = web.Response(status=response.status, body=response.body)
        answer.headers["Content-Type"] = response.content_type
        if closing:
            answer.force_close()
        return answer


def _answer(status: int, text: str) -> Response:
    return Response(status, f"{text}\n".encode(), TEXT_TYPE)


def _answered(status: int, body: bytes) -> Answered:
    if status not in _VERIFIED:
        return Answered(status)
    head = SignedCheckpoint.parse(AddCheckpoint.parse(body).checkpoint, foreign=True).checkpoint
    return Answered(status, head.origin, head.size)


@asynccontextmanager
async def serving(
    witness: Witness, host: str = LOOPBACK, port: int = 0, tell: Tell = _silent, body_seconds: float = BODY_SECONDS
) -> AsyncIterator[str]:
    """A running server; gives the submission prefix at which it listens (port 0: one that the system chooses).

    On leaving, no new request is taken and one that is being judged is answered. Unavailable("sync.witness-address").
    """
    application = web.Application(client_max_size=MAX_REQUEST)
    application.router.add_route("*", "/{path:.*}", WitnessServer(witness, tell, body_seconds).handle)
    runner = web.AppRunner(
        application, access_log=None, logger=_SHUT, auto_decompress=False, shutdown_timeout=CLOSING_SECONDS
    )
    await runner.setup()
    try:
        try:
            if not host:  # to the library that means every address of this machine
                raise OSError(errno.EADDRNOTAVAIL, "")
            await web.TCPSite(runner, host, port).start()
        except (OSError, UnicodeError) as error:
            raise Unavailable("sync.witness-address", host=host, port=port, why=_why(error)) from None
        yield _prefix(*runner.addresses[0][:2])
    finally:
        await runner.cleanup()


def _prefix(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _why(error: Exception) -> str:
    """The system's own words; for a name that no resolver takes, ours."""
    if not isinstance(error, OSError):
        return "no machine has such a name"
    number = error.errno or 0
    return os.strerror(number) if number > 0 else error.strerror or type(error).__name__
