"""What an order stops, as a reader sees it: contracts, cycles and accounts."""

import pytest

from countersign.errors import Refused
from countersign.settlement import stops
from countersign.settlement.ledger import Account, Balance
from countersign.settlement.records import ContractState
from support import settlement_world as world
from support.settlement_world import BTC, USDC, Desk, Trade

ACCOUNTS = [
    Account(world.MERIDIAN, "main", BTC),
    Account(world.MERIDIAN, "main", USDC),
    Account(world.HARBOUR, "main", BTC),
    Account(world.HARBOUR, "main", USDC),
]


def at(until: str) -> tuple[Desk, Trade]:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, until=until)
    return desk, trade


@pytest.mark.parametrize(
    ("scope", "stopped"),
    [
        ({"lei": world.HARBOUR}, [2, 3]),
        ({"lei": world.HARBOUR, "book": "main"}, [2, 3]),
        ({"asset": BTC}, [0, 2]),
    ],
)
def test_an_order_stops_the_accounts_in_its_scope_and_no_other(scope: dict[str, object], stopped: list[int]) -> None:
    desk, _ = at("held")
    desk.log(*world.freeze_step(**scope))
    for number, account in enumerate(ACCOUNTS):
        assert (stops.stopping_account(desk.state, account) is not None) == (number in stopped)
        if number in stopped:
            with pytest.raises(Refused) as caught:
                stops.check_account(desk.state, account)
            assert caught.value.code == "settlement.frozen-account"
            assert caught.value.values["order"] == "HC-2026-114"
        else:
            stops.check_account(desk.state, account)


def test_an_order_for_a_contract_stops_no_account() -> None:
    desk, trade = at("held")
    desk.log(*world.freeze_step(contract=trade.hash))
    assert all(stops.stopping_account(desk.state, account) is None for account in ACCOUNTS)


def test_available_units_of_a_frozen_account_are_shown_as_frozen_until_it_is_lifted() -> None:
    desk, _ = at("held")
    account, before = ACCOUNTS[3], Balance(5_000_000_000_000, world.USDC_UNITS)
    assert stops.balance(desk.state, account) == before
    desk.log(*world.freeze_step())
    assert stops.balance(desk.state, account) == Balance(0, world.USDC_UNITS, 5_000_000_000_000)
    assert stops.balance(desk.state, account).total == before.total
    desk.log(*world.lift_step())
    assert stops.balance(desk.state, account) == before


def test_a_stopped_contract_stands_frozen_and_stands_again_where_it_was() -> None:
    desk, trade = at("instructed")
    desk.log(*world.freeze_step())
    record = desk.state.contract(trade.hash)
    assert stops.standing(desk.state, record) is ContractState.FROZEN
    assert record.state is ContractState.INSTRUCTED
    desk.log(*world.lift_step())
    assert stops.standing(desk.state, desk.state.contract(trade.hash)) is ContractState.INSTRUCTED


def test_what_is_over_does_not_stand_frozen() -> None:
    desk, trade = at("final")
    desk.log(*world.freeze_step())
    assert stops.standing(desk.state, desk.state.contract(trade.hash)) is ContractState.FINAL


def test_the_first_order_is_the_one_that_is_named() -> None:
    desk, trade = at("held")
    desk.log(*world.freeze_step("z-first"))
    desk.log(*world.freeze_step("a-second", asset=BTC))
    found = stops.stopping(desk.state, trade.contract)
    assert found is not None
    assert found.order == "z-first"
    with pytest.raises(Refused) as caught:
        stops.check_free(desk.state, trade.contract)
    assert caught.value.values["order"] == "z-first"
