"""The world of `settlement_world` in which officer D's keys in Meridian's slots are a device's: `…/0/<slot>` of one account."""

from functools import cache

from support import settlement_world as world
from support.hardware_wallet import Device, described

VAULT = "meridian-btc"
OFFICER = "officer-d"


@cache
def device(officer: str = OFFICER) -> Device:
    """The device of an officer."""
    return Device(f"mixed {officer}")


def _slot(slot: int) -> dict[str, object]:
    tokens = [world.vault_key(officer, "bip122", "meridian", slot).public for officer in world.COSIGNERS[:2]]
    expressions = [*(key.data.hex() for key in tokens), f"{device().origin}/0/{slot}"]
    return {
        "number": slot,
        "descriptor": described(2, expressions),
        "keys": [*(key.kid for key in tokens), device().kid],
    }


def address(slot: int) -> str:
    """The address of a slot."""
    tokens = (world.vault_key(officer, "bip122", "meridian", slot).public.data for officer in world.COSIGNERS[:2])
    return world.multisig_address([*tokens, device().child(0, slot)])


def put_in(body: dict[str, object]) -> None:
    """Change the body of a founding: Meridian's slots hold two token keys and a child of officer D's device each."""
    for vault in body["vaults"]:  # type: ignore[attr-defined]
        if vault["id"] == VAULT:
            vault["slots"] = [_slot(slot) for slot in range(world.SLOTS)]
    world.pay_at(body, VAULT, address(3))
    named = {"serial": "device-d", "label": "device of officer D", "model": "embit"}
    key = {"purpose": "bip122", "jwk": device().public.jwk(), "token": named, "label": "account 0", "online": False}
    for officer in body["officers"]:  # type: ignore[attr-defined]
        if officer["id"] == OFFICER:
            officer["keys"].append(key)
