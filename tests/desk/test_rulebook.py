"""The rules' fingerprint changes with the rules, wherever they stand, and with nothing else."""

import importlib
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from countersign.desk import rulebook

RULE = '''"""A rule."""
from {package} import numbers
from {package}.words import WORDS


def judge(amount):
    """Whether it is enough."""
    return amount >= numbers.LEAST and WORDS
'''
FILES = {
    "__init__.py": "",
    "rules.py": RULE,
    "numbers.py": "LEAST = 100_000\n",
    "words.py": "WORDS = frozenset({'yes', 'no', 'perhaps', 'never'})\n",
    "beside.py": "UNUSED = 1\n",
}


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Writes a package of that name with its files changed as told, and gives its module `rules`."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(name: str, folder: str, **changes: str) -> ModuleType:
        # The same names in another folder: nothing of the place goes into the fingerprint.
        place = tmp_path / folder / name
        place.mkdir(parents=True)
        for file, text in FILES.items():
            text = changes.get(file.removesuffix(".py"), text)
            (place / file).write_text(text.replace("{package}", name), "utf-8")
        monkeypatch.syspath_prepend(str(tmp_path / folder))
        importlib.invalidate_caches()
        for known in [each for each in sys.modules if each.partition(".")[0] == name]:
            monkeypatch.delitem(sys.modules, known)
        importlib.import_module(f"{name}.beside")
        return importlib.import_module(f"{name}.rules")

    return make


def test_the_same_rules_have_the_same_fingerprint_anywhere(package) -> None:
    assert rulebook.of_modules(package("rulepack", "a")) == rulebook.of_modules(package("rulepack", "b"))


@pytest.mark.parametrize(
    "changes",
    [
        {"rules": RULE.replace(">=", ">")},
        {"numbers": "LEAST = 100_001\n"},
        {"words": "WORDS = frozenset({'yes', 'no', 'perhaps'})\n"},
        {"rules": RULE.replace("numbers.LEAST", "numbers.MOST")},
    ],
)
def test_another_rule_has_another_fingerprint(package, changes: dict[str, str]) -> None:
    before = rulebook.of_modules(package("rulepack", "a"))
    assert rulebook.of_modules(package("rulepack", "b", **changes)) != before


@pytest.mark.parametrize("changes", [{"beside": "UNUSED = 2\n"}, {"rules": "# A comment.\n\n" + RULE}])
def test_what_is_no_rule_changes_nothing(package, changes: dict[str, str]) -> None:
    before = rulebook.of_modules(package("rulepack", "a"))
    assert rulebook.of_modules(package("rulepack", "b", **changes)) == before


def test_every_process_finds_the_same() -> None:
    code = "import countersign.cli.app; from countersign.desk import rulebook; print(rulebook.fingerprint().hex())"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == rulebook.fingerprint().hex()
    assert len(rulebook.fingerprint()) == 32
