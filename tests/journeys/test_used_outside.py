"""A Safe whose numbers its owners used by another interface, read aloud: told, compared, and used again."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from countersign.demonstration import cast
from countersign.desk import declaring, mending, preparing, reconciling, releasing, vault_pages
from countersign.desk.author import signed
from countersign.desk.breaks import Cause
from countersign.errors import Refused
from countersign.settlement import builder, numbers
from countersign.settlement.roster import SafeVault
from countersign.ui.presenters import vaults as presented
from support import stopped_stage as stage
from support.outside_use import keys, used_outside
from support.refusals import refused
from support.software_stage import Table


@pytest.fixture
async def table(tmp_path: Path) -> AsyncIterator[Table]:
    found = Table.at(tmp_path)
    await found.until("step-found")
    yield found
    await found.stage.aclose()


def safe(table: Table) -> SafeVault:
    """The buyer's Safe, which pays."""
    found = next(
        each for each in table.desk.state.roster.vaults.values() if each.owner == stage.BUYER and each.kind == "safe"
    )
    assert isinstance(found, SafeVault)
    return found


async def outside(table: Table, count: int = 1, tokens: tuple[str, int] | None = None) -> None:
    vault = safe(table)
    for _ in range(count):
        await used_outside(table.desk.state.roster, vault, keys(table), table.stage.ethereum, tokens=tokens)


def buried(table: Table) -> None:
    """As many blocks as the policy asks for."""
    table.stage.ethereum.height += cast.CONFIRMATIONS


def said(table: Table) -> tuple[str, ...]:
    """What the Vaults screen says of the Safe's numbers."""
    page = vault_pages.page(table.desk.state, safe(table), vault_pages.uses(table.desk.state))
    assert page.safe is not None
    return presented.outside(page.safe) if page.safe.outside else ()


async def reasons(table: Table, contract: str) -> set[str]:
    """Why officer A's console forbids a signature for a contract; nothing where it may be made."""
    await table.officer.synchronise()
    review = await table.officer.review(contract)
    return {found.reason for each in review.instructions for found in each.verdict.against}


async def test_a_contract_is_settled_on_the_next_number_after_its_owners_used_some_outside_the_log(
    table: Table,
) -> None:
    desk, operations = table.desk, table.author("operations")
    contract = await stage.agreed(table)
    first = await stage.instructed(table, contract)
    await outside(table)
    [_, old] = stage.live(table, first)

    # Nobody signs what waits at a number that is used up; operations cannot ask for the same once more.
    await table.officer.unlock(table.stage.ask_pin)
    assert await reasons(table, contract) == {"E10.nonce"}
    table.stage.clock.seconds += desk.state.adopted().request_lifetime_seconds + 1
    await outside(table)
    buried(table)
    await preparing.prepare(desk, operations, first, rate=cast.RATE)
    await table.officer.synchronise()
    [_, anew] = stage.live(table, first)
    assert (old.nonce, anew.nonce) == (0, 2)
    assert [(each.first, each.last) for each in numbers.outside(desk.state, safe(table).id)] == [(0, 1)]
    assert said(table)[0] == "Numbers 0 to 1 of this Safe were used outside this log."

    # Nothing is paid before the books were compared; then it is, to the end.
    assert await reasons(table, contract) == {"E8.uncompared"}
    await reconciling.record(desk, operations)
    await table.officer.synchronise()
    assert said(table)[-1] == "The books were compared since."
    await stage.signed_by_both(table, first)
    await stage.delivered(table, first)
    assert stage.stands(table, contract) == "final"
    assert await stage.books_balance(table)


async def test_what_was_signed_is_voided_on_the_next_number_and_what_its_owners_moved_is_a_break(table: Table) -> None:
    desk, operations = table.desk, table.author("operations")
    contract = await stage.agreed(table)
    cycle = await stage.instructed(table, contract)
    await stage.signed_by_both(table, cycle)
    vault, dollars = safe(table), table.stage.outside.token()
    await outside(table, 1, (dollars.partition("erc20:")[2], 1_000_000))
    buried(table)

    # The void that everybody signs is a call that the Safe will take; what it voids is dead, and the contract comes home.
    for half in await declaring.make_void(desk, operations, cycle, rate=cast.RATE + 3):
        await declaring.declare(desk, half, table.author("compliance"))
    await table.officer.synchronise()
    void = stage.live(table, cycle)[1]
    assert (void.void, void.nonce) == (True, 1)
    review = await table.officer.review(contract)
    said_of_it = {each.reason for one in review.instructions for each in one.verdict.of("E8")}
    assert {"E8.late-void", "E8.used-outside"} <= said_of_it
    await stage.signed_by_both(table, cycle)
    release = await releasing.make_release(desk, cycle, operations, "compliance")
    await releasing.check_release(desk, release, table.author("compliance"))
    await releasing.broadcast(desk, cycle, operations)
    for _ in range(cast.CONFIRMATIONS):
        await releasing.observe(desk, cycle, operations)
    await mending.make_voided(desk, cycle)
    assert stage.stands(table, contract) == "voided"

    # What else its owners did with the number shows as what it is: less on the chain than in the ledger, and nobody knows why.
    report, _ = await reconciling.record(desk, operations)
    [found] = [each for each in report.breaks if each.about == vault.id]
    assert (found.cause, found.here, found.there) == (Cause.UNEXPLAINED, "1000000", "0")


async def test_what_the_log_prepared_and_a_stranger_executed_is_observed_and_never_passed_by(table: Table) -> None:
    desk, operations = table.desk, table.author("operations")
    cycle = await stage.instructed(table, await stage.agreed(table))
    await stage.signed_by_both(table, cycle)
    done = releasing.finish(desk, stage.live(table, cycle)[1])
    await table.stage.ethereum.broadcast(done.to, done.raw)  # somebody who has both shares
    buried(table)
    with refused("desk.executed-after-all", Refused):
        await declaring.make_void(desk, operations, cycle, rate=cast.RATE + 3)


async def test_the_desk_logs_no_number_ahead_of_its_chain(table: Table) -> None:
    desk = table.desk
    cycle = await stage.instructed(table, await stage.agreed(table))
    old = stage.live(table, cycle)[1]
    await outside(table)
    buried(table)
    body = builder.safe_instruction_body(
        cycle, desk.state.cycle(cycle).contracts, old.group.chain, old.group.vaults[0], old.artefact, 2
    )
    for nonce, code in ((2, "E8.nonce"), (0, ""), (1, "")):
        event = await signed(
            desk.scribe.draft("instruction.prepared", {**body, "nonce": nonce}), [table.author("operations")]
        )
        assert await stage.refusal(lambda event=event: desk.submit(event)) == code
