"""E9: every owner's signature that is there is a registered owner's, over this digest, of the plain kind.

- Signatures come as shares (65 bytes, or 65·k of an imported file) and as a service lists them: with an owner's name.
- That a service lists a signature under a transaction does not say that it was made for it: the name must be the one
  that it recovers to.
- A Safe itself accepts more (contract signatures, approved hashes, eth_sign, high S); none of it is accepted here.
"""

from collections.abc import Iterator
from itertools import pairwise

from countersign.errors import CountersignError, Refused
from countersign.ethereum import signatures
from countersign.ethereum.abi import Address, Digest
from countersign.ethereum.safe import version_that_explains, with_version
from countersign.ethereum.signatures import OwnerSignature
from countersign.formats import caip, eip55
from countersign.review.case import ANCHOR, InstructionFacts, Mode
from countersign.review.check import Check
from countersign.review.ethereum_reading import claim_of, safe_of
from countersign.review.finding import Finding, blocked, failed, from_error, not_applicable, passed
from countersign.review.reading import Reading
from countersign.settlement.roster import Roster, SafeVault

EXPECTED = "registered owners' plain signatures over this digest"


def owner_signatures(reading: Reading) -> Iterator[Finding]:
    """E9: plain, low S, of registered owners, ascending where several come in one, fewer than the quorum to sign."""
    claim, instruction = claim_of(reading), reading.case.instruction
    if claim is None or instruction is None:
        yield not_applicable("E9", "E1.no-safe-transaction")
        return
    digest = with_version(claim.tx, version_that_explains(claim) or claim.tx.version).digest
    found: list[OwnerSignature] = []
    wrong = 0
    for place, (listed, data) in enumerate(_given(instruction), 1):
        try:
            if listed is not None:
                _of_whom_it_is_listed(digest, listed, data)
            found.extend(_recovered(digest, data))
        except CountersignError as error:
            wrong += 1
            yield from_error("E9", error, f"signature {place}", EXPECTED)
    if wrong:
        return
    try:
        yield _of_owners(reading, [one.owner for one in found])
    except CountersignError as error:
        yield from_error("E9", error, "owners", "registered keys of registered officers")


def _given(instruction: InstructionFacts) -> list[tuple[bytes | None, bytes]]:
    """(the owner it is listed under, or None; the bytes)."""
    return [(None, share.data) for share in instruction.shares] + [*instruction.confirmations]


def _of_whom_it_is_listed(digest: Digest, listed: bytes, data: bytes) -> None:
    """Refused E9.listed unless the bytes recover to that owner, eth_sign read as a Safe reads it. Malformed E9.length."""
    owner = signatures.recovered_for_display(digest, data)
    if owner != listed:
        found = "nobody" if owner is None else eip55.checksum(owner)
        raise Refused("E9.listed", listed=eip55.checksum(listed), found=found)


def _recovered(digest: Digest, data: bytes) -> list[OwnerSignature]:
    """Whose signatures these are. Malformed E9.length; Refused E9.kind, .range, .high-s, .recovery, .order."""
    found = [signatures.recover(digest, one) for one in signatures.split(data)]
    for before, after in pairwise(found):
        if before.owner >= after.owner:
            raise Refused("E9.order")
    return found


def _of_owners(reading: Reading, owners: list[Address]) -> Finding:
    """What the owners who signed make of it. A withdrawn key is a stranger's. Refused for an officer who is not registered."""
    vault, state, signing = safe_of(reading), reading.state, reading.case.mode is Mode.SIGN
    names = ", ".join(sorted(eip55.checksum(owner) for owner in owners))
    if len(set(owners)) != len(owners):
        twice = next(owner for owner in owners if owners.count(owner) > 1)
        return failed("E9", "twice", "signatures", EXPECTED, names, owner=eip55.checksum(twice))
    if state is None or vault is None:
        return blocked("E9", "E1" if state is not None else ANCHOR, "signatures")
    live = [state.roster.keys[kid].key for kid in vault.keys if kid in state.roster.keys]
    registered = {Address(key.ethereum_address()) for key in live}
    strangers = [eip55.checksum(owner) for owner in owners if owner not in registered]
    if strangers:
        return failed("E9", "not-an-owner", "signatures", EXPECTED, names, owner=strangers[0])
    if reading.case.signer is not None and _own_keys(vault, state.roster, reading.case.signer.officer) != 1:
        return failed("E9", "no-own-key", "owners", "one key of who signs", "none, or several", vault=vault.id)
    if signing and len(owners) >= vault.threshold:
        count = str(len(owners))
        return failed("E9", "complete", "signatures", f"fewer than {vault.threshold}", count, threshold=vault.threshold)
    if not owners:
        return not_applicable("E9", "E9.none-yet")
    return passed("E9", "owners-signed", "signatures", EXPECTED, names)


def _own_keys(vault: SafeVault, roster: Roster, officer: str) -> int:
    held = {each.key.kid for each in roster.officer(officer).vault_keys(caip.EIP155)}
    return len(held & set(vault.keys) & set(roster.keys))


CHECKS = (Check("E9", "SIGNATURE", owner_signatures, ("E2",)),)
