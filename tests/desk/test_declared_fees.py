"""Whoever agrees to a fee reads it first: read off the bytes, beside the one it takes the place of, on either console."""

from countersign.bitcoin.inspect import facts
from countersign.bitcoin.psbt import parse
from countersign.demonstration import cast
from countersign.desk.console import OfficerConsole
from countersign.desk.governance_views import ProposalView
from countersign.resources.governance_words import said
from support.software_stage import Table, silent


async def at(table: Table, officer: str) -> OfficerConsole:
    console = await table.stage.console(officer, table.story.people[officer])
    await console.synchronise()
    await console.unlock(table.stage.ask_pin)
    return console


def fees(view: ProposalView) -> list[tuple[str, str | None]]:
    """The statements of a fee that is paid, each with what it takes the place of."""
    return [
        (said(each.then.code, each.then.values), each.until_now and said(each.until_now.code, each.until_now.values))
        for each in view.changes
        if each.then.code.startswith("deed.fee-")
    ]


def paid(table: Table, artefact: str) -> str:
    fee = facts(parse(table.desk.artefacts.get(bytes.fromhex(artefact)))).fee
    return f"Its transaction pays the network 0.{fee:08d} BTC."


async def test_both_officers_read_what_a_void_pays_beside_what_it_ends(table: Table) -> None:
    await table.until("step-prepare")
    old = table.live("psbt")
    await table.officer.unlock(table.stage.ask_pin)
    await table.officer.sign(old.hash, silent)
    operations, compliance = await at(table, "operations"), await at(table, "compliance")
    proposed = await operations.deeds.void(table.story.contract, cast.RATE * 3)
    [view] = [each for each in proposed if fees(each)]
    [event] = [each for each in operations.governance.waiting() if each.hash == view.id]
    assert fees(view) == [(paid(table, event.body.artefact), paid(table, old.artefact))]  # type: ignore[attr-defined]
    assert paid(table, event.body.artefact) != paid(table, old.artefact)  # type: ignore[attr-defined]

    taken = compliance.governance.take_in(operations.governance.export(view.id))
    assert fees(taken) == []  # the bytes are not here yet: nothing is said that was not read
    await compliance.synchronise()
    assert fees(compliance.governance.proposal(view.id)) == fees(view)
