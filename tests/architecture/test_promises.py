"""docs/promises.md names only tests that exist, and the README only files that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_test_named_in_the_promises_exists() -> None:
    text = (ROOT / "docs" / "promises.md").read_text("utf-8")
    named = set(re.findall(r"`([a-z_]+/(?:[a-z_0-9]+\.py)?)`", text))
    named -= {"demonstration/", "profile/", "tests/"}
    assert len(named) > 40
    assert sorted(name for name in named if not (ROOT / "tests" / name).exists()) == []


def test_every_page_and_picture_named_in_the_readme_exists() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    named = re.findall(r"\]\(([^)#]+)\)", text)
    assert len(named) > 4
    assert sorted(name for name in named if not (ROOT / name).exists()) == []
