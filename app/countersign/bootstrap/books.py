"""`countersign ledger`, `statement`, `reconcile`, `cycle` over a profile: opened, replayed, read, closed again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from countersign.bootstrap.replayed import replayed

if TYPE_CHECKING:
    from countersign.cli.nodes import NodeFile
    from countersign.cli.options import Ask
    from countersign.desk.accounts import Overview
    from countersign.desk.cycle_report import CycleReport, Cycles
    from countersign.desk.ports import Clock
    from countersign.desk.reconciliation import Report
    from countersign.desk.replica import Replica
    from countersign.desk.statement import Statement
    from countersign.desk.vouching import Nodes
    from countersign.settlement.roster import Roster

    OpenNodes = Callable[[NodeFile], Awaitable[Nodes]]


@dataclass(frozen=True, slots=True)
class ProfileBooks:
    """The custody books of any profile; `clock` says until when a statement without an end goes; `nodes` opens nodes."""

    clock: Clock
    nodes: OpenNodes

    def ledger(self, profile: Path, ask: Ask) -> Overview:
        """`countersign ledger`."""
        from countersign.desk.accounts import overview

        with replayed(profile, self.clock, ask) as replica:
            return overview(replica.state, lambda index: replica.record(index).time_ms)

    def statement(self, profile: Path, account: str, first: str | None, last: str | None, ask: Ask) -> Statement:
        """`countersign statement`."""
        import asyncio

        from countersign.desk.statement import Span, account_of
        from countersign.desk.stating import of_replica

        span = Span.read(first, last, now=self.clock.now_ms() // 1_000)
        with replayed(profile, self.clock, ask) as replica:
            wanted = account_of(account, replica.state.roster.assets.values())
            return asyncio.run(of_replica(replica, wanted, span, lambda _done, _total: None))

    def reconcile(self, profile: Path, trades: bytes, ask: Ask) -> tuple[Report, Roster]:
        """`countersign reconcile`."""
        from countersign.desk.reconciliation import of_trades

        with replayed(profile, self.clock, ask) as replica:
            return of_trades(replica.state, trades), replica.state.roster

    def reconcile_chains(self, profile: Path, nodes: NodeFile, ask: Ask) -> tuple[Report, Roster]:
        """`countersign reconcile --chains`. Unavailable("desk.no-node") for a vault's chain that none of them follows."""
        import asyncio

        from countersign.desk.reconciliation import of_vaults

        async def work(replica: Replica) -> Report:
            store = replica.profile
            return await of_vaults(replica.state, store.archive, store.artefacts, await self.nodes(nodes))

        with replayed(profile, self.clock, ask) as replica:
            return asyncio.run(work(replica)), replica.state.roster

    def one(self, profile: Path, cycle: str, ask: Ask) -> CycleReport:
        """`countersign cycle ID`."""
        from countersign.desk.cycle_report import one

        with replayed(profile, self.clock, ask) as replica:
            return one(replica.state, cycle)

    def every(self, profile: Path, ask: Ask) -> Cycles:
        """`countersign cycle`."""
        from countersign.desk.cycle_report import every

        with replayed(profile, self.clock, ask) as replica:
            now = max(self.clock.now_ms(), replica.state.time_ms) // 1_000
            return every(replica.state, now, lambda index: replica.record(index).time_ms)
