"""The policy over a logged instruction, rule by rule, with the numbers of the case."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from countersign.desk import policy_case
from countersign.errors import Refused, Unavailable
from countersign.resources.text import sentence
from support.crossing_world import CrossingWorld, adopt
from support.refusals import refused


@pytest.fixture
def world(tmp_path: Path) -> Iterator[CrossingWorld]:
    found = CrossingWorld(tmp_path)
    yield found
    found.online.profile.close()  # type: ignore[attr-defined]
    found.cold.profile.close()  # type: ignore[attr-defined]


def said(world: CrossingWorld, instruction: str) -> set[str]:
    now = world.desk.now_ms // 1_000
    return {sentence(each.reason, each.values) for each in policy_case.rules(world.online, instruction, now)}


async def test_every_rule_is_said_with_the_numbers_of_the_case(world: CrossingWorld) -> None:
    caps = {"transaction_usd": None, "day_usd": "500000000", "counterparty_usd": None}
    adopt(world.desk, world.desk.state.adopted().version + 1, caps=caps)
    psbt, safe = world.prepare()
    for name in (psbt, safe):
        artefact = bytes.fromhex(world.desk.state.instruction(name).artefact)
        world.online.profile.artefacts.put(await world.artefact(artefact))
    assert (
        "This pays 20,000,000 USD; in the last 24 hours Meridian Capital has already paid 0 of 500,000,000 USD."
        in said(world, psbt)
    )
    assert (
        "This pays 20,000,000 USD; in the last 24 hours Harbour Prime has already paid 0 of 500,000,000 USD."
        in said(world, safe)
    )
    assert any("Judged by policy version 2, entry 6 of the log" in each for each in said(world, psbt))


def test_what_is_not_here_is_named(world: CrossingWorld) -> None:
    psbt, _ = world.prepare()
    with refused("settlement.unknown-instruction", Refused):
        said(world, "ab" * 32)
    with refused("store.no-artefact", Unavailable):
        said(world, psbt)
