"""B1 for keys: extended keys and their paths belong to the chain that the vault is registered on.

- `xpub` belongs to the main network, `tpub` to every test network, regtest among them; a descriptor never has both;
- in a path of BIP-44, 48, 49, 84, 86 or 87 the second step is the coin type: 0' main, 1' test. Other paths say nothing.

    demand(descriptor.keys, "bcrt")     before a vault is registered or used on a regtest chain
"""

from collections.abc import Iterable
from typing import Protocol

from countersign.bitcoin.bip32 import HARDENED, ExtendedKey, Network
from countersign.errors import Refused

_PURPOSES = frozenset(HARDENED + number for number in (44, 48, 49, 84, 86, 87))
_COIN_TYPE = {Network.MAIN: HARDENED, Network.TEST: HARDENED + 1}


class KeyOnNetwork(Protocol):
    """What is looked at: a `DescriptorKey` or a `KeyExpression`."""

    @property
    def path(self) -> tuple[int, ...]:
        """The steps from the key of the origin's fingerprint."""

    @property
    def extended(self) -> ExtendedKey | None:
        """The extended key, or None for a plain one."""


def of_hrp(hrp: str) -> Network:
    """The network of an address prefix: `bc` is the main one."""
    return Network.MAIN if hrp == "bc" else Network.TEST


def of_keys(keys: Iterable[KeyOnNetwork]) -> Network | None:
    """The network of the extended keys, None if there are none. Refused: bitcoin.mixed-networks."""
    found = {key.extended.network for key in keys if key.extended is not None}
    if len(found) > 1:
        raise Refused("bitcoin.mixed-networks")
    return found.pop() if found else None


def demand(keys: Iterable[KeyOnNetwork], hrp: str) -> None:
    """Refuse keys of another network than that of `hrp`. Refused: bitcoin.key-network, bitcoin.key-coin-type."""
    expected = of_hrp(hrp)
    for number, key in enumerate(keys, 1):
        if key.extended is not None and key.extended.network is not expected:
            raise Refused("bitcoin.key-network", key=number, found=key.extended.network.value, expected=expected.value)
        if key.path[:1] and key.path[0] in _PURPOSES and key.path[1:2] != (_COIN_TYPE[expected],):
            raise Refused("bitcoin.key-coin-type", key=number, expected=_COIN_TYPE[expected] - HARDENED)
