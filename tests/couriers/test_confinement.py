"""What the looking process can no longer do. Each attempt is made inside such a process."""

import json
import subprocess
import sys
from pathlib import Path

from countersign.couriers import seccomp
from countersign.couriers.confinement import MEMORY

ATTEMPTS = """
import json, mmap, os, signal, socket, sys, threading
CONFINED_ONLY = ("write", "memory", "program")  # they would leave a file, cost a gigabyte, or end this process
own, other, renamed = (os.path.join(sys.argv[2], name) for name in ("own", "other", "renamed"))
for name in (own, other):
    open(name, "w").close()
def attempt(act):
    try:
        act()
    except (OSError, MemoryError, RuntimeError, ValueError) as refused:
        return type(refused).__name__
    return "done"
acts = {
    "read": lambda: open("/etc/hostname"),
    "write": lambda: open(renamed, "wb"),
    "socket": lambda: socket.socket(socket.AF_INET),
    "socket6": lambda: socket.socket(socket.AF_INET6),
    "local": lambda: socket.socket(socket.AF_UNIX),
    "pipe": os.pipe,
    "duplicate": lambda: os.dup(0),
    "memory": lambda: bytearray(MEMORY),
    "program": lambda: os.execv("/bin/true", ["true"]),
    "remove": lambda: os.unlink(own),
    "rename": lambda: os.rename(other, renamed),
    "look": lambda: os.stat("/etc/hostname"),
    "signal": lambda: os.kill(os.getppid(), 0),
    "thread": lambda: threading.Thread(target=int).start(),
    "executable": lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC),
    "limits": lambda: __import__("resource").setrlimit(__import__("resource").RLIMIT_CORE, (0, 0)),
}
__import__("resource")
if sys.argv[1] == "confined":
    from countersign.couriers.confinement import confine
    confine()
said = {name: attempt(act) for name, act in acts.items() if name not in CONFINED_ONLY or sys.argv[1] == "confined"}
os.write(1, json.dumps(said).encode())
os._exit(0)
""".replace("MEMORY", str(MEMORY))

FOREIGN = """
import ctypes
from countersign.couriers.confinement import confine
confine()
ctypes.CDLL(None).syscall(ctypes.c_long(0x40000000 + 39))
"""


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-I", "-c", script, *arguments], capture_output=True, check=False)


def attempts(mode: str, folder: Path) -> dict[str, str]:
    done = run(ATTEMPTS, mode, str(folder))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_confined_process_opens_nothing_starts_nothing_and_reaches_nobody(tmp_path):
    said = attempts("confined", tmp_path)
    assert said.pop("memory") == "MemoryError"
    assert said.pop("thread") == "RuntimeError"
    assert said.pop("limits") == "ValueError"
    assert set(said.values()) == {"PermissionError"}, said


def test_the_same_attempts_succeed_without_confinement(tmp_path):
    assert set(attempts("free", tmp_path).values()) == {"done"}


def test_the_limits_alone_hold_where_the_kernel_filters_no_calls(tmp_path):
    unknown = "    import platform\n    platform.machine = lambda: 'unheard of'\n    confine()\n"
    script = ATTEMPTS.replace("    confine()\n", unknown).replace('"program": ', '"other program": lambda: None, #')
    done = run(script, "confined", str(tmp_path))
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["memory"] == "MemoryError"
    assert {said[name] for name in ("read", "write", "socket", "socket6", "local", "pipe", "duplicate")} == {"OSError"}
    assert said["remove"] == "done"  # what only the filter shuts


def test_a_call_through_a_foreign_table_ends_the_process():
    assert run(FOREIGN).returncode == -31  # SIGSYS


def test_this_machine_has_a_filter():
    assert seccomp.known() is not None
