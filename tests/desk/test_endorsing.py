"""Compliance endorses what both agreed, or declines it, from its own console; nobody else is offered it."""

from countersign.desk import deals
from countersign.desk.author import Scribe
from countersign.desk.endorsing import wanted
from countersign.desk.officer import Officer
from countersign.desk.replica import Replica
from countersign.desk.signing import Hand
from countersign.settlement import builder
from support import settlement_world as world
from support.software_stage import Table, software_token
from support.stopped_stage import sale


async def agreed(table: Table) -> str:
    """The sale, signed by both and filed by operations."""
    await table.until("step-found")
    data = await deals.sign_contract(sale(table), [table.author("meridian"), table.author("harbour")])
    found, _ = await deals.import_contract(table.desk, table.author("operations"), data)
    await table.desk.put_artefact(table.stage.legal_text)
    return found.hash


async def compliance(table: Table) -> Officer:
    stage = table.stage
    replica = Replica(stage.profile("compliance-console"), stage.clock)
    hand = Hand("compliance", software_token("compliance", ()), table.author("compliance"))
    console = Officer(replica, table.desk, hand, stage.clock, Scribe(table.desk.state.desk, stage.clock, stage.entropy))
    await console.synchronise()
    return console


async def test_compliance_endorses_from_its_console(table: Table) -> None:
    contract = await agreed(table)
    console = await compliance(table)
    view = await console.review(contract)
    assert (view.may_endorse, view.may_decline) == (True, True)
    await console.endorse(contract)
    assert table.desk.state.contract(contract).state == "endorsed"
    view = await console.review(contract)
    assert (view.state, view.may_endorse, view.may_decline) == ("endorsed", False, False)


async def test_compliance_declines_with_its_reason(table: Table) -> None:
    contract = await agreed(table)
    console = await compliance(table)
    await console.decline(contract, "The buyer is not licensed for this.")
    assert table.desk.state.contract(contract).state == "declined"


def test_what_the_machine_would_refuse_is_not_offered() -> None:
    desk = world.founded()
    half = world.signed_contract(world.terms(), ["meridian"])
    desk.log("contract.proposed", ["meridian"], builder.contract_body(half))
    assert wanted(desk.state, half.hash, "compliance") == (False, True)
    assert wanted(desk.state, half.hash, "officer-a") == (False, False)
    assert wanted(desk.state, half.hash, "nobody") == (False, False)
    trade = desk.trade(id="MH-2026-0009")
    desk.play(trade, "agreed")
    assert wanted(desk.state, trade.hash, "compliance") == (True, True)
    desk.log(*world.freeze_step(kind="contract", contract=trade.hash))
    assert wanted(desk.state, trade.hash, "compliance") == (False, True)
