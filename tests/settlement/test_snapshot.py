"""A state kept as bytes is the state again: over every state of the story, over random states, and nothing else passes."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from immutables import Map

from countersign.errors import Malformed
from countersign.keys.public_key import Curve, PublicKey
from countersign.settlement import machine, snapshot
from countersign.settlement.fingerprint import state_hash
from countersign.settlement.forms import form
from countersign.settlement.state import EMPTY, State
from support import settlement_world as world
from support.software_keys import SoftwareKey

KEYS = [SoftwareKey.generate(curve, number).public for curve in Curve for number in range(3)]
st.register_type_strategy(PublicKey, st.sampled_from(KEYS))
st.register_type_strategy(
    Mapping, lambda kind: st.dictionaries(*(st.from_type(each) for each in get_args(kind)), max_size=2)
)
st.register_type_strategy(
    Map, lambda kind: st.dictionaries(*(st.from_type(each) for each in get_args(kind)), max_size=2).map(Map)
)


def story() -> Iterator[State]:
    """Every state of two settlements, one of them declined, and a fault."""
    desk = world.founded()
    yield EMPTY
    yield desk.state
    trade = desk.trade()
    for step in desk.story(trade):
        desk.log(*step)
        yield desk.state
    other = desk.trade()
    desk.play(other, until="agreed")
    yield desk.state
    desk.log("contract.declined", ["compliance"], {"contract": other.hash, "reason": "Not today."})
    bad = desk.entry("contract.endorsed", ["compliance"], {"contract": "ab" * 32})
    yield machine.replay([bad], desk.state)


STORY = tuple(story())


def test_every_state_of_the_story_comes_back() -> None:
    for state in STORY:
        data = snapshot.serialise(state)
        again = snapshot.parse(data)
        assert again == state
        assert state_hash(again) == state_hash(state)
        assert snapshot.serialise(again) == data
    assert len({snapshot.serialise(state) for state in STORY}) == len(STORY)
    assert STORY[-1].faults


def test_what_comes_back_goes_on() -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, until="held")
    resumed = desk.copy()
    resumed.state = snapshot.parse(snapshot.serialise(desk.state))
    desk.play(trade)
    resumed.play(trade)
    assert resumed.state == desk.state
    assert state_hash(resumed.state) == state_hash(desk.state)


def test_a_replayed_state_has_the_same_bytes_as_the_one_that_grew() -> None:
    desk = world.founded()
    desk.play(desk.trade())
    assert snapshot.serialise(machine.replay(desk.entries)) == snapshot.serialise(desk.state)


RANDOM = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@RANDOM
@given(st.data(), st.sampled_from([each.name for each in fields(State)]))
def test_any_value_of_any_field_comes_back(data: Any, name: str) -> None:
    kind = get_type_hints(State)[name]
    state = replace(STORY[3], **{name: data.draw(st.from_type(kind))})
    again = snapshot.parse(snapshot.serialise(state))
    assert again == state
    assert state_hash(again) == state_hash(state)


def test_every_type_that_a_state_may_hold_has_a_form() -> None:
    shape = form(State).shape
    assert all(f"{each.name}:" in shape for each in fields(State))
    assert is_dataclass(PublicKey)
    assert "PublicKey{curve:<SECP256K1='secp256k1',P256='P-256',ED25519='Ed25519'>,data:bytes}" in shape


def test_bytes_that_end_early_or_late_are_malformed() -> None:
    data = snapshot.serialise(STORY[1])
    for end in (*range(80), *range(80, len(data), 211), len(data) - 1):
        with pytest.raises(Malformed) as refused:
            snapshot.parse(data[:end])
        assert refused.value.code.startswith("settlement.snapshot-")
    with pytest.raises(Malformed) as refused:
        snapshot.parse(data + b"\0")
    assert refused.value.code == "settlement.snapshot-form"


def test_no_flipped_bit_gives_the_same_state() -> None:
    state = STORY[10]
    data = snapshot.serialise(state)
    for place in range(0, len(data), 37):
        bad = data[:place] + bytes([data[place] ^ 1 << place % 8]) + data[place + 1 :]
        try:
            found = snapshot.parse(bad)
        except Malformed:
            continue
        assert found != state
        assert snapshot.serialise(found) == bad


def test_a_key_that_is_no_point_of_its_curve_is_malformed() -> None:
    state = STORY[1]
    assert state.desk_key is not None
    data = snapshot.serialise(state)
    bad = data.replace(state.desk_key.data, b"\xff" * len(state.desk_key.data))
    with pytest.raises(Malformed) as refused:
        snapshot.parse(bad)
    assert refused.value.code == "keys.not-on-curve"


def test_another_shape_is_refused_before_it_is_read() -> None:
    data = bytearray(snapshot.serialise(STORY[1]))
    data[len(snapshot.MAGIC)] ^= 1
    with pytest.raises(Malformed) as refused:
        snapshot.parse(bytes(data))
    assert refused.value.code == "settlement.snapshot-schema"
    assert len(snapshot.schema()) == snapshot.SCHEMA_SIZE


def test_other_files_are_refused() -> None:
    for data in (b"", b"{}", b"\x80\x04\x95", b"countersign/snapshot/v2\n" + bytes(100)):
        with pytest.raises(Malformed):
            snapshot.parse(data)
