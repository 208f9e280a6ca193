"""A server that answers every connection with bytes of the test's choosing, and one that says no more than it is told.

    async with answering(b"HTTP/1.1 200 OK\\r\\n…") as url:
        await HttpWitness(url).add_checkpoint(b"…")

The connection is closed after the bytes, or kept open until the test is over (`hold`).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class RawServer:
    """Where it listens, and what was sent to it, a request each."""

    url: str = ""
    asked: list[bytes] = field(default_factory=list)


@asynccontextmanager
async def answering(answer: bytes, *, hold: bool = False) -> AsyncIterator[RawServer]:
    """A running server on a free port of 127.0.0.1."""
    told, over = RawServer(), asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        told.asked.append(head + await reader.readexactly(length))
        writer.write(answer)
        if hold:
            await over.wait()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    told.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield told
    finally:
        over.set()
        server.close()
        await server.wait_closed()
