"""The market: forty contracts, one disputed, one short, one lent; the rest netted over five and settled."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from countersign.bitcoin import transaction
from countersign.chains.bitcoin_spend import read
from countersign.chains.busy_bitcoin import BusyBitcoin
from countersign.demonstration import cast, evening, market
from countersign.demonstration.window import NextStep
from countersign.rails import wallets
from countersign.settlement import netting, proof, templates
from countersign.settlement.ledger import Account
from countersign.settlement.records import ContractRecord, ContractState
from countersign.settlement.roster import Party, SlotVault
from countersign.ui.presenters import review
from support.software_stage import Table


def busy_table(folder: Path) -> Table:
    table = Table.at(folder)
    table.stage.pool = BusyBitcoin(table.stage.bitcoin)
    table.story.busy = True
    return table


@pytest.fixture(scope="module")
def over() -> Iterator[Table]:
    """The story played to its end on a software stage, in whose evening Bitcoin's blocks are full."""
    with TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:  # noqa: S108
        table = busy_table(Path(folder))
        asyncio.run(table.until("step-delivery"))
        yield table
        table.stage.holds.close()


def test_forty_trades_among_five_the_same_in_every_run() -> None:
    found = list(evening.trades())
    assert [each.number for each in found] == list(range(1, 41))
    assert (
        {each.seller.lei for each in found} == {each.buyer.lei for each in found} == {each.lei for each in cast.TRADERS}
    )
    assert found == list(evening.trades())
    assert all(each.seller is not each.buyer for each in found)


def test_every_contract_ends_as_it_must(over: Table) -> None:
    evening = over.story.market
    assert evening is not None
    state = over.desk.state
    states = {id: state.contract(contract).state.value for id, contract in evening.contracts.items()}
    assert Counter(states.values()) == {"final": 38, "disputed": 1, "endorsed": 1}
    assert states["MKT-2026-0039"] == "disputed"
    assert states["MKT-2026-0040"] == "endorsed"


def test_the_short_one_is_named_with_what_its_buyer_lacks_after_the_time_to_top_up(over: Table) -> None:
    evening = over.story.market
    assert evening is not None
    assert evening.waited is not None
    assert evening.closed is not None
    assert evening.waited.cycles == ()
    assert evening.waited.waiting_until == evening.closed.cut_off + 2
    [short] = over.desk.state.cycle(evening.cycle).short
    assert short == evening.closed.short[0] == evening.waited.short[0]
    assert (short.contract, short.lei) == (evening.contracts["MKT-2026-0040"], cast.QUAYSIDE)
    assert 0 < short.missing < 60 * 80_000 * 10**6


def test_the_lender_got_back_what_it_sold_before_it_was_held(over: Table) -> None:
    state = over.desk.state
    assert state.loans[market.LOAN].principal == 0
    assert state.loans[market.LOAN].returned == market.LENT
    assert state.ledger.balance(Account(cast.CEDAR, cast.TRADING, cast.BTC)).lent == 0


def test_the_cycle_is_netted_over_all_five_and_every_position_is_conserved(over: Table) -> None:
    evening = over.story.market
    assert evening is not None
    state = over.desk.state
    cycle = state.cycle(evening.cycle)
    found = proof.of_cycle(state, cycle)
    assert cycle.netting == netting.MULTILATERAL
    assert len(cycle.contracts) == 38
    assert found.holds
    assert found.transactions_gross == 36 * 2 + 2 * 3  # of the basket and of the block, three each
    assert found.transactions_net <= 1 + len(cast.BOOKS)
    books = {(each.lei, each.book) for each in cast.BOOKS}
    assert {(party.lei, party.book) for each in cycle.obligations for party in (each.payer, each.receiver)} <= books


def contract(over: Table, number: int) -> ContractRecord:
    """The record of the evening's contract of that number."""
    assert over.story.market is not None
    return over.desk.state.contract(over.story.market.contracts[f"MKT-2026-{number:04d}"])


def owned(over: Table, book: cast.Book, asset: str) -> int:
    return over.desk.state.ledger.balance(Account(book.lei, book.book, asset)).total


def test_what_waited_for_a_block_was_lifted_by_a_child_of_every_vault_that_paid(over: Table) -> None:
    """One block took both; the fee of each vault's two parts was charged from its caps, and the books balance."""
    evening = over.story.market
    assert evening is not None
    state, pool = over.desk.state, over.stage.pool
    assert pool is not None
    assert (pool.least, pool.pool) == (cast.BUSY_RATE, {})
    parent = next(each for each in state.live(state.cycle(evening.cycle)) if each.group.kind == "psbt")
    child = state.child(parent)
    assert child is not None
    assert len(child.group.vaults) > 1
    assert child.group.vaults == parent.group.vaults
    sent = [each.transaction or "" for each in (parent, child)]
    heights = [over.stage.bitcoin.ledger.mined[transaction.from_display(each)] for each in sent]
    assert heights[0] == heights[1]
    fees = [sum(fee for _, fee in each.observed.fees) for each in (parent, child) if each.observed is not None]
    sizes = [read(over.stage.bitcoin.ledger.transactions[transaction.from_display(each)]).virtual_size for each in sent]
    assert fees[0] < cast.BUSY_RATE * sizes[0]
    assert sum(fees) >= cast.LIFT_RATE * sum(sizes)
    assert all(child.signers(vault) == ("officer-a", "officer-e") for vault in child.group.vaults)


async def test_the_basket_delivered_four_assets_both_ways(over: Table) -> None:
    """Of ether and euros nobody else moved any, so that they show it to the unit, in the ledger and on the chain."""
    basket = contract(over, evening.BASKET)
    fund, other = (Party(each.lei, each.book) for each in (cast.NEWCOMERS[2].trading, cast.BUYER.trading))
    assert (basket.terms.template, basket.state) == (templates.BASKET, ContractState.FINAL)
    assert basket.terms.parties == (fund, other)
    gives = {leg.asset: leg.payer for leg in basket.terms.legs}
    euro, outside = over.stage.outside.euro(), over.stage.outside
    assert gives == {cast.BTC: 0, cast.ETHER: 0, outside.token(): 1, euro: 1}
    chain, places = over.stage.ethereum, over.desk.state.roster.vaults
    ether, euros = 100 * 10**18, 400_000 * 10**6
    for book, wei, units in ((cast.NEWCOMERS[2].trading, 0, euros), (cast.BUYER.trading, ether, 0)):
        assert (owned(over, book, cast.ETHER), owned(over, book, euro)) == (wei, units)
        safe = places[book.safe].address  # type: ignore[union-attr]
        assert await chain.ether_balance(safe) == wei
        assert await chain.token_balance(euro.rsplit(":", 1)[1], safe) == units


async def test_the_block_arrived_in_both_books_of_its_buyer(over: Table) -> None:
    """The clients' book traded nothing else: five bitcoin in a vault of its own, its dollars gone."""
    block = contract(over, evening.BLOCK)
    assert (block.terms.template, block.state) == (templates.BLOCK, ContractState.FINAL)
    assert [party.book for party in block.terms.parties] == [cast.TRADING, cast.TRADING, cast.CLIENTS]
    clients = cast.Book(cast.BUYER, cast.CLIENTS)
    assert owned(over, clients, cast.BTC) == 5 * 10**8
    assert owned(over, clients, over.stage.outside.token()) == 0
    vault = over.desk.state.roster.vault(clients.coins)
    assert isinstance(vault, SlotVault)
    coins = await over.stage.bitcoin.coins(wallets.of(over.desk.state, vault).scripts)
    assert [coin.satoshis for coin in coins] == [5 * 10**8]


async def test_a_basket_and_a_block_are_reviewed_like_any_contract(over: Table) -> None:
    """Every leg is shown, nothing is beyond what is owed, no check speaks against what was signed."""
    for number, legs in ((evening.BASKET, 4), (evening.BLOCK, 4), (2, 2)):
        found = contract(over, number)
        view = await over.officer.review(found.hash)
        assert (len(found.terms.legs), len(view.legs)) == (legs, legs)
        captions = [caption for caption, _ in review.header(view)]
        assert captions[:3] == ["First party", "Second party", "Custodian"]
        assert all(not each.extra_effects for each in view.instructions)
        assert all(line.matches for each in view.instructions for line in each.lines)


def test_two_officers_at_two_machines_signed_and_no_cold_vault_was_needed(over: Table) -> None:
    evening = over.story.market
    assert evening is not None
    state = over.desk.state
    for instruction in state.live(state.cycle(evening.cycle)):
        for vault in instruction.group.vaults:
            assert instruction.signers(vault) == ("officer-a", "officer-e")
            assert not state.roster.cold(state.roster.vault(vault))


def test_the_books_balance_and_nothing_of_the_disputed_contract_moved(over: Table) -> None:
    evening = over.story.market
    assert evening is not None
    state = over.desk.state
    assert state.ledger.balances_with_totals()
    disputed = state.contract(evening.contracts["MKT-2026-0039"])
    frozen = sum(state.ledger.balance(each).frozen for each in state.ledger.balances)
    assert frozen == sum(hold.amount + hold.fee_amount for hold in disputed.holds.values())
    assert disputed.cycle is None


@pytest.mark.long
async def test_the_window_s_next_step_plays_the_others_and_waits_for_the_officer(tmp_path: Path) -> None:
    table = busy_table(tmp_path)
    await table.until("step-final")
    step = NextStep(table.story, table.stage.ask_pin)
    assert "forty contracts" in await step()
    assert "one contract was short" in await step()
    assert table.story.market is not None
    assert table.story.market.waits_for("officer-a")
    for _ in range(2):
        assert "Your turn" in await step()
    await table.story.market.sign_as_a()
    assert "Officer E has signed" in await step()
    assert "waits" in await step()
    assert "Operations made a child" in await step()
    for _ in range(2):
        assert "Your turn" in await step()
    await table.story.market.sign_as_a()
    assert "Officer E has signed the child" in await step()
    assert "Final: one block took both" in await step()
    assert "The story is over" in await step()
    assert table.story.market.reached == "final"
    table.stage.holds.close()
