"""A witness outside this process, asked over HTTP: the desk's port `Witness` over `POST <prefix>/add-checkpoint`.

c2sp.org/tlog-witness, the sender's side. Whom to believe is not decided here: the caller verifies the cosignature.

- One request, one answer, one deadline for the whole of it; no redirect is followed, no cookie kept, no proxy taken from
  the environment, and no more of an answer is read than signature lines can need.
- A status that the document names passes through with its body. A 409 must say its size as `text/x.tlog.size`.
- Silence is Unavailable("sync.witness-silent"), anything else Unavailable("sync.witness-odd"): the desk then goes on
  without this witness.

    >>> HttpWitness("https://witness.example/desk")
    HttpWitness(https://witness.example/desk)
"""

import aiohttp

from countersign.audit.witness import SIZE_TYPE
from countersign.errors import Unavailable
from countersign.sync.witness_wire import call_url, read_at_most

SECONDS = 10.0
MAX_ANSWER = 64 * 1024
ANSWERS = (200, 400, 403, 404, 409, 422)
_HEADERS = {"Accept-Encoding": "identity", "Content-Type": "application/octet-stream"}


class HttpWitness:
    """The witness at a submission prefix. `seconds`: for one whole request and its answer.

    Malformed("sync.witness-url"), Refused("sync.witness-plain-http"): see `witness_wire.call_url`.
    """

    def __init__(self, url: str, seconds: float = SECONDS) -> None:
        self._call = call_url(url)
        self._url = url
        self._timeout = aiohttp.ClientTimeout(total=seconds)

    def __repr__(self) -> str:
        return f"HttpWitness({self._url})"

    async def add_checkpoint(self, request: bytes) -> tuple[int, bytes]:
        """Status and body of its answer. Unavailable("sync.witness-silent", "sync.witness-odd")."""
        try:
            async with (
                aiohttp.ClientSession(timeout=self._timeout, auto_decompress=False) as session,
                session.post(self._call, data=request, headers=_HEADERS, allow_redirects=False) as response,
            ):
                self._require_answer(response)
                body = await read_at_most(response.content, MAX_ANSWER)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unavailable("sync.witness-silent", url=self._url, why=_why(error)) from None
        if body is None:
            raise Unavailable("sync.witness-odd", url=self._url, status=response.status)
        return response.status, body

    def _require_answer(self, response: aiohttp.ClientResponse) -> None:
        """An answer of the document, by its status and, where a size must follow, by its type."""
        sized = response.status != 409 or response.content_type == SIZE_TYPE
        if response.status not in ANSWERS or not sized:
            raise Unavailable("sync.witness-odd", url=self._url, status=response.status)


def _why(error: Exception) -> str:
    """Why there is no answer, in words that name no more than the kind of failure."""
    if isinstance(error, TimeoutError):
        return "no whole answer in time"
    if isinstance(error, aiohttp.ClientSSLError):
        return "no secure connection came about"
    if isinstance(error, aiohttp.ClientConnectorError | OSError):
        return "it cannot be reached"
    return "it broke the connection off, or does not speak HTTP"
