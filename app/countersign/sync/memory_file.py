"""A witness's memory as one file, replaced whole and durable when `save` returns.

The port is `sync.witness.Memory`; what stands in the file is in docs/formats/witness.md.

- Written beside, fsynced, renamed over, and the folder fsynced: after a crash the file is the old one or the new one.
- Readable by its owner only. A path that cannot be read or written is Unavailable(sync.memory).
- An absent file means that nothing was ever remembered; it is not made by looking. Where the witness's maker made one
  (`begun`), its absence is a loss, and Refused(sync.memory-lost): a witness that began anew could cosign a second history.

    memory = FileMemory(Path("witness-1.json"))
    memory.save(b"…")
"""

import os
from pathlib import Path

from countersign.errors import Refused, Unavailable

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC


class FileMemory:
    """The memory at `path`; its folder exists, and the file too if it was `begun` with the witness."""

    def __init__(self, path: Path, *, begun: bool = False) -> None:
        self._path = path
        self._begun = begun

    def load(self) -> bytes | None:
        """The bytes saved last, or None if there never were any. Unavailable(sync.memory), Refused(sync.memory-lost)."""
        try:
            return self._path.read_bytes()
        except FileNotFoundError:
            if self._begun:
                raise Refused("sync.memory-lost") from None
            return None
        except OSError as reason:
            raise Unavailable("sync.memory", why=reason.strerror or "") from reason

    def save(self, data: bytes) -> None:
        """Replace them, durably. Unavailable(sync.memory); the old bytes then still stand."""
        beside = self._path.with_name(self._path.name + ".new")
        try:
            with os.fdopen(os.open(beside, _FLAGS, 0o600), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(beside, self._path)
            folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as reason:
            raise Unavailable("sync.memory", why=reason.strerror or "") from reason
