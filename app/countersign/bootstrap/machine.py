"""This machine's clock and randomness, and people who know a secret."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from countersign.desk.ports import AskSecret


class SystemClock:
    """The machine's clock."""

    def now_ms(self) -> int:
        """Milliseconds since 1970."""
        return time.time_ns() // 1_000_000


class SystemEntropy:
    """The machine's randomness."""

    def random_bytes(self, count: int) -> bytes:
        """Fresh bytes from the kernel."""
        return secrets.token_bytes(count)


CLOCK, ENTROPY = SystemClock(), SystemEntropy()


def answer(secret: str) -> AskSecret:
    """A person who knows one secret."""

    async def ask(_code: str) -> str:
        return secret

    return ask
