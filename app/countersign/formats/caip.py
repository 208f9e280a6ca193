"""Chains, assets and destinations by CAIP-2, CAIP-19 and CAIP-10, in one canonical spelling each.

- Two namespaces: `bip122` (32 hex digits of the genesis hash) and `eip155` (a decimal chain id without leading zeros).
- A chain's coin is `slip44:0` on every bip122 chain and `slip44:60` on every eip155 chain: the chain already says which
  network it is, so a second coin number for test networks would give one asset two names.
- Tokens are `erc20:` and the ERC-55 address.
- A destination is a lower-case segwit address of that chain's HRP, or an ERC-55 address.

    >>> str(AssetId.parse("eip155:1/slip44:60").chain)
    'eip155:1'
"""

import re
from dataclasses import dataclass
from typing import Self

from countersign.errors import Malformed
from countersign.formats import bech32, eip55
from countersign.formats.excerpt import excerpt

BIP122 = "bip122"
EIP155 = "eip155"
_GENESIS = re.compile(r"[0-9a-f]{32}\Z")
_CHAIN_NUMBER = re.compile(r"[1-9][0-9]{0,15}\Z")
_COIN_NUMBER = {BIP122: "0", EIP155: "60"}
_HRP = {
    "000000000019d6689c085ae165831e93": "bc",
    "000000000933ea01ad0ee984209779ba": "tb",
    "00000000da84f2bafbbc53dee25a72ae": "tb",
    "00000008819873e925422c1ff0f99f7c": "tb",
    "0f9188f13cb7b2c71f2a335e3a4fc328": "bcrt",
}


@dataclass(frozen=True, slots=True, order=True)
class ChainId:
    """One blockchain (CAIP-2): `bip122:0f91…c328`, `eip155:1`."""

    namespace: str
    reference: str

    def __post_init__(self) -> None:
        pattern = {BIP122: _GENESIS, EIP155: _CHAIN_NUMBER}.get(self.namespace)
        if pattern is None or not pattern.match(self.reference):
            raise Malformed("formats.chain", text=excerpt(f"{self.namespace}:{self.reference}"))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises Malformed formats.chain."""
        namespace, _, reference = text.partition(":")
        return cls(namespace, reference)

    def __str__(self) -> str:
        return f"{self.namespace}:{self.reference}"

    @property
    def number(self) -> int:
        """The chain id of an eip155 chain. Raises Malformed formats.chain for another."""
        if self.namespace != EIP155:
            raise Malformed("formats.chain", text=str(self))
        return int(self.reference)


@dataclass(frozen=True, slots=True, order=True)
class AssetId:
    """One asset (CAIP-19): a chain's coin (`slip44`) or a token on it (`erc20`)."""

    chain: ChainId
    namespace: str
    reference: str

    def __post_init__(self) -> None:
        if self.namespace == "slip44" and self.reference == _COIN_NUMBER[self.chain.namespace]:
            return
        if self.namespace == "erc20" and self.chain.namespace == EIP155:
            eip55.parse(self.reference)
            return
        raise Malformed("formats.asset", text=excerpt(str(self)))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises Malformed formats.asset, formats.chain, formats.address or E6.checksum."""
        chain, slash, rest = text.partition("/")
        namespace, colon, reference = rest.partition(":")
        if not slash or not colon:
            raise Malformed("formats.asset", text=excerpt(text))
        return cls(ChainId.parse(chain), namespace, reference)

    def __str__(self) -> str:
        return f"{self.chain}/{self.namespace}:{self.reference}"

    @property
    def is_coin(self) -> bool:
        """Whether this is the chain's own coin, in which its fees are paid."""
        return self.namespace == "slip44"

    @property
    def token(self) -> bytes:
        """The 20-byte contract address of a token. Raises Malformed formats.asset for a coin."""
        if self.is_coin:
            raise Malformed("formats.asset", text=str(self))
        return eip55.parse(self.reference)


@dataclass(frozen=True, slots=True, order=True)
class AccountId:
    """One place on a chain (CAIP-10) that can be paid."""

    chain: ChainId
    address: str

    def __post_init__(self) -> None:
        if self.chain.namespace == EIP155:
            eip55.parse(self.address)
        else:
            bech32.parse_segwit(hrp(self.chain), self.address)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises Malformed: formats.account, formats.chain, or the codes of the address's own spelling."""
        namespace, first, rest = text.partition(":")
        reference, second, address = rest.partition(":")
        if not first or not second:
            raise Malformed("formats.account", text=excerpt(text))
        return cls(ChainId(namespace, reference), address)

    @classmethod
    def of_address(cls, chain: ChainId, address: bytes) -> Self:
        """The account of a 20-byte Ethereum address."""
        return cls(chain, eip55.checksum(address))

    def __str__(self) -> str:
        return f"{self.chain}:{self.address}"

    @property
    def script_pubkey(self) -> bytes:
        """The output script that pays this bip122 account. Raises Malformed formats.account for another chain's."""
        if self.chain.namespace != BIP122:
            raise Malformed("formats.account", text=excerpt(str(self)))
        version, program = bech32.parse_segwit(hrp(self.chain), self.address)
        return bytes([version + 0x50 if version else 0, len(program)]) + program

    @property
    def ethereum_address(self) -> bytes:
        """The 20 bytes of this eip155 account. Raises Malformed formats.account for another chain's."""
        if self.chain.namespace != EIP155:
            raise Malformed("formats.account", text=excerpt(str(self)))
        return eip55.parse(self.address)


BITCOIN_REGTEST = ChainId(BIP122, "0f9188f13cb7b2c71f2a335e3a4fc328")


def coin(chain: ChainId) -> AssetId:
    """The coin of a chain: the asset in which its fees are paid."""
    return AssetId(chain, "slip44", _COIN_NUMBER[chain.namespace])


def hrp(chain: ChainId) -> str:
    """The human-readable part of a bip122 chain's addresses. Raises Malformed formats.chain-unknown."""
    if chain.namespace != BIP122 or chain.reference not in _HRP:
        raise Malformed("formats.chain-unknown", chain=str(chain))
    return _HRP[chain.reference]
