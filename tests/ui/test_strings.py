"""Every word of the window comes from the catalogue; a colour or a font is said in `theme` and nowhere else."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from countersign.settlement.machine import RULES
from countersign.ui import strings
from countersign.ui.strings import LABELS, known, label, label_or

ROOM = Path(strings.__file__).parents[1]
SAYING = {
    "QLabel", "QPushButton", "QCheckBox", "QRadioButton", "PlainLabel", "Button", "Chip", "Note", "Card", "Opening",
    "setText", "setAccessibleName", "setAccessibleDescription", "setToolTip", "setWindowTitle", "setPlaceholderText",
    "addItem", "setTitle", "say", "explain", "begin", "large", "setApplicationDisplayName", "QFileDialog",
}  # fmt: skip
TECHNICAL = {"", " ", "\n"}


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(ROOM.rglob("*.py")):
        yield path.relative_to(ROOM), ast.parse(path.read_text("utf-8"))


def called(node: ast.Call) -> str:
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def test_no_word_reaches_a_widget_but_through_the_catalogue() -> None:
    loose = [
        f"{path}:{node.lineno} {called(node)}({argument.value!r})"
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and called(node) in SAYING
        for argument in node.args[:1]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and argument.value not in TECHNICAL
    ]
    assert loose == []


def test_every_key_that_is_written_out_has_a_label() -> None:
    keys = {
        (str(path), node.args[0].value)
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and called(node) == "label"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    assert sorted(key for key in keys if key[1] not in LABELS) == []
    assert len(keys) > 100


def test_no_label_is_left_that_nothing_asks_for() -> None:
    """Keys are written out, or built from a family that data completes ("state.…")."""
    files = (path for path in sorted(ROOM.parent.rglob("*.py")) if path.parent.name not in ("strings", "sentences"))
    source = "\n".join(path.read_text("utf-8") for path in files)
    families = {match[1] for match in re.finditer(r"""f["']([a-z-]+[.][a-z-]*)\{""", source)}
    written = set(re.findall(r"""["']([a-z][^"'\s]*[.-][^"']*)["']""", source))
    idle = [key for key in LABELS if key not in written and not any(key.startswith(each) for each in families)]
    assert idle == []


def test_colours_and_fonts_are_said_in_the_theme_only() -> None:
    loose = [
        f"{path}:{node.lineno} {node.value!r}"
        for path, tree in trees()
        if path.parts[0] not in ("theme", "strings")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.search(r"#[0-9a-fA-F]{6}\b|\brgb\(|font-family|QFont\(", node.value)
    ]
    assert loose == []


def test_presenters_ask_no_clock() -> None:
    for path, tree in trees():
        if path.parts[0] == "presenters":
            imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
            imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
            assert not imported & {"time", "datetime", "os", "random"}, path


def test_dialogs_are_opened_and_never_executed() -> None:
    calls = [f"{path}:{node.lineno}" for path, tree in trees() for node in ast.walk(tree)
             if isinstance(node, ast.Call) and called(node) in ("exec", "exec_", "getOpenFileName", "processEvents")]  # fmt: skip
    assert calls == []


def test_a_value_in_a_label_is_made_visible_and_its_braces_mean_nothing() -> None:
    assert label("review.owes", payer="{receiver}", receiver="a\u202eb") == "{receiver} owes a\\u{202e}b"


def test_an_unknown_key_is_our_bug_and_foreign_data_is_not() -> None:
    with pytest.raises(KeyError):
        label("no.such-key")
    assert label_or("state.unheard", "unheard\x00") == "unheard\\u{0}"


def test_every_type_of_event_has_its_words() -> None:
    assert [kind for kind in RULES if not known(f"event.{kind}")] == []
