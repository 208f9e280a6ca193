"""Reconciling, and saying so in the log: the report kept as an artefact, the event by operations and the desk.

- Without a trade file the ledger is compared with every vault on its chain; with one, the log with that participant.
- The desk makes the comparison again before it signs (`reconciliation.confirm`).

    report, receipt = await record(desk, operations, trades)
"""

from countersign.desk import reconciliation
from countersign.desk.author import Author, signed
from countersign.desk.embedded import EmbeddedDesk
from countersign.desk.ports import Receipt
from countersign.desk.reconciliation import Report


async def reconcile(desk: EmbeddedDesk, trades: bytes | None = None) -> Report:
    """Compare, and change nothing. Malformed, Refused, Unavailable as `reconciliation` raises them."""
    if trades is not None:
        return reconciliation.of_trades(desk.state, trades)
    return await reconciliation.of_vaults(desk.state, desk.archive, desk.artefacts, desk.nodes)


async def record(desk: EmbeddedDesk, operations: Author, trades: bytes | None = None) -> tuple[Report, Receipt]:
    """Compare, keep the report (and the trade file), and log it. Raises as `reconcile`; what the machine refuses."""
    report = await reconcile(desk, trades)
    if trades is not None:
        desk.artefacts.put(trades)
    body = {
        "as_of": report.as_of,
        "report": desk.artefacts.put(report.serialise()).hex(),
        "accounts": report.accounts,
        "breaks": len(report.breaks),
    }
    draft = desk.scribe.draft("reconciliation.recorded", body)
    return report, await desk.submit(await signed(draft, [operations]))
