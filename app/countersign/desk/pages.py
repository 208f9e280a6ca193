"""Read models of one settlement: what the Review and Sign screens show, decoded from the bytes that are hashed.

- The contract's side of each line comes from the obligations that this machine recomputed, the other side from the decoded
  transaction. What is neither owed nor change is an extra effect, named.
- Every check runs when a page is made; nothing on it is remembered from an earlier look.
"""

from collections.abc import Sequence
from hashlib import sha256

from countersign.audit.checkpoint import SignedCheckpoint
from countersign.audit.leaf import Opening
from countersign.audit.proof import steps
from countersign.audit.quorum import AsOf
from countersign.desk import cases, settlement_pages
from countersign.desk.cases import Basis, Circumstances
from countersign.desk.ports import Profile
from countersign.desk.replica import Replica
from countersign.desk.shown import decoded as decode
from countersign.desk.views import (
    ActBy,
    InstructionView,
    ProofStep,
    ProofView,
    ReviewView,
    WitnessView,
)
from countersign.errors import CountersignError, Unavailable
from countersign.review import checks
from countersign.review.case import Case, Mode
from countersign.settlement import carrying, deadlines, stops
from countersign.settlement.contract import Terms
from countersign.settlement.records import Instruction
from countersign.settlement.state import State


def instruction_view(
    found: Basis, profile: Profile, instruction: Instruction, data: bytes, case: Case, signed_by_me: bool
) -> InstructionView:
    """One unsigned transaction, decoded, with the verdict of every check on `case`."""
    verdict = checks.verdict(case)
    decoded = decode(found.state, instruction, data)
    return InstructionView(
        instruction=instruction.hash,
        kind=instruction.group.kind,
        chain=instruction.group.chain,
        artefact=sha256(data).hexdigest(),
        lines=decoded.lines,
        extra_effects=decoded.extra,
        flows=decoded.flows,
        fee=decoded.fee,
        digests=decoded.digests,
        facts=decoded.facts,
        verdict=verdict,
        signed_by_me=signed_by_me,
        purpose=instruction.purpose,
    )


def review_view(
    found: Basis,
    profile: Profile,
    contract: str,
    moment: Circumstances,
    instructions: Sequence[InstructionView],
    shown: ProofView | None,
) -> ReviewView:
    """Everything the Review screen shows of one settlement."""
    record = found.state.contract(contract)
    terms = record.terms
    roster, bounds = found.state.roster, deadlines.Deadlines(found.state, max(moment.now, found.newest))
    due = bounds.first(record)
    return ReviewView(
        contract=contract,
        contract_id=terms.id,
        version=terms.version,
        state=stops.standing(found.state, record).value,
        parties=tuple((roster.participant(lei).name, lei) for lei in dict.fromkeys(each.lei for each in terms.parties)),
        custodian=roster.custodian.name,
        trade_date=terms.trade_date,
        not_before=terms.not_before,
        settle_by=terms.settle_by,
        finality="desk.finality-mutual" if terms.finality.mutual else "desk.finality-confirmations",
        terms=_terms(found.state, terms),
        instructions=tuple(instructions),
        contract_verdict=checks.verdict(cases.contract_case(found, contract, moment, profile)),
        proof=shown,
        act_by=None if due is None else ActBy(due.at, due.reason, due.values),
        legs=settlement_pages.legs(found.state, terms),
        cycle=settlement_pages.cycle(found.state, record),
        stops=settlement_pages.stops(found.state, record),
        unbounded=bounds.unbounded(record) or "",
        delivery=carrying.delivery(found.state, record),
        newest=found.newest,
    )


def _terms(state: State, terms: Terms) -> tuple[tuple[str, str], ...]:
    """Label keys and values of the clauses, whole."""
    confirmations = [f"{state.roster.asset(asset).symbol} {count}" for asset, count in terms.finality.confirmations]
    caps = [state.roster.asset(coin).display(cap) for coin, cap in terms.fees]
    return (
        ("template", terms.template),
        ("notional", f"{terms.notional.usd:,} USD at {terms.notional.price} ({terms.notional.source})"),
        ("confirmations", ", ".join(confirmations)),
        ("fee-caps", ", ".join(caps)),
        ("dispute", f"{terms.dispute.forum}, {terms.dispute.rules}"),
        ("dispute-window", f"{terms.dispute.window_seconds} s"),
        ("legal-text", terms.legal_text_sha256),
    )


def proof_view(replica: Replica, index: int) -> ProofView:
    """Where one entry lies, drawn from its leaf up to the cosigned root. Unavailable("desk.nothing-pinned")."""
    held, shown, pin = replica.record(index), cases.proof(replica, index), replica.replayed
    if pin is None:
        raise Unavailable("desk.nothing-pinned")
    opening = Opening(held.index, held.time_ms, held.salt)
    return drawn(replica, opening, held.event, shown.hashes, pin.signed)


def drawn(
    replica: Replica, opening: Opening, event: bytes, hashes: Sequence[bytes], signed: SignedCheckpoint
) -> ProofView:
    """An entry's path to the root of a head, step by step. Refused("L3.index" | "L3.proof-length")."""
    leaf, head = opening.leaf(event), signed.checkpoint
    climbed = steps(opening.index, head.size, leaf, hashes)
    return ProofView(
        index=opening.index,
        size=head.size,
        entry=opening.entry(event).hex(),
        leaf=leaf.hex(),
        steps=tuple(
            ProofStep(each.sibling.hex(), "left" if each.on_the_left else "right", each.node.hex()) for each in climbed
        ),
        root=head.root.hex(),
        origin=head.origin,
        witnesses=_witnesses_of(replica, signed),
        needed=replica.anchor.now(replica.state).k,
    )


def witness_views(replica: Replica) -> tuple[WitnessView, ...]:
    """Every witness of the policy, and when it cosigned the pinned head."""
    return () if replica.pin is None else _witnesses_of(replica, replica.pin.signed)


def _witnesses_of(replica: Replica, signed: SignedCheckpoint) -> tuple[WitnessView, ...]:
    quorum, inside = replica.anchor.now(replica.state), replica.anchor.insiders
    try:
        judged = quorum.judge(signed, AsOf(0))
    except CountersignError:
        return tuple(WitnessView(key.name, None, inside) for key in quorum.witnesses)
    return tuple(WitnessView(each.witness.name, each.time if each.counts else None, inside) for each in judged)


def history_or_now(replica: Replica, instruction: Instruction, moment: Circumstances) -> tuple[Basis, Case, bytes]:
    """The basis and case of an instruction as it stands: history once it has shares, the newest state before."""
    data = replica.profile.artefacts.get(bytes.fromhex(instruction.artefact))
    if instruction.shares:
        found, mode = cases.history(replica, instruction), Mode.HISTORY
    else:
        found = cases.basis(replica, replica.state.cycles[instruction.cycle].contracts)
        mode = Mode.LOOK
    return found, cases.instruction_case(found, instruction, data, moment, replica.profile, mode), data
