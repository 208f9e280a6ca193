"""The small forms end in proposals: whole entries with one thing altered, a policy's next version with one number."""

from dataclasses import replace

import pytest

from countersign.desk import common_changes
from countersign.desk.common_changes import NUMBERS
from countersign.errors import Malformed, Refused
from support import settlement_world as world


def policy() -> dict[str, object]:
    desk = world.founded()
    return common_changes.document(desk.entries[desk.state.policy_index].event)


def test_a_suspension_changes_nothing_else() -> None:
    desk = world.founded()
    desk.log("roster.changed", ["compliance", "officer-d"], entries(common_changes.suspended(
        desk.state.roster, world.HARBOUR, suspended=True
    )))  # fmt: skip
    assert desk.state.roster.participant(world.HARBOUR).suspended
    desk.log("roster.changed", ["compliance", "officer-d"], entries(common_changes.suspended(
        desk.state.roster, world.HARBOUR, suspended=False
    )))  # fmt: skip
    assert desk.state.roster.participants == world.founded().state.roster.participants


def entries(found: dict[str, object]) -> dict[str, object]:
    return {**world.no_entries(), **found}


def test_a_lost_key_is_withdrawn_and_the_others_stay() -> None:
    desk = world.founded()
    person = desk.state.roster.officer("officer-a")
    lost = person.keys[-1].key.kid
    desk.log(
        "roster.changed", ["compliance", "officer-d"], entries(common_changes.without_key(desk.state.roster, lost))
    )
    assert desk.state.roster.officer("officer-a").keys == person.keys[:-1]
    assert lost in desk.state.roster.retired


def test_a_participants_key_is_withdrawn_too_and_the_desks_own_is_not() -> None:
    desk = world.founded()
    (key,) = desk.state.roster.participant(world.HARBOUR).keys
    found = common_changes.without_key(desk.state.roster, key.kid)
    assert found["participants"][0]["keys"] == []  # type: ignore[index]
    assert desk.state.desk_key is not None
    with pytest.raises(Refused) as caught:
        common_changes.without_key(desk.state.roster, desk.state.desk_key.kid)
    assert caught.value.code == "desk.desk-key"


@pytest.mark.parametrize("name", NUMBERS)
def test_each_number_makes_the_next_version_that_differs_in_it_alone(name: str) -> None:
    desk = world.founded()
    known = policy()
    wanted = "77" if name.endswith("_age_seconds") else "7"
    body = common_changes.with_number(known, name, wanted)
    made = body["policy"]
    assert isinstance(made, dict)
    assert common_changes.number(made, name) == wanted
    assert made["version"] == 2
    assert known == policy()
    others = [each for each in NUMBERS if each != name]
    assert [common_changes.number(made, each) for each in others] == [
        common_changes.number(known, each) for each in others
    ]
    desk.log("policy.adopted", ["compliance", "officer-d"], body)
    assert desk.state.adopted().version == 2


def test_a_cap_is_taken_away_with_nothing_in_its_place() -> None:
    made = common_changes.with_number(policy(), "caps.day_usd", "5000000")["policy"]
    assert isinstance(made, dict)
    again = common_changes.with_number(made, "caps.day_usd", "")["policy"]
    assert isinstance(again, dict)
    assert common_changes.number(again, "caps.day_usd") == ""


@pytest.mark.parametrize("text", ["", "-1", "1.5", "007", "1e6", "1,000", "٣", "9" * 19])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(Malformed) as caught:
        common_changes.with_number(policy(), "minimum_notional_usd", text)
    assert caught.value.code == "desk.not-a-number"


def test_a_number_that_is_not_offered_is_refused() -> None:
    with pytest.raises(Malformed):
        common_changes.with_number(policy(), "version", "9")


def test_an_event_that_adopts_no_policy_is_refused() -> None:
    desk = world.founded()
    with pytest.raises(Malformed):
        common_changes.document(desk.entries[-1].event)


def test_a_certification_goes_on_until_another_day_and_changes_nothing_else() -> None:
    desk = world.founded()
    before = desk.state.roster.participant(world.HARBOUR)
    body = entries(common_changes.certified(desk.state.roster, world.HARBOUR, "2031-06-30"))
    desk.log("roster.changed", ["compliance", "officer-d"], body)
    after = desk.state.roster.participant(world.HARBOUR)
    assert after.certified_until == "2031-06-30"
    assert replace(after, certified_until=before.certified_until) == before
    for bad in ("2031-6-30", "2031-02-30", "tomorrow", ""):
        with pytest.raises(Malformed):
            common_changes.certified(desk.state.roster, world.HARBOUR, bad)
    with pytest.raises(Refused):
        common_changes.certified(desk.state.roster, world.NORTHGATE, "2031-06-30")
