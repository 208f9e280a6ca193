"""`countersign token` against real SoftHSM tokens: what it prints, how it ends, and where PINs come from."""

import json
import secrets
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from countersign.cli.token import token_app, token_lines
from countersign.keys.public_key import Curve, PublicKey
from countersign.signers.provision import Provisioner, provisioner_for
from countersign.signers.softhsm import SoftHsm
from support import softhsm
from support.softhsm import PIN, SO_PIN

BOTH_PINS = f"{SO_PIN}\n{SO_PIN}\n{PIN}\n{PIN}\n"


def factory(module: str | None, folder: Path | None) -> Provisioner:
    return provisioner_for(module, folder, deadline=60.0, random_bytes=secrets.token_bytes)


Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    softhsm.softhsm_module()
    return tmp_path / "tokens"


@pytest.fixture
def run(folder: Path) -> Run:
    def invoke(*arguments: str, typed: str = "", exits: int = 0) -> Result:
        result = CliRunner().invoke(token_app(factory), [*arguments, "--softhsm", str(folder)], input=typed)
        assert result.exit_code == exits, result.output
        assert PIN not in result.output
        assert SO_PIN not in result.output
        return result

    return invoke


def output(result: Result) -> Any:
    return json.loads(result.stdout)


@pytest.fixture
def token(run: Run) -> dict[str, Any]:
    made: dict[str, Any] = output(run("init", "officer-a", "--json", typed=BOTH_PINS))["token"]
    return made


def test_a_token_is_made_filled_listed_and_tested(run: Run, token: dict[str, Any]) -> None:
    for label, curve in (
        ("vault/bitcoin-0", "secp256k1"),
        ("identity/officer", "P-256"),
        ("identity/spare", "Ed25519"),
    ):
        key = output(run("generate", "officer-a", label, "--curve", curve, "--json", typed=PIN + "\n"))["key"]
        assert PublicKey(Curve(curve), bytes.fromhex(key["public"])).kid == key["kid"]
    [listed] = output(run("list", "--json"))["tokens"]
    assert {name: listed[name] for name in token} == token
    assert [(key["label"], key["purpose"]) for key in listed["keys"]] == [
        ("identity/officer", "identity"),
        ("identity/spare", "identity"),
        ("vault/bitcoin-0", "vault"),
    ]
    tests = output(run("test", "officer-a", "--json", typed=PIN + "\n"))["tests"]
    assert [one["passed"] for one in tests] == [True, True, True]


def test_people_read_whole_keys_and_the_state_of_the_pin(run: Run, token: dict[str, Any]) -> None:
    made = output(run("generate", "officer-a", "vault/bitcoin-0", "--curve", "secp256k1", "--json", typed=PIN + "\n"))
    text = run("list").stdout
    for part in ("Token officer-a", token["serial"], "PIN: set", made["key"]["public"], made["key"]["kid"]):
        assert part in text
    assert "the signature is good" in run("test", "officer-a", typed=PIN + "\n").stdout


def test_a_foreign_label_cannot_forge_a_line() -> None:
    text = "a\nPIN: set\u202e"
    flags = dict.fromkeys(("pin_set", "pin_count_low", "pin_final_try"), False) | {"pin_locked": True}
    lines = token_lines({"label": text, "serial": text, "model": text, "manufacturer": text} | flags)
    assert lines[0] == r"Token a\u{a}PIN: set\u{202e}"
    assert lines[-1] == "  PIN: locked"
    assert not any("\n" in line or "\u202e" in line for line in lines)


def test_a_key_that_fails_its_test_ends_with_one(run: Run, token: dict[str, Any], folder: Path) -> None:
    run("test", "officer-a", typed=PIN + "\n", exits=1)
    hsm = SoftHsm.create(folder)
    softhsm.raw_key(hsm, "officer-a", "loose", {"EXTRACTABLE": True})
    [one] = output(run("test", "officer-a", "--json", typed=PIN + "\n", exits=1))["tests"]
    assert (one["passed"], one["error"]["code"]) == (False, "H3.attributes")


def test_a_wrong_pin_is_a_refusal_in_plain_words(run: Run, token: dict[str, Any]) -> None:
    result = run("test", "officer-a", typed="wrong-one\n", exits=1)
    assert "The token says that the PIN is wrong. It was tried once." in result.stderr
    assert "wrong-one" not in result.output


def test_an_absent_token_module_or_folder_ends_with_three(run: Run, token: dict[str, Any], tmp_path: Path) -> None:
    assert output(run("test", "officer-b", "--json", exits=3))["error"]["code"] == "H2.token-absent"
    assert output(run("test", "officer-a", "--serial", "00", "--json", exits=3))["error"]["code"] == "H2.token-absent"
    for option, value, code in (
        ("--module", "/nowhere/pkcs11.so", "signers.module-absent"),
        ("--softhsm", str(tmp_path / "nowhere"), "cli.softhsm-folder-absent"),
    ):
        result = CliRunner().invoke(token_app(factory), ["list", option, value, "--json"])
        assert (result.exit_code, output(result)["error"]["code"]) == (3, code)
    assert not (tmp_path / "nowhere").exists()


def test_a_relative_module_is_refused_and_one_source_must_be_named(tmp_path: Path) -> None:
    result = CliRunner().invoke(token_app(factory), ["list", "--module", "pkcs11.so", "--json"])
    assert (result.exit_code, output(result)["error"]["code"]) == (1, "H1.module-path-relative")
    for arguments in ([], ["--module", "/x.so", "--softhsm", str(tmp_path)]):
        assert CliRunner().invoke(token_app(factory), ["list", *arguments]).exit_code == 2


def test_a_label_that_is_none_ends_with_two_and_one_taken_with_one(run: Run, token: dict[str, Any]) -> None:
    assert output(run("init", "x" * 33, "--json", exits=2))["error"]["code"] == "signers.token-label"
    assert output(run("init", "officer-a", "--json", typed=BOTH_PINS, exits=1))["error"]["code"] == (
        "signers.token-label-taken"
    )


def test_pins_come_from_private_files_too(run: Run, tmp_path: Path) -> None:
    pin, so_pin = tmp_path / "pin", tmp_path / "so-pin"
    for path, text in ((pin, PIN + "\n"), (so_pin, SO_PIN)):
        path.touch(mode=0o600)
        path.write_text(text)
    run("init", "officer-a", "--pin-file", str(pin), "--so-pin-file", str(so_pin))
    generate = ("generate", "officer-a", "vault/bitcoin-0", "--curve", "secp256k1", "--pin-file", str(pin), "--json")
    pin.chmod(0o640)
    assert output(run(*generate, exits=1))["error"]["code"] == "cli.pin-file-open"
    pin.chmod(0o600)
    assert output(run(*generate))["key"]["purpose"] == "vault"
    pin.write_text("")
    assert output(run("test", "officer-a", "--pin-file", str(pin), "--json", exits=2))["error"]["code"] == (
        "cli.pin-file-form"
    )
    absent = ("test", "officer-a", "--pin-file", str(tmp_path / "none"), "--json")
    assert output(run(*absent, exits=3))["error"]["code"] == "cli.pin-file-absent"


def test_a_new_pin_is_typed_twice(run: Run) -> None:
    mistyped = f"{SO_PIN}\n{SO_PIN}x\n{SO_PIN}\n{SO_PIN}\n{PIN}\n{PIN}\n"
    assert "do not match" in run("init", "officer-a", typed=mistyped).output


def test_without_a_terminal_a_pin_is_not_asked_in_the_open(folder: Path) -> None:
    command = [sys.executable, "-m", "countersign", "token", "init", "officer-a", "--softhsm", str(folder)]
    ended = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, start_new_session=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (3, "")
    assert "[cli.no-terminal]" in ended.stderr
    assert "getpass" not in ended.stderr.lower()
