"""A reconciliation stands in the log where it was made, once, and never behind the last."""

from countersign.settlement.house_records import Reconciled
from support import settlement_world as world

NAMES = ["desk", "operations"]


def body(as_of: int, report: str = "ab", breaks: int = 0) -> dict[str, object]:
    return {"as_of": as_of, "report": report * 32, "accounts": 4, "breaks": breaks}


def test_the_last_reconciliation_is_remembered() -> None:
    desk = world.founded()
    assert desk.state.reconciled is None
    size = len(desk.entries)
    before = desk.state.ledger
    desk.log("reconciliation.recorded", NAMES, body(size - 2, breaks=3))
    desk.log("reconciliation.recorded", NAMES, body(size, "cd"))
    assert desk.state.reconciled == Reconciled(size, "cd" * 32, 4, 0, size + 1)
    assert desk.state.ledger == before


def test_it_is_of_a_place_that_exists_and_not_of_an_earlier_one_than_the_last() -> None:
    desk = world.founded()
    size = len(desk.entries)
    assert desk.attempt("reconciliation.recorded", NAMES, body(size + 1)) == "settlement.reconciliation-ahead"
    desk.log("reconciliation.recorded", NAMES, body(size))
    assert desk.attempt("reconciliation.recorded", NAMES, body(size)) == "settlement.reconciliation-again"
    assert desk.attempt("reconciliation.recorded", NAMES, body(size - 1, "cd")) == "settlement.reconciliation-behind"
    assert desk.attempt("reconciliation.recorded", NAMES, body(size, "cd")) is None
    assert desk.attempt("reconciliation.recorded", NAMES, body(0, "cd")) is not None


def test_neither_the_desk_alone_nor_an_officer_alone_records_one() -> None:
    desk = world.founded()
    for names in (["desk"], ["operations"], ["desk", "compliance"], ["desk", "officer-a"]):
        assert desk.attempt("reconciliation.recorded", names, body(3)) == "settlement.wrong-signers"
