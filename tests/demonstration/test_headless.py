"""The headless run: everything or nothing is left, and only a story that ended as it should counts."""

import json
from pathlib import Path

import pytest

from countersign.demonstration import headless, output
from countersign.demonstration.story import Story
from countersign.errors import Conflict, CountersignError, Refused, Unavailable
from support.software_stage import SoftwareStage


def told(_key: str, _done: int, _total: int) -> None:
    """Nobody listens."""


async def run(stage: SoftwareStage, out: Path) -> Path:
    try:
        return await headless.play(stage, out, told, None)
    finally:
        await stage.aclose()


async def test_the_whole_story_leaves_its_directory_and_nothing_beside_it(tmp_path: Path) -> None:
    out = tmp_path / "out" / "demo"
    assert await run(SoftwareStage(tmp_path / "work"), out) == out
    assert [path.name for path in out.parent.iterdir()] == ["demo"]
    assert json.loads((out / "result.json").read_bytes())["schema"] == "countersign-result/1"


@pytest.mark.long
async def test_an_empty_directory_is_taken(tmp_path: Path) -> None:
    out = tmp_path / "demo"
    out.mkdir()
    await run(SoftwareStage(tmp_path / "work"), out)
    assert (out / "result.json").exists()


@pytest.mark.long
async def test_what_stops_on_the_way_leaves_nothing_behind(tmp_path: Path) -> None:
    class Stopping(SoftwareStage):
        def publish_profile(self, folder: Path) -> None:
            folder.mkdir()
            raise Unavailable("store.disk")

    (tmp_path / "out").mkdir()
    with pytest.raises(Unavailable):
        await run(Stopping(tmp_path / "work"), tmp_path / "out" / "demo")
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.long
async def test_a_run_that_was_killed_before_is_replaced(tmp_path: Path) -> None:
    left = tmp_path / "demo.part"
    left.mkdir()
    (left / "half").write_text("written", "utf-8")
    await run(SoftwareStage(tmp_path / "work"), tmp_path / "demo")
    assert not left.exists()
    assert not (tmp_path / "demo" / "half").exists()


@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_a_place_that_is_taken_is_refused_before_anything_is_made(tmp_path: Path, kind: str) -> None:
    out, full = tmp_path / "demo", tmp_path / "full"
    full.mkdir()
    (full / "mine").write_text("mine", "utf-8")
    match kind:
        case "file":
            out.write_text("mine", "utf-8")
        case "folder":
            full.rename(out)
        case _:
            out.symlink_to(full)
    with pytest.raises(Conflict) as refused:
        output.require_free(out)
    assert refused.value.code == "demonstration.out-not-empty"
    assert not (tmp_path / "demo.part").exists()


def test_a_place_that_cannot_be_written_has_a_name(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as refused:
        output.require_free(Path("/proc/nowhere/demo"))
    assert refused.value.code == "demonstration.cannot-write"


@pytest.mark.long
async def test_the_present_directory_is_a_place_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    await run(SoftwareStage(tmp_path / "work"), Path())
    assert (here / "result.json").exists()


async def played(tmp_path: Path) -> tuple[SoftwareStage, Story]:
    stage = SoftwareStage(tmp_path / "work")
    story = Story(stage, tmp_path)
    for _, _, step in story.steps:
        await step()
    return stage, story


@pytest.mark.long
async def test_only_a_final_settlement_with_three_refusals_and_a_held_sequence_counts(tmp_path: Path) -> None:
    stage, story = await played(tmp_path)
    try:
        replica = story.console().replica
        output.require_whole(story, replica)
        refusals, repeated, other = list(story.refusals), story.repeated, story.other_envelope_refused
        for name, value, whole in (
            ("refusals", refusals[:2], refusals),
            ("refusals", [refusals[0], refusals[2], refusals[1]], refusals),
            ("repeated", {"answered": False}, repeated),
            ("other_envelope_refused", "", other),
        ):
            setattr(story, name, value)
            with pytest.raises(Refused) as refused:
                output.require_whole(story, replica)
            assert refused.value.code == "demonstration.unfinished"
            setattr(story, name, whole)
        output.require_whole(story, replica)
    finally:
        await stage.aclose()


async def test_a_story_that_stops_before_the_end_does_not_count(tmp_path: Path) -> None:
    stage = SoftwareStage(tmp_path / "work")
    story = Story(stage, tmp_path)
    try:
        for _, key, step in story.steps:
            if key == "step-final":
                break
            await step()
        await story.console().synchronise()
        with pytest.raises(CountersignError):
            output.require_whole(story, story.console().replica)
    finally:
        await stage.aclose()
