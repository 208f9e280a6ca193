"""Enrolment: whom a profile trusts, compared aloud, then the founding history, proved."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from countersign.audit import note
from countersign.audit.note import ED25519
from countersign.audit.quorum import Quorum
from countersign.desk import anchor as anchors
from countersign.desk.anchor import Anchor
from countersign.desk.ceremony import Keyring
from countersign.desk.enrolment import History, enrol, keyring, keyring_fields, phrase_of, remember
from countersign.desk.replica import Replica
from countersign.errors import Conflict, Malformed, Refused
from countersign.formats import jcs, strict_json
from support import settlement_world as settlement
from support.crossing_world import CrossingWorld
from support.refusals import refused
from support.review_cases import quorum


@pytest.fixture
def world(tmp_path: Path) -> CrossingWorld:
    return CrossingWorld(tmp_path)


def handed(world: CrossingWorld, size: int = 5) -> History:
    return History(Anchor(quorum()), tuple(world.all_records()[:size]), world.head(size))


def test_a_profile_is_enrolled_and_opens_again_with_the_same_history(world: CrossingWorld) -> None:
    given = handed(world)
    replica = enrol(world.profile("new"), world.clock, given.anchor, given.records, given.checkpoint)
    assert (replica.log.size, replica.state.desk) == (5, settlement.ORIGIN)
    pin = replica.pin
    again = world.reopened(replica, "new", world.clock)
    assert (again.pin, again.state.size) == (pin, 5)


def test_enrolling_again_changes_nothing_and_a_longer_history_is_taken_in(world: CrossingWorld) -> None:
    profile, given = world.profile("new"), handed(world)
    first = enrol(profile, world.clock, given.anchor, given.records, given.checkpoint)
    assert enrol(profile, world.clock, given.anchor, given.records, given.checkpoint).pin == first.pin
    longer = handed(world, 6)
    assert enrol(profile, world.clock, longer.anchor, longer.records, longer.checkpoint).log.size == 6


def test_another_anchor_is_refused_once_a_head_is_pinned(world: CrossingWorld) -> None:
    profile, given = world.profile("new"), handed(world)
    enrol(profile, world.clock, given.anchor, given.records, given.checkpoint)
    with refused("desk.enrolled-otherwise", Conflict):
        enrol(profile, world.clock, Anchor(quorum(1)), given.records, given.checkpoint)
    assert anchors.require(profile.journal.setting(anchors.SETTING)) == given.anchor


def test_a_wrong_anchor_is_corrected_while_nothing_is_pinned(world: CrossingWorld) -> None:
    profile, given = world.profile("new"), handed(world)
    stranger = note.verifier_key(bytes([77]) * 32, settlement.ORIGIN, ED25519)
    wrong = Anchor(Quorum(stranger, quorum().witnesses, 2))
    with refused("L2.log-signature", Refused):
        enrol(profile, world.clock, wrong, given.records, given.checkpoint)
    assert enrol(profile, world.clock, given.anchor, given.records, given.checkpoint).log.size == 5


@pytest.mark.parametrize("change", ["fewer", "altered", "rearranged"])
def test_a_history_that_does_not_lead_to_the_head_is_refused(world: CrossingWorld, change: str) -> None:
    profile, given = world.profile("new"), handed(world)
    first, second, *rest = given.records
    wrong = {
        "fewer": given.records[:-1],
        "altered": (replace(first, time_ms=first.time_ms + 1), second, *rest),
        "rearranged": (replace(first, index=1), replace(second, index=0), *rest),
    }[change]
    with refused("desk.entries-differ", Refused):
        enrol(profile, world.clock, given.anchor, wrong, given.checkpoint)
    assert Replica(profile, world.clock).pin is None
    assert profile.archive.size() == 0


def test_the_words_are_those_of_the_anchor_and_of_nothing_else() -> None:
    words = phrase_of(Anchor(quorum()))
    assert len(words.split()) == 12
    assert phrase_of(Anchor.parse(Anchor(quorum()).serialise())) == words
    for other in (Anchor(quorum(1)), Anchor(quorum(), insiders=True)):
        assert phrase_of(other) != words


def test_a_history_is_handed_over_byte_for_byte(world: CrossingWorld) -> None:
    data = handed(world).serialise()
    assert History.parse(data) == handed(world)
    assert History.parse(data).serialise() == data


@pytest.mark.parametrize("field", ["anchor", "checkpoint", "records"])
def test_a_history_lacking_a_part_is_malformed(world: CrossingWorld, field: str) -> None:
    found = strict_json.parse(handed(world).serialise(), limit=1 << 20)
    assert isinstance(found, dict)
    del found[field]
    with pytest.raises(Malformed):
        History.parse(jcs.encode(found))


def test_the_online_console_remembers_what_was_handed_over(world: CrossingWorld) -> None:
    kept = []

    class Console:
        def remember_vault(self, officer: str, head: object) -> None:
            kept.append((officer, head))

    remember(Console(), "officer-c", handed(world).serialise())
    assert kept == [("officer-c", world.head(5))]


def test_a_keyring_is_told_with_public_keys_only() -> None:
    keys = {"identity": settlement.identity("officer-c").public, "safe x": settlement.vault_key("x", "y", "z").public}
    ring = Keyring("serial", "label", "model", keys, online=False)
    told = jcs.encode(keyring_fields(ring))  # type: ignore[arg-type]
    found = strict_json.parse(told)
    assert isinstance(found, dict)
    assert keyring(found, online=False) == ring
    assert b'"d"' not in told


def test_the_page_shows_a_history_and_its_words() -> None:
    page = (Path(__file__).parents[2] / "docs" / "formats" / "enrolment.md").read_text("utf-8")
    example = page.split("```json\n")[1].split("\n```")[0].encode()
    found = History.parse(example)
    assert found.serialise() == example
    assert f"*{phrase_of(found.anchor)}*" in page
    schema = json.loads(page.split("```json\n")[2].split("\n```")[0])
    assert set(schema["required"]) == set(json.loads(example))
    assert set(schema["properties"]["records"]["items"]["required"]) == set(json.loads(example)["records"][0])
    assert set(schema["properties"]["anchor"]["required"]) == set(json.loads(example)["anchor"])
