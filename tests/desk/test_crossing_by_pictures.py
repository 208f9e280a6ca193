"""A whole crossing over the real couriers: PNG files with lost, repeated and shuffled frames, and a USB folder."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from countersign.couriers import frames
from countersign.couriers.carrier import Carrier
from countersign.desk.carrying import Carrying
from support.crossing_world import CrossingWorld, no_progress


@pytest.fixture
def carrier() -> Iterator[Carrier]:
    found = Carrier()
    yield found
    found.close()


@pytest.fixture
def world(tmp_path: Path, carrier: Carrier) -> CrossingWorld:
    found = CrossingWorld(tmp_path)
    found.courier = carrier
    found.vault = found.vault_of(found.cold)
    return found


def pictures(folder: Path, name: str, texts: list[str]) -> list[Path]:
    """The frames as files, then 20 % dropped, 10 % repeated, the rest shuffled."""
    folder.mkdir(exist_ok=True)
    paths, dice = list(frames.write_folder(folder, name, texts)), random.Random(7)
    kept = dice.sample(paths, len(paths) - len(paths) // 5)
    kept += dice.sample(kept, len(paths) // 10)
    dice.shuffle(kept)
    return kept


async def test_bitcoin_by_pictures_ethereum_by_usb(world: CrossingWorld, tmp_path: Path) -> None:
    psbt, safe = world.prepare()
    carrying = Carrying(world.online, world.crossing, world.courier, world.clock)
    await world.vault.confirm_clock(True)

    shown = pictures(tmp_path / "frames", "request", list(await carrying.request_frames(psbt)))
    view = await world.vault.take_pictures(shown, no_progress)
    assert view.instruction.verdict.against == ()
    await world.vault.sign(no_progress)
    back = pictures(tmp_path / "frames", "answer", list(await world.vault.answer_frames()))
    assert (await carrying.take_pictures(back, no_progress)).phase == "answered"
    world.take_in()

    drive = tmp_path / "drive"
    drive.mkdir()
    file = await carrying.request_to_usb(safe, drive)
    await world.vault.take_from_usb(file)
    await world.vault.sign(no_progress)
    answer = await world.vault.answer_to_usb(drive)
    assert (await world.vault.take_from_usb(file)).answered
    await carrying.take_from_usb(answer)
    state = world.desk.state
    assert [[share.officer for share in state.instruction(each).shares] for each in (psbt, safe)] == [["officer-c"]] * 2
    assert sorted(each.name for each in drive.iterdir()) == ["answer.countersign", "request.countersign"]
