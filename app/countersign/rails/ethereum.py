"""Ethereum: what one Safe owes ⇄ one SafeTx.

DESIGN.md §8. An instruction is one ERC-20 `transfer` or one payment of ether, operation 0; where a Safe owes several,
one delegate call to the MultiSendCallOnly of its own release makes them all or none. No refund.

- `build` makes the SafeTx, payments in the order of the obligations; `serialise` its file; the digest is always rebuilt
  from the fields.
- `readback` sets every call beside an obligation (`safe_payments.pair`); in another order they pay the same.
- Before every signature `digest` asks the second implementation (eth-account) too, and refuses if the two differ.
- A share is one owner's 65 bytes; `combine` orders owners; `finalise` gives the call that executes.
- `together` makes one call of several finished ones: the relayer's own, that executes all of them or none.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from countersign.errors import Malformed, Refused
from countersign.ethereum import atomic, eip712, erc20, execute, inspect, multisend, safe_file, signatures
from countersign.ethereum.abi import Address, Digest
from countersign.ethereum.atomic import SafeCall
from countersign.ethereum.multisend import InnerCall
from countersign.ethereum.safe import DELEGATECALL, ClaimedSafeTx, SafeTx, SafeVersion, plain_tx, require_signable
from countersign.ethereum.signatures import OwnerSignature
from countersign.formats import caip, eip55
from countersign.keys.public_key import PublicKey
from countersign.rails import safe_payments
from countersign.rails.safe_payments import Pair
from countersign.settlement.netting import Obligation
from countersign.settlement.roster import Roster, SafeVault


@dataclass(frozen=True, slots=True)
class Readback:
    """What a SafeTx would do, sorted. Numbers are calls' places, from 1.

    `opaque`: it hands the Safe's code to something that nobody here may run, so that nothing can be said of its calls.
    """

    pairs: tuple[Pair, ...]  # every obligation in order, then calls beyond them
    payments: tuple[int, ...]  # calls that discharge an obligation
    missing: tuple[Obligation, ...]  # obligations that no call discharges
    extra: tuple[int, ...]  # calls that discharge none
    opaque: bool


def build(owed: Sequence[Obligation], vault: SafeVault, nonce: int) -> SafeTx:
    """The Safe transaction that discharges what this vault owes.

    Refused: `rails.number-of-payments`, `rails.other-vault`; several of a Safe without a pinned batch: `E3.no-release`.
    """
    if not 1 <= len(owed) <= multisend.MOST_CALLS:
        raise Refused("rails.number-of-payments", vault=vault.id, count=len(owed), limit=multisend.MOST_CALLS)
    if (other := next((each.vault for each in owed if each.vault != vault.id), None)) is not None:
        raise Refused("rails.other-vault", vault=vault.id, other=other)
    chain, safe = caip.ChainId.parse(vault.chain).number, Address(eip55.parse(vault.address))
    calls = tuple(_call(each) for each in owed)
    if len(calls) == 1:
        return plain_tx(chain, safe, calls[0].to, calls[0].value, calls[0].data, nonce)
    to = multisend.pinned(SafeVersion.parse(vault.version))
    return replace(plain_tx(chain, safe, to, 0, multisend.serialise(calls), nonce), operation=DELEGATECALL)


def _call(owed: Obligation) -> InnerCall:
    asset, recipient = caip.AssetId.parse(owed.asset), Address(caip.AccountId.parse(owed.destination).ethereum_address)
    if asset.is_coin:
        return InnerCall(recipient, owed.amount, b"")
    return InnerCall(Address(asset.token), 0, erc20.encode(erc20.Transfer(recipient, owed.amount)))


def readback(tx: SafeTx, vault: SafeVault, owed: Sequence[Obligation]) -> Readback:
    """Sort every call of a SafeTx against what its vault owes. It does not judge."""
    facts = inspect.read(tx)
    opaque = facts.delegatecall and not (facts.batch and _is_pinned(tx.to, vault))
    pairs = safe_payments.pair(() if opaque else facts.calls, owed)
    return Readback(
        pairs=pairs,
        payments=tuple(each.number for each in pairs if each.pays),
        missing=tuple(each.owed for each in pairs if each.owed is not None and not each.pays),
        extra=tuple(each.number for each in pairs if each.call is not None and not each.pays),
        opaque=opaque,
    )


def _is_pinned(to: Address, vault: SafeVault) -> bool:
    return multisend.RELEASES.get(to) == SafeVersion.parse(vault.version)


def void(vault: SafeVault, nonce: int) -> SafeTx:
    """The empty call of a Safe to itself that uses up a nonce and does nothing else (DESIGN.md §6, rule 10)."""
    chain, safe = caip.ChainId.parse(vault.chain), Address(eip55.parse(vault.address))
    return plain_tx(chain.number, safe, safe, 0, b"", nonce)


def belongs(tx: SafeTx, vault: SafeVault, nonce: int | None) -> bool:
    """Whether it is a transaction of this Safe, on its chain, at this nonce, that refunds no gas."""
    chain, safe = caip.ChainId.parse(vault.chain).number, Address(eip55.parse(vault.address))
    if nonce is None:
        return False
    plain = replace(plain_tx(chain, safe, tx.to, tx.value, tx.data, nonce), operation=tx.operation)
    return tx.digest == plain.digest


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


def accept_share(data: bytes, share: bytes, keys: Sequence[PublicKey]) -> tuple[PublicKey, Digest]:
    """Refuse bytes that are not one of these keys' plain signature over the digest rebuilt here; which one's, over what. E9.*."""
    digest = parse(data).tx.digest
    found, by_address = signatures.recover(digest, share), {Address(key.ethereum_address()): key for key in keys}
    signatures.require_owner(found, list(by_address))
    return by_address[found.owner], digest


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


def execution(data: bytes) -> tuple[str, str]:
    """The Safe in EIP-55 and the safeTxHash (`0x…`, from the fields) by which a Safe says that it executed this. Malformed."""
    tx = parse(data).tx
    return eip55.checksum(tx.safe), "0x" + tx.digest.hex()


@dataclass(frozen=True, slots=True)
class Together:
    """One plain call that executes several Safes or none: `to` MultiSendCallOnly in EIP-55, and the code that stands there."""

    to: str
    calldata: bytes
    code_hash: str


def together(finished: Sequence[Finished], vaults: Sequence[SafeVault]) -> Together:
    """The one call for these Safes' finished calls, in this order.

    Refused `E3.no-release`, `ethereum.atomic-gas`; Malformed as `atomic.encode`.
    """
    calls = [SafeCall(Address(eip55.parse(each.to)), each.calldata) for each in finished]
    to = atomic.executor([SafeVersion.parse(each.version) for each in vaults])
    data = atomic.encode(calls)
    atomic.require_room(calls)
    return Together(eip55.checksum(to), data, atomic.code_hash(to))


def carried(raw: bytes, own: Finished) -> bool:
    """Whether sent bytes bring a Safe exactly this finished call: by itself, or with others in one. Total."""
    return raw == own.calldata or atomic.carried(raw, Address(eip55.parse(own.to))) == own.calldata


def brings(raw: bytes, data: bytes, calldata: bytes) -> bool:
    """The same of the call that a Safe transaction's file finishes into. Malformed as `parse`."""
    return carried(raw, Finished(eip55.checksum(parse(data).tx.safe), calldata, ()))


def safes_in(raw: bytes) -> tuple[str, ...]:
    """The Safes (EIP-55) that a call for several executes; none where it is no such call. Total."""
    try:
        return tuple(eip55.checksum(each.safe) for each in atomic.decode(raw))
    except Malformed:
        return ()
