"""From a signed contract to a closed cycle."""

from dataclasses import replace

import pytest

from countersign.demonstration import cast
from countersign.desk import deals
from countersign.errors import CountersignError, Malformed, Refused
from countersign.settlement.contract import Terms
from support.software_stage import Table


@pytest.fixture
async def founded(table: Table) -> Table:
    return await table.until("step-found")


def terms(table: Table, name: str = "MH-2026-0009", **changes: object) -> Terms:
    return replace(deals.spot_terms(cast.ORIGIN, table.story.sale(name)), **changes)  # type: ignore[arg-type]


async def contract_file(table: Table, agreed: Terms, parties: tuple[str, ...] = ("meridian", "harbour")) -> bytes:
    return await deals.sign_contract(agreed, [table.author(each) for each in parties])


async def imported(table: Table, agreed: Terms, parties: tuple[str, ...] = ("meridian", "harbour")) -> str:
    found, _ = await deals.import_contract(
        table.desk, table.author("operations"), await contract_file(table, agreed, parties)
    )
    return found.hash


async def test_a_contract_with_both_signatures_is_agreed(founded: Table) -> None:
    contract = await imported(founded, terms(founded))
    assert founded.desk.state.contract(contract).state.value == "agreed"


async def test_a_contract_with_one_signature_is_proposed_and_agreed_when_the_other_comes(founded: Table) -> None:
    agreed = terms(founded)
    contract = await imported(founded, agreed, ("meridian",))
    assert founded.desk.state.contract(contract).state.value == "proposed"
    assert await imported(founded, agreed) == contract
    assert founded.desk.state.contract(contract).state.value == "agreed"


async def test_what_comes_out_is_the_file_that_went_in(founded: Table) -> None:
    data = await contract_file(founded, terms(founded))
    found, _ = await deals.import_contract(founded.desk, founded.author("operations"), data)
    assert deals.bytes_of(found) == data


async def test_a_file_altered_by_one_byte_is_not_logged(founded: Table) -> None:
    data, before = await contract_file(founded, terms(founded)), founded.desk.state
    for place in (0, len(data) // 3, len(data) // 2, len(data) - 2):
        altered = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        with pytest.raises(CountersignError):
            await deals.import_contract(founded.desk, founded.author("operations"), altered)
    assert founded.desk.state == before


async def test_a_final_newline_is_not_part_of_a_signed_file(founded: Table) -> None:
    data = await contract_file(founded, terms(founded))
    with pytest.raises(Malformed):
        await deals.import_contract(founded.desk, founded.author("operations"), data + b"\n")


async def test_a_strangers_signature_is_refused(founded: Table) -> None:
    with pytest.raises(CountersignError):
        await imported(founded, terms(founded), ("meridian", "officer-a"))


@pytest.mark.parametrize(
    "changes",
    [{"desk": "other.example/desk"}, {"custodian": cast.MERIDIAN}],
    ids=["another desk", "another custodian"],
)
async def test_a_contract_for_somebody_else_is_refused(founded: Table, changes: dict[str, object]) -> None:
    with pytest.raises(CountersignError):
        await imported(founded, terms(founded, **changes))


async def test_the_same_id_with_other_terms_is_refused(founded: Table) -> None:
    await imported(founded, terms(founded))
    with pytest.raises(CountersignError):
        await imported(founded, terms(founded, settle_by=terms(founded).settle_by + 1))


async def test_compliance_endorses_and_nobody_else(founded: Table) -> None:
    contract = await imported(founded, terms(founded))
    with pytest.raises(Refused):
        await deals.endorse(founded.desk, founded.author("operations"), contract)
    await deals.endorse(founded.desk, founded.author("compliance"), contract)
    assert founded.desk.state.contract(contract).state.value == "endorsed"


async def test_nothing_is_held_before_the_endorsement(founded: Table) -> None:
    contract = await imported(founded, terms(founded))
    with pytest.raises(Refused):
        await deals.place_holds(founded.desk, contract)
    assert not founded.desk.state.contract(contract).holds


async def test_a_hold_covers_the_leg_and_its_fee_cap(table: Table) -> None:
    await table.until("step-contract")
    holds = table.desk.state.contract(table.story.contract).holds
    assert [(holds[leg].amount, holds[leg].fee_amount) for leg in (0, 1)] == [(cast.SOLD, cast.FEE_CAP), (cast.PAID, 0)]


async def test_what_is_held_cannot_be_held_again(table: Table) -> None:
    await table.until("step-contract")
    contract = await imported(table, terms(table))
    await deals.endorse(table.desk, table.author("compliance"), contract)
    with pytest.raises(Refused):
        await deals.place_holds(table.desk, contract)
    assert table.desk.state.contract(contract).state.value == "endorsed"


async def test_a_cycle_closes_only_over_held_contracts(founded: Table) -> None:
    contract = await imported(founded, terms(founded))
    with pytest.raises(Refused):
        await deals.close_cycle(founded.desk, "cycle-early", [contract])


async def test_terms_that_contradict_themselves_are_not_drawn_up(founded: Table) -> None:
    sale = founded.story.sale("MH-2026-0009")
    with pytest.raises(CountersignError):
        deals.spot_terms(cast.ORIGIN, replace(sale, settle_by=sale.not_before - 1))
