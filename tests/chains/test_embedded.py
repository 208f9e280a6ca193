"""What both embedded chains say when they do not know something, and of themselves."""

import ast
from collections.abc import Iterator
from pathlib import Path

import countersign.chains
from countersign.chains.embedded import UNSUPPORTED, unsupported
from countersign.chains.embedded_bitcoin import EmbeddedBitcoin
from countersign.chains.embedded_ethereum import EmbeddedEthereum
from countersign.resources.text import SENTENCES


def test_a_reason_says_that_the_demonstration_is_narrower() -> None:
    assert unsupported("a delegate call") == UNSUPPORTED + "a delegate call"
    assert "demonstration" in UNSUPPORTED


def test_both_chains_say_what_they_are() -> None:
    for chain in (EmbeddedBitcoin(), EmbeddedEthereum(31337)):
        sentence = SENTENCES[chain.notice][0]
        assert "demonstration" in sentence
        assert "inside this program" in sentence


def reasons() -> Iterator[str]:
    """What is named unsupported in the room's code; of a text with values in it, its beginning."""
    for path in Path(countersign.chains.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "unsupported":
                told = node.args[0].values[0] if isinstance(node.args[0], ast.JoinedStr) else node.args[0]
                assert isinstance(told, ast.Constant)
                yield str(told.value).rstrip(" (")


def test_the_page_lists_everything_that_is_unsupported() -> None:
    page = (Path(__file__).parents[2] / "docs" / "chains.md").read_text("utf-8")
    listed = {row.split("|")[2].strip() for row in page.splitlines() if row.startswith(("| Bitcoin |", "| Ethereum |"))}
    told = set(reasons())
    assert len(told) == len(listed)
    assert all(any(row.startswith(reason) for row in listed) for reason in told), told
