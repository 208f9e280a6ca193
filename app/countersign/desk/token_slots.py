"""Slots over keys in tokens after the founding: a keyring's new keys for an officer's entry, and the file that describes the slots.

- A keyring (`desk keyring`) tells a token's public keys by their labels, which say what a key is for (`ceremony`).
- What is registered already stays as it is registered; nothing is withdrawn here.
- Slot N of vault V is over the keys that the tokens call `btc V N`, in the order of the keyrings.

    officer_body(roster, "ada", ring)
    described(2, rings, "m-btc", range(4, 8))
"""

from collections.abc import Iterable, Sequence

from countersign.bitcoin import descriptor, vault
from countersign.desk import ceremony, common_changes
from countersign.desk.ceremony import Keyring
from countersign.errors import Refused
from countersign.keys.public_key import PublicKey
from countersign.settlement.roster import Roster


def officer_body(roster: Roster, officer: str, ring: Keyring) -> dict[str, object]:
    """The body of `roster.changed` that registers what is new in a keyring as an officer's.

    Refused: settlement.unknown-officer; desk.keyring-known where nothing is new.
    """
    known = roster.officer(officer)
    entry = common_changes.officer_entry(known)
    told = ceremony.officer_entry(known.id, known.name, [role.value for role in known.roles], ring)
    have = {each.key.kid for each in known.keys}
    fresh = [each for each in _keys(told) if PublicKey.from_jwk(each["jwk"]).kid not in have]
    if not fresh:
        raise Refused("desk.keyring-known", token=ring.label, officer=officer)
    return {"officers": [{**entry, "keys": [*_keys(entry), *fresh]}]}


def described(threshold: int, rings: Sequence[Keyring], name: str, numbers: Iterable[int]) -> bytes:
    """A descriptor file of these slots of a vault, a line each. Refused: desk.no-key; what refuses the descriptors."""
    slots = [
        descriptor.of_keys(threshold, [ring.key(ceremony.coin_label(name, number)).data for ring in rings])
        for number in numbers
    ]
    return vault.of(slots).serialise().encode()


def _keys(entry: dict[str, object]) -> list[dict[str, object]]:
    found = entry["keys"]
    assert isinstance(found, list)
    return found
