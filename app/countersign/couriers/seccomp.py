"""Filters of system calls: short programs that the kernel runs before each call of this process (Linux, x86-64 and aarch64).

Implements what `isolation` and `confinement` ask of seccomp(2); a program is a list of lines of classic BPF.

- A call through a foreign table (32-bit, x32) ends the process: a filter over one table must not be walked around by another.
- A refused call answers an error and the process goes on; `install` says whether the kernel took the filter at all.
- A filter holds for every thread, for every child and for good.

    install(known(), [*preamble(known()), (RETURN, 0, 0, ALLOW)])
"""

import ctypes
import platform
import struct
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

Line = tuple[int, int, int, int]
"""Operation, jump if true, jump if false, value."""

LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, KILL, REFUSE = 0x7FFF0000, 0x80000000, 0x00050000
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16
"""Where `struct seccomp_data` has the call's number, the table's name, the six arguments of eight bytes."""

_X32: Final = 0x40000000
_SET_NO_NEW_PRIVS, _SET_MODE_FILTER, _EVERY_THREAD = 38, 1, 1


@dataclass(frozen=True, slots=True)
class Machine:
    """One table of system calls: its name as audit(7) has it, and the numbers of two calls in it."""

    architecture: int
    socket: int
    seccomp: int


MACHINES: Final = {"x86_64": Machine(0xC000003E, 41, 317), "aarch64": Machine(0xC00000B7, 198, 277)}


def known() -> Machine | None:
    """The table of this machine; None where no filter can be written for it."""
    return MACHINES.get(platform.machine()) if sys.platform == "linux" else None


def preamble(machine: Machine) -> list[Line]:
    """End the process at a call through any other table; leaves the call's number loaded."""
    return [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 1, 0, machine.architecture),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER),
        (AT_LEAST, 0, 1, _X32),
        (RETURN, 0, 0, KILL),
    ]


def install(machine: Machine, program: Sequence[Line]) -> bool:
    """Put a filter over every thread of this process, for good; whether the kernel took it."""
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in program))
    header = struct.pack("HxxxxxxP", len(program), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return int(libc.syscall(machine.seccomp, _SET_MODE_FILTER, _EVERY_THREAD, header)) == 0
