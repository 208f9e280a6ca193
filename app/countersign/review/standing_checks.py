"""L8: nothing that came later revokes the settlement: replayed here, or attested by two officers.

- A machine that replayed every entry up to its head (online, or by USB) judges by itself; an entry that was withheld is
  a fail.
- A pack holds some of the entries: nothing among them revokes the settlement. That none was left out it cannot show, and says so.
- By QR a machine sees an excerpt. What was left out is vouched for by `state.attested`: two officers, neither of whom
  signs here, whose consoles replayed to a checkpoint that the proven head extends. It is shown as attested, never as proved.
- An attestation names what failed of the settlement: an excerpt that holds another failure is not what they saw.
- An attestation is of these very instructions and younger than they are: C4's lifetime of a request bounds its age.
"""

from collections.abc import Iterator

from countersign.audit.checkpoint import SignedCheckpoint
from countersign.audit.proof import verify_consistency
from countersign.errors import Refused
from countersign.formats import times
from countersign.resources.counting import counted
from countersign.review.case import ANCHOR, Channel, Mode
from countersign.review.check import Check
from countersign.review.finding import Finding, blocked, failed, from_error, not_applicable, passed
from countersign.review.reading import Reading
from countersign.settlement import owning, standing, stops
from countersign.settlement.contract import Contract
from countersign.settlement.owners_order import OwnersOrder, attested_as
from countersign.settlement.records import Attestation, ContractRecord, ContractState
from countersign.settlement.state import State

EXPECTED_ATTESTORS = "attested by two officers who do not sign here"


def revocation(reading: Reading) -> Iterator[Finding]:
    """L8: every contract of the case still stands, as far as this machine can know, and it says how it knows."""
    state = reading.state
    if reading.order is not None and state is not None:
        yield _ordered(reading, state, reading.order)
        return
    if not reading.case.contracts:
        yield not_applicable("L8", "C1.no-contract")
        return
    if state is None:
        yield blocked("L8", ANCHOR, "contract")
        return
    records = _records(reading, state)
    if not records:
        yield not_applicable("L8", "L8.not-in-log")
        return
    judged = [(record, standing.revoked(state, record, void=reading.void)) for record in records]
    fallen = [(record, became) for record, became in judged if became is not None]
    for record, became in fallen[:20]:
        yield _fallen(state, record, became)
    if fallen:
        return
    yield _known(reading, state, state.attestations.get(records[0].cycle or ""))


def _ordered(reading: Reading, state: State, order: OwnersOrder) -> Finding:
    """A Safe's change of owners: no order of compliance stops it, as far as this machine can know."""
    vault = owning.safe(state, order.instruction.group.vaults[0])
    freeze = owning.widening_stopped_by(state, vault, order.keys, order.threshold)
    if freeze is not None:
        return failed("L8", "frozen-owners", vault.id, "nothing that stops it", freeze.order,
                      vault=vault.id, order=freeze.order)  # fmt: skip
    return _known(reading, state, state.attestations.get(attested_as(order.instruction)))


def _known(reading: Reading, state: State, found: Attestation | None) -> Finding:
    """How this machine knows that nothing came since: replayed here, or attested."""
    return _attested(reading, state, found) if reading.case.channel is Channel.QR else _replayed(reading, state)


def _fallen(state: State, record: ContractRecord, became: ContractState) -> Finding:
    """What became of a contract: by which order, by whose dispute, or simply what it is now."""
    id, expected = record.terms.id, "a settlement that still stands"
    freeze = stops.stopping(state, record) if became is ContractState.FROZEN else None
    if freeze is not None:
        return failed("L8", "frozen", id, expected, became.value, id=id, order=freeze.order)
    if became is ContractState.DISPUTED and record.dispute is not None:
        lei = record.dispute.opener
        known = state.roster.participants.get(lei)
        opener = known.name if known is not None else lei
        return failed("L8", "disputed", id, expected, became.value, id=id, opener=opener, reason=record.dispute.reason)
    return failed("L8", "revoked", id, expected, became.value, id=id, state=became.value)


def _records(reading: Reading, state: State) -> list[ContractRecord]:
    """The case's contracts as the log knows them."""
    found = (reading.contract(facts) for facts in reading.case.contracts)
    known = (state.contracts.get(each.hash) for each in found if isinstance(each, Contract))
    return [each for each in known if each is not None]


def _replayed(reading: Reading, state: State) -> Finding:
    """Every entry up to the head was replayed here; in history, every entry before the first share."""
    head = reading.signed_head
    if reading.case.mode is not Mode.HISTORY:
        if not isinstance(head, SignedCheckpoint):
            return blocked("L8", ANCHOR, "log")
        size = head.checkpoint.size
        if state.size < size:
            return failed("L8", "entries-missing", "log", counted(size, "entries"), counted(state.size, "entries"),
                          size=size, found=state.size)  # fmt: skip
    told = reading.case.told
    if told is not None and told < state.size:
        return passed("L8", "told", "log", "nothing that was told revokes it", f"{told} of {state.size} entries",
                      told=told, size=state.size)  # fmt: skip
    if reading.case.mode is Mode.HISTORY:
        return passed("L8", "replayed-then", "log", "every entry up to there replayed, nothing revokes it",
                      counted(state.size, "entries"), size=state.size)  # fmt: skip
    return passed("L8", "replayed", "log", "every entry replayed, nothing revokes it", counted(state.size, "entries"),
                  size=state.size)  # fmt: skip


def _attested(reading: Reading, state: State, found: Attestation | None) -> Finding:
    if found is None:
        return failed("L8", "not-attested", "attestation", EXPECTED_ATTESTORS, "none")
    if (shown := state.failures(found.cycle)) != found.failed:
        expected, here = (", ".join(each) or "none" for each in (found.failed, shown))
        return failed("L8", "attested-failed", "attestation", expected, here, expected=expected, found=here)
    return objection(reading, state, found) or _extended(reading, state, found)


def objection(reading: Reading, state: State, found: Attestation) -> Finding | None:
    """Why an attestation is not one for this case: of other instructions, or by somebody who may not vouch for it here."""
    instruction, signer = reading.record, reading.case.signer
    if instruction is not None and instruction.hash not in found.instructions:
        return failed("L8", "attested-other", "attestation", instruction.hash, ", ".join(found.instructions))
    if signer is not None and signer.officer in found.officers:
        return failed(
            "L8", "attested-by-signer", "attestation", EXPECTED_ATTESTORS, signer.officer, officer=signer.officer
        )
    gone = [each for each in found.officers if not _still_officer(state, each)]
    if gone:
        return failed(
            "L8", "attested-by-gone", "attestation", EXPECTED_ATTESTORS, ", ".join(gone), officer=", ".join(gone)
        )
    return None


def _still_officer(state: State, officer: str) -> bool:
    known = state.roster.officers.get(officer)
    return known is not None and bool(known.identity_keys)


def _extended(reading: Reading, state: State, found: Attestation) -> Finding:
    """The checkpoint that they attested is one of this very log."""
    head, facts = reading.signed_head, reading.case.head
    if facts is None or not isinstance(head, SignedCheckpoint):
        return blocked("L8", ANCHOR, "attestation")
    checkpoint = head.checkpoint
    try:
        verify_consistency(found.size, checkpoint.size, facts.attested, bytes.fromhex(found.root), checkpoint.root)
    except Refused as error:
        return from_error("L8", Refused("L8.other-history", size=found.size, why=error.code), "attestation",
                          f"a checkpoint that {checkpoint.size} entries extend")  # fmt: skip
    officers = names(state, found)
    return passed("L8", "attested", "attestation", EXPECTED_ATTESTORS, f"{officers}, at {found.size} entries",
                  officers=officers, size=found.size, at=times.text(found.time_ms // 1_000))  # fmt: skip


def names(state: State, found: Attestation) -> str:
    """Both officers by name."""
    known = state.roster.officers
    return " and ".join(known[each].name if each in known else each for each in found.officers)


CHECKS = (Check("L8", "REVOCATION", revocation, ("C2",)),)
