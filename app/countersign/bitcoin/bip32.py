"""Extended public keys and what unhardened derivation makes of them (BIP-32).

    base58check( 4-byte version ‖ depth ‖ 4-byte parent fingerprint ‖ u32be child number ‖ 32-byte chain code ‖ 33-byte key )

- public keys only, `xpub` of the main network and `tpub` of every test network: `serialise(parse(text)) == text`;
- a private key is refused by name and never becomes a value; SLIP-132's letters (`ypub`, `Zpub`, …) say in the version
  what a descriptor says in words, so they are refused with the advice to export the key as `xpub`;
- depth 0 has neither a parent nor a number; a number of 2^31 and more is hardened and cannot be derived here.

    account = parse("xpub…"); derive(account, (0, 7)).public        # 33 bytes
"""

import hmac
import struct
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from countersign.bitcoin import script
from countersign.errors import Malformed, Refused
from countersign.formats import base58
from countersign.keys import tweak
from countersign.keys.public_key import Curve, PublicKey

HARDENED = 1 << 31
_FIELDS = struct.Struct(">4sB4sI32s33s")


class Network(StrEnum):
    """Which chains a key is for. All test networks, regtest among them, share one."""

    MAIN = "main"
    TEST = "test"


_PUBLIC = {bytes.fromhex("0488b21e"): Network.MAIN, bytes.fromhex("043587cf"): Network.TEST}
_VERSION = {network: version for version, network in _PUBLIC.items()}
_PRIVATE = frozenset(map(bytes.fromhex, ("0488ade4", "04358394")))
# SLIP-132's registered versions: the letters they give, and whether the key behind them is private.
_SLIP_132 = {
    bytes.fromhex(version): name
    for version, name in (
        ("049d7cb2", "ypub"), ("04b24746", "zpub"), ("0295b43f", "Ypub"), ("02aa7ed3", "Zpub"),
        ("044a5262", "upub"), ("045f1cf6", "vpub"), ("024289ef", "Upub"), ("02575483", "Vpub"),
    )
}  # fmt: skip
_SLIP_132_PRIVATE = frozenset(
    map(
        bytes.fromhex,
        ("049d7878", "04b2430c", "0295b005", "02aa7a99", "044a4e28", "045f18bc", "024285b5", "02575048"),
    )
)


@dataclass(frozen=True, slots=True)
class ExtendedKey:
    """A public key with its chain code and its place in the tree. `parse` makes one."""

    network: Network
    depth: int
    parent: bytes
    """The parent's fingerprint, 4 bytes; zeros at depth 0."""
    number: int
    """The child number, HARDENED included."""
    chain_code: bytes = field(repr=False)
    public: bytes
    """33 bytes."""

    @property
    def fingerprint(self) -> bytes:
        """The first four bytes of the key's HASH160: a hint for devices, never an identity."""
        return script.fingerprint(self.public)

    def child(self, number: int) -> "ExtendedKey":
        """The unhardened child. Refused: bitcoin.extended-key-hardened. Malformed: bitcoin.extended-key-depth."""
        public, chain_code = self.step(number)
        if self.depth == 255:
            raise Malformed("bitcoin.extended-key-depth")
        return ExtendedKey(self.network, self.depth + 1, self.fingerprint, number, chain_code, public)

    def step(self, number: int) -> tuple[bytes, bytes]:
        """The child's key (33 bytes) and chain code alone: CKDpub. Refused: bitcoin.extended-key-hardened."""
        if not 0 <= number < HARDENED:
            raise Refused("bitcoin.extended-key-hardened")
        made = hmac.digest(self.chain_code, self.public + number.to_bytes(4), "sha512")
        return tweak.add(self.public, made[:32]), made[32:]


def parse(text: str) -> ExtendedKey:
    """The extended public key of a text.

    Malformed: formats.base58-*, bitcoin.extended-key-length, -version, -prefix, -depth, keys.not-on-curve.
    Refused: bitcoin.extended-key-private, bitcoin.extended-key-slip-132.
    """
    data = base58.decode(text)
    if len(data) != _FIELDS.size:
        raise Malformed("bitcoin.extended-key-length", found=len(data), expected=_FIELDS.size)
    version, depth, parent, number, chain_code, public = _FIELDS.unpack(data)
    network = _network(version)
    if public[0] not in (2, 3):
        raise Malformed("bitcoin.extended-key-prefix")
    if depth == 0 and (number or any(parent)):
        raise Malformed("bitcoin.extended-key-depth")
    PublicKey(Curve.SECP256K1, public)
    return ExtendedKey(network, depth, parent, number, chain_code, public)


def _network(version: bytes) -> Network:
    if version in _PRIVATE or version in _SLIP_132_PRIVATE:
        raise Refused("bitcoin.extended-key-private")
    if version in _SLIP_132:
        raise Refused("bitcoin.extended-key-slip-132", found=_SLIP_132[version])
    if version not in _PUBLIC:
        raise Malformed("bitcoin.extended-key-version")
    return _PUBLIC[version]


def serialise(key: ExtendedKey) -> str:
    """The reverse of `parse`."""
    return base58.encode(
        _FIELDS.pack(_VERSION[key.network], key.depth, key.parent, key.number, key.chain_code, key.public)
    )


@lru_cache(maxsize=1024)
def derive(key: ExtendedKey, steps: tuple[int, ...]) -> ExtendedKey:
    """The descendant at these unhardened steps. Refused, Malformed: as `ExtendedKey.child`."""
    return derive(key, steps[:-1]).child(steps[-1]) if steps else key
