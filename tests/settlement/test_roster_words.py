"""A change of the roster in statements: each kind of change, with the names of the people it is about."""

import string
from dataclasses import replace
from typing import Any

import pytest

from countersign.resources.governance_words import TEMPLATES, said
from countersign.settlement.roster import SafeVault, SlotVault
from countersign.settlement.roster_change import changed
from countersign.settlement.roster_words import differences
from support import settlement_world as world

BOTH = ["compliance", "officer-d"]


def told(**entries: Any) -> list[str]:
    """What a change says, in words, having been logged."""
    desk = world.founded()
    before = desk.state.roster
    desk.log("roster.changed", BOTH, {**world.no_entries(), **entries})
    found = [each.then for each in differences(before, desk.state.roster, cooling=172_800)]
    for each in found:
        wanted = {name for _, name, _, _ in string.Formatter().parse(TEMPLATES[each.code]) if name}
        assert wanted <= set(each.values), each.code
    return [said(each.code, each.values) for each in found]


def test_what_is_named_again_unchanged_says_nothing() -> None:
    body = world.founding_body()
    same = {name: body[name] for name in ("assets", "participants", "officers", "vaults")}
    assert told(**same, administrators=body["administrators"]) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"suspended": True}, f"Harbour Prime ({world.HARBOUR}) is suspended: it enters no new contract."),
        (
            {"certified_until": "2028-06-30"},
            "The certification of Harbour Prime runs until 2028-06-30 instead of 2027-06-30.",
        ),
        ({"name": "Harbour Ltd"}, f"Harbour Prime ({world.HARBOUR}) is called Harbour Ltd."),
        ({"books": ["fund", "main"]}, "Harbour Prime gets the book fund."),
    ],
)
def test_one_thing_about_a_participant(changes: dict[str, object], words: str) -> None:
    assert told(participants=[world.participant_entry("harbour", **changes)]) == [words]


def test_keys_come_and_go_by_name() -> None:
    new = world.identity("harbour 2").public
    old = world.identity("harbour").public
    assert told(participants=[world.participant_entry("harbour", keys=[new.jwk()])]) == [
        f"Harbour Prime gains the signing key {new.kid}.",
        f"The signing key {old.kid} of Harbour Prime is withdrawn for ever.",
    ]


def test_a_new_participant_with_all_that_it_brings() -> None:
    lei = world.lei("9845NEWONE")
    entry = world.participant_entry("harbour", lei=lei, name="New One", keys=[world.identity("new").public.jwk()])
    texts = told(participants=[entry])
    assert texts[0] == f"New One ({lei}) becomes a participant, certified until 2027-06-30."
    assert texts[1:] == [
        "New One gets the book main.",
        f"New One gains the signing key {world.identity('new').public.kid}.",
    ]


def test_roles_names_and_administrators_of_officers() -> None:
    entry = world.officer_entry("operations") | {"roles": ["administrator"], "name": "Olive Penn-Vale"}
    chosen = {"officers": ["compliance", "officer-d", "operations"], "threshold": 2}
    assert told(officers=[entry], administrators=chosen) == [
        "Olive Penn (operations) is called Olive Penn-Vale.",
        "Olive Penn-Vale gets the role administrator.",
        "Olive Penn-Vale loses the role operations.",
        "The administrators are Conrad Lake, Dora Finch, Olive Penn-Vale; 2 of 3 sign changes.",
    ]


def test_a_key_that_moves_to_an_online_machine_is_said() -> None:
    entry = world.officer_entry("operations")
    entry["keys"][0]["online"] = True  # type: ignore[index]
    (text,) = told(officers=[entry])
    token = "token operations (SoftHSM v2, serial-operations)"
    assert text.startswith(f"A key of Olive Penn is now described as on token {token}: identity, online")


def test_vaults_that_lose_their_quorum_are_named() -> None:
    gone = [world.officer_entry(each) for each in ("officer-a", "officer-c")]
    bare = [entry | {"keys": entry["keys"][:1]} for entry in gone]  # type: ignore[index]
    texts = told(officers=bare)
    assert "The vault meridian-btc no longer has 2 keys to spend with: move what lies there first." in texts
    assert sum("no longer has" in each for each in texts) == 4


def test_slots_safes_and_destinations() -> None:
    slots, safe = world.vault_entries("harbour")
    second = slots["slots"][1]  # type: ignore[index]
    fresh = f"{world.ETHEREUM}:{world.safe_address('nobody')}"
    owner = {"lei": world.HARBOUR, "book": "main"}
    assert told(
        vaults=[slots | {"slots": [*slots["slots"], second | {"number": 9}]}, safe | {"version": "1.3.0"}],
        destinations=[{"account": fresh, "owner": owner, "vault": None}],
    ) == [
        "The vault harbour-btc gets slot 9, with keys of Ada Vale, Cyrus Holt, Dora Finch.",
        f"The Safe harbour-safe is of version 1.3.0 (singleton {world.SAFE_SINGLETON}).",
        f"Harbour Prime, book main, may withdraw to {fresh}, outside this custody, 48 h after this.",
    ]


def test_a_new_vault_is_said_with_all_that_is_agreed_to_by_it() -> None:
    slots, safe = world.vault_entries("harbour")
    desk = world.founded()
    known = desk.state.roster.vault("harbour-safe")
    assert isinstance(known, SafeVault)
    empty = world.machine.EMPTY.roster
    texts = [said(each.then.code, each.then.values) for each in differences(empty, desk.state.roster, cooling=0)]
    for wanted in (
        f"The vault harbour-btc has {len(slots['slots'])} slots.",  # type: ignore[arg-type]
        f"The Safe harbour-safe stands at {safe['address']}.",
        f"The Safe harbour-safe is of version {safe['version']} (singleton {safe['singleton']}).",
        f"The fallback handler of the Safe harbour-safe is {safe['fallback_handler']}.",
    ):
        assert wanted in texts
    assert not [each for each in texts if "gets slot" in each]  # every slot is everybody's
    vault = desk.state.roster.vault("harbour-btc")
    assert isinstance(vault, SlotVault)
    stranger = desk.state.roster.vault("meridian-btc").keys[0]
    odd = replace(vault.slots[1], keys=(vault.slots[1].keys[0], stranger))
    forged = replace(
        desk.state.roster, vaults=desk.state.roster.vaults.set(vault.id, replace(vault, slots=(vault.slots[0], odd)))
    )
    codes = [each.then for each in differences(empty, forged, cooling=0)]
    named = [
        each.values["slot"] for each in codes if each.code == "roster.slot-added" and each.values["vault"] == vault.id
    ]
    assert named == [odd.number]


def test_the_founding_says_everything() -> None:
    desk = world.founded()
    empty = world.machine.EMPTY.roster
    texts = [each.then.code for each in differences(empty, desk.state.roster, cooling=0)]
    assert {"roster.vault-added", "roster.destination-added", "roster.asset-added", "roster.administrators"} <= set(
        texts
    )
    assert changed(desk.state.roster, world.events.parse(desk.entries[0].event).body.entries, time_ms=0)  # type: ignore[union-attr]
