"""Whether logged events stand where they say: each leaf rebuilt from its opening, each proof climbed to a head.

CHECKS.md L1–L6. L3 of `review` speaks of contracts; here it speaks of any event.

- An event with its opening and proof is judged as history: cosignatures not earlier than its entry.
- What was not given is taken from the machine's own archive, by index or by the event itself.
- A machine that has replayed the log also says whether the event was accepted or is the desk's fault.
"""

from countersign.audit.leaf import Opening
from countersign.audit.tlog_proof import TlogProof
from countersign.desk.ground import Ground, Moment, case
from countersign.desk.matching import Trio
from countersign.desk.reports import Judged, faulted, noted, refused
from countersign.errors import CountersignError, Malformed, Refused
from countersign.review import log_checks
from countersign.review.case import ANCHOR, Case, HeadFacts, Mode
from countersign.review.check import judge
from countersign.review.finding import Finding, Verdict, blocked, failed, passed
from countersign.review.reading import Reading
from countersign.settlement.events import Event

INCLUSION = "L3"


def require_included(event: bytes, opening: Opening, proof: TlogProof, reading: Reading) -> int:
    """The size of the head under which the event stands. Refused("L3.…"), Malformed("L1.…")."""
    if proof.index != opening.index:
        raise Refused("L3.index-differs", proof=proof.index, opening=opening.index)
    head = reading.proof_head(proof).checkpoint
    proof.verify(opening.leaf(event), head)
    return head.size


def judge_trio(trio: Trio, ground: Ground | None, now: int) -> Judged:
    """The verdict on one event, or on an opening or proof alone, with what the archive adds to it."""
    whole = completed(trio, ground)
    found = _case(whole, ground, now)
    log = [each for each in judge(found, log_checks.CHECKS).findings if each.check != INCLUSION]
    place = next((at for at, each in enumerate(log) if each.check > INCLUSION), len(log))
    return Judged(trio.names, Verdict((*log[:place], *_included(whole, found, log, ground), *log[place:])))


Parts = tuple[bytes | None, Opening | Malformed | None, TlogProof | Malformed | None]


def parts_of(trio: Trio) -> Parts:
    """The event's bytes, its opening and proof, as far as given; a piece that does not parse as its refusal."""
    opening, proof = trio.opening, trio.proof
    return (
        trio.event.data if trio.event is not None else None,
        None if opening is None else opening.parsed if isinstance(opening.parsed, Opening) else _why(opening.error),
        None if proof is None else proof.parsed if isinstance(proof.parsed, TlogProof) else _why(proof.error),
    )


def _why(error: CountersignError | None) -> Malformed:
    return error if isinstance(error, Malformed) else Malformed("desk.unknown-file")


def completed(trio: Trio, ground: Ground | None) -> Parts:
    """The trio with what this machine's archive knows of the same entry."""
    event, opening, proof = parts_of(trio)
    index = trio.index
    if ground is None:
        return event, opening, proof
    if index is None and trio.event is not None and isinstance(trio.event.parsed, Event):
        index = ground.index_of(trio.event.parsed.hash)
    if index is None or not 0 <= index < ground.state.size:
        return event, opening, proof
    try:
        held = ground.exhibit(index)
    except (CountersignError, LookupError):
        return event, opening, proof
    return event or held.event, opening or held.opening, proof or held.proof


def _case(parts: Parts, ground: Ground | None, now: int) -> Case:
    _, opening, proof = parts
    if ground is not None:
        at = opening.time_ms if isinstance(opening, Opening) else ground.newest * 1000
        return case(ground, Moment(ground.state, ground.head(at), ground.newest, ground.state.size), now, ())
    note = proof.checkpoint if isinstance(proof, TlogProof) else None
    return Case(Mode.LOOK, head=HeadFacts(note, quorum=None, pin=None) if note is not None else None)


def _included(parts: Parts, found: Case, log: list[Finding], ground: Ground | None) -> list[Finding]:
    event, opening, proof = parts
    for piece in (opening, proof):
        if isinstance(piece, Malformed):
            return [refused(piece, "event", "its opening and proof")]
    if found.head is None or found.head.quorum is None:
        return [blocked(INCLUSION, ANCHOR, "event")]
    down = next((each.check for each in log if each.check in {"L1", "L2"} and not each.ok), None)
    if down is not None:
        return [blocked(INCLUSION, down, "event")]
    if event is None or not isinstance(opening, Opening) or not isinstance(proof, TlogProof):
        size = 0 if ground is None else ground.state.size
        return [failed(INCLUSION, "no-such-entry", "event", "its event, opening and proof", "not all there", size=size)]
    expected = f"leaf {opening.index} under the witnessed root"
    try:
        size = require_included(event, opening, proof, Reading(found))
    except CountersignError as error:
        return [refused(error, "event", expected)]
    where = f"leaf {opening.index} of {size}"
    return [passed(INCLUSION, "included", "event", expected, where, index=opening.index, size=size),
            *_accepted(ground, opening.index)]  # fmt: skip


def _accepted(ground: Ground | None, index: int) -> list[Finding]:
    """What the replay said of the entry."""
    if ground is None:
        return []
    fault = ground.state.faults.get(index)
    if fault is not None:
        return [
            faulted(
                "desk.audit-fault", f"entry {index}", "accepted by the rules", fault.code, index=index, why=fault.code
            )
        ]
    return [noted("desk.audit-accepted", f"entry {index}", "accepted by the rules", "accepted", index=index)]
