"""The pages of our formats say what the commands print: their examples are made again."""

import json
from pathlib import Path

from countersign.cli import nodes
from countersign.desk import evidence
from countersign.desk.recognising import recognise
from countersign.desk.reports import Kind
from support.command_line import CommandLine

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


def test_the_example_of_a_file_of_nodes_is_one() -> None:
    found = nodes.parse(blocks("nodes.md")[0].strip().encode())
    assert (len(found.bitcoin), len(found.ethereum)) == (1, 1)
