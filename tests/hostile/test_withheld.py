"""L8, C7: a policy that was adopted since is left out of what crosses by QR, so that a cold machine judges by the looser one.

An excerpt may have gaps, and nobody proves what lies in them. The two officers who attest a settlement name the policy in
force; a machine that was not shown it takes the attestation for none. Without it (switched off), the older policy counts.
"""

from countersign.errors import Refused
from countersign.settlement import events
from countersign.settlement.excerpt import carried, excerpt
from countersign.settlement.machine import Entry
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
