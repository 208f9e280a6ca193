"""A pack held against a whole history: is its head this log's, and is everything in it that belongs to the settlement?

A pack is a choice of entries, made by whoever wants to be believed. Its proofs show that what it holds was logged, and no proof
shows that nothing was left out: an order that stopped the settlement, the withdrawal of a key that signed it, a policy. Whoever
has followed the log knows, and says which.

- Its head and its entries are this log's, or somebody was shown another history.
- All that `evidence.Circle` chooses in this history at the pack's size is in it. Of a pack that is ahead of this history the
  first entries are held against it; how many those are is said.
"""

from collections.abc import Iterator
from itertools import islice

from countersign.desk.evidence import Circle, Pack
from countersign.desk.replica import Replica
from countersign.desk.reports import faulted, noted
from countersign.review.finding import Finding
from countersign.settlement import events

SHOWN = 20


def against(pack: Pack, replica: Replica) -> Iterator[Finding]:
    """The findings. A pack of a log that this machine does not follow has been named already."""
    head = pack.checkpoint.checkpoint
    if head.origin != replica.anchor.origin:
        return
    size = min(head.size, replica.log.size)
    if head.size == size and replica.log.tree.root(size) != head.root:
        yield _other("checkpoint", size)
        return
    wrong = list(islice(_amiss(pack, replica, size), SHOWN))
    yield from wrong
    if not wrong:
        said = f"the first {size} of {head.size} entries"
        yield noted("desk.pack-whole", "events", "all that belongs to the settlement", said, known=size, size=head.size)


def _other(where: str, size: int) -> Finding:
    return faulted("desk.pack-other-history", where, "this machine's own history", "another", where=where, size=size)


def _amiss(pack: Pack, replica: Replica, size: int) -> Iterator[Finding]:
    """Each entry of this history that belongs to the pack's settlement and is not in it, or is another there."""
    state = replica.state_before(size)
    record = state.contracts.get(pack.contract)
    circle = None if record is None else Circle.of(state, record)
    held = {each.index: each.event for each in pack.exhibits}
    for each in replica.records(0, size):
        where = f"entry {each.index}"
        if each.index in held:
            if held[each.index] != each.event:
                yield _other(where, size)
        elif (
            circle is not None and each.index in state.events and circle.holds(state, event := events.parse(each.event))
        ):
            kind, at = event.type, each.index
            yield faulted("desk.pack-left-out", where, "in the pack", "left out", index=at, type=kind)
