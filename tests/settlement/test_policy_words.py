"""A policy in statements: nothing in the document is left unsaid, and every statement has its words."""

import string
from dataclasses import replace
from typing import Any

import pytest
from immutables import Map

from countersign.resources.governance_words import TEMPLATES, said
from countersign.settlement import policy
from countersign.settlement.policy import Policy
from countersign.settlement.policy_words import clauses, differences
from countersign.settlement.saying import Said, span
from support import settlement_world as world

FULL: dict[str, Any] = {
    "caps": {"transaction_usd": "1000000", "day_usd": "2000000", "counterparty_usd": "3000000"},
    "quorums": [{"from_usd": "5000000", "signatures": 3}],
    "hours": {"days": [1, 5], "from": "07:00", "until": "20:00"},
    "four_eyes": "strict",
    "lending": {world.BTC: {"limit": "100000000000", "rate_bps": 250}},
    "witnesses": {"quorum": 1, "keys": ["one", "two"]},
}
CHANGES: dict[str, Any] = {
    "minimum_notional_usd": "100001",
    "price_tolerance_bps": 101,
    "caps": {"transaction_usd": "1000000", "day_usd": "2000000", "counterparty_usd": "3000001"},
    "quorums": [{"from_usd": "5000000", "signatures": 4}],
    "hours": {"days": [1, 5], "from": "07:01", "until": "20:00"},
    "four_eyes": "standard",
    "request_lifetime_seconds": 86_401,
    "destination_cooling_seconds": 172_801,
    "checkpoint_age_seconds": 86_399,
    "safe_state_age_seconds": 3_599,
    "cycles": {"cut_offs": ["16:01"], "top_up_seconds": 3_600, "cold_contracts": 500},
    "lending": {world.BTC: {"limit": "100000000000", "rate_bps": 251}},
    "confirmations": {world.BITCOIN: 4, world.ETHEREUM: 2},
    "fees": {"max_sat_vb": 500, "dual_percent": 6, "never_percent": 10},
    "witnesses": {"quorum": 1, "keys": ["one", "three"]},
}


def read(**changes: Any) -> Policy:
    return policy.read(world.policy_document(**{**FULL, **changes}), "policy")


def words(each: Said) -> str:
    wanted = {name for _, name, _, _ in string.Formatter().parse(TEMPLATES[each.code]) if name}
    assert wanted == set(each.values)
    return said(each.code, each.values)


def test_every_field_of_the_document_can_be_changed_here() -> None:
    assert set(CHANGES) == set(world.policy_document()) - {"version"}


@pytest.mark.parametrize("field", sorted(CHANGES))
def test_a_changed_field_changes_one_statement_and_says_both(field: str) -> None:
    roster = world.founded().state.roster
    before, after = read(), read(**{field: CHANGES[field]})
    (change,) = differences(before, after, roster)
    assert change.until_now is not None
    assert words(change.then) != words(change.until_now)
    assert change.then in clauses(after, roster)
    assert change.until_now in clauses(before, roster)


def test_the_same_policy_changes_nothing_and_the_first_says_everything() -> None:
    roster = world.founded().state.roster
    assert differences(read(), read(version=2), roster) == ()
    first = differences(None, read(), roster)
    assert tuple(each.then for each in first) == clauses(read(), roster)


def test_limits_come_and_go() -> None:
    roster = world.founded().state.roster
    free = policy.read(world.policy_document(lending={}), "policy")
    texts = [words(each.then) for each in differences(read(), free, roster)]
    assert "There is no cap on one transaction." in texts
    assert "Nothing may be lent." in texts
    assert "Officers' signatures and releases count at any hour." in texts
    assert "No longer." in texts  # the quorum from five million on
    assert [words(each) for each in clauses(free, roster)]


def test_the_numbers_stand_in_the_sentences() -> None:
    texts = [words(each) for each in clauses(read(), world.founded().state.roster)]
    assert "From 5,000,000 USD on, a paying vault needs at least 3 signatures." in texts
    assert "Officers' signatures and releases count on Monday, Friday, 07:00 to 20:00 UTC." in texts
    assert "A new destination counts 48 h after it was registered." in texts
    assert f"The pool takes at most 1,000.00000000 BTC ({world.BTC}) and pays 2.50 % a year." in texts


def test_a_limit_of_an_asset_that_is_not_registered_stays_in_its_smallest_units() -> None:
    roster = world.founded().state.roster
    texts = [words(each) for each in clauses(read(), replace(roster, assets=Map()))]
    assert f"The pool takes at most 100,000,000,000 smallest units of {world.BTC} and pays 2.50 % a year." in texts


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 s"), (59, "59 s"), (90 * 60, "90 min"), (172_800, "48 h"), (259_200, "3 d")]
)
def test_a_span_is_in_its_largest_whole_unit(seconds: int, text: str) -> None:
    assert span(seconds) == text
