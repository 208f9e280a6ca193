"""The log's key changes: consoles follow it by the whole history, on the administrators' word, and by nothing less."""

from dataclasses import replace
from pathlib import Path

import pytest

from countersign.audit import note
from countersign.audit.checkpoint import Checkpoint, SignedCheckpoint
from countersign.audit.note import ED25519
from countersign.demonstration import cast
from countersign.desk.anchor import Anchor
from countersign.desk.auditing import verify_profile
from countersign.desk.author import signed
from countersign.desk.enrolment import History, enrol, history
from countersign.desk.ports import Receipt
from countersign.desk.replica import Replica
from countersign.errors import Refused
from support.refusals import refused
from support.software_stage import Table

SEED = b"\x5a" * 32
NEXT = note.verifier_key(SEED, cast.ORIGIN, ED25519)


@pytest.fixture
async def founded(table: Table) -> Table:
    found = await table.until("step-found")
    for witness in found.stage.witnesses:
        witness._logs[cast.ORIGIN] = (found.stage.log_verifier, NEXT)
    return found


def by_new_key(text: str) -> note.Signature:
    return note.sign(SEED, cast.ORIGIN, text)


async def rotate(table: Table, *, held: bool = True) -> Receipt:
    if held:
        table.desk.sequencer.hold(NEXT, by_new_key)
    body = {"log": str(NEXT), "reason": "The module that held the key is replaced."}
    administrators = [table.author("compliance"), table.author("officer-d")]
    return await table.desk.submit(await signed(table.desk.scribe.draft("log.rotated", body), administrators))


async def price(table: Table) -> None:
    await table.desk.own("price.published", {"asset": cast.BTC, "price": "80001", "source": "test"})


def console(table: Table) -> Replica:
    return table.officer.replica


async def test_a_console_follows_a_changed_key_by_the_history(founded: Table) -> None:
    await price(founded)
    receipt = await rotate(founded)
    await price(founded)
    machine = console(founded)
    await machine.take_in(founded.desk)
    assert machine.state == founded.desk.state
    assert machine.anchor.now(machine.state).log == NEXT
    assert machine.state.former_logs[0].size == receipt.index
    again = Replica(machine.profile, founded.stage.clock)
    assert again.pin == machine.pin
    assert verify_profile(machine.profile, None, founded.stage.clock).status == 0


async def test_a_cold_machine_follows_it_when_the_whole_history_is_carried(founded: Table) -> None:
    await rotate(founded)
    cold = founded.stage.vault.replica
    head = SignedCheckpoint.parse(await founded.desk.checkpoint())
    with refused("L2.log-signature", Refused):
        cold.look_ahead(head, founded.desk.sequencer._log.tree.consistency_proof(cold.log.size, head.checkpoint.size))
    cold.advance(await founded.desk.records(cold.log.size), head)
    assert cold.state == founded.desk.state


async def test_a_head_under_the_old_key_after_the_change_is_refused(founded: Table) -> None:
    await rotate(founded)
    head = SignedCheckpoint.parse(await founded.desk.checkpoint())
    machine = console(founded)
    records = await founded.desk.records(machine.log.size)
    lines = [founded.stage.sign_head(head.checkpoint.text())]
    for seed, witness in enumerate(founded.stage.witnesses, 1):
        lines.append(
            note.cosign(bytes([seed]) * 32, witness.key.name, head.checkpoint.text(), founded.stage.clock.seconds)
        )
    with refused("L2.log-signature", Refused):
        machine.advance(records, SignedCheckpoint.sign(head.checkpoint, *lines))
    machine.advance(records, head)


async def test_a_new_key_without_the_administrators_word_is_nobodys(founded: Table) -> None:
    await price(founded)
    machine = console(founded)
    records = await founded.desk.records(machine.log.size)
    head = SignedCheckpoint.parse(await founded.desk.checkpoint()).checkpoint
    forged = _signed(founded, head)
    with refused("L2.log-signature", Refused):
        machine.advance(records, forged)
    assert machine.log.size < head.size


def _signed(table: Table, head: Checkpoint) -> SignedCheckpoint:
    """A head by the new key, cosigned by both witnesses."""
    lines = [by_new_key(head.text())]
    for seed, witness in enumerate(table.stage.witnesses, 1):
        lines.append(note.cosign(bytes([seed]) * 32, witness.key.name, head.text(), table.stage.clock.seconds))
    return SignedCheckpoint.sign(head, *lines)


async def test_a_desk_that_does_not_hold_the_new_key_logs_no_change(founded: Table) -> None:
    size = founded.desk.state.size
    with refused("desk.log-key-absent", Refused):
        await rotate(founded, held=False)
    assert founded.desk.state.size == size
    await price(founded)  # the log goes on under its key
    await rotate(founded)


async def test_a_desk_starts_again_under_the_changed_key_and_not_without_it(founded: Table) -> None:
    await rotate(founded)
    again = founded.stage.sequencer(founded.stage.store)
    with refused("desk.log-key-absent", Refused):
        await again.open()
    again = founded.stage.sequencer(founded.stage.store)
    again.hold(NEXT, by_new_key)
    await again.open()
    assert again.quorum.log == NEXT


async def test_a_machine_enrolled_after_the_change_trusts_the_new_key(founded: Table) -> None:
    await rotate(founded)
    handed = History.parse(await history(founded.desk))
    assert handed.anchor.quorum.log == NEXT
    profile = founded.stage.bare_profile("later", {})
    replica = enrol(profile, founded.stage.clock, handed.anchor, handed.records, handed.checkpoint)
    assert replica.state == founded.desk.state


async def test_each_head_is_judged_under_the_key_of_its_size(founded: Table) -> None:
    old = SignedCheckpoint.parse(await founded.desk.checkpoint())
    receipt = await rotate(founded)
    await console(founded).take_in(founded.desk)
    anchor, state = founded.stage.anchor, founded.desk.state
    assert anchor.key(state, receipt.index) == founded.stage.log_verifier
    assert anchor.key(state, receipt.index + 1) == NEXT
    console(founded).meet(old)  # a correspondent that has not heard of the change yet
    stranger = Anchor(replace(anchor.quorum, log=note.verifier_key(b"\x77" * 32, cast.ORIGIN, ED25519)))
    with refused("desk.other-log", Refused):
        stranger.now(state)


async def test_a_request_by_qr_is_refused_by_name_and_by_usb_the_cold_machine_signs(
    table: Table, tmp_path: Path
) -> None:
    await table.until("step-sign")
    for witness in table.stage.witnesses:
        witness._logs[cast.ORIGIN] = (table.stage.log_verifier, NEXT)
    await rotate(table)
    await table.officer.synchronise()
    instruction = table.live("psbt").hash
    with refused("desk.log-rotated", Refused):
        await table.officer.request_frames(instruction)
    file = await table.officer.request_to_usb(instruction, tmp_path)
    assert (await table.stage.vault.take_from_usb(file))["may_sign"]
    await table.stage.vault.sign()
    answer = await table.stage.vault.answer_to_usb(tmp_path)
    await table.officer.take_from_usb(answer)
    assert table.desk.state.missing(table.live("psbt")) == 0
