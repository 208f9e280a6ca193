"""A process that holds a store's key writes no core and lets nobody attach."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import resource
from countersign.store.hardening import harden_process
held = harden_process()
print(held.no_core, held.no_ptrace, resource.getrlimit(resource.RLIMIT_CORE)[0])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_core_dumps_and_ptrace_are_off_and_read_back():
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "app")}
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True", "0"]
