"""A cut-off, read aloud: who is short is told so and may top up; what cannot settle is dropped, and nothing else."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from countersign.demonstration import cast
from countersign.demonstration.story import Story
from countersign.desk import cycle_plan, cycles, founding, preparing, reconciling, releasing
from countersign.desk.cycle_plan import Preview
from countersign.desk.statement import Span, statement
from countersign.formats import times
from countersign.settlement import proof
from countersign.settlement.ledger import Account
from countersign.settlement.machine import Entry
from support.cut_off_day import DAY, CutOffDay
from support.software_stage import SoftwareStage, Table

MEMORY = Path("/dev/shm")  # noqa: S108  (where it is there, waiting for a disk proves nothing in these tests)
BITCOIN = 10**8


@pytest.fixture
async def day() -> Iterator[CutOffDay]:
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        table = Table.at(Path(folder))
        yield await CutOffDay.begin(table)
        table.stage.holds.close()


async def looked(day: CutOffDay) -> Preview:
    """What the desk sees before it does anything; looking changes nothing."""
    before = day.table.desk.state
    found = await cycles.look(day.table.desk)
    assert day.table.desk.state is before
    return found


async def test_a_shortfall_that_is_topped_up_in_time_settles_with_the_rest(day: CutOffDay) -> None:
    # In the morning Meridian sells 150 bitcoin, then 120 more; it has 265, and the network's fee on top.
    first = await day.agree("MH-1", 150 * BITCOIN)
    second = await day.agree("MH-2", 120 * BITCOIN)
    back = await day.agree("MH-3", 40 * BITCOIN, back=True)

    # Before the cut-off everybody can see who lacks what until when. Harbour has no bitcoin yet, and sold some.
    preview = await looked(day)
    assert times.text(preview.gathered.cut_off) == f"{DAY}T16:00:00Z"
    assert times.text(preview.top_up_until) == f"{DAY}T17:00:00Z"
    assert preview.gathered.ready == (first,)
    lacking = dict(preview.gathered.lacking)
    missing = 120 * BITCOIN + cast.FEE_CAP - (265 - 150) * BITCOIN + cast.FEE_CAP
    assert lacking[Account(cast.SELLER.lei, "main", cast.BTC)] == missing
    assert {each.contract for each in preview.gathered.short} == {second, back}

    # At four o'clock the desk holds what it can, and waits.
    closed = await day.close_at("16:00")
    assert closed.cycles == ()
    assert times.text(closed.waiting_until or 0) == f"{DAY}T17:00:00Z"
    assert [day.stands(each) for each in (first, second, back)] == ["held", "endorsed", "endorsed"]

    # At half past four Meridian's bitcoin arrive: now only Harbour's forty are missing, and the dollars for them.
    day.at("16:30")
    await day.top_up(cast.SELLER.coins, missing)
    closed = await day.close_at("16:31")
    assert {each.contract for each in closed.short} == {back}
    assert {(each.lei, each.missing) for each in closed.short} == {
        (cast.BUYER.lei, 40 * BITCOIN + cast.FEE_CAP),
        (cast.SELLER.lei, 40 * 80_000 * 10**6),
    }
    await dollars(day, cast.SELLER.safe, 40 * 80_000 * 10**6)
    await day.top_up(cast.BUYER.coins, 40 * BITCOIN + cast.FEE_CAP)

    # Then nobody is short, and the cycle closes without waiting any longer: one transaction a chain.
    closed = await day.close_at("16:40")
    assert (closed.short, closed.waiting_until, len(closed.cycles)) == ((), None, 1)
    state = day.table.desk.state
    cycle = state.cycle(closed.cycles[0])
    assert (cycle.id, cycle.netting) == (f"cycle-{DAY}-1600-1", "multilateral")
    assert set(cycle.contracts) == {first, second, back}
    shown = proof.of_cycle(state, cycle)
    assert shown.holds
    assert (shown.transactions_gross, shown.transactions_net) == (6, 2)
    assert [each.amount for each in cycle.obligations if each.asset == cast.BTC] == [230 * BITCOIN]
    assert proof.dollars(state, shown).gross == 2 * 310 * 80_000
    assert proof.dollars(state, shown).net == 2 * 230 * 80_000


async def dollars(day: CutOffDay, safe: str, amount: int) -> None:
    """Tokens arrive in a Safe and are credited."""
    table = day.table
    vault = table.desk.state.roster.vault(safe)
    reference = table.stage.outside.pay_tokens(vault.address, amount)  # type: ignore[union-attr]
    await table.stage.ethereum.observe(reference.split(":", 1)[0])
    asset = table.stage.outside.token()
    await founding.credit_payment(table.desk, table.author("operations"), safe, asset, reference)


async def test_who_does_not_top_up_is_dropped_and_nobody_else(day: CutOffDay) -> None:
    first = await day.agree("MH-1", 150 * BITCOIN)
    second = await day.agree("MH-2", 120 * BITCOIN)
    third = await day.agree("MH-3", 50 * BITCOIN)
    assert (await day.close_at("16:00")).waiting_until is not None
    assert (await day.close_at("16:59")).waiting_until is not None

    closed = await day.close_at("17:00")
    assert len(closed.cycles) == 1
    cycle = day.table.desk.state.cycle(closed.cycles[0])
    assert set(cycle.contracts) == {first, third}
    assert {each.contract for each in cycle.short} == {second}
    assert {(each.lei, each.asset) for each in cycle.short} >= {(cast.SELLER.lei, cast.BTC)}
    assert [day.stands(each) for each in (first, second, third)] == ["held", "endorsed", "held"]
    assert not day.table.desk.state.contract(second).holds

    # What was dropped is looked at again at the next cut-off, by itself.
    preview = await looked(day)
    assert preview.gathered.cut_off == times.parse(f"{DAY}T16:00:00Z") + times.DAY
    assert {each.contract for each in preview.gathered.short} == {second}


async def test_what_is_endorsed_after_the_cut_off_waits_for_the_next(day: CutOffDay) -> None:
    first = await day.agree("MH-1", 10 * BITCOIN)
    day.at("16:00")
    late = await day.agree("MH-2", 10 * BITCOIN)
    closed = await day.close_at("16:01")
    assert set(day.table.desk.state.cycle(closed.cycles[0]).contracts) == {first}
    assert day.stands(late) == "endorsed"
    assert (await day.close_at("16:02")).cycles == ()
    day.table.stage.clock.seconds += times.DAY
    closed = await cycles.close(day.table.desk, day.table.author("operations"))
    assert day.table.desk.state.cycle(closed.cycles[0]).contracts == (late,)


async def test_the_bound_on_cold_cycles_makes_several_at_one_cut_off(day: CutOffDay) -> None:
    await adopt(day, cold_contracts=2)
    agreed = [await day.agree(f"MH-{number}", 3 * BITCOIN) for number in range(5)]
    closed = await day.close_at("16:00")
    state = day.table.desk.state
    assert [state.cycle(each).contracts for each in closed.cycles] == [
        tuple(sorted(agreed[:2])),
        tuple(sorted(agreed[2:4])),
        (agreed[4],),
    ]
    assert closed.cycles == tuple(f"cycle-{DAY}-1600-{number}" for number in (1, 2, 3))


async def adopt(day: CutOffDay, **changes: int) -> None:
    table = day.table
    policy = table.story.policy()
    policy = {**policy, "version": 2, "cycles": {**policy["cycles"], **changes}}  # type: ignore[dict-item]
    administrators = [table.author("compliance"), table.author("officer-d")]
    await founding.adopt_policy(table.desk, administrators, policy)


async def test_what_blocks_a_safe_is_named_with_its_settlement_and_since_when(day: CutOffDay) -> None:
    await adopt(day, cold_contracts=1)
    for number in (1, 2):
        await day.agree(f"MH-{number}", 3 * BITCOIN)
    one, two = (await day.close_at("16:00")).cycles
    desk, operations = day.table.desk, day.table.author("operations")
    state = desk.state
    assert cycle_plan.blocked_by(state, state.cycle(two)) == ()
    await preparing.prepare(desk, operations, one, rate=cast.RATE)
    state = desk.state
    (block,) = cycle_plan.blocked_by(state, state.cycle(two))
    assert (block.vault, block.cycle, block.contracts) == (cast.BUYER.safe, one, ("MH-1",))
    assert block.since_ms == day.at("16:00") * 1_000
    assert cycle_plan.blocked_by(state, state.cycle(one)) == ()
    day.table.stage.clock.seconds += times.DAY
    await day.agree("MH-9", 3 * BITCOIN)
    assert [each.cycle for each in (await looked(day)).blocks] == [one]


class NettedStory(Story):
    """The story's acts (sign, cross, release) over a netted cycle."""

    netted = ""

    @property
    def cycle(self) -> str:
        """The cycle that the acts are about."""
        return self.netted


async def test_a_netted_cycle_goes_from_cut_off_to_final_and_every_book_agrees() -> None:
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        stage = SoftwareStage(Path(folder))
        story = NettedStory(stage, Path(folder) / "out")
        day = await CutOffDay.begin(Table(stage, story))
        desk, operations = day.table.desk, day.table.author("operations")

        # Three sales, one of them the other way: Meridian owes 120 bitcoin in all, Harbour the dollars for them.
        await day.top_up(cast.BUYER.coins, 41 * BITCOIN)
        await dollars(day, cast.SELLER.safe, 40 * 80_000 * 10**6)
        agreed = [await day.agree("MH-1", 100 * BITCOIN), await day.agree("MH-2", 60 * BITCOIN)]
        agreed.append(await day.agree("MH-3", 40 * BITCOIN, back=True))
        (story.netted,) = (await day.close_at("16:00")).cycles
        cycle = desk.state.cycle(story.netted)
        assert [each.amount for each in cycle.obligations if each.asset == cast.BTC] == [120 * BITCOIN]
        assert len(cycle.groups) == 2
        assert (await reconciling.reconcile(desk)).breaks == ()

        # One PSBT and one Safe transaction; officer A signs, the cold vault signs, two officers release.
        story.contract = agreed[0]
        await story.prepare()
        await story.sign()
        await story.cross_by_qr()
        await story.cross_by_usb()
        await story.release()
        report = await reconciling.reconcile(desk)
        assert report.breaks
        assert report.lasting == ()

        # Observed and confirmed by both, everything is final in one entry; ledger and chains agree to the last unit.
        await releasing.observe(desk, story.netted, operations)
        for contract in agreed:
            for each in cast.PARTICIPANTS:
                await releasing.confirm_delivery(desk, contract, day.table.author(each.token))
        await releasing.make_final(desk, story.netted)
        assert {day.stands(each) for each in agreed} == {"final"}
        report, receipt = await reconciling.record(desk, operations)
        assert report.breaks == ()
        assert desk.state.reconciled is not None
        assert desk.state.reconciled.index == receipt.index

        # And the statement tells each contract by itself, though the chain saw one payment.
        entries = [Entry(each.index, each.time_ms, each.event) for each in desk.archive.records()]
        account = Account(cast.SELLER.lei, "main", cast.BTC)
        found = statement(entries, account, Span.read(DAY, DAY))
        moved = {each.contract_id: each.units for each in found.movements if each.cause == "delivery"}
        assert moved == {"MH-1": 100 * BITCOIN, "MH-2": 60 * BITCOIN, "MH-3": 40 * BITCOIN}
        fees = sum(each.units for each in found.movements if each.cause == "fee")
        assert found.closing.total == 265 * BITCOIN - 120 * BITCOIN - fees == desk.state.ledger.balance(account).total
        assert {line.chain for line in report.vaults if line.vault == cast.SELLER.coins} == {found.closing.total}
        stage.holds.close()
