"""The policy: versions follow each other, every field is there, limits make sense."""

import pytest

from countersign.errors import Malformed
from countersign.settlement import policy
from support import settlement_world as world


def test_versions_count_up_by_one() -> None:
    desk = world.founded()
    both = ["compliance", "officer-d"]
    for version, code in ((1, "settlement.policy-version"), (3, "settlement.policy-version"), (2, None)):
        body = {"policy": world.policy_document(version=version)}
        assert desk.attempt("policy.adopted", both, body) == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"fees": {"max_sat_vb": 500, "dual_percent": 11, "never_percent": 10}}, "settlement.fee-bounds"),
        ({"witnesses": {"quorum": 1, "keys": []}}, "settlement.witness-quorum"),
        ({"minimum_notional_usd": 100_000}, "C2.wrong-type"),
        ({"price_tolerance_bps": 10_001}, "C2.integer-bounds"),
        ({"confirmations": {"bip122:x": 1}}, "formats.chain"),
        ({"surprise": 1}, "C2.unknown-field"),
    ],
)
def test_a_policy_that_makes_no_sense_is_malformed(changes: dict[str, object], code: str) -> None:
    with pytest.raises(Malformed) as caught:
        policy.read(world.policy_document(**changes), "policy")
    assert caught.value.code == code


def test_a_chain_that_the_policy_does_not_name_needs_six_confirmations() -> None:
    found = policy.read(world.policy_document(), "policy")
    assert found.confirmations_on(world.BITCOIN) == 3
    assert found.confirmations_on("eip155:1") == 6


def test_hours_are_said_in_words() -> None:
    assert policy.Hours((1, 2, 7), 420, 1_205).text == "Mon Tue Sun, 07:00 to 20:05 UTC"


@pytest.mark.parametrize(("name", "longest"), [("checkpoint_age_seconds", 86_400), ("safe_state_age_seconds", 3_600)])
def test_a_policy_may_ask_for_less_age_than_a_check_and_never_for_more(name: str, longest: int) -> None:
    for good in (60, longest):
        assert getattr(policy.read(world.policy_document(**{name: good}), "policy"), name) == good
    for bad in (59, longest + 1):
        with pytest.raises(Malformed) as refused:
            policy.read(world.policy_document(**{name: bad}), "policy")
        assert refused.value.code == "C2.integer-bounds"
