"""The strict readers under the envelope."""

import pytest

from countersign.airgap import members
from countersign.errors import Malformed


def test_what_is_in_bounds_is_read():
    assert members.entries({"a": 1}, "x", ("a",)) == {"a": 1}
    assert members.text("a", "x") == "a"
    assert members.unsigned(2**53 - 1, "x") == 2**53 - 1
    assert members.octets(b"ab", "x", size=2) == b"ab"
    assert members.array([1, 2], "x", most=2) == [1, 2]
    assert members.hashes([bytes(32)], "x", most=1) == (bytes(32),)
    assert members.ascending([1, 2, 3], "x") is None


@pytest.mark.parametrize(
    "read",
    [
        lambda: members.entries([], "x", ()),
        lambda: members.text(b"a", "x"),
        lambda: members.unsigned(2**53, "x"),
        lambda: members.unsigned(-1, "x"),
        lambda: members.unsigned(True, "x"),
        lambda: members.octets("ab", "x"),
        lambda: members.octets(b"", "x"),
        lambda: members.octets(b"a", "x", size=2),
        lambda: members.array((1,), "x", most=2),
        lambda: members.array([1, 2, 3], "x", most=2),
        lambda: members.hashes([bytes(33)], "x", most=1),
    ],
)
def test_what_is_not_is_refused(read):
    with pytest.raises(Malformed) as refused:
        read()
    assert refused.value.code == "airgap.member"


def test_missing_unknown_and_disordered_have_names_of_their_own():
    for read, code in (
        (lambda: members.entries({}, "x", ("a",)), "airgap.key-missing"),
        (lambda: members.entries({"a": 1, 1: 2}, "x", ("a",)), "airgap.key-unknown"),
        (lambda: members.ascending([1, 1], "x"), "airgap.order"),
    ):
        with pytest.raises(Malformed) as refused:
            read()
        assert refused.value.code == code
