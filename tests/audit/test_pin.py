"""L4 and L6: from a pinned head there is no way back, and two truths of one size are kept as evidence."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countersign.audit import note, pin
from countersign.audit.checkpoint import SignedCheckpoint
from countersign.audit.pin import Equivocation, Pin
from countersign.audit.quorum import Fresh, Witnessed
from countersign.errors import Malformed, Refused
from support import small_log
from support.small_log import NOW, quorum, signed

LOG = small_log.filled_log(30)
OTHER = small_log.filled_log(30, b"other")


def head(size: int, tag: bytes = b"entry", time: int = NOW) -> SignedCheckpoint:
    return signed(small_log.filled_log(size, tag).checkpoint(), [0, 1], time)


def witnessed(size: int, time: int = NOW) -> Witnessed:
    return quorum(2).verify(head(size, time=time), Fresh(time))


def pinned(size: int) -> Pin:
    return pin.advance(None, witnessed(size), (), NOW)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 30), st.integers(1, 30))
def test_a_pin_moves_forward_with_a_proof_and_never_back(first: int, second: int) -> None:
    if second >= first:
        moved = pin.advance(pinned(first), witnessed(second), LOG.tree.consistency_proof(first, second), NOW + 1)
        assert (moved.size, moved.root, moved.pinned_at) == (second, LOG.tree.root(second), NOW + 1)
    else:
        with pytest.raises(Refused) as error:
            pin.advance(pinned(first), witnessed(second), (), NOW)
        assert (error.value.code, error.value.values) == ("L4.rollback", {"pinned": first, "found": second})


def test_two_signed_roots_of_one_size_are_equivocation_and_both_notes_are_kept() -> None:
    with pytest.raises(Refused) as error:
        pin.judge(pinned(7), head(7, b"other"), ())
    assert error.value.code == "L4.equivocation"
    assert error.value.findings == (Equivocation(head(7).serialise(), head(7, b"other").serialise()),)


def test_equivocation_shows_even_without_witnesses() -> None:
    with pytest.raises(Refused, match=r"L4\.equivocation"):
        pin.judge(pinned(7), signed(small_log.filled_log(7, b"other").checkpoint()), ())


def test_the_same_head_again_is_in_order() -> None:
    assert pin.advance(pinned(7), witnessed(7, NOW + 50), (), NOW + 60).witness_times == dict.fromkeys(
        (str(small_log.witness_key(0)), str(small_log.witness_key(1))), NOW + 50
    )


def test_growth_without_a_proof_or_with_a_false_one_is_refused() -> None:
    proof = LOG.tree.consistency_proof(7, 20)
    for wrong, code in (
        ((), "L4.proof-length"),
        (proof[:-1], "L4.proof-length"),
        ((bytes(32),) * 64, "L4.proof-length"),
        (OTHER.tree.consistency_proof(7, 20), "L4.inconsistent"),
        ((bytes(32), *proof[1:]), "L4.inconsistent"),
    ):
        with pytest.raises(Refused) as error:
            pin.judge(pinned(7), head(20), wrong)
        assert error.value.code == code
    pin.judge(pinned(7), head(20), proof)


def test_another_history_of_a_larger_size_is_inconsistent_whatever_its_proof() -> None:
    with pytest.raises(Refused, match=r"L4\.inconsistent"):
        pin.judge(pinned(7), head(20, b"other"), OTHER.tree.consistency_proof(7, 20))


def test_from_nothing_and_from_an_empty_log_the_proof_is_empty() -> None:
    empty = pin.advance(None, witnessed(0), (), NOW)
    assert pin.advance(empty, witnessed(5), (), NOW).size == 5
    for start in (None, empty):
        with pytest.raises(Refused, match=r"L4\.proof-length"):
            pin.judge(start, head(5), (bytes(32),))


def test_an_empty_log_has_only_one_root() -> None:
    false = type(witnessed(0).checkpoint)(small_log.ORIGIN, 0, bytes(32))
    with pytest.raises(Refused, match=r"L4\.inconsistent"):
        pin.judge(None, signed(false), ())
    pin.judge(None, head(0), ())


def test_another_logs_head_does_not_move_the_pin() -> None:
    text = "log.example/other" + head(20).note.text.removeprefix(small_log.ORIGIN)
    other = SignedCheckpoint.parse(
        f"{text}\n{note.sign(small_log.LOG_SEED, 'log.example/other', text).line()}".encode()
    )
    for size in (0, 7):
        with pytest.raises(Refused, match=r"L4\.other-log"):
            pin.judge(pinned(size), other, ())


def test_witness_times_and_the_pins_own_time_never_go_back() -> None:
    first = pin.advance(None, witnessed(5, NOW), (), NOW)
    later = pin.advance(first, witnessed(5, NOW - 300), (), NOW - 300)
    assert later.pinned_at == NOW
    assert set(later.witness_times.values()) == {NOW}


def test_a_stored_pin_comes_back_the_same_and_nothing_else_is_a_pin() -> None:
    stored = pinned(7).serialise()
    assert Pin.parse(stored) == pinned(7)
    for wrong in (
        b"",
        b"{}",
        stored + b"\n",
        stored.replace(b'"pinned_at":1', b'"pinned_at":-1'),
        stored.replace(b"+", b"-", 1),
        stored.replace(b"\\n7\\n", b"\\n07\\n"),
    ):
        with pytest.raises(Malformed):
            Pin.parse(wrong)


def test_a_store_restored_from_yesterday_is_seen() -> None:
    for stored in (None, pinned(6)):
        with pytest.raises(Refused, match=r"L6\.restored"):
            pin.require_not_restored(stored, pinned(7))
    for stored in (pinned(7), pinned(8)):
        pin.require_not_restored(stored, pinned(7))


def test_a_store_with_another_truth_than_its_copy_is_equivocation() -> None:
    other = pin.advance(None, quorum(2).verify(head(7, b"other"), Fresh(NOW)), (), NOW)
    with pytest.raises(Refused, match=r"L4\.equivocation"):
        pin.require_not_restored(other, pinned(7))
