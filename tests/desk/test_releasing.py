"""From the last share to finality: nothing leaves before both chains would take it and two people released it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from countersign.demonstration import cast
from countersign.desk import releasing
from countersign.desk.author import signed
from countersign.desk.embedded import EmbeddedDesk
from countersign.desk.vouching import Nodes
from countersign.errors import Conflict, CountersignError, Refused, Unavailable
from countersign.settlement import events
from support.contrary_chains import Contrary
from support.software_stage import Table


@pytest.fixture
async def whole(table: Table) -> Table:
    """Every share is in the log."""
    return await table.until("step-usb")


async def make(table: Table, maker: str = "operations", checker: str = "compliance") -> bytes:
    return await releasing.make_release(table.desk, table.story.cycle, table.author(maker), checker)


async def release(table: Table) -> None:
    await releasing.check_release(table.desk, await make(table), table.author("compliance"))


def desk_over(table: Table, bitcoin: object = None, ethereum: object = None) -> EmbeddedDesk:
    nodes = Nodes({cast.BITCOIN: bitcoin or table.stage.bitcoin}, {cast.ETHEREUM: ethereum or table.stage.ethereum})  # type: ignore[dict-item]
    return replace(table.desk, nodes=nodes)


async def test_maker_and_checker_release_both_transactions_together(whole: Table) -> None:
    event = await make(whole)
    body = events.parse(event).body
    assert body.instructions == tuple(sorted(each.hash for each in live(whole)))  # type: ignore[union-attr]
    await releasing.check_release(whole.desk, event, whole.author("compliance"))
    assert whole.contract_state == "released"


def live(table: Table) -> Sequence[object]:
    return table.desk.state.live(table.desk.state.cycle(table.story.cycle))  # type: ignore[return-value]


async def test_nobody_releases_before_every_quorum_is_whole(table: Table) -> None:
    await table.until("step-qr")
    with pytest.raises(CountersignError):
        await make(table)
    assert table.contract_state == "partly signed"


@pytest.mark.parametrize("which", ["bitcoin", "ethereum"])
async def test_one_chain_that_would_refuse_stops_maker_and_checker(whole: Table, which: str) -> None:
    contrary = Contrary(getattr(whole.stage, which), "bad-txns-inputs-missingorspent")
    desk = desk_over(whole, **{which: contrary})
    with pytest.raises(Refused) as refused:
        await releasing.make_release(desk, whole.story.cycle, whole.author("operations"), "compliance")
    assert refused.value.code == "desk.chain-would-refuse"
    event = await make(whole)
    with pytest.raises(Refused) as refused:
        await releasing.check_release(desk, event, whole.author("compliance"))
    assert refused.value.code == "desk.chain-would-refuse"
    assert whole.contract_state == "signed"


@pytest.mark.parametrize(("maker", "checker"), [("compliance", "compliance"), ("operations", "operations")])
async def test_one_person_is_not_maker_and_checker(whole: Table, maker: str, checker: str) -> None:
    event = await make(whole, maker, checker)
    with pytest.raises(CountersignError):
        await releasing.check_release(whole.desk, event, whole.author(checker))
    assert whole.contract_state == "signed"


async def test_a_release_that_names_another_checker_is_not_mine(whole: Table) -> None:
    event = await make(whole, checker="officer-d")
    with pytest.raises(Refused) as refused:
        await releasing.check_release(whole.desk, event, whole.author("compliance"))
    assert refused.value.code == "desk.not-your-release"


async def test_an_event_that_is_no_release_is_not_checked(whole: Table) -> None:
    draft = whole.desk.scribe.draft("delivery.confirmed", {"contract": whole.story.contract})
    with pytest.raises(Refused) as refused:
        await releasing.check_release(
            whole.desk, await signed(draft, [whole.author("meridian")]), whole.author("compliance")
        )
    assert refused.value.code == "desk.not-your-release"


async def test_a_checker_without_the_role_does_not_release(whole: Table) -> None:
    event = await make(whole, checker="officer-d")
    with pytest.raises(CountersignError):
        await releasing.check_release(whole.desk, event, whole.author("officer-d"))
    assert whole.contract_state == "signed"


async def test_nothing_is_sent_before_the_release(whole: Table) -> None:
    bitcoin, ethereum = Contrary(whole.stage.bitcoin), Contrary(whole.stage.ethereum)
    desk = desk_over(whole, bitcoin, ethereum)
    with pytest.raises(Refused) as refused:
        await releasing.broadcast(desk, whole.story.cycle, whole.author("operations"))
    assert refused.value.code == "desk.not-released"
    await make(whole)
    with pytest.raises(Refused):
        await releasing.broadcast(desk, whole.story.cycle, whole.author("operations"))
    assert (bitcoin.sent, ethereum.sent) == (0, 0)


async def test_nothing_is_sent_once_one_chain_has_come_to_refuse(whole: Table) -> None:
    await release(whole)
    bitcoin = Contrary(whole.stage.bitcoin)
    desk = desk_over(whole, bitcoin, Contrary(whole.stage.ethereum, "GS025"))
    with pytest.raises(Refused) as refused:
        await releasing.broadcast(desk, whole.story.cycle, whole.author("operations"))
    assert refused.value.code == "desk.chain-would-refuse"
    assert bitcoin.sent == 0


async def test_both_are_sent_once(whole: Table) -> None:
    await release(whole)
    bitcoin, ethereum = Contrary(whole.stage.bitcoin), Contrary(whole.stage.ethereum)
    desk = desk_over(whole, bitcoin, ethereum)
    assert len(await releasing.broadcast(desk, whole.story.cycle, whole.author("operations"))) == 2
    assert await releasing.broadcast(desk, whole.story.cycle, whole.author("operations")) == []
    assert (bitcoin.sent, ethereum.sent) == (1, 1)
    assert whole.contract_state == "settling"


async def test_a_second_leg_that_fails_to_go_out_is_sent_later_and_the_first_not_again(whole: Table) -> None:
    await release(whole)
    bitcoin = Contrary(whole.stage.bitcoin)
    with pytest.raises(Unavailable):
        await releasing.broadcast(
            desk_over(whole, bitcoin, Contrary(whole.stage.ethereum, fails=True)),
            whole.story.cycle,
            whole.author("operations"),
        )
    assert whole.live("psbt").transaction is not None
    await releasing.broadcast(desk_over(whole, bitcoin), whole.story.cycle, whole.author("operations"))
    assert bitcoin.sent == 1
    assert whole.live("safe-tx").transaction is not None


async def test_a_transaction_that_went_out_before_a_crash_is_logged_and_not_sent_again(whole: Table) -> None:
    await release(whole)
    await whole.stage.bitcoin.broadcast(releasing.finish(whole.desk, whole.live("psbt")).raw)
    bitcoin = Contrary(whole.stage.bitcoin)
    receipts = await releasing.broadcast(desk_over(whole, bitcoin), whole.story.cycle, whole.author("operations"))
    assert len(receipts) == 2
    assert bitcoin.sent == 0
    assert whole.contract_state == "settling"


async def test_delivery_is_not_confirmed_before_both_are_observed(whole: Table) -> None:
    await release(whole)
    await releasing.broadcast(whole.desk, whole.story.cycle, whole.author("operations"))
    with pytest.raises(Refused):
        await releasing.confirm_delivery(whole.desk, whole.story.contract, whole.author("meridian"))
    await releasing.observe(whole.desk, whole.story.cycle, whole.author("operations"))
    await releasing.confirm_delivery(whole.desk, whole.story.contract, whole.author("meridian"))


async def test_a_stranger_confirms_nothing(whole: Table) -> None:
    await release(whole)
    await releasing.broadcast(whole.desk, whole.story.cycle, whole.author("operations"))
    await releasing.observe(whole.desk, whole.story.cycle, whole.author("operations"))
    with pytest.raises(CountersignError):
        await releasing.confirm_delivery(whole.desk, whole.story.contract, whole.author("operations"))


async def test_final_is_final_and_the_books_balance(whole: Table) -> None:
    await whole.until("step-final")
    assert whole.contract_state == "final"
    books = await releasing.books(whole.desk, (cast.BTC, whole.stage.outside.token()))
    assert [book.ledger for book in books] == [book.chain for book in books]
    by_vault = {book.vault: book.chain for book in books}
    assert by_vault[cast.BUYER.coins] == cast.SOLD
    assert by_vault[cast.SELLER.safe] == cast.PAID
    assert by_vault[cast.BUYER.safe] == cast.TOKENS - cast.PAID
    assert 0 < sum(cast.DEPOSITS) - cast.SOLD - by_vault[cast.SELLER.coins] <= cast.FEE_CAP


async def test_nothing_moves_a_final_settlement(whole: Table) -> None:
    await whole.until("step-final")
    for again in (
        releasing.make_final(whole.desk, whole.story.cycle),
        releasing.confirm_delivery(whole.desk, whole.story.contract, whole.author("meridian")),
        releasing.make_release(whole.desk, whole.story.cycle, whole.author("operations"), "compliance"),
    ):
        with pytest.raises((Refused, Conflict)):
            await again
    assert whole.contract_state == "final"


async def test_a_finished_transaction_is_the_same_however_the_shares_came(whole: Table) -> None:
    psbt = whole.live("psbt")
    there = releasing.finish(whole.desk, psbt)
    back = releasing.finish(whole.desk, replace(psbt, shares=tuple(reversed(psbt.shares))))
    assert (there.raw, there.combined) == (back.raw, back.combined)
    safe = whole.live("safe-tx")
    there, back = (
        releasing.finish(whole.desk, safe),
        releasing.finish(whole.desk, replace(safe, shares=tuple(reversed(safe.shares)))),
    )
    assert there.raw == back.raw


@pytest.mark.parametrize("kind", ["psbt", "safe-tx"])
async def test_one_share_short_finishes_nothing(whole: Table, kind: str) -> None:
    instruction = whole.live(kind)
    with pytest.raises(CountersignError):
        releasing.finish(whole.desk, replace(instruction, shares=instruction.shares[:1]))
    assert releasing.finish(whole.desk, instruction).raw
