"""An air-gapped machine whose operator's token signs for one vault and whose device for another: both, one after the other."""

from pathlib import Path

import pytest

from countersign.errors import Refused
from countersign.settlement.bodies import InstructionRefused
from support.both_vaults import MINE, THEIRS, Cold, cold_machine
from support.crossing_world import no_progress
from support.refusals import refused


@pytest.fixture
async def cold(tmp_path: Path) -> Cold:
    found = cold_machine(tmp_path)
    await found.vault.confirm_clock(True)
    return found


async def test_the_token_signs_then_the_device_and_one_answer_holds_both(cold: Cold) -> None:
    view = await cold.vault.request()
    assert view is not None
    assert (len(view.keys), [each.serial for each in view.devices]) == (2, ["device-d"])
    view = await cold.vault.sign(no_progress)
    assert (view.answered, view.keys, view.given) == (False, (), (THEIRS,))
    assert len(cold.token.signed) == 2
    with refused("desk.no-answer", Refused):
        await cold.answered_for()
    with refused("desk.device-not-asked", Refused):
        await cold.vault.device_signed(cold.signed)
    await cold.vault.device_export()
    view = await cold.vault.device_signed(cold.signed)
    assert (view.answered, view.devices, view.given) == (True, (), (THEIRS, MINE))
    assert await cold.answered_for() == [THEIRS, MINE]


async def test_the_device_signs_then_the_token_and_one_answer_holds_both(cold: Cold) -> None:
    await cold.vault.device_export()
    view = await cold.vault.device_signed(cold.signed)
    assert (view.answered, len(view.keys), view.devices, view.given) == (False, 2, (), (MINE,))
    assert view.instruction.verdict.may_sign
    assert (await cold.vault.sign(no_progress)).answered
    assert await cold.answered_for() == [THEIRS, MINE]


async def test_switched_off_between_the_two_it_answers_from_the_record(cold: Cold) -> None:
    await cold.vault.sign(no_progress)
    asked = list(cold.token.signed)
    cold.again()
    view = await cold.vault.request()
    assert view is not None
    assert view.given == ()
    await cold.vault.device_export()
    await cold.vault.device_signed(cold.signed)
    assert (await cold.vault.sign(no_progress)).answered
    assert cold.token.signed == asked
    assert await cold.answered_for() == [THEIRS, MINE]


async def test_what_is_signed_can_be_handed_back_without_the_rest(cold: Cold) -> None:
    with refused("desk.nothing-signed", Refused):
        await cold.vault.hand_back()
    await cold.vault.sign(no_progress)
    assert (await cold.vault.hand_back()).answered
    assert await cold.answered_for() == [THEIRS]
    with refused("desk.answered-already", Refused):
        await cold.vault.hand_back()


async def test_a_refusal_takes_no_share_with_it(cold: Cold) -> None:
    await cold.vault.sign(no_progress)
    await cold.vault.refuse("The device shows another address.")
    assert await cold.answered_for() == [InstructionRefused.__name__]
