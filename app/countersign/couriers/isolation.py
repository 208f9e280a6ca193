"""The air gap of a cold console's process: no network that the kernel would give it, and none that it would ask for.

Three walls, each reported for what it is:

- an empty network namespace (`unshare(CLONE_NEWNET)`, with a user namespace where the process is not root), where it can be had;
- a seccomp filter over every thread: `socket` for AF_INET, AF_INET6 and AF_PACKET answers EAFNOSUPPORT, io_uring is
  refused, a foreign system call table ends the process (Linux on x86-64 and aarch64);
- an audit hook in the interpreter that refuses the same families before the kernel is asked, always.

`enter` is called once, at the start of the process, before any thread. It cannot be undone. A process without the first wall still
refuses both families; a machine with an interface up is warned about loudly (`interfaces_up`), never silently trusted.
"""

import ctypes
import errno
import fcntl
import os
import platform
import socket
import struct
import sys
from dataclasses import dataclass
from pathlib import Path

from countersign.errors import Unavailable

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
PR_SET_NO_NEW_PRIVS, SECCOMP_SET_MODE_FILTER, FILTER_FLAG_TSYNC = 38, 1, 1
REFUSED_FAMILIES = (socket.AF_INET, socket.AF_INET6, 17)  # 17: AF_PACKET
IO_URING_SETUP = 425
SIOCGIFFLAGS, IFF_UP, IFF_LOOPBACK = 0x8913, 0x1, 0x8
# machine → audit architecture, numbers of `socket` and `seccomp`
TABLES = {"x86_64": (0xC000003E, 41, 317), "aarch64": (0xC00000B7, 198, 277)}
LOAD, EQUAL, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
ALLOW, KILL, REFUSE = 0x7FFF0000, 0x80000000, 0x00050000


@dataclass(frozen=True, slots=True)
class Isolation:
    """What stands: `namespace` empty network namespace; `filter` kernel refuses the families; `interfaces` still up."""

    namespace: bool
    filter: bool
    interfaces: tuple[str, ...]


def enter() -> Isolation:
    """Raise the walls around this process; say which stand. Unavailable("couriers.not-isolated") if sockets still open."""
    namespace = _enter_empty_namespace()
    filtered = _refuse_families_in_kernel()
    sys.addaudithook(_refuse_families)
    for family in (socket.AF_INET, socket.AF_INET6):
        if opens(family):
            raise Unavailable("couriers.not-isolated", family=family.name)
    return Isolation(namespace, filtered, interfaces_up())


def interfaces_up() -> tuple[str, ...]:
    """Names of network interfaces that are up in this process's namespace, loopback apart."""
    up = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as probe:
        for _, name in socket.if_nameindex():
            try:
                answer = fcntl.ioctl(probe, SIOCGIFFLAGS, struct.pack("16sH14x", name.encode()[:15], 0))
            except OSError:
                continue
            flags = struct.unpack("16sH14x", answer)[1]
            if flags & IFF_UP and not flags & IFF_LOOPBACK:
                up.append(name)
    return tuple(up)


def opens(family: socket.AddressFamily) -> bool:
    """Whether this process can open a socket of that family."""
    try:
        socket.socket(family, socket.SOCK_STREAM).close()
    except OSError:
        return False
    return True


def _refuse_families(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.__new__" and arguments[1] in REFUSED_FAMILIES:
        raise PermissionError(errno.EAFNOSUPPORT, "an air-gapped console opens no network socket")


def _enter_empty_namespace() -> bool:
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    if os.geteuid() == 0 and libc.unshare(CLONE_NEWNET) == 0:
        return True
    user, group = os.geteuid(), os.getegid()
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
        return False
    try:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    except OSError:
        pass  # the namespace is empty all the same; files keep their owners
    return True


def _refuse_families_in_kernel() -> bool:
    table = TABLES.get(platform.machine())
    if sys.platform != "linux" or table is None:
        return False
    architecture, socket_call, seccomp_call = table
    program = _program(architecture, socket_call)
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in program))
    header = struct.pack("HxxxxxxP", len(program), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return int(libc.syscall(seccomp_call, SECCOMP_SET_MODE_FILTER, FILTER_FLAG_TSYNC, header)) == 0


def _program(architecture: int, socket_call: int) -> list[tuple[int, int, int, int]]:
    """A BPF program over `struct seccomp_data`: number at 0, architecture at 4, first argument at 16."""
    families = [(EQUAL, len(REFUSED_FAMILIES) - place, 0, int(family)) for place, family in enumerate(REFUSED_FAMILIES)]
    return [
        (LOAD, 0, 0, 4),
        (EQUAL, 1, 0, architecture),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, 0),
        (AT_LEAST, 0, 1, 0x40000000),  # the x32 table of x86-64
        (RETURN, 0, 0, KILL),
        (EQUAL, len(REFUSED_FAMILIES) + 3, 0, IO_URING_SETUP),
        (EQUAL, 0, len(REFUSED_FAMILIES) + 1, socket_call),
        (LOAD, 0, 0, 16),
        *families,
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, REFUSE | errno.EAFNOSUPPORT),
    ]
