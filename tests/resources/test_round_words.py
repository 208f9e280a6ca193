"""Every reason that a desk's round gives has its words, with every value that they name; none is kept for nothing."""

import ast
import re
from pathlib import Path

import countersign
from countersign.resources.round_words import TEMPLATES, said

DESK = Path(countersign.__file__).parent / "desk"


def given() -> dict[str, set[str]]:
    """Each code that a module of the desk says, with the names of its values where they are written out."""
    found: dict[str, set[str]] = {}
    for path in sorted(DESK.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and re.match(r"(round|wait)\.[a-z-]+\Z", str(node.value)):
                found.setdefault(str(node.value), set())
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "said":
                for code in ast.walk(node.args[0]):
                    if isinstance(code, ast.Constant):
                        found.setdefault(str(code.value), set()).update(each.arg or "" for each in node.keywords)
    return {code: values for code, values in found.items() if code.startswith(("round.", "wait."))}


def test_every_reason_has_words_and_every_word_a_reason() -> None:
    assert set(given()) == set(TEMPLATES)


def test_every_value_that_the_words_name_is_given() -> None:
    for code, values in given().items():
        named = set(re.findall(r"{([a-z_]+)}", TEMPLATES[code]))
        assert "" in values or not values or named <= values, code
        assert "{" not in said(code, dict.fromkeys(named, "there")), code
