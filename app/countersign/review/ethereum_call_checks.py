"""E3–E6: the calls of a Safe transaction pay what is owed, to the unit, and nothing else happens beside them.

- A Safe transaction is one ERC-20 `transfer` or one payment of ether; several are a batch, a delegate call to the
  MultiSendCallOnly of the vault's own release (E3), each of whose inner calls must pass E4 to E6 like one that is alone.
- E5 and E6 together hold every call against every obligation, one by one: in another order they pay the same; one more,
  one less or one changed fails by name.
- A declared void is the one call of a Safe to itself that is signed: alone, no value, no data (E4); it pays nothing (E5, E6).
- What only a registered vault can tell is blocked by "anchor" where there is no profile, unless the bytes by themselves
  are already wrong.
"""

from collections.abc import Iterator
from dataclasses import replace

from countersign.errors import CountersignError, Malformed
from countersign.ethereum import deployments, multisend, owners
from countersign.ethereum.abi import Address
from countersign.ethereum.inspect import (
    AdminCall,
    CallFacts,
    Erc20Transfer,
    EtherTransfer,
    Facts,
    MalformedTransfer,
    PlainCall,
    SelfCall,
    is_reserved,
)
from countersign.ethereum.safe import SafeTx, SafeVersion
from countersign.formats import caip, eip55
from countersign.rails import owner_change, safe_payments
from countersign.rails.safe_payments import Pair
from countersign.resources.counting import counted
from countersign.review.case import ANCHOR
from countersign.review.ethereum_reading import claim_of, facts_of, safe_of
from countersign.review.finding import Finding, blocked, failed, from_error, not_applicable, passed
from countersign.review.reading import Reading
from countersign.settlement import owning
from countersign.settlement.netting import Obligation
from countersign.settlement.owners_order import OwnersOrder
from countersign.settlement.roster import SafeVault

AMOUNT_LIMIT = 2**128
EXPECTED_OPERATION = "0 (call), or 1 to MultiSendCallOnly of this Safe's release, plain calls only"
NO_ADMINISTRATION = "a payment to somebody else"


def operation(reading: Reading) -> Iterator[Finding]:
    """E3: a plain call, or a batch of plain calls; any other delegate call hands the Safe's own code to the target."""
    facts, claim = facts_of(reading), claim_of(reading)
    if facts is None or claim is None:
        yield not_applicable("E3", "E1.no-safe-transaction")
    elif not facts.delegatecall:
        yield passed("E3", "plain-call", "operation", "0 (call)", "0 (call)")
    else:
        try:
            yield _batch(reading, claim.tx, facts)
        except CountersignError as error:
            found = f"1 (delegate call) to {eip55.checksum(claim.tx.to)}"
            yield replace(from_error("E3", error, "operation", EXPECTED_OPERATION), found=found)


def _batch(reading: Reading, tx: SafeTx, facts: Facts) -> Finding:
    """What E3 makes of a delegate call. Refused E3.delegatecall…, E3.other-release, E3.no-release; Malformed E3.*."""
    release = multisend.release(tx.to)
    found = f"1 (delegate call) to MultiSendCallOnly {release}: {_counted(facts)}"
    if facts.fault is not None:
        raise Malformed(facts.fault.code, **facts.fault.values)
    if tx.value:
        wei = str(tx.value)
        return failed("E3", "batch-value", "operation", EXPECTED_OPERATION, f"{found}, with {wei} wei", wei=wei)
    vault = safe_of(reading)
    if vault is None:
        return blocked("E3", ANCHOR if reading.state is None else "E1", "operation")
    multisend.require_pinned(tx.to, SafeVersion.parse(vault.version))
    return passed("E3", "batch", "operation", EXPECTED_OPERATION, found, count=len(facts.batch))


def administration(reading: Reading) -> Iterator[Finding]:
    """E4: not the Safe itself, not its own machinery, no reserved address, no call that changes who may spend."""
    facts = facts_of(reading)
    if facts is None:
        yield not_applicable("E4", "E1.no-safe-transaction")
    elif facts.fault is not None:
        yield blocked("E4", "E3", "call")
    elif reading.order is not None:
        yield _only_ordered(reading, reading.order)
    elif reading.void:
        yield _only_voids(facts)
    else:
        findings = [_administers(reading, each, at) for at, each in _places(facts)]
        against = [each for each in findings if each is not None]
        targets = ", ".join(dict.fromkeys(eip55.checksum(each.target) for each in facts.calls))
        yield from against or (passed("E4", "no-administration", "call", NO_ADMINISTRATION, targets),)


def _only_ordered(reading: Reading, order: OwnersOrder) -> Finding:
    """A Safe's change of owners is the one call that the administrators ordered, and nothing else."""
    claim, vault, state = claim_of(reading), safe_of(reading), reading.state
    expected = f"owners {', '.join(order.keys)}, threshold {order.threshold}"
    if claim is None or vault is None or state is None:
        return blocked("E4", "E1", "call")
    nonce = order.instruction.nonce or 0
    try:
        change = owner_change.require(claim.tx, vault, order.keys, order.threshold, state.roster, nonce)
        owning.check_registered(state, vault, order.keys)
    except CountersignError as error:
        return from_error("E4", error, "call", expected)
    if change is None:
        return passed("E4", "owners-kept", "call", expected, "an empty call of the Safe to itself")
    return passed("E4", "owners-as-ordered", "call", expected, owners.spelt(change), call=owners.spelt(change))


def _only_voids(facts: Facts) -> Finding:
    """A void is an empty call of the Safe to itself, and nothing else."""
    to, expected = eip55.checksum(facts.target), "an empty call of the Safe to itself"
    if facts.void:
        return passed("E4", "declared-void", "call", expected, to)
    found = f"{type(facts.shown).__name__} to {to}, {facts.ether} wei"
    return failed("E4", "not-void", "call", expected, found, found=found)


def _administers(reading: Reading, facts: CallFacts, at: str) -> Finding | None:
    """Why one call is none that a payment makes, or None."""
    to = eip55.checksum(facts.target)
    if isinstance(facts.call, SelfCall):
        said = facts.call.said
        return failed("E4", "self-call", at, NO_ADMINISTRATION, f"{said} on the Safe itself", call=said)
    if isinstance(facts.call, AdminCall):
        return failed("E4", "admin-call", at, NO_ADMINISTRATION, facts.call.name, call=facts.call.name, to=to)
    if facts.reserved_target:
        return failed("E4", "reserved", at, NO_ADMINISTRATION, to, to=to)
    machinery = _machinery(reading)
    if facts.contract is not None or to in machinery:
        name = facts.contract.name if facts.contract is not None else machinery[to]
        return failed("E4", "safe-machinery", at, NO_ADMINISTRATION, f"{name} at {to}", contract=name, to=to)
    return None


def token_transfer(reading: Reading) -> Iterator[Finding]:
    """E5: `transfer` of the registered token, to the contract's address, of the contract's amount, in 68 bytes."""
    facts = facts_of(reading)
    if facts is None:
        yield not_applicable("E5", "E1.no-safe-transaction")
        return
    if facts.fault is not None:
        yield blocked("E5", "E3", "call")
        return
    if reading.void or reading.order is not None:
        yield not_applicable("E5", "E5.void" if reading.void else "E5.owners")
        return
    broken = [_malformed(each.call, at) for at, each in _places(facts) if isinstance(each.call, MalformedTransfer)]
    yield from broken
    if reading.state is None:
        yield from () if broken else (blocked("E5", ANCHOR, "call"),)
    elif not reading.owed:
        yield failed("E5", "nothing-owed", "call", "what this Safe owes", "nothing")
    else:
        found = [_transfer_matches(reading, facts, each) for each in _pairs(reading, facts) if _is_token(each)]
        yield from found
        if not found and not broken:
            yield not_applicable("E5", "E5.other-kind")


def ether(reading: Reading) -> Iterator[Finding]:
    """E6: plain ether, no data, to the contract's address, of the contract's amount."""
    facts = facts_of(reading)
    if facts is None:
        yield not_applicable("E6", "E1.no-safe-transaction")
    elif facts.fault is not None:
        yield blocked("E6", "E3", "call")
    elif reading.state is None:
        yield blocked("E6", ANCHOR, "call")
    elif reading.void or reading.order is not None:
        yield not_applicable("E6", "E6.void" if reading.void else "E6.owners")
    elif not reading.owed:
        yield blocked("E6", "E5", "call")
    else:
        found = [_ether_matches(reading, facts, each) for each in _pairs(reading, facts) if _is_ether(each)]
        yield from found or (not_applicable("E6", "E6.other-kind"),)


def _machinery(reading: Reading) -> dict[str | None, str]:
    """The registered contracts that the Safe itself runs on."""
    vault = safe_of(reading)
    if vault is None:
        return {}
    return {vault.fallback_handler: "the Safe's fallback handler", vault.singleton: "the Safe's singleton"}


def _counted(facts: Facts) -> str:
    return "no batch" if not facts.batch else counted(len(facts.batch), "calls")


def _places(facts: Facts) -> Iterator[tuple[str, CallFacts]]:
    """Every call to judge, with what a finding names it: "call", or "call 2 of 3"."""
    for number, each in enumerate(facts.calls, 1):
        yield _place(facts, number), each


def _place(facts: Facts, number: int) -> str:
    return f"call {number} of {len(facts.batch)}" if facts.batch and number else "call"


def _pairs(reading: Reading, facts: Facts) -> tuple[Pair, ...]:
    return safe_payments.pair(facts.calls, reading.owed)


def _is_token(pair: Pair) -> bool:
    """Whether a pair is E5's: a token is owed, or nothing is and the call carries data. Malformed ones are named apart."""
    call = pair.call.call if pair.call is not None else None
    if isinstance(call, MalformedTransfer):
        return False
    return not (_is_coin(pair.owed) if pair.owed is not None else _carries_no_data(call))


def _is_ether(pair: Pair) -> bool:
    """Whether a pair is E6's: ether is owed, or nothing is and the call carries no data."""
    if pair.owed is not None:
        return _is_coin(pair.owed)
    return pair.call is not None and _carries_no_data(pair.call.call)


def _is_coin(owed: Obligation) -> bool:
    return caip.AssetId.parse(owed.asset).is_coin


def _carries_no_data(call: PlainCall | None) -> bool:
    return isinstance(call, EtherTransfer) or (isinstance(call, SelfCall) and not call.selector)


def _malformed(call: MalformedTransfer, at: str) -> Finding:
    return from_error("E5", Malformed(call.code, **call.values), at, "transfer(address,uint256), 68 bytes")


def _said(call: CallFacts) -> str:
    """A call in plain values, for a finding's *found*."""
    match call.call:
        case Erc20Transfer(token, recipient, amount):
            return f"{amount} of {eip55.checksum(token)} to {eip55.checksum(recipient)}"
        case EtherTransfer(recipient, amount):
            return f"{amount} wei to {eip55.checksum(recipient)}"
    return type(call.call).__name__


def _transfer_matches(reading: Reading, facts: Facts, pair: Pair) -> Finding:
    """E5 on one obligation of a token and the call that stands for it, or on a call beyond what is owed."""
    at, found = _place(facts, pair.number), "nothing" if pair.call is None else _said(pair.call)
    if pair.owed is None:
        return failed("E5", "extra", at, "nothing beyond what is owed", found, number=pair.number, found=found)
    token, recipient = Address(caip.AssetId.parse(pair.owed.asset).token), _recipient(pair.owed)
    expected = f"{pair.owed.amount} of {eip55.checksum(token)} to {eip55.checksum(recipient)}"
    if pair.call is None:
        return failed("E5", "unpaid", at, expected, found, expected=expected)
    call = pair.call.call
    if not isinstance(call, Erc20Transfer):
        return failed("E5", "no-transfer", at, expected, found)
    if call.token != token or reading.state is None or pair.owed.asset not in reading.state.roster.assets:
        return failed("E5", "token", at, expected, found, expected=expected, found=found)
    if wei := pair.call.ether:
        return failed("E5", "ether-with-it", at, "no ether with the call", f"{wei} wei", wei=str(wei))
    if _is_nobody(reading, call.recipient):
        return failed("E5", "to-nobody", at, expected, found, found=eip55.checksum(call.recipient))
    if call.recipient != recipient:
        return failed("E5", "recipient", at, expected, found, expected=expected, found=found)
    if call.amount != pair.owed.amount:
        return failed("E5", "amount", at, expected, found, expected=str(pair.owed.amount), found=str(call.amount))
    if not 0 < call.amount < AMOUNT_LIMIT:
        return failed("E5", "amount-range", at, expected, found, found=str(call.amount))
    return passed("E5", "pays-what-is-owed", at, expected, found)


def _ether_matches(reading: Reading, facts: Facts, pair: Pair) -> Finding:
    """E6 on one obligation of ether and the call that stands for it, or on ether beyond what is owed."""
    at, found = _place(facts, pair.number), "nothing" if pair.call is None else _said(pair.call)
    if pair.owed is None:
        return failed("E6", "extra", at, "nothing beyond what is owed", found, number=pair.number, found=found)
    expected = f"{pair.owed.amount} wei to {pair.owed.destination}"
    if pair.call is None:
        return failed("E6", "unpaid", at, expected, found, expected=expected)
    call = pair.call.call
    if not isinstance(call, EtherTransfer):
        return failed("E6", "no-payment", at, expected, found)
    to = eip55.checksum(call.recipient)
    if _is_nobody(reading, call.recipient):
        return failed("E6", "to-nobody", at, expected, found, found=to)
    if call.recipient != _recipient(pair.owed):
        return failed("E6", "recipient", at, expected, found, expected=pair.owed.destination, found=to)
    if call.amount != pair.owed.amount:
        return failed("E6", "amount", at, expected, found, expected=pair.owed.amount, found=call.amount)
    return passed("E6", "pays-what-is-owed", at, expected, found)


def _is_nobody(reading: Reading, recipient: Address) -> bool:
    """Whether what is paid there is lost, whoever registered it: a reserved address, this Safe, a Safe contract (also one that a
    Safe here runs on, wherever it was deployed), a token."""
    claim, state = claim_of(reading), reading.state
    if is_reserved(recipient) or deployments.named(recipient) is not None:
        return True
    if claim is None or recipient == claim.tx.safe or state is None:
        return True
    chain = f"eip155:{claim.tx.chain_id}"
    safes = (each for each in state.roster.vaults.values() if isinstance(each, SafeVault) and each.chain == chain)
    if eip55.checksum(recipient) in {each.singleton for each in safes}:
        return True
    tokens = (caip.AssetId.parse(asset) for asset in state.roster.assets if asset.startswith(f"{chain}/"))
    return recipient in {each.token for each in tokens if not each.is_coin}


def _recipient(owed: Obligation) -> Address:
    return Address(caip.AccountId.parse(owed.destination).ethereum_address)
