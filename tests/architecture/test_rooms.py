"""The rooms of docs/architecture.md hold: import-linter's contracts, sizes, purity, and no loose ends."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "app" / "countersign"
PURE = ("formats", "keys", "settlement", "audit", "bitcoin", "ethereum", "airgap", "rails", "review")
FORBIDDEN_CALLS = {"now", "today", "utcnow", "open"}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def trees(*rooms: str) -> Iterator[tuple[Path, ast.Module]]:
    for path in modules():
        room = path.relative_to(PACKAGE).parts[0]
        if not rooms or room in rooms or path.stem in rooms:
            yield path, parsed(path)


def test_import_linter_keeps_every_contract() -> None:
    result = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--config", str(ROOT / "pyproject.toml"), "--no-cache"],
        capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr


def test_no_module_passes_four_hundred_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): count for path in modules() if (count := path.read_text("utf-8").count("\n")) > 400
    }
    assert long == {}


def test_no_function_passes_sixty_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= 60
    ]
    assert long == []


def test_every_module_says_what_it_is_for() -> None:
    mute = [str(path.relative_to(ROOT)) for path, tree in trees() if not ast.get_docstring(tree)]
    assert mute == []


def test_pure_rooms_ask_no_clock_and_open_no_file() -> None:
    calls = [
        f"{path.relative_to(ROOT)}:{node.lineno} {name}"
        for path, tree in trees(*PURE, "errors")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        if (name := getattr(node.func, "attr", getattr(node.func, "id", ""))) in FORBIDDEN_CALLS
        and not (name == "open" and isinstance(node.func, ast.Attribute) and _our_own_verb(node.func))
    ]
    assert calls == []


def _our_own_verb(call: ast.Attribute) -> bool:
    """`envelope.open(...)`, `note.open(...)`: our own pure functions, named as COSE and signed notes name them."""
    return isinstance(call.value, ast.Name) and call.value.id in {"envelope", "note", "checkpoint"}


def test_checks_ask_for_the_clock_where_it_is_noticed() -> None:
    """A kept verdict stands but for the checks that asked `Reading.clock` (decision 0010): there is no other way to it."""
    found = [
        f"{path.name}:{ast.unparse(node)}"
        for path, tree in trees("review")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "clock"
    ]
    assert {each for each in found if not each.endswith(":reading.clock")} == {"reading.py:self.case.clock"}
    assert found.count("reading.py:self.case.clock") == 1


def test_a_pdf_is_opened_by_the_confined_process_alone() -> None:
    """import-linter keeps `ui.rendering` for that process; QtPdf itself is imported nowhere else."""
    doors = [
        str(path.relative_to(PACKAGE))
        for path, tree in trees()
        for node in ast.walk(tree)
        if (isinstance(node, ast.ImportFrom) and "QtPdf" in (node.module or ""))
        or (isinstance(node, ast.Import | ast.ImportFrom) and any("QtPdf" in each.name for each in node.names))
    ]
    assert doors == ["ui/rendering/pdf.py"]


@pytest.mark.parametrize("word", ["TO" + "DO", "FIX" + "ME", "NotImplemented" + "Error", "pragma: no " + "cover"])
def test_nothing_is_left_for_later(word: str) -> None:
    assert [str(path.relative_to(ROOT)) for path in modules() if word in path.read_text("utf-8")] == []


def test_a_broad_except_is_a_named_boundary() -> None:
    bare = []
    for path, tree in trees():
        lines = path.read_text("utf-8").splitlines()
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler):
                names = {getattr(part, "id", "") for part in ast.walk(node.type)} if node.type else {""}
                broad = node.type is None or names & {"Exception", "BaseException"}
                if broad and "# boundary:" not in lines[node.lineno - 1]:
                    bare.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert bare == []


def test_a_pin_never_rides_on_a_command_line() -> None:
    """No option of the command line takes a PIN or passphrase as its value."""
    source = (
        "\n".join(path.read_text("utf-8") for path in (PACKAGE / "cli").rglob("*.py"))
        if (PACKAGE / "cli").exists()
        else ""
    )
    assert '"--pin"' not in source
    assert '"--passphrase"' not in source
