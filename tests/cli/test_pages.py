"""The pages of our formats say what the commands print: their examples are made again."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from countersign.cli import nodes
from countersign.desk import bundles, evidence
from countersign.desk.recognising import recognise
from countersign.desk.reports import Kind
from support.command_line import CommandLine
from support.extracts import example
from support.published_schema import fits

PAGES = Path(__file__).resolve().parents[2] / "docs" / "formats"


def blocks(name: str) -> list[str]:
    return [each.split("```")[0] for each in (PAGES / name).read_text("utf-8").split("```json\n")[1:]]


def test_the_example_of_check_json_is_what_check_prints(command_line: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "contract.json").write_bytes(b"")
    _, out, _ = command_line.run("check", str(tmp_path / "contract.json"), "--json")
    assert out.replace(str(tmp_path) + "/", "") == blocks("check-json.md")[0]


def test_the_schemas_are_json_and_name_what_we_write(settled: Path) -> None:
    kinds = json.loads(blocks("check-json.md")[1])["properties"]["files"]["items"]["properties"]["kind"]["enum"]
    assert set(kinds) == {each.value for each in Kind}
    manifest = json.loads(blocks("evidence.md")[0])
    assert manifest["properties"]["schema"]["const"] == evidence.SCHEMA
    found = recognise("pack", (settled / "evidence.zip").read_bytes()).parsed
    assert isinstance(found, evidence.Pack)
    assert set(json.loads(found.manifest)) == set(manifest["required"])


def test_the_example_of_an_extract_is_made_again_and_fits_its_schema() -> None:
    found = example()
    said, schema = blocks("extract.md")
    assert said.strip().encode() == found.manifest
    assert fits(json.loads(found.manifest), json.loads(schema))
    assert not fits(json.loads(found.manifest) | {"reader": "nobody"}, json.loads(schema))
    text = (PAGES / "extract.md").read_text("utf-8")
    assert found.exhibits[1].opening.serialise().decode() in text
    assert found.exhibits[1].proof.serialise().decode() in text


def test_the_program_on_the_extracts_page_verifies_it_and_finds_what_is_altered(tmp_path: Path) -> None:
    text = (PAGES / "extract.md").read_text("utf-8")
    program: dict[str, Any] = {}
    exec(text.split("```python\n")[1].split("```")[0], program)  # noqa: S102  (our own page)
    found, file = example(), tmp_path / "meridian.zip"
    file.write_bytes(bundles.serialise(found))
    assert program["verify"](file) == {each.index: each.event for each in found.exhibits}
    first, second, third = found.exhibits
    later = replace(second, opening=replace(second.opening, time_ms=second.opening.time_ms + 1))
    swapped = replace(second, proof=replace(second.proof, hashes=third.proof.hashes))
    for wrong in (later, swapped):
        file.write_bytes(bundles.serialise(replace(found, exhibits=(first, wrong, third))))
        with pytest.raises(AssertionError):
            program["verify"](file)


def test_the_example_of_a_file_of_nodes_is_one() -> None:
    found = nodes.parse(blocks("nodes.md")[0].strip().encode())
    assert (len(found.bitcoin), len(found.ethereum)) == (1, 1)
