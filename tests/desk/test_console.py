"""An officer's console whole: the officer's verbs and the air gap's, each with the newest state."""

from pathlib import Path

import pytest

from countersign.desk import enrolment
from countersign.errors import CountersignError
from support.software_stage import Table


@pytest.fixture
async def signed(table: Table) -> Table:
    """Officer A has signed both; there is a drive."""
    await table.until("step-sign")
    drive(table).mkdir()
    return table


def drive(table: Table) -> Path:
    return table.stage.folder / "drive"


async def test_both_requests_wait_to_be_carried(signed: Table) -> None:
    views = await signed.officer.carry_requests()
    assert {(view.kind, view.phase) for view in views} == {("psbt", "request"), ("safe-tx", "request")}
    assert {view.recipient for view in views} == {"officer-c"}


async def test_the_officer_locks_the_token_and_unlocks_it_again(signed: Table) -> None:
    async def pin(_code: str) -> str:
        return "4711"

    assert not (await signed.officer.lock()).unlocked
    assert (await signed.officer.strip()).token == await signed.officer.lock()
    assert (await signed.officer.unlock(pin)).unlocked


async def test_an_answer_by_usb_is_logged_and_taken_in_again(signed: Table) -> None:
    await signed.story.attest()
    request = await signed.officer.request_to_usb(signed.live("safe-tx").hash, drive(signed))
    await signed.stage.vault.take_from_usb(request)
    await signed.stage.vault.sign()
    view = await signed.officer.take_from_usb(await signed.stage.vault.answer_to_usb(drive(signed)))
    assert (view.phase, view.channel) == ("answered", "usb")
    assert signed.officer.replica.state == signed.desk.state
    assert [share.officer for share in signed.live("safe-tx").shares] == ["officer-a", "officer-c"]


async def test_an_answer_frame_by_frame_counts_and_is_taken_in_once_whole(signed: Table) -> None:
    await signed.story.attest()
    frames = await signed.officer.request_frames(signed.live("psbt").hash)
    pictures = signed.stage.pictures.write(drive(signed), "request", frames)
    await signed.stage.vault.take_pictures(pictures)
    await signed.stage.vault.sign()
    await signed.stage.vault.answer_pictures(drive(signed))
    seen = []
    for picture in sorted(drive(signed).glob("answer-*.png")):
        seen.append(await signed.officer.take_frame(picture.read_text("utf-8")))
        if seen[-1][2]:
            break
    assert [whole for _, _, whole in seen] == [False] * (len(seen) - 1) + [True]
    assert len(signed.live("psbt").shares) == 2


async def test_the_facts_of_a_request_are_those_of_what_was_shown(signed: Table) -> None:
    await signed.officer.request_frames(signed.live("psbt").hash)
    facts = await signed.officer.request_facts(signed.live("psbt").hash)
    assert facts["ur_type"] == "countersign"
    assert facts == await signed.officer.request_facts(signed.live("psbt").hash)


async def test_a_damaged_answer_is_refused_and_the_good_one_taken(signed: Table) -> None:
    await signed.story.attest()
    request = await signed.officer.request_to_usb(signed.live("safe-tx").hash, drive(signed))
    await signed.stage.vault.take_from_usb(request)
    await signed.stage.vault.sign()
    answer = await signed.stage.vault.answer_to_usb(drive(signed))
    good, size = answer.read_bytes(), signed.desk.state.size
    answer.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    with pytest.raises(CountersignError):
        await signed.officer.take_from_usb(answer)
    assert signed.desk.state.size == size
    answer.write_bytes(good)
    await signed.officer.take_from_usb(answer)
    assert signed.desk.state.size == size + 1


async def test_what_the_cold_machine_was_enrolled_with_is_remembered(signed: Table) -> None:
    handed = enrolment.History.parse(await enrolment.history(signed.desk))
    signed.officer.remember_vault("officer-c", handed.checkpoint)
    await signed.story.attest()
    request = await signed.officer.request_to_usb(signed.live("safe-tx").hash, drive(signed))
    with pytest.raises(CountersignError):  # it begins at a head that the cold machine has not reached
        await signed.stage.vault.take_from_usb(request)
