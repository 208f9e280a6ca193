"""E10: the Safe on its chain is the one that is registered, with this nonce, as a node said lately.

- Online, the console's own node is asked before the signature, at one block, which may be an hour old.
- A cold machine has no node: two officers attest what theirs said (`state.attested`), neither of them who signs there. It
  may be as old as a request may live. It is shown as attested, never as proved.
- In history only the log counts: what two officers attested before the first share is judged as a cold machine would have
  judged it; what a console's node said is not in the log, and the finding says so.
- A batch runs the code of its release's MultiSendCallOnly; where another stands, or none, it would not pay what is owed.
- Every part that drifted is a fail of its own, with what was expected and found; what did not is told by question.
- A change of owners that is to be signed must succeed on the Safe's own list, whose order nothing else tells a cold machine.
- A change of owners that the log observed and the Safe knows nothing of is named, with what to do about it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from countersign.errors import CountersignError
from countersign.ethereum import owners
from countersign.ethereum.abi import Address
from countersign.ethereum.owners import OwnerList
from countersign.ethereum.safe import DELEGATECALL, SafeTx
from countersign.formats import eip55, times
from countersign.rails import owner_change
from countersign.rails import safe_state as rail
from countersign.rails.safe_state import Part
from countersign.review.case import ANCHOR, Channel, Mode
from countersign.review.check import Check
from countersign.review.contract_checks import REQUEST_LIFETIME
from countersign.review.ethereum_reading import claim_of, safe_of
from countersign.review.finding import Finding, Status, blocked, failed, from_error, not_applicable, passed
from countersign.review.reading import Reading
from countersign.review.standing_checks import EXPECTED_ATTESTORS, names, objection
from countersign.settlement import owners_observed, owning
from countersign.settlement.owners_order import attested_as
from countersign.settlement.roster import SafeVault
from countersign.settlement.safe_state import AHEAD_SECONDS, SNAPSHOT_SECONDS, ChainSnapshot, SafeState
from countersign.settlement.state import State


def safe_state(reading: Reading) -> Iterator[Finding]:
    """E10: singleton, code, version, owners, threshold, modules, guards, fallback handler and nonce, at one block."""
    claim, state = claim_of(reading), reading.state
    if claim is None:
        yield not_applicable("E10", "E1.no-safe-transaction")
        return
    if state is None:
        yield blocked("E10", ANCHOR, "Safe")
        return
    vault = safe_of(reading)
    if vault is None:
        yield blocked("E10", "E1", "Safe")
        return
    if reading.case.mode is Mode.HISTORY or reading.case.channel is not Channel.ONLINE:
        yield from _attested(reading, state, vault, claim.tx)
    else:
        yield from _asked(reading, state, vault, claim.tx)


def _asked(reading: Reading, state: State, vault: SafeVault, tx: SafeTx) -> Iterator[Finding]:
    """What this console's own node said."""
    seen, at = reading.safes, _now(reading)
    if seen is None and reading.case.mode is Mode.LOOK:
        yield not_applicable("E10", "E10.not-asked")
    elif seen is None or at is None:
        yield failed("E10", "no-node", "node", f"a node of {vault.chain}", "none", chain=vault.chain)
    elif isinstance(seen, CountersignError):
        yield from_error("E10", seen, "node", f"the state of the Safe {vault.address}")
    else:
        limit = SNAPSHOT_SECONDS if state.policy is None else state.policy.safe_state_age_seconds
        source = passed("E10", "read", "block", _limit(limit), _block(seen, at),
                        number=seen.number, block=seen.block, age=max(0, seen.age(at)))  # fmt: skip
        yield from _judged(seen, source, (state, vault, tx), at, limit)


def _attested(reading: Reading, state: State, vault: SafeVault, tx: SafeTx) -> Iterator[Finding]:
    """What two officers attested that their nodes said."""
    record, past, at = reading.record, reading.case.mode is Mode.HISTORY, _now(reading)
    found = state.attestations.get(attested_as(record)) if record is not None else None
    if past and (found is None or record is None or record.hash not in found.instructions):
        yield not_applicable("E10", "E10.not-logged")
        return
    if found is None or at is None:
        yield failed("E10", "not-attested", "attestation", EXPECTED_ATTESTORS, "none")
        return
    against = objection(reading, state, found)
    if against is not None:
        yield replace(against, check="E10")
        return
    seen = next((each for each in found.chains if each.chain == vault.chain), None)
    if seen is None:
        chains = ", ".join(each.chain for each in found.chains) or "none"
        yield failed("E10", "other-chain", "attestation", vault.chain, chains, expected=vault.chain, found=chains)
        return
    limit = REQUEST_LIFETIME if state.policy is None else state.policy.request_lifetime_seconds
    officers = names(state, found)
    source = passed("E10", "attested", "attestation", EXPECTED_ATTESTORS, f"{officers}: {_block(seen, at)}",
                    officers=officers, number=seen.number, block=seen.block, at=times.text(seen.time))  # fmt: skip
    yield from _judged(seen, source, (state, vault, tx), at, limit)


def _judged(
    seen: ChainSnapshot, source: Finding, about: tuple[State, SafeVault, SafeTx], at: int, limit: int
) -> Iterator[Finding]:
    """Chain, age, and every part of the Safe."""
    state, vault, tx = about
    age, found = seen.age(at), seen.of(vault.address)
    if seen.chain != vault.chain:
        yield failed("E10", "other-chain", "node", vault.chain, seen.chain, expected=vault.chain, found=seen.chain)
        return
    if found is None:
        others = ", ".join(each.address for each in seen.safes)
        yield failed("E10", "other-safe", "Safe", vault.address, others, expected=vault.address, found=others)
        return
    if age > limit:
        yield failed("E10", "old", "block", _limit(limit), _block(seen, at), number=seen.number, age=age, limit=limit)
    elif age < -AHEAD_SECONDS:
        yield failed("E10", "ahead", "block", _limit(limit), _block(seen, at), number=seen.number, ahead=-age)
    else:
        yield source
    try:
        parts = rail.parts(found, vault, state.roster, tx.nonce, batch=tx.operation == DELEGATECALL)
    except CountersignError as error:
        yield from_error("E10", error, f"Safe {vault.address}", "a Safe whose registration can be read")
        return
    yield from _agreeing(found, {each.code: each for each in parts if each.agrees}, tx.nonce)
    if (order := owners_observed.unseen(state, vault, found.owners, found.threshold, found.nonce)) is not None:
        sent = order.instruction.transaction or ""
        yield failed("E10", "order-unseen", "owners", "the change that the log observed", "the owners before it",
                     vault=vault.id, transaction=sent)  # fmt: skip
    if all(each.agrees for each in parts if each.code in _OWNED):
        yield from _in_order(state, vault, tx, found)
    for part in (each for each in parts if not each.agrees):
        values = {"expected": part.expected, "found": part.found}
        yield Finding("E10", Status.FAIL, part.code, part.name, part.expected, part.found, values)


def _in_order(state: State, vault: SafeVault, tx: SafeTx, found: SafeState) -> Iterator[Finding]:
    """A change of owners that was ordered names whoever stands in front in the Safe's own list; else the Safe reverts it."""
    order = owning.under_way(state, vault.id)
    if order is None:
        return
    try:
        change = owner_change.require(
            tx, vault, order.keys, order.threshold, state.roster, order.instruction.nonce or 0
        )
    except CountersignError:
        return  # another call than was ordered is E4's
    if change is None:
        return
    listed = OwnerList(tuple(Address(eip55.parse(each)) for each in found.owners), found.threshold)
    expected, called = f"a call that the owners {', '.join(found.owners)} can be changed by", owners.spelt(change)
    try:
        owner_change.require_in_order(change, listed, vault)
    except CountersignError as error:
        yield replace(from_error("E10", error, "owners' order", expected), found=called)
        return
    yield passed("E10", "in-order", "owners' order", expected, called)


_CODE = ("E10.version", "E10.singleton", "E10.singleton-code", "E10.proxy-code")
_OWNED = ("E10.threshold", "E10.owners")
_ALONE = ("E10.modules", "E10.guard", "E10.module-guard", "E10.fallback-handler")


def _agreeing(found: SafeState, parts: Mapping[str, Part], nonce: int) -> Iterator[Finding]:
    """What is as registered, a finding for each question that a person would ask; `parts` are those that agree, by code."""
    if (told := _told(parts, _CODE)) is not None:
        yield passed("E10", "code", "code", *told, version=found.version, singleton=found.singleton)
    if (told := _told(parts, ("E10.multi-send-code",))) is not None:
        yield passed("E10", "batch", "batch", *told, version=found.version)
    if (told := _told(parts, _OWNED)) is not None:
        yield passed("E10", "owned", "owners", *told, owners=len(found.owners), threshold=found.threshold)
    if (told := _told(parts, _ALONE)) is not None:
        yield passed("E10", "alone", "who else acts", *told)
    if (told := _told(parts, ("E10.nonce",))) is not None:
        yield passed("E10", "next", "nonce", *told, nonce=nonce)


def _told(parts: Mapping[str, Part], wanted: tuple[str, ...]) -> tuple[str, str] | None:
    """Expected and found of some parts in words; None where one of them drifted."""
    if any(code not in parts for code in wanted):
        return None
    chosen = [parts[code] for code in wanted]
    return (
        "; ".join(f"{each.name} {each.expected}" for each in chosen),
        "; ".join(f"{each.name} {each.found}" for each in chosen),
    )


def _now(reading: Reading) -> int | None:
    """The moment at which a snapshot's age counts: C4's T."""
    return reading.clock.judged if reading.clock is not None else None


def _limit(seconds: int) -> str:
    return f"at most {seconds} s old"


def _block(seen: ChainSnapshot, at: int) -> str:
    return f"block {seen.number} {seen.block} of {times.text(seen.time)}, {seen.age(at)} s old"


CHECKS = (Check("E10", "SAFE-STATE", safe_state, ("E2", "E1")),)
