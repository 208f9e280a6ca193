"""The ledger against the vaults on their chains: every difference accounted for to the last unit, with its cause."""

import pytest

from countersign.demonstration import cast
from countersign.desk import ceremony, preparing, reconcile, reconciliation, reconciling, releasing
from countersign.desk.author import signed
from countersign.desk.breaks import Break, Cause
from countersign.desk.reconciliation import Report
from countersign.errors import Refused, Unavailable
from countersign.rails import bitcoin as rail
from countersign.settlement.ledger import Account, Balance
from support import settlement_world as world
from support.cut_off_day import CutOffDay
from support.refusals import refused
from support.software_stage import Table

VAULTS = 2 * (len(cast.PARTICIPANTS) + len(cast.BOOKS))
"""The story's vaults: of the two parties, and of the market's books."""


async def found(table: Table) -> Report:
    """The desk's report; whatever it finds accounts for every line's whole difference."""
    report = await reconciling.reconcile(table.desk)
    for line in report.vaults:
        mine = [each for each in report.breaks if (each.about, each.asset) == (line.vault, line.asset)]
        assert sum(int(each.there) - int(each.here) for each in mine) == line.chain - line.ledger
    assert reconciliation.parse(report.serialise()) == report
    return report


def told(report: Report) -> list[tuple[Cause, str, int]]:
    return [(each.cause, each.about, int(each.there) - int(each.here)) for each in report.breaks]


async def until_signed(table: Table) -> None:
    await table.until("step-usb")
    release = await releasing.make_release(table.desk, table.story.cycle, table.author("operations"), "compliance")
    await releasing.check_release(table.desk, release, table.author("compliance"))


async def test_after_the_founding_and_after_finality_the_books_agree(table: Table) -> None:
    await table.until("step-found")
    report = await found(table)
    assert (report.breaks, report.accounts, report.as_of) == ((), VAULTS, table.desk.state.size)
    await table.until("step-final")
    assert (await found(table)).breaks == ()


async def test_a_transaction_under_way_is_unconfirmed_and_its_fee_a_fee(table: Table) -> None:
    await until_signed(table)
    assert (await found(table)).breaks == ()
    await releasing.broadcast(table.desk, table.story.cycle, table.author("operations"))
    report = await found(table)
    assert all(each.passing and each.reference for each in report.breaks)
    fee = next(-units for cause, _, units in told(report) if cause is Cause.FEE)
    assert 0 < fee <= cast.FEE_CAP
    assert sorted(told(report)) == sorted(
        [
            (Cause.UNCONFIRMED, cast.SELLER.coins, -cast.SOLD),
            (Cause.FEE, cast.SELLER.coins, -fee),
            (Cause.UNCONFIRMED, cast.BUYER.coins, cast.SOLD),
            (Cause.UNCONFIRMED, cast.BUYER.safe, -cast.PAID),
            (Cause.UNCONFIRMED, cast.SELLER.safe, cast.PAID),
        ]
    )


async def test_a_coin_that_nobody_credited_is_missing_here(table: Table) -> None:
    day = await CutOffDay.begin(table)
    script = rail.script_at(
        f"{cast.BITCOIN}:{ceremony.registered_address(table.desk.state.roster.vault(cast.BUYER.coins), 2)}"
    )
    coin = table.stage.bitcoin.fund(script, 7_000_000)
    report = await found(table)
    assert told(report) == [(Cause.MISSING_HERE, cast.BUYER.coins, 7_000_000)]
    assert report.breaks[0].reference == f"{coin.txid}:{coin.vout}"
    await day.top_up(cast.BUYER.coins, 1)
    assert (await found(table)).breaks == ()


async def test_tokens_that_are_not_where_the_ledger_has_them_are_unexplained(table: Table) -> None:
    await table.until("step-found")
    for number, more in ((1, 5), (2, -5)):
        state = table.desk.state
        account = Account(cast.BUYER.lei, "main", table.stage.outside.token())
        balance = state.ledger.balance(account)
        ledger = world.replace(
            state.ledger, balances=state.ledger.balances.set(account, Balance(balance.available - more))
        )
        altered = world.replace(state, ledger=ledger)
        seen = await reconcile.look(altered, table.desk.archive, table.desk.artefacts, table.desk.nodes)
        lines, breaks = reconcile.compare(altered, seen)
        assert [(each.cause, each.about, int(each.there) - int(each.here)) for each in breaks] == [
            (Cause.UNEXPLAINED, cast.BUYER.safe, more)
        ], number
        assert len(lines) == VAULTS


async def test_a_credited_coin_that_is_gone_is_missing_there(table: Table) -> None:
    await table.until("step-found")
    state, desk = table.desk.state, table.desk
    seen = await reconcile.look(state, desk.archive, desk.artefacts, desk.nodes)
    (gone, *rest) = seen.coins[cast.SELLER.coins]
    seen = world.replace(seen, coins={**seen.coins, cast.SELLER.coins: tuple(rest)})
    _, breaks = reconcile.compare(state, seen)
    assert [(each.cause, each.reference, each.here, each.there) for each in breaks] == [
        (Cause.MISSING_THERE, gone.outpoint, str(gone.satoshis), "0")
    ]


async def test_a_young_coin_is_unconfirmed(table: Table) -> None:
    await table.until("step-found")
    state, desk = table.desk.state, table.desk
    seen = await reconcile.look(state, desk.archive, desk.artefacts, desk.nodes)
    young = reconcile.SeenCoin(f"{'ab' * 32}:0", 9, 0)
    for coin, cause in ((young, Cause.UNCONFIRMED), (world.replace(young, confirmations=1), Cause.MISSING_HERE)):
        coins = {**seen.coins, cast.BUYER.coins: (coin,)}
        _, breaks = reconcile.compare(state, world.replace(seen, coins=coins))
        assert [(each.cause, each.there) for each in breaks] == [(cause, "9")]


async def test_units_without_a_vault_are_named(table: Table) -> None:
    await table.until("step-found")
    state, desk = table.desk.state, table.desk
    lost = Account(cast.NORTHGATE, "suspense", cast.BTC)
    ledger = world.replace(state.ledger, balances=state.ledger.balances.set(lost, Balance(3)))
    altered = world.replace(state, ledger=ledger)
    seen = await reconcile.look(altered, desk.archive, desk.artefacts, desk.nodes)
    _, breaks = reconcile.compare(altered, seen)
    assert breaks == (Break(Cause.MISSING_THERE, "suspense", cast.NORTHGATE, "suspense", cast.BTC, "3", "0"),)


async def test_without_a_node_nothing_is_claimed(table: Table) -> None:
    await table.until("step-found")
    blind = world.replace(table.desk, nodes=world.replace(table.desk.nodes, ethereum={}))
    with refused("desk.no-node", Unavailable):
        await reconciling.record(blind, table.author("operations"))


async def test_a_reconciliation_is_logged_with_its_report(table: Table) -> None:
    await table.until("step-contract")
    size = table.desk.state.size
    report, receipt = await reconciling.record(table.desk, table.author("operations"))
    last = table.desk.state.reconciled
    assert last is not None
    assert (last.as_of, last.accounts, last.breaks, last.index) == (size, VAULTS, 0, receipt.index)
    assert table.desk.artefacts.get(bytes.fromhex(last.report)) == report.serialise()
    trades = f"{','.join(('lei', 'book', 'contract', 'side', 'asset', 'amount', 'state'))}\n"
    trades += f"{cast.SELLER.lei},main,MH-X,deliver,{cast.BTC},5,agreed\n"
    report, _ = await reconciling.record(table.desk, table.author("operations"), trades.encode())
    assert [each.cause for each in report.breaks] == [Cause.MISSING_THERE, Cause.MISSING_THERE, Cause.MISSING_HERE]
    last = table.desk.state.reconciled
    assert last is not None
    assert (last.accounts, last.breaks) == (3, 3)


@pytest.mark.parametrize("lie", ["breaks", "accounts", "as_of", "ledger", "hidden", "desk", "file"])
async def test_the_desk_does_not_sign_what_it_does_not_find(table: Table, lie: str) -> None:
    await table.until("step-found")
    desk, operations = table.desk, table.author("operations")
    address = ceremony.registered_address(desk.state.roster.vault(cast.BUYER.coins), 2)
    table.stage.bitcoin.fund(rail.script_at(f"{cast.BITCOIN}:{address}"), 7_000_000)
    report = await found(table)
    body: dict[str, object] = {"as_of": report.as_of, "accounts": VAULTS, "breaks": 1}
    if lie == "hidden":
        report = world.replace(report, breaks=())
        body["breaks"] = 0
    elif lie == "ledger":
        lines = (world.replace(report.vaults[0], ledger=report.vaults[0].ledger + 1), *report.vaults[1:])
        report = world.replace(report, vaults=lines)
    elif lie == "desk":
        report = world.replace(report, desk="other.example/desk")
    elif lie == "file":
        report = world.replace(report, file=desk.artefacts.put(b"lei\n").hex(), lei=cast.SELLER.lei)
    else:
        body[lie] = {"breaks": 0, "accounts": VAULTS + 1, "as_of": report.as_of - 1}[lie]
    body["report"] = desk.artefacts.put(report.serialise()).hex()
    draft = desk.scribe.draft("reconciliation.recorded", body)
    with pytest.raises(Exception) as caught:  # noqa: PT011  (a file that does not parse is Malformed, the rest Refused)
        await desk.submit(await signed(draft, [operations]))
    wanted = "desk.trade-file-header" if lie == "file" else "desk.other-reconciliation"
    assert getattr(caught.value, "code", "") == wanted
    assert desk.state.reconciled is None


async def test_a_split_cut_off_reconciles_while_its_cycles_wait(table: Table) -> None:
    day = await CutOffDay.begin(table)
    await day.agree("MH-1", 10**9)
    (cycle,) = (await day.close_at("16:00")).cycles
    await preparing.prepare(table.desk, table.author("operations"), cycle, rate=cast.RATE)
    assert (await found(table)).breaks == ()
    with refused("desk.not-released", Refused):
        await releasing.broadcast(table.desk, cycle, table.author("operations"))
