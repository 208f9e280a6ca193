"""Where the published vectors lie: the folder named by COUNTERSIGN_VECTORS.

With CI=true an absent folder is a failure; on a stranger's machine the tests that need it are skipped by name.
"""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest


def vector_path(relative: str) -> Path:
    """The path of one published vector file, or a skip ("no vectors"); a failure under CI."""
    root = os.environ.get("COUNTERSIGN_VECTORS")
    if root and (path := Path(root) / relative).exists():
        return path
    if os.environ.get("CI") == "true" or root:
        pytest.fail(f"vectors are missing: {relative} (COUNTERSIGN_VECTORS={root})")
    pytest.skip("no vectors")


def load_vectors(relative: str) -> Any:
    """The parsed JSON of one published vector file, packed (`.gz`) or plain."""
    path = vector_path(relative)
    return json.loads(gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes())
