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
import socket
import struct
import sys
from dataclasses import dataclass
from pathlib import Path

from countersign.couriers import seccomp
from countersign.errors import Unavailable

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
REFUSED_FAMILIES = (socket.AF_INET, socket.AF_INET6, 17)  # 17: AF_PACKET
IO_URING_SETUP = 425
SIOCGIFFLAGS, IFF_UP, IFF_LOOPBACK = 0x8913, 0x1, 0x8


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
    machine = seccomp.known()
    return machine is not None and seccomp.install(machine, _program(machine))


def _program(machine: seccomp.Machine) -> list[seccomp.Line]:
    """Socket by its first argument, io_uring whatever it wants; everything else is as before."""
    equal, give = seccomp.EQUAL, seccomp.RETURN
    families = [(equal, len(REFUSED_FAMILIES) - place, 0, int(family)) for place, family in enumerate(REFUSED_FAMILIES)]
    return [
        *seccomp.preamble(machine),
        (equal, len(REFUSED_FAMILIES) + 3, 0, IO_URING_SETUP),
        (equal, 0, len(REFUSED_FAMILIES) + 1, machine.socket),
        (seccomp.LOAD, 0, 0, seccomp.ARGUMENTS),
        *families,
        (give, 0, 0, seccomp.ALLOW),
        (give, 0, 0, seccomp.REFUSE | errno.EAFNOSUPPORT),
    ]
