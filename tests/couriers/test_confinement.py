"""What the looking process can no longer do. Each attempt is made inside such a process."""

import json
import subprocess
import sys

from countersign.couriers.confinement import MEMORY

ATTEMPTS = """
import json, os, socket, sys
CONFINED_ONLY = ("write", "memory")  # they would leave a file or cost a gigabyte
def attempt(act):
    try:
        act()
    except (OSError, MemoryError) as refused:
        return type(refused).__name__
    return "done"
acts = {
    "read": lambda: open("/etc/hostname"),
    "write": lambda: open("/tmp/countersign-confinement-test", "wb"),
    "socket": lambda: socket.socket(socket.AF_INET),
    "socket6": lambda: socket.socket(socket.AF_INET6),
    "local": lambda: socket.socket(socket.AF_UNIX),
    "pipe": os.pipe,
    "duplicate": lambda: os.dup(0),
    "memory": lambda: bytearray(MEMORY),
}
if sys.argv[1] == "confined":
    from countersign.couriers.confinement import confine
    confine()
said = {name: attempt(act) for name, act in acts.items() if name not in CONFINED_ONLY or sys.argv[1] == "confined"}
os.write(1, json.dumps(said).encode())
""".replace("MEMORY", str(MEMORY))


def attempts(mode: str) -> dict[str, str]:
    done = subprocess.run([sys.executable, "-I", "-c", ATTEMPTS, mode], capture_output=True, check=True)
    return json.loads(done.stdout)


def test_a_confined_process_opens_nothing_and_connects_to_nothing():
    said = attempts("confined")
    assert said.pop("memory") == "MemoryError"
    assert set(said.values()) == {"OSError"}


def test_the_same_attempts_succeed_without_confinement():
    assert set(attempts("free").values()) == {"done"}
