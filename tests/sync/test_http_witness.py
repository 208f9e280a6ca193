"""Asking a witness over HTTP: what passes through, and what becomes of silence, redirects, nonsense and too much."""

import pytest

from countersign.errors import CountersignError, Malformed, Refused, Unavailable
from countersign.sync.http_witness import MAX_ANSWER, HttpWitness
from countersign.sync.witness_wire import call_url
from support.ethereum_node import free_port
from support.raw_server import answering

SECONDS = 20.0


def http(status: str, body: bytes = b"", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


async def refused(answer: bytes, *, hold: bool = False, seconds: float = SECONDS) -> CountersignError:
    async with answering(answer, hold=hold) as server:
        with pytest.raises(Unavailable) as caught:
            await HttpWitness(server.url, seconds).add_checkpoint(b"old 0\n")
        assert len(server.asked) == 1
    return caught.value


@pytest.mark.parametrize("status", [200, 400, 403, 404, 422])
async def test_a_status_of_the_document_passes_through_with_its_body(status: int) -> None:
    async with answering(http(f"{status} X", b"as it came\n")) as server:
        assert await HttpWitness(server.url).add_checkpoint(b"old 0\n\nhead") == (status, b"as it came\n")
    head, _, body = server.asked[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /add-checkpoint HTTP/1.1\r\n")
    assert body == b"old 0\n\nhead"


async def test_a_conflict_must_say_its_size_as_a_size() -> None:
    async with answering(http("409 Conflict", b"12\n", "Content-Type: text/x.tlog.size")) as server:
        assert await HttpWitness(server.url).add_checkpoint(b"") == (409, b"12\n")
    error = await refused(http("409 Conflict", b"12\n", "Content-Type: text/plain"))
    assert (error.code, error.values["status"]) == ("sync.witness-odd", 409)


@pytest.mark.parametrize("status", ["201 Created", "204 No Content", "429 Slow", "500 Oh", "503 Later"])
async def test_another_status_is_no_answer(status: str) -> None:
    error = await refused(http(status))
    assert (error.code, error.values["status"]) == ("sync.witness-odd", int(status[:3]))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(status: int) -> None:
    async with answering(http("200 OK", b"elsewhere")) as elsewhere:
        error = await refused(http(f"{status} X", b"", f"Location: {elsewhere.url}/add-checkpoint"))
        assert elsewhere.asked == []
    assert (error.code, error.values["status"]) == ("sync.witness-odd", status)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"\x15\x03\x03\x00\x02\x02\x46",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=["nothing", "ssh", "tls", "status", "header", "length", "short", "chunk"],
)
async def test_what_does_not_speak_http_is_silent(answer: bytes) -> None:
    assert (await refused(answer)).code == "sync.witness-silent"


async def test_a_compressed_answer_is_handed_on_as_it_is() -> None:
    async with answering(http("200 OK", b"\x1f\x8b\x08", "Content-Encoding: gzip")) as server:
        assert await HttpWitness(server.url).add_checkpoint(b"") == (200, b"\x1f\x8b\x08")
    assert b"Accept-Encoding: identity" in server.asked[0]


async def test_an_answer_is_read_up_to_its_bound_and_no_further() -> None:
    async with answering(http("200 OK", b"x" * MAX_ANSWER)) as server:
        assert await HttpWitness(server.url).add_checkpoint(b"") == (200, b"x" * MAX_ANSWER)
    assert (await refused(http("200 OK", b"x" * (MAX_ANSWER + 1)))).code == "sync.witness-odd"
    endless = b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (MAX_ANSWER + 1)
    assert (await refused(endless, hold=True)).code == "sync.witness-odd"


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"], ids=["none", "half"])
async def test_an_answer_that_does_not_end_ends_at_the_deadline(answer: bytes) -> None:
    error = await refused(answer, hold=True, seconds=0.05)
    assert (error.code, error.values["why"]) == ("sync.witness-silent", "no whole answer in time")


async def test_nobody_listens() -> None:
    with pytest.raises(Unavailable) as caught:
        await HttpWitness(f"http://127.0.0.1:{free_port()}").add_checkpoint(b"")
    assert (caught.value.code, caught.value.values["why"]) == ("sync.witness-silent", "it cannot be reached")


async def test_a_witness_of_plain_http_is_not_asked_in_tls() -> None:
    async with answering(http("200 OK", b"in the open")) as server:
        with pytest.raises(Unavailable) as caught:
            await HttpWitness(server.url.replace("http:", "https:"), 0.5).add_checkpoint(b"")
    assert caught.value.code == "sync.witness-silent"


@pytest.mark.parametrize(
    "prefix",
    [
        "https://witness.example", "https://witness.example/", "https://witness.example:8443/desk/1",
        "https://[2001:db8::7]/w", "https://10.1.2.3", "http://127.0.0.1:8080", "http://127.9.9.9/w", "http://[::1]:7",
    ],
)  # fmt: skip
def test_the_call_lies_below_the_submission_prefix(prefix: str) -> None:
    assert call_url(prefix) == prefix.removesuffix("/") + "/add-checkpoint"


@pytest.mark.parametrize(
    "prefix",
    [
        "", "witness.example", "ftp://witness.example", "https://", "https:///w", "//witness.example", "https://a b/",
        "https://user:word@witness.example", "https://user@witness.example", "https://witness.example?x=1",
        "https://witness.example/#x", "https://witness.example\\@evil.example", "https://witness.example:0",
        "https://witness.example:65536", "https://witness.example:", "https://a..b", "https://-a.example",
        "https://" + "a" * 64 + ".example", "https://" + "a." * 130 + "example", "https://[::1", "https://[1.2.3]/",
        "https://[::g]", "https://witness.example/../w", "https://witness.example/./w", "https://witness.example//w",
        "https://witness.example/%2e", "https://wıtness.example", "https://witness.example/\n", "\nhttps://a.example",
        "HTTPS://witness.example", "https://witness.example/" + "x" * 1_024,
    ],
)  # fmt: skip
def test_other_addresses_are_refused(prefix: str) -> None:
    with pytest.raises(Malformed) as caught:
        HttpWitness(prefix)
    assert (caught.value.code, caught.value.values) == ("sync.witness-url", {})


@pytest.mark.parametrize(
    "host",
    ["witness.example", "localhost", "10.0.0.1", "0.0.0.0", "127.1", "2130706433", "0x7f.0.0.1", "[::]", "[2001:db8::7]"],
)  # fmt: skip
def test_plain_http_never_leaves_this_machine(host: str) -> None:
    with pytest.raises(Refused) as caught:
        HttpWitness(f"http://{host}/w")
    assert caught.value.code == "sync.witness-plain-http"
    HttpWitness(f"https://{host}/w")
