"""`countersign ledger`, `statement`, `reconcile`, `cycle`: for people and for programs, on a profile, changing nothing."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from support import finished_settlement
from support import settlement_world as world
from support import trouble_world as trouble
from support.command_line import CommandLine
from support.finished_settlement import Finished
from support.netted_profile import CYCLE, Netted, netted
from support.published_schema import BOOKS, fits
from support.settlement_world import BTC, USDC

ACCOUNT = f"{world.MERIDIAN}/main/{BTC}"


@pytest.fixture(scope="session")
def story() -> Netted:
    return netted()


@pytest.fixture(scope="session")
def profile(tmp_path_factory: pytest.TempPathFactory, story: Netted) -> Path:
    folder = tmp_path_factory.mktemp("netted") / "profile"
    finished_settlement.write_profile(folder, story.over)
    return folder


@pytest.fixture
def run(tmp_path: Path, story: Netted) -> CommandLine:
    return CommandLine(story.over.clock, tmp_path)


def value(run: CommandLine, profile: Path, schema: str, *arguments: str, status: int = 0) -> dict[str, Any]:
    """What a command prints as JSON; one line, and as its schema says."""
    found, out, err = run.run(*arguments, "--profile", str(profile), "--json")
    assert (found, err, out.count("\n")) == (status, "", 1)
    told: dict[str, Any] = json.loads(out)
    assert fits(told, BOOKS[schema])
    for field in told:
        assert not fits({name: each for name, each in told.items() if name != field}, BOOKS[schema])
    return told


def text(run: CommandLine, profile: Path, *arguments: str, status: int = 0) -> str:
    found, out, err = run.run(*arguments, "--profile", str(profile))
    assert (found, err) == (status, "")
    return out


def test_the_ledger_lists_every_account_and_adds_up(run: CommandLine, profile: Path, story: Netted) -> None:
    found = value(run, profile, "ledger", "ledger")
    assert found["balanced"] is True
    assert len(found["accounts"]) == 4 + 6
    held = {(each["owner"], each["asset"]): each["balance"]["held"] for each in found["accounts"]}
    assert held["Meridian Capital", BTC] == str(3_500_000_000 + 2 * world.FEE_CAP)
    shown = text(run, profile, "ledger")
    assert "Meridian Capital, main" in shown
    assert "40.00000000 BTC: available 4.99900000, held 35.00100000" in shown
    assert shown.count("balanced") == 2
    assert found["reconciled"] == {"as_of": 25, "report": "ab" * 32, "accounts": 4, "breaks": 1, "index": 25}
    assert "Last reconciled by entry 25 as of 25 entries, breaks: 1" in shown
    assert "NOT" not in shown
    assert story.over.desk.state.ledger.balances_with_totals()


def test_the_statement_of_an_account_in_three_forms(run: CommandLine, profile: Path) -> None:
    found = value(run, profile, "statement", "statement", "--account", ACCOUNT)
    assert [each["cause"] for each in found["movements"]] == ["credit", *["hold"] * 4]
    assert {each["contract"] for each in found["movements"]} == {None, "MH-2026-0009", "MH-2026-0001"}
    assert found["closing"] == found["movements"][-1]["balance"]
    out = text(run, profile, "statement", "--account", ACCOUNT)
    assert "From the beginning to " in out
    assert "Opening balance  0.00000000 BTC" in out
    assert "hold: 30.00000000 BTC, available to held" in out
    assert "contract MH-2026-0001" in out
    assert text(run, profile, "statement", "--account", f"{world.MERIDIAN}/main/BTC") == out
    status, out, _ = run.run("statement", "--account", ACCOUNT, "--profile", str(profile), "--csv")
    rows = list(csv.DictReader(io.StringIO(out, newline="")))
    assert status == 0
    assert [each["cause"] for each in rows] == ["opening", "credit", *["hold"] * 4, "closing"]


def test_a_span_leaves_out_what_lies_outside_it(run: CommandLine, profile: Path) -> None:
    later = value(
        run, profile, "statement", "statement", "--account", ACCOUNT, "--from", "2026-11-23", "--until", "2026-11-24"
    )
    assert (later["movements"], later["opening"], later["from"]) == ([], later["closing"], "2026-11-23")
    assert later["opening"]["total"] == "4000000000"
    before = value(run, profile, "statement", "statement", "--account", ACCOUNT, "--until", "2026-11-21")
    assert before["closing"]["total"] == "0"


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        (("--account", "nobody"), 2, "desk.account-form"),
        (("--account", f"{world.MERIDIAN}/other/{BTC}"), 1, "settlement.unknown-book"),
        (("--account", f"{world.MERIDIAN}/main/XYZ"), 2, "formats.asset"),
        (("--account", f"{world.NORTHGATE}/suspense/{BTC}", "--until", "22.11.2026"), 2, "formats.date"),
        (("--account", ACCOUNT, "--from", "yesterday"), 2, "formats.date"),
        (("--account", ACCOUNT, "--from", "2026-12-01", "--until", "2026-11-01"), 1, "desk.span-order"),
    ],
)
def test_what_is_no_account_or_no_span_is_named(
    run: CommandLine, profile: Path, arguments: tuple[str, ...], status: int, code: str
) -> None:
    found, out, err = run.run("statement", *arguments, "--profile", str(profile))
    assert (found, out) == (status, "")
    assert err.endswith(f"[{code}]\n")
    found, out, _ = run.run("statement", *arguments, "--profile", str(profile), "--json")
    assert (found, json.loads(out)["error"]["code"]) == (status, code)


def test_csv_and_json_at_once_is_a_usage_error(run: CommandLine, profile: Path) -> None:
    assert run.run("statement", "--account", ACCOUNT, "--profile", str(profile), "--csv", "--json")[0] == 2


@pytest.fixture(scope="session")
def failed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Profiles of a settlement whose Ethereum leg failed, and of the same once it was delivered."""
    over = finished_settlement.finished("instructed")
    desk, trade = over.desk.copy(), over.trade
    folder = tmp_path_factory.mktemp("failed")
    psbt, safe = (trouble.live(desk, trade, kind) for kind in ("psbt", "safe-tx"))
    for officer in ("officer-a", "officer-c"):
        for each in (psbt, safe):
            trouble.signed(desk, each, officer)
    desk.log(*trouble.release(desk, trade, psbt, safe))
    for each in (psbt, safe):
        desk.log(*trouble.broadcast(each))
    desk.log(*trouble.observed(psbt, 1))
    desk.log(*trouble.failed(trade, safe))
    finished_settlement.write_profile(folder / "open", Finished(desk, trade, over.artefacts))
    desk.log(*trouble.observed(trouble.live(desk, trade, "safe-tx"), 2))
    for owner in world.OWNERS:
        desk.log("delivery.confirmed", [owner], {"contract": trade.hash})
    desk.log("settlement.final", ["desk"], {"cycle": trade.cycle})
    finished_settlement.write_profile(folder / "closed", Finished(desk, trade, over.artefacts))
    return folder / "open", folder / "closed"


SUSPENSE = f"{world.NORTHGATE}/suspense/{USDC}"


def test_what_the_custodian_owes_stands_under_suspense_until_it_is_delivered(
    run: CommandLine, failed: tuple[Path, Path]
) -> None:
    found = value(run, failed[0], "ledger", "ledger")
    assert found["custodian"] == {"lei": world.NORTHGATE, "name": "Northgate Trust"}
    [owed] = found["breaks"]
    assert (owed["asset"], owed["amount"], owed["cause"]) == (USDC, str(world.USDC_UNITS), "failed")
    assert owed["creditor"] == {"lei": world.MERIDIAN, "owner": "Meridian Capital", "book": "main"}
    assert (owed["cycle"], owed["contracts"], owed["opened"]) == ("cycle-1", ["MH-2026-0001"], found["size"] - 1)
    assert owed["at"] == found["at"]
    assert found["balanced"] is True
    own = [each for each in found["accounts"] if each["lei"] == world.NORTHGATE]
    assert [each["book"] for each in own] == ["lending-pool", "network-fees", "suspense"] * 2
    assert {each["balance"]["total"] for each in own} == {"0"}
    out = text(run, failed[0], "ledger")
    since = f"since entry {owed['opened']} of {owed['at']}"
    assert f"open break, {since}: owes 20,000,000.000000 USDC to Meridian Capital, main" in out
    assert (
        f"its leg on {world.ETHEREUM} failed after another leg was delivered; cycle cycle-1, contracts MH-2026-0001"
        in out
    )
    assert "no unit moves for it" in out
    closed = value(run, failed[1], "ledger", "ledger")
    assert (closed["breaks"], len(closed["accounts"])) == ([], len(found["accounts"]) + 2)
    assert "owes" not in text(run, failed[1], "ledger")


def test_the_statement_of_suspense_lists_breaks_opened_and_closed(run: CommandLine, failed: tuple[Path, Path]) -> None:
    found = value(run, failed[1], "statement", "statement", "--account", SUSPENSE)
    assert [(each["change"], each["event"], each["owed"]) for each in found["breaks"]] == [
        ("opened", "settlement.failed", str(world.USDC_UNITS)),
        ("closed", "settlement.final", "0"),
    ]
    assert (found["owed"], found["movements"]) == ({"opening": "0", "closing": "0"}, [])
    first, last = (each["index"] for each in found["breaks"])
    out = text(run, failed[1], "statement", "--account", SUSPENSE)
    debt = "20,000,000.000000 USDC to Meridian Capital, main"
    assert f"entry {first}  break opened: owes {debt}" in out
    assert f"entry {last}  break closed: owes no more {debt}, which it did since entry {first}" in out
    assert out.count("the balance did not move") == 2
    assert "A break is a record of what is owed: no unit moves for it" in out
    still = value(run, failed[0], "statement", "statement", "--account", f"{world.NORTHGATE}/suspense/USDC")
    assert still["owed"] == {"opening": "0", "closing": str(world.USDC_UNITS)}
    later = value(
        run, failed[0], "statement", "statement", "--account", SUSPENSE, "--from", "2026-11-23", "--until", "2026-11-24"
    )
    assert (later["breaks"], later["owed"]["opening"]) == ([], str(world.USDC_UNITS))
    other = text(run, failed[0], "statement", "--account", f"{world.NORTHGATE}/suspense/{BTC}")
    assert "break" not in other
    status, out, _ = run.run("statement", "--account", SUSPENSE, "--profile", str(failed[1]), "--csv")
    rows = list(csv.DictReader(io.StringIO(out, newline="")))
    assert (status, [each["cause"] for each in rows]) == (0, ["opening", "break opened", "break closed", "closing"])


def trades(tmp_path: Path, *rows: str) -> str:
    lines = ["lei,book,contract,side,asset,amount,state", *rows]
    (tmp_path / "trades.csv").write_text("".join(line + "\n" for line in lines))
    return str(tmp_path / "trades.csv")


def meridians() -> list[str]:
    return [
        f"{world.MERIDIAN},main,MH-2026-000{number},{side},{asset},{amount},{state}"
        for number, satoshis, state, back in (
            (1, 3 * 10**9, "held", False),
            (2, 10**9, "held", True),
            (3, 9 * 10**9, "endorsed", False),
            (9, 5 * 10**8, "held", False),
        )
        for asset, amount, mine in ((BTC, satoshis, not back), (USDC, satoshis * 800, back))
        for side in ("deliver" if mine else "receive",)
    ]


def test_a_trade_file_that_agrees_and_one_that_does_not(run: CommandLine, profile: Path, tmp_path: Path) -> None:
    good = trades(tmp_path, *meridians())
    found = value(run, profile, "reconciliation", "reconcile", "--trades", good)
    assert (found["lei"], found["breaks"], found["trades"]) == (world.MERIDIAN, [], 8)
    assert "entries: 8; breaks: 0" in text(run, profile, "reconcile", "--trades", good)
    bad = trades(tmp_path, *meridians()[1:], f"{world.MERIDIAN},main,MH-X,deliver,{BTC},5,agreed")
    found = value(run, profile, "reconciliation", "reconcile", "--trades", bad, status=1)
    assert [each["cause"] for each in found["breaks"]] == ["missing there", "missing here"]
    out = text(run, profile, "reconcile", "--trades", bad, status=1)
    assert "missing here: MH-X deliver" in out
    assert f"Trades of Meridian Capital ({world.MERIDIAN}) compared" in out
    assert "missing here: MH-X deliver, main, BTC: here nothing, there 0.00000005 BTC" in out
    assert "BTC: here 30.00000000 BTC, there nothing" in out
    unknown = trades(tmp_path, *meridians(), f"{world.MERIDIAN},main,MH-X,deliver,eip155:1/slip44:60,5,agreed")
    out = text(run, profile, "reconcile", "--trades", unknown, status=1)
    assert "eip155:1/slip44:60: here nothing, there 5 base units" in out


def test_a_trade_file_that_does_not_parse_is_two(run: CommandLine, profile: Path, tmp_path: Path) -> None:
    status, _, err = run.run("reconcile", "--trades", trades(tmp_path), "--profile", str(profile))
    assert (status, err.splitlines()[-1]) == (2, "[desk.trade-file-empty]")
    status, _, err = run.run("reconcile", "--trades", str(tmp_path / "absent.csv"), "--profile", str(profile))
    assert (status, err.splitlines()[-1]) == (2, "[cli.file-absent]")


def test_a_cycle_shows_its_proof_what_it_saved_who_was_short_and_what_blocks(
    run: CommandLine, profile: Path, story: Netted
) -> None:
    found = value(run, profile, "cycle", "cycle", CYCLE)
    assert (found["state"], found["netting"]) == ("held", "multilateral")
    assert found["proof"]["holds"] is True
    assert all(each["conserved"] for each in found["proof"]["positions"])
    assert found["saved"]["transactions"] == {"gross": 4, "net": 2}
    assert found["saved"]["usd"] == {"gross": "6400000", "net": "3200000", "unpriced": []}
    assert [(each["from"], each["amount"]) for each in found["obligations"] if each["asset"] == BTC] == [
        ("Meridian Capital, main", "2000000000")
    ]
    assert {each["contract"]["contract"] for each in found["short"]} == {story.short.hash}
    assert [(each["vault"], each["cycle"], each["contracts"]) for each in found["blocks"]] == [
        ("harbour-safe", "cycle-9", ["MH-2026-0009"])
    ]
    out = text(run, profile, "cycle", CYCLE)
    for part in (
        "Meridian Capital, main pays 20.00000000 BTC to Harbour Prime, main",
        "Conservation: every position is what the contracts make it.",
        "Harbour Prime, main, BTC: gross in 30.00000000, out 10.00000000; net in 20.00000000, out 0.00000000; kept",
        "Saved: transactions 2 instead of 4; 3,200,000 USD move instead of 6,400,000",
        "Left out MH-2026-0003: Meridian Capital, main lacked",
        "Blocked: harbour-safe has an unexecuted instruction of cycle-9 (MH-2026-0009), since 2026-11-22T09:",
    ):
        assert part in out
    assert "NOT" not in out


def test_without_an_id_every_cycle_and_the_cut_off_that_comes(run: CommandLine, profile: Path, story: Netted) -> None:
    found = value(run, profile, "cycles", "cycle")
    assert [each["id"] for each in found["cycles"]] == ["cycle-9", CYCLE]
    assert found["upcoming"]["cut_off"] == "2026-11-23T16:00:00Z"
    assert found["upcoming"]["top_up_until"] == "2026-11-23T17:00:00Z"
    assert found["upcoming"]["short"] == [story.short.hash]
    lacking = {(each["owner"], each["asset"]): each["missing"] for each in found["upcoming"]["lacking"]}
    assert lacking == {
        ("Meridian Capital", BTC): str(9 * 10**9 + world.FEE_CAP - 499_900_000),
        ("Harbour Prime", USDC): str(9 * 800 * 10**9 - 400 * 10**9),
    }
    out = text(run, profile, "cycle")
    assert f"{CYCLE} (multilateral): held, contracts 2, transactions 2 instead of 4" in out
    assert "Cut-off 2026-11-23T16:00:00Z: contracts ready 0, short 1" in out
    assert "to be topped up until 2026-11-23T17:00:00Z" in out


def test_a_cycle_that_does_not_exist_and_a_profile_that_is_not_there(run: CommandLine, profile: Path) -> None:
    status, _, err = run.run("cycle", "cycle-x", "--profile", str(profile))
    assert (status, err.splitlines()[-1]) == (1, "[settlement.unknown-cycle]")
    for command in ("ledger", "cycle"):
        status, out, err = run.run(command, "--profile", str(profile / "absent"))
        assert status in (2, 3)
        assert (out, err.count("\n")) == ("", 3)


def test_nothing_is_changed(run: CommandLine, profile: Path) -> None:
    before = {each: each.read_bytes() for each in profile.iterdir()}
    for arguments in (("ledger",), ("cycle",), ("statement", "--account", ACCOUNT)):
        run.run(*arguments, "--profile", str(profile))
    assert {each: each.read_bytes() for each in profile.iterdir()} == before
