"""An HTTP server of a test's own that answers JSON-RPC as it is told, and remembers what it was asked.

    async with serving({"getblockcount": 7}) as server:
        await JsonRpc(server.url).call("getblockcount")

An answer is a result, an `RpcFailure`, a whole `web.Response`, or a function of the parameters that gives one of these.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer


@dataclass(frozen=True)
class RpcFailure:
    """The node's own error."""

    code: int
    message: str
    data: object = None


@dataclass
class RpcServer:
    """What is answered by method, and every request that came: method, parameters, Authorization header."""

    answers: Mapping[str, Any]
    url: str = ""
    asked: list[tuple[str, list[Any], str | None]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.asked.append((body["method"], body["params"], request.headers.get("Authorization")))
        given = self.answers[body["method"]]
        if callable(given):
            given = given(*body["params"])
        if isinstance(given, web.StreamResponse):
            return given
        if isinstance(given, RpcFailure):
            error = {"code": given.code, "message": given.message, "data": given.data}
            return web.Response(status=500, text=json.dumps({"id": 1, "result": None, "error": error}))
        return web.Response(text=json.dumps({"jsonrpc": "2.0", "id": 1, "result": given}))

    def methods(self) -> list[str]:
        return [method for method, _, _ in self.asked]


@asynccontextmanager
async def serving(answers: Mapping[str, Any]) -> AsyncIterator[RpcServer]:
    """A running server on a free port of 127.0.0.1."""
    server = RpcServer(answers)
    application = web.Application(client_max_size=1 << 24)
    application.router.add_post("/", server.answer)
    running = TestServer(application)
    await running.start_server(loop=asyncio.get_running_loop())
    server.url = str(running.make_url("/"))
    try:
        yield server
    finally:
        await running.close()
