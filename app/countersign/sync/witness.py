"""An in-process witness: a key and a remembered head around the pure witness of `audit.witness`.

c2sp.org/tlog-witness without HTTP; DESIGN.md §11 (the demonstration's two witnesses).

- It sees the bytes of tlog-witness requests and nothing else, and answers bytes.
- It has its own key seed and its own memory: a `Memory` port, whose `save` returns only when the bytes are durable.
- It remembers first and answers then; one request at a time, so that two cannot both extend one head.
- It refuses a missing or false consistency proof (422), and everything else that `audit.witness.decide` refuses.

    witness = Witness("witness.example/1", seed, {origin: (log_key,)}, memory, clock)
    status, body = await witness.add_checkpoint(request_bytes)
"""

from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import Protocol

from countersign.audit import note
from countersign.audit.note import COSIGNATURE, Signature, VerifierKey
from countersign.audit.witness import Response, State, decide

Clock = Callable[[], int]


class Memory(Protocol):
    """Where a witness keeps what it must never forget."""

    def load(self) -> bytes | None:
        """The bytes saved last, or None if there never were any."""

    def save(self, data: bytes) -> None:
        """Replace them; returns only when they are durable."""


class Witness:
    """One witness: `name` and a 32-byte Ed25519 `seed`, the logs it follows, its memory, a clock in Unix seconds."""

    def __init__(
        self, name: str, seed: bytes, logs: Mapping[str, Sequence[VerifierKey]], memory: Memory, clock: Clock
    ) -> None:
        self.key = note.verifier_key(seed, name, COSIGNATURE)
        self._seed = seed
        self._logs = dict(logs)
        self._memory = memory
        self._clock = clock
        self._lock = Lock()

    def __repr__(self) -> str:
        return f"Witness({self.key})"

    async def add_checkpoint(self, request: bytes) -> tuple[int, bytes]:
        """Status and body of the answer to one add-checkpoint request body: what the desk's port asks for."""
        response = self.answer(request)
        return response.status, response.body

    def answer(self, request: bytes) -> Response:
        """The answer to one add-checkpoint request body. What `Memory` raises passes through, with no answer."""
        with self._lock:
            stored = self._memory.load()
            before = State.parse(stored) if stored is not None else State({})
            response, after = decide(before, request, self._logs, self._clock(), self._cosign)
            if after != before:
                self._memory.save(after.serialise())
            return response

    def _cosign(self, text: str, time: int) -> Signature:
        return note.cosign(self._seed, self.key.name, text, time)
