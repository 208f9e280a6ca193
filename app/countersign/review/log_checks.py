"""L1–L6: the contract stands in the log that this machine has followed, and the log's head is witnessed.

- The parsed head and its log signature (L1, L2) carry the rest; inclusion (L3) rebuilds each contract's leaf from its
  opening and the bytes of its `contract.affirmed` event.
- Without an anchor (no profile, no `--trust`) L2 to L6 are blocked by "anchor": a checkpoint alone proves nothing.
- A contract that the replayed log does not hold fails L3; one that it holds, but whose event, opening or proof is not
  here, is blocked by what is missing.
- In history L5 demands k cosignatures not earlier than the first share's entry, of any age.
"""

from collections.abc import Iterator
from dataclasses import replace

from countersign.audit import pin as pinned
from countersign.audit.checkpoint import SignedCheckpoint
from countersign.audit.proof import verify_inclusion
from countersign.audit.quorum import AsOf, Fresh, Quorum
from countersign.errors import CountersignError, Malformed, Refused
from countersign.review.case import ANCHOR, ContractFacts, HeadFacts
from countersign.review.check import Check
from countersign.review.finding import Finding, blocked, failed, from_error, not_applicable, passed
from countersign.review.reading import Reading
from countersign.settlement.records import ContractState, Fault


def note_form(reading: Reading) -> Iterator[Finding]:
    """L1: the checkpoint is a well-formed signed note of our own log's kind."""
    head = reading.case.head
    if head is None:
        yield blocked("L1", ANCHOR, "checkpoint")
        return
    signed = reading.signed_head
    if isinstance(signed, CountersignError):
        yield from_error("L1", signed, "checkpoint", "a signed note as c2sp.org/tlog-checkpoint writes it")
        return
    if head.quorum is not None and signed.checkpoint.origin != head.quorum.origin:
        yield failed("L1", "origin", "checkpoint", head.quorum.origin, signed.checkpoint.origin,
                     expected=head.quorum.origin, found=signed.checkpoint.origin[:80])  # fmt: skip
        return
    found = f"{signed.checkpoint.origin}, size {signed.checkpoint.size}"
    yield passed("L1", "note-in-order", "checkpoint", "a signed note as c2sp.org/tlog-checkpoint writes it", found)


def log_signature(reading: Reading) -> Iterator[Finding]:
    """L2: the log's own key signed the head; no known key's line is false."""
    anchored = _anchored(reading)
    if anchored is None:
        yield blocked("L2", ANCHOR, "checkpoint")
        return
    _, quorum, signed = anchored
    try:
        quorum.verify_log(signed)
    except CountersignError as error:
        yield from_error("L2", error, "checkpoint", f"a valid signature of {quorum.log}")
        return
    yield passed("L2", "signed-by-log", "checkpoint", f"a valid signature of {quorum.log}", "valid")


def inclusion(reading: Reading) -> Iterator[Finding]:
    """L3: every contract of the settlement stands in the log under this head."""
    anchored = _anchored(reading)
    if anchored is None:
        yield blocked("L3", ANCHOR, "contract")
        return
    if not reading.case.contracts:
        yield not_applicable("L3", "L3.no-contract")
        return
    for contract in reading.case.contracts:
        yield _included(reading, contract)


def _included(reading: Reading, contract: ContractFacts) -> Finding:
    about = contract.about
    event, opening, proof = contract.event, contract.opening, contract.proof
    if isinstance(opening, Malformed):
        return from_error("L3", opening, about, "the opening of its entry")
    if isinstance(proof, Malformed):
        return from_error("L3", proof, about, "a proof that it stands in the log")
    if event is None or opening is None or proof is None:
        return _without_proof(reading, contract)
    expected = f"leaf {opening.index} under the witnessed root"
    try:
        if proof.index != opening.index:
            raise Refused("L3.index-differs", proof=proof.index, opening=opening.index)
        carried = reading.contract_in_event(contract)
        if carried != contract.jws:
            raise Refused("L3.other-contract", index=opening.index)
        head = reading.proof_head(proof)
        verify_inclusion(proof.index, head.checkpoint.size, opening.leaf(event), proof.hashes, head.checkpoint.root)
    except CountersignError as error:
        return from_error("L3", error, about, expected)
    if (fault := _refused(reading, contract, opening.index)) is not None:
        return failed("L3", "refused", about, f"{expected}, accepted by the rules", fault.code,
                      index=opening.index, why=fault.code)  # fmt: skip
    return passed("L3", "included", about, expected, f"leaf {opening.index} of {head.checkpoint.size}",
                  index=opening.index, size=head.checkpoint.size)  # fmt: skip


def _refused(reading: Reading, contract: ContractFacts, index: int) -> Fault | None:
    """Why the rules refused the entry, where no other brought the contract into force: who runs a log can have anything stand
    there."""
    if reading.state is None:
        return None
    known = reading.state.contracts.get(reading.contract_hash(contract) or "")
    agreed = known is not None and known.cause(ContractState.AGREED) is not None
    return None if agreed else reading.state.faults.get(index)


def _without_proof(reading: Reading, contract: ContractFacts) -> Finding:
    """Event, opening or proof is not here: a fail where this machine's own replay shows that there can be none."""
    found = reading.contract_hash(contract)
    if reading.state is not None and found is not None and found not in reading.state.contracts:
        size = reading.state.size
        return failed("L3", "not-in-log", contract.about, "an entry of the log", f"none among {size} entries",
                      hash=found, size=size)  # fmt: skip
    parts = (("event", contract.event), ("opening", contract.opening), ("tlog-proof", contract.proof))
    return blocked("L3", next(name for name, part in parts if part is None), contract.about)


def consistency(reading: Reading) -> Iterator[Finding]:
    """L4: the head extends the pinned one; a smaller one is a rollback, another root of the same size a lie."""
    anchored = _anchored(reading)
    if anchored is None:
        yield blocked("L4", ANCHOR, "checkpoint")
        return
    head, _, signed = anchored
    pinned_at = f"size {head.pin.size}" if head.pin else "nothing pinned yet"
    try:
        pinned.judge(head.pin, signed, head.consistency)
    except CountersignError as error:
        yield from_error("L4", error, "checkpoint", f"an extension of the pinned head ({pinned_at})")
        return
    yield passed("L4", "consistent", "checkpoint", f"an extension of the pinned head ({pinned_at})",
                 f"size {signed.checkpoint.size}", size=signed.checkpoint.size)  # fmt: skip


def witnesses(reading: Reading) -> Iterator[Finding]:
    """L5: k of n witnesses cosigned the head, within the window, or in history not before the entry."""
    anchored = _anchored(reading)
    if anchored is None:
        yield blocked("L5", ANCHOR, "checkpoint")
        return
    head, quorum, signed = anchored
    clock = reading.clock
    if head.entry_ms is not None:
        when: Fresh | AsOf = AsOf(head.entry_ms)
    elif clock is not None:
        when = Fresh(clock.judged, head.pin.witness_times if head.pin else {})
    else:
        yield blocked("L5", ANCHOR, "checkpoint")
        return
    expected = f"{quorum.k} of {len(quorum.witnesses)} witnesses"
    try:
        cosignatures = quorum.judge(signed, when)
    except CountersignError as error:
        yield from_error("L5", error, "checkpoint", expected)
        return
    have = sum(one.counts for one in cosignatures)
    names = ", ".join(one.witness.name for one in cosignatures if one.counts)
    if (short := quorum.short(cosignatures)) is not None:
        why = "; ".join(f"{one.witness.name}: {one.objection}" for one in cosignatures if not one.counts)
        yield replace(from_error("L5", short, "checkpoint", expected), found=why)
        return
    if head.insiders:
        yield passed("L5", "witnessed-inside", "checkpoint", expected, names, have=have, need=quorum.k)
    else:
        yield passed("L5", "witnessed", "checkpoint", expected, names, have=have, need=quorum.k)


def pin_atomic(reading: Reading) -> Iterator[Finding]:
    """L6: the database's pin is not behind the copy kept outside it (a store restored from yesterday)."""
    head = reading.case.head
    if head is None or head.quorum is None:
        yield blocked("L6", ANCHOR, "pin")
        return
    if head.outside_pin is None:
        yield not_applicable("L6", "L6.no-outside-pin")
        return
    try:
        pinned.require_not_restored(head.pin, head.outside_pin)
    except CountersignError as error:
        yield from_error("L6", error, "pin", f"at least size {head.outside_pin.size}")
        return
    yield passed("L6", "pin-in-step", "pin", f"at least size {head.outside_pin.size}",
                 f"size {head.pin.size if head.pin else 0}", size=head.outside_pin.size)  # fmt: skip


def _anchored(reading: Reading) -> tuple[HeadFacts, Quorum, SignedCheckpoint] | None:
    head = reading.case.head
    signed = reading.signed_head
    if head is None or head.quorum is None or not isinstance(signed, SignedCheckpoint):
        return None
    return head, head.quorum, signed


CHECKS = (
    Check("L1", "NOTE-FORM", note_form),
    Check("L2", "LOG-SIG", log_signature, ("L1",)),
    Check("L3", "INCLUSION", inclusion, ("C2", "L1", "L2")),
    Check("L4", "CONSISTENCY", consistency, ("L1", "L2")),
    Check("L5", "WITNESS", witnesses, ("L1", "L2")),
    Check("L6", "PIN-ATOMIC", pin_atomic),
)
