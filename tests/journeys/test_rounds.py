"""A desk that keeps its own hours, read aloud: people prepare, sign, release and look; everything between them it does itself."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from countersign.demonstration import cast
from countersign.demonstration.story import Story
from countersign.desk import arrivals, ceremony, lending, reconciling, rounds
from countersign.desk.operations import Operations
from countersign.desk.replica import Replica
from countersign.formats import times
from countersign.resources import round_words
from countersign.settlement.roster import Party
from support.cut_off_day import DAY, CutOffDay
from support.software_stage import SoftwareStage, Table

MEMORY = Path("/dev/shm")  # noqa: S108  (where it is there, waiting for a disk proves nothing in these tests)
BITCOIN = 10**8


class RoundsStory(Story):
    """The story's acts (sign, cross, release) over the cycle that the desk closed by itself."""

    @property
    def cycle(self) -> str:
        """The cycle that the acts are about."""
        return self.stage.desk.state.contract(self.contract).cycle or ""


@pytest.fixture
async def day() -> Iterator[CutOffDay]:
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        stage = SoftwareStage(Path(folder))
        yield await CutOffDay.begin(Table(stage, RoundsStory(stage, Path(folder) / "out")))
        stage.holds.close()


async def a_round(day: CutOffDay, clock: str = "") -> list[str]:
    """The desk makes its round, at an hour of the day; what it logged."""
    if clock:
        day.at(clock)
    found = await rounds.make(day.table.desk)
    assert (found.not_done, found.more) == ((), False)
    assert (await rounds.make(day.table.desk)).done == ()
    return [each.due.kind for each in found.done]


async def waits(day: CutOffDay) -> list[str]:
    """For whom the desk waits, and for what."""
    found = await rounds.make(day.table.desk)
    return [f"{each.whom}: {round_words.said(each.why.code, each.why.values)}" for each in found.waits]


async def test_a_contract_goes_from_endorsed_to_final_with_officers_acts_and_rounds_alone(day: CutOffDay) -> None:
    table, story = day.table, day.table.story
    desk, operations = table.desk, table.author("operations")

    # In the morning both institutions' contract is endorsed. Both sides are covered: the desk holds them.
    contract = story.contract = await day.agree("MH-1", 150 * BITCOIN)
    assert await a_round(day, "10:00") == ["hold.placed", "hold.placed"]
    assert day.stands(contract) == "held"
    assert await a_round(day, "15:59") == []

    # At four o'clock the desk closes the cycle. An operations officer prepares; then the desk has nothing to do.
    assert await a_round(day, "16:00") == ["cycle.closed"]
    assert story.cycle == f"cycle-{DAY}-1600-1"
    await story.prepare()
    assert await a_round(day) == []

    # Officer A and the cold vault sign; two officers release, and both transactions are sent.
    await story.sign()
    await story.cross_by_qr()
    await story.cross_by_usb()
    assert await a_round(day) == []
    await story.release()
    assert await a_round(day) == []
    assert await waits(day) == [
        f"operations: Cycle {story.cycle} is on its way; transactions whose confirmations have to be logged: 2."
    ]

    # The officer's own console sees both in their chains and says so; on its next round the desk makes it final.
    console = Operations(
        Replica(table.stage.profile("console-operations"), table.stage.clock),
        desk,
        operations,
        desk.scribe,
        table.stage.clock,
        desk.nodes,
    )
    taken = await console.take_in()
    assert [each.what.code for each in taken.logged] == ["wait.news", "wait.news"]
    assert (taken.not_done, taken.waits) == ([], [])
    assert await a_round(day) == ["settlement.final"]
    assert day.stands(contract) == "final"
    assert await waits(day) == []

    # What its own transactions left in the vaults is nobody's deposit: the books agree with the chains to the last unit.
    assert (await console.take_in()).logged == []
    assert (await reconciling.reconcile(desk)).breaks == ()


async def test_a_contract_that_nobody_covers_expires(day: CutOffDay) -> None:
    contract = await day.agree("MH-1", 300 * BITCOIN)
    assert await a_round(day, "16:00") == []
    (lacking,) = await waits(day)
    assert lacking == (
        f"party: {cast.SELLER.name}, book main, lacks 35.00050000 BTC for what it is to deliver; "
        f"it may come in until {DAY}T17:00:00Z."
    )

    # Nothing came. The cut-off passes without it, and the next; at the end of its time it expires.
    assert await a_round(day, "17:00") == []
    day.table.stage.clock.seconds += times.DAY
    assert await a_round(day) == []
    assert day.stands(contract) == "endorsed"
    day.table.stage.clock.seconds = day.table.desk.state.contract(contract).terms.settle_by + 1
    assert await a_round(day) == ["contract.expired"]
    assert (day.stands(contract), await waits(day)) == ("expired", [])


async def test_what_arrives_in_the_time_to_top_up_is_credited_by_the_officer_and_held_by_the_desk(
    day: CutOffDay,
) -> None:
    contract, desk = await day.agree("MH-1", 270 * BITCOIN), day.table.desk
    assert await a_round(day, "16:00") == []
    day.at("16:30")
    day.table.stage.outside.pay_coins(_place(day), 6 * BITCOIN)
    seen = await arrivals.look(desk)
    assert [each.why.code for each in seen.waits] == ["wait.deposit"]
    taken = await arrivals.take_in(desk, day.table.author("operations"))
    assert [each.what.values["amount"] for each in taken.logged] == ["6.00000000 BTC"]
    assert await a_round(day) == ["hold.placed", "hold.placed", "cycle.closed"]
    assert desk.state.contract(contract).cycle == f"cycle-{DAY}-1600-1"


def _place(day: CutOffDay) -> str:
    return ceremony.registered_address(day.table.desk.state.roster.vault(cast.SELLER.coins), 0)


async def test_a_loan_accrues_a_day_at_a_time(day: CutOffDay) -> None:
    table, desk = day.table, day.table.desk
    body = lending.terms_of(desk.state, "loan-1", Party(cast.MERIDIAN, "main"), cast.BTC, 10 * BITCOIN)
    await lending.authorise(desk, table.author("meridian"), table.author("compliance"), body)
    assert await a_round(day, "23:59") == []
    for days in (1, 1, 4):
        table.stage.clock.seconds += days * times.DAY
        assert await a_round(day) == ["lending.accrued"]
    told = lending.statement(desk.archive.records(), "loan-1")
    assert told.loan.claim == 10 * BITCOIN * 250 * 6 // 3_600_000
