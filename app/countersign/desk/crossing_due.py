"""By when a crossing must be done, and why: what was asked must be signed, what was answered taken in.

- A request has the deadlines of its instruction. Once it is made it carries a head as well, and the other machine wants
  enough of that head's cosignatures no older than a day (CHECKS.md, L5): made again it carries a newer one.
- An answer holds events that were signed on the other machine. The log takes each within minutes of its own `at`.
- Moments are unix seconds. Nothing here is the settlement's: a crossing that is late is made again.

    >>> of_answer(envelope)
    Deadline(at=1795363500, reason='desk.act-by-answer', values={})
"""

from collections.abc import Iterable

from countersign.airgap.envelope import Envelope
from countersign.audit.checkpoint import SignedCheckpoint
from countersign.audit.quorum import AsOf, Quorum
from countersign.desk.views import ActBy
from countersign.errors import CountersignError
from countersign.settlement import events
from countersign.settlement.deadlines import Deadline
from countersign.settlement.machine import patience_ms

HEAD, ANSWER = "desk.act-by-head", "desk.act-by-answer"


def of_head(quorum: Quorum, note: bytes) -> Deadline | None:
    """The last moment at which a head has its witnesses' quorum on the other machine; None for one that never had it."""
    try:
        judged = quorum.judge(SignedCheckpoint.parse(note), AsOf(0))
    except CountersignError:
        return None  # this machine would not have sent it, or its witnesses were changed since: L2 and L5 say so there
    moments = sorted((each.time for each in judged if each.counts and each.time is not None), reverse=True)
    return Deadline(moments[quorum.k - 1] + quorum.max_age, HEAD) if len(moments) >= quorum.k else None


def of_answer(answer: Envelope) -> Deadline:
    """The last moment at which the log takes what an answer holds."""
    signed = [events.parse(each.event) for each in answer.answer.parts]
    return Deadline(min(each.at + patience_ms(each) // 1_000 for each in signed), ANSWER)


def first(found: Iterable[Deadline | None]) -> ActBy | None:
    """What bites first."""
    due = min((each for each in found if each is not None), key=lambda each: each.at, default=None)
    return None if due is None else ActBy(due.at, due.reason, due.values)
