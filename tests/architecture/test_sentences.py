"""Every code that can be raised has its words, and no words are kept for a code that nobody raises."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import countersign
from countersign.resources.text import SENTENCES

SOURCE = Path(countersign.__file__).parent
WORDS = SOURCE / "resources" / "sentences"
ERRORS = {"Malformed", "Refused", "Unavailable", "Conflict"}
CODE = re.compile(r"[A-Za-z][A-Za-z0-9]*\.[a-z0-9-]+\Z")


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        if not path.is_relative_to(WORDS):
            yield str(path.relative_to(SOURCE)), ast.parse(path.read_text("utf-8"))


def literals(node: ast.expr) -> Iterator[str]:
    """The strings that this expression can be: a literal, or either branch of a conditional."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)


def raised() -> Iterator[tuple[str, str]]:
    """(code, place) of every literal that an error is constructed with."""
    for name, tree in modules():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ERRORS:
                for code in literals(node.args[0]):
                    yield code, f"{name}:{node.lineno}"


def test_every_raised_code_has_its_sentence() -> None:
    silent = sorted({f"{code} ({place})" for code, place in raised() if code not in SENTENCES})
    assert not silent, f"{len(silent)} codes without a sentence: {silent}"


def test_every_code_is_spelt_like_one() -> None:
    wrong = sorted({code for code, _ in raised() if not CODE.match(code)} | {c for c in SENTENCES if not CODE.match(c)})
    assert not wrong, wrong


def test_no_sentence_is_kept_for_a_code_that_nobody_names() -> None:
    # Findings of review name their codes as plain literals too, so any literal counts.
    named = {
        node.value
        for _, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    orphans = sorted(code for code in SENTENCES if code not in named)
    assert not orphans, f"{len(orphans)} sentences without a code: {orphans}"
