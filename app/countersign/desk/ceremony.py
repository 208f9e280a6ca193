"""What a founding ceremony writes down: persons with their keys, parties, vaults, as the entries of `desk.founded`.

- A vault's slots and a Safe are made from the officers' own keys: nobody types a key.
- Key labels in tokens say what a key is for: `identity`, `btc <vault> <slot>`, `safe <vault>`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from countersign.bitcoin import descriptor
from countersign.errors import Refused
from countersign.ethereum import deployments
from countersign.ethereum.safe import CURRENT
from countersign.formats import caip
from countersign.keys.public_key import PublicKey
from countersign.rails import wallets
from countersign.settlement.roster import SafeVault, Vault

IDENTITY = "identity"
FALLBACK_HANDLER = deployments.canonical("CompatibilityFallbackHandler", CURRENT).text


@dataclass(frozen=True, slots=True)
class Keyring:
    """A person's token and the public keys in it, by label."""

    serial: str
    label: str
    model: str
    keys: Mapping[str, PublicKey]
    online: bool

    def key(self, label: str) -> PublicKey:
        """The key under a label. Refused("desk.no-key")."""
        if label not in self.keys:
            raise Refused("desk.no-key", label=label, token=self.label)
        return self.keys[label]


def coin_label(vault: str, slot: int) -> str:
    """The label of an officer's key in one slot of a Bitcoin vault."""
    return f"btc {vault} {slot}"


def safe_label(vault: str) -> str:
    """The label of an officer's key that owns a Safe."""
    return f"safe {vault}"


def officer_entry(person: str, name: str, roles: Sequence[str], ring: Keyring) -> dict[str, object]:
    """The roster's entry of an officer with every key of the token."""
    keys = [
        {
            "purpose": _purpose(label),
            "jwk": key.jwk(),
            "token": {"serial": ring.serial, "label": ring.label, "model": ring.model},
            "label": label,
            "online": ring.online,
        }
        for label, key in sorted(ring.keys.items())
    ]
    return {"id": person, "name": name, "roles": sorted(roles), "keys": keys}


def _purpose(label: str) -> str:
    return {"btc": caip.BIP122, "safe": caip.EIP155}.get(label.split(" ", 1)[0], IDENTITY)


def participant_entry(
    lei: str, name: str, certified_until: str, keys: Sequence[PublicKey], books: Sequence[str] = ("main",)
) -> dict[str, object]:
    """The roster's entry of a participant with its books."""
    return {
        "lei": lei,
        "name": name,
        "certified_until": certified_until,
        "suspended": False,
        "keys": [key.jwk() for key in keys],
        "books": sorted(books),
    }


def slot_vault_entry(
    vault: str, lei: str, chain: str, threshold: int, slots: int, rings: Sequence[Keyring], book: str = "main"
) -> dict[str, object]:
    """A Bitcoin vault: `slots` numbered descriptors, each over one key of every ring."""
    return {
        "id": vault,
        "kind": "wsh-slots",
        "owner": {"lei": lei, "book": book},
        "chain": chain,
        "threshold": threshold,
        "slots": [
            {
                "number": number,
                "descriptor": descriptor.of_keys(threshold, [key.data for key in keys]).text,
                "keys": [key.kid for key in keys],
            }
            for number, keys in (
                (number, [ring.key(coin_label(vault, number)) for ring in rings]) for number in range(slots)
            )
        ],
    }


def safe_vault_entry(
    vault: str,
    lei: str,
    chain: str,
    threshold: int,
    address: str,
    singleton: str,
    rings: Sequence[Keyring],
    book: str = "main",
    handler: str | None = FALLBACK_HANDLER,
) -> dict[str, object]:
    """A Safe 1.4.1 at `address` (EIP-55) over one key of every ring, with the release's own fallback handler."""
    return {
        "id": vault,
        "kind": "safe",
        "owner": {"lei": lei, "book": book},
        "chain": chain,
        "threshold": threshold,
        "address": address,
        "version": "1.4.1",
        "singleton": singleton,
        "fallback_handler": handler,
        "keys": sorted(ring.key(safe_label(vault)).kid for ring in rings),
    }


def safe_owners(vault: str, rings: Sequence[Keyring]) -> tuple[bytes, ...]:
    """The owners' 20-byte addresses of a Safe over these rings."""
    return tuple(ring.key(safe_label(vault)).ethereum_address() for ring in rings)


def slot_address(entry: Mapping[str, object], number: int) -> str:
    """The address of one slot of a `slot_vault_entry`."""
    slots, chain = entry["slots"], caip.ChainId.parse(str(entry["chain"]))
    if not isinstance(slots, list):
        raise Refused("desk.no-free-slot", vault=str(entry["id"]))
    return descriptor.parse(str(slots[number]["descriptor"])).address(caip.hrp(chain))


def destination_entry(account: str, lei: str, vault: str, book: str = "main") -> dict[str, object]:
    """A registered destination of a party, lying in its own vault."""
    return {"account": account, "owner": {"lei": lei, "book": book}, "vault": vault}


def registered_address(vault: Vault, slot: int) -> str:
    """A registered vault's address: of one slot of a Bitcoin vault, or the Safe's own (EIP-55)."""
    if isinstance(vault, SafeVault):
        return vault.address
    return wallets.read(vault).descriptor(slot).address(caip.hrp(caip.ChainId.parse(vault.chain)))
