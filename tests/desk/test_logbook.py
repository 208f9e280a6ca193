"""The log as this machine holds it, and verifying everything again."""

import pytest

from countersign.audit import note
from countersign.audit.checkpoint import Checkpoint, SignedCheckpoint
from countersign.audit.leaf import Opening
from countersign.audit.log import Log
from countersign.desk import logbook
from countersign.desk.author import signed
from countersign.desk.ports import Record
from countersign.desk.refusing import CONTRACT, INSTRUCTION, of_officer, refusal_body
from countersign.errors import Refused
from support.software_stage import Table, silent


async def pin(_code: str) -> str:
    return "4711"


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
    view = await prepared.officer.log()
    assert (view.alarm, view.alarm_values, view.fork) == ("L4.signing-frozen", (("evidence", "01" * 32),), None)


async def test_a_log_that_showed_two_histories_shows_both_notes_whole(prepared: Table) -> None:
    replica, stage = prepared.officer.replica, prepared.stage
    assert replica.pin is not None
    honest = replica.pin.signed
    lie = Checkpoint(honest.checkpoint.origin, honest.checkpoint.size, b"\x07" * 32)
    with pytest.raises(Refused) as refused:
        replica.meet(SignedCheckpoint.sign(lie, stage.sign_head(lie.text())))
    assert refused.value.code == "L4.equivocation"
    view = await prepared.officer.log()
    frozen = replica.profile.journal.signing_frozen()
    assert frozen is not None
    assert view.fork is not None
    assert view.alarm_values == (("evidence", frozen.hex()),)
    assert (view.fork.size, view.fork.evidence) == (honest.checkpoint.size, frozen.hex())
    assert view.fork.pinned.encode() == honest.serialise()
    assert view.fork.offered.startswith(lie.text())


async def test_a_refusal_is_about_what_it_refuses(prepared: Table) -> None:
    officer = prepared.officer
    await officer.unlock(pin)
    contract = next(iter(officer.replica.state.contracts))
    await officer.refuse(contract, prepared.live("psbt").hash, "The amount is not what we agreed.")
    await officer.refuse(contract, None, "We have not agreed to this.")
    instruction, agreement = (await officer.log()).entries[-2:]
    assert instruction.refused is not None
    assert (instruction.refused.kind, instruction.refused.sha256, instruction.refused.logged) == (
        "instruction", prepared.live("psbt").artefact, True)  # fmt: skip
    assert agreement.refused is not None
    assert (agreement.refused.kind, agreement.refused.sha256, agreement.refused.logged) == ("contract", contract, True)
    assert instruction.subject == agreement.subject == "MH-2026-0001"


async def test_a_refusal_of_what_is_not_in_the_log_says_so(prepared: Table) -> None:
    findings = (of_officer("Not ours."),)
    await prepared.officer.unlock(pin)
    for kind in (INSTRUCTION, CONTRACT):
        draft = prepared.desk.scribe.draft("instruction.refused", refusal_body(kind, b"{}", findings, "Not ours."))
        await prepared.desk.submit(await signed(draft, [prepared.officer.hand.author]))
    await prepared.officer.synchronise()
    for entry in (await prepared.officer.log()).entries[-2:]:
        assert entry.refused is not None
        assert (entry.refused.logged, entry.subject) == (False, "")
