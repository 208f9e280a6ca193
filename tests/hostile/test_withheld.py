"""L8, C7, B7: a policy that was adopted since, or a change of the roster, is left out of what crosses by QR, so that a cold
machine judges by what was before.

An excerpt may have gaps, and nobody proves what lies in them. The two officers who attest a settlement name the policy in
force and the newest change of the roster; a machine that was not shown them takes the attestation for none. Without it
(switched off), the older ones count.
"""

from countersign.errors import Refused
from countersign.keys.public_key import PublicKey
from countersign.settlement import events, spendable
from countersign.settlement.excerpt import carried, excerpt
from countersign.settlement.machine import Entry
from countersign.settlement.state import State
from support import settlement_world as world
from support.refusals import refused
from support.settlement_world import Desk

TIGHT = {"transaction_usd": "1000", "day_usd": None, "counterparty_usd": None}


def crossing() -> tuple[Desk, int, list[Entry]]:
    """A sale whose instructions are prepared, then a policy under which they could not be, then the attestation of both."""
    desk = world.founded()
    size, trade = desk.state.size, desk.trade()
    desk.play(trade, until="instructed")
    policy = world.policy_document(version=2, caps=TIGHT)
    desk.log("policy.adopted", ["compliance", "officer-d"], {"policy": policy})
    desk.log("state.attested", ["compliance", "officer-d"], world.attested_body(desk, trade))
    return desk, size, [each for each in desk.entries[size:] if carried(events.parse(each.event).type)]


def of(entries: list[Entry], kind: str) -> list[Entry]:
    return [each for each in entries if events.parse(each.event).type != kind]


def test_a_policy_that_is_left_out_takes_the_attestation_with_it() -> None:
    desk, _, entries = crossing()
    pinned = world.founded().state
    assert excerpt(entries, pinned).policy == desk.state.policy
    with refused("settlement.attested-policy", Refused):
        excerpt(of(entries, "policy.adopted"), pinned)


def test_switched_off_the_older_policy_counts() -> None:
    _, _, entries = crossing()
    pinned = world.founded().state
    found = excerpt(of(of(entries, "policy.adopted"), "state.attested"), pinned)
    assert found.adopted().caps.transaction_usd is None


def crossing_with_stolen_keys() -> tuple[Desk, list[Entry]]:
    """A sale whose instructions are prepared, change to slot 3; then two tokens are stolen, their keys there withdrawn, and the
    sale is attested by others."""
    desk = world.founded()
    size, trade = desk.state.size, desk.trade()
    desk.play(trade, until="instructed")
    gone = {world.vault_key(each, "bip122", "meridian", 3).public.kid for each in ("officer-c", "officer-d")}
    entries = [world.officer_entry(each) for each in ("officer-c", "officer-d")]
    for entry in entries:
        kept = [each for each in entry["keys"] if PublicKey.from_jwk(each["jwk"]).kid not in gone]  # type: ignore[attr-defined]
        entry["keys"] = kept
    desk.log("roster.changed", ["compliance", "officer-d"], {**world.no_entries(), "officers": entries})
    desk.log("state.attested", ["compliance", "operations"], world.attested_body(desk, trade))
    return desk, [each for each in desk.entries[size:] if carried(events.parse(each.event).type)]


def trusts_slot_3(state: State) -> bool:
    return spendable.takes_change(state.roster, state.roster.vault("meridian-btc"), 3)


def test_a_change_of_the_roster_that_is_left_out_takes_the_attestation_with_it() -> None:
    desk, entries = crossing_with_stolen_keys()
    pinned = world.founded().state
    whole = excerpt(entries, pinned)
    assert whole.roster == desk.state.roster
    assert whole.attestations
    assert not trusts_slot_3(whole)
    with refused("settlement.attested-roster", Refused):
        excerpt(of(entries, "roster.changed"), pinned)


def test_switched_off_the_stolen_keys_count() -> None:
    _, entries = crossing_with_stolen_keys()
    found = excerpt(of(of(entries, "roster.changed"), "state.attested"), world.founded().state)
    assert trusts_slot_3(found)


def test_an_attestation_of_another_roster_is_not_logged() -> None:
    """Two officers sign it while a change of the roster is logged between them: it is attested again."""
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, until="instructed")
    body = world.attested_body(desk, trade)
    again = {**world.no_entries(), "officers": [world.officer_entry("compliance")]}
    desk.log("roster.changed", ["compliance", "officer-d"], again)
    assert desk.attempt("state.attested", ["compliance", "officer-d"], body) == "settlement.attested-roster"
    assert desk.attempt("state.attested", ["compliance", "officer-d"], world.attested_body(desk, trade)) is None
