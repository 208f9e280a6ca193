"""A desk's folder as bootstrap opens it: its own log key and no other, witnesses that moved, nodes under its passphrase."""

import asyncio
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from countersign.audit import note
from countersign.audit.note import COSIGNATURE, ED25519
from countersign.bootstrap import station
from countersign.bootstrap.nodes import open_nodes
from countersign.cli.nodes import BitcoinEntry, EthereumEntry, NodeFile
from countersign.cli.seat import Secrets, TokenChoice
from countersign.desk import founding_plan
from countersign.desk.founding_plan import Place
from countersign.desk.sequencer import Sequencer
from countersign.desk.station import NODES, SETTING, Facts, TokenPlace
from countersign.errors import Malformed, Refused, Unavailable
from countersign.formats import jcs
from countersign.store import station as folders
from support.small_plan import RINGS, plan
from support.software_stage import CHEAP

ORIGIN, PASSPHRASE = "northgate.example/desk", "correct horse battery"
FIRST, LATER = (note.verifier_key(bytes([n]) * 32, f"w.example/{n}", COSIGNATURE) for n in (1, 2))
NOWHERE = "http://127.0.0.1:1"


async def pin(_code: str) -> str:
    raise AssertionError


def own(passphrase: str = PASSPHRASE) -> Secrets:
    return Secrets(lambda: passphrase, pin)


def facts(seed: bytes) -> Facts:
    log = note.verifier_key(seed, ORIGIN, ED25519)
    return Facts(log, 1, (Place(FIRST, "https://w.example"),), TokenPlace(None, "/t", "1", "desk", "SoftHSM v2"), "kid")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "desk"
    told = lambda seed: {SETTING: facts(seed).serialise()}  # noqa: E731
    folders.create(made, secrets.token_bytes, lambda: PASSPHRASE, told, CHEAP).close()
    return made


@contextmanager
def opened(folder: Path) -> Iterator[tuple[folders.OpenStation, Facts]]:
    found = folders.open_station(folder, lambda: PASSPHRASE)
    yield found, Facts.parse(found.profile.journal.setting(SETTING) or b"")
    found.close()


def test_heads_are_signed_with_the_key_that_it_was_made_with_or_not_at_all(folder: Path) -> None:
    folders.add_key(folder, secrets.token_bytes, lambda: PASSPHRASE, CHEAP)
    first, second = folder / "keys" / "1.wrapped", folder / "keys" / "2.wrapped"
    kept = first.read_bytes()
    with opened(folder) as (found, told):
        assert isinstance(station._sequencer(found, told), Sequencer)
    first.write_bytes(second.read_bytes())
    with opened(folder) as (found, told), pytest.raises(Refused) as refused:
        station._sequencer(found, told)
    assert refused.value.code == "desk.station-log-key"
    second.write_bytes(kept)  # the order of the files says nothing
    with opened(folder) as (found, told):
        station._sequencer(found, told)


def test_a_witness_that_moved_is_asked_at_its_new_address_and_trust_stays(folder: Path) -> None:
    with opened(folder) as (_, before):
        pass
    station.add_witness(folder, own(), Place(FIRST, "https://elsewhere.example"))
    station.add_witness(folder, own(), Place(LATER, "https://later.example"))
    with opened(folder) as (_, after):
        assert after.witnesses == (Place(FIRST, "https://elsewhere.example"),)
        assert (after.also, after.anchor) == ((Place(LATER, "https://later.example"),), before.anchor)


@pytest.mark.parametrize(
    ("place", "passphrase", "code"),
    [
        (Place(FIRST, "http://w.example"), PASSPHRASE, "sync.witness-plain-http"),
        (Place(note.verifier_key(b"\x05" * 32, ORIGIN, ED25519), "https://w.example"), PASSPHRASE, "L5.key-role"),
        (Place(LATER, "https://w.example"), "another passphrase", "keys.wrong-passphrase"),
    ],
)
def test_what_is_no_witness_and_who_is_not_the_desks_changes_nothing(
    folder: Path, place: Place, passphrase: str, code: str
) -> None:
    with pytest.raises((Malformed, Refused)) as refused:
        station.add_witness(folder, own(passphrase), place)
    assert refused.value.code == code
    with opened(folder) as (_, after):
        assert (after.also, len(after.witnesses)) == ((), 1)


def test_nodes_that_do_not_answer_are_not_taken_and_the_passphrase_is_not_asked_for(folder: Path) -> None:
    for data, code in ((jcs.encode({"bitcoin": [{"url": NOWHERE}]}), "chains.unreachable"), (b"{}", "cli.nodes-none")):
        with pytest.raises((Unavailable, Malformed)) as refused:
            asyncio.run(station.take_nodes(folder, Secrets(lambda: pytest.fail("asked"), pin), data))
        assert refused.value.code == code
    with opened(folder) as (found, _):
        assert found.profile.journal.setting(NODES) is None


def test_a_silent_node_is_left_out_and_told_where_work_goes_on_without_it() -> None:
    file = NodeFile((BitcoinEntry(NOWHERE),), (EthereumEntry(NOWHERE),))
    silent: list[Unavailable] = []
    nodes = asyncio.run(open_nodes(file, silent))
    assert (dict(nodes.bitcoin), dict(nodes.ethereum)) == ({}, {})
    assert [each.code for each in silent] == ["chains.unreachable"] * 2
    with pytest.raises(Unavailable):
        asyncio.run(open_nodes(file))


@pytest.mark.parametrize(("url", "code"), [("http://w.example", "sync.witness-plain-http"), ("w", "sync.witness-url")])
def test_a_plan_whose_witness_cannot_be_asked_makes_no_folder(tmp_path: Path, url: str, code: str) -> None:
    wrong = founding_plan.parse(jcs.encode(plan(witnesses=[{"key": str(FIRST), "url": url}], quorum=1)))
    with pytest.raises((Refused, Malformed)) as refused:
        asyncio.run(station.make(tmp_path / "desk", wrong, RINGS, TokenChoice("desk", None, None, tmp_path), own()))
    assert (refused.value.code, list(tmp_path.iterdir())) == (code, [])
    right = replace(wrong, witnesses=(Place(FIRST, "https://w.example"),))
    with pytest.raises(Unavailable):  # as far as the token, which is not there
        asyncio.run(station.make(tmp_path / "desk", right, RINGS, TokenChoice("desk", None, None, tmp_path), own()))
