"""`countersign freeze` and `proposal draft`: drafts in words for two officers to sign, and the orders that stand."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from countersign.cli.freeze import freeze_app
from countersign.cli.proposal import proposal_app
from countersign.desk.author import Scribe
from countersign.desk.order import Order
from support import settlement_world as world
from support import trouble_world as trouble
from support.settlement_world import Desk
from support.software_stage import CountedEntropy, SetClock

PAPER = b"The court orders. Demonstration only."


@pytest.fixture
def desk() -> Desk:
    return trouble.begun("held")[0]


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    (tmp_path / "order.pdf").write_bytes(PAPER)
    return tmp_path / "order.pdf"


def order(desk: Desk) -> Order:
    return Order(desk.state, desk.now_ms, Scribe(world.ORIGIN, SetClock(desk.now_ms // 1_000), CountedEntropy()))


def freeze(desk: Desk, *arguments: object) -> Result:
    app = freeze_app(lambda profile, ask: order(desk))
    return CliRunner().invoke(app, [*map(str, arguments), "--profile", "."])


def propose(desk: Desk, *arguments: object) -> Result:
    app = proposal_app(lambda profile, ask: order(desk), None, None)  # type: ignore[arg-type]
    return CliRunner().invoke(app, [*map(str, arguments), "--profile", "."])


def stop(desk: Desk, paper: Path, out: str, *scope: str) -> Result:
    return freeze(desk, "order", "HC-1", *scope, "--paper", paper, "--reason", "By order.", "--out", paper.parent / out)


def test_an_order_is_drafted_in_words_signed_and_listed(desk: Desk, paper: Path) -> None:
    done = stop(desk, paper, "freeze.proposal", "--book", f"{world.HARBOUR}/main")
    assert done.exit_code == 0, done.output
    assert f"Order HC-1 stops everything in the book main of Harbour Prime ({world.HARBOUR})." in done.stdout
    assert "Settlements that stop with it, beside those that are stopped already: 1." in done.stdout
    assert "Signed by 0 of 2" in done.stdout
    assert "No order was ever given." in freeze(desk, "list").stdout
    scope = {"kind": "book", "lei": world.HARBOUR, "book": "main", "contract": None, "asset": None}
    desk.log(
        "freeze.ordered",
        ["compliance", "officer-d"],
        {"order": "HC-1", "scope": scope, "document_sha256": "ab" * 32, "reason": "By order."},
    )
    assert "stops 1 settlement" in freeze(desk, "list").stdout
    listed = json.loads(freeze(desk, "list", "--json").stdout)
    assert [(each["order"], each["stops"], each["lifted"]) for each in listed["orders"]] == [("HC-1", 1, None)]
    lifted = freeze(
        desk, "lift", "HC-1", "--paper", paper, "--reason", "Over.", "--out", paper.parent / "lift.proposal"
    )
    assert lifted.exit_code == 0
    assert "Settlements that no order stops any more then: 1." in lifted.stdout


@pytest.mark.parametrize(
    ("scope", "status", "words"),
    [
        ((), 2, "give one of"),
        (("--participant", world.HARBOUR, "--asset", world.BTC), 2, "give one of"),
        (("--book", world.HARBOUR), 2, "LEI/BOOK"),
        (("--book", f"{world.HARBOUR}/"), 2, "LEI/BOOK"),
        (("--participant", "549300NOBODYKNOWS00"), 2, "formats.lei"),
        (("--book", f"{world.HARBOUR}/elsewhere"), 1, "settlement.unknown-book"),
        (("--contract", "ab" * 32), 1, "desk.no-such-settlement"),
        (("--contract", "MH-2026-0404"), 1, "No settlement here has the id or hash MH-2026-0404."),
        (("--contract", ""), 2, "give one of"),
    ],
)
def test_a_scope_that_names_nothing_here_is_refused_and_nothing_is_written(
    desk: Desk, paper: Path, scope: tuple[str, ...], status: int, words: str
) -> None:
    done = stop(desk, paper, "freeze.proposal", *scope)
    assert done.exit_code == status, done.output
    assert words in done.output
    assert not (paper.parent / "freeze.proposal").exists()


def test_a_contract_goes_by_its_id_or_its_hash(desk: Desk, paper: Path) -> None:
    (record,) = desk.state.contracts.values()
    by_id = stop(desk, paper, "id.proposal", "--contract", record.terms.id)
    by_hash = stop(desk, paper, "hash.proposal", "--contract", record.hash)
    assert (by_id.exit_code, by_hash.exit_code) == (0, 0), by_id.output
    says = f"Order HC-1 stops the contract {record.terms.id}, version 1."
    assert says in by_id.stdout
    assert says in by_hash.stdout
    assert "over already" not in by_id.stdout
    assert "It takes: a compliance officer and any officer\n" in by_id.stdout


def test_an_id_of_several_versions_is_refused_and_each_hash_is_named(paper: Path) -> None:
    desk = world.founded()
    first = desk.trade()
    desk.play(first, until="agreed")
    later = desk.trade(id=first.contract.terms.id, version=2, replaces=first.hash)
    desk.play(later, until="agreed")
    refused = stop(desk, paper, "freeze.proposal", "--contract", first.contract.terms.id)
    assert (refused.exit_code, "desk.several-versions" in refused.stderr) == (1, True)
    assert f"{first.hash}, {later.hash}" in refused.stderr
    assert stop(desk, paper, "freeze.proposal", "--contract", later.hash).exit_code == 0


def test_an_order_on_what_is_over_is_drafted_with_a_warning(paper: Path) -> None:
    desk, trade = trouble.begun("final")
    done = stop(desk, paper, "freeze.proposal", "--contract", trade.hash)
    assert "It is over already: the order would stop nothing of it." in done.stdout
    assert "over already" not in stop(desk, paper, "book.proposal", "--book", f"{world.HARBOUR}/main").stdout


def test_what_stands_there_is_not_overwritten(desk: Desk, paper: Path) -> None:
    (paper.parent / "freeze.proposal").write_bytes(b"mine")
    assert stop(desk, paper, "freeze.proposal", "--asset", world.BTC).exit_code == 1
    assert (paper.parent / "freeze.proposal").read_bytes() == b"mine"


def test_a_loan_is_drafted_from_its_body_and_another_kind_is_not(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "loan.json"
    file.write_text(json.dumps(world.loan_body()))
    done = propose(desk, "draft", "lending.authorised", file, "--out", tmp_path / "loan.proposal")
    assert done.exit_code == 0, done.output
    assert "lends 5.00000000 BTC to the pool at 2.50 % a year, as the loan loan-1." in done.stdout
    assert "Can still sign: Meridian Capital, Conrad Lake" in done.stdout
    other = propose(desk, "draft", "hold.placed", file, "--out", tmp_path / "other.proposal")
    assert "desk.not-a-proposal" in other.stderr
    assert "orders, awards, loans, releases, voids, replacements" in other.stderr
    unknown = propose(desk, "draft", "nonsense", file, "--out", tmp_path / "other.proposal")
    assert (unknown.exit_code, "There is no event of the type nonsense." in unknown.stderr) == (2, True)
    assert "award.made, ceremony.recorded, freeze.lifted, freeze.ordered, " in unknown.stderr
    file.write_text("[]")
    assert "cli.not-a-change" in propose(desk, "draft", "lending.authorised", file, "--out", tmp_path / "x").stderr
    assert not (tmp_path / "other.proposal").exists()
