"""E1–E9: the Safe transaction's digest is ours, it does one transfer that the contract owes, and nothing beside it.

- Everything is read from the fields that are hashed; a hash that came with the file is a claim (E2).
- In this version a Safe transaction is one ERC-20 `transfer` or one payment of ether: operation 1 is always refused (E3).
- What only a registered vault can tell (E1, E5, E6, E8, E9) is blocked by "anchor" where there is no profile, unless the
  bytes by themselves are already wrong.
- A file of the Safe transaction service is judged row by row, its listed signatures under the digest of that row.
"""

from collections.abc import Generator, Iterator

from countersign.errors import CountersignError, Refused
from countersign.ethereum import inspect, signatures
from countersign.ethereum.abi import Address
from countersign.ethereum.inspect import AdminCall, Erc20Transfer, EtherTransfer, Facts, MalformedTransfer, SelfCall
from countersign.ethereum.safe import OLDEST_SIGNABLE, ClaimedSafeTx, SafeVersion, version_that_explains
from countersign.formats import caip, eip55
from countersign.review.case import ANCHOR, Mode
from countersign.review.check import Check
from countersign.review.finding import Finding, Status, blocked, failed, from_error, not_applicable, passed
from countersign.review.reading import Reading
from countersign.settlement.netting import Obligation
from countersign.settlement.roster import SafeVault

AMOUNT_LIMIT = 2**128


def domain(reading: Reading) -> Iterator[Finding]:
    """E1: chain and Safe are those of the registered vault, and the Safe's digest names its chain."""
    claim = _claim(reading)
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
    vault = _vault(reading)
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
    claim = _claim(reading)
    assert claim is not None
    to = eip55.checksum(claim.tx.to)
    name = facts.contract.name if facts.contract is not None else ""
    slug = "delegatecall-known" if name else "delegatecall"
    yield failed("E3", slug, "operation", "0 (call)", f"1 (delegate call) to {to}", to=to, contract=name)


def administration(reading: Reading) -> Iterator[Finding]:
    """E4: not the Safe itself, not its own machinery, no reserved address, no call that changes who may spend."""
    facts, claim = _facts(reading), _claim(reading)
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
    """E5: `transfer` of the registered token, to the contract's address, of the contract's amount, and 68 bytes of it."""
    facts = _facts(reading)
    if facts is None:
        yield not_applicable("E5", "E1.no-safe-transaction")
        return
    if isinstance(facts.call, MalformedTransfer):
        yield Finding(
            "E5",
            Status.FAIL,
            facts.call.code,
            "call data",
            "transfer(address,uint256)",
            facts.call.code,
            facts.call.values,
        )
        return
    owed = yield from _one_owed(reading, "E5", token=True)
    if owed is not None:
        yield _transfer_matches(reading, facts, owed)


def ether(reading: Reading) -> Iterator[Finding]:
    """E6: plain ether, no data, to the contract's address, of the contract's amount."""
    facts = _facts(reading)
    if facts is None:
        yield not_applicable("E6", "E1.no-safe-transaction")
        return
    owed = yield from _one_owed(reading, "E6", token=False)
    if owed is None:
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
    """E8: the nonce that was prepared, and never another hash under it on this machine or in this log."""
    claim, state = _claim(reading), reading.state
    if claim is None:
        yield not_applicable("E8", "E1.no-safe-transaction")
        return
    if state is None:
        yield blocked("E8", ANCHOR, "nonce")
        return
    record, tx = reading.record, claim.tx
    if record is None or record.nonce is None:
        yield failed("E8", "not-prepared", "nonce", "the nonce of an instruction.prepared", str(tx.nonce))
        return
    if tx.nonce != record.nonce:
        yield failed(
            "E8", "other-nonce", "nonce", str(record.nonce), str(tx.nonce), expected=record.nonce, found=tx.nonce
        )
        return
    use = state.safes.get(record.group.vaults[0])
    if use is not None and use.pending not in (None, record.hash):
        yield failed("E8", "taken", "nonce", record.hash, use.pending or "", nonce=tx.nonce, other=use.pending or "")
        return
    if use is not None and use.executed is not None and tx.nonce <= use.executed:
        yield failed("E8", "executed", "nonce", f"above {use.executed}", str(tx.nonce), nonce=tx.nonce)
        return
    before = reading.case.journal.nonces.get((f"eip155:{tx.chain_id}", eip55.checksum(tx.safe), tx.nonce))
    if before is not None and before != tx.digest.hex():
        yield failed("E8", "signed-before", "nonce", tx.digest.hex(), before, nonce=tx.nonce, other=before)
        return
    yield passed("E8", "next-nonce", "nonce", str(record.nonce), str(tx.nonce))


def owner_signatures(reading: Reading) -> Iterator[Finding]:
    """E9: every signature that is there already is a registered owner's over this digest, of the plain kind."""
    claim, instruction = _claim(reading), reading.case.instruction
    if claim is None or instruction is None:
        yield not_applicable("E9", "E1.no-safe-transaction")
        return
    listed = [share.data for share in instruction.shares] + [data for _, data in instruction.confirmations]
    if not listed:
        yield not_applicable("E9", "E9.none-yet")
        return
    vault, state, owners = _vault(reading), reading.state, set[Address]()
    for place, signature in enumerate(listed):
        try:
            found = signatures.recover(claim.tx.digest, signature)
            if vault is not None and state is not None:
                signatures.require_owner(
                    found, [Address(state.roster.key(kid).key.ethereum_address()) for kid in vault.keys]
                )
            if found.owner in owners:
                raise Refused("E9.duplicate", owner=eip55.checksum(found.owner))
        except CountersignError as error:
            yield from_error("E9", error, f"signature {place + 1}", "a registered owner's, over this digest")
            return
        owners.add(found.owner)
    if vault is None:
        yield blocked("E9", ANCHOR, "signatures")
    elif reading.case.mode is Mode.SIGN and len(owners) >= vault.threshold:
        yield failed(
            "E9", "complete", "signatures", f"fewer than {vault.threshold}", str(len(owners)), threshold=vault.threshold
        )
    else:
        names = ", ".join(sorted(eip55.checksum(owner) for owner in owners))
        yield passed("E9", "owners-signed", "signatures", "registered owners over this digest", names)


def _claim(reading: Reading) -> ClaimedSafeTx | None:
    return reading.safe_tx if isinstance(reading.safe_tx, ClaimedSafeTx) else None


def _facts(reading: Reading) -> Facts | None:
    claim = _claim(reading)
    return inspect.read(claim.tx) if claim is not None else None


def _vault(reading: Reading) -> SafeVault | None:
    return next((vault for vault in reading.vaults if isinstance(vault, SafeVault)), None)


def _singleton(reading: Reading) -> str | None:
    vault = _vault(reading)
    return vault.singleton if vault is not None else None


def _one_owed(reading: Reading, check: str, *, token: bool) -> Generator[Finding, None, Obligation | None]:
    """The one obligation this Safe transaction must discharge, if it is of this check's kind; else why not."""
    if reading.state is None:
        yield blocked(check, ANCHOR, "call")
        return None
    if len(reading.owed) != 1:
        yield failed(check, "not-one-obligation", "call", "exactly one obligation of this Safe", str(len(reading.owed)),
                     count=len(reading.owed))  # fmt: skip
        return None
    (owed,) = reading.owed
    if caip.AssetId.parse(owed.asset).is_coin is token:
        yield not_applicable(check, f"{check}.other-kind")
        return None
    return owed


def _transfer_matches(reading: Reading, facts: Facts, owed: Obligation) -> Finding:
    token, recipient = caip.AssetId.parse(owed.asset).token, caip.AccountId.parse(owed.destination).ethereum_address
    expected = f"{owed.amount} of {eip55.checksum(token)} to {eip55.checksum(recipient)}"
    call = facts.call
    if not isinstance(call, Erc20Transfer):
        return failed("E5", "no-transfer", "call", expected, type(call).__name__)
    found = f"{call.amount} of {eip55.checksum(call.token)} to {eip55.checksum(call.recipient)}"
    claim = _claim(reading)
    assert claim is not None
    wrong = {
        "token": call.token != token or reading.state is None or owed.asset not in reading.state.roster.assets,
        "ether-with-it": facts.ether != 0,
        "to-nobody": call.recipient in (bytes(20), claim.tx.safe, call.token),
        "recipient": call.recipient != recipient,
        "amount": call.amount != owed.amount,
        "amount-range": not 0 < call.amount < AMOUNT_LIMIT,
    }
    for slug, bad in wrong.items():
        if bad:
            return failed("E5", slug, "call", expected, found, expected=expected, found=found)
    return passed("E5", "pays-what-is-owed", "call", expected, found)


CHECKS = (
    Check("E2", "DIGEST", digest),
    Check("E1", "DOMAIN", domain, ("E2",)),
    Check("E3", "OPERATION", operation, ("E2",)),
    Check("E4", "SELF/ADMIN", administration, ("E2",)),
    Check("E5", "ERC20", token_transfer, ("E2",)),
    Check("E6", "ETH", ether, ("E2",)),
    Check("E7", "GAS-REFUND", gas_refund, ("E2",)),
    Check("E8", "NONCE", nonce, ("E2",)),
    Check("E9", "SIGNATURE", owner_signatures, ("E2",)),
)
