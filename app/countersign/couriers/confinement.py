"""What a process gives up, for good, before it looks at a stranger's picture.

Implements T5 of CHECKS.md: no network, no files.

- No new file descriptor of any kind can be had (RLIMIT_NOFILE 0): no file opened, no socket made, no library loaded.
- No byte written to a file (RLIMIT_FSIZE 0), no core dump, no more memory than `MEMORY`.
- No privilege may be gained later (PR_SET_NO_NEW_PRIVS), and the process cannot be dumped or traced by its peers
  (PR_SET_DUMPABLE 0). An empty network namespace besides, where the kernel allows one.
- Soft and hard limits are lowered together. A process with CAP_SYS_RESOURCE could raise them again: running as an
  ordinary user is part of the protection.

    confine()   # after every import, before the first frame
"""

import ctypes
import resource
from typing import Final

MEMORY: Final = 1 << 30
_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000


def confine() -> None:
    """Give up network, files, memory beyond `MEMORY` and privileges. There is no way back."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)  # an extra wall; the limits below hold without it
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    for limit, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_NOFILE, 0),
    ):
        resource.setrlimit(limit, (most, most))
