"""The Desk's rows: who must act, by when, and what stands in the way."""

from countersign.desk.rows import Rows
from countersign.desk.views import Action, DeskView, Group, SettlementRow
from support.software_stage import Table, silent


def look(table: Table, officer: str = "officer-a") -> DeskView:
    moments = {
        held.index: held.time_ms for held in table.officer.replica.profile.archive.records(0, table.desk.state.size)
    }
    return Rows(officer, moments.__getitem__).view(table.desk.state, table.stage.clock.seconds)


def row(table: Table, officer: str = "officer-a") -> SettlementRow:
    (found,) = look(table, officer).rows
    return found


async def test_the_row_follows_the_settlement_from_step_to_step(table: Table) -> None:
    seen = {}
    for step in ("step-contract", "step-prepare", "step-sign", "step-qr", "step-usb", "step-release", "step-final"):
        await table.until(step)
        seen[step] = (row(table).group, row(table).action)
    assert seen == {
        "step-contract": (Group.WAITING, Action.WAIT),
        "step-prepare": (Group.NEEDS_YOU, Action.SIGN),
        "step-sign": (Group.NEEDS_YOU, Action.CARRY),
        "step-qr": (Group.NEEDS_YOU, Action.CARRY),
        "step-usb": (Group.READY, Action.WAIT),
        "step-release": (Group.WAITING, Action.WAIT),
        "step-final": (Group.SETTLED, Action.NONE),
    }


async def test_who_owns_no_key_waits_and_who_owns_one_may_sign(table: Table) -> None:
    await table.until("step-prepare")
    assert row(table, "operations").action is Action.WAIT
    assert row(table, "officer-d").action is Action.SIGN
    await table.until("step-sign")
    assert row(table, "officer-d").action is Action.SIGN
    await table.until("step-usb")
    assert row(table, "officer-d").action is Action.WAIT


async def test_a_row_says_who_gives_what_to_whom(table: Table) -> None:
    await table.until("step-prepare")
    found = row(table)
    assert found.parties == ("Meridian Capital", "Harbour Prime")
    (gives,), (takes,) = found.gives, found.takes
    assert (gives.units, gives.symbol) == (25_000_000_000, "BTC")
    assert (takes.units, takes.symbol) == (20_000_000_000_000, "USDC")
    assert (found.contract_id, found.notional_usd) == ("MH-2026-0001", 20_000_000)


async def test_dots_fill_as_officers_sign(table: Table) -> None:
    await table.until("step-prepare")
    await table.officer.unlock(table.stage.ask_pin)
    await table.officer.sign(table.live("psbt").hash, silent)
    psbt, safe = row(table).instructions
    assert [(dot.officer, dot.there) for dot in psbt.dots] == [("Ada Vale", True), ("", False)]
    assert [(dot.officer, dot.there) for dot in safe.dots] == [("", False), ("", False)]
    assert (psbt.needed, psbt.kind, safe.kind) == (2, "psbt", "safe-tx")
    assert row(table).action is Action.SIGN


async def test_the_first_deadline_bites(table: Table) -> None:
    await table.until("step-contract")
    settle_by = table.desk.state.contract(table.story.contract).terms.settle_by
    assert row(table).act_by is not None
    assert (row(table).act_by.at, row(table).act_by.reason) == (settle_by, "settlement.act-by-settle")  # type: ignore[union-attr]
    await table.until("step-prepare")
    act_by = row(table).act_by
    assert act_by is not None
    assert act_by.reason == "settlement.act-by-request"
    assert act_by.at == table.live("psbt").time_ms // 1000 + 86_400 < settle_by
    await table.until("step-final")
    act_by = row(table).act_by
    assert act_by is not None
    assert act_by.reason == "settlement.act-by-dispute"


async def test_totals_are_of_what_is_not_settled(table: Table) -> None:
    await table.until("step-prepare")
    totals = {each.symbol: each.units for each in look(table).totals or ()}
    assert totals == {"BTC": 25_000_000_000, "USDC": 20_000_000_000_000}
    await table.until("step-final")
    assert look(table).totals == ()
