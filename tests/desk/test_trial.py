"""Trying what filing would come to: the log's own words, the desk's signature counted where it signs beside, no trace."""

import pytest

from countersign.demonstration import cast
from countersign.desk import deals, trial
from countersign.desk.author import signed
from countersign.errors import Refused
from countersign.settlement import contract as contracts
from countersign.settlement import events
from countersign.settlement.events import Event
from countersign.settlement.records import ContractState
from support.software_stage import Table


@pytest.fixture
async def founded(table: Table) -> Table:
    return await table.until("step-found")


async def deposit(table: Table, *signers: str) -> Event:
    vault = next(each for each in table.desk.state.roster.vaults.values() if cast.BTC.startswith(each.chain))
    body: dict[str, object] = {
        "owner": {"lei": vault.owner.lei, "book": vault.owner.book},
        "vault": vault.id,
        "asset": cast.BTC,
        "amount": "7",
        "reference": "ab" * 32 + ":0",
        "confirmations": 6,
    }
    draft = table.desk.scribe.draft("deposit.credited", body)
    return events.parse(await signed(draft, [table.author(each) for each in signers]))


async def test_the_desk_counts_as_having_signed_where_it_signs_beside_an_officer(founded: Table) -> None:
    before, now = founded.desk.state, founded.stage.clock.now_ms()
    after = trial.file_event(before, await deposit(founded, "operations"), now)
    assert (after.size, len(after.deposits)) == (before.size + 1, len(before.deposits) + 1)
    assert founded.desk.state is before
    for signers in (("compliance",), ("operations", "compliance")):
        with pytest.raises(Refused) as caught:
            trial.file_event(before, await deposit(founded, *signers), now)
        assert caught.value.code == "settlement.wrong-signers"


async def test_it_counts_for_nothing_where_it_does_not(founded: Table) -> None:
    draft = founded.desk.scribe.draft("price.published", {"asset": cast.BTC, "price": "80100", "source": "x"})
    now = founded.stage.clock.now_ms()
    with pytest.raises(Refused) as caught:
        trial.file_event(founded.desk.state, events.parse(await signed(draft, [founded.author("operations")])), now)
    assert caught.value.code == "settlement.wrong-signers"
    own = events.parse(await signed(draft, [founded.desk.author]))
    assert trial.file_event(founded.desk.state, own, now).prices[cast.BTC].source == "x"


async def test_a_contract_is_filed_as_what_its_signatures_make_it(founded: Table) -> None:
    terms = deals.spot_terms(cast.ORIGIN, founded.story.sale("MH-2026-0001"))
    state, now = founded.desk.state, founded.stage.clock.now_ms()
    parties = [founded.author("meridian"), founded.author("harbour")]
    half, whole = [contracts.parse(await deals.sign_contract(terms, some)) for some in (parties[:1], parties)]
    proposed = trial.file_contract(state, half, now)
    assert proposed.contract(half.hash).state is ContractState.PROPOSED
    agreed = trial.file_contract(proposed, whole, now)
    assert agreed.contract(half.hash).state is ContractState.AGREED
    with pytest.raises(Refused):
        trial.file_contract(agreed, whole, now)
