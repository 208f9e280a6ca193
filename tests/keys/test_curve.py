"""What arithmetic alone says of an ECDSA signature."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.keys.curve import ORDER, Curve, is_low_s, normalise, split
from support.refusals import refused

ECDSA = [Curve.SECP256K1, Curve.P256]


@given(st.sampled_from(ECDSA), st.data())
def test_normalising_gives_the_low_one_of_two(curve: Curve, data: st.DataObject) -> None:
    r, s = (data.draw(st.integers(1, ORDER[curve] - 1)) for _ in range(2))
    low = normalise(curve, r.to_bytes(32) + s.to_bytes(32))
    assert is_low_s(curve, low)
    assert split(curve, low) in {(r, s), (r, ORDER[curve] - s)}
    assert normalise(curve, low) == low


@pytest.mark.parametrize("curve", ECDSA)
def test_the_middle_belongs_to_low(curve: Curve) -> None:
    middle = ORDER[curve] // 2
    one = bytes(31) + b"\x01"
    assert is_low_s(curve, one + middle.to_bytes(32))
    assert not is_low_s(curve, one + (middle + 1).to_bytes(32))


@pytest.mark.parametrize("curve", ECDSA)
@pytest.mark.parametrize(("r", "s"), [(0, 1), (1, 0), (-1, 1), (1, -1)])
def test_refuses_numbers_out_of_range(curve: Curve, r: int, s: int) -> None:
    order = ORDER[curve]
    numbers = [order if number < 0 else number for number in (r, s)]
    with refused("keys.signature-range"):
        split(curve, b"".join(number.to_bytes(32) for number in numbers))


@pytest.mark.parametrize("length", [0, 63, 65])
def test_refuses_other_lengths(length: int) -> None:
    with refused("keys.signature-length"):
        split(Curve.P256, bytes(length))


def test_ed25519_has_no_such_signatures() -> None:
    with refused("keys.not-ecdsa"):
        split(Curve.ED25519, bytes(64))
