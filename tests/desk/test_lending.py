"""Lending at the desk: two signatures make a loan, the desk accrues what is over, a statement tells it to the unit."""

import pytest

from countersign.demonstration import cast
from countersign.desk import lending
from countersign.errors import Refused
from countersign.settlement import events
from countersign.settlement.ledger import Account
from countersign.settlement.roster import Party
from support.software_stage import Table

OWNER = Party(cast.MERIDIAN, "main")
ACCOUNT = Account(cast.MERIDIAN, "main", cast.BTC)


@pytest.fixture
async def founded(table: Table) -> Table:
    await table.until("step-found")
    return table


async def lend(table: Table, units: int = 1_000_000_000) -> None:
    body = lending.terms_of(table.desk.state, "loan-1", OWNER, cast.BTC, units)
    await lending.authorise(table.desk, table.author("meridian"), table.author("compliance"), body)


async def test_a_loan_lives_from_authorisation_to_the_last_unit_of_interest(founded: Table) -> None:
    before = founded.desk.state.ledger.balance(ACCOUNT).available
    await lend(founded)
    assert founded.desk.state.ledger.balance(ACCOUNT).lent == 1_000_000_000
    assert await lending.accrue(founded.desk) == []
    for days in (1, 1, 3):
        founded.stage.clock.seconds += days * 86_400
        [_] = await lending.accrue(founded.desk)
        assert await lending.accrue(founded.desk) == []
    await lending.recall(founded.desk, founded.author("operations"), "loan-1", "Needed.")
    told = lending.statement(founded.desk.archive.records(), "loan-1")
    rate = dict(founded.desk.state.adopted().lending)[cast.BTC].rate_bps
    assert told.loan.claim == 1_000_000_000 * rate * 5 // 3_600_000 > 0
    assert [line.kind for line in told.lines] == ["lending.authorised", *["lending.accrued"] * 3, "lending.recalled"]
    assert sum(line.interest for line in told.lines) == told.loan.claim == told.lines[-1].claim
    assert [line.principal for line in told.lines] == [1_000_000_000] * 4 + [0]
    assert founded.desk.state.ledger.balance(ACCOUNT).available == before


async def test_an_asset_that_the_policy_does_not_name_is_never_lent(founded: Table) -> None:
    with pytest.raises(Refused, match=r"settlement\.not-lent"):
        lending.terms_of(founded.desk.state, "loan-1", OWNER, cast.ETHEREUM + "/slip44:60", 1)


async def test_a_statement_of_a_loan_that_nobody_made_is_refused(founded: Table) -> None:
    with pytest.raises(Refused, match=r"settlement\.unknown-loan"):
        lending.statement(founded.desk.archive.records(), "loan-1")


async def test_the_owner_recalls_alone_and_the_desk_adds_nothing(founded: Table) -> None:
    await lend(founded)
    receipt = await lending.recall(founded.desk, founded.author("meridian"), "loan-1", "Needed.")
    event = events.parse(founded.desk.archive.record(receipt.index).event)
    assert event.jws.kids == (founded.author("meridian").key.kid,)
    assert founded.desk.state.loans["loan-1"].principal == 0
