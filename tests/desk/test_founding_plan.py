"""A founding plan: what it makes of people and vaults, and how it refuses what contradicts itself."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from countersign.audit import note
from countersign.audit.note import COSIGNATURE
from countersign.desk import founding_paper, founding_plan
from countersign.desk.author import Scribe
from countersign.errors import CountersignError, Malformed, Refused
from countersign.formats import jcs
from countersign.settlement.founding import founding_roster
from countersign.settlement.roster import SafeVault, SlotVault
from support import settlement_world as world
from support.published_schema import fits
from support.small_plan import BTC_VAULT, LOG, PLAN, RINGS, SAFE, TOKENS, plan, ring
from support.software_stage import CountedEntropy, SetClock

KEY = TOKENS["desk"].public["identity"]


def parsed(given: object) -> founding_plan.Plan:
    return founding_plan.parse(json.dumps(given).encode())


def body(given: object) -> dict[str, object]:
    return founding_plan.body(parsed(given), RINGS, KEY, LOG)


def test_the_plan_becomes_a_roster_with_vaults_of_the_officers_own_keys() -> None:
    scribe = Scribe(world.ORIGIN, SetClock(1_795_348_800), CountedEntropy())
    event = founding_paper.parse(founding_paper.draft(scribe, body(PLAN)))
    roster = founding_roster(event.body, world.ORIGIN, 0)  # type: ignore[arg-type]
    coins, safe = roster.vault(BTC_VAULT), roster.vault(SAFE)
    assert isinstance(coins, SlotVault)
    assert isinstance(safe, SafeVault)
    for slot in coins.slots:
        assert set(slot.keys) == {TOKENS[who].public[f"btc {BTC_VAULT} {slot.number}"].kid for who in ("ada", "dora")}
    assert set(safe.keys) == {TOKENS[who].public[f"safe {SAFE}"].kid for who in ("ada", "dora")}
    assert {each.vault for each in roster.destinations.values()} == {BTC_VAULT, SAFE}
    assert (roster.administrators.officers, roster.administrators.threshold) == (("conrad", "dora"), 2)


def test_a_place_outside_this_custody_is_founded_with_no_vault() -> None:
    account = world.outside("meridian", world.BTC)
    found = body(plan(outside=[{"account": account, "lei": world.MERIDIAN, "book": "main"}]))
    assert found["destinations"][-1] == {  # type: ignore[index]
        "account": account,
        "owner": {"lei": world.MERIDIAN, "book": "main"},
        "vault": None,
    }


def test_a_keyring_comes_back_as_it_was_written() -> None:
    for online in (True, False):
        made = ring("ada", online=online)
        assert founding_plan.keyring(founding_plan.serialise_keyring(made)) == made


def changed_vault(number: int, **fields: object) -> dict[str, Any]:
    given = plan()
    given["vaults"][number] |= fields
    given["vaults"][number] = {name: each for name, each in given["vaults"][number].items() if each is not None}
    return given


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (plan(quorum=3), "desk.plan-quorum"),
        (plan(witnesses=[PLAN["witnesses"][0]] * 2), "desk.plan-quorum"),
        (changed_vault(0, officers=["ada", "nobody"]), "desk.plan-officer"),
        (changed_vault(0, slots=None), "desk.plan-vault"),
        (changed_vault(0, address=world.safe_address("meridian")), "desk.plan-vault"),
        (changed_vault(1, singleton=None), "desk.plan-vault"),
        (changed_vault(1, slots=3), "desk.plan-vault"),
        (changed_vault(0, receives=3), "desk.plan-slot"),
        (changed_vault(0, slots=4), "desk.no-key"),
        (changed_vault(0, officers=["ada", "conrad"]), "desk.no-key"),
    ],
)
def test_a_plan_that_contradicts_itself_is_refused(given: object, code: str) -> None:
    with pytest.raises(Refused) as refused:
        body(given)
    assert refused.value.code == code


@pytest.mark.parametrize("given", [plan(quorum=2), changed_vault(0, slots=2), changed_vault(0, receives=2)])
def test_its_neighbour_is_taken(given: object) -> None:
    assert body(given)["log"] == str(LOG)


@pytest.mark.parametrize("name", sorted(PLAN))
def test_every_part_is_wanted_and_nothing_else(name: str) -> None:
    for given in (
        {key: each for key, each in PLAN.items() if key != name},
        {**PLAN, name: 7},
        {**PLAN, f"{name}2": []},
    ):
        if given.get(name) == 7 and name == "quorum":
            continue  # seven of two: refused by its own name above
        with pytest.raises(Malformed):
            parsed(given)


def test_a_witness_is_a_witnesss_key_and_none_counts_twice() -> None:
    first, second = PLAN["witnesses"]
    renamed = note.verifier_key(bytes([1]) * 32, "witness.example/other", COSIGNATURE)
    for given, code in (([first, {"key": str(LOG), "url": "https://w"}], "L5.key-role"),
                        ([first, second, {"key": str(renamed), "url": "https://w"}], "L5.same-key")):  # fmt: skip
        with pytest.raises(Malformed) as refused:
            parsed(plan(witnesses=given, quorum=2))
        assert refused.value.code == code
    third = note.verifier_key(bytes([3]) * 32, "witness.example/3", COSIGNATURE)
    assert len(parsed(plan(witnesses=[first, second, {"key": str(third), "url": "https://w"}])).witnesses) == 3


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b'{"desk":1}', b'{"desk":"a","desk":"a"}', b"\xff"])
def test_what_is_no_plan_is_malformed(data: bytes) -> None:
    with pytest.raises(CountersignError) as refused:
        founding_plan.parse(data)
    assert isinstance(refused.value, Malformed)


def test_the_pages_examples_are_read_and_fit_the_pages_schema() -> None:
    page = (Path(__file__).parents[2] / "docs/formats/founding.md").read_text("utf-8")
    example, schema, keys = (json.loads(each) for each in re.findall(r"```json\n(.*?)\n```", page, re.DOTALL))
    assert fits(example, schema)
    assert body(example)["log"] == str(LOG)
    for name in schema["required"]:
        assert not fits({key: each for key, each in example.items() if key != name}, schema)
    assert founding_plan.keyring(jcs.encode(keys)) == ring("conrad")
