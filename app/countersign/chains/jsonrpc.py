"""A small JSON-RPC 2.0 client over HTTP: what the Bitcoin and Ethereum adapters share.

- One request, one answer, one deadline; no redirects, and never more of an answer than `MAX_ANSWER` is read.
- An unreachable node is Unavailable `chains.unreachable`; an answer that is no JSON-RPC `chains.not-rpc`; an error that
  the node itself reports is an `RpcError`, which the adapter names: it never leaves this room.
- Credentials ride in the Authorization header only: never in a URL, a log or an error.
- Numbers with a fraction come back as Decimal, NaN and Infinity not at all: no float exists for money.

    >>> JsonRpc("http://127.0.0.1:8545")
    JsonRpc(http://127.0.0.1:8545)
"""

import base64
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from countersign.errors import Malformed, Unavailable
from countersign.formats.strict_json import nesting

Credentials = Callable[[], tuple[str, str]]
MAX_ANSWER = 64 << 20
MAX_NESTING = 64
LONGEST_REASON = 200
LONGEST_NUMBER, LONGEST_POWER = 400, 4
NOT_AUTHORISED = (401, 403)


class RpcError(Exception):
    """The node answered with an error of its own: its number and its words (at most 200 characters of them)."""

    def __init__(self, number: int, message: str, data: object = None) -> None:
        super().__init__(message)
        self.number = number
        self.message = message
        self.data = data


_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (TimeoutError, "it was silent for too long"),
    (aiohttp.ClientConnectorDNSError, "its name leads to no machine"),
    (aiohttp.ClientSSLError, "no secure connection came about"),
    (aiohttp.ServerDisconnectedError, "it closed the connection"),
)
"""Why there is no answer, in words, the more special first."""


def _why(error: Exception) -> str:
    for kind, words in _REASONS:
        if isinstance(error, kind):
            return words
    if isinstance(error, ConnectionRefusedError) or isinstance(
        getattr(error, "os_error", None), ConnectionRefusedError
    ):
        return "nothing listens there"
    return (error.strerror if isinstance(error, OSError) else None) or "the connection failed"


class JsonRpc:
    """One endpoint. `credentials` is asked anew for each call (a cookie file changes when the node restarts).

    Malformed `chains.url` unless the URL is plain http or https without a name or password in it.
    """

    def __init__(
        self,
        url: str,
        credentials: Credentials | None = None,
        timeout_seconds: float = 30.0,
        max_answer: int = MAX_ANSWER,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
            raise Malformed("chains.url")
        self._url = url
        self._credentials = credentials
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds)
        self._max_answer = max_answer

    def __repr__(self) -> str:
        return f"JsonRpc({self._url})"

    async def call(self, method: str, *params: object, timeout_seconds: float | None = None) -> Any:
        """The `result` of one call; `timeout_seconds` for one that may take longer than the others.

        RpcError; Unavailable `chains.unreachable`, `.not-authorised`, `.not-rpc`, `.answer-too-large`.
        """
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)}
        headers = {"Authorization": _basic(*self._credentials())} if self._credentials else None
        timeout = self._timeout if timeout_seconds is None else aiohttp.ClientTimeout(total=timeout_seconds)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(self._url, json=body, headers=headers, allow_redirects=False) as response,
            ):
                if response.status in NOT_AUTHORISED:
                    raise Unavailable("chains.not-authorised", url=self._url)
                data, status = await self._read(response), response.status
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unavailable("chains.unreachable", url=self._url, why=_why(error)) from None
        return self._result(data, status)

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        data = bytearray()
        async for chunk in response.content.iter_chunked(1 << 16):
            data += chunk
            if len(data) > self._max_answer:
                raise Unavailable("chains.answer-too-large", url=self._url)
        return bytes(data)

    def _result(self, data: bytes, status: int) -> Any:
        answer = _parsed(data)
        if not isinstance(answer, dict) or not answer.keys() & {"result", "error"}:
            raise Unavailable("chains.not-rpc", url=self._url, status=status)
        failed = answer.get("error")
        if failed is None:
            return answer.get("result")
        told = failed if isinstance(failed, dict) else {}
        number = told.get("code")
        raise RpcError(
            number if isinstance(number, int) else 0, str(told.get("message", ""))[:LONGEST_REASON], told.get("data")
        )


def _parsed(data: bytes) -> object:
    """The JSON value, None if it is none. Depth is looked at first: json recurses as deep as it is told.

    UTF-8 only: json would also guess UTF-16 and UTF-32, whose bytes hide brackets from whoever counts them.
    """
    if nesting(data) > MAX_NESTING:
        return None
    try:
        return json.loads(data.decode("utf-8"), parse_float=_decimal, parse_constant=_no_number)
    except ValueError:
        return None


def _decimal(text: str) -> Decimal:
    """A number with a fraction or an exponent, exactly; no power of ten that nobody means."""
    power = text.lower().partition("e")[2]
    if len(text) > LONGEST_NUMBER or len(power) > LONGEST_POWER:
        raise ValueError(text[:LONGEST_NUMBER])
    return Decimal(text)


def _basic(user: str, password: str) -> str:
    """RFC 7617."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def _no_number(text: str) -> object:
    raise ValueError(text)
