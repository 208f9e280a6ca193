"""E1–E8: the Safe transaction's digest is ours, it does one transfer that the contract owes, and nothing beside it.

- Everything is read from the fields that are hashed; a hash that came with the file is a claim (E2).
- In this version a Safe transaction is one ERC-20 `transfer` or one payment of ether: operation 1 is refused (E3).
- What only a registered vault can tell (E1, E5, E6, E8) is blocked by "anchor" where there is no profile, unless the
  bytes by themselves are already wrong.
- A file of the Safe transaction service is judged row by row.
"""

from collections.abc import Iterator

from countersign.errors import CountersignError, Malformed
from countersign.ethereum import inspect
from countersign.ethereum.inspect import AdminCall, Erc20Transfer, EtherTransfer, Facts, MalformedTransfer, SelfCall
from countersign.ethereum.safe import OLDEST_SIGNABLE, ClaimedSafeTx, SafeTx, SafeVersion, version_that_explains
from countersign.formats import caip, eip55
from countersign.review.case import ANCHOR
from countersign.review.check import Check
from countersign.review.finding import Finding, blocked, failed, from_error, not_applicable, passed
from countersign.review.reading import Reading
from countersign.settlement.netting import Obligation
from countersign.settlement.records import Instruction, SafeUse
from countersign.settlement.roster import SafeVault
from countersign.settlement.state import State

AMOUNT_LIMIT = 2**128


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


def operation(reading: Reading) -> Iterator[Finding]:
    """E3: a plain call; a delegate call hands the Safe's own code to the target."""
    facts = _facts(reading)
    if facts is None:
        yield not_applicable("E3", "E1.no-safe-transaction")
        return
    if not facts.delegatecall:
        yield passed("E3", "plain-call", "operation", "0 (call)", "0 (call)")
        return
    claim = claim_of(reading)
    assert claim is not None
    to = eip55.checksum(claim.tx.to)
    name = facts.contract.name if facts.contract is not None else ""
    found = f"1 (delegate call) to {to}"
    if name:
        yield failed("E3", "delegatecall-known", "operation", "0 (call)", found, to=to, contract=name)
    else:
        yield failed("E3", "delegatecall", "operation", "0 (call)", found, to=to)


def administration(reading: Reading) -> Iterator[Finding]:
    """E4: not the Safe itself, not its own machinery, no reserved address, no call that changes who may spend."""
    facts, claim = _facts(reading), claim_of(reading)
    if facts is None or claim is None:
        yield not_applicable("E4", "E1.no-safe-transaction")
        return
    to, expected = eip55.checksum(claim.tx.to), "a payment to somebody else"
    if isinstance(facts.call, SelfCall):
        name = facts.call.name or facts.call.selector.hex() or "an empty call"
        yield failed("E4", "self-call", "call", expected, f"{name} on the Safe itself", call=name)
    elif isinstance(facts.call, AdminCall):
        yield failed("E4", "admin-call", "call", expected, facts.call.name, call=facts.call.name, to=to)
    elif facts.reserved_target:
        yield failed("E4", "reserved", "call", expected, to, to=to)
    elif facts.contract is not None or to == _singleton(reading):
        name = facts.contract.name if facts.contract is not None else "the Safe's singleton"
        yield failed("E4", "safe-machinery", "call", expected, f"{name} at {to}", contract=name, to=to)
    else:
        yield passed("E4", "no-administration", "call", expected, to)


def token_transfer(reading: Reading) -> Iterator[Finding]:
    """E5: `transfer` of the registered token, to the contract's address, of the contract's amount, in 68 bytes."""
    facts = _facts(reading)
    if facts is None:
        yield not_applicable("E5", "E1.no-safe-transaction")
        return
    if isinstance(facts.call, MalformedTransfer):
        code, values = facts.call.code, facts.call.values
        yield from_error("E5", Malformed(code, **values), "call", "transfer(address,uint256), 68 bytes")
    elif reading.state is None:
        yield blocked("E5", ANCHOR, "call")
    elif (owed := _owed(reading)) is None:
        count = len(reading.owed)
        yield failed("E5", "not-one-obligation", "call", "exactly one obligation", str(count), count=count)
    elif caip.AssetId.parse(owed.asset).is_coin:
        yield not_applicable("E5", "E5.other-kind")
    else:
        yield _transfer_matches(reading, facts, owed)


def ether(reading: Reading) -> Iterator[Finding]:
    """E6: plain ether, no data, to the contract's address, of the contract's amount."""
    facts = _facts(reading)
    if facts is None:
        yield not_applicable("E6", "E1.no-safe-transaction")
        return
    if reading.state is None:
        yield blocked("E6", ANCHOR, "call")
        return
    owed = _owed(reading)
    if owed is None:
        yield blocked("E6", "E5", "call")
        return
    if not caip.AssetId.parse(owed.asset).is_coin:
        yield not_applicable("E6", "E6.other-kind")
        return
    expected = f"{owed.amount} wei to {owed.destination}"
    if not isinstance(facts.call, EtherTransfer):
        yield failed("E6", "no-payment", "call", expected, type(facts.call).__name__)
        return
    to = eip55.checksum(facts.call.recipient)
    found = f"{facts.call.amount} wei to {to}"
    if caip.AccountId.parse(owed.destination).ethereum_address != facts.call.recipient:
        yield failed("E6", "recipient", "call", expected, found, expected=owed.destination, found=to)
    elif facts.call.amount != owed.amount:
        yield failed("E6", "amount", "call", expected, found, expected=owed.amount, found=facts.call.amount)
    else:
        yield passed("E6", "pays-what-is-owed", "call", expected, found)


def gas_refund(reading: Reading) -> Iterator[Finding]:
    """E7: nothing is paid to whoever executes, and a failing call cannot burn the nonce."""
    facts = _facts(reading)
    if facts is None:
        yield not_applicable("E7", "E1.no-safe-transaction")
    elif facts.gas_refund:
        names = ", ".join(facts.gas_refund)
        yield failed("E7", "refund", "gas fields", "all five zero", names, fields=names)
    else:
        yield passed("E7", "no-refund", "gas fields", "all five zero", "all five zero")


def nonce(reading: Reading) -> Iterator[Finding]:
    """E8: the nonce that was prepared, the Safe's next, and never another hash under it here or in the log."""
    claim, state = claim_of(reading), reading.state
    if claim is None:
        yield not_applicable("E8", "E1.no-safe-transaction")
    elif state is None:
        yield blocked("E8", ANCHOR, "nonce")
    elif reading.record is None or reading.record.nonce is None:
        yield failed("E8", "not-prepared", "nonce", "the nonce of an instruction.prepared", str(claim.tx.nonce))
    else:
        yield _next_nonce(reading, claim.tx, reading.record, reading.record.nonce, state)


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
    if before != digest:
        return failed("E8", "signed-before", "nonce", digest, before, nonce=tx.nonce, here=digest, other=before)
    return passed("E8", "next-nonce", "nonce", str(prepared), str(tx.nonce), nonce=tx.nonce)


def claim_of(reading: Reading) -> ClaimedSafeTx | None:
    """The Safe transaction under review; None where there is none that parses."""
    return reading.safe_tx if isinstance(reading.safe_tx, ClaimedSafeTx) else None


def _facts(reading: Reading) -> Facts | None:
    claim = claim_of(reading)
    return inspect.read(claim.tx) if claim is not None else None


def safe_of(reading: Reading) -> SafeVault | None:
    """The registered Safe that pays; None where nothing is registered or owed."""
    return next((vault for vault in reading.vaults if isinstance(vault, SafeVault)), None)


def _singleton(reading: Reading) -> str | None:
    vault = safe_of(reading)
    return vault.singleton if vault is not None else None


def _owed(reading: Reading) -> Obligation | None:
    """The one obligation that this Safe transaction must discharge, or None where there is not exactly one."""
    return reading.owed[0] if len(reading.owed) == 1 else None


def _transfer_matches(reading: Reading, facts: Facts, owed: Obligation) -> Finding:
    token, recipient = caip.AssetId.parse(owed.asset).token, caip.AccountId.parse(owed.destination).ethereum_address
    expected = f"{owed.amount} of {eip55.checksum(token)} to {eip55.checksum(recipient)}"
    call = facts.call
    if not isinstance(call, Erc20Transfer):
        return failed("E5", "no-transfer", "call", expected, type(call).__name__)
    found = f"{call.amount} of {eip55.checksum(call.token)} to {eip55.checksum(call.recipient)}"
    claim = claim_of(reading)
    assert claim is not None
    nobody = (bytes(20), claim.tx.safe, call.token)
    if call.token != token or reading.state is None or owed.asset not in reading.state.roster.assets:
        return failed("E5", "token", "call", expected, found, expected=expected, found=found)
    if facts.ether:
        return failed(
            "E5", "ether-with-it", "call", "no ether with the call", f"{facts.ether} wei", wei=str(facts.ether)
        )
    if call.recipient in nobody:
        return failed("E5", "to-nobody", "call", expected, found, found=eip55.checksum(call.recipient))
    if call.recipient != recipient:
        return failed("E5", "recipient", "call", expected, found, expected=expected, found=found)
    if call.amount != owed.amount:
        return failed("E5", "amount", "call", expected, found, expected=str(owed.amount), found=str(call.amount))
    if not 0 < call.amount < AMOUNT_LIMIT:
        return failed("E5", "amount-range", "call", expected, found, found=str(call.amount))
    return passed("E5", "pays-what-is-owed", "call", expected, found)


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
