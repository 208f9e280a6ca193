"""One console a store: an flock on `lock` in the profile, held while the profile is open.

- The kernel releases it when the process ends, however it ends; the file stays and means nothing by itself.
- A second console is refused by name (`S1.second-console`) before it has touched anything else.
"""

import fcntl
import os
from pathlib import Path

from countersign.errors import Conflict
from countersign.store.durable import disk


class ConsoleLock:
    """The lock of one profile directory. Raises `Conflict("S1.second-console")`."""

    def __init__(self, directory: Path) -> None:
        with disk("lock"):
            self._handle = os.open(directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            try:
                fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                os.close(self._handle)
                raise Conflict("S1.second-console", profile=directory.name) from error

    def release(self) -> None:
        """Gives the profile back; a second call does nothing."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
