"""The ledger: every posting conserves, nothing becomes negative, and the state before stays as it was."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.errors import Refused
from countersign.settlement import ledger
from countersign.settlement.ledger import Account, Balance, Cause, Ledger, Place, Pocket, Posting
from support.settlement_world import BTC, NORTHGATE, OWNERS, USDC

ONE, OTHER = OWNERS["meridian"], OWNERS["harbour"]
ACCOUNT = Account(ONE.lei, ONE.book, BTC)


@given(
    st.lists(
        st.tuples(st.sampled_from(["credit", "hold", "release", "deliver", "fee"]), st.integers(0, 50)), max_size=40
    )
)
def test_whatever_is_posted_the_accounts_add_up(moves: list[tuple[str, int]]) -> None:
    books, kept = Ledger(), []
    for kind, units in moves:
        postings = {
            "credit": lambda units=units: ledger.credit(ONE, BTC, units),
            "hold": lambda units=units: ledger.hold(ONE, BTC, units),
            "release": lambda units=units: ledger.release(ONE, BTC, units),
            "deliver": lambda units=units: ledger.deliver(ONE, OTHER, BTC, units),
            "fee": lambda units=units: ledger.network_fee(ONE, NORTHGATE, BTC, units),
        }[kind]()
        kept.append((books, books.sums()))
        with suppress(Refused):  # an overdraft; what was posted before it in the same call is dropped with it
            books = books.post(postings)
        assert books.balances_with_totals()
        assert all(min(each.available, each.held, each.frozen) >= 0 for each in books.balances.values())
    assert all(before.sums() == sums for before, sums in kept)


def test_a_hold_beyond_what_is_available_says_whose_and_how_much() -> None:
    books = Ledger().post(ledger.credit(ONE, BTC, 9))
    with pytest.raises(Refused) as caught:
        books.post(ledger.hold(ONE, BTC, 10))
    assert caught.value.values == {"lei": ONE.lei, "book": "main", "asset": BTC, "needed": "10", "there": "9"}
    assert books.post(ledger.hold(ONE, BTC, 9)).balance(ACCOUNT) == Balance(0, 9, 0)


@pytest.mark.parametrize(
    ("posting", "code"),
    [
        (Posting(BTC, -1, None, Place(ACCOUNT, Pocket.AVAILABLE), Cause.CREDIT), "settlement.negative-posting"),
        (Posting(USDC, 1, None, Place(ACCOUNT, Pocket.AVAILABLE), Cause.CREDIT), "settlement.posting-asset"),
    ],
)
def test_a_posting_that_makes_no_sense_is_refused(posting: Posting, code: str) -> None:
    with pytest.raises(Refused) as caught:
        Ledger().post([posting])
    assert caught.value.code == code


def test_what_leaves_is_a_fee_or_a_withdrawal() -> None:
    books = Ledger().post(ledger.credit(ONE, BTC, 9)).post(ledger.hold(ONE, BTC, 9))
    books = books.post(ledger.network_fee(ONE, NORTHGATE, BTC, 2))
    books = books.post([Posting(BTC, 3, Place(ACCOUNT, Pocket.HELD), None, Cause.DELIVERY)])
    assert (books.totals[BTC].network_fees, books.totals[BTC].withdrawals, books.totals[BTC].inside) == (2, 3, 4)
