"""The anchor of a profile: which desk it trusts, and what may change about that."""

from dataclasses import replace

import pytest

from countersign.desk import anchor as anchors
from countersign.desk.anchor import Anchor
from countersign.errors import Malformed, Refused
from countersign.formats import jcs, strict_json
from support.software_stage import Table


@pytest.fixture
async def founded(table: Table) -> Table:
    return await table.until("step-found")


def test_what_is_stored_is_what_was_enrolled(table: Table) -> None:
    assert Anchor.parse(table.stage.anchor.serialise()) == table.stage.anchor


@pytest.mark.parametrize("name", ["log", "quorum", "witnesses", "insiders"])
def test_an_anchor_with_a_field_missing_is_no_anchor(table: Table, name: str) -> None:
    fields = strict_json.parse(table.stage.anchor.serialise())
    assert isinstance(fields, dict)
    del fields[name]
    with pytest.raises(Malformed):
        Anchor.parse(jcs.encode(fields))


def test_a_quorum_of_more_witnesses_than_there_are_is_no_anchor(table: Table) -> None:
    fields = strict_json.parse(table.stage.anchor.serialise())
    assert isinstance(fields, dict)
    with pytest.raises(Malformed) as refused:
        Anchor.parse(jcs.encode({**fields, "quorum": 3}))
    assert refused.value.code == "L5.threshold"


def test_a_profile_without_an_anchor_trusts_nobody() -> None:
    with pytest.raises(Malformed) as refused:
        anchors.require(None)
    assert refused.value.code == "desk.no-anchor"


async def test_the_policy_names_the_witnesses_once_there_is_one(founded: Table) -> None:
    anchor, state = founded.stage.anchor, founded.desk.state
    assert set(anchor.now(state).witnesses) == set(founded.stage.quorum.witnesses)
    fewer = replace(state.adopted(), witnesses=replace(state.adopted().witnesses, quorum=1))
    assert anchor.now(replace(state, policy=fewer)).k == 1
    assert anchor.now(replace(state, policy=None)).k == 2


async def test_a_log_that_names_another_key_than_was_enrolled_is_refused(founded: Table) -> None:
    other = replace(founded.desk.state, log=str(founded.stage.quorum.witnesses[0]))
    with pytest.raises(Refused) as refused:
        founded.stage.anchor.now(other)
    assert refused.value.code == "desk.other-log"


async def test_the_policy_says_how_old_a_head_may_be(founded: Table) -> None:
    anchor, state = founded.stage.anchor, founded.desk.state
    for said, counts in ((600, 600), (86_400, 86_400)):
        policy = replace(state.adopted(), checkpoint_age_seconds=said)
        assert anchor.now(replace(state, policy=policy)).max_age == counts
    assert anchor.now(replace(state, policy=None)).max_age == 86_400
