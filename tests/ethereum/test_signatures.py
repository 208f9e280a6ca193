"""Owners' signatures: made from what a token returns, refused in every other form (E9)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countersign.errors import CountersignError, Malformed, Refused
from countersign.ethereum.abi import Address, Digest
from countersign.ethereum.signatures import (
    KINDS,
    Kind,
    OwnerSignature,
    combine,
    from_token,
    kind,
    parse,
    recover,
    recovered_for_display,
    require_owner,
    serialise,
    split,
    verify,
)
from countersign.formats.keccak import keccak256
from countersign.keys.ecdsa import ORDER
from countersign.keys.public_key import Curve
from support.software_keys import SoftwareKey

N = ORDER[Curve.SECP256K1]
KEYS = sorted(
    (SoftwareKey.generate(Curve.SECP256K1, f"owner {index}") for index in range(3)),
    key=lambda key: key.public.ethereum_address(),
)
OWNERS = tuple(Address(key.public.ethereum_address()) for key in KEYS)
DIGEST = Digest(keccak256(b"a Safe transaction"))


def sign(index: int, digest: Digest = DIGEST) -> OwnerSignature:
    return from_token(KEYS[index].public, digest, KEYS[index].sign_digest(digest))


def code(call: object, *arguments: object) -> str:
    with pytest.raises(CountersignError) as caught:
        call(*arguments)  # type: ignore[operator]
    return caught.value.code


def high_s(signature: bytes) -> bytes:
    """The mirrored signature: n−s and the other v. A Safe accepts it."""
    mirrored = N - int.from_bytes(signature[32:64], "big")
    return signature[:32] + mirrored.to_bytes(32, "big") + bytes([55 - signature[64]])


@settings(max_examples=30, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.integers(0, 2))
def test_a_tokens_signature_recovers_to_its_owner(digest: bytes, index: int) -> None:
    made = sign(index, Digest(digest))
    assert made.owner == OWNERS[index]
    assert made.signature[64] in (27, 28)
    assert recover(Digest(digest), made.signature) == made


@settings(max_examples=30, deadline=None)
@given(st.binary(min_size=32, max_size=32))
def test_a_token_that_answers_high_s_gives_the_same_signature(digest: bytes) -> None:
    """SoftHSM does so in about half of its answers."""
    made = sign(0, Digest(digest))
    assert from_token(KEYS[0].public, Digest(digest), high_s(made.signature)[:64]) == made


def test_a_signature_by_another_key_or_over_another_digest_is_not_taken_from_a_token() -> None:
    rs = KEYS[1].sign_digest(DIGEST)
    assert code(from_token, KEYS[0].public, DIGEST, rs) == "keys.recovery-mismatch"
    assert code(from_token, KEYS[1].public, Digest(keccak256(b"other")), rs) == "keys.recovery-mismatch"
    for wrong in (rs[:63], rs + b"\x00", bytes(64), b""):
        assert code(from_token, KEYS[1].public, DIGEST, wrong).startswith("keys.signature-")


@pytest.mark.parametrize("v", sorted(set(range(256)) - {27, 28}))
def test_every_v_but_27_and_28_is_refused(v: int) -> None:
    good = sign(0).signature
    assert code(recover, DIGEST, good[:64] + bytes([v])) == "E9.kind"


@pytest.mark.parametrize(
    ("v", "expected"),
    [
        (0, Kind.CONTRACT),
        (1, Kind.APPROVED_HASH),
        (2, Kind.OTHER),
        (26, Kind.OTHER),
        (27, Kind.ECDSA),
        (28, Kind.ECDSA),
        (29, Kind.OTHER),
        (31, Kind.ETH_SIGN),
        (32, Kind.ETH_SIGN),
        (255, Kind.OTHER),
    ],
)
def test_kinds_are_named(v: int, expected: Kind) -> None:
    assert kind(bytes(64) + bytes([v])) is expected
    assert set(KINDS) == {0, 1, 27, 28, 31, 32}


def test_high_s_is_refused_though_a_safe_would_take_it() -> None:
    good = sign(0).signature
    assert code(recover, DIGEST, high_s(good)) == "E9.high-s"
    assert recover(DIGEST, high_s(high_s(good))).owner == OWNERS[0]


@pytest.mark.parametrize("part", [0, N, N + 1, 2**256 - 1])
def test_r_and_s_lie_between_1_and_n_minus_1(part: int) -> None:
    good = sign(0).signature
    word = part.to_bytes(32, "big")
    assert code(recover, DIGEST, word + good[32:]) == "E9.range"
    assert code(recover, DIGEST, good[:32] + word + good[64:]) == "E9.range"


def test_an_r_on_no_point_of_the_curve_recovers_to_nobody() -> None:
    """x = 5 is on no point of secp256k1: 5³ + 7 is no square."""
    assert code(recover, DIGEST, (5).to_bytes(32, "big") + (1).to_bytes(32, "big") + b"\x1b") == "E9.recovery"


def test_a_signature_over_another_digest_recovers_to_a_stranger() -> None:
    """Recovery always names somebody; only the list of owners says that it is nobody we know."""
    stray = recover(Digest(keccak256(b"other")), sign(0).signature)
    assert stray.owner not in OWNERS
    assert code(require_owner, stray, OWNERS) == "E9.not-owner"
    require_owner(sign(0), OWNERS)


@pytest.mark.parametrize("length", [0, 1, 64, 66, 129, 131])
def test_a_blob_is_whole_signatures(length: int) -> None:
    assert code(split, bytes(length)) == "E9.length"
    assert len(split(bytes(130))) == 2


@given(st.permutations([0, 1, 2]))
@settings(deadline=None)
def test_combining_does_not_depend_on_the_order_of_arrival(order: list[int]) -> None:
    blob = combine(sign(index) for index in order)
    assert blob == b"".join(sign(index).signature for index in range(3))
    assert tuple(one.owner for one in verify(DIGEST, blob, OWNERS, 3)) == OWNERS


def test_one_owner_counts_once() -> None:
    assert code(combine, [sign(0), sign(1), sign(0)]) == "E9.duplicate"
    assert code(verify, DIGEST, sign(0).signature * 2, OWNERS, 2) == "E9.duplicate"


def test_owners_not_ascending_are_refused_and_ascending_pass() -> None:
    low, high = sign(0).signature, sign(1).signature
    assert code(verify, DIGEST, high + low, OWNERS, 2) == "E9.order"
    assert len(verify(DIGEST, low + high, OWNERS, 2)) == 2


def test_the_count_is_exactly_the_threshold() -> None:
    blob = combine([sign(0), sign(1)])
    assert code(verify, DIGEST, blob, OWNERS, 3) == "E9.count"
    assert code(verify, DIGEST, blob, OWNERS, 1) == "E9.count"
    assert len(verify(DIGEST, blob, OWNERS, 2)) == 2


def test_a_stranger_among_the_owners_is_refused() -> None:
    blob = combine([sign(0), sign(1)])
    assert code(verify, DIGEST, blob, OWNERS[1:], 2) == "E9.not-owner"


def test_a_signature_over_another_hash_is_refused_in_the_blob() -> None:
    assert code(verify, Digest(keccak256(b"other")), combine([sign(0), sign(1)]), OWNERS, 2) == "E9.not-owner"


def test_eth_sign_can_be_shown_and_is_never_accepted() -> None:
    wrapped = Digest(keccak256(b"\x19Ethereum Signed Message:\n32" + DIGEST))
    shown = sign(1, wrapped).signature
    as_eth_sign = shown[:64] + bytes([shown[64] + 4])
    assert recovered_for_display(DIGEST, as_eth_sign) == OWNERS[1]
    assert code(recover, DIGEST, as_eth_sign) == "E9.kind"
    assert recovered_for_display(DIGEST, sign(1).signature) == OWNERS[1]
    assert recovered_for_display(DIGEST, bytes(64) + b"\x01") is None
    assert recovered_for_display(DIGEST, bytes(64) + b"\x1b") is None


def test_the_list_round_trips_in_ascending_order() -> None:
    data = serialise([sign(2), sign(0)])
    assert parse(data) == (sign(0), sign(2))
    assert serialise(parse(data)) == data
    assert not data.endswith(b"\n")


def test_a_list_out_of_order_or_out_of_shape_is_refused() -> None:
    one, two = serialise([sign(0)])[1:-1], serialise([sign(1)])[1:-1]
    assert parse(b"[" + one + b"," + two + b"]") == (sign(0), sign(1))
    assert code(parse, b"[" + two + b"," + one + b"]") == "E9.order"
    assert code(parse, b"[" + one + b"," + one + b"]") == "E9.duplicate"
    assert code(parse, b"[" + one[:-4] + b'"}]') == "E9.length"
    assert code(parse, b"[" + one.replace(b'"owner"', b'"ownes"') + b"]") == "C2.unknown-field"
    for data in (b"{}", b"[]", b"[1]"):
        with pytest.raises(Malformed):
            parse(data)


def test_a_claimed_owner_proves_nothing() -> None:
    lie = OwnerSignature(OWNERS[1], sign(0).signature)
    (read,) = parse(serialise([lie]))
    assert read.owner == OWNERS[1]
    assert recover(DIGEST, read.signature).owner == OWNERS[0]


def test_refusals_are_of_the_right_kind() -> None:
    with pytest.raises(Malformed):
        kind(bytes(64))
    with pytest.raises(Refused):
        recover(DIGEST, bytes(64) + b"\x1f")
