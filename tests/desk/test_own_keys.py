"""Where an officer's keys for an instruction lie, and what is still open: a share for one vault does not hide another."""

from dataclasses import replace
from pathlib import Path

import pytest

from countersign.demonstration import cast
from countersign.desk import own_keys, row
from countersign.settlement.records import Instruction, Share
from countersign.settlement.state import State
from support import device_stage
from support.device_stage import console_of, device
from support.software_stage import Table

D = cast.OFFICER_D.id
COINS, MORE = cast.SELLER.coins, cast.BUYER.coins
"""Officer D's key of the first lies in a device, those of the second in a token."""


@pytest.fixture
async def table(tmp_path: Path):  # type: ignore[no-untyped-def]
    found = device_stage.mixed(tmp_path)
    await found.until("step-prepare")
    yield found
    await found.stage.aclose()


def paid_by_both(table: Table, *shares: tuple[str, str]) -> tuple[State, Instruction]:
    """The prepared PSBT as if both institutions' vaults paid in it, with these shares (officer, vault)."""
    live, roster = table.live("psbt"), table.desk.state.roster
    given = [
        Share(officer, vault, tuple(sorted(set(roster.vault(vault).keys))), live.artefact, live.index + 1)
        for officer, vault in shares
    ]
    found = replace(live, group=replace(live.group, vaults=(MORE, COINS)), shares=tuple(given))
    return replace(table.desk.state, instructions=table.desk.state.instructions.set(live.hash, found)), found


def where(state: State, instruction: Instruction) -> tuple[int, list[str]]:
    """How many keys of officer D's token are open, and which of their device's."""
    found = own_keys.waiting(state, D, instruction)
    return len(found.token), [each.key.kid for each in found.device]


async def test_token_and_device_are_both_asked_until_each_has_signed(table: Table) -> None:
    both = paid_by_both(table)
    assert where(*both) == (cast.SLOTS, [device(D).kid])
    assert row.can_sign(*both, D)
    by_token = paid_by_both(table, (D, MORE))
    assert where(*by_token) == (0, [device(D).kid])
    assert row.can_sign(*by_token, D)
    assert not own_keys.gave_all(by_token[0], D, by_token[1])
    by_device = paid_by_both(table, (D, COINS))
    assert where(*by_device) == (cast.SLOTS, [])
    assert row.can_sign(*by_device, D)
    done = paid_by_both(table, (D, MORE), (D, COINS))
    assert where(*done) == (0, [])
    assert not row.can_sign(*done, D)
    assert own_keys.gave_all(done[0], D, done[1])


async def test_a_vault_whose_quorum_is_complete_asks_nobody(table: Table) -> None:
    full = paid_by_both(table, (cast.OFFICER_A.id, COINS), (cast.OFFICER_C.id, COINS))
    assert where(*full) == (cast.SLOTS, [])
    assert row.can_sign(*full, D)
    whole = paid_by_both(
        table, *((officer, vault) for officer in ("officer-a", "officer-c") for vault in (COINS, MORE))
    )
    assert not row.can_sign(*whole, D)


async def test_what_is_to_be_signed_names_the_token_and_the_device(table: Table) -> None:
    dora = await console_of(table, D)
    views = {each.instruction.kind: each for each in await dora.to_sign(table.story.contract)}
    (found,) = views["psbt"].devices
    assert (found.label, found.serial, found.model) == (f"device {D}", f"device-{D}", "embit")
    assert found.account == "account 0"
    assert {bytes.fromhex(each) for each in found.keys} <= {device(D).child(0, slot) for slot in range(cast.SLOTS)}
    assert found.keys
    assert (views["psbt"].keys, views["psbt"].inputs) == ((), 0)
    assert (views["safe-tx"].devices, len(views["safe-tx"].keys)) == ((), 1)


async def test_a_settlement_stays_to_be_signed_by_the_device_after_the_token(table: Table) -> None:
    dora = await console_of(table, D)
    dora.replica.state, found = paid_by_both(table, (D, MORE))
    (view,) = [each for each in await dora.to_sign(table.story.contract) if each.instruction.kind == "psbt"]
    assert [each.serial for each in view.devices] == [f"device-{D}"]
    assert (view.keys, view.instruction.signed_by_me) == ((), False)
    dora.replica.state, _ = paid_by_both(table, (D, MORE), (D, COINS))
    assert found.hash not in {each.instruction.instruction for each in await dora.to_sign(table.story.contract)}
    review = await dora.review(table.story.contract)
    assert [each.signed_by_me for each in review.instructions if each.kind == "psbt"] == [True]
