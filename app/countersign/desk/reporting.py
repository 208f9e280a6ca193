"""Reports that an officer makes: what History shows, as of the head that this machine has replayed, and the signature over it.

- The surface paints the PDF from `Ground`; whatever it painted, only its bytes are signed, beside a head of this log.
- The head is the archive's proven one, so that whoever has the same history finds it again.
"""

from dataclasses import dataclass

from countersign.desk import history, report_file, telling
from countersign.desk.history import HistoryView
from countersign.desk.replica import Replica
from countersign.desk.report_file import Claim, Head
from countersign.desk.signing import Hand
from countersign.desk.telling import Story
from countersign.errors import Refused, Unavailable


@dataclass(frozen=True, slots=True)
class Ground:
    """What a report tells: as of which head, by whom (name), for which custodian, every settlement, one of them in full."""

    head: Head
    name: str
    custodian: str
    view: HistoryView
    story: Story | None


def ground(replica: Replica, officer: str, contract: str, now: int) -> Ground:
    """Of this machine's whole history; `contract` (hash, or empty) is told. Unavailable("desk.nothing-pinned")."""
    pin, state = replica.replayed, replica.state
    if pin is None:
        raise Unavailable("desk.nothing-pinned")
    head = Head(replica.anchor.origin, officer, max(now, state.time_ms // 1_000), pin.size, pin.root)
    told = telling.story(state, replica.record, contract, now) if contract else None
    known = state.roster.officers.get(officer)
    view = history.Histories().view(state, lambda index: replica.record(index).time_ms)
    return Ground(head, known.name if known else officer, state.roster.custodian.name, view, told)


async def sign(replica: Replica, hand: Hand, claim: Claim) -> bytes:
    """This officer's signature over a report. Refused("desk.report-other-head"); what the token raises."""
    head = claim.head
    mine = head.desk == replica.anchor.origin and head.officer == hand.officer and head.size <= replica.log.size
    if not mine or replica.log.tree.root(head.size) != head.root:
        raise Refused("desk.report-other-head", size=head.size)
    return await report_file.sign(claim, hand.author)
