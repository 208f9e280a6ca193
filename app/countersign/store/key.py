"""The store's key: 32 random bytes that open the database and from which the journal's MAC key is derived.

- The bytes never appear in a repr, a log, a traceback or a file in the clear (an auditor's profile excepted, which
  holds no secret).
- Each use has its own derived key: HMAC-SHA256(key, label). `check` is a public value that tells a wrong key from a
  damaged file.
"""

import hashlib
import hmac

from countersign.errors import Malformed


class StoreKey:
    """32 bytes, hidden."""

    __slots__ = ("_raw",)

    def __init__(self, raw: bytes) -> None:
        if len(raw) != 32:
            raise Malformed("store.key-length", length=len(raw))
        self._raw = bytes(raw)

    def __repr__(self) -> str:
        return "StoreKey(hidden)"

    def __reduce__(self) -> str:
        raise TypeError("a store key is not pickled")

    @property
    def raw(self) -> bytes:
        """The 32 bytes, for wrapping and for the database alone."""
        return self._raw

    @property
    def journal(self) -> bytes:
        """32 bytes: the key of the journal's chain."""
        return self._derive(b"countersign/store/journal/v1")

    @property
    def check(self) -> str:
        """32 hex digits that name this key without telling it."""
        return self._derive(b"countersign/store/key-check/v1")[:16].hex()

    def _derive(self, label: bytes) -> bytes:
        return hmac.new(self._raw, label, hashlib.sha256).digest()
