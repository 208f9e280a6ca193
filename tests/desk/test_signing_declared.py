"""A machine signs the same coins and the same nonce again for a declared void, and for nothing else."""

from dataclasses import replace

import pytest

from countersign.desk import declaring, own_keys
from countersign.desk.records import Intent
from countersign.errors import Conflict
from support.software_stage import Table, silent


@pytest.fixture
async def voided(table: Table) -> Table:
    """Officer A signed both instructions; a void of each is declared."""
    await table.until("step-sign")
    for half in await declaring.make_void(table.desk, table.author("operations"), table.story.cycle, rate=9):
        await declaring.declare(table.desk, half, table.author("compliance"))
    await table.officer.synchronise()
    return table


@pytest.mark.parametrize("kind", ["psbt", "safe-tx"])
async def test_the_journal_remembers_what_the_void_stands_against(voided: Table, kind: str) -> None:
    await voided.officer.unlock(voided.stage.ask_pin)
    void = voided.live(kind)
    await voided.officer.sign(void.hash, silent)
    journal = voided.stage.officer_store.journal
    made: tuple[Intent, ...] = journal.intents(bytes.fromhex(void.hash))
    assert {intent.declared.kind for intent in made if intent.declared} == {"void"}
    first = made[0]
    assert first.declared is not None
    assert len(first.declared.against) == 1
    undeclared = replace(first, declared=None, transaction=b"\x01" * 32)
    with pytest.raises(Conflict) as conflict:
        journal.intend(undeclared)
    assert conflict.value.code == ("B12.promised" if kind == "psbt" else "E8.promised")


async def test_the_effects_of_a_void_are_its_coins_coming_home_and_nothing_beyond(voided: Table) -> None:
    review = await voided.officer.review(voided.story.contract)
    for each in review.instructions:
        assert each.extra_effects == ()
        assert each.lines == ()
        assert each.verdict.may_sign, [finding.check for finding in each.verdict.against]


async def test_who_prepared_a_void_is_not_asked_to_sign_it(voided: Table) -> None:
    void = voided.live("psbt")
    assert void.hands == ("operations", "compliance")
    assert own_keys.vault_keys(voided.desk.state.roster, "officer-a", void)


async def test_the_officer_is_told_that_a_void_pays_nothing(voided: Table) -> None:
    review = await voided.officer.review(voided.story.contract)
    assert {each.purpose for each in review.instructions} == {"void"}
    waiting = await voided.officer.to_sign(voided.story.contract)
    assert len(waiting) == 2
