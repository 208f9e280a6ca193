"""A settlement's story in words: whose delivery is held, who lacked what, and what a chain took back."""

from countersign.desk.ports import Record
from countersign.desk.telling import Story, story
from countersign.resources.telling import together, told
from countersign.settlement import builder
from countersign.settlement.holding import shortfall
from support import settlement_world as world
from support import trouble_world as trouble
from support.settlement_world import Desk, Trade


def told_now(desk: Desk, trade: Trade, now: int | None = None) -> Story:
    def record_of(index: int) -> Record:
        entry = desk.entries[index]
        return Record(entry.index, entry.time_ms, b"", entry.event)

    return story(desk.state, record_of, trade.hash, desk.now_ms // 1_000 if now is None else now)


def lines(desk: Desk, trade: Trade) -> list[str]:
    found = told_now(desk, trade)
    return [told(each.kind, together(each.who), each.values, each.fault) for each in found.lines]


def test_each_hold_names_whose_delivery_it_covers() -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, until="held")
    assert lines(desk, trade)[-2:] == [
        "250.00000000 BTC of Meridian Capital (main) is held, and at most 0.00050000 BTC for the network's fee.",
        "20,000,000.000000 USDC of Harbour Prime (main) is held.",
    ]


def test_a_share_is_the_officers_and_the_desk_only_verified_it() -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, until="partly signed")
    assert lines(desk, trade)[-1] == "Ada Vale signed for meridian-btc and the desk verified it: 1 of 2."


def test_who_was_left_out_of_a_cycle_reads_who_lacked_what() -> None:
    desk = world.founded(dollars=20_000_000_000_000)
    one, two = desk.trade(), desk.trade()
    desk.play(one, until="held")
    desk.play(two, until="endorsed")
    short = shortfall(desk.state, desk.state.contract(two.hash))
    desk.now_ms = (world.START + 2 * 3_600) * 1_000
    desk.log("cycle.closed", ["desk"], builder.cycle_body("cycle-x", [one.hash], world.START, short=short))
    assert lines(desk, one)[-1] == "Cycle cycle-x closed (gross); contracts in it: 1."
    assert lines(desk, two)[-1].startswith("Cycle cycle-x closed without it: ")
    assert "Harbour Prime (main) lacked 20,000,000.000000 USDC" in lines(desk, two)[-1]


def test_a_transaction_in_no_block_any_more_is_said_to_be_in_none() -> None:
    desk, trade = trouble.begun("signed")
    trouble.half_delivered(desk, trade)
    psbt = trouble.live(desk, trade, "psbt")
    assert lines(desk, trade)[-1].endswith("confirmations: 1.")
    desk.log(*trouble.observed(psbt, 0))
    assert lines(desk, trade)[-1] == f"Transaction {psbt.transaction} is in no block any more."


def test_a_dispute_that_expects_nothing_says_so_little() -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, until="held")
    desk.log(*world.dispute_step(trade.hash, "harbour"))
    assert lines(desk, trade)[-1].startswith("Harbour Prime disputed it: ")


def test_it_is_told_what_bites_first_or_why_nothing_does() -> None:
    desk, trade = trouble.begun("signed")
    _, safe = trouble.half_delivered(desk, trade)
    desk.log(*trouble.failed(trade, safe))
    found = told_now(desk, trade)
    assert found.act_by is not None
    assert (found.act_by.reason, found.unbounded) == ("settlement.act-by-failed", "")
    desk.log(*trouble.observed(trouble.live(desk, trade, "safe-tx"), 1))
    found = told_now(desk, trade)
    assert (found.act_by, found.unbounded) == (None, "settlement.no-deadline-chain")


def test_a_clock_behind_the_last_entry_judges_nothing() -> None:
    desk, trade = trouble.begun("endorsed")
    desk.now_ms = (world.START + 86_400) * 1_000
    desk.log(*world.freeze_step(lei=world.lei("9845MERDIN")))
    slow, right = told_now(desk, trade, 0), told_now(desk, trade)
    assert slow.act_by == right.act_by
    assert slow.act_by is not None
    assert slow.act_by.at > world.START + 86_400
