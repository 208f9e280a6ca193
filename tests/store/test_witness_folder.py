"""A witness's folder: whole or absent, one server at a time, and never begun anew."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from countersign.audit import note
from countersign.audit.note import COSIGNATURE, ED25519, VerifierKey
from countersign.audit.witness import MAX_REQUEST, State
from countersign.errors import CountersignError
from countersign.formats import jcs
from countersign.keys.wrapping import Cost
from countersign.store.witness_folder import SCHEMA, WitnessFolder, create, opened, read_about

NAME, PASSPHRASE = "witness.example/1", "a passphrase of tests"
Entropy = Callable[[int], bytes]


@pytest.fixture
def make(tmp_path: Path, entropy: Entropy) -> Callable[..., VerifierKey]:
    """Makes a witness by folder; with a cheap passphrase."""

    def made(folder: str = "witness", name: str = NAME, passphrase: str = PASSPHRASE) -> VerifierKey:
        return create(tmp_path / folder, name, entropy, lambda: passphrase, Cost(memory=64, passes=1, lanes=1))

    return made


def looked_into(folder: Path, passphrase: str = PASSPHRASE) -> WitnessFolder:
    with opened(folder, lambda: passphrase) as found:
        return found


def code(act: Callable[[], object]) -> str:
    with pytest.raises(CountersignError) as caught:
        act()
    return caught.value.code


def test_what_was_made_is_opened_with_its_seed_and_an_empty_memory(
    make: Callable[..., VerifierKey], tmp_path: Path
) -> None:
    key = make()
    found = looked_into(tmp_path / "witness")
    assert found.key == key == note.verifier_key(found.seed, NAME, COSIGNATURE)
    assert State.parse(found.heads.read_bytes()) == State({})
    assert found.seed.hex() not in repr(found)
    assert repr(found.seed)[2:-1] not in repr(found)
    assert (tmp_path / "witness").stat().st_mode & 0o777 == 0o700
    assert {each.stat().st_mode & 0o777 for each in (tmp_path / "witness").iterdir()} == {0o600}
    assert not any(found.seed in each.read_bytes() for each in (tmp_path / "witness").iterdir())


def test_two_witnesses_have_two_keys(make: Callable[..., VerifierKey]) -> None:
    assert make("one").public != make("two").public


def test_nothing_is_made_over_something_and_an_empty_folder_will_do(
    make: Callable[..., VerifierKey], tmp_path: Path
) -> None:
    make()
    before = {each.name: each.read_bytes() for each in (tmp_path / "witness").iterdir()}
    assert code(make) == "store.witness-exists"
    assert {each.name: each.read_bytes() for each in (tmp_path / "witness").iterdir()} == before
    (tmp_path / "file").write_bytes(b"")
    assert code(lambda: make("file")) == "store.witness-exists"
    (tmp_path / "empty").mkdir()
    make("empty")
    assert looked_into(tmp_path / "empty").key.name == NAME


@pytest.mark.parametrize(("name", "passphrase", "expected"), [
    (NAME, "7 chars", "store.short-passphrase"), ("", PASSPHRASE, "L2.key-name"), ("a b", PASSPHRASE, "L2.key-name"),
    ("a+b", PASSPHRASE, "L2.key-name"),
])  # fmt: skip
def test_a_refused_witness_leaves_no_folder(
    make: Callable[..., VerifierKey], tmp_path: Path, name: str, passphrase: str, expected: str
) -> None:
    assert code(lambda: make("new", name, passphrase)) == expected
    assert not (tmp_path / "new").exists()
    make("new", NAME, "8 chars!")


def test_a_second_server_is_refused_while_the_first_has_it_and_not_after(
    make: Callable[..., VerifierKey], tmp_path: Path
) -> None:
    make()
    asked = []
    with opened(tmp_path / "witness", lambda: PASSPHRASE):
        assert code(lambda: looked_into(tmp_path / "witness", asked.append)) == "store.witness-running"  # type: ignore[arg-type]
    assert asked == []
    looked_into(tmp_path / "witness")


def test_a_wrong_passphrase_gives_the_lock_back(make: Callable[..., VerifierKey], tmp_path: Path) -> None:
    make()
    assert code(lambda: looked_into(tmp_path / "witness", "another one")) == "keys.wrong-passphrase"
    looked_into(tmp_path / "witness")


def test_a_memory_that_is_lost_or_damaged_stops_it_before_the_passphrase(
    make: Callable[..., VerifierKey], tmp_path: Path
) -> None:
    make()
    heads = tmp_path / "witness" / "heads.json"
    good = heads.read_bytes()
    heads.write_bytes(good[:-1])
    assert code(lambda: looked_into(tmp_path / "witness", "another one")) == "store.witness-heads-damaged"
    heads.unlink()
    assert code(lambda: looked_into(tmp_path / "witness", "another one")) == "store.witness-heads-lost"
    assert not heads.exists()
    heads.write_bytes(good)
    looked_into(tmp_path / "witness")


def test_another_witness_s_key_is_not_taken_for_this_one_s(make: Callable[..., VerifierKey], tmp_path: Path) -> None:
    make("one")
    make("two")
    wrapped = tmp_path / "one" / "key.wrapped"
    own = wrapped.read_bytes()
    wrapped.write_bytes((tmp_path / "two" / "key.wrapped").read_bytes())
    assert code(lambda: looked_into(tmp_path / "one")) == "store.witness-other-key"
    wrapped.write_bytes(own)
    looked_into(tmp_path / "one")


def test_only_the_one_form_of_witness_json_is_read(make: Callable[..., VerifierKey], tmp_path: Path) -> None:
    key = make()
    about = tmp_path / "witness" / "witness.json"
    good = about.read_bytes()
    of_a_log = VerifierKey(NAME, ED25519, key.public)
    for wrong in (
        b"",
        b"{}",
        good + b"\n",
        good.replace(b"/1", b"/2", 1),
        jcs.encode({"schema": SCHEMA, "vkey": str(of_a_log)}),
    ):
        about.write_bytes(wrong)
        assert code(lambda: looked_into(tmp_path / "witness")) == "store.witness-form"
    about.unlink()
    assert code(lambda: looked_into(tmp_path / "witness")) == "store.no-witness"
    about.write_bytes(good)
    looked_into(tmp_path / "witness")


def test_the_page_shows_such_a_folder(make: Callable[..., VerifierKey], tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "formats" / "witness.md").read_text("utf-8")
    (shown,) = re.findall(r"```json folder\n(.*)\n```", page)
    make()
    (tmp_path / "witness" / "witness.json").write_text(shown)
    assert read_about(tmp_path / "witness").name == NAME
    assert f"{MAX_REQUEST:,} bytes" in page
    (schema,) = (
        found
        for each in re.findall(r"```json\n(.*?)```", page, re.DOTALL)
        if "vkey" in (found := json.loads(each))["properties"]
    )
    assert re.search(schema["properties"]["vkey"]["pattern"], json.loads(shown)["vkey"])
    assert {each.name for each in (tmp_path / "witness").iterdir()} == {"witness.json", "key.wrapped", "heads.json"}
    assert all(f"| `{each.name}` |" in page for each in (tmp_path / "witness").iterdir())
