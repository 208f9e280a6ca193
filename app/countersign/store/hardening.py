"""Closing the process that holds the store's key: no core dumps, no ptrace by other processes of the same user (S1).

- Done at every open of a profile that holds secrets. It is a property of the whole process and is not undone.
- A process that still has to write its own `/proc/self/uid_map` (an empty network namespace) does so before.
- What the kernel does not grant is said, not hidden: `Hardening` names it, and the caller shows it.
"""

import ctypes
import resource
import sys
from dataclasses import dataclass

PR_GET_DUMPABLE = 3
PR_SET_DUMPABLE = 4


@dataclass(frozen=True, slots=True)
class Hardening:
    """What holds now: `no_core` (no core dump is written), `no_ptrace` (other processes of this user cannot attach)."""

    no_core: bool
    no_ptrace: bool


def harden_process() -> Hardening:
    """Turns core dumps and ptrace off for this process and reads both back."""
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    return hardening()


def hardening() -> Hardening:
    """What holds now, read from the kernel."""
    dumpable = ctypes.CDLL(None).prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) if sys.platform == "linux" else 1
    return Hardening(resource.getrlimit(resource.RLIMIT_CORE)[0] == 0, dumpable == 0)
