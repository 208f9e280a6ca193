"""C1–C6: is this the contract both institutions signed, is it this one's time, who asks, and is it whole.

- C2 is the parser's rule; C1 compares the contract's hash wherever it stands and verifies both parties' signatures.
- C3 looks at the replayed log and at this machine's own journal: one id and version has one hash for ever.
- C4 uses T = max(clock, last stored time, last log time); history is judged at the first share's entry.
- C5 and C6 concern an instruction: who prepared it, and whether both sides of the exchange are there.
"""

from collections.abc import Iterator
from hashlib import sha256

from countersign.bitcoin.psbt import Psbt
from countersign.bitcoin.psbt import parse as parse_psbt
from countersign.errors import CountersignError, Refused
from countersign.formats import times
from countersign.keys import jws as jose
from countersign.review.case import ANCHOR, ContractFacts
from countersign.review.check import Check
from countersign.review.finding import Finding, blocked, failed, from_error, not_applicable, passed
from countersign.review.reading import Reading
from countersign.settlement import contract as contracts
from countersign.settlement.contract import Contract
from countersign.settlement.roster import Role
from countersign.settlement.state import ContractState, Instruction, State

ENDED = (ContractState.FINAL, ContractState.CANCELLED, ContractState.DECLINED)


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
        return
    for facts in reading.case.contracts:
        yield _one_hash(reading, facts)


def _one_hash(reading: Reading, facts: ContractFacts) -> Finding:
    found = reading.contract(facts)
    if not isinstance(found, Contract):
        return blocked("C1", "C2", facts.about)
    expected = f"contract {found.hash}, signed by both parties"
    if jose.serialise(found.jws) != facts.jws or found.terms.serialise() != found.jws.payload:
        return failed("C1", "not-canonical", facts.about, expected, "other bytes than its canonical form")
    if reading.state is None:
        return blocked("C1", ANCHOR, facts.about)
    try:
        contracts.verify(found, reading.state.roster)
    except CountersignError as error:
        return from_error("C1", error, facts.about, expected)
    if facts.event is not None:
        try:
            carried = contracts.parse(reading.contract_in_event(facts)).hash
        except CountersignError as error:
            return from_error("C1", error, facts.about, expected)
        if carried != found.hash:
            return failed("C1", "event-differs", facts.about, expected, carried, expected=found.hash, found=carried)
    if (other := _missing_from_request(reading, found.hash)) is not None:
        return failed("C1", "request-differs", facts.about, expected, other, expected=found.hash, found=other)
    return passed("C1", "same-hash", facts.about, expected, found.hash, hash=found.hash)


def _missing_from_request(reading: Reading, contract: str) -> str | None:
    """The contracts that the instruction names instead, if it does not name this one."""
    if reading.state is None or reading.record is None:
        return None
    named = reading.state.cycles[reading.record.cycle].contracts
    return None if contract in named else ", ".join(named)


def settlement_id(reading: Reading) -> Iterator[Finding]:
    """C3: this id and version never stood for another contract; nothing ended signs again."""
    if not reading.case.contracts:
        yield not_applicable("C3", "C1.no-contract")
        return
    if reading.state is None:
        yield blocked("C3", ANCHOR)
        return
    for facts in reading.case.contracts:
        found = reading.contract(facts)
        if isinstance(found, Contract):
            yield _one_id(reading, reading.state, found, facts.about)


def _one_id(reading: Reading, state: State, found: Contract, about: str) -> Finding:
    terms = found.terms
    expected = f"{terms.id} version {terms.version} only ever as {found.hash}"
    for other in (
        state.versions.get((terms.id, terms.version)),
        reading.case.journal.contracts.get((terms.id, terms.version)),
    ):
        if other is not None and other != found.hash:
            return failed("C3", "other-hash", about, expected, other, id=terms.id, version=terms.version, other=other)
    newer = max((version for name, version in state.versions if name == terms.id), default=0)
    if newer > terms.version:
        return failed("C3", "superseded", about, expected, f"version {newer}", id=terms.id, newer=newer)
    record = state.contracts.get(found.hash)
    if record is not None and record.state in ENDED:
        return failed("C3", "ended", about, expected, record.state.value, id=terms.id, state=record.state.value)
    return passed("C3", "one-hash", about, expected, record.state.value if record else "never seen before")


def window(reading: Reading) -> Iterator[Finding]:
    """C4: not before its time, not after settle-by, the request still alive, the clock not set back."""
    clock, state = reading.case.clock, reading.state
    if not reading.case.contracts and reading.case.instruction is None:
        yield not_applicable("C4", "C1.no-contract")
        return
    if clock is None or state is None:
        yield blocked("C4", ANCHOR, "clock")
        return
    if clock.confirmed is False:
        yield failed("C4", "clock-unconfirmed", "clock", "confirmed against a second source", "not confirmed")
        return
    now = clock.judged
    for terms in reading.terms:
        expected = f"{times.text(terms.not_before)} to {times.text(terms.settle_by)}"
        if not terms.not_before <= now <= terms.settle_by:
            slug = "too-early" if now < terms.not_before else "too-late"
            yield failed("C4", slug, terms.id, expected, times.text(now), id=terms.id, now=times.text(now))
        else:
            yield passed("C4", "in-time", terms.id, expected, times.text(now))
    if reading.record is not None and state.policy is not None:
        yield _alive(reading.record, state.policy.request_lifetime_seconds, now)


def _alive(record: Instruction, lifetime: int, now: int) -> Finding:
    until = record.time_ms // 1000 + lifetime
    expected = f"signed before {times.text(until)}"
    if now > until:
        return failed("C4", "request-expired", "request", expected, times.text(now), until=times.text(until))
    return passed("C4", "request-alive", "request", expected, times.text(now))


def originator(reading: Reading) -> Iterator[Finding]:
    """C5: the request is a logged `instruction.prepared` for these very bytes, by an operations officer who does not sign."""
    instruction, state = reading.case.instruction, reading.state
    if instruction is None:
        yield not_applicable("C5", "C5.no-instruction")
        return
    if state is None:
        yield blocked("C5", ANCHOR, instruction.about)
        return
    record = reading.record
    if record is None:
        yield failed("C5", "not-prepared", instruction.about, "an instruction.prepared event", "none in the log")
        return
    if record.superseded_by is not None:
        yield failed("C5", "superseded", instruction.about, "the live instruction", record.superseded_by)
        return
    officer = state.roster.officers.get(record.preparer)
    if officer is None or Role.OPERATIONS not in officer.roles:
        yield failed("C5", "not-operations", instruction.about, "prepared by an operations officer", record.preparer)
    elif reading.case.signer is not None and reading.case.signer.officer == record.preparer:
        yield failed("C5", "own-request", instruction.about, "prepared by somebody else", record.preparer,
                     officer=record.preparer)  # fmt: skip
    elif not _same_artefact(reading, record):
        found = sha256(instruction.data).hexdigest()
        yield failed("C5", "other-artefact", instruction.about, record.artefact, found,
                     expected=record.artefact, found=found)  # fmt: skip
    else:
        yield passed(
            "C5", "prepared", instruction.about, "prepared by an operations officer, for these bytes", record.preparer
        )


def _same_artefact(reading: Reading, record: Instruction) -> bool:
    """The prepared bytes themselves, or the same unsigned transaction with shares added."""
    instruction = reading.case.instruction
    assert instruction is not None
    if sha256(instruction.data).hexdigest() == record.artefact:
        return True
    original = instruction.original
    if original is None or sha256(original).hexdigest() != record.artefact or not isinstance(reading.psbt, Psbt):
        return False
    return parse_psbt(original).unsigned == reading.psbt.unsigned


def leg_complete(reading: Reading) -> Iterator[Finding]:
    """C6: every leg of every contract has its instruction; this one pays only what its vaults' owners owe."""
    instruction, state = reading.case.instruction, reading.state
    if instruction is None:
        yield not_applicable("C6", "C5.no-instruction")
        return
    if state is None:
        yield blocked("C6", ANCHOR, instruction.about)
        return
    if isinstance(reading.obligations, Refused):
        yield from_error("C6", reading.obligations, instruction.about)
        return
    record, owed = reading.record, reading.owed
    if record is None or not reading.terms:
        yield failed("C6", "no-settlement", instruction.about, "a settlement whose contracts are here", "none")
        return
    cycle = state.cycles[record.cycle]
    here = {
        contract.hash for facts in reading.case.contracts if isinstance(contract := reading.contract(facts), Contract)
    }
    if here != set(cycle.contracts):
        yield failed("C6", "contracts-missing", instruction.about, ", ".join(cycle.contracts), ", ".join(sorted(here)))
        return
    missing = [group for group in cycle.groups if group not in cycle.instructions]
    if missing:
        chains = ", ".join(group.chain for group in missing)
        yield failed(
            "C6", "leg-missing", instruction.about, "an instruction for every leg", f"none for {chains}", chains=chains
        )
        return
    owners = {vault.owner for vault in reading.vaults}
    if not owed or {each.payer for each in owed} != owners:
        yield failed("C6", "not-owed", instruction.about, "vaults of those who owe", ", ".join(record.group.vaults))
        return
    yield passed(
        "C6",
        "both-legs",
        instruction.about,
        "an instruction for every leg",
        f"{len(cycle.groups)} of {len(cycle.groups)}",
    )


CHECKS = (
    Check("C2", "STRICT-JSON", strict_json),
    Check("C1", "CONTRACT-HASH", contract_hash, ("C2",)),
    Check("C3", "SETTLEMENT-ID", settlement_id, ("C2",)),
    Check("C4", "WINDOW", window, ("C2",)),
    Check("C5", "ORIGINATOR", originator),
    Check("C6", "LEG-COMPLETE", leg_complete, ("C2",)),
)
