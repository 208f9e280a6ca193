"""Reconciling while something has gone wrong: failed on one chain, voided, replaced, in no block any more."""

from countersign.desk import reconcile
from countersign.desk.breaks import Break, Cause
from countersign.desk.reconcile import Seen, SeenCoin
from support import settlement_world as world
from support import trouble_world as trouble
from support.settlement_world import BTC, USDC, Desk, Trade

BITCOIN, DOLLARS = 30_000_000_000, 25_000_000_000_000


def seen(desk: Desk, transaction: str, meridian: int, harbour: int, dollars: tuple[int, int], *in_block: str) -> Seen:
    """Chains that hold so much: bitcoin of both as outputs of a transaction of ours, dollars of Harbour and Meridian."""
    return Seen(
        coins={
            "meridian-btc": (SeenCoin(f"{transaction}:1", meridian, 3),),
            "harbour-btc": (SeenCoin(f"{transaction}:0", harbour, 3),) if harbour else (),
        },
        balances={("harbour-safe", USDC): dollars[0], ("meridian-safe", USDC): dollars[1]},
        in_block={name: name in in_block for name in desk.state.instructions},
        fees={
            each.hash: {"meridian-btc": trouble.FEE}
            for each in desk.state.instructions.values()
            if each.group.kind == "psbt"
        },
        credited={},
    )


def told(desk: Desk, found: Seen) -> list[tuple[Cause, str, int]]:
    lines, breaks = reconcile.compare(desk.state, found)
    for line in lines:
        mine = [each for each in breaks if (each.about, each.asset) == (line.vault, line.asset)]
        assert sum(_more(each) for each in mine) == line.chain - line.ledger
    return sorted((each.cause, each.about, _more(each)) for each in breaks)


def _more(each: Break) -> int:
    return int(each.there) - int(each.here)


def failed() -> tuple[Desk, Trade]:
    desk, trade = trouble.begun("signed")
    _, safe = trouble.half_delivered(desk, trade)
    desk.log(*trouble.failed(trade, safe))
    return desk, trade


def test_what_one_chain_took_and_the_other_did_not_is_the_custodians_and_does_not_pass() -> None:
    desk, trade = failed()
    psbt = trouble.live(desk, trade, "psbt")
    left = BITCOIN - world.BTC_UNITS - trouble.FEE
    found = seen(desk, psbt.transaction or "", left, world.BTC_UNITS, (DOLLARS, 0), psbt.hash)
    assert told(desk, found) == sorted(
        [
            (Cause.FAILED, "meridian-btc", -world.BTC_UNITS),
            (Cause.FAILED, "harbour-btc", world.BTC_UNITS),
            (Cause.FEE, "meridian-btc", -trouble.FEE),
        ]
    )
    assert Cause.FAILED not in (each.cause for each in reconcile.compare(desk.state, found)[1] if each.passing)


def test_once_the_other_leg_went_through_and_all_is_final_the_books_agree() -> None:
    desk, trade = failed()
    desk.log(*trouble.observed(trouble.live(desk, trade, "safe-tx"), 1))
    for owner in world.OWNERS:
        desk.log("delivery.confirmed", [owner], {"contract": trade.hash})
    desk.log("settlement.final", ["desk"], {"cycle": trade.cycle})
    psbt, safe = trouble.live(desk, trade, "psbt"), trouble.live(desk, trade, "safe-tx")
    left, dollars = BITCOIN - world.BTC_UNITS - trouble.FEE, (DOLLARS - world.USDC_UNITS, world.USDC_UNITS)
    found = seen(desk, psbt.transaction or "", left, world.BTC_UNITS, dollars, psbt.hash, safe.hash)
    assert told(desk, found) == []
    # A reorganisation takes the Bitcoin transaction out of the chain: the ledger is ahead, and says by what.
    gone = seen(desk, psbt.transaction or "", BITCOIN, 0, dollars, safe.hash)
    assert told(desk, gone) == sorted(
        [
            (Cause.FAILED, "meridian-btc", world.BTC_UNITS),
            (Cause.FAILED, "harbour-btc", -world.BTC_UNITS),
            (Cause.FEE, "meridian-btc", trouble.FEE),
        ]
    )


def test_a_void_costs_its_fee_and_nothing_else() -> None:
    desk, trade = trouble.begun("partly signed")
    trouble.void_all(desk, trade)
    psbt = trouble.live(desk, trade, "psbt")
    blocks = [each.hash for each in desk.state.live(desk.state.cycle(trade.cycle))]
    found = seen(desk, psbt.transaction or "", BITCOIN - trouble.FEE, 0, (DOLLARS, 0), *blocks)
    assert told(desk, found) == [(Cause.FEE, "meridian-btc", -trouble.FEE)]
    desk.log("settlement.voided", ["desk"], {"cycle": trade.cycle})
    after = seen(desk, psbt.transaction or "", BITCOIN - trouble.FEE, 0, (DOLLARS, 0), *blocks)
    assert told(desk, after) == []


def test_coins_that_are_neither_credited_nor_ours_stay_named_beside_the_rest() -> None:
    desk, trade = failed()
    psbt = trouble.live(desk, trade, "psbt")
    left = BITCOIN - world.BTC_UNITS - trouble.FEE
    found = seen(desk, psbt.transaction or "", left, world.BTC_UNITS, (DOLLARS, 0), psbt.hash)
    stranger = SeenCoin(f"{'cd' * 32}:0", 5, 9)
    coins = {**found.coins, "harbour-btc": (*found.coins["harbour-btc"], stranger)}
    assert (Cause.MISSING_HERE, "harbour-btc", 5) in told(desk, world.replace(found, coins=coins))
    assert reconcile.compare(desk.state, found)[0][0].asset == BTC
