"""A batch: every item one outcome, no item stops another, and what is filed is exactly what was new."""

from dataclasses import replace

import pytest

from countersign.demonstration import cast
from countersign.desk import deals, importing
from countersign.desk.author import signed
from countersign.desk.importing import Item, Outcome
from countersign.errors import Malformed
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


def planned(table: Table, files: dict[str, bytes]) -> dict[str, str]:
    return outcomes(importing.plan(table.desk.state, files, table.stage.clock.seconds))


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
        "g.psbt": "malformed",
        "h.json": "refused",
        "i.txt": "malformed",
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
    [item] = importing.plan(founded.desk.state, {"b": await jws(founded, other)}, founded.stage.clock.seconds)
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
    items = await filed(founded, {"a later": await jws(founded, later), "b first": await jws(founded, first)})
    assert outcomes(items) == {"a later": "new", "b first": "new"}
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


def test_a_batch_has_a_limit() -> None:
    with pytest.raises(Malformed):
        importing.items_of({"x": b"{}\n" * (importing.MOST_ITEMS + 1)})
    assert len(importing.items_of({"x": b"{}\n" * importing.MOST_ITEMS})) == importing.MOST_ITEMS
