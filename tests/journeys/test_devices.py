"""A leg paid from a vault of extended keys, and one from mixed slots, to final: third-party devices sign, files go to and fro."""

from pathlib import Path

from countersign.bitcoin import ranged
from countersign.demonstration import cast
from countersign.rails import wallets
from support import device_stage
from support.device_stage import console_of, device, signed_on_device
from support.software_stage import Table, silent

A, D = cast.OFFICER_A.id, cast.OFFICER_D.id


async def settled(table: Table, *, a_has_a_device: bool) -> None:
    """Officers A and D sign both legs, D the coins on a device; released and final."""
    await table.until("step-prepare")
    psbt, safe = table.live("psbt").hash, table.live("safe-tx").hash
    dora = await console_of(table, D)
    await table.officer.unlock(table.stage.ask_pin)
    if a_has_a_device:
        await signed_on_device(table.officer, device(A), psbt)
    else:
        await table.officer.sign(psbt, silent)
    await table.officer.sign(safe, silent)
    await signed_on_device(dora, device(D), psbt)
    await dora.sign(safe, silent)
    assert table.contract_state == "signed"
    await table.story.release()
    await table.story.finish()
    assert table.contract_state == "final"


async def test_a_leg_is_paid_from_a_vault_of_extended_keys(tmp_path: Path) -> None:
    """Three devices hold the keys; change goes to the lowest unused place of branch 1, and the books balance with the chain."""
    table = device_stage.ranged(tmp_path)
    await settled(table, a_has_a_device=True)
    desk = table.desk
    (paying,) = wallets.paying(desk.state, [cast.SELLER.coins])
    (coin,) = await table.stage.bitcoin.coins(paying.scripts)
    assert paying.slot_of(coin.script_pubkey) == ranged.place(ranged.CHANGE, 1)  # a deposit lies at 1/0
    assert desk.state.high_water(cast.SELLER.coins) == 1
    shares = table.live("psbt").shares
    assert [each.keys for each in shares] == [(device(A).kid,), (device(D).kid,)]
    await table.stage.aclose()


async def test_a_leg_is_paid_from_mixed_slots(tmp_path: Path) -> None:
    """One share comes from officer A's token, the other from officer D's device."""
    table = device_stage.mixed(tmp_path)
    await settled(table, a_has_a_device=False)
    first, second = table.live("psbt").shares
    assert len(first.keys) == 3
    assert second.keys == (device(D).kid,)
    await table.stage.aclose()
