"""Preparing the instructions of a closed cycle from the node's coins and the Safe's nonce."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from countersign.bitcoin.inspect import facts
from countersign.bitcoin.psbt import parse as parse_psbt
from countersign.chains.embedded_bitcoin import EmbeddedBitcoin
from countersign.demonstration import cast
from countersign.desk import ceremony, deals, declaring, founding, preparing, stopping
from countersign.desk.author import signed
from countersign.desk.embedded import EmbeddedDesk
from countersign.desk.ports import Coin
from countersign.desk.vouching import Nodes
from countersign.errors import CountersignError, Refused
from countersign.ethereum import safe_file
from countersign.rails import bitcoin as rail
from countersign.settlement import events
from countersign.settlement.bodies import InstructionPrepared
from countersign.settlement.events import Event
from countersign.settlement.renewing import Wanted
from support.software_stage import Table


@pytest.fixture
async def closed(table: Table) -> Table:
    return await table.until("step-contract")


def slot_script(table: Table, slot: int, vault: str = cast.SELLER.coins) -> bytes:
    address = ceremony.registered_address(table.desk.state.roster.vault(vault), slot)
    return rail.script_at(f"{cast.BITCOIN}:{address}")


async def prepare(table: Table, cycle: str = "", rate: int = cast.RATE) -> int:
    return len(await preparing.prepare(table.desk, table.author("operations"), cycle or table.story.cycle, rate=rate))


async def test_one_psbt_with_whole_previous_transactions_and_change_to_the_vault(closed: Table) -> None:
    assert await prepare(closed) == 2
    found = facts(parse_psbt(closed.artefact("psbt")))
    assert len(found.inputs) == 3
    assert all(each.spent is not None for each in found.inputs)
    scripts = {each.output.script_pubkey: int(each.output.satoshis) for each in found.outputs}
    assert scripts[slot_script(closed, cast.RECEIVING_SLOT, cast.BUYER.coins)] == cast.SOLD
    assert found.fee is not None
    assert scripts[slot_script(closed, 3)] == sum(cast.DEPOSITS) - cast.SOLD - found.fee
    assert 0 < found.fee <= cast.FEE_CAP


async def test_one_safe_transaction_under_the_chains_next_nonce(closed: Table) -> None:
    await prepare(closed)
    tx = safe_file.parse(closed.artefact("safe-tx")).tx
    vault = closed.desk.state.roster.vault(cast.BUYER.safe)
    assert (tx.nonce, tx.operation, tx.value) == (0, 0, 0)
    assert closed.live("safe-tx").nonce == await closed.stage.ethereum.safe_nonce(vault.address)  # type: ignore[union-attr]


async def test_what_is_prepared_is_not_prepared_again(closed: Table) -> None:
    await prepare(closed)
    assert await prepare(closed) == 0


async def test_only_operations_prepares(closed: Table) -> None:
    with pytest.raises(CountersignError):
        await preparing.prepare(closed.desk, closed.author("compliance"), closed.story.cycle, rate=4)
    assert not closed.desk.state.instructions


async def test_a_fee_above_the_agreed_cap_is_not_prepared(closed: Table) -> None:
    with pytest.raises(Refused) as refused:
        await prepare(closed, rate=400)
    assert refused.value.code == "desk.fee-above-cap"
    assert not closed.desk.state.instructions
    assert await prepare(closed, rate=100) == 2


class Fresh:
    """A node that shows the first coin without a confirmation."""

    def __init__(self, node: EmbeddedBitcoin) -> None:
        self._node = node

    async def coins(self, *asked: Sequence[object]) -> Sequence[Coin]:
        seen = await self._node.coins(*asked)  # type: ignore[arg-type]
        return [replace(coin, confirmations=0) if place == 0 else coin for place, coin in enumerate(seen)]


async def test_an_unconfirmed_coin_is_left_alone(closed: Table) -> None:
    nodes = Nodes({cast.BITCOIN: Fresh(closed.stage.bitcoin)}, closed.desk.nodes.ethereum)  # type: ignore[dict-item]
    blind = replace(closed.desk, nodes=nodes)
    with pytest.raises(CountersignError):
        await preparing.prepare(blind, closed.author("operations"), closed.story.cycle, rate=4)
    assert not closed.desk.state.instructions
    assert await prepare(closed) == 2


async def second_contract(table: Table) -> str:
    """Another, smaller sale, held and closed in a cycle of its own while the first is under way."""
    sale = table.story.sale("MH-2026-0003")
    amount = cast.SOLD // 100
    smaller = replace(
        sale,
        first=replace(sale.first, amount=amount),
        second=replace(sale.second, amount=cast.PAID // 100),
        usd=sale.usd // 100,
    )
    parties = [table.author(each.token) for each in cast.PARTICIPANTS]
    data = await deals.sign_contract(deals.spot_terms(cast.ORIGIN, smaller), parties)
    found, _ = await deals.import_contract(table.desk, table.author("operations"), data)
    await deals.endorse(table.desk, table.author("compliance"), found.hash)
    await deals.place_holds(table.desk, found.hash)
    await deals.close_cycle(table.desk, "cycle-second", [found.hash])
    return found.hash


async def test_a_second_settlement_spends_other_coins_and_changes_to_another_slot(closed: Table) -> None:
    await prepare(closed)
    closed.stage.bitcoin.fund(slot_script(closed, 0), 1_000_000_000)
    await founding.credit_coins(closed.desk, closed.author("operations"), cast.SELLER.coins, cast.BTC)
    await second_contract(closed)
    cycle = closed.desk.state.cycle("cycle-second")
    (group,) = [each for each in cycle.groups if each.kind == "psbt"]
    with pytest.raises(Refused) as refused:
        await preparing._psbt(closed.desk, cycle, Wanted(group, None, same=False), cast.RATE)
    assert refused.value.code == "desk.no-free-slot"


async def side_by_side(table: Table, monkeypatch: pytest.MonkeyPatch) -> tuple[bytes, bytes]:
    """Two Bitcoin instructions that were prepared before either was logged, over coins of their own."""
    table.stage.bitcoin.fund(slot_script(table, 0), 1_000_000_000)
    await founding.credit_coins(table.desk, table.author("operations"), cast.SELLER.coins, cast.BTC)
    await second_contract(table)
    free, drafts = preparing.free_coins, []
    for cycle, small in ((table.story.cycle, False), ("cycle-second", True)):

        def some(desk, chain, seen, old=None, small=small):  # type: ignore[no-untyped-def]
            return free(desk, chain, [each for each in seen if (each.satoshis == 1_000_000_000) is small], old)

        monkeypatch.setattr(preparing, "free_coins", some)
        closed = table.desk.state.cycle(cycle)
        (group,) = [each for each in closed.groups if each.kind == "psbt"]
        body = await preparing._psbt(table.desk, closed, Wanted(group, None, same=False), cast.RATE)
        drafts.append(await signed(table.desk.scribe.draft("instruction.prepared", body), [table.author("operations")]))
    first, second = drafts
    return first, second


@pytest.mark.parametrize("turned", [False, True])
async def test_two_prepared_side_by_side_never_promise_one_slot(
    closed: Table, monkeypatch: pytest.MonkeyPatch, turned: bool
) -> None:
    """Whichever is logged first stands; the other is refused by whoever signs it second, and by the desk."""
    drafts = await side_by_side(closed, monkeypatch)
    first, second = drafts[::-1] if turned else drafts
    for each in drafts:
        declaring.require_honest(closed.desk, events.parse(each))
    await closed.desk.submit(first)
    for act in (declaring.require_honest, preparing_again):
        with pytest.raises(Refused) as refused:
            act(closed.desk, events.parse(second))
        assert refused.value.code == "desk.change-promised"
        assert dict(refused.value.values) == {"vault": cast.SELLER.coins, "place": "slot 3"}
    with pytest.raises(Refused) as refused:
        await closed.desk.submit(second)
    assert refused.value.code == "desk.change-promised"
    assert len(closed.desk.state.instructions) == 1


def preparing_again(desk: EmbeddedDesk, event: Event) -> None:
    """What the desk asks of an instruction before it logs it."""
    body = event.body
    assert isinstance(body, InstructionPrepared)
    preparing.require_unpromised(desk, body, desk.artefacts.get(bytes.fromhex(body.artefact)))


async def test_while_another_settlement_keeps_a_safe_nothing_is_prepared_and_it_is_named(closed: Table) -> None:
    await prepare(closed)
    await second_contract(closed)
    before = closed.desk.state
    with pytest.raises(Refused) as refused:
        await prepare(closed, "cycle-second")
    assert refused.value.code == "desk.safe-waits"
    values = dict(refused.value.values)
    assert (values["vault"], values["cycle"]) == (cast.BUYER.safe, closed.story.cycle)
    assert values["contracts"] == closed.desk.state.contract(closed.story.contract).terms.id
    assert closed.desk.state is before


async def test_a_safe_with_an_unexecuted_instruction_waits(closed: Table) -> None:
    await prepare(closed)
    await second_contract(closed)
    cycle = closed.desk.state.cycle("cycle-second")
    (group,) = [each for each in cycle.groups if each.kind == "safe-tx"]
    body = await preparing._safe_tx(closed.desk, cycle, group)
    draft = closed.desk.scribe.draft("instruction.prepared", body)
    with pytest.raises(Refused) as refused:
        await closed.desk.submit(await signed(draft, [closed.author("operations")]))
    assert refused.value.code.startswith("settlement.safe")


async def test_a_slot_promised_by_what_nobody_signed_before_it_was_called_off_is_free_again(table: Table) -> None:
    await table.until("step-prepare")
    contract, harbour = table.story.contract, table.author("harbour")
    await stopping.open_dispute(table.desk, contract, harbour, [], "Wait.")
    await stopping.retract_dispute(table.desk, contract, harbour, "Go on.")
    await deals.close_cycle(table.desk, "again", [contract])
    await preparing.prepare(table.desk, table.author("operations"), "again", rate=cast.RATE)
    assert table.contract_state == "instructed"
