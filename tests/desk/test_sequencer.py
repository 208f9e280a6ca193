"""The desk's hand: judged before logged, witnessed before it counts, and nothing acknowledged is ever lost."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from countersign.audit import note
from countersign.audit.checkpoint import SignedCheckpoint
from countersign.audit.log import verify_files
from countersign.audit.note import COSIGNATURE
from countersign.audit.quorum import Fresh
from countersign.demonstration import papers
from countersign.desk import founding
from countersign.desk.author import Scribe, signed
from countersign.desk.ports import Receipt
from countersign.desk.sequencer import CHECKPOINT, RENEWAL_SECONDS, Sequencer, Watcher
from countersign.errors import CountersignError, Refused, Unavailable
from countersign.store.tile_files import TileFiles
from support.software_stage import SetClock, SoftwareStage, Table


@dataclass
class Switchable:
    """A witness that can fall silent, or answer with a status of its own."""

    inner: Watcher
    silent: bool = False
    status: int = 0
    asked: int = 0

    async def add_checkpoint(self, request: bytes) -> tuple[int, bytes]:
        self.asked += 1
        if self.silent:
            raise Unavailable("sync.silent")
        if self.status:
            return self.status, b""
        return await self.inner.witness.add_checkpoint(request)


class FailingTiles:
    """A tile store whose next writes fail."""

    def __init__(self, inner: TileFiles) -> None:
        self.inner, self.failures = inner, 0

    def write(self, files: Sequence[tuple[str, bytes]]) -> None:
        if self.failures:
            self.failures -= 1
            raise Unavailable("store.disk")
        self.inner.write(files)

    def read(self, path: str) -> bytes:
        return self.inner.read(path)


@pytest.fixture
async def founded(table: Table) -> Table:
    stage = table.stage
    stage.watchers = [Watcher(each.key, Switchable(each)) for each in stage.watchers]
    return await table.until("step-found")


def witnesses(stage: SoftwareStage) -> list[Switchable]:
    return [watcher.witness for watcher in stage.watchers]  # type: ignore[misc]


async def price(table: Table, amount: str, hand: Sequencer | None = None) -> Receipt:
    asset = table.stage.outside.token()
    draft = table.desk.scribe.draft("price.published", {"asset": asset, "price": amount, "source": "test"})
    return await (hand or table.desk.sequencer).submit(await signed(draft, [table.desk.author]))


def published(hand: Sequencer) -> SignedCheckpoint:
    return SignedCheckpoint.parse(hand.checkpoint())


async def test_an_event_is_acknowledged_under_a_head_that_holds_it(founded: Table) -> None:
    hand = founded.desk.sequencer
    receipt = await price(founded, "1.01")
    assert published(hand).checkpoint.size == receipt.index + 1
    founded.stage.quorum.verify(published(hand), Fresh(founded.stage.clock.seconds))


async def test_the_static_files_are_complete_for_the_head(founded: Table) -> None:
    tiles = TileFiles(founded.stage.folder / "log", writable=False)
    head = SignedCheckpoint.parse(tiles.read(CHECKPOINT))
    assert head.checkpoint == published(founded.desk.sequencer).checkpoint
    verify_files(head.checkpoint, tiles.read)


async def test_what_the_machine_refuses_is_never_logged(founded: Table) -> None:
    hand, before = founded.desk.sequencer, founded.desk.state
    stranger = await signed(
        founded.desk.scribe.draft("contract.endorsed", {"contract": "ab" * 32}), [founded.author("compliance")]
    )
    with pytest.raises(Refused):
        await hand.submit(stranger)
    assert hand.state == before
    assert len(founded.desk.archive.records()) == before.size


async def test_the_same_event_again_is_refused(founded: Table) -> None:
    asset = founded.stage.outside.token()
    draft = founded.desk.scribe.draft("price.published", {"asset": asset, "price": "2", "source": "test"})
    event = await signed(draft, [founded.desk.author])
    await founded.desk.sequencer.submit(event)
    with pytest.raises(CountersignError) as refused:
        await founded.desk.sequencer.submit(event)
    assert refused.value.code == "settlement.replayed"


async def test_moments_never_go_back_though_the_clock_does(founded: Table) -> None:
    first = await price(founded, "1.01")
    founded.stage.clock.seconds -= 60
    assert (await price(founded, "1.02")).time_ms == first.time_ms


async def test_a_silent_witness_leaves_the_event_logged_and_unacknowledged_until_a_quorum_returns(
    founded: Table,
) -> None:
    hand, before = founded.desk.sequencer, published(founded.desk.sequencer).checkpoint.size
    witnesses(founded.stage)[0].silent = True
    with pytest.raises(Unavailable) as none:
        await price(founded, "1.01")
    assert none.value.code == "desk.no-quorum"
    assert hand.state.size == before + 1
    assert published(hand).checkpoint.size == before
    witnesses(founded.stage)[0].silent = False
    await hand.renew()
    assert published(hand).checkpoint.size == before + 1


async def test_the_next_event_carries_the_unwitnessed_one_with_it(founded: Table) -> None:
    hand, before = founded.desk.sequencer, published(founded.desk.sequencer).checkpoint.size
    witnesses(founded.stage)[1].status = 422
    with pytest.raises(Unavailable):
        await price(founded, "1.01")
    witnesses(founded.stage)[1].status = 0
    await price(founded, "1.02")
    assert published(hand).checkpoint.size == before + 2


async def test_an_unchanged_head_is_cosigned_again_after_six_hours_and_not_before(founded: Table) -> None:
    hand, asked = founded.desk.sequencer, witnesses(founded.stage)[0].asked
    founded.stage.clock.seconds += RENEWAL_SECONDS - 1
    await hand.renew()
    assert witnesses(founded.stage)[0].asked == asked
    founded.stage.clock.seconds += 1
    old = published(hand)
    await hand.renew()
    assert published(hand).checkpoint == old.checkpoint
    times = founded.stage.quorum.verify(published(hand), Fresh(founded.stage.clock.seconds)).times()
    assert set(times.values()) == {founded.stage.clock.seconds}


async def test_where_the_policy_wants_younger_heads_an_unchanged_one_is_cosigned_sooner(founded: Table) -> None:
    hand = founded.desk.sequencer
    hand.state = replace(hand.state, policy=replace(hand.state.adopted(), checkpoint_age_seconds=600))
    asked = witnesses(founded.stage)[0].asked
    founded.stage.clock.seconds += 299
    await hand.renew()
    assert witnesses(founded.stage)[0].asked == asked
    founded.stage.clock.seconds += 1
    await hand.renew()
    assert witnesses(founded.stage)[0].asked > asked


async def test_renewing_without_witnesses_leaves_the_old_head(founded: Table) -> None:
    old = founded.desk.sequencer.checkpoint()
    founded.stage.clock.seconds += RENEWAL_SECONDS
    witnesses(founded.stage)[0].silent = True
    await founded.desk.sequencer.renew()
    assert founded.desk.sequencer.checkpoint() == old


@pytest.mark.parametrize("failures", [1, 2])
async def test_a_disk_that_fails_between_archive_and_checkpoint_loses_nothing(founded: Table, failures: int) -> None:
    tiles = FailingTiles(TileFiles(founded.stage.folder / "log"))
    hand = founded.stage.sequencer(founded.stage.store, tiles)
    await hand.open()
    before = hand.state.size
    tiles.failures = 1
    with pytest.raises(Unavailable):
        await price(founded, "1.01", hand)
    if failures == 2:
        tiles.failures = 1
        with pytest.raises(Unavailable):
            await price(founded, "1.02", hand)
    assert published(hand).checkpoint.size == before
    await price(founded, "1.03", hand)
    assert published(hand).checkpoint.size == before + failures + 1
    verify_files(published(hand).checkpoint, tiles.read)


async def test_a_crash_between_archive_and_checkpoint_is_made_good_at_the_next_open(founded: Table) -> None:
    tiles = FailingTiles(TileFiles(founded.stage.folder / "log"))
    crashed = founded.stage.sequencer(founded.stage.store, tiles)
    await crashed.open()
    before, tiles.failures = crashed.state.size, 1
    with pytest.raises(Unavailable):
        await price(founded, "1.01", crashed)
    again = founded.stage.sequencer(founded.stage.store)
    await again.open()
    assert again.state == crashed.state
    assert published(again).checkpoint.size == before + 1
    verify_files(published(again).checkpoint, TileFiles(founded.stage.folder / "log").read)


async def test_a_desk_opens_without_witnesses_under_its_last_head_and_takes_nothing(founded: Table) -> None:
    old = founded.desk.sequencer.checkpoint()
    for each in witnesses(founded.stage):
        each.silent = True
    again = founded.stage.sequencer(founded.stage.store)
    await again.open()
    assert again.checkpoint() == old
    with pytest.raises(Unavailable):
        await price(founded, "1.01", again)


async def test_a_desk_whose_archive_is_behind_its_published_head_does_not_open(founded: Table) -> None:
    empty = founded.stage.profile("restored from before the founding")
    with pytest.raises(Refused) as refused:
        await founded.stage.sequencer(empty).open()
    assert refused.value.code == "desk.archive-behind-head"


async def test_before_the_first_event_there_is_no_head(table: Table) -> None:
    with pytest.raises(Unavailable) as none:
        table.stage.sequencer(table.stage.profile("new")).checkpoint()
    assert none.value.code == "desk.no-checkpoint"


async def test_a_witness_that_remembers_more_than_the_desk_thinks_is_asked_again_from_there(founded: Table) -> None:
    fresh = founded.stage.sequencer(founded.stage.store)
    asked = witnesses(founded.stage)[0].asked
    await fresh.open()
    assert witnesses(founded.stage)[0].asked == asked + 2


async def test_witnesses_are_asked_at_once_so_that_one_deadline_is_the_longest_wait(founded: Table) -> None:
    one, other = witnesses(founded.stage)
    asked = other.asked

    class Patient:
        async def add_checkpoint(self, request: bytes) -> tuple[int, bytes]:
            await asyncio.sleep(0)
            if other.asked == asked:
                raise Unavailable("sync.silent")
            return await one.add_checkpoint(request)

    founded.stage.watchers[0] = Watcher(one.inner.key, Patient())
    hand = founded.stage.sequencer(founded.stage.store)
    await hand.open()
    asked = other.asked
    await price(founded, "1.01", hand)
    lines = [each.name for each in published(hand).note.signatures]
    assert lines == [founded.stage.quorum.origin, *(each.name for each in founded.stage.quorum.witnesses)]


def known(hand: Sequencer) -> int:
    """How much of the log a start finds."""
    return len(hand._archive.records())


async def test_nothing_is_logged_before_a_quorum_has_cosigned_the_log_as_it_lies_here(founded: Table) -> None:
    for each in witnesses(founded.stage):
        each.silent = True
    again = founded.stage.sequencer(founded.stage.store)
    await again.open()
    before = known(again)
    with pytest.raises(Unavailable) as none:
        await price(founded, "1.01", again)
    assert (none.value.code, known(again)) == ("desk.unconfirmed", before)
    assert "witness-1.example (sync.silent), witness-2.example (sync.silent)" in str(none.value.values["witnesses"])
    for each in witnesses(founded.stage):
        each.silent = False
    assert (await price(founded, "1.01", again)).index == before


async def test_a_desk_that_was_idle_has_its_head_cosigned_before_it_logs_more(founded: Table) -> None:
    hand = founded.desk.sequencer
    founded.stage.clock.seconds += RENEWAL_SECONDS
    witnesses(founded.stage)[0].silent = True
    before = known(hand)
    with pytest.raises(Unavailable) as none:
        await price(founded, "1.01")
    assert (none.value.code, known(hand)) == ("desk.unconfirmed", before)


async def restored(table: Table, entries: int) -> Sequencer:
    """The desk from a backup of so many entries: store and published head, both as old."""
    old = table.stage.profile(f"backup of {entries}")
    for each in table.desk.archive.records()[:entries]:
        old.archive.append(each)
    return table.stage.sequencer(old, TileFiles(table.stage.folder / f"log of {entries}"))


async def test_a_folder_from_an_older_backup_is_known_by_what_its_witnesses_remember(founded: Table) -> None:
    whole = known(founded.desk.sequencer)
    older = await restored(founded, whole - 1)
    with pytest.raises(Unavailable) as ahead:
        await older.open()
    assert (ahead.value.code, ahead.value.values["size"]) == ("desk.witness-ahead", whole)
    with pytest.raises(Unavailable):
        await price(founded, "1.01", older)
    assert known(older) == whole - 1
    newest = await restored(founded, whole)
    await newest.open()
    assert (await price(founded, "1.01", newest)).index == whole


async def test_one_witness_that_boasts_stops_no_quorum(founded: Table) -> None:
    class Boasting:
        async def add_checkpoint(self, request: bytes) -> tuple[int, bytes]:
            return 409, b"999999\n"

    mine = founded.stage.watchers[1]
    founded.stage.watchers = [*founded.stage.watchers, Watcher(founded.stage.log_verifier, Boasting())]
    hand = founded.stage.sequencer(founded.stage.store)
    await hand.open()
    assert (await price(founded, "1.01", hand)).index == known(hand) - 1
    founded.stage.watchers = [founded.stage.watchers[0], Watcher(mine.key, Boasting())]
    with pytest.raises(Unavailable) as ahead:
        await founded.stage.sequencer(founded.stage.store).open()
    assert ahead.value.code == "desk.witness-ahead"


@pytest.mark.parametrize(("off", "fits"), [(300, True), (301, False), (-300, True), (-301, False), (20 * 3600, False)])
async def test_a_clock_that_is_not_the_witnesses_logs_nothing(founded: Table, off: int, *, fits: bool) -> None:
    founded.stage.clock.seconds += 3_600  # no clock here is behind the log
    hand = founded.stage.sequencer(founded.stage.store)
    hand._clock = SetClock(founded.stage.clock.seconds + off)
    await hand.open()
    before = known(hand)
    scribe = Scribe(hand.origin, hand._clock, founded.stage.entropy)
    body = {"asset": founded.stage.outside.token(), "price": "1.01", "source": "test"}
    event = await signed(scribe.draft("price.published", body), [founded.desk.author])
    if fits:
        assert (await hand.submit(event)).index == before
        return
    with pytest.raises(Unavailable) as wrong:
        await hand.submit(event)
    assert (wrong.value.code, known(hand)) == ("desk.clock-differs", before)


async def test_a_policy_whose_witnesses_the_desk_does_not_ask_is_refused(founded: Table) -> None:
    stage = founded.stage
    strange = str(note.verifier_key(b"\x55" * 32, "witness.elsewhere", COSIGNATURE))
    administrators = [founded.author("compliance"), founded.author("officer-d")]

    async def adopt(quorum: int, *keys: str) -> None:
        policy = papers.evening_policy(keys)
        policy["witnesses"] = {"quorum": quorum, "keys": list(keys)}
        policy["version"] = founded.desk.state.adopted().version + 1
        await founding.adopt_policy(founded.desk, administrators, policy)

    before = known(founded.desk.sequencer)
    with pytest.raises(Refused) as refused:
        await adopt(2, stage.witness_keys[0], strange)
    assert (refused.value.code, refused.value.values["unknown"]) == ("desk.policy-witnesses", "witness.elsewhere")
    assert known(founded.desk.sequencer) == before
    await adopt(1, stage.witness_keys[0], strange)


async def test_who_must_cosign_is_the_policys_word(founded: Table) -> None:
    administrators = [founded.author("compliance"), founded.author("officer-d")]
    policy = papers.evening_policy(founded.stage.witness_keys)
    policy["witnesses"] = {"quorum": 1, "keys": [founded.stage.witness_keys[0]]}
    policy["version"] = founded.desk.state.adopted().version + 1
    await founding.adopt_policy(founded.desk, administrators, policy)
    witnesses(founded.stage)[1].silent = True  # the founding wanted both
    await price(founded, "1.01")
    witnesses(founded.stage)[1].silent, witnesses(founded.stage)[0].silent = False, True
    with pytest.raises(Unavailable) as none:
        await price(founded, "1.02")
    assert none.value.code == "desk.no-quorum"
