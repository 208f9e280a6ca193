"""A batch: every item one outcome, no item stops another, and what is filed is exactly what was new."""

import json
from dataclasses import replace

import pytest

from countersign.demonstration import cast
from countersign.desk import deals, importing
from countersign.desk.author import signed
from countersign.desk.batch import Item, Outcome
from countersign.formats import base64url, jcs
from countersign.settlement import audience, events
from countersign.settlement.contract import Notional, Terms
from support.software_stage import Table


@pytest.fixture
async def founded(table: Table) -> Table:
    return await table.until("step-found")


def terms(table: Table, number: int = 1, **changes: object) -> Terms:
    sale = table.story.sale(f"MH-2026-{number:04d}")
    return replace(deals.spot_terms(cast.ORIGIN, sale), **changes)  # type: ignore[arg-type]


async def jws(table: Table, agreed: Terms, *parties: str) -> bytes:
    return await deals.sign_contract(agreed, [table.author(each) for each in parties or ("meridian", "harbour")])


async def filed(table: Table, files: dict[str, bytes]) -> list[Item]:
    return await importing.carry_out(table.desk, table.author("operations"), files)


def outcomes(items: list[Item]) -> dict[str, str]:
    return {item.name: item.outcome.value for item in items}


def judged(table: Table, files: dict[str, bytes]) -> list[Item]:
    return importing.plan(table.desk.state, table.desk.archive.record, files, table.stage.clock.seconds)


def planned(table: Table, files: dict[str, bytes]) -> dict[str, str]:
    return outcomes(judged(table, files))


def codes(items: list[Item]) -> dict[str, str]:
    return {item.name: item.error.code for item in items if item.error is not None}


async def event(table: Table, kind: str, body: dict[str, object], *signers: str) -> bytes:
    return await signed(table.desk.scribe.draft(kind, body), [table.author(each) for each in signers])


async def is_filed_as_planned(table: Table, files: dict[str, bytes]) -> dict[str, str]:
    """What each item is told; it becomes exactly that, and nothing else is logged."""
    before, size = judged(table, files), table.desk.state.size
    after = await filed(table, files)
    assert (outcomes(before), codes(before)) == (outcomes(after), codes(after))
    assert [item.index is not None for item in after] == [item.outcome is Outcome.NEW for item in before]
    assert table.desk.state.size == size + sum(item.outcome is Outcome.NEW for item in before)
    return outcomes(after)


def broken_signature(data: bytes) -> bytes:
    """The same JWS with its first signature's last byte changed: still one that could be."""
    value = json.loads(data)
    raw = bytearray(base64url.decode(value["signatures"][0]["signature"]))
    raw[-1] ^= 1
    value["signatures"][0]["signature"] = base64url.encode(bytes(raw))
    return jcs.encode(value)


async def test_a_folder_of_every_kind_of_thing(founded: Table) -> None:
    one, half = await jws(founded, terms(founded, 1)), await jws(founded, terms(founded, 2), "meridian")
    other = await jws(founded, terms(founded, 3))
    clash = await jws(founded, replace(terms(founded, 3), not_before=terms(founded, 3).not_before + 1))
    files = {
        "a.json": one,
        "b.json": one,
        "c.json": half,
        "d.json": other,
        "e.json": clash,
        "f.json": one[:-2],
        "g.psbt": b"psbt\xff",
        "h.json": await jws(founded, terms(founded, 4, notional=Notional(99_999, "80000", "x"))),
        "i.txt": b"hello",
    }
    expected = {
        "a.json": "new",
        "b.json": "twice in the batch",
        "c.json": "new",
        "d.json": "conflict",
        "e.json": "conflict",
        "f.json": "malformed",
        "g.psbt": "passed over",
        "h.json": "refused",
        "i.txt": "passed over",
    }
    assert planned(founded, files) == expected
    size = founded.desk.state.size
    items = await filed(founded, files)
    assert outcomes(items) == expected
    assert [item.index for item in items if item.index is not None] == [size, size + 1]
    assert founded.desk.state.size == size + 2
    assert {record.terms.id for record in founded.desk.state.contracts.values()} == {"MH-2026-0001", "MH-2026-0002"}
    assert all(item.error is not None for item in items if item.outcome is not Outcome.NEW)


async def test_the_same_batch_again_is_already_here_and_the_second_signature_is_new(founded: Table) -> None:
    whole, half = await jws(founded, terms(founded)), await jws(founded, terms(founded), "meridian")
    assert outcomes(await filed(founded, {"half": half})) == {"half": "new"}
    assert planned(founded, {"half": half, "whole": whole}) == {"half": "twice in the batch", "whole": "new"}
    assert outcomes(await filed(founded, {"whole": whole})) == {"whole": "new"}
    assert planned(founded, {"whole": whole}) == planned(founded, {"whole": half}) == {"whole": "already here"}


async def test_a_conflict_with_what_is_logged_names_the_other_contract(founded: Table) -> None:
    known, other = terms(founded), replace(terms(founded), not_before=terms(founded).not_before + 1)
    await filed(founded, {"a": await jws(founded, known)})
    [item] = importing.plan(
        founded.desk.state, founded.desk.archive.record, {"b": await jws(founded, other)}, founded.stage.clock.seconds
    )
    assert item.outcome is Outcome.CONFLICT
    assert item.error is not None
    assert item.error.code == "desk.import-conflict"
    assert item.error.values["other"] in founded.desk.state.contracts


async def test_a_file_of_lines_holds_one_contract_a_line(founded: Table) -> None:
    lines = b"\n".join([await jws(founded, terms(founded, number)) for number in (1, 2, 3)]) + b"\n{broken\n"
    items = await filed(founded, {"trades.jsonl": lines})
    assert outcomes(items) == {
        "trades.jsonl:1": "new",
        "trades.jsonl:2": "new",
        "trades.jsonl:3": "new",
        "trades.jsonl:4": "malformed",
    }


async def test_an_amendment_comes_in_one_batch_with_what_it_amends(founded: Table) -> None:
    first = terms(founded)
    name = deals.contracts.hash_of(first.serialise())
    later = replace(first, version=2, replaces=name, settle_by=first.settle_by + 60)
    files = {"a later": await jws(founded, later), "b first": await jws(founded, first)}
    assert await is_filed_as_planned(founded, files) == {"a later": "new", "b first": "new"}
    assert founded.desk.state.contract(name).state.value == "superseded"


async def test_a_participants_own_event_is_filed_as_it_came(founded: Table) -> None:
    await filed(founded, {"half": await jws(founded, terms(founded), "meridian")})
    [contract] = founded.desk.state.contracts
    draft = founded.desk.scribe.draft("contract.declined", {"contract": contract, "reason": "Not our trade."})
    event = await signed(draft, [founded.author("harbour")])
    assert outcomes(await filed(founded, {"no.json": event})) == {"no.json": "new"}
    assert founded.desk.state.contract(contract).state.value == "declined"
    assert planned(founded, {"no.json": event}) == {"no.json": "already here"}


async def test_a_strangers_contract_stops_no_other(founded: Table) -> None:
    files = {
        "bad": await jws(founded, terms(founded, 1), "meridian", "compliance"),
        "good": await jws(founded, terms(founded, 2)),
    }
    assert outcomes(await filed(founded, files)) == {"bad": "refused", "good": "new"}


async def test_an_event_is_told_what_the_log_would_say_of_it(founded: Table) -> None:
    await filed(founded, {"half": await jws(founded, terms(founded, 1), "meridian")})
    await filed(founded, {"whole": await jws(founded, terms(founded, 2))})
    half, whole = (founded.desk.state.versions[f"MH-2026-{number:04d}", 1] for number in (1, 2))
    no = {"contract": half, "reason": "Not our trade."}
    good = await event(founded, "contract.declined", no, "harbour")
    files = {
        "bad signature": broken_signature(await event(founded, "contract.declined", no, "harbour")),
        "other signer": await event(founded, "contract.declined", no, "operations"),
        "unknown contract": await event(founded, "contract.declined", no | {"contract": "00" * 32}, "harbour"),
        "too early": await event(founded, "delivery.confirmed", {"contract": whole}, "meridian"),
        "good": good,
    }
    told = await is_filed_as_planned(founded, files)
    assert told == dict.fromkeys(files, "refused") | {"good": "new"}
    assert planned(founded, {"good": good}) == {"good": "already here"}


async def test_an_event_may_rest_on_what_the_batch_brings_and_what_follows_it_is_judged_after_it(
    founded: Table,
) -> None:
    agreed = terms(founded)
    body = {"contract": deals.contracts.hash_of(agreed.serialise()), "reason": "Not our trade."}
    files = {
        "b half": await jws(founded, agreed, "meridian"),
        "a no": await event(founded, "contract.declined", body, "harbour"),
        "c again": await event(founded, "contract.declined", body, "meridian"),
    }
    assert await is_filed_as_planned(founded, files) == {"b half": "new", "a no": "new", "c again": "refused"}
    alone = {"a no": await event(founded, "contract.declined", body | {"contract": "11" * 32}, "harbour")}
    assert planned(founded, alone) == {"a no": "refused"}


def affirmed(table: Table) -> set[str]:
    """Who signed the contract that the last entry affirmed."""
    last = events.parse(table.desk.archive.record(table.desk.state.size - 1).event)
    contract = audience.carried(last)
    assert (last.type, contract is not None) == ("contract.affirmed", True)
    return {table.desk.state.roster.holder(kid).id for kid in contract.jws.kids} if contract else set()


async def test_two_halves_of_one_contract_in_one_batch_are_one_affirmed_contract(founded: Table) -> None:
    ours, theirs = await jws(founded, terms(founded), "meridian"), await jws(founded, terms(founded), "harbour")
    files = {"a": ours, "b": theirs, "c": ours}
    assert await is_filed_as_planned(founded, files) == {"a": "new", "b": "joined", "c": "twice in the batch"}
    [record] = founded.desk.state.contracts.values()
    assert record.state.value == "agreed"
    assert affirmed(founded) == set(record.leis)
    assert planned(founded, {"b": theirs}) == {"b": "already here"}


async def test_the_other_partys_half_over_a_logged_proposal_is_its_affirmation(founded: Table) -> None:
    ours, theirs = await jws(founded, terms(founded), "meridian"), await jws(founded, terms(founded), "harbour")
    await filed(founded, {"ours": ours})
    again = await jws(founded, terms(founded), "meridian")
    assert planned(founded, {"again": again}) == {"again": "already here"}
    forged = {"theirs": broken_signature(theirs)}
    assert codes(judged(founded, forged)) == {"theirs": "keys.bad-signature"}
    assert await is_filed_as_planned(founded, {"theirs": theirs}) == {"theirs": "new"}
    [record] = founded.desk.state.contracts.values()
    assert (record.state.value, affirmed(founded)) == ("agreed", set(record.leis))


async def test_a_forged_copy_is_refused_alone_and_displaces_no_good_one(founded: Table) -> None:
    half, whole = await jws(founded, terms(founded), "meridian"), await jws(founded, terms(founded))
    files = {"a forged": broken_signature(whole), "b half": half}
    clash = replace(terms(founded), not_before=terms(founded).not_before + 1)
    files["c forged terms"] = broken_signature(await jws(founded, clash))
    assert await is_filed_as_planned(founded, files) == {
        "a forged": "refused",
        "b half": "new",
        "c forged terms": "refused",
    }
