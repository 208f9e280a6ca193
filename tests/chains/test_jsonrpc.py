"""The JSON-RPC client: what it says when a node is absent, closed to us, talks nonsense or too much."""

import asyncio
from decimal import Decimal

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from countersign.chains.jsonrpc import JsonRpc, RpcError
from countersign.errors import CountersignError, Malformed, Unavailable
from support.ethereum_node import free_port
from support.rpc_server import RpcFailure, serving


async def refused(rpc: JsonRpc, method: str = "ask") -> CountersignError:
    with pytest.raises(Unavailable) as caught:
        await rpc.call(method)
    return caught.value


async def test_a_result_comes_back_and_parameters_go_out() -> None:
    async with serving({"ask": lambda *given: list(given)}) as server:
        assert await JsonRpc(server.url).call("ask", 1, "two", {"three": None}) == [1, "two", {"three": None}]


async def test_money_is_decimal_never_a_float() -> None:
    async with serving({"ask": web.Response(text='{"result": [0.1, 21000000.00000001, 1e-8]}')}) as server:
        found = await JsonRpc(server.url).call("ask")
    assert found == [Decimal("0.1"), Decimal("21000000.00000001"), Decimal("1e-8")]
    assert not any(isinstance(one, float) for one in found)


async def test_a_null_result_is_a_result() -> None:
    async with serving({"ask": None}) as server:
        assert await JsonRpc(server.url).call("ask") is None


async def test_nobody_listens() -> None:
    error = await refused(JsonRpc(f"http://127.0.0.1:{free_port()}"))
    assert error.code == "chains.unreachable"
    assert error.values["why"] == "nothing listens there"


@pytest.mark.parametrize("status", [401, 403])
async def test_not_authorised(status: int) -> None:
    async with serving({"ask": lambda: web.Response(status=status)}) as server:
        error = await refused(JsonRpc(server.url, lambda: ("someone", "s3cret")))
    assert error.code == "chains.not-authorised"
    assert "s3cret" not in str(error)


@pytest.mark.parametrize(
    "text",
    ["", "<html>", "[]", "3", "{}", '{"result": NaN}', '{"result": Infinity}', "[" * 100_000, '{"result": "\udcff"}'],
)
async def test_what_answers_is_no_node(text: str) -> None:
    body = text.encode("utf-8", "surrogateescape")
    async with serving({"ask": lambda: web.Response(status=200, body=body)}) as server:
        error = await refused(JsonRpc(server.url))
    assert (error.code, error.values["status"]) == ("chains.not-rpc", 200)


@pytest.mark.parametrize("coding", ["utf-16", "utf-16-le", "utf-32"])
async def test_depth_does_not_hide_behind_another_coding(coding: str) -> None:
    """json guesses UTF-16 and UTF-32, whose bytes can look like an open string to whoever counts brackets."""
    body = ('["\u2200",' + "[" * 100_000).encode(coding)
    async with serving({"ask": lambda: web.Response(status=200, body=body)}) as server:
        error = await refused(JsonRpc(server.url))
    assert error.code == "chains.not-rpc"


@pytest.mark.parametrize("number", ["1e99999999999999999999", "1e999999", "-1e-999999", "1." + "0" * 400])
async def test_a_number_that_nobody_means_is_no_answer(number: str) -> None:
    async with serving({"ask": web.Response(text=f'{{"result": {number}}}')}) as server:
        error = await refused(JsonRpc(server.url))
    assert error.code == "chains.not-rpc"


async def test_a_redirect_is_not_followed() -> None:
    async with serving(
        {"ask": lambda: web.Response(status=307, headers={"Location": "http://127.0.0.1:1/"})}
    ) as server:
        error = await refused(JsonRpc(server.url))
        assert len(server.asked) == 1
    assert (error.code, error.values["status"]) == ("chains.not-rpc", 307)


async def test_an_answer_that_is_too_large_is_not_read_to_its_end() -> None:
    async with serving({"ask": "x" * 5000}) as server:
        error = await refused(JsonRpc(server.url, max_answer=4999))
        assert error.code == "chains.answer-too-large"
        assert len(await JsonRpc(server.url, max_answer=6000).call("ask")) == 5000


async def test_a_large_answer_without_a_length_is_not_read_either() -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(100):
            await response.write(b"x" * 1000)
        return response

    application = web.Application()
    application.router.add_post("/", endless)
    async with TestServer(application) as running:
        error = await refused(JsonRpc(str(running.make_url("/")), max_answer=10_000))
    assert error.code == "chains.answer-too-large"


async def test_a_silent_node_ends_at_the_deadline() -> None:
    async def silent(_: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        return web.Response()

    application = web.Application()
    application.router.add_post("/", silent)
    async with TestServer(application) as running:
        error = await refused(JsonRpc(str(running.make_url("/")), timeout_seconds=0.05))
    assert error.code == "chains.unreachable"
    assert error.values["why"] == "it was silent for too long"


async def test_the_nodes_own_error_keeps_its_number_and_words() -> None:
    async with serving({"ask": RpcFailure(-25, "bad-txns-inputs-missingorspent", "0x08")}) as server:
        with pytest.raises(RpcError) as caught:
            await JsonRpc(server.url).call("ask")
    assert (caught.value.number, caught.value.message, caught.value.data) == (
        -25,
        "bad-txns-inputs-missingorspent",
        "0x08",
    )


@pytest.mark.parametrize("failure", ['"no"', '{"code": "x"}', "[1]"])
async def test_an_error_of_odd_form_is_still_an_error(failure: str) -> None:
    async with serving({"ask": web.Response(text=f'{{"error": {failure}}}')}) as server:
        with pytest.raises(RpcError) as caught:
            await JsonRpc(server.url).call("ask")
    assert caught.value.number == 0


async def test_a_long_error_is_cut() -> None:
    async with serving({"ask": RpcFailure(-1, "x" * 5000)}) as server:
        with pytest.raises(RpcError) as caught:
            await JsonRpc(server.url).call("ask")
    assert caught.value.message == "x" * 200


async def test_credentials_are_asked_anew_and_ride_in_the_header_only() -> None:
    given = iter((("one", "first"), ("one", "second")))
    async with serving({"ask": True}) as server:
        rpc = JsonRpc(server.url, lambda: next(given))
        await rpc.call("ask")
        await rpc.call("ask")
        headers = [authorization for _, _, authorization in server.asked]
    assert len(set(headers)) == 2
    assert all(header and header.startswith("Basic ") for header in headers)
    assert "first" not in repr(rpc)


@pytest.mark.parametrize(
    "url", ["http://user:word@127.0.0.1:8332", "http://user@host", "ftp://host", "127.0.0.1:8332", ""]
)
def test_a_url_holds_no_secret(url: str) -> None:
    with pytest.raises(Malformed) as caught:
        JsonRpc(url)
    assert caught.value.code == "chains.url"
    assert "word" not in str(caught.value)
