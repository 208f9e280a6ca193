"""A witness behind HTTP: the published conversation, whole histories through the desk's sequencer, and hostile requests."""

import asyncio
import errno
import gzip
import logging
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import pytest

from countersign.audit import witness as protocol
from countersign.audit.checkpoint import SignedCheckpoint
from countersign.audit.note import VerifierKey
from countersign.audit.quorum import Fresh
from countersign.audit.witness import MAX_REQUEST, AddCheckpoint, Response, State
from countersign.desk.author import signed as signed_draft
from countersign.desk.sequencer import Sequencer, Watcher
from countersign.errors import Unavailable
from countersign.sync.http_witness import HttpWitness
from countersign.sync.memory_file import FileMemory
from countersign.sync.witness import Witness
from countersign.sync.witness_server import Answered, serving
from support import small_log
from support.ethereum_node import free_port
from support.small_log import NOW, ORIGIN, log_key, signed, witness_seed
from support.software_stage import Table
from support.vectors import load_vectors

LOG = small_log.filled_log(12)
OTHER = small_log.filled_log(12, b"other")
MEMORY = Path("/dev/shm")  # noqa: S108  (where it is there, waiting for a disk proves nothing in these tests)


def witness_at(path: Path) -> Witness:
    return Witness(small_log.WITNESS_NAMES[0], witness_seed(0), {ORIGIN: (log_key(),)}, FileMemory(path), lambda: NOW)


def request(old: int, new: int, tag: bytes = b"entry") -> AddCheckpoint:
    head = small_log.filled_log(new, tag).checkpoint()
    log = LOG if tag == b"entry" else OTHER
    return AddCheckpoint(old, log.tree.consistency_proof(old, new), signed(head).serialise())


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that goes with the test."""
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        yield Path(folder)


class Asked:
    """A running server, asked byte by byte or by the desk's own client, and what it told of it."""

    def __init__(self, url: str, told: list[Answered]) -> None:
        self.url = url
        self.told = told

    async def ask(self, asked: AddCheckpoint) -> Response:
        return Response(*await HttpWitness(self.url).add_checkpoint(asked.serialise()))

    async def raw(self, *parts: bytes, hang_up: bool = False) -> tuple[int, bytes, bytes]:
        """Status, head and body of the answer to these bytes; `hang_up`: nothing more will be sent."""
        place = urlsplit(self.url)
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        for part in parts:
            writer.write(part)
        if hang_up:
            writer.write_eof()
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        body = await reader.readexactly(length)
        writer.close()
        return int(head.split(b" ", 2)[1]), head.lower(), body


def posted(body: bytes, *headers: str, path: str = "/add-checkpoint", method: str = "POST") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: witness.example", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


@pytest.fixture
async def server(place: Path) -> AsyncIterator[Asked]:
    told: list[Answered] = []
    async with serving(witness_at(place / "heads.json"), tell=told.append) as url:
        yield Asked(url, told)


async def test_the_published_conversation_over_http(place: Path) -> None:
    vectors = load_vectors("tlog/witness_add_checkpoint.json")
    logs = {vectors["origin"]: (VerifierKey.parse(vectors["log_vkey"]),)}
    one = Witness("example.com/witness", bytes([5]) * 32, logs, FileMemory(place / "heads.json"), lambda: NOW)
    async with serving(one) as url:
        server = Asked(url, [])
        for step in vectors["steps"]:
            status, head, body = await server.raw(posted(step["request_body"].encode()))
            assert status == step["status"], step["name"]
            assert step["response_contains"] in body.decode(), step["name"]
            assert (b"content-type: text/x.tlog.size\r\n" in head) is (status == 409)


async def test_growth_is_cosigned_and_the_size_is_told_to_who_is_behind(server: Asked) -> None:
    for old, new in ((0, 5), (5, 5), (5, 12)):
        answer = await server.ask(request(old, new))
        assert protocol.accept(SignedCheckpoint.parse(request(old, new).checkpoint), answer, small_log.witness_key(0))
    behind = await server.ask(request(0, 12))
    assert (behind.status, protocol.known_size(behind)) == (409, 12)
    assert server.told == [Answered(200, ORIGIN, 5), Answered(200, ORIGIN, 5), Answered(200, ORIGIN, 12),
                           Answered(409, ORIGIN, 12)]  # fmt: skip


HOSTILE = {
    "rollback": (AddCheckpoint(5, (), request(0, 3).checkpoint), 400),
    "another history": (request(5, 12, b"other"), 422),
    "no proof": (AddCheckpoint(5, (), request(5, 12).checkpoint), 422),
    "same size, another root": (AddCheckpoint(5, (), request(0, 5, b"other").checkpoint), 409),
    "another log": (
        AddCheckpoint(5, (), request(5, 12).checkpoint.replace(b"log.example/desk", b"log.example/x")),
        404,
    ),
    "unsigned": (AddCheckpoint(5, (), request(5, 12).checkpoint.replace("— log".encode(), "— lag".encode())), 403),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_request_changes_nothing_and_the_honest_one_passes(name: str, server: Asked) -> None:
    asked, status = HOSTILE[name]
    assert (await server.ask(request(0, 5))).status == 200
    assert (await server.ask(asked)).status == status
    assert server.told[-1].origin == (ORIGIN if status in (409, 422) else "")
    assert (await server.ask(request(5, 12))).status == 200


@pytest.mark.parametrize("body", [b"", b"old 0", b"old 01\n\n" + request(0, 5).checkpoint, b"\xff" * 100])
async def test_what_is_no_request_is_400(body: bytes, server: Asked) -> None:
    assert (await server.raw(posted(body)))[0] == 400
    assert (await server.raw(posted(request(0, 5).serialise())))[0] == 200


async def test_a_body_is_read_up_to_its_bound_and_no_further(server: Asked) -> None:
    assert (await server.raw(posted(b"x" * MAX_REQUEST)))[0] == 400  # read to its end, and judged
    status, head, _ = await server.raw(posted(b"x" * (MAX_REQUEST + 1)))
    assert status == 413
    assert b"connection: close" in head
    chunk = b"%x\r\n" % (MAX_REQUEST + 1) + b"x" * (MAX_REQUEST + 1)
    opened = b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert (await server.raw(opened, chunk))[0] == 413  # its end never comes
    assert server.told == [Answered(400), Answered(413), Answered(413)]


async def test_a_compressed_body_is_not_unpacked(server: Asked) -> None:
    good = request(0, 5).serialise()
    assert (await server.raw(posted(gzip.compress(good), "Content-Encoding: gzip")))[0] == 400
    assert (await server.raw(posted(good)))[0] == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"])
async def test_another_method_is_404(method: str, server: Asked) -> None:
    place = urlsplit(server.url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    writer.write(posted(request(0, 5).serialise(), method=method))
    assert (await reader.readline()).split(b" ")[1] == b"404"
    writer.close()
    assert (await server.raw(posted(request(0, 5).serialise())))[0] == 200


@pytest.mark.parametrize(
    "path", ["/", "/add-checkpoint/", "/w/add-checkpoint", "/ADD-CHECKPOINT", "/../add-checkpoint"]
)
async def test_another_path_is_404(path: str, server: Asked) -> None:
    assert (await server.raw(posted(request(0, 5).serialise(), path=path)))[0] == 404
    assert (await server.raw(posted(request(0, 5).serialise(), path="/add-checkpoint?")))[0] == 200


async def test_a_body_that_does_not_come_is_given_up(place: Path) -> None:
    half = posted(request(0, 5).serialise())[:-1]
    async with serving(witness_at(place / "heads.json"), body_seconds=0.05) as url:
        status, head, _ = await Asked(url, []).raw(half)
        assert status == 408
        assert b"connection: close" in head
        assert (await Asked(url, []).raw(half + b"\n"))[0] == 200


async def test_who_hangs_up_in_the_middle_changes_nothing(server: Asked, place: Path) -> None:
    with pytest.raises(asyncio.IncompleteReadError):
        await server.raw(posted(request(0, 5).serialise())[:-1], hang_up=True)
    assert not (place / "heads.json").exists()
    assert (await server.ask(request(0, 5))).status == 200


async def test_a_chunk_that_is_none_is_400(server: Asked) -> None:
    opened = b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nTransfer-Encoding: chunked\r\n\r\n"
    good = request(0, 5).serialise()
    assert (await server.raw(opened, b"zz\r\n"))[0] == 400
    assert (await server.raw(opened, b"%x\r\n" % len(good), good, b"\r\n0\r\n\r\n"))[0] == 200


async def test_nothing_that_strangers_send_is_written_anywhere(
    place: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG, "aiohttp")
    told: list[Answered] = []

    def tell(answered: Answered) -> None:
        told.append(answered)
        if answered.status == 404:
            raise RuntimeError("a secret of theirs")

    async with serving(witness_at(place / "heads.json"), tell=tell) as url:
        server = Asked(url, told)
        await server.raw(posted(b"a secret of theirs"))
        await server.raw(b"a secret method\x00 / HTTP/1.1\r\n\r\n")
        await server.ask(HOSTILE["unsigned"][0])
        assert (await server.raw(posted(b"", path="/a-secret-of-theirs")))[0] == 500
    assert (caplog.text, *capfd.readouterr()) == ("", "", "")
    assert told == [Answered(400), Answered(403), Answered(404)]


async def test_a_memory_that_fails_signs_nothing_and_is_named(place: Path) -> None:
    told: list[Answered] = []
    async with serving(witness_at(place / "absent" / "heads.json"), tell=told.append) as url:
        status, _, body = await Asked(url, told).raw(posted(request(0, 5).serialise()))
        assert (status, body) == (500, b"sync.memory\n")
        with pytest.raises(Unavailable) as caught:
            await Asked(url, told).ask(request(0, 5))
        assert caught.value.values["status"] == 500
        (place / "absent").mkdir()
        assert (await Asked(url, told).ask(request(0, 5))).status == 200
    assert [each.status for each in told] == [500, 500, 200]


async def test_a_request_that_is_being_judged_is_answered_before_the_server_ends(place: Path) -> None:
    begun, go = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    class Waiting(FileMemory):
        def save(self, data: bytes) -> None:
            loop.call_soon_threadsafe(begun.set)
            asyncio.run_coroutine_threadsafe(go.wait(), loop).result()
            super().save(data)

    one = Witness("w.example", witness_seed(0), {ORIGIN: (log_key(),)}, Waiting(place / "heads.json"), lambda: NOW)
    holds = AsyncExitStack()
    url = await holds.enter_async_context(serving(one))
    asking = asyncio.create_task(Asked(url, []).ask(request(0, 5)))
    await begun.wait()
    ending = asyncio.create_task(holds.aclose())
    loop.call_soon(go.set)
    assert (await asking).status == 200
    await ending
    with pytest.raises(Unavailable):
        await Asked(url, []).ask(request(5, 5))


async def test_requests_at_once_are_judged_one_after_another(server: Asked, place: Path) -> None:
    answers = await asyncio.gather(*(server.ask(request(0, size)) for size in range(1, 9)))
    assert sorted(each.status for each in answers) == [200, *[409] * 7]
    size = State.parse((place / "heads.json").read_bytes()).heads[ORIGIN].size
    assert answers[size - 1].status == 200


@pytest.mark.parametrize(("host", "why"), [
    ("127.0.0.1", os.strerror(errno.EADDRINUSE)), ("203.0.113.5", os.strerror(errno.EADDRNOTAVAIL)),
    ("", os.strerror(errno.EADDRNOTAVAIL)), ("a..b", "no machine has such a name"),
])  # fmt: skip
async def test_where_it_cannot_listen_is_named(server: Asked, place: Path, host: str, why: str) -> None:
    port = urlsplit(server.url).port or 0
    with pytest.raises(Unavailable) as caught:
        await serving(witness_at(place / "other.json"), host=host, port=port).__aenter__()
    assert (caught.value.code, caught.value.values) == (
        "sync.witness-address", {"host": host, "port": port, "why": why}
    )  # fmt: skip


async def test_it_listens_where_it_is_told(place: Path) -> None:
    port = free_port()
    async with serving(witness_at(place / "heads.json"), port=port) as url:
        assert url == f"http://127.0.0.1:{port}"
    async with serving(witness_at(place / "heads.json"), host="::1") as url:
        assert (await Asked(url, []).ask(request(0, 5))).status == 200


class Outside:
    """The desk of a story whose two witnesses run behind HTTP, each with a memory of its own that survives its server."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.table = Table.at(place / "desk")
        self.told: list[Answered] = []
        self.servers = [AsyncExitStack(), AsyncExitStack()]

    async def start(self, at: int, port: int = 0, memory: str = "") -> str:
        stage = self.table.stage
        path = self.place / (memory or f"witness-{at}.json")
        logs = {stage.quorum.origin: (stage.quorum.log,)}
        one = Witness(
            f"witness-{at + 1}.example", bytes([at + 1]) * 32, logs, FileMemory(path), lambda: stage.clock.seconds
        )
        return await self.servers[at].enter_async_context(serving(one, port=port, tell=self.told.append))

    async def price(self, hand: Sequencer, amount: str) -> int:
        asset = self.table.stage.outside.token()
        draft = self.table.desk.scribe.draft("price.published", {"asset": asset, "price": amount, "source": "test"})
        return (await hand.submit(await signed_draft(draft, [self.table.desk.author]))).index

    async def aclose(self) -> None:
        for each in self.servers:
            await each.aclose()
        self.table.stage.holds.close()


@pytest.fixture
async def outside(place: Path) -> AsyncIterator[Outside]:
    (place / "desk").mkdir()
    found = Outside(place)
    yield found
    await found.aclose()


async def test_a_desk_publishes_under_outside_witnesses_loses_one_and_catches_up(outside: Outside) -> None:
    stage = outside.table.stage
    urls = [await outside.start(at) for at in (0, 1)]
    stage.watchers = [Watcher(key, HttpWitness(url)) for key, url in zip(stage.quorum.witnesses, urls, strict=True)]
    await outside.table.until("step-found")
    hand = outside.table.desk.sequencer
    before = SignedCheckpoint.parse(hand.checkpoint())
    stage.quorum.verify(before, Fresh(stage.clock.seconds))
    assert {each.status for each in outside.told} == {200}

    await outside.servers[1].aclose()
    with pytest.raises(Unavailable) as none:
        await outside.price(hand, "1.01")
    assert none.value.code == "desk.no-quorum"
    assert SignedCheckpoint.parse(hand.checkpoint()) == before

    await outside.start(1, port=urlsplit(urls[1]).port or 0)
    await outside.price(hand, "1.02")
    after = stage.quorum.verify(SignedCheckpoint.parse(hand.checkpoint()), Fresh(stage.clock.seconds))
    assert after.checkpoint.size == before.checkpoint.size + 2

    outside.told.clear()
    restarted = stage.sequencer(stage.store)  # it does not know any more what its witnesses remember
    await restarted.open()
    assert sorted(each.status for each in outside.told) == [200, 200, 409, 409]
    await outside.price(restarted, "1.03")
    assert [each.status for each in outside.told[4:]] == [200, 200]
