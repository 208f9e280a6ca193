"""A participant's trade file: strict, bounded, and every difference a break with its cause."""

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countersign.desk import reconciliation, trade_file
from countersign.desk.breaks import Cause
from countersign.errors import Malformed
from countersign.settlement import builder
from support import settlement_world as world
from support.refusals import attempt, refused
from support.settlement_world import BTC, USDC, Desk

HEADER = "lei,book,contract,side,asset,amount,state"


def file(*rows: str, end: str = "\n", header: str = HEADER) -> bytes:
    return "".join(line + end for line in (header, *rows)).encode()


def row(name: str, side: str, asset: str, amount: int, state: str, lei: str = world.MERIDIAN) -> str:
    return f"{lei},main,{name},{side},{asset},{amount},{state}"


@pytest.fixture(scope="module")
def desk() -> Desk:
    """Meridian's first sale is held, its second agreed, a third proposed, a fourth declined, and it withdraws."""
    found = world.founded()
    found.play(found.trade(), until="held")
    found.play(found.trade(), until="agreed")
    found.log(
        "contract.proposed", ["meridian"], builder.contract_body(world.signed_contract(world.terms(3), ["meridian"]))
    )
    declined = world.signed_contract(world.terms(4), ["meridian"])
    found.log("contract.proposed", ["meridian"], builder.contract_body(declined))
    found.log("contract.declined", ["harbour"], {"contract": declined.hash, "reason": "No."})
    mine = world.signed_contract(world.withdrawal(), ["meridian"])
    found.log("withdrawal.requested", ["meridian"], builder.contract_body(mine))
    return found


def meridians() -> list[str]:
    """What Meridian would write if it agreed with everything."""
    return [
        row("MH-2026-0001", "deliver", BTC, world.BTC_UNITS, "held"),
        row("MH-2026-0001", "receive", USDC, world.USDC_UNITS, "held"),
        row("MH-2026-0002", "deliver", BTC, world.BTC_UNITS, "agreed"),
        row("MH-2026-0002", "receive", USDC, world.USDC_UNITS, "agreed"),
        row("MH-2026-0090", "deliver", BTC, 500_000_000, "agreed"),
    ]


def breaks(desk: Desk, rows: Iterable[str]) -> list[tuple[str, str, str, str]]:
    found = reconciliation.of_trades(desk.state, file(*rows))
    return [(each.cause.value, each.about, each.here, each.there) for each in found.breaks]


def test_a_file_that_agrees_has_no_break(desk: Desk) -> None:
    assert breaks(desk, meridians()) == []
    assert breaks(desk, reversed(meridians())) == []
    report = reconciliation.of_trades(desk.state, file(*meridians(), end="\r\n"))
    assert (report.lei, report.trades, report.breaks) == (world.MERIDIAN, 9, ())  # proposed and declined legs as well


def test_the_other_side_sees_the_same_contracts_the_other_way(desk: Desk) -> None:
    rows = [
        row("MH-2026-0001", "receive", BTC, world.BTC_UNITS, "held", world.HARBOUR),
        row("MH-2026-0001", "deliver", USDC, world.USDC_UNITS, "held", world.HARBOUR),
        row("MH-2026-0002", "receive", BTC, world.BTC_UNITS, "agreed", world.HARBOUR),
        row("MH-2026-0002", "deliver", USDC, world.USDC_UNITS, "agreed", world.HARBOUR),
    ]
    assert breaks(desk, rows) == []


def test_every_difference_is_named_with_both_sides(desk: Desk) -> None:
    rows = meridians()
    rows[0] = row("MH-2026-0001", "deliver", BTC, world.BTC_UNITS + 1, "held")
    rows[1] = row("MH-2026-0001", "receive", USDC, world.USDC_UNITS, "final")
    rows[3] = row("MH-2026-0099", "receive", USDC, 5, "agreed")
    assert breaks(desk, rows) == [
        (Cause.AMOUNT.value, "MH-2026-0001 deliver", str(world.BTC_UNITS), str(world.BTC_UNITS + 1)),
        (Cause.STATE.value, "MH-2026-0001 receive", "held", "final"),
        (Cause.MISSING_THERE.value, "MH-2026-0002 receive", str(world.USDC_UNITS), ""),
        (Cause.MISSING_HERE.value, "MH-2026-0099 receive", "", "5"),
    ]


def test_what_is_over_or_only_proposed_may_be_left_out_and_is_compared_where_it_is_listed(desk: Desk) -> None:
    proposed = row("MH-2026-0003", "deliver", BTC, world.BTC_UNITS, "proposed")
    declined = row("MH-2026-0004", "deliver", BTC, world.BTC_UNITS, "agreed")
    assert breaks(desk, [*meridians(), proposed, declined]) == [
        (Cause.STATE.value, "MH-2026-0004 deliver", "declined", "agreed")
    ]


def test_what_an_order_stops_stands_as_frozen() -> None:
    desk = world.founded()
    desk.play(desk.trade(), until="held")
    desk.log(*world.freeze_step())
    rows = [meridians()[0], meridians()[1].replace("held", "frozen")]
    assert breaks(desk, rows) == [(Cause.STATE.value, "MH-2026-0001 deliver", "frozen", "held")]


GOOD = row("MH-1", "deliver", BTC, 5, "held")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "desk.trade-file-text"),
        (file(GOOD)[:-1], "desk.trade-file-text"),
        (b"\xef\xbb\xbf" + file(GOOD), "desk.trade-file-text"),
        (file(GOOD) + b"\xff\n", "desk.trade-file-text"),
        (file(GOOD).replace(b"MH-1", b'"MH-1"'), "desk.trade-file-text"),
        (file(GOOD) + file(GOOD.replace("MH-1", "MH-2"), end="\r\n")[len(HEADER) + 2 :], "desk.trade-file-text"),
        (file(GOOD, end="\r"), "desk.trade-file-text"),
        (file(GOOD, header="lei;book"), "desk.trade-file-header"),
        (file(GOOD, header=HEADER + ",note"), "desk.trade-file-header"),
        (file(), "desk.trade-file-empty"),
        (file(""), "desk.trade-file-fields"),
        (file(GOOD + ","), "desk.trade-file-fields"),
        (file(GOOD, "", GOOD), "desk.trade-file-fields"),
        (file(GOOD, GOOD), "desk.trade-file-twice"),
        (file(GOOD, row("MH-2", "deliver", BTC, 5, "held", world.HARBOUR)), "desk.trade-file-participants"),
        (file(GOOD.replace("deliver", "Deliver")), "desk.trade-file-side"),
        (file(GOOD.replace("held", "settled")), "desk.trade-file-state"),
        (file(GOOD.replace(",5,", ",-5,")), "desk.trade-file-value"),
        (file(GOOD.replace(",5,", ",5.0,")), "desk.trade-file-value"),
        (file(GOOD.replace(",5,", ",٥,")), "desk.trade-file-value"),
        (file(GOOD.replace("MH-1", "=MH-1")), "desk.trade-file-value"),
        (file(GOOD.replace(world.MERIDIAN, world.MERIDIAN[:-1] + "0")), "desk.trade-file-value"),
        (file(GOOD.replace("slip44:0", "slip44:00")), "desk.trade-file-value"),
        (file(GOOD) + b"x" * trade_file.MOST_BYTES, "desk.trade-file-size"),
    ],
)  # fmt: skip
def test_whatever_is_written_otherwise_is_refused_by_name(data: bytes, code: str) -> None:
    with refused(code):
        trade_file.parse(data)


def test_the_near_miss_of_each_is_read() -> None:
    assert len(trade_file.parse(file(GOOD, GOOD.replace("MH-1", "MH-2"))).rows) == 2
    assert trade_file.parse(file(GOOD, end="\r\n")) == trade_file.parse(file(GOOD))


def test_more_rows_than_the_bound_are_refused() -> None:
    short = GOOD.replace(BTC, "eip155:1/slip44:60")
    rows = [short.replace("MH-1", f"M{number}") for number in range(trade_file.MOST_ROWS + 1)]
    with refused("desk.trade-file-rows"):
        trade_file.parse(file(*rows))
    assert len(trade_file.parse(file(*rows[:-1])).rows) == trade_file.MOST_ROWS


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=300) | st.text(alphabet='leibokcntras,"\r\n0123:/.', max_size=300).map(str.encode))
def test_any_bytes_are_read_or_refused_by_name(data: bytes) -> None:
    for given_bytes in (data, file(GOOD)[: len(data)] + data, HEADER.encode() + b"\n" + data):
        found = attempt(lambda given_bytes=given_bytes: trade_file.parse(given_bytes))
        assert isinstance(found, Malformed | trade_file.TradeFile)
