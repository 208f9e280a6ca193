"""Refusals name what they refuse by kind and SHA-256, carry the findings against it, and are signed and logged."""

from hashlib import sha256

import pytest

from countersign.demonstration import cast
from countersign.desk import deals, drill, refusing
from countersign.desk.author import signed
from countersign.errors import CountersignError, Refused
from countersign.review.finding import Finding, Status
from countersign.settlement import contract as contracts
from countersign.settlement import events
from support.software_stage import Table


@pytest.fixture
async def prepared(table: Table) -> Table:
    await table.until("step-prepare")
    await table.officer.unlock(table.stage.ask_pin)
    return table


async def logged(table: Table, index: int) -> events.Event:
    return events.parse((await table.desk.records(index))[0].event)


def destination(table: Table) -> str:
    return table.story.sale("x").first.destination


def test_only_what_forbids_the_signature_is_in_the_body() -> None:
    findings = [
        Finding("C1", Status.PASS, "C1.ok"),
        Finding("B8", Status.FAIL, "B8.outputs", values={"b": "2", "a": 1}),
        Finding("B9", Status.BLOCKED, "review.blocked", values={"check": "B9", "by": "B8"}),
        Finding("E1", Status.NOT_APPLICABLE, "review.other-kind"),
    ]
    body = refusing.refusal_body(refusing.INSTRUCTION, b"bytes", findings, "no")
    assert body["sha256"] == sha256(b"bytes").hexdigest()
    assert body["findings"] == [
        {"check": "B8", "code": "B8.outputs", "values": {"a": 1, "b": "2"}},
        {"check": "B9", "code": "review.blocked", "values": {"by": "B8", "check": "B9"}},
    ]


def test_a_long_list_is_cut_where_the_event_would_not_carry_it() -> None:
    many = [Finding("B3", Status.FAIL, "B3.missing", values={"input": at}) for at in range(1_000)]
    body = refusing.refusal_body(refusing.INSTRUCTION, b"", many, "")
    assert len(body["findings"]) == refusing.MOST_FINDINGS  # type: ignore[arg-type]


async def test_an_altered_psbt_is_refused_by_b8_and_named_by_its_own_hash(prepared: Table) -> None:
    altered = drill.altered_recipient(prepared.artefact("psbt"), destination(prepared))
    verdict, receipt = await prepared.officer.refuse_file(
        "psbt", altered, prepared.story.contract, "not what we agreed"
    )
    assert "B8" in {finding.check for finding in verdict.against}
    event = await logged(prepared, receipt.index)
    assert (event.type, event.body.kind) == ("instruction.refused", "instruction")  # type: ignore[union-attr]
    assert event.body.sha256 == sha256(altered).hexdigest()  # type: ignore[union-attr]
    assert event.jws.kids == (prepared.author("officer-a").key.kid,)
    assert prepared.stage.bearers["officer-a"].signed == []


async def test_a_delegate_call_is_refused_by_e3(prepared: Table) -> None:
    call = drill.delegate_call(prepared.artefact("safe-tx"))
    verdict, _ = await prepared.officer.refuse_file("safe-tx", call, prepared.story.contract, "no")
    assert "E3" in {finding.check for finding in verdict.against}
    assert "E2" not in {finding.check for finding in verdict.against}


async def test_an_unlogged_contract_is_refused_by_l3_and_not_by_c3(prepared: Table) -> None:
    parties = [prepared.author(each.token) for each in cast.PARTICIPANTS]
    terms = deals.spot_terms(cast.ORIGIN, prepared.story.sale("MH-2026-0002"))
    data = await deals.sign_contract(terms, parties)
    verdict, receipt = await prepared.officer.refuse_file("contract", data, None, "not in the log")
    against = {finding.check for finding in verdict.against}
    assert "L3" in against
    assert "C3" not in against
    event = await logged(prepared, receipt.index)
    assert event.body.kind == "contract"  # type: ignore[union-attr]
    assert event.body.sha256 == contracts.parse(data).hash  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", ["psbt", "safe-tx", "contract"])
async def test_the_accepted_file_in_its_place_has_nothing_to_refuse(prepared: Table, kind: str) -> None:
    data = prepared.story.contract_file if kind == "contract" else prepared.artefact(kind)
    before = prepared.desk.state.size
    with pytest.raises(Refused) as refused:
        await prepared.officer.refuse_file(kind, data, prepared.story.contract, "no")
    assert refused.value.code == "desk.nothing-to-refuse"
    assert prepared.desk.state.size == before


async def test_the_refused_bytes_are_kept_by_desk_and_officer(prepared: Table) -> None:
    call = drill.delegate_call(prepared.artefact("safe-tx"))
    await prepared.officer.refuse_file("safe-tx", call, prepared.story.contract, "no")
    digest = sha256(call).digest()
    assert await prepared.desk.artefact(digest) == prepared.officer.replica.profile.artefacts.get(digest) == call


async def test_an_officer_may_refuse_where_every_check_passes(prepared: Table) -> None:
    await prepared.officer.refuse(prepared.story.contract, prepared.live("psbt").hash, "the price looks wrong to me")
    event = await logged(prepared, prepared.desk.state.size - 1)
    assert event.body.sha256 == prepared.live("psbt").artefact  # type: ignore[union-attr]
    (finding,) = event.body.findings  # type: ignore[union-attr]
    assert (finding.check, finding.code) == ("officer", "desk.officer-refuses")
    await prepared.officer.refuse(prepared.story.contract, None, "nor the contract")
    event = await logged(prepared, prepared.desk.state.size - 1)
    assert (event.body.kind, event.body.sha256) == ("contract", prepared.story.contract)  # type: ignore[union-attr]


async def test_bytes_that_are_no_instruction_are_judged_and_refused_too(prepared: Table) -> None:
    verdict, _ = await prepared.officer.refuse_file("psbt", b"psbt\xff\x00", prepared.story.contract, "broken")
    assert "B2" in {finding.check for finding in verdict.against}


async def test_a_file_of_a_kind_that_the_settlement_lacks_is_named(table: Table) -> None:
    await table.until("step-contract")
    await table.officer.synchronise()
    with pytest.raises(Refused) as refused:
        await table.officer.judge_file("psbt", b"", table.story.contract)
    assert refused.value.code == "desk.no-instruction"


async def test_operations_cannot_refuse_in_an_officers_place(prepared: Table) -> None:
    body = refusing.refusal_body(refusing.INSTRUCTION, b"x", [refusing.of_officer("no")], "no")
    event = await signed(prepared.desk.scribe.draft("instruction.refused", body), [prepared.author("operations")])
    with pytest.raises(CountersignError):
        await prepared.desk.submit(event)
