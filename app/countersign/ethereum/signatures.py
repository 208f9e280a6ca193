"""Owners' signatures over a safeTxHash: 65 bytes each, in the order in which a Safe checks them.

Implements the ECDSA kind of the Safe contracts' signature encoding (Safe.sol, `checkNSignatures`), narrower than the
contract does (check E9):

- r ‖ s ‖ v, v 27 or 28 only; contract signatures (0), approved hashes (1) and eth_sign (31, 32) are refused;
- r and s in 1 … n−1, s in the lower half;
- a blob is 65·k bytes; owners strictly ascending by address, hence distinct;
- an owner is whoever the signature recovers to over the digest that *we* computed.

    >>> kind(bytes(64) + b"\\x1f").value
    'eth_sign'
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from countersign.errors import CountersignError, Malformed, Refused
from countersign.ethereum.abi import ZERO_ADDRESS, Address, Digest, address
from countersign.ethereum.safe_file import checked_address, prefixed_hex
from countersign.formats import eip55, jcs, shape, strict_json
from countersign.formats.keccak import keccak256
from countersign.keys import ecdsa
from countersign.keys.public_key import Curve, PublicKey

LENGTH = 65


class Kind(StrEnum):
    """What the last byte of a Safe signature says it is."""

    ECDSA = "ecdsa"
    CONTRACT = "contract"
    APPROVED_HASH = "approved_hash"
    ETH_SIGN = "eth_sign"
    OTHER = "other"


KINDS = {0: Kind.CONTRACT, 1: Kind.APPROVED_HASH, 27: Kind.ECDSA, 28: Kind.ECDSA, 31: Kind.ETH_SIGN, 32: Kind.ETH_SIGN}


@dataclass(frozen=True, slots=True)
class OwnerSignature:
    """One owner's 65 bytes, r ‖ s ‖ v. Made by `from_token`, `recover` or `parse`; the owner is proven by `recover`."""

    owner: Address
    signature: bytes


def kind(signature: bytes) -> Kind:
    """What the signature claims to be, by its last byte. Malformed (`E9.length`) unless it has 65 bytes."""
    if len(signature) != LENGTH:
        raise Malformed("E9.length", length=len(signature))
    return KINDS.get(signature[64], Kind.OTHER)


def from_token(key: PublicKey, digest: Digest, rs: bytes) -> OwnerSignature:
    """Turn a token's r ‖ s (64 bytes, any S) over `digest` into a Safe signature: low S, v found by trial, verified.

    Raises what `keys.ecdsa` raises for a signature that is not this key's, and Refused as `recover` does.
    """
    low = ecdsa.normalise(Curve.SECP256K1, rs)
    made = low + bytes([27 + ecdsa.recovery_id(key, digest, low)])  # found only where it recovers to this very key
    if kind(made) is not Kind.ECDSA:
        raise Refused("E9.kind", v=made[64], kind=kind(made).value)
    return OwnerSignature(address(key.ethereum_address()), made)


def recover(digest: Digest, signature: bytes) -> OwnerSignature:
    """Whose signature over `digest` these 65 bytes are, under the rules of E9.

    Malformed `E9.length`; Refused `E9.kind`, `E9.range`, `E9.high-s`, `E9.recovery`.
    """
    found = kind(signature)
    if found is not Kind.ECDSA:
        raise Refused("E9.kind", v=signature[64], kind=found.value)
    _require_range(signature)
    if not ecdsa.is_low_s(Curve.SECP256K1, signature[:64]):
        raise Refused("E9.high-s")
    return OwnerSignature(_recovered(digest, signature[:64], signature[64] - 27), signature)


def recovered_for_display(digest: Digest, signature: bytes) -> Address | None:
    """Whom the bytes recover to when eth_sign is read as Safe reads it; None if nobody. Never a reason to accept.

    It lets a screen say that a listed signature was made for another transaction. Malformed `E9.length`.
    """
    found = kind(signature)
    if found not in {Kind.ECDSA, Kind.ETH_SIGN}:
        return None
    signed = digest if found is Kind.ECDSA else keccak256(b"\x19Ethereum Signed Message:\n32" + digest)
    try:
        _require_range(signature)
        return _recovered(Digest(signed), signature[:64], (signature[64] - 27) % 4)
    except Refused:
        return None


def split(blob: bytes) -> tuple[bytes, ...]:
    """The 65-byte signatures of a Safe's `signatures` argument. Malformed (`E9.length`) unless 65·k bytes, k ≥ 1."""
    if not blob or len(blob) % LENGTH:
        raise Malformed("E9.length", length=len(blob))
    return tuple(blob[start : start + LENGTH] for start in range(0, len(blob), LENGTH))


def combine(signatures: Iterable[OwnerSignature]) -> bytes:
    """Concatenate in ascending order of owners, whatever order they came in. Refused (`E9.duplicate`)."""
    ordered = sorted(signatures, key=lambda one: one.owner)
    _require_ascending(ordered)
    return b"".join(one.signature for one in ordered)


def verify(digest: Digest, blob: bytes, owners: Collection[Address], threshold: int) -> tuple[OwnerSignature, ...]:
    """Check the whole `signatures` argument as it would be executed; give it back split.

    Beyond what `split` and `recover` raise: Refused `E9.order`, `E9.duplicate`, `E9.not-owner`, `E9.count`.
    """
    found = tuple(recover(digest, one) for one in split(blob))
    for one in found:
        require_owner(one, owners)
    _require_ascending(found)
    if len(found) != threshold:
        raise Refused("E9.count", found=len(found), threshold=threshold)
    return found


def require_owner(signature: OwnerSignature, owners: Collection[Address]) -> None:
    """Refused (`E9.not-owner`) unless the signature's owner is a registered one."""
    if signature.owner not in owners:
        raise Refused("E9.not-owner", owner=eip55.checksum(signature.owner))


def serialise(signatures: Iterable[OwnerSignature]) -> bytes:
    """`[{"owner","signature"},…]`, ascending by owner, RFC 8785, no final newline. Refused (`E9.duplicate`)."""
    ordered = sorted(signatures, key=lambda one: one.owner)
    _require_ascending(ordered)
    return jcs.encode(
        [{"owner": eip55.checksum(one.owner), "signature": "0x" + one.signature.hex()} for one in ordered]
    )


def parse(data: bytes) -> tuple[OwnerSignature, ...]:
    """Read what `serialise` writes; owners are claims until `recover` proves them.

    Malformed: C2 codes, `E9.length`, `E6.checksum`. Refused: `E9.order`, `E9.duplicate`.
    """
    entries = shape.array(shape.fields(_ENTRY), minimum=1)(strict_json.parse_canonical(data), "signatures")
    found = tuple(OwnerSignature(entry["owner"], entry["signature"]) for entry in entries)
    _require_ascending(found)
    return found


def _signature(text: str) -> bytes:
    data = prefixed_hex(text)
    kind(data)
    return data


_ENTRY: dict[str, shape.Reader[object]] = {
    "owner": shape.string(checked_address),
    "signature": shape.string(_signature),
}


def _recovered(digest: Digest, rs: bytes, recovery_id: int) -> Address:
    try:
        owner = ecdsa.recover(digest, rs, recovery_id).ethereum_address()
    except CountersignError as error:
        raise Refused("E9.recovery") from error
    if owner == ZERO_ADDRESS:
        raise Refused("E9.recovery")
    return address(owner)


def _require_range(signature: bytes) -> None:
    try:
        ecdsa.split(Curve.SECP256K1, signature[:64])
    except Malformed as error:
        raise Refused("E9.range") from error


def _require_ascending(signatures: Sequence[OwnerSignature]) -> None:
    for before, after in pairwise(signatures):
        if before.owner == after.owner:
            raise Refused("E9.duplicate", owner=eip55.checksum(after.owner))
        if before.owner > after.owner:
            raise Refused("E9.order")
