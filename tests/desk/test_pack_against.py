"""A pack from which an entry was left out: nothing in it can tell, and it says so; whoever has followed the log can."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from countersign.desk import bundles, evidence
from countersign.desk.checking import check
from countersign.desk.evidence import Pack
from countersign.desk.ports import Record
from countersign.desk.reports import CheckReport
from countersign.settlement import events, machine
from countersign.settlement.machine import Entry
from countersign.store.profile import Profile, open_profile
from support import finished_settlement, review_cases
from support import settlement_world as world
from support.finished_settlement import Finished
from support.settlement_world import Desk, Step


def amid(over: Finished, at: int, step: Step) -> Finished:
    """The same history with one entry more, at a place in its midst; what the rules refuse after it is logged all the same."""
    entries = over.desk.entries
    desk = Desk(machine.replay(entries[:at]), entries[:at], entries[at - 1].time_ms)
    more = desk.entry(*step, id="amid")
    after = [Entry(each.index + 1, each.time_ms, each.event) for each in entries[at:]]
    whole = [*entries[:at], more, *after]
    return replace(over, desk=Desk(machine.replay(whole), whole, over.desk.now_ms))


def pack_of(told: Finished, honest: Pack, *without: int) -> Pack:
    """Every entry but some, each with its true proof under the witnessed head."""
    log, head = told.log(), told.head()
    exhibits = [
        bundles.exhibit(
            Record(each.index, each.time_ms, told.opening(each.index).salt, each.event),
            log.tree.inclusion_proof(each.index),
            head,
        )
        for each in told.desk.entries
        if each.index not in without
    ]
    return replace(honest, checkpoint=head, exhibits=tuple(exhibits))


def checked(told: Finished, pack: Pack, profile: Profile | None = None) -> CheckReport:
    trust = None if profile is not None else review_cases.quorum()
    return check({"evidence.zip": evidence.serialise(pack)}, profile, trust, told.clock)


def against(report: CheckReport) -> list[str]:
    return [each.reason for each in report.findings if not each.ok]


def known(report: CheckReport) -> set[str]:
    return {each.reason for each in report.findings if each.check == "L8"}


@pytest.fixture(scope="module")
def honest(files: dict[str, bytes]) -> Pack:
    return evidence.parse(files["evidence.zip"])


@pytest.fixture(scope="module")
def share(over: Finished) -> int:
    """The place of officer C's first share."""
    state = over.state
    found = [one.index for each in state.instructions.values() for one in each.shares if one.officer == "officer-c"]
    return min(found)


@pytest.fixture(scope="module")
def withdrawn(over: Finished, share: int) -> Finished:
    """Officer C's keys were withdrawn before C signed: the rules refuse the share, and everything that rests on it."""
    gone = world.officer_entry("officer-c") | {"keys": []}
    return amid(
        over, share, ("roster.changed", ["compliance", "officer-d"], {**world.no_entries(), "officers": [gone]})
    )


@pytest.fixture(scope="module")
def profile(withdrawn: Finished, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Profile]:
    folder = tmp_path_factory.mktemp("withdrawn")
    finished_settlement.write_profile(folder / "profile", withdrawn)
    with open_profile(folder / "profile") as opened:
        yield opened


def test_a_withdrawal_that_was_left_out_is_not_seen_in_the_pack_and_the_pack_says_that_it_might_be(
    withdrawn: Finished, honest: Pack, share: int
) -> None:
    assert withdrawn.state.faults[share + 1].code == "settlement.key-withdrawn"
    assert "desk.audit-fault" in against(checked(withdrawn, pack_of(withdrawn, honest)))
    forged = checked(withdrawn, pack_of(withdrawn, honest, share))
    assert against(forged) == []
    assert "desk.pack-part" in {each.reason for each in forged.findings}


def test_held_against_the_log_the_pack_is_caught(
    withdrawn: Finished, honest: Pack, share: int, profile: Profile
) -> None:
    forged = checked(withdrawn, pack_of(withdrawn, honest, share), profile)
    wrong = [each for each in forged.findings if not each.ok]
    (found,) = [each for each in wrong if each.reason == "desk.pack-left-out"]
    assert found.values == {"index": share, "type": "roster.changed"}
    refused = {each.values["index"] for each in wrong if each.reason == "desk.pack-refused-here"}
    assert refused == set(withdrawn.state.faults)
    assert len(wrong) == 1 + len(refused)
    whole = checked(withdrawn, pack_of(withdrawn, honest), profile)
    assert "desk.pack-left-out" not in against(whole)


def test_a_pack_that_was_made_honestly_is_whole(
    over: Finished, honest: Pack, auditor: Profile, files: dict[str, bytes]
) -> None:
    report = check({"evidence.zip": files["evidence.zip"]}, auditor, None, over.clock)
    assert against(report) == []
    assert "desk.pack-whole" in {each.reason for each in report.findings}
    whole = checked(over, pack_of(over, honest))  # every entry of the log: then nothing was left out
    assert "L8.replayed-then" in known(whole)
    assert "desk.pack-part" not in {each.reason for each in whole.findings}
    assert known(checked(over, pack_of(over, honest, 13))) == {"L8.told"}


@pytest.mark.parametrize("kind", ["price.published", "deposit.credited"])
def test_what_does_not_harm_a_replay_is_missed_too(over: Finished, honest: Pack, auditor: Profile, kind: str) -> None:
    """Without the deposit the settlement does not replay; the price of a stablecoin nobody would miss."""
    places = [each.index for each in over.desk.entries if events_type(each) == kind]
    forged = pack_of(over, honest, places[-1])
    assert "desk.pack-left-out" in against(checked(over, forged, auditor))


def events_type(entry: Entry) -> str:
    from countersign.settlement import events

    return events.parse(entry.event).type


def test_a_pack_of_another_history_is_named(
    over: Finished, withdrawn: Finished, honest: Pack, share: int, auditor: Profile
) -> None:
    """The log signed both: one with the withdrawal, one without. As large as this machine's own, and larger."""
    cut = replace(withdrawn, desk=Desk(withdrawn.state, withdrawn.desk.entries[:-1], withdrawn.desk.now_ms))
    for told in (cut, withdrawn):
        found = checked(over, pack_of(told, honest), auditor)
        assert "desk.pack-other-history" in against(found)


@pytest.fixture(scope="module")
def taken(over: Finished) -> Finished:
    """Another settlement, which no pack of this one holds, had the institutions' units before they were held for this one."""
    entries = over.desk.entries
    at = next(each.index for each in entries if events.parse(each.event).type == "hold.placed")
    desk = Desk(machine.replay(entries[:at]), list(entries[:at]), entries[at - 1].time_ms)
    desk.trades = 1
    for number in range(9):
        trade, steps = desk.trade(), []
        for step in desk.story(trade):
            if step[0] == "cycle.closed":
                break
            steps.append(step)
        if desk.attempt(*steps[0], id=f"other-{number}") is not None:
            break
        for place, step in enumerate(steps):
            if desk.attempt(*step, id=f"other-{number}-{place}") is None:
                desk.append(desk.entry(*step, id=f"other-{number}-{place}"))
    extra = len(desk.entries) - at
    after = [Entry(each.index + extra, each.time_ms, each.event) for each in entries[at:]]
    whole = [*desk.entries, *after]
    return replace(over, desk=Desk(machine.replay(whole), whole, over.desk.now_ms))


def test_what_this_history_refused_for_another_settlement_s_sake_is_caught(
    taken: Finished, over: Finished, honest: Pack, tmp_path: Path
) -> None:
    others = {each.index for each in taken.desk.entries} - {
        each.index for each in taken.desk.entries if each.event in {one.event for one in over.desk.entries}
    }
    held = min(taken.state.faults)
    assert events.parse(taken.desk.entries[held].event).type == "hold.placed"
    pack = pack_of(taken, honest, *others)
    assert against(checked(taken, pack)) == []  # the file alone shows a settlement to its end
    finished_settlement.write_profile(tmp_path / "profile", taken)
    with open_profile(tmp_path / "profile") as opened:
        report = checked(taken, pack, opened)
    assert {each.reason for each in report.findings if not each.ok} >= {"desk.pack-refused-here"}
    assert held in {each.values["index"] for each in report.findings if each.reason == "desk.pack-refused-here"}
