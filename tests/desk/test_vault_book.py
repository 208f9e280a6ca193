"""An officer's console asks its own nodes what lies in the vaults, chain by chain; one that is silent hides no other."""

from countersign.demonstration import cast
from countersign.desk import ceremony, vault_book
from countersign.desk.breaks import Cause
from countersign.desk.replica import Replica
from countersign.desk.vouching import Nodes
from countersign.desk.workplace import AtConsole
from countersign.errors import Refused, Unavailable
from countersign.rails import bitcoin as rail
from support.refusals import refused
from support.software_stage import Table


async def book(table: Table, nodes: Nodes | None = None) -> vault_book.VaultBook:
    """A machine of its own that has taken in the log, with its own nodes."""
    replica = Replica(table.stage.profile("console-vaults"), table.stage.clock)
    seen = nodes if nodes is not None else table.desk.nodes
    place = AtConsole(replica, table.desk, table.desk.scribe, seen)
    await place.synchronise()
    return vault_book.VaultBook(place, table.stage.clock)


async def test_every_vault_is_asked_about_and_what_nobody_credited_is_told(table: Table) -> None:
    await table.until("step-found")
    vault = table.desk.state.roster.vault(cast.BUYER.coins)
    script = rail.script_at(f"{cast.BITCOIN}:{ceremony.registered_address(vault, 2)}")
    table.stage.bitcoin.fund(script, 7_000_000)
    steps: list[tuple[int, int]] = []
    view = await (await book(table)).holdings(lambda done, total: steps.append((done, total)))
    assert steps == [(0, 2), (1, 2), (2, 2)]
    assert {each.vault for each in view.lines} == set(table.desk.state.roster.vaults)
    assert [(each.vault, each.more.units) for each in view.lines if each.breaks] == [(cast.BUYER.coins, 7_000_000)]
    (line,) = [each for each in view.lines if each.breaks]
    assert [each.found.cause for each in line.breaks] == [Cause.MISSING_HERE]
    assert view.size == table.desk.state.size


async def test_a_chain_without_a_node_is_named_and_the_other_is_compared(table: Table) -> None:
    await table.until("step-found")
    blind = await book(table, Nodes(bitcoin=table.desk.nodes.bitcoin))
    view = await blind.holdings(lambda done, total: None)
    assert {chain: error.code for chain, error in view.silent.items()} == {cast.ETHEREUM: "desk.no-node"}
    assert {each.ledger.symbol for each in view.lines} == {"BTC"}
    assert isinstance(view.silent[cast.ETHEREUM], Unavailable)


async def test_a_place_that_a_prepared_transaction_pays_is_used(table: Table) -> None:
    await table.until("step-contract")
    replica = Replica(table.stage.profile("console-vaults"), table.stage.clock)
    place = AtConsole(replica, table.desk, table.desk.scribe, table.desk.nodes)
    await place.synchronise()
    known = vault_book.VaultBook(place, table.stage.clock)
    before = await known.view()
    assert await known.view() is before  # made once for a state
    page = next(each for each in before.pages if each.id == cast.SELLER.coins)
    used = {number for number in page.places if (await known.place(page.id, number)).used}
    assert page.receive not in used
    await table.until("step-prepare")
    await place.synchronise()
    await place.fetch(each.artefact for each in place.state.instructions.values())
    (instruction,) = [each for each in place.state.instructions.values() if each.group.kind == "psbt"]
    spent = {spend.slot for spend in instruction.spends if spend.vault == page.id}
    now = {number for number in page.places if (await known.place(page.id, number)).used}
    assert now > used | spent  # and where the change goes
    with refused("bitcoin.no-such-place", Refused):
        await known.place(page.id, 99)
    with refused("settlement.unknown-vault", Refused):
        await known.place("nobody", 0)
