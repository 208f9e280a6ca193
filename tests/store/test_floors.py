"""What may only go forward: the pin (L6), the clock (C4), settlement ids (C3), change indexes (B7)."""

import pytest

from countersign.audit.pin import Pin
from countersign.errors import Conflict, Refused
from support.small_log import NOW, ORIGIN, filled_log, signed


def pin(size, tag=b"entry", at=NOW):
    return Pin(signed(filled_log(size, tag).checkpoint(), (0, 1)), at, {})


def test_n_never_overwrites_n_plus_k(profile):
    first, small, large = pin(3), pin(5), pin(9)
    profile.journal.advance_pin(None, first)
    read = profile.journal.pin(ORIGIN)
    profile.journal.advance_pin(read, large)
    with pytest.raises(Conflict) as refusal:
        profile.journal.advance_pin(read, small)
    assert refusal.value.code == "L6.moved"
    assert profile.journal.pin(ORIGIN) == large


@pytest.mark.parametrize(
    ("worse", "code"),
    [(pin(2), "L6.pin-back"), (pin(3, b"other"), "L6.pin-other-root"), (pin(4, at=NOW - 1), "L6.pin-back")],
)
def test_a_pin_does_not_go_back_whatever_the_caller_proved(profile, worse, code):
    profile.journal.advance_pin(None, pin(3))
    with pytest.raises(Refused) as refusal:
        profile.journal.advance_pin(pin(3), worse)
    assert refusal.value.code == code


def test_the_pin_stands_outside_the_database_as_soon_as_it_returns(make_profile, open_again):
    with make_profile() as profile:
        profile.journal.advance_pin(None, pin(3))
        profile.journal.advance_pin(pin(3), pin(3, at=NOW + 5))
        assert profile.outside_pins() == (pin(3, at=NOW + 5),)
    with open_again() as profile:
        assert profile.outside_pins() == profile.journal.pins() == (pin(3, at=NOW + 5),)


def test_the_clock_floor_never_falls(profile):
    assert profile.journal.clock_floor() == 0
    assert profile.journal.raise_clock(NOW) == NOW
    assert profile.journal.raise_clock(NOW - 1) == NOW
    assert profile.journal.clock_floor() == NOW
    assert profile.journal.clock_confirmed() is None
    profile.journal.confirm_clock(NOW + 1, "radio clock")
    assert (profile.journal.clock_confirmed(), profile.journal.clock_floor()) == (NOW + 1, NOW + 1)


def test_an_id_and_version_belong_to_the_first_hash(profile):
    profile.journal.see_settlement("S-1", 1, b"a" * 32)
    profile.journal.see_settlement("S-1", 1, b"a" * 32)
    profile.journal.see_settlement("S-1", 2, b"b" * 32)
    with pytest.raises(Conflict) as refusal:
        profile.journal.see_settlement("S-1", 1, b"b" * 32)
    assert refusal.value.code == "C3.bound-otherwise"


def test_a_closed_id_never_signs_again(profile):
    profile.journal.close_settlement("S-1", "final")
    profile.journal.close_settlement("S-1", "cancelled")
    assert profile.journal.settlement_closed("S-1") == "final"
    with pytest.raises(Refused) as refusal:
        profile.journal.see_settlement("S-1", 2, b"a" * 32)
    assert refusal.value.code == "C3.id-closed"


def test_change_indexes_only_rise(profile):
    assert profile.journal.high_water("vault") == -1
    profile.journal.raise_high_water("vault", 7)
    profile.journal.raise_high_water("vault", 3)
    assert profile.journal.high_water("vault") == 7


def test_the_last_setting_counts(profile):
    profile.journal.set_setting("desk", b"one")
    profile.journal.set_setting("desk", b"two")
    assert (profile.journal.setting("desk"), profile.journal.setting("other")) == (b"two", None)
