"""What a process gives up, for good, before it looks at a stranger's picture or document.

Implements T5 of CHECKS.md: no network, no files.

- No new file descriptor of any kind can be had (RLIMIT_NOFILE 0): no file opened, no socket made, no library loaded.
- No byte written to a file (RLIMIT_FSIZE 0), no core dump, no more than `memory` bytes of data (RLIMIT_DATA), no more addresses
  than were mapped already and that much again (RLIMIT_AS: a library may have reserved addresses that it never fills).
- No privilege may be gained later (PR_SET_NO_NEW_PRIVS), and the process cannot be dumped or traced by its peers
  (PR_SET_DUMPABLE 0). An empty network namespace besides, where the kernel allows one.
- A list of the few system calls that computing needs, where the kernel filters (`seccomp`): all others answer EPERM. What needs
  no descriptor is shut as well: no program started, no file removed or renamed, no signal sent, no memory made executable.
- Soft and hard limits are lowered together. A process with CAP_SYS_RESOURCE could raise them again: running as an
  ordinary user is part of the protection, and the list of calls has none that would.

    confine()   # after every import, before the first frame
"""

import ctypes
import errno
import os
import resource
from pathlib import Path
from typing import Final

from countersign.couriers import seccomp

MEMORY: Final = 1 << 30
_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PROT_EXEC = 0x4

# x86-64, aarch64: nothing here takes a path, makes a descriptor or reaches another process.
_ALLOWED: Final[dict[str, tuple[int, int]]] = {
    "read": (0, 63),
    "write": (1, 64),
    "close": (3, 57),
    "fstat": (5, 80),
    "lseek": (8, 62),
    "munmap": (11, 215),
    "brk": (12, 214),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "setitimer": (38, 103),
    "getpid": (39, 172),
    "exit": (60, 93),
    "gettimeofday": (96, 169),
    "getrusage": (98, 165),
    "sigaltstack": (131, 132),
    "gettid": (186, 178),
    "futex": (202, 98),
    "restart_syscall": (219, 128),
    "clock_gettime": (228, 113),
    "exit_group": (231, 94),
    "getrandom": (318, 278),
    "rseq": (334, 293),
}
_MAPPING: Final = ((9, 222), (10, 226))  # mmap, mprotect: allowed unless they make memory executable


def confine(memory: int = MEMORY) -> None:
    """Give up network, files, more than `memory` bytes, other programs and privileges. There is no way back."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)  # an extra wall; the limits below hold without it
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    for limit, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_AS, _mapped() + memory),
        (resource.RLIMIT_NOFILE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    machine = seccomp.known()
    if machine is not None:
        seccomp.install(machine, _program(machine))


def _mapped() -> int:
    """Bytes of addresses that this process has now (proc(5), statm)."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")


def _program(machine: seccomp.Machine) -> list[seccomp.Line]:
    """Calls of the list are allowed, mmap and mprotect without PROT_EXEC, all else answers EPERM."""
    column = 0 if machine is seccomp.MACHINES["x86_64"] else 1
    calls = [numbers[column] for numbers in _ALLOWED.values()]
    mapping = [numbers[column] for numbers in _MAPPING]
    end = len(mapping) + len(calls)
    wanted = [(seccomp.EQUAL, end - place, 0, number) for place, number in enumerate(mapping)]
    allowed = [(seccomp.EQUAL, end + 2 - place, 0, number) for place, number in enumerate(calls, start=len(mapping))]
    return [
        *seccomp.preamble(machine),
        *wanted,
        *allowed,
        (seccomp.RETURN, 0, 0, seccomp.REFUSE | errno.EPERM),
        (seccomp.LOAD, 0, 0, seccomp.ARGUMENTS + 2 * 8),  # the third argument, its low half
        (seccomp.ANY_BIT, 1, 0, _PROT_EXEC),
        (seccomp.RETURN, 0, 0, seccomp.ALLOW),
        (seccomp.RETURN, 0, 0, seccomp.REFUSE | errno.EPERM),
    ]
