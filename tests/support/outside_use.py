"""A Safe's owners who act outside the log: enough of their keys sign a call by another interface, and somebody sends it.

await used_outside(table.desk.state.roster, vault, keys(table), node)     # one number, for an empty call
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

from countersign.ethereum import erc20, execute
from countersign.ethereum.abi import Address
from countersign.ethereum.safe import SafeTx, plain_tx
from countersign.formats import caip, eip55
from countersign.keys.public_key import Curve
from countersign.settlement.roster import Roster, SafeVault
from support.ethereum_mutations import blob
from support.software_keys import SoftwareKey
from support.software_stage import Table


class Chain(Protocol):
    async def safe_nonce(self, safe: str, confirmations: int = 1) -> int: ...
    async def broadcast(self, to: str, data: bytes) -> str: ...


def keys(table: Table) -> tuple[SoftwareKey, ...]:
    """Every vault key of this stage's tokens."""
    tokens = [*table.stage.bearers.values(), table.stage.vault.token]
    return tuple(key for token in tokens for key in token.labels.values() if key.public.curve is Curve.SECP256K1)


def owners(roster: Roster, vault: SafeVault, known: Iterable[SoftwareKey]) -> Sequence[SoftwareKey]:
    """As many of the Safe's owners as must sign, ascending by address."""
    held = sorted({key.public.ethereum_address(): key for key in known if key.public.kid in vault.keys}.items())
    return [key for _, key in held][: vault.threshold]


async def used_outside(
    roster: Roster,
    vault: SafeVault,
    known: Iterable[SoftwareKey],
    chain: Chain,
    *,
    tokens: tuple[str, int] | None = None,
) -> str:
    """One number used by its owners: for an empty call, or to send a token (address, units) away. The transaction."""
    nonce = await chain.safe_nonce(vault.address)
    tx = _call(vault, nonce, tokens)
    signed = execute.encode(tx, blob(tx, owners(roster, vault, known)))
    return await chain.broadcast(vault.address, signed)


def _call(vault: SafeVault, nonce: int, tokens: tuple[str, int] | None) -> SafeTx:
    number, safe = caip.ChainId.parse(vault.chain).number, Address(eip55.parse(vault.address))
    if tokens is None:
        return plain_tx(number, safe, safe, 0, b"", nonce)
    token, units = tokens
    data = erc20.encode(erc20.Transfer(Address(b"\xab" * 20), units))
    return plain_tx(number, safe, Address(eip55.parse(token)), 0, data, nonce)
