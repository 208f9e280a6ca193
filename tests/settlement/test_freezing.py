"""Freezes by order: who may order them, how they overlap, and that lifting one leaves the others."""

import pytest

from countersign.settlement import builder, stops
from countersign.settlement.ledger import Account, Balance
from countersign.settlement.netting import MULTILATERAL
from countersign.settlement.records import ContractState
from support import settlement_world as world
from support.settlement_world import BTC, Desk, Trade

PREPARE = "instruction.prepared", ["operations"]


def at(until: str) -> tuple[Desk, Trade]:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, until=until)
    return desk, trade


def scopes(trade: Trade) -> list[dict[str, object]]:
    return [{"lei": world.HARBOUR}, {"lei": world.HARBOUR, "book": "main"}, {"contract": trade.hash}, {"asset": BTC}]


def test_an_order_is_recorded_with_its_document_and_both_officers() -> None:
    desk, _ = at("held")
    desk.log(*world.freeze_step())
    freeze = desk.state.freezes["HC-2026-114"]
    assert freeze.document_sha256 == world.digest("order HC-2026-114")
    assert freeze.officers == ("compliance", "operations")
    assert (freeze.scope.kind, freeze.scope.lei, freeze.scope.book) == ("book", world.HARBOUR, "main")


@pytest.mark.parametrize("names", [["compliance"], ["operations", "officer-d"], ["operations", "officer-a"], ["desk"]])
def test_it_takes_two_officers_one_of_them_of_compliance(names: list[str]) -> None:
    desk, _ = at("held")
    kind, _, body = world.freeze_step()
    assert desk.attempt(kind, names, body) == "settlement.wrong-signers"
    desk.log(*world.freeze_step())
    kind, _, body = world.lift_step()
    assert desk.attempt(kind, names, body) == "settlement.wrong-signers"


@pytest.mark.parametrize(
    ("scope", "code"),
    [
        ({"lei": world.lei("9845NOBODY")}, "settlement.unknown-participant"),
        ({"lei": world.HARBOUR, "book": "none"}, "settlement.unknown-book"),
        ({"contract": "ab" * 32}, "settlement.unknown-contract"),
        ({"asset": f"{world.ETHEREUM}/slip44:60"}, "settlement.unknown-asset"),
        ({"lei": world.HARBOUR, "asset": BTC}, "settlement.scope"),
    ],
)
def test_an_order_names_what_this_desk_knows_and_only_one_thing(scope: dict[str, object], code: str) -> None:
    desk, _ = at("held")
    assert desk.attempt(*world.freeze_step(**scope)) == code


@pytest.mark.parametrize("number", range(4))
def test_every_scope_stops_the_next_step_at_every_place_of_the_story(number: int) -> None:
    desk = world.founded()
    trade = desk.trade()
    stopped = set()
    for step in desk.story(trade):
        scope = scopes(trade)[number]
        if "contract" not in scope or trade.hash in desk.state.contracts:
            other = desk.copy()
            other.log(*world.freeze_step(**scope))
            if other.attempt(*step) == "settlement.frozen":
                stopped.add(step[0])
        desk.log(*step)
    forward = {
        "contract.affirmed",
        "contract.endorsed",
        "hold.placed",
        "cycle.closed",
        "instruction.prepared",
        "share.added",
        "release.authorised",
    }
    assert stopped == (forward - {"contract.affirmed"} if number == 2 else forward)


@pytest.mark.parametrize("number", range(4))
def test_what_is_on_chain_becomes_final_though_frozen(number: int) -> None:
    desk, trade = at("released")
    desk.log(*world.freeze_step(**scopes(trade)[number]))
    desk.play(trade)
    assert desk.stands(trade) is ContractState.FINAL


def test_orders_overlap_and_lifting_one_leaves_the_others() -> None:
    desk, trade = at("held")
    step = "cycle.closed", ["desk"], builder.cycle_body(trade.cycle, [trade.hash], world.START)
    desk.log(*world.freeze_step("first"))
    desk.log(*world.freeze_step("second", asset=BTC))
    desk.log(*world.lift_step("first"))
    assert desk.attempt(*step) == "settlement.frozen"
    desk.log(*world.lift_step("second"))
    assert desk.attempt(*step) is None
    assert desk.state.lifted["first"].lifted_by == world.digest("lifted first")


def test_an_orders_name_is_used_once_for_ever() -> None:
    desk, _ = at("held")
    assert desk.attempt(*world.lift_step()) == "settlement.order-unknown"
    desk.log(*world.freeze_step())
    desk.log(*world.lift_step())
    assert desk.attempt(*world.freeze_step()) == "settlement.order-taken"


def test_a_withdrawal_from_a_frozen_book_is_refused_by_the_orders_name() -> None:
    desk = world.founded()
    desk.log(*world.freeze_step(lei=world.MERIDIAN, book="main"))
    mine = world.signed_contract(world.withdrawal(), ["meridian"])
    assert desk.attempt("withdrawal.requested", ["meridian"], builder.contract_body(mine)) == "settlement.frozen"


def test_a_contract_that_an_order_names_keeps_its_holds() -> None:
    desk, trade = at("held")
    desk.log(*world.freeze_step(contract=trade.hash))
    reason = {"contract": trade.hash, "reason": "Never mind."}
    assert desk.attempt("contract.cancelled", ["meridian", "harbour"], reason) == "settlement.frozen"
    assert desk.attempt("hold.released", ["desk"], {**reason, "leg": 0}) == "settlement.frozen"
    later = desk.copy()
    later.now_ms = (trade.contract.terms.settle_by + 1) * 1_000
    assert later.attempt("contract.expired", ["desk"], {"contract": trade.hash}) == "settlement.frozen"
    second = world.signed_contract(world.terms(1, version=2, replaces=trade.hash))
    assert desk.attempt("contract.affirmed", ["operations"], builder.contract_body(second)) == "settlement.frozen"


def test_under_a_wider_order_a_contract_may_end_for_its_units_stay_in_a_frozen_account() -> None:
    desk, trade = at("held")
    desk.log(*world.freeze_step(lei=world.HARBOUR))
    reason = {"contract": trade.hash, "reason": "Never mind."}
    assert desk.attempt("contract.cancelled", ["meridian", "harbour"], reason) is None


def netted() -> tuple[Desk, Trade, Trade]:
    desk = world.founded(bitcoin=60_000_000_000, dollars=60_000_000_000_000)
    one, other = desk.trade(), desk.trade()
    for trade in (one, other):
        desk.play(trade, until="held")
    body = builder.cycle_body("both", [one.hash, other.hash], world.START, netting=MULTILATERAL)
    desk.log("cycle.closed", ["desk"], body)
    return desk, one, other


def test_a_netted_cycle_nobody_signed_lets_the_free_contracts_go() -> None:
    desk, one, other = netted()
    desk.log(*world.freeze_step(contract=one.hash))
    assert desk.state.cycle("both").called_off
    again = builder.cycle_body("again", [one.hash, other.hash], world.START, netting=MULTILATERAL)
    assert desk.attempt("cycle.closed", ["desk"], again) == "settlement.frozen"
    desk.play(other)
    assert desk.stands(other) is ContractState.FINAL
    assert desk.stands(one) is ContractState.HELD


def test_a_netted_cycle_that_is_stopped_whole_waits() -> None:
    desk, _, _ = netted()
    desk.log(*world.freeze_step(lei=world.HARBOUR))
    assert not desk.state.cycle("both").called_off


def test_nothing_is_lent_from_a_frozen_account() -> None:
    desk = world.founded()
    step = "lending.authorised", ["meridian", "compliance"], world.loan_body()
    desk.log(*world.freeze_step(lei=world.MERIDIAN))
    assert desk.attempt(*step) == "settlement.frozen-account"
    desk.log(*world.lift_step())
    assert desk.attempt(*step) is None


def test_a_frozen_owners_units_come_home_and_are_frozen_there_unless_the_asset_itself_stands_still() -> None:
    desk = world.founded()
    desk.log("lending.authorised", ["meridian", "compliance"], world.loan_body())
    recall = "lending.recalled", ["meridian"], {"loan": "loan-1", "reason": "Home."}
    desk.log(*world.freeze_step("still", asset=BTC))
    assert desk.attempt(*recall) == "settlement.frozen-account"
    desk.log(*world.lift_step("still"))
    desk.log(*world.freeze_step("owner", lei=world.MERIDIAN))
    desk.log(*recall)
    account = Account(world.MERIDIAN, "main", BTC)
    assert stops.balance(desk.state, account) == Balance(0, 0, 30_000_000_000)
