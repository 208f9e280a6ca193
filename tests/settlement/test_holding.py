"""Holds and cycles: exact amounts, both sides, and a root that fits."""

from countersign.formats import merkle
from countersign.settlement.cycling import cycle_root
from countersign.settlement.records import ContractState
from support import settlement_world as world


def test_a_hold_is_exactly_what_the_contract_says() -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, until="endorsed")
    body = world.builder.hold_body(trade.contract.terms, trade.hash, 0)
    assert body["fee_amount"] == str(world.FEE_CAP)
    for changes, code in (
        ({"amount": "24999999999"}, "settlement.hold-amount"),
        ({"asset": world.USDC}, "settlement.hold-amount"),
        ({"fee_amount": "49999"}, "settlement.hold-fee"),
        ({"fee_asset": None}, "settlement.hold-fee"),
        ({"leg": 2}, "settlement.unknown-leg"),
        ({"contract": "ab" * 32}, "settlement.unknown-contract"),
    ):
        assert desk.attempt("hold.placed", ["desk"], body | changes) == code
    desk.log("hold.placed", ["desk"], body)
    assert desk.attempt("hold.placed", ["desk"], body) == "settlement.hold-twice"
    assert desk.stands(trade) is ContractState.ENDORSED


def test_a_released_hold_takes_the_contract_back_to_endorsed() -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, until="held")
    body = {"contract": trade.hash, "leg": 1, "reason": "Window over."}
    desk.log("hold.released", ["desk"], body)
    assert desk.stands(trade) is ContractState.ENDORSED
    assert desk.state.contract(trade.hash).cause(ContractState.HELD) is None
    cycle = ("cycle.closed", ["desk"], world.builder.cycle_body(trade.cycle, [trade.hash], world.START))
    assert desk.attempt(*cycle) == "settlement.wrong-state"
    desk.log("hold.placed", ["desk"], world.builder.hold_body(trade.contract.terms, trade.hash, 1))
    desk.log(*cycle)
    assert desk.attempt("hold.released", ["desk"], body) == "settlement.in-cycle"


def test_a_cycle_carries_count_and_root_and_one_contract() -> None:
    desk = world.founded(bitcoin=60_000_000_000, dollars=45_000_000_000_000)
    one, two = desk.trade(), desk.trade()
    for trade in (one, two):
        desk.play(trade, until="held")
    body = world.builder.cycle_body("cycle-x", [one.hash], world.START)
    assert body["root"] == merkle.leaf_hash(bytes.fromhex(one.hash)).hex()
    assert desk.attempt("cycle.closed", ["desk"], body | {"count": 2}) == "settlement.cycle-count"
    assert desk.attempt("cycle.closed", ["desk"], body | {"root": "00" * 32}) == "settlement.cycle-root"
    both = world.builder.cycle_body("cycle-x", [two.hash, one.hash], world.START)
    assert both["root"] == cycle_root((one.hash, two.hash))
    assert desk.attempt("cycle.closed", ["desk"], both) == "settlement.cycle-gross"
    desk.log("cycle.closed", ["desk"], body)
    assert desk.attempt("cycle.closed", ["desk"], body) == "settlement.cycle-taken"
    other = world.builder.cycle_body("cycle-y", [one.hash], world.START)
    assert desk.attempt("cycle.closed", ["desk"], other) == "settlement.in-cycle"


def test_deposits_are_credited_once_confirmed_and_in_the_owners_vault() -> None:
    desk = world.founded()
    names = ["desk", "operations"]
    body = world.deposit_body("harbour", world.BTC, 5, 3)
    for changes, code in (
        ({"confirmations": 2}, "settlement.deposit-confirmations"),
        ({"vault": "meridian-btc"}, "settlement.deposit-vault"),
        ({"vault": "harbour-safe"}, "settlement.deposit-vault"),
        ({"owner": {"lei": world.HARBOUR, "book": "x"}}, "settlement.unknown-book"),
        ({"asset": "eip155:31337/slip44:60"}, "settlement.unknown-asset"),
    ):
        assert desk.attempt("deposit.credited", names, body | changes) == code
    desk.log("deposit.credited", names, body)
    assert desk.attempt("deposit.credited", names, body) == "settlement.deposit-credited"
    trade = desk.trade()
    desk.play(trade)
    own = body | {"reference": f"{trade.bitcoin_transaction}:1"}
    assert desk.attempt("deposit.credited", names, own) == "settlement.deposit-own"


def test_a_deposit_is_not_credited_again_under_another_spelling() -> None:
    desk, names = world.founded(), ["desk", "operations"]
    for asset, spelled in ((world.BTC, "0x{}"), (world.USDC, "{}")):
        body = world.deposit_body("harbour", asset, 5, 3)
        desk.log("deposit.credited", names, body)
        again = body | {"reference": spelled.format(str(body["reference"]).removeprefix("0x"))}
        assert desk.attempt("deposit.credited", names, again) == "settlement.transaction-chain"
    beyond = world.deposit_body("harbour", world.BTC, 5, 4)
    beyond["reference"] = str(beyond["reference"]).replace(":0", f":{1 << 32}")
    assert desk.attempt("deposit.credited", names, beyond) == "settlement.not-outpoint"
