"""A vault's enrolment at an officer's console: no step is skipped, each judges anew (whole ceremonies: ui/test_enrol_screen)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from countersign.demonstration import cast
from countersign.desk.console import OfficerConsole
from countersign.desk.enrolling_views import Wanted
from countersign.errors import CountersignError, Malformed, Refused, Unavailable
from support import enrolment_stage as world
from support.careless import given_back
from support.device_stage import COSIGNERS, device
from support.hardware_wallet import Device
from support.refusals import refused
from support.software_stage import Table, admit_ether

A, C, D, E = cast.OFFICER_A.id, cast.OFFICER_C.id, cast.OFFICER_D.id, cast.OFFICER_E.id


@pytest.fixture
async def table(tmp_path: Path) -> AsyncIterator[Table]:
    found = await world.founded(tmp_path / "stage")
    yield found
    await found.stage.aclose()


async def wanted(console: OfficerConsole, file: Path, own: Path | None = None) -> Wanted:
    opened = await console.enrolling.open(file, "")
    record = None if own is None else await console.enrolling.open(own, "")
    return Wanted(opened, world.NAME, cast.MERIDIAN, world.BOOK, cast.BITCOIN, record)


def put(folder: Path, name: str, data: bytes) -> Path:
    (folder / name).write_bytes(data)
    return folder / name


async def test_without_the_own_key_nothing_is_tried_and_files_of_another_kind_are_named(
    table: Table, tmp_path: Path
) -> None:
    """An administrator who is no cosigner sees and proposes; a cosigner whose key was exchanged is told so."""
    console = await world.console_of(table, A)
    foreign = put(tmp_path, "vault.txt", world.ranged_file([device(C), device(D)]))
    for asked, code in (
        (await wanted(console, foreign, put(tmp_path, "a.bsms", world.record(A))), "desk.enrol-own-key"),
        (await wanted(console, put(tmp_path, "vault.bsms", world.round_two())), "desk.enrol-record-wanted"),
    ):
        view = await console.enrolling.plan(asked)
        assert view.own == 0
        assert view.own_fault is not None
        assert view.own_fault.code == code
        for step in (
            console.enrolling.device_test(asked, view.words),
            console.enrolling.sign_test(asked, view.words),
            console.enrolling.compare(asked, view.words),
            console.enrolling.take_test(asked, b""),
        ):
            with pytest.raises(CountersignError) as caught:
                await step
            assert caught.value.code == code
    key = put(tmp_path, "a.bsms", world.record(A))
    vault = put(tmp_path, "vault.bsms", world.round_two())
    with refused("desk.enrol-not-a-vault", Malformed):
        await console.enrolling.plan(await wanted(console, key))
    with refused("desk.enrol-not-a-key-record", Malformed):
        await console.enrolling.take_test(await wanted(console, vault, vault), b"")
    opened = [await console.enrolling.open(put(tmp_path, f"{each}.key", world.record(each)), "") for each in COSIGNERS]
    assert await console.enrolling.assemble(2, opened, cast.BITCOIN) == vault.read_bytes()
    with refused("bitcoin.bsms-token", Malformed):
        await console.enrolling.open(vault, "0102")


async def test_each_step_judges_the_bytes_that_were_read_against_the_roster_of_now(
    table: Table, tmp_path: Path
) -> None:
    console = await world.console_of(table, A)
    record = put(tmp_path, "new.bsms", world.record(A, Device("another of A")))
    view = await console.enrolling.propose_device(
        await console.enrolling.open(record, ""), "6F2A", "jade", online=False
    )
    assert view.changes
    asked = await wanted(console, put(tmp_path, "vault.txt", world.slots_file(table)))
    words = (await console.enrolling.plan(asked)).words
    await console.lock()
    with refused("signers.locked", Unavailable):
        await console.enrolling.sign_test(asked, words)
    await console.unlock(table.stage.ask_pin)
    await admit_ether(table)
    await console.synchronise()
    assert await console.enrolling.sign_test(asked, words)
    (tmp_path / "vault.txt").write_bytes(b"exchanged afterwards")
    assert (await console.enrolling.plan(asked)).words == words


async def test_a_test_at_the_console_is_signed_through_its_own_journal(table: Table, tmp_path: Path) -> None:
    """H8: what a frozen machine or a stopped key refuses for an instruction, it refuses for a test; its r is entered."""
    console = await world.console_of(table, A)
    journal = console.replica.profile.journal
    tokens = await wanted(console, put(tmp_path, "slots.txt", world.slots_file(table)))
    words = (await console.enrolling.plan(tokens)).words
    mine = put(tmp_path, "own.bsms", world.record(A))
    ranged = await wanted(console, put(tmp_path, "vault.bsms", world.round_two()), mine)
    others = (await console.enrolling.plan(ranged)).words
    assert await console.enrolling.sign_test(tokens, words)
    exported = await console.enrolling.device_test(ranged, others)
    repeating, fresh = (given_back(device(A), exported, nonces) for nonces in ([9, 9], [9, 10]))
    with refused("H8.repeated-r", Refused):
        await console.enrolling.take_test(ranged, repeating)
    for step in (console.enrolling.take_test(ranged, fresh), console.enrolling.device_test(ranged, others)):
        with refused("H8.key-stopped", Refused):
            await step
    assert await console.enrolling.sign_test(tokens, words)  # other keys
    journal.freeze_signing("log.example/desk", b"e" * 32)
    for step in (console.enrolling.sign_test(tokens, words), console.enrolling.device_test(ranged, others)):
        with refused("L4.signing-frozen", Refused):
            await step
