"""The world of `settlement_world` in which Meridian's bitcoin lies in a vault of extended keys, on three devices.

desk = founded()                                     # as settlement_world.founded()
share_step(psbt, "officer-a")                        # the officer's share: one key covers every place
"""

from collections.abc import Callable
from functools import cache

from support import settlement_world as world
from support.hardware_wallet import Device, described

VAULT = "meridian-btc"


@cache
def device(officer: str, account: int = 0) -> Device:
    """The device of an officer."""
    return Device(officer, account)


def officer_key(officer: str, account: int = 0) -> dict[str, object]:
    """The roster's entry of a device's account key: its token names the device."""
    named = {"serial": f"device-{officer}", "label": f"device {officer}", "model": "embit"}
    key = device(officer, account).public.jwk()
    label = f"account {account}"
    return {"purpose": "bip122", "jwk": key, "token": named, "label": label, "online": officer == "officer-a"}


def descriptor(account: int = 0) -> str:
    """Two of the three devices, `…/<0;1>/*`."""
    return described(2, [device(officer, account).expression for officer in world.COSIGNERS])


def vault_entry(account: int = 0, **changes: object) -> dict[str, object]:
    """The roster's entry of the vault."""
    found: dict[str, object] = {
        "id": VAULT,
        "kind": "wsh-ranged",
        "owner": {"lei": world.MERIDIAN, "book": "main"},
        "chain": world.BITCOIN,
        "threshold": 2,
        "descriptor": descriptor(account),
        "keys": sorted(device(officer, account).kid for officer in world.COSIGNERS),
    }
    return found | changes


def address(branch: int, index: int) -> str:
    """The vault's address at a place, by the devices' own derivation."""
    return world.multisig_address(device(officer).child(branch, index) for officer in world.COSIGNERS)


def put_in(body: dict[str, object]) -> None:
    """Change the body of a founding: Meridian's bitcoin vault is ranged and paid at 0/0, the officers' devices are registered."""
    body["vaults"] = [vault_entry() if each["id"] == VAULT else each for each in _list(body["vaults"])]
    world.pay_at(body, VAULT, address(0, 0))
    for officer in _list(body["officers"]):
        if officer["id"] in world.COSIGNERS:
            _list(officer["keys"]).append(officer_key(str(officer["id"])))


def _list(value: object) -> list[dict[str, object]]:
    assert isinstance(value, list)
    return value


def founded(change: Callable[[dict[str, object]], None] = put_in) -> world.Desk:
    """As `settlement_world.founded`, in this world."""
    body = world.founding_body()
    change(body)
    desk = world.founded_by(body).copy()
    desk.deposit("meridian", world.BTC, 30_000_000_000, 1)
    desk.deposit("harbour", world.USDC, 25_000_000_000_000, 1)
    return desk


def share_step(instruction: str, officer: str, **changes: object) -> "world.Step":
    """`share.added` with the one key that covers every place."""
    body = world.share_body(instruction, officer, VAULT) | {"keys": [device(officer).kid]}
    return "share.added", ["desk", officer], body | changes
