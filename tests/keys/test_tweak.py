"""Adding a scalar to a point: against arithmetic on private keys, and at the edges of the curve."""

import coincurve
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.errors import Malformed
from countersign.keys import tweak
from countersign.keys.curve import ORDER, Curve

N = ORDER[Curve.SECP256K1]
SCALARS = st.integers(1, N - 1)


def point(secret: int) -> bytes:
    return coincurve.PrivateKey(secret.to_bytes(32)).public_key.format()


@given(SCALARS, SCALARS)
def test_the_sum_is_the_point_of_the_sum(secret: int, scalar: int) -> None:
    if (secret + scalar) % N:
        assert tweak.add(point(secret), scalar.to_bytes(32)) == point((secret + scalar) % N)


@pytest.mark.parametrize("scalar", [N.to_bytes(32), (N - 5).to_bytes(32), b"\xff" * 32, b"\x01" * 31])
def test_what_has_no_sum_is_refused(scalar: bytes) -> None:
    assert tweak.add(point(5), (N - 4).to_bytes(32)) == point(1)
    with pytest.raises(Malformed, match=r"keys\.tweak"):
        tweak.add(point(5), scalar)


def test_what_is_no_point_is_refused() -> None:
    with pytest.raises(Malformed, match=r"keys\.not-on-curve"):
        tweak.add(b"\x02" + b"\xff" * 32, (1).to_bytes(32))
