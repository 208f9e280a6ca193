"""A headless run of the story with real SoftHSM tokens, and what the cold vault answers afterwards.

run = asyncio.run(play(work, out))
run.read("result.json")
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from countersign.bootstrap.stage import DemonstrationStage
from countersign.demonstration import headless
from countersign.demonstration.story import Story
from countersign.desk import drill
from countersign.errors import CountersignError


@dataclass
class Run:
    """A run that ended: its DIR, the story as it was played, and what the cold vault answered afterwards."""

    folder: Path
    story: Story
    said: list[str] = field(default_factory=list)
    isolation: Mapping[str, object] = field(default_factory=dict)
    again: Mapping[str, object] = field(default_factory=dict)
    answered_again: bytes = b""
    other_envelope: str = ""

    def read(self, name: str) -> bytes:
        """One file of DIR."""
        return (self.folder / name).read_bytes()


async def play(work: Path, out: Path) -> Run:
    """The whole story into `out`, and some more orders to the cold vault before its process ends."""
    stage, heard, said = DemonstrationStage(work), list[Story](), list[str]()

    async def grab(story: Story, moment: str, _screens: Path) -> None:
        if moment == "step-found:before":
            heard.append(story)

    await stage.open()
    try:
        folder = await headless.play(stage, out, lambda key, _done, _total: said.append(key), grab)
        run = Run(folder, heard[0], said, isolation=await stage.vault.isolation())
        await ask_again(run, stage, work)
    finally:
        await stage.aclose()
    return run


async def ask_again(run: Run, stage: DemonstrationStage, work: Path) -> None:
    """The same USB file once more, and another envelope of the same sender under its sequence."""
    request = run.folder / "usb" / "request.countersign"
    run.again = await stage.vault.take_from_usb(request)
    drive = work / "drive"
    drive.mkdir()
    run.answered_again = (await stage.vault.answer_to_usb(drive)).read_bytes()
    forged = drive / "forged.countersign"
    forged.write_bytes(await drill.same_sequence(request.read_bytes(), run.story.people["officer-a"].author))
    try:
        await stage.vault.take_from_usb(forged)
    except CountersignError as refused:
        run.other_envelope = refused.code
