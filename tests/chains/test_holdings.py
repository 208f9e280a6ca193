"""Calls are drafted one after the other, and only a draft that was settled moves anything."""

from copy import deepcopy

from hypothesis import given
from hypothesis import strategies as st

from countersign.chains.embedded import UNSUPPORTED
from countersign.chains.holdings import Holdings, Moves
from countersign.ethereum import erc20
from countersign.ethereum.abi import Address
from countersign.ethereum.multisend import InnerCall

SAFE, A, B, TOKEN, CONTRACT = (Address(bytes([number]) * 20) for number in (9, 1, 2, 7, 8))


def holdings() -> Holdings:
    return Holdings({TOKEN: {SAFE: 10, A: 1}}, {SAFE: 10})


def moves(found: Holdings) -> Moves:
    return Moves(found, SAFE, frozenset({CONTRACT}), "failed")


def transfer(to: Address, amount: int, more: bytes = b"") -> InnerCall:
    return InnerCall(TOKEN, 0, erc20.encode(erc20.Transfer(to, amount)) + more)


def test_each_call_sees_what_the_one_before_it_moved() -> None:
    draft = moves(holdings())
    assert draft.call(transfer(A, 6)) is None
    assert draft.call(transfer(B, 5)) == "failed"
    assert draft.call(transfer(B, 4)) is None
    assert draft.call(InnerCall(A, 11, b"")) == "failed"
    assert draft.call(InnerCall(A, 10, b"")) is None
    assert draft.call(InnerCall(A, 1, b"")) == "failed"


def test_only_settling_moves() -> None:
    found = holdings()
    draft = moves(found)
    for call in (transfer(A, 6), transfer(SAFE, 4), InnerCall(B, 3, b"")):
        assert draft.call(call) is None
    assert found == holdings()
    draft.settle()
    assert found == Holdings({TOKEN: {SAFE: 4, A: 7}}, {SAFE: 7, B: 3})


def test_what_fails_and_what_is_not_known() -> None:
    draft = moves(holdings())
    for call in (
        InnerCall(TOKEN, 1, transfer(A, 1).data),
        InnerCall(TOKEN, 0, b""),
        InnerCall(CONTRACT, 0, b""),
        transfer(Address(bytes(20)), 1),
        InnerCall(TOKEN, 0, transfer(A, 1).data[:67]),
    ):
        assert draft.call(call) == "failed"
    for call in (
        InnerCall(TOKEN, 0, b"\x09\x5e\xa7\xb3" + bytes(64)),
        InnerCall(A, 0, b"\x01"),
        InnerCall(Address(bytes(19) + b"\x01"), 0, b""),
    ):
        assert (draft.call(call) or "").startswith(UNSUPPORTED)
    assert draft.call(transfer(A, 1, b"what follows means nothing")) is None


@given(st.lists(st.tuples(st.sampled_from([SAFE, A, B]), st.integers(0, 12), st.booleans()), max_size=8))
def test_nothing_is_made_or_lost_and_nothing_is_negative(drawn: list[tuple[Address, int, bool]]) -> None:
    found = holdings()
    before, draft = deepcopy(found), moves(found)
    for to, amount, ether in drawn:
        draft.call(InnerCall(to, amount, b"") if ether else transfer(to, amount))
    draft.settle()
    for old, new in ((before.ether, found.ether), (before.balances[TOKEN], found.balances[TOKEN])):
        assert sum(old.values()) == sum(new.values())
        assert all(units >= 0 for units in new.values())
