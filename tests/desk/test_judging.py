"""What the Desk says of checks is what all of them say now: after every step of a story, at every moment, on every change."""

from collections.abc import Mapping

import pytest

from countersign.bitcoin.psbt import parse
from countersign.desk.cases import outpoints
from countersign.desk.judging import Judging
from countersign.desk.records import Intent
from countersign.desk.views import Checked
from countersign.errors import Unavailable
from countersign.review import checks
from support.software_stage import Table, silent

STEPS = ("step-prepare", "step-sign", "step-qr", "step-usb", "step-release", "step-final")
SPANS = (0, 1, 3_600, 86_400, 86_401)


async def kept(table: Table) -> Mapping[str, Checked]:
    """What the console says, with whatever it remembers."""
    return await table.officer.checked([table.story.contract], table.officer.replica.state.size)


async def fresh(table: Table) -> Mapping[str, Checked]:
    """What somebody says who remembers nothing."""
    judging = Judging(table.officer.replica, table.officer._instruction_case)
    return await judging.checked([table.story.contract], table.officer.replica.state.size)


@pytest.fixture
async def prepared(table: Table) -> Table:
    await table.until("step-prepare")
    await table.officer.unlock(table.stage.ask_pin)
    assert (await kept(table))[table.story.contract].failure is None
    return table


async def test_what_is_remembered_is_what_is_so_after_every_step_at_every_moment(table: Table) -> None:
    said = set()
    for step in STEPS:
        await table.until(step)
        await table.officer.synchronise()
        began = table.stage.clock.seconds
        for unlock in (table.officer.lock, lambda: table.officer.unlock(table.stage.ask_pin)):
            await unlock()
            for span in SPANS:
                table.stage.clock.seconds = began + span
                assert await kept(table) == await fresh(table) == await kept(table), (step, span)
                said |= {found.failure for found in (await kept(table)).values()}
            table.stage.clock.seconds = began
    assert said == {None, "C4"}


async def test_a_second_look_judges_only_what_time_can_change(prepared: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    whole: list[object] = []
    judge = checks.judge_to_keep
    monkeypatch.setattr(checks, "judge_to_keep", lambda case, all_of: whole.append(case) or judge(case, all_of))
    prepared.stage.clock.seconds += 60
    first = await kept(prepared)
    assert whole == []
    prepared.stage.clock.seconds += 86_401
    assert (await kept(prepared))[prepared.story.contract].failure == "C4"
    assert len(whole) == 2
    prepared.stage.clock.seconds -= 86_401
    assert await kept(prepared) == first  # nothing was stored for the moment that was not


async def test_what_this_machine_signed_meanwhile_is_seen(prepared: Table) -> None:
    instruction, officer = prepared.live("psbt"), prepared.officer
    data = prepared.artefact("psbt")
    coins = outpoints(instruction.group.chain, parse(data))[:1]
    other = Intent(b"\x01" * 32, "another", b"\x02" * 32, b"\x03" * 32, (b"\x04" * 32,), 1, outpoints=coins)
    officer.replica.profile.journal.intend(other)
    found = (await kept(prepared))[prepared.story.contract]
    assert found.failure == "B12"


async def test_an_answer_is_of_one_state_and_there_is_none_for_an_earlier_one(prepared: Table) -> None:
    size = prepared.officer.replica.state.size
    await prepared.officer.sign(prepared.live("psbt").hash, silent)
    assert await prepared.officer.checked([prepared.story.contract], size) == {}
    assert await kept(prepared) == await fresh(prepared) != {}


async def test_a_log_that_grows_while_it_is_judged_leaves_no_answer(prepared: Table) -> None:
    officer, size = prepared.officer, prepared.officer.replica.state.size
    gather = officer._instruction_case

    async def slowly(instruction: object) -> object:
        found = await gather(instruction)  # type: ignore[arg-type]
        if officer.replica.state.size == size:
            await officer.sign(prepared.live("psbt").hash, silent)
        return found

    judging = Judging(officer.replica, slowly)  # type: ignore[arg-type]
    assert await judging.checked([prepared.story.contract], size) == {}


async def test_what_cannot_be_gathered_says_why_and_is_asked_for_again(prepared: Table) -> None:
    officer, gather = prepared.officer, prepared.officer._instruction_case
    gone = [True]

    async def absent(instruction: object) -> object:
        if gone[0]:
            raise Unavailable("store.no-artefact", sha256="00")
        return await gather(instruction)  # type: ignore[arg-type]

    judging = Judging(officer.replica, absent)  # type: ignore[arg-type]
    (found,) = (await judging.checked([prepared.story.contract], officer.replica.state.size)).values()
    assert (found.passed, found.failure, found.trouble) == (0, None, ("store.no-artefact", {"sha256": "00"}))
    gone[0] = False
    assert await judging.checked([prepared.story.contract], officer.replica.state.size) == await fresh(prepared)
