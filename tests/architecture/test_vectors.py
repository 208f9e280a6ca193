"""docs/vectors.md lists every published vector file of the rails, the tests that read it, and why what is left out is left out."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from support.vectors import vector_path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("psbt", "bitcoin", "descriptors", "addresses", "ecdsa", "eip712", "eip191", "ethtx", "safe")
ROW = re.compile(r"\| `([^`]+)` \| (.+?) \| (.+?) \|\Z")


@cache
def table() -> dict[str, tuple[tuple[str, ...], str]]:
    """Each file's tests and reason."""
    lines = (ROOT / "docs" / "vectors.md").read_text("utf-8").splitlines()
    rows = [match.groups() for line in lines if (match := ROW.match(line))]
    assert len(rows) == len({file for file, _, _ in rows})
    return {file: (tuple(re.findall(r"`([^`]+)`", tests)), reason) for file, tests, reason in rows}


@cache
def functions(path: Path) -> dict[str, ast.FunctionDef]:
    tree = ast.parse(path.read_text("utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def parts(path: Path, name: str) -> list[ast.AST]:
    """A test with the functions and constants of its module that it uses, or the whole module where no test is named."""
    tree = ast.parse(path.read_text("utf-8"))
    if not name:
        return [tree]
    known = functions(path)
    values = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found: list[ast.AST] = []
    left = [name]
    while left:
        used = left.pop()
        node = known.get(used) or values.get(used)
        if node is not None and node not in found:
            found.append(node)
            left += [each.id for each in ast.walk(node) if isinstance(each, ast.Name)]
            left += [each.arg for each in ast.walk(node) if isinstance(each, ast.arg)]
    return found


def reads(path: Path, name: str, file: str) -> bool:
    """Whether the test names the file, in one piece or put together from pieces that it names."""
    nodes = [each for part in parts(path, name) for each in ast.walk(part)]
    constants = {each.value for each in nodes if isinstance(each, ast.Constant) and isinstance(each.value, str)}
    if file in constants:
        return True
    for each in nodes:
        if isinstance(each, ast.JoinedStr):
            pattern = "".join(re.escape(v.value) if isinstance(v, ast.Constant) else "(.+)" for v in each.values)  # type: ignore[arg-type]
            match = re.fullmatch(pattern, file)
            if match and set(match.groups()) <= constants:
                return True
    return False


def test_every_file_of_the_folder_is_listed_and_no_other() -> None:
    root = vector_path("INDEX.md").parent
    there = {str(path.relative_to(root)) for name in FOLDERS for path in (root / name).rglob("*") if path.is_file()}
    assert set(table()) == there


@pytest.mark.parametrize("file", table())
def test_every_listed_test_exists_and_reads_its_file(file: str) -> None:
    tests, reason = table()[file]
    assert tests
    assert reason
    for each in tests:
        place, _, name = each.partition("::")
        path = ROOT / "tests" / place
        assert path.exists(), each
        assert not name or name in functions(path), each
        assert reads(path, name, file), each


def test_a_test_that_does_not_read_a_file_is_seen() -> None:
    path = ROOT / "tests" / "keys" / "test_wycheproof.py"
    name = "test_every_key_is_one_key_in_every_spelling"
    assert reads(path, name, "ecdsa/wycheproof_ed25519_test.json")
    assert not reads(path, name, "ecdsa/wycheproof_ed448_test.json")
    assert not reads(path, name, "psbt/bip67.json")
