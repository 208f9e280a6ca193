"""Questions to a Safe are the published calls, odd answers are refused, a receipt is read by the Safe's own event."""

import pytest
from eth_abi import encode as abi_encode

from countersign.errors import Malformed
from countersign.ethereum import views
from countersign.ethereum.abi import Address, word
from countersign.ethereum.safe import SafeVersion, plain_tx
from countersign.ethereum.views import LogEntry, Outcome

SAFE = Address(b"\x05" * 20)
OTHER = Address(b"\x06" * 20)
TX = plain_tx(31337, SAFE, Address(b"\x07" * 20), 0, b"", 0)
PAYMENT = word(0)
SUCCESS = LogEntry(SAFE, (views.SUCCESS_TOPIC, TX.digest), PAYMENT)


def test_questions_are_the_published_selectors() -> None:
    assert views.ask_nonce().hex() == "affed0e0"
    assert views.ask_threshold().hex() == "e75235b8"
    assert views.ask_owners().hex() == "a0e67e2b"
    assert views.ask_version().hex() == "ffa1ad74"
    assert views.ask_balance(SAFE).hex() == "70a08231" + "00" * 12 + "05" * 20
    assert views.ask_transaction_hash(TX)[:4].hex() == "d8d11f78"


def test_answers_are_read() -> None:
    assert views.read_uint(word(7)) == 7
    owners = ["0x" + SAFE.hex(), "0x" + OTHER.hex()]
    assert views.read_addresses(abi_encode(["address[]"], [owners])) == (SAFE, OTHER)
    assert views.read_version(abi_encode(["string"], ["1.4.1"])) == SafeVersion(1, 4, 1)


@pytest.mark.parametrize("answer", [b"", bytes(31), bytes(33), bytes(64)])
def test_a_number_of_another_length_is_refused(answer: bytes) -> None:
    with pytest.raises(Malformed):
        views.read_uint(answer)


def test_a_list_that_does_not_end_where_it_says_is_refused() -> None:
    good = abi_encode(["address[]"], [["0x" + SAFE.hex()]])
    dirty = good[:64] + b"\x01" + good[65:]
    for answer in (b"", good[:-1], good + bytes(32), good[:32] + word(2**255) + good[64:], dirty):
        with pytest.raises(Malformed):
            views.read_addresses(answer)
    assert views.read_addresses(good) == (SAFE,)


@pytest.mark.parametrize("text", ["1.4", "", "1.4.1+L2"])
def test_a_version_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        views.read_version(abi_encode(["string"], [text]))
    with pytest.raises(Malformed):
        views.read_version(abi_encode(["bytes"], [b"\xff"]))


def test_success_and_failure_are_the_safes_own_word() -> None:
    assert views.outcome(SAFE, TX.digest, [SUCCESS]) is Outcome.SUCCESS
    failure = LogEntry(SAFE, (views.FAILURE_TOPIC, TX.digest), PAYMENT)
    assert views.outcome(SAFE, TX.digest, [failure]) is Outcome.FAILURE
    older = LogEntry(SAFE, (views.SUCCESS_TOPIC,), TX.digest + PAYMENT)
    assert views.outcome(SAFE, TX.digest, [older]) is Outcome.SUCCESS


def test_the_event_of_another_contract_or_transaction_says_nothing() -> None:
    strangers = [
        LogEntry(OTHER, SUCCESS.topics, PAYMENT),
        LogEntry(SAFE, (views.SUCCESS_TOPIC, word(1)), PAYMENT),
        LogEntry(SAFE, (word(1), TX.digest), PAYMENT),
        LogEntry(SAFE, (), TX.digest),
    ]
    assert views.outcome(SAFE, TX.digest, strangers) is Outcome.ABSENT
    assert views.outcome(SAFE, TX.digest, [*strangers, SUCCESS]) is Outcome.SUCCESS
