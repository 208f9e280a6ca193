"""Where a verdict's ground comes from: a machine's own replayed history, or an evidence pack under keys from elsewhere.

- A pack's history has gaps (other people's settlements); what it holds is replayed in order by the same machine.
- Under `--trust` every key in that file may count as a witness. How many are needed is the logged policy's word if its
  witnesses are all among them, but always more than half of them: whoever made the pack may have made its policy, too. Else
  every one of them is needed. Under a profile's own keys it is never fewer than the profile itself needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from countersign.audit.leaf import Opening
from countersign.audit.note import VerifierKey
from countersign.audit.quorum import Quorum
from countersign.desk import cases
from countersign.desk.ground import Exhibit, Ground
from countersign.errors import CountersignError
from countersign.review.case import HeadFacts, JournalFacts
from countersign.settlement import gapped
from countersign.settlement.machine import Entry
from countersign.settlement.state import State

if TYPE_CHECKING:
    from countersign.desk.evidence import Pack
    from countersign.desk.replica import Replica

LATELY = 16
"""How many earlier states are held for whoever asks for the same again."""


def of_replica(replica: Replica) -> Ground:
    """What one machine has replayed and pinned; an auditor's profile is history, whatever the clock says. Raises as `Replica`."""

    def exhibit(index: int) -> Exhibit:
        held = replica.record(index)
        return Exhibit(held.event, Opening(index, held.time_ms, held.salt), cases.proof(replica, index))

    return Ground(
        state=replica.state,
        newest=replica.state.time_ms // 1000,
        floor=replica.profile.journal.clock_floor(),
        past=not replica.profile.writable,
        store=cases.store_facts(replica.profile),
        head=lambda entry_ms: cases.head_facts(replica, entry_ms=entry_ms),
        exhibit=exhibit,
        state_before=lru_cache(maxsize=LATELY)(replica.state_before),
        artefact=lambda digest: cases.known(replica.profile.artefacts, digest),
        remembered=lambda state, contracts, instruction: cases.journal_facts(
            replica.profile.journal, state, contracts, instruction
        ),
    )


def trusting(ground: Ground, trust: Quorum | None) -> Ground:
    """The same history under other keys from elsewhere."""
    quorum = None if trust is None else effective(trust, ground.state)
    return replace(ground, head=lambda entry_ms: replace(ground.head(entry_ms), quorum=quorum))


def of_pack(pack: Pack, trust: Quorum | None) -> Ground:
    """What a pack holds, replayed. Without `trust` its head carries no quorum: nothing can rest on it."""
    entries = [Entry(each.index, each.opening.time_ms, each.event) for each in pack.exhibits]
    state = gapped.replay(entries)
    exhibits: Mapping[int, Exhibit] = {each.index: each for each in pack.exhibits}
    quorum = None if trust is None else effective(trust, state)
    head = HeadFacts(note=pack.checkpoint.serialise(), quorum=quorum, pin=None)
    return Ground(
        state=state,
        newest=state.time_ms // 1000,
        floor=0,
        past=True,
        store=None,
        head=lambda entry_ms: replace(head, entry_ms=entry_ms),
        exhibit=exhibits.__getitem__,
        state_before=lru_cache(maxsize=LATELY)(
            lambda index: gapped.replay(entry for entry in entries if entry.index < index)
        ),
        artefact=pack.artefacts.get,
        remembered=lambda *_: JournalFacts(),
        told=lambda size: sum(entry.index < size for entry in entries),
    )


def effective(trust: Quorum, state: State) -> Quorum:
    """The keys given, and how many of them are needed: what the policy asks for, and no fewer than the reader does."""
    if state.policy is None:
        return trust
    try:
        named = {VerifierKey.parse(text) for text in state.policy.witnesses.keys}
        return trust.asking(state.policy.witnesses.quorum) if named and named <= {*trust.witnesses} else trust
    except CountersignError:
        return trust
