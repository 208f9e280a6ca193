"""`countersign descriptor show` and `countersign check`: what a descriptor or a BSMS record says, at a terminal."""

import json
from pathlib import Path

import pytest
from embit.descriptor.checksum import add_checksum

from support import mixed_world, ranged_world
from support import settlement_world as world
from support.command_line import CommandLine
from support.hardware_wallet import described
from support.vectors import load_vectors


def write(tmp_path: Path, text: str | bytes) -> str:
    file = tmp_path / "file"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(file)


def published(lines: int) -> str:
    """BIP-129's first record of so many lines: five are a key record's, four a descriptor record's."""
    steps = [step for mode in load_vectors("bitcoin/bip129_bsms.json")["modes"] for step in mode["steps"]]
    return next(text for step in steps for text in step["files"].values() if len(text.splitlines()) == lines)


def test_a_ranged_descriptor_is_shown_with_keys_and_first_addresses(command_line: CommandLine, tmp_path: Path) -> None:
    file = write(tmp_path, ranged_world.descriptor())
    status, out, _ = command_line.run("descriptor", "show", file)
    assert status == 0
    assert "descriptor: wsh(sortedmulti(…)), 2 of 3" in out
    for officer in world.COSIGNERS:
        assert ranged_world.device(officer).expression in out
    status, out, _ = command_line.run("descriptor", "show", file, "--json")
    told = json.loads(out)
    assert {each["prefix"]: each["place"] for each in told["addresses"]} == {"tb": "0/0", "bcrt": "0/0"}
    assert (told["threshold"], told["cosigners"], told["error"]) == (2, 3, None)
    assert told["keys"][0]["path"] == "m/48h/1h/0h/2h"


def test_a_form_of_others_is_shown_and_refused(command_line: CommandLine, tmp_path: Path) -> None:
    keys = [ranged_world.device(each).origin + "/0/0" for each in world.COSIGNERS]
    body = described(2, keys).partition("#")[0]
    file = write(tmp_path, add_checksum(f"sh({body})"))
    for command in (("descriptor", "show"), ("check",)):
        status, out, _ = command_line.run(*command, file)
        assert (status, "bitcoin.form-nested" in out) == (1, True)
    assert "sh(wsh(sortedmulti(…))), 2 of 3" in command_line.run("descriptor", "show", file)[1]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (lambda: published(5), "BSMS key record"),
        (lambda: published(4), "BSMS descriptor record"),
        (ranged_world.descriptor, "descriptor"),
        (lambda: str(mixed_world._slot(0)["descriptor"]), "descriptor"),
    ],
)
def test_check_says_what_a_description_is(text, kind: str, command_line: CommandLine, tmp_path: Path) -> None:
    file = write(tmp_path, text())
    status, out, _ = command_line.run("check", file, "--json")
    told = json.loads(out)
    assert (status, told["status"], told["files"][0]["kind"], told["files"][0]["error"]) == (0, 0, kind, None)
    status, out, _ = command_line.run("descriptor", "show", file)
    assert status == 0
    assert out.startswith(kind)


def test_what_is_broken_does_not_parse(command_line: CommandLine, tmp_path: Path) -> None:
    for text in (ranged_world.descriptor()[:-1] + "!", published(5).replace("Signer 1", "Signer 2")[:-1]):
        file = write(tmp_path, text)
        assert command_line.run("descriptor", "show", file)[0] == 2
        assert command_line.run("check", file)[0] == 2


def test_an_encrypted_record_needs_its_token_from_a_private_file(command_line: CommandLine, tmp_path: Path) -> None:
    modes = load_vectors("bitcoin/bip129_bsms.json")["modes"]
    steps = next(mode["steps"] for mode in modes if mode["mode"].startswith("STANDARD"))
    data = next(text for step in steps for name, text in step["files"].items() if name.endswith(".dat"))
    values = [dict(map(tuple, step["values"])) for step in steps]
    token = next(each["TOKEN (hex)"] for each in values if "TOKEN (hex)" in each)
    file, secret = write(tmp_path, data), tmp_path / "session.token"
    secret.write_text(f"{token}\n")
    status, _, err = command_line.run("descriptor", "show", file, "--token-file", str(secret))
    assert (status, "cli.pin-file-open" in err) == (1, True)
    secret.chmod(0o600)
    assert command_line.run("descriptor", "show", file, "--token-file", str(secret))[0] == 0
    assert "bitcoin.describes-nothing" in command_line.run("descriptor", "show", file)[2]
