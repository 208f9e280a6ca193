"""The drill differs from an accepted thing by one field and what follows from it."""

import asyncio
from collections.abc import Iterator

import pytest

from countersign.airgap import envelope as envelopes
from countersign.desk import drill
from countersign.errors import CountersignError, Refused
from countersign.ethereum import safe_file
from support.software_stage import Table


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Table]:
    """Both instructions prepared."""
    table = Table.at(tmp_path_factory.mktemp("drill"))
    asyncio.run(table.until("step-prepare"))
    yield table
    table.stage.holds.close()


def test_the_altered_psbt_differs_in_the_recipients_program_alone(prepared: Table) -> None:
    data = prepared.artefact("psbt")
    altered = drill.altered_recipient(data, prepared.story.sale("x").first.destination)
    differing = [place for place, (one, other) in enumerate(zip(data, altered, strict=True)) if one != other]
    assert differing
    assert differing[-1] - differing[0] < 32


def test_a_recipient_that_is_not_paid_cannot_be_altered(prepared: Table) -> None:
    with pytest.raises(Refused) as refused:
        drill.altered_recipient(b"psbt\xff", prepared.story.sale("x").first.destination)
    assert refused.value.code == "desk.drill-recipient"


def test_the_delegate_call_differs_in_operation_and_the_hash_that_follows(prepared: Table) -> None:
    data = prepared.artefact("safe-tx")
    one, other = safe_file.parse(data).tx, safe_file.parse(drill.delegate_call(data)).tx
    assert (one.operation, other.operation) == (0, 1)
    assert (one.to, one.data, one.nonce) == (other.to, other.data, other.nonce)
    assert one.digest != other.digest


async def test_the_other_envelope_is_well_sealed_under_the_same_number(table: Table) -> None:
    await table.until("step-sign")
    drive = table.stage.folder / "drive"
    drive.mkdir()
    request = (await table.officer.request_to_usb(table.live("safe-tx").hash, drive)).read_bytes()
    other = await drill.same_sequence(request, table.author("officer-a"))
    one, two = envelopes.peek(request), envelopes.peek(other)
    assert (one.session, one.sequence) == (two.session, two.sequence)
    assert one.request_id != two.request_id
    (drive / "other.countersign").write_bytes(other)
    await table.stage.vault.take_from_usb(drive / "request.countersign")
    with pytest.raises(CountersignError) as refused:
        await table.stage.vault.take_from_usb(drive / "other.countersign")
    assert refused.value.code.startswith("T1.")
