"""The log as this machine holds it, and verifying everything again."""

import pytest

from countersign.audit import note
from countersign.audit.checkpoint import SignedCheckpoint
from countersign.audit.leaf import Opening
from countersign.audit.log import Log
from countersign.desk import logbook
from countersign.desk.author import signed
from countersign.desk.ports import Record
from countersign.errors import Refused
from support.software_stage import Table, silent


@pytest.fixture
async def prepared(table: Table) -> Table:
    return await table.until("step-prepare")


async def test_every_entry_is_named_by_type_signers_and_subject(prepared: Table) -> None:
    view = await prepared.officer.log()
    assert [entry.index for entry in view.entries] == list(range(view.size))
    endorsed = next(entry for entry in view.entries if entry.kind == "contract.endorsed")
    assert (endorsed.signers, endorsed.subject, endorsed.fault) == (("Conrad Lake",), "MH-2026-0001", None)
    founded = view.entries[0]
    assert founded.kind == "desk.founded"
    assert set(founded.signers) >= {"Conrad Lake", "Dora Finch"}
    assert view.alarm is None
    assert (view.needed, len(view.witnesses)) == (2, 2)


async def test_verifying_everything_reaches_the_same_state_and_counts(prepared: Table) -> None:
    before, seen = prepared.officer.replica.state, []
    view = await prepared.officer.verify_everything(lambda done, total: seen.append((done, total)))
    assert prepared.officer.replica.state == before
    assert seen[-1] == (view.size, view.size)


async def test_an_archive_that_does_not_lead_to_the_pin_is_refused(prepared: Table) -> None:
    replica = prepared.officer.replica
    honest = replica.profile.archive

    class Altered:
        def __getattr__(self, name: str) -> object:
            return getattr(honest, name)

        def records(self, start: int = 0, stop: int | None = None) -> list[Record]:
            found = list(honest.records(start, stop))
            found[1] = Record(found[1].index, found[1].time_ms + 1, found[1].salt, found[1].event)
            return found

    class Profile:
        archive = Altered()

        def __getattr__(self, name: str) -> object:
            return getattr(profile, name)

    profile, replica.profile = replica.profile, Profile()  # type: ignore[assignment]
    with pytest.raises(Refused) as refused:
        await logbook.verify_everything(replica, silent)
    assert refused.value.code == "S2.archive-differs"
    replica.profile = profile
    await logbook.verify_everything(replica, silent)


async def test_what_the_rules_refuse_is_shown_as_the_desks_fault(prepared: Table) -> None:
    draft = prepared.desk.scribe.draft("contract.endorsed", {"contract": "ab" * 32})
    forced = [await signed(draft, [prepared.author("compliance")]), b"not even an event"]
    records = list(await prepared.desk.records(0))
    new = [
        Record(len(records) + at, prepared.stage.clock.now_ms(), b"\x05" * 32, data) for at, data in enumerate(forced)
    ]
    log = Log(prepared.stage.quorum.origin)
    log.extend(Opening(each.index, each.time_ms, each.salt).entry(each.event) for each in [*records, *new])
    text = log.checkpoint().text()
    lines = [
        note.cosign(bytes([at]) * 32, witness.key.name, text, prepared.stage.clock.seconds)
        for at, witness in enumerate(prepared.stage.witnesses, 1)
    ]
    head = SignedCheckpoint.sign(log.checkpoint(), prepared.stage.sign_head(text), *lines)
    prepared.officer.replica.advance(new, head)
    *_, refused, junk = (await prepared.officer.log()).entries
    assert (refused.kind, refused.fault) == ("contract.endorsed", "settlement.unknown-contract")
    assert (junk.kind, junk.signers) == ("", ())
    assert junk.fault is not None


async def test_a_freeze_is_an_alarm_on_the_log(prepared: Table) -> None:
    prepared.officer.replica.profile.journal.freeze_signing(prepared.stage.quorum.origin, b"\x01" * 32)
    assert (await prepared.officer.log()).alarm == "L4.signing-frozen"
