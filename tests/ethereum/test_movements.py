"""What moves, from calls and from logs: compared with what is owed as multisets, to the unit."""

from dataclasses import replace

import pytest

from countersign.errors import Malformed
from countersign.ethereum import arrivals, atomic, erc20, execute, movements, multisend
from countersign.ethereum.abi import Address, address_word, word
from countersign.ethereum.atomic import SafeCall
from countersign.ethereum.movements import ETHER, Movement
from countersign.ethereum.multisend import InnerCall
from countersign.ethereum.safe import CURRENT, DELEGATECALL, SafeTx, plain_tx
from countersign.ethereum.views import FAILURE_TOPIC, SUCCESS_TOPIC, LogEntry

SAFE, OTHER, BUYER, TOKEN = (Address(bytes([each]) * 20) for each in (0x5A, 0x5B, 0xDD, 0x70))
BATCH = multisend.pinned(CURRENT)
BLOB = bytes(130)
OWED = (Movement(TOKEN, SAFE, BUYER, 5), Movement(None, SAFE, BUYER, 7))
PAYING = InnerCall(TOKEN, 0, erc20.encode(erc20.Transfer(BUYER, 5)))


def tx(*calls: InnerCall, safe: Address = SAFE) -> SafeTx:
    if len(calls) == 1:
        return plain_tx(1, safe, calls[0].to, calls[0].value, calls[0].data, 0)
    return replace(plain_tx(1, safe, BATCH, 0, multisend.serialise(calls), 0), operation=DELEGATECALL)


def transfer(moved: Movement) -> LogEntry:
    topics = (arrivals.TRANSFER_TOPIC, address_word(moved.payer), address_word(moved.receiver))
    return LogEntry(moved.token or ETHER, topics, word(moved.amount))


def test_a_batch_and_several_safes_at_once_move_what_their_calls_say() -> None:
    call = execute.encode(tx(PAYING, InnerCall(BUYER, 7, b"")), BLOB)
    assert movements.decoded(atomic.parts(SAFE, call)) == OWED
    second = execute.encode(tx(InnerCall(BUYER, 9, b""), safe=OTHER), BLOB)
    both = multisend.serialise((InnerCall(SAFE, 0, call), InnerCall(OTHER, 0, second)))
    called = atomic.parts(BATCH, both)
    assert [each.safe for each in called] == [SAFE, OTHER]
    assert movements.decoded(called) == (*OWED, Movement(None, OTHER, BUYER, 9))
    void = execute.encode(plain_tx(1, SAFE, SAFE, 0, b"", 0), BLOB)
    assert movements.decoded(atomic.parts(SAFE, void)) == ()


@pytest.mark.parametrize(
    "inner, code",
    [
        (InnerCall(TOKEN, 0, b"\x01\x02\x03\x04"), "ethereum.unread-call"),
        (InnerCall(TOKEN, 1, PAYING.data), "ethereum.unread-call"),
        (InnerCall(SAFE, 1, b""), "ethereum.unread-call"),
    ],
)
def test_a_call_that_nobody_can_read_has_no_effects_to_compare(inner: InnerCall, code: str) -> None:
    with pytest.raises(Malformed, match=code):
        movements.decoded(atomic.parts(SAFE, execute.encode(tx(inner), BLOB)))


def test_logs_that_say_the_same_in_another_order_are_no_difference() -> None:
    moved, beyond = movements.logged([transfer(each) for each in reversed(OWED)])
    assert movements.difference(OWED, moved, beyond) is None
    nothing, beyond = movements.logged([transfer(replace(OWED[0], amount=0)), LogEntry(SAFE, (), b"")])
    assert (nothing, beyond) == ((), ())


@pytest.mark.parametrize(
    "changed",
    [
        replace(OWED[0], amount=4),
        replace(OWED[0], amount=6),
        replace(OWED[0], receiver=OTHER),
        replace(OWED[0], payer=OTHER),
        replace(OWED[0], token=OTHER),
        replace(OWED[0], token=None),
    ],
)
def test_one_field_that_differs_is_named_as_missing_and_as_extra(changed: Movement) -> None:
    moved, beyond = movements.logged([transfer(changed), transfer(OWED[1])])
    told = movements.difference(OWED, moved, beyond)
    assert told is not None
    assert f"what is owed does not move: {movements.words(OWED[0])}" in told
    assert f"what nobody is owed moves: {movements.words(changed)}" in told


def test_what_is_beyond_a_transfer_is_named() -> None:
    approved = LogEntry(TOKEN, (movements.APPROVAL_TOPIC, address_word(SAFE), address_word(OTHER)), word(5))
    odd = LogEntry(TOKEN, (*transfer(OWED[0]).topics, word(1)), b"")
    dirty = LogEntry(TOKEN, (arrivals.TRANSFER_TOPIC, b"\x01" * 32, address_word(BUYER)), word(5))
    for entry, words in ((approved, "approval"), (odd, "none of ERC-20"), (dirty, "none of ERC-20")):
        moved, beyond = movements.logged([*map(transfer, OWED), entry])
        assert words in str(movements.difference(OWED, moved, beyond))


def test_a_token_that_credits_less_than_it_says_is_found_by_its_balances() -> None:
    assert movements.holders(OWED) == ((TOKEN, SAFE), (TOKEN, BUYER))
    exact = {(TOKEN, SAFE): (9, 4), (TOKEN, BUYER): (1, 6)}
    assert movements.credited(OWED, exact) is None
    told = movements.credited(OWED, {**exact, (TOKEN, BUYER): (1, 5)})
    assert told is not None
    assert "changes by 4 instead of 5 base units" in told


def test_every_called_safe_says_itself_that_it_succeeded() -> None:
    said, other = LogEntry(SAFE, (SUCCESS_TOPIC, word(1)), b""), LogEntry(OTHER, (SUCCESS_TOPIC, word(1)), b"")
    one, both = [SafeCall(SAFE, b"")], [SafeCall(SAFE, b""), SafeCall(OTHER, b"")]
    assert movements.succeeded(both, [said, other])
    assert not movements.succeeded(both, [said, said])
    assert not movements.succeeded(one, [said, LogEntry(SAFE, (FAILURE_TOPIC, word(1)), b"")])
    assert movements.succeeded(one, [said, LogEntry(OTHER, (FAILURE_TOPIC, word(1)), b"")])


THIRD = Address(bytes([0x71]) * 20)
PAYS, AGAIN = Movement(TOKEN, SAFE, BUYER, 5), Movement(TOKEN, SAFE, OTHER, 6)


@pytest.mark.parametrize(
    "moved",
    [
        (),
        (replace(PAYS, amount=4),),
        (replace(PAYS, amount=6),),
        (replace(PAYS, receiver=OTHER),),
        (replace(PAYS, payer=OTHER),),
        (replace(PAYS, token=THIRD),),
        (replace(PAYS, token=None),),
        (PAYS, PAYS),
        (PAYS, Movement(TOKEN, SAFE, THIRD, 1)),
        (PAYS, Movement(TOKEN, BUYER, THIRD, 1)),
        (PAYS, Movement(TOKEN, OTHER, BUYER, 1)),
    ],
    ids=[
        "none",
        "less",
        "more",
        "other receiver",
        "other payer",
        "other token",
        "ether",
        "twice",
        "fee",
        "back",
        "gift",
    ],
)
def test_an_execution_that_moved_anything_else_than_owed_is_short(moved: tuple[Movement, ...]) -> None:
    assert movements.short(OWED, moved) is not None


def test_what_anybody_can_put_beside_an_execution_is_not_held_against_it() -> None:
    """Before the Safe's own call of the token, and in logs of other tokens; ether needs no log."""
    assert movements.short(OWED, (PAYS,)) is None
    assert movements.short((PAYS, AGAIN), (AGAIN, PAYS)) is None
    before = (Movement(TOKEN, OTHER, BUYER, 9), Movement(TOKEN, BUYER, OTHER, 9))
    poison = (Movement(THIRD, SAFE, BUYER, 5), Movement(THIRD, SAFE, OTHER, 10**30))
    assert movements.short(OWED, (*before, *poison, PAYS, *poison)) is None
    assert movements.short((Movement(None, SAFE, BUYER, 7),), ()) is None
    assert movements.short((), (PAYS,)) is None  # a void owes nothing, and its bytes call nobody
