"""`audit verify`: everything recomputed, from a profile, an evidence pack, or the files that a settlement left behind.

DESIGN.md §3, CHECKS.md (history). Nothing is changed and nobody is asked.

- A profile: its own anchor counts; `trust`, where given, must name the same keys. The archive leads to the pinned root,
  the head is witnessed not before the newest entry, the rules accept every entry, every vault's tests hold, every share and
  finished transaction is made again, every instruction with shares is judged as history, the books balance.
- A pack: the same as far as it holds; under `trust`, or blocked.
- A participant's extract: its head, proofs and signatures (`extract_checking`); it has no state.
- An output directory: `output_audit`.
- An entry that the rules refuse, a vault or destination that is not what it is said to be, a false share, a transaction
  other than what was signed: the desk's fault, named.
"""

from collections.abc import Iterator
from itertools import islice

from countersign.audit.quorum import Quorum
from countersign.desk import bundles, cases, extract, grounding, registering
from countersign.desk import ground as grounds
from countersign.desk.evidence import Pack
from countersign.desk.evidence import parse as parse_pack
from countersign.desk.extract_checking import verify_extract
from countersign.desk.ground import Ground
from countersign.desk.pack_checking import fingerprint, judge_pack
from countersign.desk.ports import Clock, Profile
from countersign.desk.randomness import Register
from countersign.desk.replica import Replica
from countersign.desk.reports import (
    AuditReport,
    Caused,
    Judged,
    Progress,
    faulted,
    noted,
    refused,
    silent,
)
from countersign.desk.reworking import missing, rework
from countersign.desk.trial_auditing import tried
from countersign.errors import CountersignError
from countersign.review import checks, log_checks, machine_checks
from countersign.review.case import Case, Mode
from countersign.review.check import judge
from countersign.review.finding import Finding, Verdict
from countersign.settlement.records import STORY, Instruction
from countersign.settlement.state import State

SHOWN = 20
STORE_CHECKS = tuple(check for check in machine_checks.CHECKS if check.code == "S1")


def verify_profile(profile: Profile, trust: Quorum | None, clock: Clock, progress: Progress = silent) -> AuditReport:
    """Everything that a profile holds. Never raises: what cannot be read is a finding."""
    try:
        replica = Replica(profile, clock, resume=False)
        ground = grounding.of_replica(replica)
    except CountersignError as error:
        return AuditReport(
            "profile", "", 0, (Judged(("profile",), Verdict((refused(error, "profile", "its history"),))),)
        )
    judged = audit_replica(replica, ground, trust, clock.now_ms() // 1000, progress)
    return AuditReport("profile", replica.anchor.origin, replica.log.size, tuple(judged), causes(replica.state))


def audit_replica(
    replica: Replica, ground: Ground, trust: Quorum | None, now: int, progress: Progress
) -> Iterator[Judged]:
    """The verdicts on a replayed profile."""
    signed = _signed(ground.state)
    progress(0, len(signed) + 1)
    record = [*_head(replica, ground, now), *_anchor(replica, trust), *replayed(ground.state)]
    seen = Register()
    record += [*tried(ground, seen), *(finding for each in signed for finding in rework(ground, each, seen))]
    yield Judged(("profile",), Verdict(tuple(record)), replica.log.size)
    for place, each in enumerate(signed, 1):
        progress(place, len(signed) + 1)
        yield instruction_in_history(ground, each, now)
    progress(len(signed) + 1, len(signed) + 1)


def _signed(state: State) -> list[Instruction]:
    """Every transaction that has shares, of settlements and of orders to a Safe, as they were logged."""
    ordered = (each.instruction for each in state.orders.values())
    found = sorted((*state.instructions.values(), *ordered), key=lambda each: each.index)
    return [each for each in found if each.shares]


def instruction_in_history(ground: Ground, instruction: Instruction, now: int) -> Judged:
    """Every check on a prepared instruction, before its first share."""
    about = f"{instruction.group.kind} {instruction.hash}"
    data = ground.artefact(instruction.artefact)
    if data is None:
        return Judged((about,), Verdict((missing(about, instruction.artefact),)))
    when = grounds.moment(ground, instruction)
    names = ground.state.settles(instruction)
    contracts = tuple(one for each in names if (one := ground.contract(each, f"contract {each}")) is not None)
    found = grounds.case(ground, when, now, contracts, grounds.facts_of(ground, instruction, data, about))
    return Judged((about,), checks.verdict(found), when.size)


def _head(replica: Replica, ground: Ground, now: int) -> tuple[Finding, ...]:
    """L1, L2, L4–L6 of the pinned head, and S1 of the store."""
    head = cases.head_facts(replica, entry_ms=ground.state.time_ms)
    found = Case(Mode.HISTORY, state=ground.state, head=head, store=ground.store)
    log = tuple(check for check in log_checks.CHECKS if check.code != "L3")
    return judge(found, (*log, *STORE_CHECKS)).findings


def _anchor(replica: Replica, trust: Quorum | None) -> Iterator[Finding]:
    count = replica.log.size
    yield noted("desk.audit-all-included", "entries", "every entry rebuilt from its opening", str(count),
                count=count, size=count)  # fmt: skip
    if trust is not None:
        yield same_trust(trust, replica.anchor.now(replica.state))


def same_trust(trust: Quorum, found: Quorum) -> Finding:
    """Whether the keys given are those that are used: the same log, no witness from elsewhere."""
    names = ", ".join(key.name for key in (found.log, *found.witnesses))
    if trust.log != found.log or not set(found.witnesses) <= set(trust.witnesses):
        return faulted("desk.audit-other-trust", "keys", "the keys that you trust", names, names=names)
    return noted("desk.audit-same-trust", "keys", "the keys that you trust", names, names=names)


def replayed(state: State) -> Iterator[Finding]:
    """The desk's faults, those of the roster beyond the rules (`registering`), or that there is none; whether books balance."""
    faults = sorted(state.faults.items())
    for index, fault in faults[:SHOWN]:
        where = f"entry {index}"
        yield faulted("desk.audit-fault", where, "accepted by the rules", fault.code, index=index, why=fault.code)
    for name, error in islice(registering.amiss(state), SHOWN):
        yield faulted("desk.audit-roster", name, "what it is said to be", error.code, name=name, why=error.code)
    if not faults:
        yield noted("desk.audit-no-fault", "entries", "accepted by the rules", str(state.size), count=state.size)
    if state.ledger.balances_with_totals():
        yield noted("desk.audit-books-balance", "books", "credits less withdrawals and fees", "balanced")
    else:
        yield faulted("desk.audit-books-differ", "books", "credits less withdrawals and fees", "other sums")


def causes(state: State) -> tuple[Caused, ...]:
    """Every state of the story that each contract passed and the entry that caused it, contracts by first entry."""
    records = sorted(state.contracts.values(), key=lambda each: each.concerns[0].index)
    return tuple(
        Caused(record.hash, stage.value, index)
        for record in records
        for stage in STORY
        if (index := record.cause(stage)) is not None
    )


def verify_pack(data: bytes, name: str, trust: Quorum | None, clock: Clock, progress: Progress = silent) -> AuditReport:
    """A pack's bytes, or an extract's. What does not parse is named in the report."""
    if bundles.schema_of(data) == extract.SCHEMA:
        return verify_extract(data, name, trust)
    try:
        pack = parse_pack(data)
    except CountersignError as error:
        return AuditReport("pack", "", 0, (), malformed=((name, error),))
    ground = grounding.of_pack(pack, trust)
    judged = audit_pack(pack, name, ground, trust, clock.now_ms() // 1000, progress)
    size = pack.checkpoint.checkpoint.size
    return AuditReport("pack", pack.desk, size, tuple(judged), causes(ground.state), (fingerprint(name, pack),))


def audit_pack(
    pack: Pack, name: str, ground: Ground, trust: Quorum | None, now: int, progress: Progress
) -> list[Judged]:
    """The verdicts on a pack that replays to `ground`."""
    progress(0, 2)
    seen = Register()
    judged = judge_pack(pack, name, ground, trust, now, seen)
    progress(1, 2)
    record = ground.state.contracts.get(pack.contract)
    if record is not None and record.cycle is not None:
        live = ground.state.under_way(ground.state.cycle(record.cycle))
        judged.append(Judged((name,), Verdict(tuple(one for each in live for one in rework(ground, each, seen)))))
    progress(2, 2)
    return judged
