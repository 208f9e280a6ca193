"""The published pages and schemas say what the code reads: every example parses, every schema names the same fields."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from countersign.errors import Malformed
from countersign.formats import jcs
from countersign.settlement import contract
from countersign.settlement.body_readers import READERS
from countersign.settlement.permissions import TABLE, needed
from support import settlement_world as world
from support.published_schema import fits, schemas, text

FORMATS = Path(__file__).parents[2] / "docs" / "formats"
SECTION = re.compile(r"^## (?P<kind>\S+)\n\n(?P<text>.*?)\n\n```json\n(?P<body>.*?)\n```$", re.DOTALL | re.MULTILINE)
SECTIONS = {each["kind"]: each for each in SECTION.finditer((FORMATS / "events.md").read_text("utf-8"))}


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FORMATS / "schema" / f"{name}.json").read_text("utf-8"))
    return found


@pytest.mark.parametrize("name", sorted(schemas()))
def test_the_published_schema_is_the_one_that_is_written_from_the_code(name: str) -> None:
    assert (FORMATS / "schema" / f"{name}.json").read_text("utf-8") == text(schemas()[name])


def test_the_page_has_every_type_and_no_other() -> None:
    assert set(SECTIONS) == set(READERS)


@pytest.mark.parametrize("kind", sorted(READERS))
def test_the_example_of_a_type_is_read_and_fits_the_schema(kind: str) -> None:
    section = SECTIONS[kind]
    body = json.loads(section["body"])
    READERS[kind](body, "body")
    assert section["text"].startswith(f"Signed by {needed(kind)}. Read by {TABLE[kind].reader.value}.")
    [rule] = [each for each in schema("events")["oneOf"] if each["properties"]["type"]["const"] == kind]
    payload = {"type": kind, "desk": world.ORIGIN, "id": "x", "at": "2026-11-22T09:00:00Z", "body": body}
    assert fits(payload, rule)
    for field in body:
        short = {name: value for name, value in body.items() if name != field}
        assert not fits(payload | {"body": short}, rule)
        with pytest.raises(Malformed):
            READERS[kind](short, "body")
    assert not fits(payload | {"body": {**body, "note": "x"}}, rule)


def test_the_contracts_page_shows_a_contract() -> None:
    examples = re.findall(r"```json\n(.*?)\n```", (FORMATS / "contract.md").read_text("utf-8"), re.DOTALL)
    terms, signed = (json.loads(each) for each in examples)
    assert fits(terms, schema("contract"))
    assert contract.parse_terms(jcs.encode(terms)) == world.terms()
    assert contract.parse(jcs.encode(signed)).terms == world.terms()
