"""What Review tells beside the transactions: every leg, the cycle with its proof, what stops the settlement."""

from dataclasses import replace

from countersign.desk import settlement_pages
from countersign.settlement import builder
from countersign.settlement.netting import MULTILATERAL
from support import settlement_world as world


def cycled(count: int) -> tuple[world.Desk, list[world.Trade]]:
    desk = world.founded(bitcoin=90_000_000_000, dollars=90_000_000_000_000)
    trades = [desk.trade() for _ in range(count)]
    for each in trades:
        desk.play(each, "held")
    names = [each.hash for each in trades]
    netting = {"netting": MULTILATERAL} if count > 1 else {}
    desk.log("cycle.closed", ["desk"], builder.cycle_body("cycle-x", names, world.START, **netting))
    return desk, trades


def test_every_leg_with_books_amount_and_place() -> None:
    desk, (trade,) = cycled(1)
    first, second = settlement_pages.legs(desk.state, trade.contract.terms)
    assert (first.giver, first.taker, first.money.units) == (
        "Meridian Capital (main)", "Harbour Prime (main)", world.BTC_UNITS,
    )  # fmt: skip
    assert second.destination == trade.contract.terms.legs[1].destination


def test_a_netted_cycle_is_proved_from_its_contracts() -> None:
    desk, trades = cycled(3)
    found = settlement_pages.cycle(desk.state, desk.state.contract(trades[0].hash))
    assert found is not None
    assert (found.id, found.netting, found.proved) == ("cycle-x", MULTILATERAL, True)
    assert (found.transactions_gross, found.transactions_net) == (6, 2)
    assert sorted(found.contracts) == sorted(each.contract.terms.id for each in trades)
    assert sum(each.after.units for each in found.positions) == 0
    assert len(found.obligations) == 2


def test_obligations_that_leave_something_out_are_not_proved() -> None:
    desk, trades = cycled(3)
    cycle = desk.state.cycle("cycle-x")
    short = replace(cycle, obligations=cycle.obligations[:1])
    state = replace(desk.state, cycles=desk.state.cycles.set(cycle.id, short))
    found = settlement_pages.cycle(state, state.contract(trades[0].hash))
    assert found is not None
    assert not found.proved


def test_before_a_cycle_there_is_none() -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, "held")
    record = desk.state.contract(trade.hash)
    assert settlement_pages.cycle(desk.state, record) is None
    assert settlement_pages.stops(desk.state, record) == ()


def test_a_dispute_says_what_was_expected_and_stands_over_a_final_settlement_too() -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, "final")
    desk.log(*world.dispute_step(trade.hash, "harbour", world.transfer("meridian", "harbour", world.BTC, 7)))
    record = desk.state.contract(trade.hash)
    assert record.state.value == "final"
    (found,) = settlement_pages.stops(desk.state, record)
    assert (found.kind, found.by) == ("disputed", ("Harbour Prime",))
    (expected,) = found.expected
    assert (expected.giver, expected.taker) == ("Meridian Capital (main)", "Harbour Prime (main)")
    assert (expected.money.units, expected.money.symbol) == (7, "BTC")
    desk.log("dispute.retracted", ["harbour"], {"contract": trade.hash, "reason": "We were mistaken."})
    assert settlement_pages.stops(desk.state, desk.state.contract(trade.hash)) == ()


def test_an_order_and_a_dispute_are_told_with_who_and_where() -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, "held")
    desk.log(*world.dispute_step(trade.hash))
    (dispute,) = settlement_pages.stops(desk.state, desk.state.contract(trade.hash))
    assert (dispute.kind, dispute.by, dispute.index) == ("disputed", ("Harbour Prime",), desk.state.size - 1)
    desk.log(*world.freeze_step(kind="contract", contract=trade.hash))
    frozen, _ = settlement_pages.stops(desk.state, desk.state.contract(trade.hash))
    standing = desk.state.freezes["HC-2026-114"]
    assert (frozen.kind, frozen.order, frozen.document) == ("frozen", "HC-2026-114", standing.document_sha256)
    assert len(frozen.by) == 2
