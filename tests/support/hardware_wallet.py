"""A third-party signing device in software, over embit's own BIP-32 and PSBT code: it shares no line with ours.

device = Device("ada")
device.expression            # [fingerprint/48'/1'/0'/2']tpub…/<0;1>/*
device.sign(psbt)            # the whole PSBT back, with this device's partial signatures
"""

from functools import cached_property
from hashlib import sha256

from embit import bip32
from embit.descriptor.checksum import add_checksum
from embit.networks import NETWORKS
from embit.psbt import PSBT

from countersign.keys.curve import Curve
from countersign.keys.public_key import PublicKey

PATH = "48h/1h/0h/2h"


class Device:
    """One seed, one account (BIP-48: native segwit multisig, test networks)."""

    def __init__(self, name: str, account: int = 0, network: str = "regtest") -> None:
        self.name = name
        self._root = bip32.HDKey.from_seed(sha256(f"device {name}".encode()).digest())
        self._path = f"m/48h/{0 if network == 'main' else 1}h/{account}h/2h"
        self._version = NETWORKS[network]["xpub"]

    @cached_property
    def _account(self) -> bip32.HDKey:
        return self._root.derive(self._path)

    @property
    def public(self) -> PublicKey:
        """The account's own public key: what the roster registers."""
        return PublicKey.from_sec1(Curve.SECP256K1, self._account.to_public().key.sec())

    @property
    def kid(self) -> str:
        """Its thumbprint."""
        return self.public.kid

    @property
    def origin(self) -> str:
        """`[fingerprint/path]tpub…`."""
        path = self._path.removeprefix("m").replace("h", "'")
        return f"[{self._root.my_fingerprint.hex()}{path}]{self._account.to_public().to_base58(self._version)}"

    @property
    def expression(self) -> str:
        """The key expression of a ranged vault."""
        return f"{self.origin}/<0;1>/*"

    def account_secret(self) -> bytes:
        """32 bytes: the account's private key, with which the device signs its BSMS key record."""
        return bytes(self._account.key.serialize())

    def child(self, branch: int, index: int) -> bytes:
        """33 bytes: the public key of one place."""
        return bytes(self._account.derive([branch, index]).to_public().key.sec())

    def sign(self, psbt: bytes) -> bytes:
        """The PSBT with a signature for every input that names one of this device's keys."""
        found = PSBT.parse(psbt)
        found.sign_with(self._root)
        return bytes(found.serialize())


def described(threshold: int, expressions: list[str]) -> str:
    """`wsh(sortedmulti(…))#checksum` over these key expressions, the checksum embit's."""
    return str(add_checksum(f"wsh(sortedmulti({threshold},{','.join(expressions)}))"))
