"""Ethereum: one obligation of a Safe ⇄ one SafeTx.

DESIGN.md §8. In this version an instruction is one ERC-20 `transfer` or one payment of ether, operation 0, no refund.

- `build` makes the SafeTx of an obligation, `serialise` its file; the digest is always rebuilt from the fields.
- Before every signature `digest` asks the second implementation (eth-account) too, and refuses if the two differ.
- A share is one owner's 65 bytes; `combine` orders owners; `finalise` gives the call that executes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from countersign.errors import Refused
from countersign.ethereum import eip712, erc20, execute, safe_file, signatures
from countersign.ethereum.abi import Address, Digest
from countersign.ethereum.safe import ClaimedSafeTx, SafeTx, plain_tx, require_signable
from countersign.ethereum.signatures import OwnerSignature
from countersign.formats import caip, eip55
from countersign.keys.public_key import PublicKey
from countersign.settlement.netting import Obligation
from countersign.settlement.roster import Roster, SafeVault


def build(owed: Sequence[Obligation], vault: SafeVault, nonce: int) -> SafeTx:
    """The Safe transaction that discharges this vault's one obligation. Refused("rails.one-obligation")."""
    if len(owed) != 1 or owed[0].vault != vault.id:
        raise Refused("rails.one-obligation", vault=vault.id, count=len(owed))
    (one,) = owed
    asset, recipient = caip.AssetId.parse(one.asset), Address(caip.AccountId.parse(one.destination).ethereum_address)
    chain, safe = asset.chain.number, Address(eip55.parse(vault.address))
    if asset.is_coin:
        return plain_tx(chain, safe, recipient, one.amount, b"", nonce)
    data = erc20.encode(erc20.Transfer(recipient, one.amount))
    return plain_tx(chain, safe, Address(asset.token), 0, data, nonce)


def serialise(tx: SafeTx) -> bytes:
    """Our file form with the digest computed here."""
    return safe_file.serialise(tx)


def parse(data: bytes) -> ClaimedSafeTx:
    """Our file form. Malformed."""
    return safe_file.parse(data)


def digest(data: bytes) -> Digest:
    """What an owner signs, from the fields, agreed by both implementations. Malformed; Refused E1.version, E2.…"""
    tx = parse(data).tx
    require_signable(tx)
    return eip712.agree(tx)


def owners(vault: SafeVault, roster: Roster) -> tuple[Address, ...]:
    """The registered owners' addresses, ascending."""
    return tuple(sorted(Address(roster.ever(kid).key.ethereum_address()) for kid in vault.keys))


def make_share(data: bytes, key: PublicKey, rs: bytes) -> bytes:
    """The 65 bytes of one owner from a token's r‖s, verified by recovery. Refused: E9.*."""
    return signatures.from_token(key, parse(data).tx.digest, rs).signature


def accept_share(data: bytes, share: bytes, keys: Sequence[PublicKey]) -> None:
    """Refuse bytes that are not one of these keys' plain signature over the digest rebuilt here. E9.*."""
    found = signatures.recover(parse(data).tx.digest, share)
    signatures.require_owner(found, [Address(key.ethereum_address()) for key in keys])


def combine(data: bytes, shares: Sequence[bytes]) -> tuple[OwnerSignature, ...]:
    """The owners' signatures in the order a Safe wants. Refused: E9.*."""
    tx = parse(data).tx
    blob = signatures.combine(signatures.recover(tx.digest, share) for share in shares)
    return tuple(signatures.recover(tx.digest, one) for one in signatures.split(blob))


@dataclass(frozen=True, slots=True)
class Finished:
    """The call that executes, verified again: `to` the Safe in EIP-55, `calldata`, and the signatures in order."""

    to: str
    calldata: bytes
    signatures: tuple[OwnerSignature, ...]


def finalise(data: bytes, shares: Sequence[bytes], vault: SafeVault, roster: Roster) -> Finished:
    """`execTransaction` with exactly the threshold of signatures, every one verified again. Refused: E9.*."""
    tx = parse(data).tx
    ordered = combine(data, shares)[: vault.threshold]
    blob = b"".join(one.signature for one in ordered)
    verified = signatures.verify(tx.digest, blob, owners(vault, roster), vault.threshold)
    return Finished(eip55.checksum(tx.safe), execute.encode(tx, blob), verified)
