"""E1, E2, E7, E8: the Safe transaction's digest is ours, for the registered Safe, its next nonce, and without a refund.

- Everything is read from the fields that are hashed; a hash that came with the file is a claim (E2).
- What only a registered vault can tell (E1, E8) is blocked by "anchor" where there is no profile, unless the bytes by
  themselves are already wrong. E3 to E6, about the calls it makes, are `ethereum_call_checks`.
- A file of the Safe transaction service is judged row by row.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress

from countersign.errors import CountersignError
from countersign.ethereum import safe_file
from countersign.ethereum.safe import OLDEST_SIGNABLE, SafeTx, SafeVersion, version_that_explains
from countersign.formats import eip55
from countersign.review import outside_numbers, paid_before
from countersign.review.case import ANCHOR
from countersign.review.check import Check
from countersign.review.ethereum_call_checks import administration, ether, operation, token_transfer
from countersign.review.ethereum_reading import claim_of, facts_of, safe_of
from countersign.review.finding import Finding, blocked, failed, from_error, not_applicable, passed
from countersign.review.reading import Reading
from countersign.settlement import numbers
from countersign.settlement.records import Instruction, SafeUse
from countersign.settlement.state import State


def domain(reading: Reading) -> Iterator[Finding]:
    """E1: chain and Safe are those of the registered vault, and the Safe's digest names its chain."""
    claim = claim_of(reading)
    if claim is None:
        yield not_applicable("E1", "E1.no-safe-transaction")
        return
    tx, explained = claim.tx, version_that_explains(claim)
    if explained is not None and explained < OLDEST_SIGNABLE:
        yield failed("E1", "version", "domain", "a Safe of 1.3.0 or later", str(explained), version=str(explained))
        return
    safe = eip55.checksum(tx.safe)
    found = f"eip155:{tx.chain_id} {safe}"
    if reading.state is None:
        yield blocked("E1", ANCHOR, found)
        return
    vault = safe_of(reading)
    if vault is None:
        yield failed("E1", "not-registered", "domain", "the Safe of a registered vault that owes", found, safe=safe)
        return
    expected = f"{vault.chain} {vault.address}"
    if SafeVersion.parse(vault.version) < OLDEST_SIGNABLE:
        yield failed("E1", "version", "domain", "a Safe of 1.3.0 or later", vault.version, version=vault.version)
    elif f"eip155:{tx.chain_id}" != vault.chain:
        yield failed(
            "E1", "other-chain", "domain", expected, found, expected=vault.chain, found=f"eip155:{tx.chain_id}"
        )
    elif safe != vault.address:
        yield failed("E1", "other-safe", "domain", expected, found, expected=vault.address, found=safe)
    else:
        yield passed("E1", "registered-safe", "domain", expected, found)


def digest(reading: Reading) -> Iterator[Finding]:
    """E2: the safeTxHash recomputed here is the one that came with the file."""
    found = reading.safe_tx
    if found is None:
        yield not_applicable("E2", "E1.no-safe-transaction")
        return
    if isinstance(found, CountersignError):
        yield from_error("E2", found, "Safe transaction", "our file form, or the Safe service's")
        return
    ours, claimed = f"0x{found.tx.digest.hex()}", f"0x{found.claimed.hex()}"
    if found.agrees or version_that_explains(found) is not None:
        yield passed("E2", "same-digest", "safeTxHash", claimed, ours if found.agrees else claimed)
    else:
        yield failed("E2", "other-digest", "safeTxHash", ours, claimed, expected=ours, found=claimed)


def gas_refund(reading: Reading) -> Iterator[Finding]:
    """E7: nothing is paid to whoever executes, and a failing call cannot burn the nonce."""
    facts = facts_of(reading)
    if facts is None:
        yield not_applicable("E7", "E1.no-safe-transaction")
    elif facts.gas_refund:
        names = ", ".join(facts.gas_refund)
        yield failed("E7", "refund", "gas fields", "all five zero", names, fields=names)
    else:
        yield passed("E7", "no-refund", "gas fields", "all five zero", "all five zero")


def nonce(reading: Reading) -> Iterator[Finding]:
    """E8: the nonce that was prepared, the Safe's next, never another hash under it here or in the log, and never a second
    payment of a contract under another one."""
    claim, state = claim_of(reading), reading.state
    if claim is None:
        yield not_applicable("E8", "E1.no-safe-transaction")
    elif state is None:
        yield blocked("E8", ANCHOR, "nonce")
    elif reading.record is None or reading.record.nonce is None:
        yield failed("E8", "not-prepared", "nonce", "the nonce of an instruction.prepared", str(claim.tx.nonce))
    else:
        yield _next_nonce(reading, claim.tx, reading.record, reading.record.nonce, state)
        yield from paid_before.told_of_numbers(reading, claim.tx)
        yield from outside_numbers.told(reading.record, state)


def _next_nonce(reading: Reading, tx: SafeTx, record: Instruction, prepared: int, state: State) -> Finding:
    use = state.safes.get(record.group.vaults[0], SafeUse())
    digest, place = tx.digest.hex(), (f"eip155:{tx.chain_id}", eip55.checksum(tx.safe), tx.nonce)
    before = reading.case.journal.nonces.get(place, digest)
    if tx.nonce != prepared:
        return failed("E8", "other-nonce", "nonce", str(prepared), str(tx.nonce), expected=prepared, found=tx.nonce)
    if use.executed is not None and tx.nonce != use.executed + 1:
        wanted = use.executed + 1
        return failed("E8", "not-next", "nonce", str(wanted), str(tx.nonce), expected=wanted, found=tx.nonce)
    if use.pending not in (None, record.hash):
        other = use.pending or ""
        return failed("E8", "taken", "nonce", record.hash, other, nonce=tx.nonce, here=record.hash, other=other)
    if record.void:
        return _void_nonce(reading, tx, record, before)
    if reading.order is not None and before != digest and before in _digests(reading.earlier):
        return passed("E8", "ordered-instead", "nonce", str(prepared), str(tx.nonce), nonce=tx.nonce, other=before)
    if before != digest:
        return failed("E8", "signed-before", "nonce", digest, before, nonce=tx.nonce, here=digest, other=before)
    if (again := paid_before.under_another_number(reading, tx)) is not None:
        return again
    return passed("E8", "next-nonce", "nonce", str(prepared), str(tx.nonce), nonce=tx.nonce)


def _void_nonce(reading: Reading, tx: SafeTx, record: Instruction, before: str) -> Finding:
    """Declared by two, against an instruction of the same nonce, or of one that was used outside the log; what was signed under
    it here is what it voids."""
    digest, earlier = tx.digest.hex(), reading.earlier
    if record.declarer is None:
        return failed(
            "E8", "not-dual", "declaration", "operations and compliance", record.preparer, purpose=record.purpose
        )
    voided = next((each.nonce for each, _ in earlier if not each.void), None)
    if not numbers.later(tx.nonce, voided, or_same=True):
        held = "none" if voided is None else str(voided)
        return failed("E8", "void-nonce", "nonce", held, str(tx.nonce), expected=held, found=tx.nonce)
    if before not in (digest, *_digests(earlier)):
        return failed("E8", "signed-before", "nonce", digest, before, nonce=tx.nonce, here=digest, other=before)
    if tx.nonce != voided:
        return passed("E8", "late-void", "nonce", str(record.nonce), str(tx.nonce), nonce=tx.nonce, voided=voided or 0)
    return passed("E8", "declared-void", "nonce", str(record.nonce), str(tx.nonce), nonce=tx.nonce)


def _digests(earlier: Iterable[tuple[Instruction, bytes | None]]) -> Iterator[str]:
    """The safeTxHashes of what a void takes the place of, as far as their bytes are here."""
    for _, data in earlier:
        with suppress(CountersignError):
            yield safe_file.parse(data or b"").tx.digest.hex()


CHECKS = (
    Check("E2", "DIGEST", digest),
    Check("E1", "DOMAIN", domain, ("E2",)),
    Check("E3", "OPERATION", operation, ("E2",)),
    Check("E4", "SELF/ADMIN", administration, ("E2",)),
    Check("E5", "ERC20", token_transfer, ("C2", "E2"), "safe-tx"),
    Check("E6", "ETH", ether, ("C2", "E2"), "safe-tx"),
    Check("E7", "GAS-REFUND", gas_refund, ("E2",)),
    Check("E8", "NONCE", nonce, ("E2",)),
)
