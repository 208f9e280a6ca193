"""Artefacts: bytes known by their SHA-256 (PSBTs, SafeTx, legal text, award documents, answers given).

- The hash is computed when they come and again when they go: bytes that changed in between are refused, never handed
  out.
- They only grow; the same bytes again are nothing new. The journal names each, so that a lost one is seen at open.
"""

import hashlib

from countersign.errors import Refused, Unavailable
from countersign.store.chain import Chain
from countersign.store.database import Database


class Artefacts:
    """The artefacts in one store. Satisfies `desk.ports.Artefacts`."""

    def __init__(self, database: Database, chain: Chain) -> None:
        self._database = database
        self._chain = chain

    def put(self, data: bytes) -> bytes:
        """Keeps `data`, durably; returns its 32-byte SHA-256."""
        digest = hashlib.sha256(data).digest()
        with self._database.transaction():
            if not self.has(digest):
                self._database.execute("INSERT INTO artefact (sha256, data) VALUES (?, ?)", (digest, data))
                self._chain.append("artefact", digest)
        return digest

    def has(self, digest: bytes) -> bool:
        """Whether the bytes of this SHA-256 are here."""
        return bool(self._database.execute("SELECT 1 FROM artefact WHERE sha256 = ?", (digest,)))

    def get(self, digest: bytes) -> bytes:
        """The bytes of a SHA-256. Raises `Unavailable("store.no-artefact")`, `Refused("store.artefact-altered")`."""
        rows = self._database.execute("SELECT data FROM artefact WHERE sha256 = ?", (digest,))
        if not rows:
            raise Unavailable("store.no-artefact", sha256=digest.hex())
        data = bytes(rows[0][0])
        if hashlib.sha256(data).digest() != digest:
            raise Refused("store.artefact-altered", sha256=digest.hex())
        return data

    def digests(self) -> tuple[bytes, ...]:
        """The SHA-256 of everything held, in the order of arrival."""
        return tuple(bytes(row[0]) for row in self._database.execute("SELECT sha256 FROM artefact ORDER BY number"))
