"""A settlement on one Ethereum chain, read aloud: one call delivers both legs or neither, and a stranger who splits it is named."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest

from countersign.cli.settlement import story_lines
from countersign.demonstration import cast
from countersign.desk import auditing, evidence, grounding, legs, mending, parcels, releasing, reworking, telling
from countersign.desk.pack_checking import judge_pack
from countersign.desk.ports import Observation
from countersign.errors import Refused
from countersign.ethereum import atomic, multisend
from countersign.ethereum.safe import CURRENT
from countersign.formats import eip55
from countersign.review.finding import Status
from countersign.settlement import events
from countersign.ui.presenters import legs as presented
from support import one_chain_story as story
from support import stopped_stage as stage
from support.contrary_chains import desk_over
from support.one_chain_story import AFTER, BEFORE, DOLLARS, EUROS
from support.refusals import refused
from support.software_stage import Table

BATCH = eip55.checksum(multisend.pinned(CURRENT))


@pytest.fixture
async def table(tmp_path: Path) -> AsyncIterator[Table]:
    found = story.one_chain_table(tmp_path)
    yield found
    await found.stage.aclose()


async def objections(table: Table) -> set[str]:
    """What an auditor objects to in the whole history, and in the evidence pack."""
    await table.officer.synchronise()
    ground, now = grounding.of_replica(table.officer.replica), table.stage.clock.seconds
    found: set[str] = set()
    for each in ground.state.instructions.values():
        found |= {one.check for one in auditing.instruction_in_history(ground, each, now).verdict.against}
        found |= {one.reason for one in reworking.rework(ground, each) if one.status is Status.FAIL}
    pack = evidence.parse(evidence.serialise(evidence.gather(table.officer.replica, table.story.contract)))
    judged = judge_pack(pack, "pack", grounding.of_pack(pack, pack.vkeys), pack.vkeys, now)
    return found | {finding.check for each in judged for finding in each.verdict.against}


async def test_one_call_delivers_both_legs_or_neither(table: Table) -> None:
    cycle = await story.signed(table)
    chain, operations = table.stage.ethereum, table.author("operations")

    # One unit of the seller's euros is missing: nobody's release is logged, nothing moves, the failing vault is named.
    euros = chain.balances[story.EURO_TOKEN]
    (seller,) = euros
    euros[seller] -= 1
    with refused("desk.atomic-would-refuse", Refused, failing=f"{cast.SELLER.safe} (GS013)", count=2):
        await releasing.make_release(table.desk, cycle, operations, "compliance")
    assert stage.stands(table, table.story.contract) == "signed"
    euros[seller] += 1
    assert await story.held(table, chain) == BEFORE

    # Released: both Safes of different owners act in one transaction.
    await story.released(table, cycle)
    before = set(chain.mined)
    assert len(await releasing.broadcast(table.desk, cycle, operations)) == 2
    legs_now = stage.live(table, cycle)
    (sent,) = set(chain.mined) - before
    assert {each.transaction for each in legs_now} == {sent}
    assert await story.held(table, chain) == AFTER

    # What was sent executes exactly these two, and each Safe says so of its own hash.
    outer = atomic.decode(table.desk.artefacts.get(bytes.fromhex(legs_now[0].finished or "")))
    assert {eip55.checksum(each.safe) for each in outer} == {story.place(table, each) for each in AFTER}
    assert set((await chain.observe(sent)).executed) == {story.said(table, each) for each in legs_now}

    await story.confirmed(table, cycle)
    assert table.contract_state == "final"
    assert await stage.books_balance(table)
    assert await objections(table) == set()
    lines = "\n".join(told(table))
    assert lines.count(f"{sent} on eip155:31337: one call that executes 2 Safes or none.") == 2
    assert "All legs lie on one chain: one call executes every Safe's transaction or none." in lines


def told(table: Table) -> list[str]:
    """The settlement's story as an officer reads it."""
    found = telling.story(
        table.desk.state, lambda at: table.desk.archive.record(at), table.story.contract, table.stage.clock.seconds
    )
    return story_lines(found)


@pytest.mark.parametrize("first", [cast.SELLER.safe, pytest.param(cast.BUYER.safe, marks=pytest.mark.long)])
async def test_a_stranger_executes_one_leg_and_the_desk_completes_the_other_and_names_it(
    table: Table, first: str
) -> None:
    """Between release and sending: the call for both would do nothing, so the other leg goes out by itself."""
    cycle = await story.signed(table)
    chain, operations = table.stage.ethereum, table.author("operations")
    await story.released(table, cycle)
    stranger = await story.executed_by_a_stranger(table, cycle, first)
    (other,) = set(AFTER) - {first}

    await releasing.broadcast(table.desk, cycle, operations)
    split, completed = story.leg(table, cycle, first), story.leg(table, cycle, other)
    assert (split.transaction, split.stranger, split.by_stranger) == (stranger, stranger, True)
    assert completed.transaction not in (None, stranger)
    assert not completed.by_stranger
    assert await story.held(table, chain) == AFTER

    # The log says who owed what meanwhile, since which entry and why, and names the stranger's transaction.
    [owed] = table.desk.state.breaks[cycle]
    assert (owed.units, owed.group.vaults) == (DOLLARS if other == cast.BUYER.safe else EUROS, (other,))
    assert any(
        stranger.encode() in each.event for each in table.desk.archive.records(owed.opened, owed.opened + 1)
    ) or (stranger in reason_of(table, owed.opened))
    await story.confirmed(table, cycle)
    assert table.contract_state == "final"
    assert f"Somebody else's transaction {stranger} executed {first} at block height" in "\n".join(told(table))
    assert all(each.closed is not None for each in table.desk.state.breaks[cycle])
    assert await stage.books_balance(table)
    assert await objections(table) == set()


def reason_of(table: Table, index: int) -> str:
    """The reason in a logged failure."""
    (record,) = table.desk.archive.records(index, index + 1)
    return str(getattr(events.parse(record.event).body, "reason", ""))


@dataclass
class Doomed:
    """A node that takes the call for both into its pool; a stranger's transaction is mined before it, and it reverts."""

    node: object
    mined: bool = False
    NAME: ClassVar[str] = "0x" + "d0" * 32

    def __getattr__(self, name: str) -> object:
        return getattr(self.node, name)

    async def broadcast(self, to: str, *given: object) -> str:
        if to == BATCH:
            return self.NAME
        return str(await self.node.broadcast(to, *given))  # type: ignore[attr-defined]

    async def observe(self, transaction: str) -> Observation:
        if transaction != self.NAME:
            return await self.node.observe(transaction)  # type: ignore[attr-defined, no-any-return]
        if self.mined:
            return Observation(transaction, False, 1, 7, "0x" + "0b" * 32)  # reverted
        return Observation(transaction, True, 0, None, None)


@pytest.mark.parametrize("reverted", [True, pytest.param(False, marks=pytest.mark.long)])
async def test_a_stranger_is_faster_than_the_call_that_was_sent(table: Table, reverted: bool) -> None:
    cycle = await story.signed(table)
    chain, operations = table.stage.ethereum, table.author("operations")
    await story.released(table, cycle)
    node = Doomed(chain)
    desk = desk_over(table, ethereum=node)
    await releasing.broadcast(desk, cycle, operations)
    assert {each.transaction for each in stage.live(table, cycle)} == {Doomed.NAME}
    stranger = await story.executed_by_a_stranger(table, cycle, cast.SELLER.safe)
    node.mined = reverted

    where = legs.Where.REVERTED if reverted else legs.Where.NOWHERE
    # Looking is enough to name it: the seller's leg is delivered, the buyer's has failed, and the officer sees why.
    await releasing.observe(desk, cycle, operations)
    assert stage.stands(table, table.story.contract) == "failed"
    split, left = story.leg(table, cycle, cast.SELLER.safe), story.leg(table, cycle, cast.BUYER.safe)
    assert (split.transaction, split.by_stranger, left.seen) == (stranger, True, False)
    assert stranger in reason_of(table, table.desk.state.breaks[cycle][0].opened)
    view = await legs.look(desk, table.story.contract, table.stage.clock.now_ms())
    assert "Somebody else executed one leg alone" in presented.headline(view)[2]
    assert left.hash in [each.instruction for each in view.legs if each.where is where]
    assert [(each.by_stranger, each.sendable) for each in view.legs if each.instruction == split.hash] == [
        (True, False)
    ]
    assert [(each.by_stranger, each.sendable) for each in view.legs if each.instruction == left.hash] == [(False, True)]

    # Sending again completes it: the one leg that is left goes out by itself, once.
    await mending.retry(desk, cycle, operations, "The other leg was executed alone.")
    assert await story.held(table, chain) == AFTER
    mined = set(chain.mined)
    await mending.retry(desk, cycle, operations, "Again?")
    assert set(chain.mined) == mined
    left = story.leg(table, cycle, cast.BUYER.safe)
    assert left.others == (Doomed.NAME,)
    await releasing.observe(desk, cycle, operations)
    assert stage.stands(table, table.story.contract) == "settling"
    await story.confirmed(table, cycle)
    assert table.contract_state == "final"
    assert await objections(table) == set()


@pytest.mark.long
async def test_a_stranger_who_copies_the_whole_call_splits_nothing(table: Table) -> None:
    cycle = await story.signed(table)
    chain, operations = table.stage.ethereum, table.author("operations")
    await story.released(table, cycle)
    (parcel,) = await releasing.finish_all(table.desk, cycle)
    copied = await chain.broadcast(parcel.to, parcel.raw)
    await releasing.broadcast(table.desk, cycle, operations)
    assert {each.transaction for each in stage.live(table, cycle)} == {copied}
    assert not table.desk.state.breaks.get(cycle)
    await story.confirmed(table, cycle)
    assert table.contract_state == "final"
    assert await objections(table) == set()


@pytest.mark.long
async def test_before_the_release_nobody_outside_has_what_is_signed(table: Table) -> None:
    """Shares go to the desk only, and no one officer has both. If a quorum sends one all the same, the other is still owed."""
    cycle = await story.signed(table)
    chain, operations = table.stage.ethereum, table.author("operations")
    stranger = await story.executed_by_a_stranger(table, cycle, cast.SELLER.safe)
    await releasing.observe(table.desk, cycle, operations)
    assert stage.stands(table, table.story.contract) == "failed"
    assert story.leg(table, cycle, cast.SELLER.safe).transaction == stranger
    await story.released(table, cycle)
    await releasing.broadcast(table.desk, cycle, operations)
    assert await story.held(table, chain) == AFTER
    await story.confirmed(table, cycle)
    assert table.contract_state == "final"


@pytest.mark.long
async def test_where_the_contract_is_not_there_the_legs_go_out_one_after_the_other(table: Table) -> None:
    cycle = await story.signed(table)
    operations = table.author("operations")

    class Bare:
        """A chain on which MultiSendCallOnly was never deployed."""

        def __getattr__(self, name: str) -> object:
            return getattr(table.stage.ethereum, name)

        async def code_hash(self, _place: str) -> str:
            return "0x" + "00" * 32

    desk = desk_over(table, ethereum=Bare())
    found = await releasing.finish_all(desk, cycle)
    assert [each.apart.code for each in found if each.apart] == ["desk.no-atomic-contract"] * 2
    [way] = parcels.ways(found)
    assert (way.chain, way.count, way.apart and way.apart.code) == (cast.ETHEREUM, 2, "desk.no-atomic-contract")
    [together] = parcels.ways(await releasing.finish_all(table.desk, cycle))
    assert (together.count, together.apart) == (2, None)
    await story.released(table, cycle)
    await releasing.broadcast(desk, cycle, operations)
    assert len({each.transaction for each in stage.live(table, cycle)}) == 2
    await story.confirmed(table, cycle)
    assert table.contract_state == "final"


@pytest.mark.long
async def test_a_crash_after_the_first_of_two_entries_sends_nothing_twice(table: Table) -> None:
    """The call went out and one instruction's entry was logged; the other's names the same transaction afterwards."""
    cycle = await story.signed(table)
    chain, operations = table.stage.ethereum, table.author("operations")
    await story.released(table, cycle)
    log, calls = releasing._log_broadcast, 0

    async def crashing(*given: object) -> object:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise KeyboardInterrupt
        return await log(*given)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(releasing, "_log_broadcast", crashing)
        with pytest.raises(KeyboardInterrupt):
            await releasing.broadcast(table.desk, cycle, operations)
    assert [each.transaction is None for each in stage.live(table, cycle)].count(True) == 1
    await releasing.broadcast(table.desk, cycle, operations)
    assert len({each.transaction for each in stage.live(table, cycle)}) == 1
    assert not any(each.stranger for each in stage.live(table, cycle))
    assert await story.held(table, chain) == AFTER
    await story.confirmed(table, cycle)
    assert table.contract_state == "final"
