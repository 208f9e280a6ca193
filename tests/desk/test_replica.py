"""One machine's copy of the history: nothing is believed, nothing goes back, and a lie freezes the machine."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from countersign.audit.checkpoint import Checkpoint, SignedCheckpoint
from countersign.desk.author import signed
from countersign.desk.ports import Record
from countersign.desk.replica import Replica
from countersign.errors import CountersignError, Malformed, Refused
from countersign.formats import strict_json
from countersign.store import profile as profiles
from support.software_stage import PASSPHRASE, Table, silent


@dataclass
class Offering:
    """A desk as one machine sees it: its newest head and entries, or what a test puts in their place."""

    table: Table
    head: SignedCheckpoint | None = None
    entries: Sequence[Record] | None = None
    artefacts: list[bytes] = field(default_factory=list)

    async def checkpoint(self) -> bytes:
        return self.head.serialise() if self.head is not None else await self.table.desk.checkpoint()

    async def records(self, start: int) -> Sequence[Record]:
        return self.entries if self.entries is not None else await self.table.desk.records(start)


@pytest.fixture
async def founded(table: Table) -> Table:
    """A founded desk, and an officer's machine that has taken in all of it."""
    await table.until("step-found")
    await table.officer.replica.take_in(table.desk)
    return table


def offering(table: Table) -> Offering:
    return Offering(table)


def replica(table: Table) -> Replica:
    return table.officer.replica


def fresh(table: Table, name: str = "fresh") -> Replica:
    """Another machine, enrolled and empty."""
    return Replica(table.stage.profile(name), table.stage.clock)


def signed_by_all(table: Table, head: Checkpoint, *, witnesses: int = 2, at: int | None = None) -> SignedCheckpoint:
    """A head with the log's real signature and real cosignatures, as only a log with its witnesses could make it."""
    from countersign.audit import note

    stage, text = table.stage, head.text()
    lines = [stage.sign_head(text)]
    for number, witness in list(enumerate(stage.witnesses, 1))[:witnesses]:
        lines.append(note.cosign(bytes([number]) * 32, witness.key.name, text, at or stage.clock.seconds))
    return SignedCheckpoint.sign(head, *lines)


async def log_price(table: Table, price: str) -> None:
    asset = table.stage.outside.token()
    await table.desk.own("price.published", {"asset": asset, "price": price, "source": "test"})


async def test_what_the_desk_logged_is_taken_in_proved_and_replayed(founded: Table) -> None:
    await log_price(founded, "1.01")
    await replica(founded).take_in(founded.desk)  # type: ignore[arg-type]
    assert replica(founded).state == founded.desk.state
    assert replica(founded).pin is not None
    assert replica(founded).pin.size == founded.desk.state.size  # type: ignore[union-attr]


async def test_a_whole_history_is_taken_in_by_a_new_machine(founded: Table) -> None:
    other = fresh(founded)
    await other.take_in(founded.desk)  # type: ignore[arg-type]
    assert other.state == founded.desk.state


async def test_the_same_head_again_changes_nothing(founded: Table) -> None:
    pin = replica(founded).pin
    await replica(founded).take_in(founded.desk)  # type: ignore[arg-type]
    assert replica(founded).pin == pin


async def test_an_unchanged_head_cosigned_again_renews_the_pin(founded: Table) -> None:
    before = replica(founded).pin
    founded.stage.clock.seconds += 6 * 3600
    await replica(founded).take_in(founded.desk)  # type: ignore[arg-type]
    after = replica(founded).pin
    assert before is not None
    assert after is not None
    assert (after.size, after.root) == (before.size, before.root)
    assert set(after.witness_times.values()) == {founded.stage.clock.seconds}


async def test_an_older_head_is_a_rollback_and_changes_nothing(founded: Table) -> None:
    old = SignedCheckpoint.parse(await founded.desk.checkpoint())
    await log_price(founded, "1.01")
    await replica(founded).take_in(founded.desk)  # type: ignore[arg-type]
    pin = replica(founded).pin
    with pytest.raises(Refused) as refused:
        await replica(founded).take_in(replace(offering(founded), head=old))  # type: ignore[arg-type]
    assert refused.value.code == "L4.rollback"
    assert replica(founded).pin == pin
    assert founded.officer.replica.profile.journal.signing_frozen() is None


async def test_two_heads_of_one_size_freeze_signing_and_both_notes_are_kept(founded: Table) -> None:
    machine, head = replica(founded), SignedCheckpoint.parse(await founded.desk.checkpoint()).checkpoint
    lie = signed_by_all(founded, Checkpoint(head.origin, head.size, b"\x66" * 32))
    pinned = machine.pin
    assert pinned is not None
    with pytest.raises(Refused) as refused:
        await machine.take_in(replace(offering(founded), head=lie))  # type: ignore[arg-type]
    assert refused.value.code == "L4.equivocation"
    evidence = machine.profile.journal.signing_frozen()
    assert evidence is not None
    kept = strict_json.parse(machine.profile.artefacts.get(evidence))
    assert kept == {"offered": lie.serialise().decode(), "pinned": pinned.signed.serialise().decode()}
    assert machine.pin == pinned


async def test_a_lie_freezes_even_without_witnesses(founded: Table) -> None:
    head = SignedCheckpoint.parse(await founded.desk.checkpoint()).checkpoint
    lie = signed_by_all(founded, Checkpoint(head.origin, head.size, b"\x66" * 32), witnesses=0)
    with pytest.raises(Refused) as refused:
        await replica(founded).take_in(replace(offering(founded), head=lie))  # type: ignore[arg-type]
    assert refused.value.code == "L4.equivocation"
    assert replica(founded).profile.journal.signing_frozen() is not None


async def test_a_frozen_machine_signs_nothing(table: Table) -> None:
    await table.until("step-prepare")
    await table.officer.unlock(table.stage.ask_pin)
    head = SignedCheckpoint.parse(await table.desk.checkpoint()).checkpoint
    lie = signed_by_all(table, Checkpoint(head.origin, head.size, b"\x66" * 32))
    with pytest.raises(Refused):
        await table.officer.replica.take_in(replace(offering(table), head=lie))  # type: ignore[arg-type]
    with pytest.raises(Refused) as refused:
        await table.officer.sign(table.live("psbt").hash, silent)
    assert refused.value.code == "L4.signing-frozen"
    assert table.stage.bearers["officer-a"].signed == []


async def test_a_stranger_cannot_freeze_anybody(founded: Table) -> None:
    head = SignedCheckpoint.parse(await founded.desk.checkpoint()).checkpoint
    forged = Checkpoint(head.origin, head.size, b"\x66" * 32)
    from countersign.audit import note

    lie = SignedCheckpoint.sign(forged, note.sign(b"\x13" * 32, head.origin, forged.text()))
    with pytest.raises(CountersignError) as refused:
        await replica(founded).take_in(replace(offering(founded), head=lie))  # type: ignore[arg-type]
    assert refused.value.code.startswith("L2.")
    assert replica(founded).profile.journal.signing_frozen() is None


@pytest.mark.parametrize("change", ["time", "salt", "event", "order", "withheld", "surplus index"])
async def test_entries_that_do_not_lead_to_the_head_are_refused_whole(founded: Table, change: str) -> None:
    other = fresh(founded)
    records = list(await founded.desk.records(0))
    match change:
        case "time":
            records[1] = replace(records[1], time_ms=records[1].time_ms + 1)
        case "salt":
            records[1] = replace(records[1], salt=b"\x01" * 32)
        case "event":
            records[1] = replace(records[1], event=records[2].event)
        case "order":
            records[1], records[2] = records[2], records[1]
        case "withheld":
            records.pop()
        case "surplus index":
            records[1] = replace(records[1], index=7)
    with pytest.raises(Refused) as refused:
        await other.take_in(replace(offering(founded), entries=records))  # type: ignore[arg-type]
    assert refused.value.code == "desk.entries-differ"
    assert other.profile.archive.size() == 0
    assert other.pin is None


async def test_more_entries_than_the_head_holds_are_left_alone(founded: Table) -> None:
    head = SignedCheckpoint.parse(await founded.desk.checkpoint())
    await log_price(founded, "1.01")
    other = fresh(founded)
    await other.take_in(replace(offering(founded), head=head))  # type: ignore[arg-type]
    assert other.state.size == head.checkpoint.size


async def test_a_head_one_cosignature_short_is_refused(founded: Table) -> None:
    head = SignedCheckpoint.parse(await founded.desk.checkpoint()).checkpoint
    short = signed_by_all(founded, head, witnesses=1)
    other = fresh(founded)
    with pytest.raises(Refused) as refused:
        await other.take_in(replace(offering(founded), head=short))  # type: ignore[arg-type]
    assert refused.value.code == "L5.quorum"
    await other.take_in(replace(offering(founded), head=signed_by_all(founded, head)))  # type: ignore[arg-type]


async def test_cosignatures_older_than_a_day_do_not_count(founded: Table) -> None:
    head = SignedCheckpoint.parse(await founded.desk.checkpoint())
    founded.stage.clock.seconds += 24 * 3600 + 1
    with pytest.raises(Refused) as refused:
        await fresh(founded).take_in(replace(offering(founded), head=head))  # type: ignore[arg-type]
    assert refused.value.code == "L5.quorum"


async def test_an_entry_from_after_its_cosignatures_is_refused(founded: Table) -> None:
    head = SignedCheckpoint.parse(await founded.desk.checkpoint()).checkpoint
    founded.stage.clock.seconds -= 301
    early = signed_by_all(founded, head)
    with pytest.raises(Refused) as refused:
        await fresh(founded).take_in(replace(offering(founded), head=early))  # type: ignore[arg-type]
    assert refused.value.code == "desk.entries-ahead"
    founded.stage.clock.seconds += 1
    await fresh(founded, "in time").take_in(replace(offering(founded), head=signed_by_all(founded, head)))  # type: ignore[arg-type]


async def test_a_note_that_is_none_is_malformed(founded: Table) -> None:
    class Babbling(Offering):
        async def checkpoint(self) -> bytes:
            return b"not a note\n"

    with pytest.raises(Malformed):
        await replica(founded).take_in(Babbling(founded))  # type: ignore[arg-type]


async def test_a_crash_between_archive_and_pin_is_made_good_by_the_next_head(founded: Table) -> None:
    machine = replica(founded)
    await log_price(founded, "1.01")
    for record in await founded.desk.records(machine.log.size):
        machine.profile.archive.append(record)
    again = Replica(machine.profile, founded.stage.clock)
    assert again.state.size == founded.desk.state.size - 1
    await again.take_in(founded.desk)  # type: ignore[arg-type]
    assert again.state == founded.desk.state


async def test_a_profile_opened_again_stands_where_it_was(founded: Table) -> None:
    machine = replica(founded)
    machine.profile.close()  # type: ignore[attr-defined]
    store = profiles.open_profile(founded.stage.folder / "officer-a", lambda: PASSPHRASE)
    with store:
        again = Replica(store, founded.stage.clock)
        assert (again.state, again.pin) == (machine.state, again.pin)
        assert again.log.tree.root() == machine.log.tree.root()


async def test_a_store_restored_from_yesterday_is_refused(founded: Table, tmp_path: Path) -> None:
    store, folder = founded.stage.officer_store, founded.stage.folder / "officer-a"
    store.close()
    yesterday = (folder / "store.db").read_bytes()
    with profiles.open_profile(folder, lambda: PASSPHRASE) as again:
        await log_price(founded, "1.01")
        await Replica(again, founded.stage.clock).take_in(founded.desk)  # type: ignore[arg-type]
    today = (folder / "store.db").read_bytes()
    (folder / "store.db").write_bytes(yesterday)
    with pytest.raises(Refused) as refused:
        profiles.open_profile(folder, lambda: PASSPHRASE)
    assert refused.value.code == "L6.behind-pin"
    (folder / "store.db").write_bytes(today)
    profiles.open_profile(folder, lambda: PASSPHRASE).close()


async def test_an_entry_that_the_rules_refuse_is_kept_as_the_desks_fault(founded: Table) -> None:
    draft = founded.desk.scribe.draft("contract.endorsed", {"contract": "ab" * 32})
    bad = await signed(draft, [founded.author("compliance")])
    honest = list(await founded.desk.records(0))
    forced = Record(len(honest), founded.stage.clock.now_ms(), b"\x05" * 32, bad)
    from countersign.audit.leaf import Opening
    from countersign.audit.log import Log

    log = Log(founded.stage.quorum.origin)
    log.extend(Opening(each.index, each.time_ms, each.salt).entry(each.event) for each in [*honest, forced])
    other = fresh(founded)
    other.advance([*honest, forced], signed_by_all(founded, log.checkpoint()))
    assert other.state.faults[forced.index].code == "settlement.unknown-contract"
    assert other.state.contracts == founded.desk.state.contracts


async def test_a_head_shown_by_a_correspondent_that_contradicts_ours_freezes(founded: Table) -> None:
    machine = replica(founded)
    assert machine.pin is not None
    earlier = Checkpoint(machine.anchor.origin, 2, machine.log.tree.root(2))
    machine.meet(signed_by_all(founded, earlier))
    with pytest.raises(Refused) as refused:
        machine.meet(signed_by_all(founded, replace(earlier, root=b"\x66" * 32)))
    assert refused.value.code == "L4.equivocation"
    assert machine.profile.journal.signing_frozen() is not None


async def test_time_seen_in_the_log_is_a_floor_for_the_clock(founded: Table) -> None:
    journal = replica(founded).profile.journal
    assert journal.clock_floor() >= founded.desk.state.time_ms // 1000
