"""`countersign import`: what a batch holds, one outcome each, and the exit status of the worst."""

import json
from pathlib import Path

from support.command_line import CommandLine


def test_a_settled_contract_is_already_here(command_line: CommandLine, settled: Path) -> None:
    profile = str(settled / "profile")
    status, out, err = command_line.run("import", str(settled / "contract.json"), "--profile", profile)
    assert (status, err) == (0, "")
    assert "already here" in out
    assert "1 item: 1 already here" in out


def test_a_folder_is_read_whole_and_the_worst_item_decides(
    command_line: CommandLine, settled: Path, tmp_path: Path
) -> None:
    folder, profile = tmp_path / "trades", str(settled / "profile")
    folder.mkdir()
    data = (settled / "contract.json").read_bytes()
    (folder / "a.json").write_bytes(data)
    (folder / "b.json").write_bytes(data)
    status, out, _ = command_line.run("import", str(folder), "--profile", profile, "--json")
    found = {Path(item["name"]).name: item["outcome"] for item in json.loads(out)["items"]}
    assert (status, found) == (1, {"a.json": "already here", "b.json": "twice in the batch"})
    (folder / "c.json").write_bytes(b"{")
    status, out, _ = command_line.run("import", str(folder), "--profile", profile)
    assert status == 2
    assert "1 malformed" in out


def test_what_is_something_else_is_one_line_and_decides_nothing(
    command_line: CommandLine, settled: Path, tmp_path: Path
) -> None:
    folder, profile = tmp_path / "out", str(settled / "profile")
    folder.mkdir()
    (folder / "contract.json").write_bytes((settled / "contract.json").read_bytes())
    for name, data in (("a.psbt", b"psbt\xff"), ("b.psbt", b"psbt"), ("c.png", b"\x89PNG"), ("d.log", b"started\n")):
        (folder / name).write_bytes(data)
    status, out, _ = command_line.run("import", str(folder), "--profile", profile)
    assert status == 0
    assert "passed over: 2 PSBT, 2 unknown\n5 items: 1 already here, 4 passed over" in out
    assert "a.psbt" not in out
    status, out, _ = command_line.run("import", str(folder), "--profile", profile, "--json")
    found = {Path(item["name"]).name: item for item in json.loads(out)["items"]}
    assert (status, found["a.psbt"]["outcome"], found["a.psbt"]["error"]["code"]) == (
        0, "passed over", "desk.not-importable"
    )  # fmt: skip
    (folder / "e.json").write_bytes(b'{"payload":"","signatures":[]}')
    assert command_line.run("import", str(folder), "--profile", profile)[0] == 2


def test_what_is_not_there_is_named(command_line: CommandLine, settled: Path) -> None:
    status, out, err = command_line.run("import", str(settled / "nothing"), "--profile", str(settled / "profile"))
    assert (status, out) == (2, "")
    assert "[cli.file-absent]" in err
