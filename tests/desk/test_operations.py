"""What an operations officer does at a console of their own: own replica, own nodes, the desk verifying and signing beside."""

import asyncio
from pathlib import Path

import pytest

from countersign.demonstration import cast
from countersign.desk import ceremony, deals, importing, lending
from countersign.desk.author import signed
from countersign.desk.breaks import Break, Cause
from countersign.desk.operations import Operations
from countersign.desk.replica import Replica
from countersign.desk.vouching import Nodes
from countersign.errors import Refused, Unavailable
from countersign.rails import bitcoin as rail
from countersign.resources.text import SENTENCES
from countersign.settlement import events
from countersign.settlement.roster import Party
from support import stopped_stage as stopped
from support.refusals import refused
from support.software_stage import Table


@pytest.fixture
async def founded(table: Table) -> Table:
    return await table.until("step-found")


def console(table: Table, officer: str = "operations", nodes: Nodes | None = None) -> Operations:
    """An officer's console: a machine of its own, with its own nodes."""
    replica = Replica(table.stage.profile(f"console-{officer}"), table.stage.clock)
    seen = nodes if nodes is not None else table.desk.nodes
    return Operations(replica, table.desk, table.author(officer), table.desk.scribe, table.stage.clock, seen)


def unexpected_coin(table: Table, satoshis: int) -> str:
    """Somebody pays into the buyer's vault, and nobody credits it."""
    vault = table.desk.state.roster.vault(cast.BUYER.coins)
    script = rail.script_at(f"{cast.BITCOIN}:{ceremony.registered_address(vault, 2)}")
    coin = table.stage.bitcoin.fund(script, satoshis)
    return f"{coin.txid}:{coin.vout}"


async def test_a_console_reconciles_with_its_own_nodes_and_logs_what_it_showed(founded: Table) -> None:
    operations = console(founded)
    view = await operations.reconcile()
    assert (view.breaks, view.lasting, view.index) == ((), 0, None)
    assert all(each.ledger == each.chain and each.ledger.units for each in view.sums)
    assert sorted(each.ledger.symbol for each in view.sums) == ["BTC", "USDC"]
    recorded = await operations.record(view)
    assert recorded.index == founded.desk.state.size - 1
    assert founded.desk.state.reconciled is not None
    assert founded.desk.artefacts.get(bytes.fromhex(founded.desk.state.reconciled.report)) == view.report.serialise()


async def test_a_break_is_told_with_its_cause_in_words_and_both_sides(founded: Table) -> None:
    operations = console(founded)
    outpoint = unexpected_coin(founded, 7_000_000)
    (found,) = (await operations.reconcile()).breaks
    assert (found.found.cause, found.found.reference, found.owner) == (Cause.MISSING_HERE, outpoint, cast.BUYER.name)
    assert (found.code, found.values["about"]) == ("desk.break-vault-missing-here", cast.BUYER.coins)
    assert found.more is not None
    assert (found.more.units, found.more.symbol) == (7_000_000, "BTC")


async def test_what_was_not_shown_is_not_recorded(founded: Table) -> None:
    operations = console(founded)
    view = await operations.reconcile()
    unexpected_coin(founded, 9)
    size = founded.desk.state.size
    with pytest.raises(Refused) as error:
        await operations.record(view)
    assert (error.value.code, error.value.values) == ("desk.reconciliation-moved", {"found": 1, "shown": 0})
    assert founded.desk.state.size == size
    assert (await operations.record(await operations.reconcile())).lasting == 1


async def test_a_trade_file_is_compared_recorded_and_given_to_the_desk(founded: Table, tmp_path: Path) -> None:
    btc = f"{cast.BITCOIN}/slip44:0"
    trades = (
        f"lei,book,contract,side,asset,amount,state\n{cast.SELLER.lei},main,MH-9,deliver,{btc},500,agreed\n".encode()
    )
    operations = console(founded, nodes=Nodes())
    view = await operations.reconcile(trades)
    assert (view.participant, view.sums, [each.code for each in view.breaks]) == (
        cast.SELLER.name,
        (),
        ["desk.break-trade-missing-here"],
    )
    recorded = await operations.record(view)
    assert recorded.index == founded.desk.state.size - 1
    assert founded.desk.artefacts.get(bytes.fromhex(view.report.file)) == trades


async def test_without_a_node_the_chains_are_not_compared(founded: Table) -> None:
    blind = console(founded, nodes=Nodes(bitcoin={cast.BITCOIN: founded.stage.bitcoin}))
    with pytest.raises(Unavailable) as error:
        await blind.reconcile()
    assert (error.value.code, error.value.values) == ("desk.no-node", {"chain": cast.ETHEREUM})
    assert blind.standing().unfollowed == (cast.ETHEREUM,)


@pytest.mark.parametrize("officer", ["compliance", "officer-a"])
async def test_only_the_role_of_operations_may(founded: Table, officer: str) -> None:
    found, allowed = console(founded, officer), console(founded)
    with refused("desk.not-operations", Refused):
        await found.reconcile()
    await allowed.reconcile()
    assert (found.standing().may, allowed.standing().may) == (False, True)


def test_every_cause_has_its_words() -> None:
    for cause in Cause:
        for trade in (False, True):
            for reference in ("", "ab:0"):
                found = Break(cause, "v", cast.BUYER.lei, "main", "x", "1", "2", reference)
                assert found.code(trade=trade) in SENTENCES


async def contract(table: Table, number: int, *parties: str) -> bytes:
    terms = deals.spot_terms(cast.ORIGIN, table.story.sale(f"MH-2026-{number:04d}"))
    return await deals.sign_contract(terms, [table.author(each) for each in parties or ("meridian", "harbour")])


async def test_a_batch_is_judged_then_filed_item_by_item(founded: Table) -> None:
    operations = console(founded)
    one = await contract(founded, 1)
    files = {"a": one, "b": await contract(founded, 2, "meridian"), "c": one, "d": b"{"}
    shown = await operations.judge_batch(files)
    size = founded.desk.state.size
    assert [each.item.outcome.value for each in shown.items] == ["new", "new", "twice in the batch", "malformed"]
    assert (shown.new, shown.contracts_only, shown.filed) == (2, True, False)
    assert shown.items[0].sides is not None
    assert shown.items[0].sides.parties == (cast.SELLER.name, cast.BUYER.name)
    told: list[tuple[int, int]] = []
    done = await operations.file_batch(shown, lambda *each: told.append(each))
    assert [each.item.index for each in done.items] == [size, size + 1, None, None]
    assert (told, done.filed, founded.desk.state.size) == ([(1, 2), (2, 2)], True, size + 2)
    again = await operations.judge_batch(files)
    assert [each.item.outcome.value for each in again.items[:2]] == ["already here", "already here"]


async def test_what_somebody_filed_meanwhile_is_not_filed_twice(founded: Table) -> None:
    operations, files = console(founded), {"a": await contract(founded, 1)}
    shown = await operations.judge_batch(files)
    await importing.carry_out(founded.desk, founded.author("operations"), files)
    size = founded.desk.state.size
    done = await operations.file_batch(shown, lambda *_: None)
    assert ([each.item.outcome.value for each in done.items], founded.desk.state.size) == (["already here"], size)


async def test_what_was_shown_as_refused_is_not_filed_when_time_makes_it_good(founded: Table) -> None:
    operations = console(founded)
    await lend(founded)
    founded.stage.clock.seconds += 600
    draft = founded.desk.scribe.draft("lending.recalled", {"loan": "loan-1", "reason": "Needed."})
    files = {"recall.json": await signed(draft, [founded.author("meridian")])}
    founded.stage.clock.seconds -= 600
    early = await operations.judge_batch(files)
    assert [each.item.outcome.value for each in early.items] == ["refused"]  # its author's clock is ahead
    founded.stage.clock.seconds += 600
    size = founded.desk.state.size
    await operations.file_batch(early, lambda *_: None)
    assert founded.desk.state.size == size
    [done] = (await operations.file_batch(await operations.judge_batch(files), lambda *_: None)).items
    assert done.item.index == size


async def test_a_batch_stopped_half_way_is_found_already_here(founded: Table) -> None:
    operations = console(founded)
    files = {str(number): await contract(founded, number) for number in (1, 2, 3)}
    shown = await operations.judge_batch(files)

    def stop(done: int, _total: int) -> None:
        if done == 2:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await operations.file_batch(shown, stop)
    again = await operations.judge_batch(files)
    assert [each.item.outcome.value for each in again.items] == ["already here", "already here", "new"]
    await operations.file_batch(again, lambda *_: None)
    assert len(founded.desk.state.contracts) == 3


async def test_only_operations_files_a_batch(founded: Table) -> None:
    files = {"a": await contract(founded, 1)}
    shown = await console(founded).judge_batch(files)
    with refused("desk.not-operations", Refused):
        await console(founded, "compliance").file_batch(shown, lambda *_: None)


async def lend(table: Table) -> None:
    body = lending.terms_of(table.desk.state, "loan-1", Party(cast.MERIDIAN, "main"), cast.BTC, 1_000_000_000)
    await lending.authorise(table.desk, table.author("meridian"), table.author("compliance"), body)


async def test_a_loan_is_recalled_by_operations_and_the_desk_signs_beside(founded: Table) -> None:
    await lend(founded)
    operations = console(founded)
    await operations.reconcile()
    [loan] = operations.loans()
    assert (loan.out.units, loan.open, loan.objection, loan.frozen) == (1_000_000_000, True, None, False)
    after = await operations.recall("loan-1", "Needed for a settlement.")
    assert (after.out.units, after.back.units, after.open) == (0, 1_000_000_000, False)
    event = events.parse(founded.desk.archive.record(founded.desk.state.size - 1).event)
    assert set(event.jws.kids) == {founded.author("operations").key.kid, founded.desk.author.key.kid}
    with refused("settlement.loan-over", Refused):
        await operations.recall("loan-1", "Again.")
    assert isinstance(after.objection, Refused)
    assert after.objection.code == "settlement.loan-over"
    with refused("settlement.unknown-loan", Refused):
        await operations.recall("loan-2", "Whose?")
    with refused("desk.not-operations", Refused):
        await console(founded, "compliance").recall("loan-1", "Mine?")


async def test_a_participants_own_recall_is_filed_from_its_file(founded: Table) -> None:
    await lend(founded)
    draft = founded.desk.scribe.draft("lending.recalled", {"loan": "loan-1", "reason": "Needed."})
    operations = console(founded)
    for party, outcome in (("harbour", "refused"), ("meridian", "new")):
        shown = await operations.judge_batch({"recall.json": await signed(draft, [founded.author(party)])})
        assert [each.item.outcome.value for each in shown.items] == [outcome], party
        assert shown.contracts_only == (outcome == "refused")  # of nothing new
        [done] = (await operations.file_batch(shown, lambda *_: None)).items
        assert done.item.outcome.value == outcome, party
    assert founded.desk.state.loans["loan-1"].principal == 0


async def test_what_a_closed_cycle_lacks_is_prepared_from_a_console(founded: Table) -> None:
    contract = await stopped.agreed(founded)
    operations = console(founded)
    assert not operations.to_prepare(contract)
    with refused("desk.no-cycle", Refused):
        await operations.prepare(contract, cast.RATE)
    await deals.close_cycle(founded.desk, "cycle-1", [contract])
    await operations.reconcile()
    assert operations.to_prepare(contract)
    other = console(founded, "officer-a")
    with refused("desk.not-operations", Refused):
        await other.prepare(contract, cast.RATE)
    assert await operations.prepare(contract, cast.RATE) == 2
    assert not operations.to_prepare(contract)
    assert {each.group.kind for each in stopped.live(founded, "cycle-1")} == {"psbt", "safe-tx"}
    assert await operations.prepare(contract, cast.RATE) == 0
    await founded.officer.synchronise()
    await stopped.signed_by_both(founded, "cycle-1")  # the desk has the bytes, and they pass every check
    assert stopped.stands(founded, contract) == "signed"
