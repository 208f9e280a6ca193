"""`openat2(2)`: open a name below a directory, and let the kernel refuse every way out of it.

Implements what T2 of CHECKS.md asks of an open; Linux 5.6 and later, reached through libc's `syscall` because Python
has no name for it.

- RESOLVE_BENEATH: no `..`, no absolute path, no link may lead out. RESOLVE_NO_XDEV: no other mount.
  RESOLVE_NO_SYMLINKS: no link at all.
- `open_beneath` returns None where the kernel (or a sandbox) has no openat2; the caller then does what it can with
  O_NOFOLLOW and says so.

    descriptor = open_beneath(folder, "request.countersign")
"""

import ctypes
import errno
import os
import struct
from typing import Final

_OPENAT2: Final = 437  # the same number on every architecture
_NO_XDEV, _NO_SYMLINKS, _BENEATH = 0x01, 0x04, 0x08
FLAGS: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_ABSENT: Final = frozenset((errno.ENOSYS, errno.EPERM, errno.EINVAL, errno.E2BIG))


def open_beneath(folder: int, name: str) -> int | None:
    """A read-only descriptor of `name` in the directory descriptor `folder`, or None where openat2 is not to be had.
    OSError as open(2), with ELOOP for a link and EXDEV for a way out."""
    how = struct.pack("=QQQ", FLAGS, 0, _NO_XDEV | _NO_SYMLINKS | _BENEATH)
    libc = ctypes.CDLL(None, use_errno=True)
    found: int = libc.syscall(
        ctypes.c_long(_OPENAT2), ctypes.c_int(folder), os.fsencode(name), how, ctypes.c_size_t(len(how))
    )
    if found >= 0:
        return found
    number = ctypes.get_errno()
    if number in _ABSENT:
        return None
    raise OSError(number, os.strerror(number), name)
