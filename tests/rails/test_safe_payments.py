"""Calls and obligations are paired one by one: equal ones first, whatever the order, the rest by what they have in common."""

from collections import Counter
from dataclasses import replace
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from countersign.ethereum import erc20, inspect
from countersign.ethereum.abi import Address
from countersign.ethereum.inspect import CallFacts
from countersign.ethereum.safe import plain_tx
from countersign.formats import eip55
from countersign.rails.safe_payments import pair
from countersign.settlement.netting import Obligation
from countersign.settlement.roster import Party

CHAIN = "eip155:31337"
SAFE, A, B, C = (Address(bytes([number]) * 20) for number in (9, 1, 2, 3))
DOLLAR, EURO = Address(b"\xd0" * 20), Address(b"\xe0" * 20)
ETHER = Address(b"")
PARTY = Party("9845MERDIN0000000000", "main")


def owes(token: Address, recipient: Address, amount: int) -> Obligation:
    asset = f"{CHAIN}/erc20:{eip55.checksum(token)}" if token else f"{CHAIN}/slip44:60"
    return Obligation("safe", PARTY, PARTY, asset, amount, f"{CHAIN}:{eip55.checksum(recipient)}")


def pays(token: Address, recipient: Address, amount: int, along: int = 0) -> CallFacts:
    data = erc20.encode(erc20.Transfer(recipient, amount)) if token else b""
    to, value = (token, along) if token else (recipient, amount)
    return inspect.read(plain_tx(31337, SAFE, to, value, data, 0))


PAYMENTS = ((DOLLAR, A, 5), (DOLLAR, B, 5), (EURO, A, 5), (ETHER, A, 5))
OWED = tuple(owes(*each) for each in PAYMENTS)


def test_each_obligation_gets_the_call_that_pays_it_in_any_order() -> None:
    for order in permutations(range(4)):
        found = pair([pays(*PAYMENTS[number]) for number in order], OWED)
        assert [each.owed for each in found] == list(OWED)
        assert [each.number - 1 for each in found] == [order.index(number) for number in range(4)]
        assert all(each.pays for each in found)


def test_of_equal_ones_each_stands_for_one() -> None:
    one, call = OWED[0], pays(*PAYMENTS[0])
    assert [(each.number, each.pays) for each in pair((call, call), (one, one))] == [(1, True), (2, True)]
    assert [(each.number, each.pays) for each in pair((call, call), (one,))] == [(1, True), (2, False)]
    assert [(each.number, each.pays) for each in pair((call,), (one, one))] == [(1, True), (0, False)]


def test_what_differs_is_said_where_it_is() -> None:
    """The recipient tells first, then the amount, then the asset."""
    calls = (pays(DOLLAR, C, 7), pays(DOLLAR, C, 5), pays(DOLLAR, A, 6))
    found = pair(calls, (owes(DOLLAR, A, 5), owes(DOLLAR, B, 5), owes(DOLLAR, B, 1)))
    assert [each.number for each in found] == [3, 2, 1]
    assert not any(each.pays for each in found)


def test_a_call_like_nothing_owed_stands_for_what_is_unpaid() -> None:
    unknown = inspect.read(plain_tx(31337, SAFE, DOLLAR, 0, b"\x12\x34\x56\x78", 0))
    found = pair((unknown, pays(*PAYMENTS[0])), OWED[:2])
    assert [(each.number, each.pays) for each in found] == [(2, True), (1, False)]


def test_ether_along_with_a_transfer_is_paired_and_does_not_pay() -> None:
    (found,) = pair((pays(DOLLAR, A, 5, along=1),), OWED[:1])
    assert (found.number, found.pays) == (1, False)


def test_the_same_number_of_another_asset_is_no_payment() -> None:
    (found,) = pair((pays(ETHER, A, 5),), OWED[:1])
    assert (found.number, found.pays) == (1, False)


places = st.sampled_from([A, B])
payments = st.lists(st.tuples(st.sampled_from([DOLLAR, EURO, ETHER]), places, st.integers(1, 2)), max_size=6)


@given(payments, payments)
def test_everything_is_in_exactly_one_pair_and_as_much_is_paid_as_can_be(
    made: list[tuple[Address, Address, int]], due: list[tuple[Address, Address, int]]
) -> None:
    found = pair([pays(*each) for each in made], [owes(*each) for each in due])
    assert [each.owed for each in found if each.owed is not None] == [owes(*each) for each in due]
    assert sorted(each.number for each in found if each.call is not None) == list(range(1, len(made) + 1))
    assert all((each.call is None) == (each.number == 0) for each in found)
    assert sum(each.pays for each in found) == (Counter(made) & Counter(due)).total()
    assert sum(each.call is not None and each.owed is not None for each in found) == min(len(made), len(due))


@given(payments, payments)
def test_obligations_in_another_order_are_paid_alike(
    made: list[tuple[Address, Address, int]], due: list[tuple[Address, Address, int]]
) -> None:
    calls = [pays(*each) for each in made]
    one, other = (pair(calls, [owes(*each) for each in order]) for order in (due, due[::-1]))
    assert Counter(replace(each, number=0, call=None) for each in one if each.pays) == Counter(
        replace(each, number=0, call=None) for each in other if each.pays
    )
