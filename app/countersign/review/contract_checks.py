"""C1–C6: is this the contract both institutions signed, is it this one's time, who asks, and is it whole.

- C2 is the parser's rule; C1 compares the contract's hash wherever it stands and verifies the signatures of
  its parties, or of an award's two officers.
- C3 looks at the replayed log and at this machine's own journal: one id and version has one hash for ever.
- C4 uses T = max(clock, last stored time, last log time); history is judged at the first share's entry.
- C5 and C6 concern an instruction: who prepared it, and whether both sides of the exchange are there.
"""

from collections.abc import Iterator
from hashlib import sha256

from countersign.bitcoin.psbt import Psbt, fields, to_version
from countersign.bitcoin.psbt import parse as parse_psbt
from countersign.errors import CountersignError, Refused
from countersign.ethereum import safe_file
from countersign.ethereum.safe import ClaimedSafeTx
from countersign.formats import times
from countersign.keys import jws as jose
from countersign.review.case import ANCHOR, ContractFacts, InstructionFacts, Mode
from countersign.review.check import Check
from countersign.review.finding import Finding, blocked, failed, from_error, not_applicable, passed
from countersign.review.reading import Reading
from countersign.settlement import contract as contracts
from countersign.settlement import netting, templates
from countersign.settlement.contract import Contract
from countersign.settlement.instructing import completes
from countersign.settlement.owners_order import OwnersOrder
from countersign.settlement.records import ContractState, Cycle, Instruction
from countersign.settlement.roster import Role
from countersign.settlement.state import State

ENDED = (
    ContractState.FINAL,
    ContractState.CANCELLED,
    ContractState.DECLINED,
    ContractState.EXPIRED,
    ContractState.SUPERSEDED,
    ContractState.AWARDED,
    ContractState.VOIDED,
)
REQUEST_LIFETIME = 24 * 3_600
"""Seconds; the default where no policy says otherwise."""


def strict_json(reading: Reading) -> Iterator[Finding]:
    """C2: every contract parses strictly."""
    if not reading.case.contracts:
        yield not_applicable("C2", "C1.no-contract")
    for facts in reading.case.contracts:
        found = reading.contract(facts)
        expected = "strict JSON, canonical, every field known"
        if isinstance(found, CountersignError):
            yield from_error("C2", found, facts.about, expected)
        else:
            yield passed("C2", "strict", facts.about, expected, "as wanted")


def contract_hash(reading: Reading) -> Iterator[Finding]:
    """C1: canonical bytes, both parties' signatures, one hash in request, logged event and here."""
    if not reading.case.contracts:
        yield not_applicable("C1", "C1.no-contract")
    for facts in reading.case.contracts:
        yield _one_hash(reading, facts)


def _one_hash(reading: Reading, facts: ContractFacts) -> Finding:
    found = reading.contract(facts)
    if not isinstance(found, Contract):
        return blocked("C1", "C2", facts.about)
    expected = f"contract {found.hash}, signed by {_signers(found)}"
    if jose.serialise(found.jws) != facts.jws or found.terms.serialise() != found.jws.payload:
        return failed("C1", "not-canonical", facts.about, expected, "other bytes than its canonical form")
    if reading.state is None:
        return blocked("C1", ANCHOR, facts.about)
    try:
        contracts.verify(found, reading.state.roster, logged=_logged(reading.state, found))
        carried = None if facts.event is None else reading.contract_hash_in_event(facts)
    except CountersignError as error:
        return from_error("C1", error, facts.about, expected)
    if carried not in (None, found.hash):
        return failed("C1", "event-differs", facts.about, expected, carried or "", expected=found.hash,
                      found=carried or "")  # fmt: skip
    if (other := _named_instead(reading, found.hash)) is not None:
        return failed("C1", "request-differs", facts.about, expected, other, expected=found.hash, found=other)
    return passed("C1", "same-hash", facts.about, expected, found.hash, hash=found.hash)


def _logged(state: State, found: Contract) -> bool:
    """Whether the log has taken in exactly these signatures as an agreement."""
    record = state.contracts.get(found.hash)
    return record is not None and not record.proposer and record.signed == found.signed


def _signers(found: Contract) -> str:
    """Who must have signed: every party, or for an award two officers."""
    if found.terms.template == templates.AWARD:
        return "two officers"
    return "both parties" if len(found.terms.leis) == 2 else "its party"


def _named_instead(reading: Reading, contract: str) -> str | None:
    """The contracts that the instruction names, if this one is not among them."""
    if reading.state is None or reading.record is None or reading.order is not None:
        return None
    named = reading.state.cycles[reading.record.cycle].contracts
    return None if contract in named else ", ".join(named)


def settlement_id(reading: Reading) -> Iterator[Finding]:
    """C3: this id and version never stood for another contract; nothing ended signs again."""
    if not reading.case.contracts:
        yield not_applicable("C3", "C1.no-contract")
    for facts in reading.case.contracts:
        found = reading.contract(facts)
        if not isinstance(found, Contract):
            yield blocked("C3", "C2", facts.about)
        elif reading.state is None:
            yield blocked("C3", ANCHOR, facts.about)
        else:
            yield _one_id(reading, reading.state, found, facts.about)


def _one_id(reading: Reading, state: State, found: Contract, about: str) -> Finding:
    terms = found.terms
    expected = f"{terms.id} version {terms.version} only ever as {found.hash}"
    known = state.versions.get((terms.id, terms.version))
    kept = reading.case.journal.contracts.get((terms.id, terms.version))
    for other in (known, kept):
        if other is not None and other != found.hash:
            return failed("C3", "other-hash", about, expected, other, id=terms.id, version=terms.version, other=other)
    newer = max((version for name, version in state.versions if name == terms.id), default=0)
    if newer > terms.version:
        return failed("C3", "superseded", about, expected, f"version {newer}", id=terms.id, newer=newer)
    record = state.contracts.get(found.hash)
    # A settled contract that is only looked at asks for no signature; beside an instruction it does.
    settled = record is not None and record.state is ContractState.FINAL and reading.case.instruction is None
    if record is not None and record.state in ENDED and not settled:
        return failed("C3", "ended", about, expected, record.state.value, id=terms.id, state=record.state.value)
    return passed("C3", "one-hash", about, expected, record.state.value if record else "never seen before")


def window(reading: Reading) -> Iterator[Finding]:
    """C4: not before its time, not after settle-by, the request still alive, the clock not set back."""
    clock, state = reading.clock, reading.state
    if not reading.case.contracts and reading.case.instruction is None:
        yield not_applicable("C4", "C1.no-contract")
        return
    if clock is None or state is None:
        yield blocked("C4", ANCHOR, "clock")
        return
    if clock.confirmed is False and clock.as_of is None:
        yield failed("C4", "clock-unconfirmed", "clock", "confirmed against a second source", "not confirmed")
        return
    now = clock.judged
    for terms in reading.terms:
        expected, at = f"{times.text(terms.not_before)} to {times.text(terms.settle_by)}", times.text(now)
        if now < terms.not_before:
            yield failed(
                "C4", "not-yet", terms.id, expected, at, id=terms.id, now=at, start=times.text(terms.not_before)
            )
        elif now > terms.settle_by and _completes(reading, state):
            yield passed("C4", "completes", terms.id, "as long as it takes", at, id=terms.id)
        elif now > terms.settle_by:
            yield failed("C4", "too-late", terms.id, expected, at, id=terms.id, now=at, end=times.text(terms.settle_by))
        else:
            yield passed("C4", "in-time", terms.id, expected, at)
    if reading.record is not None:
        lifetime = REQUEST_LIFETIME if state.policy is None else state.policy.request_lifetime_seconds
        yield _alive(reading.record, lifetime, now)
    elif reading.case.instruction is not None:
        yield blocked("C4", "C5", "request")


def _completes(reading: Reading, state: State) -> bool:
    """Whether it only brings home or completes what was begun: the time to settle no longer binds it."""
    record = reading.record
    return record is not None and reading.order is None and completes(state.cycles[record.cycle], record)


def _alive(record: Instruction, lifetime: int, now: int) -> Finding:
    until = record.time_ms // 1_000 + lifetime
    expected = f"signed before {times.text(until)}"
    if now > until:
        return failed("C4", "request-too-old", "request", expected, times.text(now), until=times.text(until))
    return passed("C4", "request-alive", "request", expected, times.text(now))


def originator(reading: Reading) -> Iterator[Finding]:
    """C5: a logged `instruction.prepared` for these very bytes, by an operations officer who does not sign."""
    instruction, state = reading.case.instruction, reading.state
    if instruction is None and reading.case.mode is Mode.SIGN:
        yield failed("C5", "nothing-to-sign", "request", "an instruction", "none")
    elif instruction is None:
        yield not_applicable("C5", "C5.no-instruction")
    elif state is None:
        yield blocked("C5", ANCHOR, instruction.about)
    elif reading.record is None:
        yield failed("C5", "not-prepared", instruction.about, "an instruction.prepared event", "none in the log")
    elif reading.order is not None:
        yield _ordered(reading, state, reading.order, instruction)
    elif reading.record.superseded_by is not None:
        yield failed("C5", "superseded", instruction.about, "the live instruction", reading.record.superseded_by)
    elif state.cycles[reading.record.cycle].called_off:
        cycle = reading.record.cycle
        yield failed("C5", "called-off", instruction.about, "a settlement that goes on", "called off", cycle=cycle)
    elif state.cycles[reading.record.cycle].voiding and not reading.record.void:
        cycle = reading.record.cycle
        yield failed("C5", "voiding", instruction.about, "a settlement that goes on", "one that is voided", cycle=cycle)
    elif reading.record.declared and reading.record.declarer is None:
        purpose = reading.record.purpose
        yield failed("C5", "not-dual", instruction.about, "operations and compliance", "operations", purpose=purpose)
    else:
        yield _prepared(reading, state, reading.record, instruction)


def _ordered(reading: Reading, state: State, order: OwnersOrder, instruction: InstructionFacts) -> Finding:
    """A Safe's change of owners: the administrators' threshold ordered these bytes, and none of them signs."""
    about, signer, record = instruction.about, reading.case.signer, order.instruction
    chosen, names = state.roster.administrators, ", ".join(order.by)
    if record.superseded_by is not None:
        return failed("C5", "superseded", about, "the live instruction", record.superseded_by)
    if order.done is not None:
        return failed("C5", "order-done", about, "an order under way", "executed", index=order.done)
    if len(set(order.by) & set(chosen.officers)) < chosen.threshold:
        expected = f"{chosen.threshold} administrators"
        return failed("C5", "not-administrators", about, expected, names, officers=names, threshold=chosen.threshold)
    if signer is None and reading.case.mode is Mode.SIGN:
        return blocked("C5", "signer", about)
    if signer is not None and signer.officer in order.by:
        return failed("C5", "own-order", about, "somebody else than who signs", names, officer=signer.officer)
    if not _same_artefact(reading, record, instruction):
        found = sha256(instruction.data).hexdigest()
        return failed("C5", "other-artefact", about, record.artefact, found, expected=record.artefact, found=found)
    return passed("C5", "ordered", about, "ordered by the administrators' threshold, for these bytes", names,
                  officers=names)  # fmt: skip


def _prepared(reading: Reading, state: State, record: Instruction, instruction: InstructionFacts) -> Finding:
    about, preparer, signer = instruction.about, record.preparer, reading.case.signer
    officer = state.roster.officers.get(preparer)
    if officer is None or Role.OPERATIONS not in officer.roles:
        return failed("C5", "not-operations", about, "an operations officer", preparer, officer=preparer)
    if signer is None and reading.case.mode is Mode.SIGN:
        return blocked("C5", "signer", about)
    if signer is not None and signer.officer in state.makers(state.cycles[record.cycle], void=record.void):
        return failed("C5", "own-request", about, "somebody else than who signs", preparer, officer=signer.officer)
    if not _same_artefact(reading, record, instruction):
        found = sha256(instruction.data).hexdigest()
        return failed("C5", "other-artefact", about, record.artefact, found, expected=record.artefact, found=found)
    if record.declared:
        both = ", ".join(record.hands)
        return passed("C5", "declared", about, "declared by operations and compliance, for these bytes", both,
                      purpose=record.purpose, officers=both)  # fmt: skip
    return passed("C5", "prepared", about, "prepared by an operations officer, for these bytes", preparer,
                  officer=preparer)  # fmt: skip


def _same_artefact(reading: Reading, record: Instruction, instruction: InstructionFacts) -> bool:
    """The prepared bytes themselves, or the same transaction with shares added or in the Safe service's form."""
    if instruction.claim is None and sha256(instruction.data).hexdigest() == record.artefact:
        return True
    original = instruction.original
    if original is None or sha256(original).hexdigest() != record.artefact:
        return False
    try:
        if isinstance(reading.psbt, Psbt):
            return _without_shares(parse_psbt(original)) == _without_shares(reading.psbt)
        if isinstance(reading.safe_tx, ClaimedSafeTx):
            return safe_file.parse(original).tx.digest == reading.safe_tx.tx.digest
    except CountersignError:
        return False
    return False


def _without_shares(psbt: Psbt) -> tuple[object, ...]:
    """Every map of a PSBT but for the partial signatures; order and version do not matter. Malformed: B2.modifiable."""
    psbt = to_version(psbt, 0)
    inputs = [{k: v for k, v in found.items() if k[0] != fields.PARTIAL_SIGNATURE} for found in psbt.inputs]
    return dict(psbt.globals), inputs, [dict(found) for found in psbt.outputs]


def leg_complete(reading: Reading) -> Iterator[Finding]:
    """C6: every leg of every contract has its instruction; this one pays only what its vaults' owners owe."""
    instruction, state = reading.case.instruction, reading.state
    if instruction is None:
        yield not_applicable("C6", "C5.no-instruction")
    elif state is None:
        yield blocked("C6", ANCHOR, instruction.about)
    elif reading.order is not None:
        yield not_applicable("C6", "C6.owners")
    elif isinstance(reading.obligations, Refused):
        yield from_error("C6", reading.obligations, instruction.about, "obligations of registered vaults")
    elif reading.record is None:
        yield blocked("C6", "C5", instruction.about)
    else:
        yield _complete(reading, reading.record, state.cycles[reading.record.cycle], instruction.about)


def _complete(reading: Reading, record: Instruction, cycle: Cycle, about: str) -> Finding:
    here = {found.hash for facts in reading.case.contracts if isinstance(found := reading.contract(facts), Contract)}
    if here != set(cycle.contracts):
        wanted, there = ", ".join(cycle.contracts), ", ".join(sorted(here)) or "none"
        return failed("C6", "contracts-missing", about, wanted, there, expected=wanted, found=there)
    assert not isinstance(reading.obligations, Refused)
    if record.void:
        return passed("C6", "void", about, "nothing is delivered", "a declared void", cycle=cycle.id)
    if record.child:
        return passed("C6", "child", about, "nothing is delivered", "a declared child", cycle=cycle.id)
    groups = netting.groups(reading.obligations)
    missing = ", ".join(group.chain for group in groups if group not in cycle.instructions)
    if missing:
        return failed("C6", "leg-missing", about, "an instruction for every leg", f"none on {missing}", chains=missing)
    owners = {vault.owner for vault in reading.vaults}
    if record.group not in groups or not reading.owed or {each.payer for each in reading.owed} != owners:
        vaults = ", ".join(record.group.vaults)
        return failed("C6", "not-owed", about, "vaults of those who owe", vaults, vaults=vaults)
    return passed("C6", "both-legs", about, "an instruction for every leg", f"{len(groups)} of {len(groups)}",
                  count=len(groups))  # fmt: skip


CHECKS = (
    Check("C2", "STRICT-JSON", strict_json),
    Check("C1", "CONTRACT-HASH", contract_hash, ("C2",)),
    Check("C3", "SETTLEMENT-ID", settlement_id, ("C2",)),
    Check("C4", "WINDOW", window, ("C2",)),
    Check("C5", "ORIGINATOR", originator),
    Check("C6", "LEG-COMPLETE", leg_complete, ("C2",)),
)
