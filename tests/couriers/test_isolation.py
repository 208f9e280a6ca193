"""An air-gapped process opens no network socket: tried inside that very process."""

import json
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

APP = Path(__file__).resolve().parents[2] / "app"


def inside(script: str) -> Any:
    """Run a script in a fresh process and read the JSON it prints."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=False,
        env={"PYTHONPATH": str(APP), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


TRY = """
import ctypes, errno, json, socket, threading
from countersign.couriers import isolation
{enter}
def python(family):
    try:
        socket.socket(family, socket.SOCK_STREAM).close()
        return "open"
    except OSError as error:
        return errno.errorcode[error.errno]
def kernel(family):
    libc = ctypes.CDLL(None, use_errno=True)
    made = libc.socket(int(family), 1, 0)
    return "open" if made >= 0 else errno.errorcode[ctypes.get_errno()]
in_thread = []
thread = threading.Thread(target=lambda: in_thread.append(kernel(socket.AF_INET)))
thread.start(); thread.join()
print(json.dumps({{
    "python": [python(socket.AF_INET), python(socket.AF_INET6)],
    "kernel": [kernel(socket.AF_INET), kernel(socket.AF_INET6), kernel(17)],
    "thread": in_thread,
    "unix": python(socket.AF_UNIX),
    "names": [name for _, name in socket.if_nameindex()],
    "walls": [walls.namespace, walls.filter, list(walls.interfaces)] if {entered} else None,
}}))
"""


def test_both_internet_families_are_refused_by_interpreter_and_kernel() -> None:
    found = inside(TRY.format(enter="walls = isolation.enter()", entered=True))
    assert found["python"] == ["EAFNOSUPPORT", "EAFNOSUPPORT"]
    namespace, filtered, interfaces = found["walls"]
    assert filtered, "the kernel's filter stands on this machine"
    assert found["kernel"] == ["EAFNOSUPPORT"] * 3
    assert found["thread"] == ["EAFNOSUPPORT"]
    if namespace:
        assert found["names"] == ["lo"]
        assert interfaces == []


def test_a_local_socket_still_opens_and_an_ordinary_process_is_not_walled() -> None:
    """The near miss: AF_UNIX inside the walls, AF_INET outside them."""
    assert inside(TRY.format(enter="walls = isolation.enter()", entered=True))["unix"] == "open"
    outside = inside(TRY.format(enter="walls = None", entered=False))
    assert outside["python"] == ["open", "open"]


def test_the_hook_alone_refuses_where_the_kernel_does_not_help() -> None:
    found = inside(
        TRY.format(
            enter="isolation._enter_empty_namespace = lambda: False\n"
            "isolation._refuse_families_in_kernel = lambda: False\nwalls = isolation.enter()",
            entered=True,
        )
    )
    assert found["walls"][:2] == [False, False]
    assert found["python"] == ["EAFNOSUPPORT", "EAFNOSUPPORT"]
