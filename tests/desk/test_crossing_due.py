"""By when a crossing must be done: the request, its head, the answer; each moment is the last that the other side takes."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from countersign.airgap import envelope as envelopes
from countersign.audit.quorum import MAX_AGE, Fresh
from countersign.desk import crossing_due
from countersign.desk.views import ActBy
from countersign.errors import Refused
from countersign.review.case import Channel
from countersign.settlement import safe_state
from countersign.settlement.machine import CARRIED_MS
from support import safe_snapshots
from support.crossing_world import CrossingWorld, adopt, no_progress, show
from support.refusals import refused
from support.review_cases import quorum, signed_head

NOW = 1_795_000_000
TWO_DAYS = 172_800
DRIVE = Path("/drive")


@pytest.fixture
def world(tmp_path: Path) -> CrossingWorld:
    return CrossingWorld(tmp_path)


@pytest.mark.parametrize(("k", "cosigned"), [(1, NOW), (2, NOW - 500)])
def test_a_head_is_good_until_the_second_in_which_its_quorum_grows_too_old(
    world: CrossingWorld, k: int, cosigned: int
) -> None:
    head = signed_head(world.log(5).checkpoint(), [NOW - 500, NOW])
    found = crossing_due.of_head(quorum(k), head.serialise())
    assert found is not None
    assert (found.at, found.reason) == (cosigned + MAX_AGE, "desk.act-by-head")
    quorum(k).verify(head, Fresh(found.at))
    with refused("L5.quorum", Refused):
        quorum(k).verify(head, Fresh(found.at + 1))


@pytest.mark.parametrize("times", [[], [NOW]])
def test_a_head_that_never_had_its_quorum_has_no_moment(world: CrossingWorld, times: Sequence[int]) -> None:
    head = signed_head(world.log(5).checkpoint(), times, who=range(len(times)))
    assert crossing_due.of_head(quorum(2), head.serialise()) is None


async def test_what_is_to_be_carried_has_the_deadline_of_its_instruction(world: CrossingWorld) -> None:
    psbt, safe = world.prepare()
    ends = {each: world.desk.state.instruction(each).time_ms // 1_000 + 86_400 for each in (psbt, safe)}
    first, second = world.crossing.waiting()
    assert first.act_by == ActBy(ends[psbt], "settlement.act-by-request", {"vault": "meridian-btc"})
    assert second.act_by is not None
    assert second.act_by.at <= ends[safe]
    assert first.newest == world.desk.state.time_ms // 1_000
    await world.crossing.request(psbt, "officer-c", Channel.USB)
    assert world.crossing.waiting()[0].act_by == first.act_by, "its head lives longer than the request"


@pytest.mark.parametrize("channel", [Channel.USB, Channel.QR])
async def test_a_carried_request_is_signed_while_its_head_is_young_and_stands_first(
    world: CrossingWorld, channel: Channel
) -> None:
    adopt(world.desk, 2, request_lifetime_seconds=TWO_DAYS)
    psbt, safe = world.prepare(settle_by=world.desk.now_ms // 1_000 + TWO_DAYS)
    assert [each.instruction for each in world.crossing.waiting()] == [psbt, safe]
    data = await world.crossing.request(safe, "officer-c", channel)
    carried, waits = world.crossing.waiting()
    assert (carried.instruction, waits.instruction) == (safe, psbt)
    assert carried.act_by is not None
    assert carried.act_by.reason == "desk.act-by-head"
    now = world.desk.now_ms // 1_000
    world.vault_clock.ahead = carried.act_by.at + 1 - now
    with refused("L5.quorum", Refused):
        await show(world, data, channel)
    world.vault_clock.ahead -= 1
    view = await show(world, data, channel)
    assert view.crossing.act_by == carried.act_by, "both machines say the same"
    world.wait(60)
    world.publish()
    world.take_in()
    await world.crossing.request(safe, "officer-c", channel)
    again = world.crossing.waiting()[0].act_by
    assert again is not None
    assert again.at == carried.act_by.at + 60, "made again it carries what the witnesses signed since"


@pytest.mark.parametrize(("late", "against"), [(0, []), (1, ["E10.old"])])
async def test_what_was_attested_of_a_safe_is_taken_until_it_is_too_old_on_the_cold_machine(
    world: CrossingWorld, late: int, against: list[str]
) -> None:
    world.wait(7_200)
    _, safe = world.prepare(attested=False)
    read_at = world.desk.now_ms // 1_000 - 3_000
    chains = safe_snapshots.of_cycle(world.desk.state, "cycle-1", read_at)
    world.attest(chains=safe_state.bodies(chains))
    first = world.crossing.waiting()[0]
    assert (first.instruction, first.act_by) == (
        safe, ActBy(chains[0].time + 86_400, "settlement.act-by-attestation", {"vault": "harbour-safe"}),
    )  # fmt: skip
    await world.vault.confirm_clock(True)
    data = await world.crossing.request(safe, "officer-c", Channel.QR)
    world.vault_clock.ahead = chains[0].time + 86_400 + late - world.desk.now_ms // 1_000
    view = await show(world, data, Channel.QR)
    assert [each.reason for each in view.instruction.verdict.against] == against


async def asked_again(world: CrossingWorld, instruction: str, late: bytes) -> None:
    """Under the very same head, another request: the vault signs it again, and this time it is back in time."""
    assert world.crossing.waiting()[0].phase == "request"
    data = await world.crossing.request(instruction, "officer-c", Channel.USB)
    view = await show(world, data, Channel.USB)
    assert not view.answered
    await world.vault.sign(no_progress)
    answer = world.courier.files[await world.vault.answer_to_usb(DRIVE)]
    assert answer != late
    await world.crossing.take_answer(answer)
    assert [each.officer for each in world.desk.state.instruction(instruction).shares] == ["officer-c"]


@pytest.mark.parametrize("late", [0, 1])
async def test_an_answer_is_taken_until_its_signature_is_too_old_for_the_log(world: CrossingWorld, late: int) -> None:
    psbt, _ = world.prepare()
    await world.vault.confirm_clock(True)
    await show(world, await world.crossing.request(psbt, "officer-c", Channel.USB), Channel.USB)
    view = await world.vault.sign(no_progress)
    signed = world.desk.now_ms // 1_000
    assert view.crossing.act_by == ActBy(signed + CARRIED_MS["share.added"] // 1_000, "desk.act-by-answer")
    answer = world.courier.files[await world.vault.answer_to_usb(DRIVE)]
    assert crossing_due.of_answer(envelopes.peek(answer)).at == view.crossing.act_by.at
    world.desk.now_ms = (view.crossing.act_by.at + late) * 1_000
    if late:
        with refused("settlement.author-time", Refused):
            await world.crossing.take_answer(answer)
        await asked_again(world, psbt, answer)
        return
    taken = await world.crossing.take_answer(answer)
    assert taken.act_by is None, "nothing is due once it was taken in"
