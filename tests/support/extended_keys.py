"""Extended keys in software, for tests only: a tree from a seed, its account at BIP-48's path, private leaves for signing."""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256

from embit import bip32

from countersign.bitcoin import descriptor_checksum
from support.software_keys import Curve, SoftwareKey

HARDENED = 1 << 31
TEST_PATH = (48, 1, 0, 2)
MAIN_PATH = (48, 0, 0, 2)
_VERSION = {"main": b"\x04\x88\xb2\x1e", "test": b"\x04\x35\x87\xcf"}


@dataclass(frozen=True, slots=True)
class Account:
    """One device's account: its extended public key with origin, and the private key of any place of it."""

    root: bip32.HDKey
    path: tuple[int, ...]
    network: str

    @property
    def fingerprint(self) -> bytes:
        """The master key's."""
        return bytes(self.root.my_fingerprint)

    @property
    def xpub(self) -> str:
        """The extended public key at `path`."""
        return _xpub(self)

    @property
    def expression(self) -> str:
        """`[fingerprint/48'/1'/0'/2']tpub…`."""
        return f"[{self.fingerprint.hex()}{''.join(f'/{step}h' for step in self.path)}]{self.xpub}"

    def secret(self, *steps: int) -> SoftwareKey:
        """The private key at plain steps behind the account."""
        node = self.root.derive([*(HARDENED + step for step in self.path), *steps])
        return SoftwareKey(Curve.SECP256K1, node.key.serialize())


@cache
def _xpub(of: Account) -> str:
    node = of.root.derive([HARDENED + step for step in of.path]).to_public()
    return str(node.to_base58(version=_VERSION[of.network]))


@cache
def account(seed: str, path: tuple[int, ...] = TEST_PATH, network: str = "test") -> Account:
    """The account that this seed always gives."""
    return Account(bip32.HDKey.from_seed(sha256(seed.encode()).digest()), path, network)


def summed(body: str) -> str:
    """The descriptor with its checksum."""
    return f"{body}#{descriptor_checksum.checksum(body)}"


def sortedmulti(threshold: int, *keys: str) -> str:
    """`wsh(sortedmulti(…))#checksum` of these key expressions."""
    return summed(f"wsh(sortedmulti({threshold},{','.join(keys)}))")


def ranged_text(name: str, threshold: int = 2, cosigners: int = 3) -> str:
    """The ranged test vault that this name always gives."""
    return sortedmulti(threshold, *(f"{account(f'{name}/{who}').expression}/<0;1>/*" for who in range(cosigners)))
