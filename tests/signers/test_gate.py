"""The attribute gate (H3) by itself, and the public keys that tokens describe."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.keys.public_key import Curve
from countersign.signers.facts import GateFinding
from countersign.signers.gate import (
    EC_PARAMS,
    FALSE_ATTRIBUTES,
    PRIVATE_ATTRIBUTES,
    TRUE_ATTRIBUTES,
    PrivateFacts,
    findings,
    public_key,
)
from support.refusals import refused
from support.software_keys import SoftwareKey

RIGHT = dict.fromkeys(TRUE_ATTRIBUTES, True) | dict.fromkeys(FALSE_ATTRIBUTES, False)


@pytest.mark.parametrize("curve", list(Curve))
def test_a_key_that_only_signs_passes(curve: Curve) -> None:
    for params in EC_PARAMS[curve]:
        assert findings(curve, [PrivateFacts(RIGHT, params)]) == ()


@given(st.dictionaries(st.sampled_from(PRIVATE_ATTRIBUTES), st.booleans()))
def test_exactly_the_wrong_attributes_are_found(changes: dict[str, bool]) -> None:
    found = findings(Curve.P256, [PrivateFacts(RIGHT | changes, EC_PARAMS[Curve.P256][0])])
    assert {one.attribute for one in found} == {name for name, value in changes.items() if value is not RIGHT[name]}


def test_an_attribute_that_is_not_told_counts_as_false() -> None:
    found = findings(Curve.P256, [PrivateFacts({}, EC_PARAMS[Curve.P256][0])])
    assert [one.attribute for one in found] == list(TRUE_ATTRIBUTES)


def test_the_curve_must_be_the_public_keys() -> None:
    [found] = findings(Curve.SECP256K1, [PrivateFacts(RIGHT, EC_PARAMS[Curve.P256][0])])
    assert found == GateFinding("EC_PARAMS", "06052b8104000a", "06082a8648ce3d030107")


@pytest.mark.parametrize("count", [0, 2, 3])
def test_one_private_key_for_an_id(count: int) -> None:
    [found] = findings(Curve.P256, [PrivateFacts(RIGHT, EC_PARAMS[Curve.P256][0])] * count)
    assert (found.attribute, found.found) == ("private keys", str(count))


@pytest.mark.parametrize("curve", list(Curve))
def test_a_point_is_read_wrapped_or_bare_and_nothing_else(curve: Curve) -> None:
    key = SoftwareKey.generate(curve, "k").public
    bare = key.data if curve is Curve.ED25519 else key.uncompressed()
    for point in (bare, b"\x04" + bytes([len(bare)]) + bare):
        assert public_key(EC_PARAMS[curve][0], point) == key
    for wrong in (b"", bare[:-1], bare + b"\0", b"\x05" + bytes([len(bare)]) + bare):
        with refused("signers.ec-point"):
            public_key(EC_PARAMS[curve][0], wrong)
    assert public_key(b"\x06\x05another", bare) is None
