"""What is 1 is said of one, in every template that a person reads: sentences, labels, the terminal's lines."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import countersign
from countersign.cli.words import words
from countersign.resources.counting import ADJECTIVES, NOUNS, VERBS, agree, counted
from countersign.resources.text import SENTENCES, fill, said, sentence
from countersign.ui.strings import LABELS, label

ROOT = Path(countersign.__file__).parent
BEHIND = re.compile(r"\{([a-z_][a-z0-9_]*)\}(?: (?:" + "|".join(ADJECTIVES) + r"))* ([a-z]+s)\b")
NO_NOUNS = frozenset(
    [
        "address",
        "answers",
        "basis",
        "becomes",
        "brings",
        "calls",
        "changes",
        "claims",
        "contradicts",
        "counts",
        "covers",
        "disputes",
        "exists",
        "fees",
        "finds",
        "forbids",
        "gains",
        "gets",
        "gives",
        "gross",
        "guards",
        "has",
        "is",
        "leads",
        "lends",
        "less",
        "lies",
        "looks",
        "loses",
        "needs",
        "nodes",
        "opens",
        "operations",
        "orders",
        "owes",
        "owns",
        "pass",
        "passes",
        "pays",
        "refuses",
        "remembers",
        "reverts",
        "runs",
        "says",
        "signs",
        "spends",
        "stands",
        "stops",
        "terms",
        "tokens",
        "uses",
        "us",
        "wants",
        "was",
        "withdrawals",
        "writes",
        "does",
        "holds",
        "leaves",
        "rests",
        "shows",
        "takes",
        "comes",
        "goes",
        "makes",
        "ends",
        "asks",
        "names",
        "waits",
        "carries",
        "delivers",
        "moves",
        "misses",
        "lacks",
        "this",
        "its",
        "as",
        "appears",
        "bears",
        "belongs",
        "closes",
        "consists",
        "contains",
        "differs",
        "enters",
        "fails",
        "follows",
        "keeps",
        "knows",
        "means",
        "proves",
        "puts",
        "receives",
        "repeats",
        "replaces",
        "sends",
        "serves",
        "starts",
        "tells",
        "adds",
        "removes",
        "allows",
        "hides",
        "begins",
        "expects",
        "reads",
    ]
)


def templates() -> Iterator[str]:
    """Everything that is a template, or could be: every string with a place to fill in the rooms that speak to people."""
    yield from (text for texts in SENTENCES.values() for text in texts)
    yield from LABELS.values()
    for room in ("cli", "resources"):
        for module in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(module.read_text("utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and "{" in node.value:
                    yield node.value


def test_every_noun_behind_a_number_is_known() -> None:
    behind = {match[2] for each in templates() for match in BEHIND.finditer(each)}
    assert behind - NOUNS.keys() - NO_NOUNS == set()
    assert len(behind & NOUNS.keys()) > 30


@pytest.mark.parametrize("noun", NOUNS)
def test_no_template_is_left_in_the_plural_of_one(noun: str) -> None:
    found = [each for each in templates() for match in BEHIND.finditer(each) if match[2] == noun]
    for template in found:
        names = set(re.findall(r"\{([a-z_][a-z0-9_]*)\}", template))
        one = agree(template, dict.fromkeys(names, 1))
        assert not [match for match in BEHIND.finditer(one) if match[2] == noun], one
        assert agree(template, dict.fromkeys(names, 2)) == template
        assert set(re.findall(r"\{([a-z_][a-z0-9_]*)\}", one)) == names


@pytest.mark.parametrize(
    ("template", "one"),
    [
        ("{size} entries are there", "{size} entry is there"),
        ("as of {size} log entries", "as of {size} log entry"),
        ("{count} of {size} entries", "{count} of {size} entry"),
        ("{count} private keys under", "{count} private key under"),
        ("{have} witnesses cosigned", "{have} witness cosigned"),
        ("{count} checks do not apply here.", "{count} check does not apply here."),
        ("{count} parties, {legs} legs", "{count} party, {legs} leg"),
        ("{count} tokens are", "{count} token is"),
        ("entries {count}", "entries {count}"),
        ("{name} signs keys", "{name} signs keys"),
    ],
)
def test_noun_and_verb_agree(template: str, one: str) -> None:
    names = re.findall(r"\{([a-z]+)\}", template)
    assert agree(template, dict.fromkeys(names, "1")) == one
    for other in (0, 2, 11, "1,001", "1.0", ""):
        assert agree(template, dict.fromkeys(names, other)) == template


def test_each_number_has_its_own_noun() -> None:
    template = "{count} of {size} entries, {files} files"
    assert agree(template, {"count": 1, "size": 7, "files": 1}) == "{count} of {size} entries, {files} file"
    assert VERBS.keys().isdisjoint(NOUNS)


def test_it_is_said_so_wherever_a_person_reads() -> None:
    assert fill("{size} entries", {"size": 1}) == "1 entry"
    assert (
        words("Ledger of {desk} at {size} entries, {at}", desk="d", size=1, at="now") == "Ledger of d at 1 entry, now"
    )
    assert label("strip.entries", size=1) == "1 entry"
    assert label("strip.entries", size="1,000") == "1,000 entries"
    assert "1 witness " in sentence("L5.witnessed", {"have": 1, "need": 1})
    assert said("{size} entries", {"size": 1}) == "{size} entry"


def test_a_count_without_a_template() -> None:
    assert [counted(each, "entries") for each in (0, 1, 2)] == ["0 entries", "1 entry", "2 entries"]
