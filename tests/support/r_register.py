"""The part of a journal that a vault's test is signed through, in memory: `store.signing` passes the same tests."""

from collections.abc import Collection
from typing import cast

from countersign.desk.ports import Journal
from countersign.desk.records import Share
from countersign.errors import Refused


class RRegister:
    """Which r was used by which registered key over which digest."""

    def __init__(self) -> None:
        self._digests: dict[tuple[bytes, bytes], bytes] = {}
        self._stopped: set[bytes] = set()
        self._frozen: bytes | None = None

    def freeze_signing(self, origin: str, evidence: bytes) -> None:
        """As the journal."""
        self._frozen = evidence

    def require_may_sign(self, keys: Collection[bytes]) -> None:
        """As the journal."""
        if self._frozen is not None:
            raise Refused("L4.signing-frozen", evidence=self._frozen.hex())
        for key in keys:
            if key in self._stopped:
                raise Refused("H8.key-stopped", key=key.hex())

    def register(self, shares: tuple[Share, ...]) -> None:
        """As the journal."""
        for each in shares:
            key = each.root or each.key
            if self._digests.setdefault((key, each.signature[:32]), each.digest) != each.digest:
                self._stopped.add(key)
                raise Refused("H8.repeated-r", key=key.hex())


def journal() -> Journal:
    """A fresh one, for what asks for a journal and uses no more of it."""
    return cast(Journal, RRegister())
