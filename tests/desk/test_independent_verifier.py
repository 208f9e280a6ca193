"""The second opinion agrees with what is in order, and notices a byte anywhere, with its hash mended or not."""

import ast
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from countersign.formats import jcs, strict_json
from support import independent_verifier

RECOMPUTED = (
    "contract.", "log/", "bitcoin/", "ethereum/", "refused/", "evidence.zip", "vkeys.json", "usb/",
)  # fmt: skip


def relisted(files: dict[str, bytes]) -> dict[str, bytes]:
    result = strict_json.parse(files["result.json"])
    assert isinstance(result, dict)
    hashes = {name: sha256(data).hexdigest() for name, data in files.items() if name != "result.json"}
    return files | {"result.json": jcs.encode({**result, "files": hashes})}


def flipped(data: bytes, name: str) -> bytes:
    changed = bytearray(data)
    changed[sha256(name.encode()).digest()[1] * len(data) // 256] ^= 1
    return bytes(changed)


def complaints(files: dict[str, bytes]) -> list[str]:
    return list(independent_verifier.complaints(files))


def test_it_imports_nothing_of_ours() -> None:
    tree = ast.parse(Path(independent_verifier.__file__).read_text("utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    tops = {name.split(".")[0] for name in names}
    assert tops - set(sys.stdlib_module_names) == {"cbor2", "coincurve", "cryptography", "eth_account", "eth_utils"}


def test_what_a_settlement_leaves_is_in_order(files: dict[str, bytes]) -> None:
    assert complaints(files) == []


def test_one_byte_in_each_file_is_noticed(files: dict[str, bytes]) -> None:
    quiet = [name for name, data in files.items() if not complaints(files | {name: flipped(data, name)})]
    assert quiet == []


def test_a_byte_changed_together_with_its_hash_is_still_noticed(files: dict[str, bytes]) -> None:
    names = [name for name in files if name.startswith(RECOMPUTED)]
    assert len(names) > 25
    quiet = [name for name in names if not complaints(relisted(files | {name: flipped(files[name], name)}))]
    assert quiet == []


@pytest.mark.parametrize("name", ["timings.json", "bitcoin/unsigned.psbt", "log/checkpoint", "evidence.zip"])
def test_a_missing_file_is_noticed(name: str, files: dict[str, bytes]) -> None:
    assert complaints({each: data for each, data in files.items() if each != name})
