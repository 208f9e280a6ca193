"""Reconciling, and saying so in the log: the report kept as an artefact, the event by operations and the desk.

- Without a trade file the ledger is compared with every vault on its chain; with one, the log with that participant.
- The desk makes the comparison again before it signs (`reconciliation.confirm`).

    report, receipt = await record(desk, operations, trades)
"""

from countersign.desk import reconciliation
from countersign.desk.author import Author, signed
from countersign.desk.ports import Receipt
from countersign.desk.reconciliation import Report
from countersign.desk.workplace import Workplace


async def reconcile(desk: Workplace, trades: bytes | None = None) -> Report:
    """Compare, and change nothing. Malformed, Refused, Unavailable as `reconciliation` raises them."""
    if trades is not None:
        return reconciliation.of_trades(desk.state, trades)
    return await reconciliation.of_vaults(desk.state, desk.archive, desk.artefacts, desk.nodes)


async def record(desk: Workplace, operations: Author, trades: bytes | None = None) -> tuple[Report, Receipt]:
    """Compare, and log what was found. Raises as `reconcile` and `log`."""
    report = await reconcile(desk, trades)
    return report, await log(desk, operations, report, trades)


async def log(desk: Workplace, operations: Author, report: Report, trades: bytes | None = None) -> Receipt:
    """Keep a report (and the trade file it is about) and log it. Refused: what the desk finds otherwise, and the machine."""
    if trades is not None:
        await desk.put_artefact(trades)
    body = {
        "as_of": report.as_of,
        "report": (await desk.put_artefact(report.serialise())).hex(),
        "accounts": report.accounts,
        "breaks": len(report.breaks),
    }
    draft = desk.scribe.draft("reconciliation.recorded", body)
    return await desk.submit(await signed(draft, [operations]))
