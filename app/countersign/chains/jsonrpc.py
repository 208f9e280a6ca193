"""A small JSON-RPC 2.0 client over HTTP: what the Bitcoin and Ethereum adapters share.

- One request, one answer, one deadline. An unreachable node is `Unavailable("chains.unreachable")`; an answer that is no JSON-RPC is
  `Unavailable("chains.not-rpc")`; an error the node itself reports is an `RpcError` for the caller to name.
- Credentials ride in the Authorization header only; they never reach a URL, a log or an error.
"""

from collections.abc import Callable
from typing import Any

import aiohttp

from countersign.errors import Unavailable

Credentials = Callable[[], tuple[str, str]]
MAX_ANSWER = 64 << 20


class RpcError(Exception):
    """The node answered with an error of its own: its number and its words."""

    def __init__(self, number: int, message: str, data: object = None) -> None:
        super().__init__(message)
        self.number = number
        self.message = message
        self.data = data


class JsonRpc:
    """One endpoint. `credentials` is asked anew for each call (a cookie file changes when the node restarts)."""

    def __init__(self, url: str, credentials: Credentials | None = None, timeout_seconds: float = 30.0) -> None:
        self._url = url
        self._credentials = credentials
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds)

    def __repr__(self) -> str:
        return f"JsonRpc({self._url})"

    async def call(self, method: str, *params: object) -> Any:
        """The `result` of one call. Raises `RpcError`, `Unavailable`."""
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)}
        auth = aiohttp.BasicAuth(*self._credentials()) if self._credentials else None
        try:
            async with (
                aiohttp.ClientSession(timeout=self._timeout) as session,
                session.post(self._url, json=body, auth=auth) as response,
            ):
                if response.status in (401, 403):
                    raise Unavailable("chains.not-authorised", url=self._url)
                answer = await self._json(response)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unavailable("chains.unreachable", url=self._url, why=type(error).__name__) from None
        if answer.get("error") is not None:
            error = answer["error"] if isinstance(answer["error"], dict) else {}
            raise RpcError(int(error.get("code", 0)), str(error.get("message", "")), error.get("data"))
        return answer.get("result")

    async def _json(self, response: aiohttp.ClientResponse) -> dict[str, Any]:
        if (response.content_length or 0) > MAX_ANSWER:
            raise Unavailable("chains.answer-too-large", url=self._url)
        try:
            answer = await response.json(content_type=None)
        except ValueError:
            raise Unavailable("chains.not-rpc", url=self._url, status=response.status) from None
        if not isinstance(answer, dict):
            raise Unavailable("chains.not-rpc", url=self._url, status=response.status)
        return answer
