"""A start replays only what is new, and never from anything but the very state that this machine kept itself."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import pytest

from countersign.desk import anchor as anchors
from countersign.desk import auditing, resuming
from countersign.desk.replica import Replica
from countersign.desk.resuming import Kept
from countersign.settlement import machine, snapshot
from countersign.settlement.fingerprint import state_hash
from countersign.settlement.machine import Decision
from countersign.settlement.state import State
from countersign.store import profile as profiles
from countersign.store.profile import Kind, Profile
from support.software_stage import CHEAP, PASSPHRASE, Table


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The indexes of the entries that the machine takes in from now on."""
    seen: list[int] = []
    evolve = machine.evolve

    def counted(state: State, decision: Decision) -> State:
        seen.append(decision.case.index)
        return evolve(state, decision)

    monkeypatch.setattr(machine, "evolve", counted)
    return seen


@pytest.fixture
async def kept(table: Table, monkeypatch: pytest.MonkeyPatch) -> Table:
    """A founded desk; the officer's machine has kept its state, and three entries came after that."""
    monkeypatch.setattr(resuming, "LEAST", 1)
    await table.until("step-found")
    await table.officer.replica.take_in(table.desk)
    monkeypatch.setattr(resuming, "LEAST", 1_000)
    await grow(table, 3)
    assert profile(table).projections.rows(resuming.PROJECTION)
    return table


async def publish(table: Table, entries: int) -> None:
    asset = table.stage.outside.token()
    for number in range(entries):
        await table.desk.own("price.published", {"asset": asset, "price": f"1.0{number + 1}", "source": "test"})


async def grow(table: Table, entries: int) -> None:
    await publish(table, entries)
    await table.officer.replica.take_in(table.desk)


def profile(table: Table) -> Profile:
    return table.stage.officer_store


def again(table: Table, *, resume: bool = True) -> Replica:
    return Replica(profile(table), table.stage.clock, resume=resume)


def known(table: Table) -> Kept:
    found = resuming.remembered(profile(table))
    assert found is not None
    return found


def rows(table: Table) -> Sequence[tuple[str, bytes]]:
    return profile(table).projections.rows(resuming.PROJECTION)


def put(table: Table, data: bytes) -> None:
    profile(table).projections.keep(resuming.PROJECTION, known(table).size, [("00000000", data)])


def remember(table: Table, found: Kept) -> None:
    profile(table).journal.set_setting(resuming.SETTING, found.serialise())


def forged(table: Table) -> State:
    """A state that nothing in the log leads to."""
    state = table.officer.replica.state
    assert state.policy is not None
    return replace(state, policy=replace(state.policy, minimum_notional_usd=1), size=known(table).size)


async def test_only_what_is_new_is_replayed(kept: Table, judged: list[int]) -> None:
    size = kept.desk.state.size
    resumed = again(kept)
    assert judged == [size - 3, size - 2, size - 1]
    assert resumed.resumed == known(kept).size == size - 3
    judged.clear()
    whole = again(kept, resume=False)
    assert judged == list(range(size))
    assert whole.resumed == 0
    assert resumed.state == whole.state == kept.desk.state
    assert state_hash(resumed.state) == state_hash(whole.state)
    assert resumed.log.tree.root() == whole.log.tree.root()


async def test_it_goes_on_after_resuming(kept: Table) -> None:
    resumed = again(kept)
    await publish(kept, 2)
    await resumed.take_in(kept.desk)
    assert resumed.state == kept.desk.state


async def test_a_store_closed_and_opened_again_resumes(kept: Table) -> None:
    kept.stage.officer_store.close()
    with profiles.open_profile(kept.stage.folder / "officer-a", lambda: PASSPHRASE) as store:
        resumed = Replica(store, kept.stage.clock)
        assert resumed.resumed == kept.desk.state.size - 3
        assert resumed.state == kept.desk.state


async def test_faults_of_the_desk_are_kept_too(kept: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resuming, "LEAST", 1)
    log = kept.officer.replica.log.copy()
    log.append(b"\x05" * 32)
    bad = machine.Entry(log.size - 1, kept.stage.clock.now_ms(), b"no event at all")
    state = machine.replay([bad], kept.officer.replica.state)
    assert resuming.keep(profile(kept), log, state)
    assert resuming.resume(profile(kept), log) == state
    assert list(state.faults) == [bad.index]


@dataclass
class Altered:
    """A store whose projections say something else."""

    store: Profile
    found: Sequence[tuple[str, bytes]]

    @property
    def projections(self) -> "Altered":
        return self

    def rows(self, projection: str) -> Sequence[tuple[str, bytes]]:
        return self.found

    def keep(self, projection: str, size: int, rows: Iterable[tuple[str, bytes]]) -> None:
        raise AssertionError("nothing is kept here")

    def __getattr__(self, name: str) -> object:
        return getattr(self.store, name)


@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.long)], ids=["every seventh", "every"])
async def test_a_flip_of_any_byte_is_noticed(kept: Table, step: int) -> None:
    log, data = kept.officer.replica.log, b"".join(value for _, value in rows(kept))
    assert resuming.resume(Altered(profile(kept), [("0", data)]), log).size == known(kept).size  # type: ignore[arg-type]
    for place in range(0, len(data), step):
        bad = data[:place] + bytes([data[place] ^ 1 << place % 8]) + data[place + 1 :]
        assert resuming.resume(Altered(profile(kept), [("0", bad)]), log) == State()  # type: ignore[arg-type]


@pytest.mark.parametrize("place", [0, 30, 5_000, -1])
async def test_a_flipped_byte_in_the_store_leads_to_a_full_replay(kept: Table, judged: list[int], place: int) -> None:
    data = bytearray(b"".join(value for _, value in rows(kept)))
    data[place] ^= 0x40
    put(kept, bytes(data))
    replayed = again(kept)
    assert judged == list(range(kept.desk.state.size))
    assert replayed.resumed == 0
    assert replayed.state == kept.desk.state


async def test_a_false_state_in_its_place_is_never_believed(kept: Table) -> None:
    put(kept, snapshot.serialise(forged(kept)))
    assert again(kept).state == kept.desk.state


async def test_an_older_state_in_the_place_of_a_newer_is_never_believed(
    kept: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = b"".join(value for _, value in rows(kept))
    monkeypatch.setattr(resuming, "LEAST", 1)
    await grow(kept, 1)
    assert known(kept).size == kept.desk.state.size
    put(kept, older)
    replayed = again(kept)
    assert (replayed.resumed, replayed.state) == (0, kept.desk.state)


async def test_it_is_thrown_away_and_made_again(kept: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    store = profile(kept)
    store.projections.throw_away(resuming.PROJECTION)
    assert again(kept).state == kept.desk.state
    monkeypatch.setattr(resuming, "LEAST", 1)
    await grow(kept, 1)
    resumed = again(kept)
    assert (resumed.resumed, resumed.state) == (kept.desk.state.size, kept.desk.state)


CHANGES: dict[str, Callable[[Kept], Kept]] = {
    "another program": lambda found: replace(found, program=b"\x01" * 32),
    "another root": lambda found: replace(found, root=b"\x01" * 32),
    "other bytes": lambda found: replace(found, sha256=b"\x01" * 32),
    "another size": lambda found: replace(found, size=found.size - 1),
    "more than there is": lambda found: replace(found, size=found.size + 1_000),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_what_the_journal_remembers_otherwise_is_replayed(kept: Table, change: str) -> None:
    remember(kept, CHANGES[change](known(kept)))
    replayed = again(kept)
    assert (replayed.resumed, replayed.state) == (0, kept.desk.state)


async def test_what_an_older_program_remembered_otherwise_is_replayed(kept: Table) -> None:
    profile(kept).journal.set_setting(resuming.SETTING, b'{"size":4}')
    assert resuming.remembered(profile(kept)) is None
    assert again(kept).state == kept.desk.state


async def test_bytes_that_are_no_state_are_replayed_even_if_they_were_kept(kept: Table) -> None:
    put(kept, b"nothing of ours")
    remember(kept, replace(known(kept), sha256=sha256(b"nothing of ours").digest()))
    assert again(kept).state == kept.desk.state


async def test_other_rules_make_it_again(kept: Table, judged: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resuming, "program", lambda: b"\x07" * 32)
    monkeypatch.setattr(resuming, "LEAST", 1)
    replayed = again(kept)
    assert judged == list(range(kept.desk.state.size))
    assert known(kept) == Kept(b"\x07" * 32, replayed.log.tree.root(), known(kept).sha256, kept.desk.state.size)


async def test_it_is_kept_again_at_a_start_when_enough_is_new(kept: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    before = known(kept)
    monkeypatch.setattr(resuming, "LEAST", 5)
    await grow(kept, 1)
    again(kept)
    assert known(kept) == before
    await grow(kept, 1)
    assert known(kept) == before, "a console at work is not stopped for a few entries"
    assert again(kept).resumed == before.size
    assert known(kept).size == before.size + 5
    assert again(kept).resumed == before.size + 5
    monkeypatch.setattr(resuming, "LEAST", 1)
    monkeypatch.setattr(resuming, "SHARE", 2)
    await grow(kept, 1)
    again(kept)
    assert known(kept).size == before.size + 5, "one entry is less than half of the history"


async def test_it_is_kept_with_a_large_bundle(kept: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    before = known(kept)
    monkeypatch.setattr(resuming, "LEAST", 4)
    await grow(kept, 3)
    assert known(kept) == before
    await grow(kept, 4)
    assert known(kept).size == before.size + 10


async def test_an_auditors_profile_resumes_from_nothing(kept: Table, tmp_path: Path) -> None:
    """Its key lies in it: whoever wrote it could make the journal remember anything."""
    with profiles.create(
        tmp_path / "auditor", Kind.AUDITOR, kept.stage.entropy.random_bytes, cost=CHEAP,
        settings={anchors.SETTING: kept.stage.anchor.serialise()},
    ) as copy:  # fmt: skip
        source = profile(kept)
        copy.archive.extend(source.archive.records())
        for pin in source.journal.pins():
            copy.journal.advance_pin(None, pin)
        data = snapshot.serialise(forged(kept))
        copy.projections.keep(resuming.PROJECTION, known(kept).size, [("00000000", data)])
        remembered = replace(known(kept), sha256=sha256(data).digest())
        copy.journal.set_setting(resuming.SETTING, remembered.serialise())
    with profiles.open_profile(tmp_path / "auditor") as auditor:
        found = Replica(auditor, kept.stage.clock)
        assert (found.resumed, found.state) == (0, kept.desk.state)


async def test_an_audit_resumes_from_nothing(kept: Table) -> None:
    data = snapshot.serialise(replace(kept.officer.replica.state, faults=machine.EMPTY.faults.set(0, fault())))
    put(kept, data)
    remember(kept, replace(known(kept), size=kept.desk.state.size, root=again(kept).log.tree.root(),
                           sha256=sha256(data).digest()))  # fmt: skip
    assert again(kept).state.faults, "who holds the store's key may make his own console believe anything"
    report = auditing.verify_profile(profile(kept), None, kept.stage.clock)
    codes = {finding.reason for judged in report.judged for finding in judged.verdict.findings}
    assert "desk.audit-no-fault" in codes
    assert "desk.audit-fault" not in codes


def fault() -> machine.Fault:
    return machine.Fault(0, "settlement.unknown-contract", {"contract": "ab" * 32})


async def test_a_bundle_is_one_entry_of_the_journal(kept: Table) -> None:
    store = profile(kept)
    before = store.head().sequence
    await grow(kept, 3)
    grown = store._chain.entries("archived")  # what the journal counted, bundle by bundle
    assert int.from_bytes(grown[-1].body, "big") == store.archive.held() == kept.desk.state.size
    assert int.from_bytes(grown[-2].body, "big") == kept.desk.state.size - 3
    assert store.head().sequence - before < 6
