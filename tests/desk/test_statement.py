"""Statements: every movement with its cause and its contract, and balances that are the state's own."""

import csv
import io
from dataclasses import replace

import pytest

from countersign.cli.books import statement_lines
from countersign.desk.accounts import Overview, overview
from countersign.desk.statement import Span, Statement, account_of, replayed, statement
from countersign.desk.statement_forms import COLUMNS, as_csv, value
from countersign.errors import Malformed, Refused
from countersign.formats import times
from countersign.keys.public_key import Curve
from countersign.settlement import builder
from countersign.settlement.assets import Asset
from countersign.settlement.ledger import Account, Balance, Pocket
from countersign.settlement.machine import replay
from support import settlement_world as world
from support.refusals import refused
from support.settlement_world import BTC, USDC, Desk
from support.software_keys import SoftwareKey

ALWAYS = Span(0, times.parse_date("2026-12-31"))
MERIDIAN_BTC = Account(world.MERIDIAN, "main", BTC)
HARBOUR_BTC = Account(world.HARBOUR, "main", BTC)
FEES = Account(world.NORTHGATE, "network-fees", BTC)


@pytest.fixture(scope="module")
def settled() -> Desk:
    """One settlement from contract to final, another cancelled while its holds stood; a fault among the entries."""
    desk = world.founded(bitcoin=60_000_000_000, dollars=45_000_000_000_000)
    desk.play(desk.trade())
    other = desk.trade()
    desk.play(other, until="held")
    desk.log("contract.cancelled", ["meridian", "harbour"], {"contract": other.hash, "reason": "Called off."})
    false = desk.entry("settlement.final", ["desk"], {"cycle": "cycle-1"})
    desk.entries.append(false)
    desk.state = replay([false], desk.state)
    desk.now_ms += 1_000
    desk.deposit("meridian", BTC, 7, 9)
    return desk


def of(desk: Desk, account: Account, span: Span = ALWAYS) -> Statement:
    return statement(desk.entries, account, span)


def test_every_movement_of_a_settlement_has_its_entry_cause_and_contract(settled: Desk) -> None:
    found = [
        (each.event, each.cause, each.source, each.target, each.units, each.contract_id, each.settlement)
        for each in of(settled, MERIDIAN_BTC).movements
    ]
    sold, cap, fee = world.BTC_UNITS, world.FEE_CAP, 1_410
    first, second = ("MH-2026-0001", "cycle-1"), ("MH-2026-0002", "")
    assert found == [
        ("deposit.credited", "credit", "", "available", 60_000_000_000, "", ""),
        ("hold.placed", "hold", "available", "held", sold, "MH-2026-0001", ""),
        ("hold.placed", "hold", "available", "held", cap, "MH-2026-0001", ""),
        ("settlement.final", "delivery", "held", "", sold, *first),
        ("settlement.final", "fee", "held", "", fee, *first),
        ("settlement.final", "release", "held", "available", cap - fee, *first),
        ("hold.placed", "hold", "available", "held", sold, *second),
        ("hold.placed", "hold", "available", "held", cap, *second),
        ("contract.cancelled", "release", "held", "available", sold, *second),
        ("contract.cancelled", "release", "held", "available", cap, *second),
        ("deposit.credited", "credit", "", "available", 7, "", ""),
    ]
    other = {each.cause: each.counterparty for each in of(settled, MERIDIAN_BTC).movements}
    assert other["delivery"] == f"{world.HARBOUR}/main"
    assert other["fee"] == f"{world.NORTHGATE}/network-fees"


def test_the_custodians_own_account_shows_what_went_through_it(settled: Desk) -> None:
    found = of(settled, FEES)
    assert [(each.cause, each.source, each.target, each.units) for each in found.movements] == [
        ("fee", "", "available", 1_410),
        ("network fee", "available", "", 1_410),
    ]
    assert found.closing == Balance()


def test_balances_are_the_states_own_at_every_place(settled: Desk) -> None:
    for account in (MERIDIAN_BTC, HARBOUR_BTC, Account(world.HARBOUR, "main", USDC), FEES):
        moved = {each.index: each.after for each in of(settled, account).movements}
        for entry, state in replayed(settled.entries):
            if entry.index in moved:
                assert moved[entry.index] == state.ledger.balance(account), (entry.index, account)
        found = of(settled, account)
        assert found.closing == settled.state.ledger.balance(account)
        assert found.size == settled.state.size


def test_opening_and_movements_make_the_closing_balance_of_any_span() -> None:
    desk = world.founded()
    for day in range(4):
        desk.now_ms = (world.START + day * times.DAY + 3_600) * 1_000
        for number in range(3):
            desk.deposit("meridian", BTC, 10 ** (day + 1), 10 * day + number + 100)
        if day == 1:
            trade = desk.trade()
            desk.play(trade, until="held")
    first = world.START // times.DAY
    for begin in range(first - 1, first + 5):
        for end in range(begin, first + 5):
            found = of(desk, MERIDIAN_BTC, Span(begin, end))
            running = found.opening
            for each in found.movements:
                assert begin <= each.time_ms // 1_000 // times.DAY <= end
                for pocket, sign in ((each.source, -1), (each.target, 1)):
                    running = running.plus(Pocket(pocket), sign * each.units) if pocket else running
                assert running == each.after
            assert running == found.closing
            assert of(desk, MERIDIAN_BTC, Span(0, end)).closing == found.closing
    assert of(desk, MERIDIAN_BTC, Span(first + 4, first + 9)).movements == ()
    assert of(desk, MERIDIAN_BTC, Span(0, first - 1)).closing == Balance()


def test_in_a_netted_cycle_each_movement_still_names_its_own_contract() -> None:
    desk, hashes = world.founded(bitcoin=60_000_000_000, dollars=45_000_000_000_000), []
    desk.deposit("harbour", BTC, 60_000_000_000, 7)
    desk.deposit("meridian", USDC, 45_000_000_000_000, 7)
    for number in (1, 2):
        terms = world.terms(number)
        if number == 2:
            legs = tuple(
                world.replace(leg, destination=world.destination(owner, leg.asset))
                for leg, owner in zip(terms.legs, ("meridian", "harbour"), strict=True)
            )
            terms = world.replace(terms, parties=terms.parties[::-1], legs=legs)
        trade = world.Trade(number, world.signed_contract(terms))
        desk.play(trade, until="held")
        hashes.append(trade.hash)
    desk.log("cycle.closed", ["desk"], builder.cycle_body("netted", hashes, world.START, netting="multilateral"))
    desk.log(
        "release.authorised",
        ["operations", "compliance"],
        {"cycle": "netted", "instructions": [], "maker": "operations", "checker": "compliance"},
    )
    desk.log("settlement.final", ["desk"], {"cycle": "netted"})
    last = [each for each in of(desk, MERIDIAN_BTC).movements if each.event == "settlement.final"]
    assert {(each.cause, each.contract_id, each.settlement, each.target) for each in last} == {
        ("delivery", "MH-2026-0001", "netted", ""),
        ("delivery", "MH-2026-0002", "netted", "available"),
        ("release", "MH-2026-0001", "netted", "available"),
    }


def test_a_credit_to_the_custodians_own_book_is_on_its_statement() -> None:
    desk = world.founded()
    credit_custodian(desk, "network-fees", 5_000_000)
    found = of(desk, FEES)
    assert [(each.cause, each.target, each.units) for each in found.movements] == [("credit", "available", 5_000_000)]
    assert found.closing.total == 5_000_000
    assert overview_of(desk).balanced
    assert [each.owner for each in overview_of(desk).accounts if each.account == FEES] == ["Northgate Trust"]


def overview_of(desk: Desk) -> Overview:
    return overview(desk.state, lambda index: desk.entries[index].time_ms)


def credit_custodian(desk: Desk, book: str, satoshis: int) -> None:
    """Register a vault of one of the custodian's own books, over new keys, and credit a deposit into it."""
    officers, kids = [], []
    for officer in world.COSIGNERS:
        key = SoftwareKey.generate(Curve.SECP256K1, f"custodian {book} {officer}")
        entry = world.officer_entry(officer)
        entry["keys"].append(world._officer_key(officer, "bip122", key.public, f"btc {book}"))  # type: ignore[attr-defined]
        officers.append(entry)
        kids.append(key)
    text = f"wsh(sortedmulti(2,{','.join(key.public.data.hex() for key in kids)}))"
    slot = {
        "number": 0,
        "descriptor": f"{text}#{world._descriptor_checksum(text)}",
        "keys": [key.kid for key in kids],
    }
    owner = {"lei": world.NORTHGATE, "book": book}
    vault = {"id": f"northgate-{book}", "kind": "wsh-slots", "owner": owner, "chain": world.BITCOIN, "threshold": 2}
    body = {**world.no_entries(), "officers": officers, "vaults": [{**vault, "slots": [slot]}]}
    desk.log("roster.changed", ["compliance", "officer-d"], body)
    deposit = world.deposit_body("harbour", BTC, satoshis, 77) | {"owner": owner, "vault": vault["id"]}
    desk.log("deposit.credited", ["desk", "operations"], deposit)


def test_accounts_are_named_strictly() -> None:
    assert account_of(f"{world.MERIDIAN}/main/{BTC}") == MERIDIAN_BTC
    for text, code in (
        (world.MERIDIAN, "desk.account-form"),
        (f"{world.MERIDIAN}/main", "desk.account-form"),
        (f"{world.MERIDIAN[:-1]}0/main/{BTC}", "formats.lei"),
        (f"{world.MERIDIAN}/a b/{BTC}", "D3.identifier"),
    ):
        with refused(code):
            account_of(text)
    with pytest.raises(Malformed):
        account_of(f"{world.MERIDIAN}/main/bitcoin")


def test_a_symbol_names_an_asset_where_no_other_has_it() -> None:
    bitcoin, other = Asset(BTC, "BTC", 8), Asset(world.USDC, "BTC", 6)
    assert account_of(f"{world.MERIDIAN}/main/BTC", [bitcoin, replace(other, symbol="USDC")]) == MERIDIAN_BTC
    with refused("desk.symbol-twice", Refused):
        account_of(f"{world.MERIDIAN}/main/BTC", [bitcoin, other])
    assert account_of(f"{world.MERIDIAN}/main/{BTC}", [bitcoin, other]) == MERIDIAN_BTC


def test_the_other_side_is_said_by_name(settled: Desk) -> None:
    sold = next(each for each in of(settled, MERIDIAN_BTC).movements if each.cause == "delivery")
    assert "delivery: 250.00000000 BTC, held to Harbour Prime, main" in "\n".join(lines_of(settled, MERIDIAN_BTC))
    assert (sold.other, sold.counterparty) == ("Harbour Prime, main", f"{world.HARBOUR}/main")
    bought = "\n".join(lines_of(settled, Account(world.HARBOUR, "main", BTC)))
    assert "delivery: 250.00000000 BTC, from Meridian Capital, main to available" in bought
    assert "credit: 600.00000000 BTC, outside to available" in "\n".join(lines_of(settled, MERIDIAN_BTC))


def lines_of(desk: Desk, account: Account) -> list[str]:
    return list(statement_lines(of(desk, account)))


def test_an_account_that_nobody_can_have_here_is_refused(settled: Desk) -> None:
    fresh = world.founded()
    for account, code in (
        (Account(world.MERIDIAN, "other", BTC), "settlement.unknown-book"),
        (Account(world.lei("98NOBODY"), "main", BTC), "settlement.unknown-participant"),
        (Account(world.MERIDIAN, "main", "eip155:1/slip44:60"), "settlement.unknown-asset"),
        (Account(world.NORTHGATE, "main", BTC), "settlement.unknown-book"),
        (Account(world.MERIDIAN, "main", USDC), "desk.no-such-account"),
    ):
        with refused(code, Refused):
            of(fresh, account)


def test_the_custodians_accounts_stand_in_every_asset_that_anybody_has_also_untouched(settled: Desk) -> None:
    shown = {each.account: each.balance for each in overview_of(settled).accounts}
    for book in ("network-fees", "suspense", "lending-pool"):
        for asset in (BTC, USDC):
            account = Account(world.NORTHGATE, book, asset)
            assert shown[account] == settled.state.ledger.balance(account) == Balance()
            assert of(settled, account).closing == Balance()
    empty = Desk()
    empty.log("desk.founded", ["desk", "compliance", "officer-d"], world.founding_body())
    assert overview_of(empty).accounts == ()  # two assets are registered, nobody has any
    with refused("desk.no-such-account", Refused):
        of(empty, Account(world.NORTHGATE, "suspense", BTC))


def test_a_span_is_read_from_dates() -> None:
    assert Span.read("2026-11-22", "2026-11-23") == Span(world.START // times.DAY, world.START // times.DAY + 1)
    assert Span.read(None, None, now=world.START) == Span(0, world.START // times.DAY)
    with refused("desk.span-order", Refused):
        Span.read("2026-11-23", "2026-11-22")
    with refused("formats.date"):
        Span.read("22.11.2026", None)


def test_csv_and_json_say_the_same(settled: Desk) -> None:
    found = of(settled, MERIDIAN_BTC)
    data = as_csv(found)
    rows = list(csv.DictReader(io.StringIO(data.decode(), newline="")))
    assert tuple(rows[0]) == COLUMNS
    assert data.count(b"\r\n") == len(found.movements) + 3
    told = value(found)
    assert [rows[0]["cause"], rows[-1]["cause"]] == ["opening", "closing"]
    assert rows[-1]["total"] == told["closing"]["total"] == str(found.closing.total)  # type: ignore[index]
    for row, movement in zip(rows[1:-1], told["movements"], strict=True):  # type: ignore[arg-type]
        beside = {**movement.pop("balance"), "owed": "0"}
        assert row == {name: "" if each is None else str(each) for name, each in movement.items()} | beside


def test_the_overview_adds_up(settled: Desk) -> None:
    found = overview_of(settled)
    assert found.balanced
    assert {each.asset: each.total.units for each in found.assets} == settled.state.ledger.sums()
    listed = [each.account for each in found.accounts]
    assert listed == sorted(listed, key=lambda each: (each.asset, each.lei, each.book))
    assert set(listed) > set(settled.state.ledger.balances)
    short = world.replace(settled.state.ledger, balances=settled.state.ledger.balances.set(MERIDIAN_BTC, Balance(1)))
    assert not overview(world.replace(settled.state, ledger=short), lambda _: 0).balanced
