"""A secret under a passphrase: comes back whole, or not at all."""

import pytest

from countersign.errors import Malformed, Refused
from countersign.keys import wrapping
from countersign.keys.wrapping import Cost, unwrap, wrap
from support.refusals import attempt, refused

CHEAP = Cost(memory=64, passes=1, lanes=1)
SALT, NONCE, SECRET = bytes(range(16)), bytes(range(12)), bytes(range(32))


def test_round_trip_at_the_recommended_cost() -> None:
    wrapped = wrap(SECRET, "correct horse", SALT, NONCE)
    assert wrapped.startswith(b"countersign/wrapped/v1\n" + bytes.fromhex("000100000000000304") + SALT + NONCE)
    assert unwrap(wrapped, "correct horse") == SECRET
    assert SECRET not in wrapped


def test_a_wrong_passphrase_is_refused() -> None:
    wrapped = wrap(SECRET, "correct horse", SALT, NONCE, CHEAP)
    for passphrase in ("correct horse ", "Correct horse", ""):
        with refused("keys.wrong-passphrase", Refused):
            unwrap(wrapped, passphrase)


def test_one_passphrase_in_two_unicode_forms_is_one_passphrase() -> None:
    assert unwrap(wrap(SECRET, "Zu\u0308rich", SALT, NONCE, CHEAP), "Z\u00fcrich") == SECRET
    assert unwrap(wrap(SECRET, "abc", SALT, NONCE, CHEAP), b"abc") == SECRET


def test_every_changed_byte_is_noticed() -> None:
    wrapped = wrap(SECRET, "x", SALT, NONCE, CHEAP)
    for index in range(len(wrapped)):
        flipped = bytearray(wrapped)
        flipped[index] ^= 1
        if index in range(23, 27):
            flipped[index] = 0xFF  # a cost that must be refused before it is paid
        with pytest.raises((Malformed, Refused)):
            unwrap(bytes(flipped), "x")


@pytest.mark.parametrize("cost", [(7, 1, 1), (1 << 21, 1, 1), (64, 0, 1), (64, 17, 1), (64, 1, 0), (4096, 1, 17)])
def test_costs_are_bounded_before_they_are_paid(cost: tuple[int, int, int]) -> None:
    with refused("keys.wrapping-cost"):
        Cost(*cost)


@pytest.mark.parametrize("length", [0, 10, 22, 59, 60, 75, 5000])
def test_refuses_what_is_no_wrapped_secret(length: int) -> None:
    wrapped = (wrapping.MAGIC + bytes(5000))[:length]
    read = attempt(lambda: unwrap(wrapped, "x"))
    assert isinstance(read, Malformed)


def test_refuses_wrong_lengths() -> None:
    for salt, nonce, secret in ((SALT[1:], NONCE, b""), (SALT, NONCE[1:], b""), (SALT, NONCE, bytes(4097))):
        with refused("keys.wrapping-form"):
            wrap(secret, "x", salt, nonce, CHEAP)


def test_a_passphrase_of_another_encoding_is_wrong_and_is_not_repeated() -> None:
    wrapped = wrap(b"s" * 32, "a passphrase", SALT, NONCE, CHEAP)
    with refused("keys.wrong-passphrase", Refused):
        unwrap(wrapped, "caf\udce9")
