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
PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
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


def raised() -> Iterator[tuple[str, str, set[str] | None]]:
    """(code, place, names of its values) for every literal that an error is constructed with; None if names vary."""
    for name, tree in modules():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ERRORS:
                given = {keyword.arg for keyword in node.keywords if keyword.arg}
                varies = any(keyword.arg is None for keyword in node.keywords)
                for code in literals(node.args[0]):
                    yield code, f"{name}:{node.lineno}", None if varies else given


def found() -> Iterator[tuple[str, str, set[str]]]:
    """(code, place, values) of every finding of review and desk: `passed` and `failed` take check and slug."""
    for name, tree in modules():
        named = {
            target.id: each.value
            for each in tree.body
            if isinstance(each, ast.Assign)
            for target in each.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree) if name.startswith(("review/", "desk/")) else ():
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            place, given = f"{name}:{node.lineno}", {keyword.arg for keyword in node.keywords if keyword.arg}
            if node.func.id in {"passed", "failed"}:
                check, slugs = (named.get(getattr(each, "id", ""), each) for each in node.args[:2])
                codes = [f"{one}.{slug}" for one in literals(check) for slug in literals(slugs)]
            elif node.func.id == "not_applicable" and name != "review/check.py":
                codes = list(literals(node.args[1]))
            else:
                continue
            assert codes, f"{place}: a finding names its code by literals"
            yield from ((code, place, given) for code in codes)
    yield "review.blocked", "review/finding.py", {"check", "by"}
    yield "review.unanchored", "review/finding.py", {"check", "by"}
    yield "review.switched-off", "review/check.py", {"check"}


def test_every_raised_code_has_its_sentence() -> None:
    silent = sorted({f"{code} ({place})" for code, place, _ in raised() if code not in SENTENCES})
    assert not silent, f"{len(silent)} codes without a sentence: {silent}"


def test_every_value_that_a_sentence_names_is_given() -> None:
    # `where` is added by the readers of formats.shape, around whatever they call.
    lacking = sorted(
        f"{code} ({place}): {missing}"
        for code, place, given in raised()
        if given is not None and code in SENTENCES
        for missing in set(PLACEHOLDER.findall(" ".join(SENTENCES[code]))) - given - {"code", "where"}
    )
    assert not lacking, lacking


def test_every_finding_of_review_has_its_sentence_and_gives_it_its_values() -> None:
    silent = sorted({f"{code} ({place})" for code, place, _ in found() if code not in SENTENCES})
    assert not silent, f"{len(silent)} findings without a sentence: {silent}"
    lacking = sorted(
        f"{code} ({place}): {missing}"
        for code, place, given in found()
        for missing in set(PLACEHOLDER.findall(" ".join(SENTENCES[code]))) - given - {"code"}
    )
    assert not lacking, lacking


def test_every_code_is_spelt_like_one() -> None:
    wrong = sorted(
        {code for code, _, _ in raised() if not CODE.match(code)} | {c for c in SENTENCES if not CODE.match(c)}
    )
    assert not wrong, wrong


def test_no_sentence_is_kept_for_a_code_that_nobody_names() -> None:
    # Findings of review name their codes as plain literals too, so any literal counts; and so do a literal and the
    # fixed end of an f-string: f"{code}-leading-zero".
    strings = {code for code, _, _ in found()} | {
        node.value
        for _, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    ends = tuple(text for text in strings if re.match(r"-[a-z-]+\Z", text))
    orphans = sorted(
        code
        for code in SENTENCES
        if code not in strings and not any(code.endswith(end) and code.removesuffix(end) in strings for end in ends)
    )
    assert not orphans, f"{len(orphans)} sentences without a code: {orphans}"
