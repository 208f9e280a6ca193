"""An air-gapped machine whose operator's key lies in a device: exported there, signed, taken back, answered; with a token both."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest

from countersign.airgap import envelope as envelopes
from countersign.airgap import psbt_ur, ur
from countersign.bitcoin import psbt as psbts
from countersign.demonstration import cast
from countersign.desk.cases import outpoints
from countersign.desk.vault_console import Vault
from countersign.errors import CountersignError, Refused
from support import device_stage
from support.device_stage import device
from support.refusals import refused
from support.software_stage import Table, silent

C, D = cast.OFFICER_C.id, cast.OFFICER_D.id


async def carried(table: Table, folder: Path) -> Vault:
    """Operator C's machine, the request open on it."""
    await table.until("step-prepare")
    folder.mkdir()
    await table.stage.vault.confirm_clock()
    await table.officer.unlock(table.stage.ask_pin)
    vault = table.stage.vault.console
    view = await vault.take_from_usb(await table.officer.request_to_usb(table.live("psbt").hash, folder))
    assert not view.answered
    await vault.unlock(table.stage.ask_pin)
    return vault


async def filmed(table: Table) -> Vault:
    """The same by codes: what they cannot prove is attested."""
    await table.until("step-prepare")
    await table.stage.vault.confirm_clock()
    await table.officer.unlock(table.stage.ask_pin)
    await table.story.attest()
    vault = table.stage.vault.console
    await seen(vault.take_frame, await table.officer.request_frames(table.live("psbt").hash))
    await vault.unlock(table.stage.ask_pin)
    return vault


async def seen(take: Callable[[str], Awaitable[tuple[int, int, bool]]], texts: Sequence[str]) -> None:
    """Codes taken in until the message is whole."""
    for text in texts:
        if (await take(text))[2]:
            return
    raise AssertionError("too few codes")


async def code_of(work: object) -> str:
    with pytest.raises(CountersignError) as caught:
        await work  # type: ignore[misc]
    return caught.value.code


async def test_a_device_signs_what_an_air_gapped_machine_checked(tmp_path: Path) -> None:
    """By codes alone: request, PSBT, signatures, answer. An intent before it leaves; one share; no token signs any of it."""
    table = device_stage.ranged(tmp_path)
    vault = await filmed(table)
    view = await vault.request()
    assert view is not None
    assert (view.keys, [each.label for each in view.devices]) == ((), [f"device {C}"])
    journal, psbt = table.stage.vault.profile.journal, table.live("psbt")
    early = device(C).sign(table.artefact("psbt"))
    assert await code_of(vault.sign(silent)) == "desk.signs-on-device"
    assert await code_of(vault.device_signed(early)) == "desk.device-not-asked"
    assert journal.intents(bytes.fromhex(psbt.hash)) == ()

    exported = await vault.device_export(2, view.instruction)
    intended = {coin for each in journal.intents(bytes.fromhex(psbt.hash)) for coin in each.outpoints}
    assert intended == set(outpoints(psbt.group.chain, psbts.parse(exported)))
    for bad in (exported, device(D).sign(exported)):
        assert await code_of(vault.device_signed(bad)) == "bitcoin.share-incomplete"
    assert await code_of(vault.answer_frames()) == "desk.no-answer"
    out = ur.Scan(frozenset(("crypto-psbt",)))
    for text in vault.device_frames(exported, 1):
        out.receive(text, 0)
    assert out.message is not None
    assert psbt_ur.decode(out.message) == exported
    scan, parts = vault.device_scan(), ur.Parts(psbt_ur.encode(device(C).sign(exported), version=1), 200)
    *_, signed = [scan.frame(parts.text(number).upper())[2] for number in range(1, parts.seq_len + 1)]
    assert signed is not None
    view = await vault.device_signed(signed)
    assert view.answered
    assert view.devices == ()
    await seen(table.officer.take_frame, await vault.answer_frames())
    assert [each.officer for each in table.live("psbt").shares] == [C]
    assert len(table.stage.vault.token.signed) == 0

    assert await vault.device_signed(b"anything") == view  # answered: from the record
    assert await code_of(vault.device_export()) == "desk.answered-already"
    await table.stage.aclose()


async def test_what_was_not_shown_goes_to_no_device(tmp_path: Path) -> None:
    table = device_stage.ranged(tmp_path)
    vault = await carried(table, tmp_path / "stick")
    view = await vault.request()
    assert view is not None
    (other,) = [each for each in (await table.officer.review(table.story.contract)).instructions if each.kind != "psbt"]
    with refused("D1.other-than-shown", Refused):
        await vault.device_export(shown=other)
    await vault.confirm_clock(False)
    with refused("desk.checks-forbid", Refused):
        await vault.device_export(shown=view.instruction)
    assert table.stage.vault.profile.journal.intents(bytes.fromhex(table.live("psbt").hash)) == ()
    await table.stage.aclose()


async def test_a_token_s_key_beside_another_officer_s_device_signs(tmp_path: Path) -> None:
    table, folder = device_stage.mixed(tmp_path), tmp_path / "stick"
    vault = await carried(table, folder)
    assert (await vault.sign(silent)).answered
    assert envelopes.peek((folder / "request.countersign").read_bytes()).recipient == C
    await table.stage.aclose()
