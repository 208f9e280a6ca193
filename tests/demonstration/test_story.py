"""The story's own small parts; that it plays is proved by tests/journeys."""

import base64
import json
from pathlib import Path

import pytest

from countersign.demonstration.cold import ColdVault
from countersign.demonstration.story import LOOKS, Story, filmed, lossy
from countersign.errors import Refused, Unavailable
from support.software_stage import SoftwareStage


@pytest.mark.parametrize("count", [5, 14, 36, 200])
def test_a_fifth_is_dropped_a_tenth_repeated_and_the_rest_shuffled(count: int) -> None:
    pictures = [Path(f"request-{number:04d}.png") for number in range(1, count + 1)]
    seen = lossy(pictures, seed=1)
    kept = set(seen)
    assert len(kept) == count - count // 5
    assert len(seen) - len(kept) == max(1, len(kept) // 10)
    assert seen != sorted(seen)


def test_what_is_lost_is_the_same_in_every_run() -> None:
    pictures = [Path(f"{number}.png") for number in range(40)]
    assert lossy(pictures, seed=2) == lossy(pictures, seed=2)


@pytest.mark.parametrize("lost", range(LOOKS + 1))
async def test_too_much_lost_is_looked_at_again_and_no_more_than_so_often(lost: int) -> None:
    pictures, looks = [Path(f"{number}.png") for number in range(40)], list[list[Path]]()

    async def take(seen: list[Path]) -> None:
        looks.append(seen)
        if len(looks) <= lost:
            raise Unavailable("desk.frames-missing", pictures=len(seen), unread=0)

    if lost == LOOKS:
        with pytest.raises(Unavailable):
            await filmed(take, pictures, seed=1)
    else:
        await filmed(take, pictures, seed=1)
    assert len(looks) == min(lost + 1, LOOKS)
    assert len({tuple(seen) for seen in looks}) == len(looks)


def test_before_the_founding_there_is_no_console(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        Story(SoftwareStage(tmp_path), tmp_path).console()
    assert refused.value.code == "demonstration.not-founded"


async def test_a_vault_whose_process_is_not_there_says_so(tmp_path: Path) -> None:
    vault = ColdVault(tmp_path, lambda: None)
    with pytest.raises(Unavailable) as refused:
        await vault.sign()
    assert refused.value.code == "demonstration.vault-gone"
    await vault.aclose()


async def test_a_refusal_in_the_vaults_process_comes_back_as_the_same_refusal(tmp_path: Path) -> None:
    vault = ColdVault(tmp_path / "vault", lambda: None)
    await vault.start()
    try:
        with pytest.raises(Refused) as refused:
            await vault.sign()
        assert refused.value.code == "demonstration.not-founded"
    finally:
        await vault.aclose()


def terms(contract: bytes) -> dict[str, object]:
    """The terms that a contract's JWS carries."""
    payload = json.loads(contract)["payload"]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


async def test_the_unlogged_contract_differs_by_its_id_alone_however_late_it_is_shown(tmp_path: Path) -> None:
    async with SoftwareStage(tmp_path) as stage:
        story = Story(stage, tmp_path / "out")
        for step in (story.found, story.agree, story.prepare):
            await step()
        stage.clock.seconds += 90
        await story.drill()
        logged = terms(story.contract_file)
        unlogged = terms(next(each.data for each in story.refusals if each.item == "unlogged-contract"))
    assert {name for name in logged if logged[name] != unlogged[name]} == {"id"}
