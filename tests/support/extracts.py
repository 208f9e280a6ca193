"""A participant's extract of a history made in memory: what its desk gives that participant, under the history's own head.

found = extract_of(finished(), world.MERIDIAN)
verified(found) == []                                # the reasons of every finding that is not good
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import cast

from countersign.audit.checkpoint import SignedCheckpoint
from countersign.audit.quorum import Quorum
from countersign.desk import bundles, extract
from countersign.desk.embedded import EmbeddedDesk
from countersign.desk.extract import Extract
from countersign.desk.extract_checking import verify_extract
from countersign.desk.ports import Record
from countersign.desk.reports import AuditReport
from countersign.settlement.roster import Holder, HolderKind
from support import review_cases
from support import settlement_world as world
from support.finished_settlement import Finished
from support.settlement_world import Desk


@dataclass(frozen=True)
class Archived:
    """The archive of a history in memory."""

    over: Finished

    def records(self, start: int = 0, stop: int | None = None) -> Sequence[Record]:
        """Every entry with its opening."""
        return [record_of(self.over, each.index) for each in self.over.desk.entries[start:stop]]


def record_of(over: Finished, index: int) -> Record:
    """One entry with its opening."""
    opening, entry = over.opening(index), over.desk.entries[index]
    return Record(index, opening.time_ms, opening.salt, entry.event)


def given(over: Finished, lei: str) -> Sequence[Record]:
    """What the desk gives a participant."""
    sequencer = SimpleNamespace(state=over.state)
    desk = EmbeddedDesk(sequencer, Archived(over), *[None] * 5)  # type: ignore[arg-type]
    return asyncio.run(desk.records_for(Holder(HolderKind.PARTICIPANT, lei), 0))


def extract_of(over: Finished, lei: str, head: SignedCheckpoint | None = None) -> Extract:
    """The extract, under the newest head or another."""
    return made(over, given(over, lei), lei, head)


def made(over: Finished, records: Sequence[Record], lei: str, head: SignedCheckpoint | None = None) -> Extract:
    """An extract of these entries, whoever may read them."""
    prove = over.log().tree.inclusion_proof
    return extract.made(records, prove, head or over.head(), review_cases.quorum(), lei)


def report(found: Extract, trust: Quorum | None = None) -> AuditReport:
    """The audit of the file, under the desk's keys unless others are given."""
    return verify_extract(bundles.serialise(found), "extract.zip", trust or review_cases.quorum())


def verified(found: Extract) -> list[str]:
    """The reasons of every finding that fails or is blocked."""
    audit = report(found)
    return [cast("str", code) for code, _ in audit.malformed] + [each.reason for each in audit.findings if not each.ok]


def example() -> Extract:
    """The worked example of docs/formats/extract.md: a founding, a deposit of Meridian's, one of Harbour's; Meridian's extract."""
    desk = Desk()
    keys = review_cases.quorum()
    desk.log("desk.founded", ["desk", "compliance", "officer-d"], world.founding_body() | {"log": str(keys.log)})
    witnesses = {"quorum": 2, "keys": sorted(str(key) for key in keys.witnesses)}
    desk.log("policy.adopted", ["compliance", "officer-d"], {"policy": world.policy_document(witnesses=witnesses)})
    for number, owner in enumerate(world.OWNERS):
        desk.deposit(owner, world.BTC, 3_000_000_000, number)
    return extract_of(Finished(desk, desk.trade()), world.MERIDIAN)
