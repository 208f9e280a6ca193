"""The market: forty contracts, one disputed, one short, one lent; the rest netted over five and settled."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from countersign.demonstration import cast, market
from countersign.demonstration.window import NextStep
from countersign.settlement import netting, proof
from countersign.settlement.ledger import Account
from support.software_stage import Table


@pytest.fixture(scope="module")
def over() -> Iterator[Table]:
    """The story played to its end on a software stage."""
    with TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:  # noqa: S108
        table = Table.at(Path(folder))
        asyncio.run(table.until("step-delivery"))
        yield table
        table.stage.holds.close()


def test_forty_trades_among_five_the_same_in_every_run() -> None:
    found = list(market.trades())
    assert [each.number for each in found] == list(range(1, 41))
    assert (
        {each.seller.lei for each in found} == {each.buyer.lei for each in found} == {each.lei for each in cast.TRADERS}
    )
    assert found == list(market.trades())
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
    assert found.transactions_gross == 76
    assert found.transactions_net <= 5
    assert {each.payer.lei for each in cycle.obligations} | {each.receiver.lei for each in cycle.obligations} <= {
        each.lei for each in cast.TRADERS
    }


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


async def test_the_window_s_next_step_plays_the_others_and_waits_for_the_officer(tmp_path: Path) -> None:
    table = Table.at(tmp_path)
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
    assert "Final" in await step()
    assert "The story is over" in await step()
    assert table.story.market.reached == "final"
    table.stage.holds.close()
