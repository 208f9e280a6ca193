"""A pack, or an extract, held against a whole history: is its head this log's, is everything in it that belongs to the settlement?

A pack is a choice of entries, made by whoever wants to be believed. Its proofs show that what it holds was logged, and no proof
shows that nothing was left out: an order that stopped the settlement, the withdrawal of a key that signed it, a policy. Whoever
has followed the log knows, and says which.

- Its head and its entries are this log's, or somebody was shown another history.
- What the rules refused in this history changed nothing, whatever a choice of entries makes of it: what it was refused for (a coin,
  a hold, a cap that another settlement had) need not be in a pack.
- All that `evidence.Circle` chooses in this history at the pack's size is in it. Of a pack that is ahead of this history the
  first entries are held against it; how many those are is said.
"""

from collections.abc import Iterator
from itertools import islice

from countersign.desk.bundles import Bundle
from countersign.desk.evidence import Circle, Pack
from countersign.desk.extract import Extract
from countersign.desk.replica import Replica
from countersign.desk.reports import faulted, noted
from countersign.review.finding import Finding
from countersign.settlement import events
from countersign.settlement.state import State

SHOWN = 20


def against(pack: Pack, replica: Replica) -> Iterator[Finding]:
    """The findings. A pack of a log that this machine does not follow has been named already."""
    yield from _held(pack, replica, whole=True)


def extract_against(extract: Extract, replica: Replica) -> Iterator[Finding]:
    """The same of a participant's extract, of which nobody but the participant knows what belongs to it."""
    yield from _held(extract, replica, whole=False)


def _held(bundle: Pack | Extract, replica: Replica, *, whole: bool) -> Iterator[Finding]:
    head = bundle.checkpoint.checkpoint
    if head.origin != replica.anchor.origin:
        return
    size = min(head.size, replica.log.size)
    if head.size == size and replica.log.tree.root(size) != head.root:
        yield _other("checkpoint", size)
        return
    state = replica.state_before(size)
    record = state.contracts.get(bundle.contract) if isinstance(bundle, Pack) else None
    circle = None if record is None else Circle.of(state, record)
    wrong = list(islice(_amiss(bundle, replica, state, circle), SHOWN))
    yield from wrong
    if not wrong:
        said, code = f"the first {size} of {head.size} entries", "desk.pack-whole" if whole else "desk.extract-known"
        expected = "all that belongs to the settlement" if whole else "entries that the rules accepted"
        yield noted(code, "events", expected, said, known=size, size=head.size)


def _other(where: str, size: int) -> Finding:
    return faulted("desk.pack-other-history", where, "this machine's own history", "another", where=where, size=size)


def _amiss(bundle: Bundle, replica: Replica, state: State, circle: Circle | None) -> Iterator[Finding]:
    """Each entry of this history that belongs to a pack's settlement and is not in it, is another there, or changed nothing."""
    held = {each.index: (each.event, each.opening.time_ms, each.opening.salt) for each in bundle.exhibits}
    for each in replica.records(0, state.size):
        where = f"entry {each.index}"
        if each.index in held:
            if held[each.index] != (each.event, each.time_ms, each.salt):
                yield _other(where, state.size)
            elif (fault := state.faults.get(each.index)) is not None:
                why = fault.code
                yield faulted("desk.pack-refused-here", where, "accepted by the rules", why, index=each.index, why=why)
        elif (
            circle is not None and each.index in state.events and circle.holds(state, event := events.parse(each.event))
        ):
            kind, at = event.type, each.index
            yield faulted("desk.pack-left-out", where, "in the pack", "left out", index=at, type=kind)
