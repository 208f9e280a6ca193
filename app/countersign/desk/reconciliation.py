"""The report of a reconciliation as an artefact, and its way into the log (docs/formats/reconciliation.md).

- The report is RFC 8785 JSON; `reconciliation.recorded` names its SHA-256, how much was compared and how many breaks
  there are, and is signed by an operations officer and by the desk.
- The desk signs only what it finds itself: it makes the whole comparison again, from its own nodes and from the trade
  file's bytes. What waits for confirmations may have moved on meanwhile; every lasting break must be the same.

    report = await of_vaults(state, archive, artefacts, nodes)
"""

from dataclasses import dataclass
from hashlib import sha256

from countersign.desk import reconcile, trade_file
from countersign.desk.breaks import Break, Cause
from countersign.desk.ports import Archive, Artefacts
from countersign.desk.reconcile import VaultLine
from countersign.desk.vouching import Nodes
from countersign.errors import Malformed, Refused
from countersign.formats import ids, jcs, shape
from countersign.formats.strict_json import parse_canonical
from countersign.settlement.reconciliation_bodies import ReconciliationRecorded
from countersign.settlement.state import State

SCHEMA = "countersign-reconciliation/1"
MOST, LARGEST = 200_000, 1 << 27


@dataclass(frozen=True, slots=True)
class Report:
    """One reconciliation. `vaults` empty where no chain was asked; `lei` and `file` (SHA-256) empty without a trade file."""

    desk: str
    as_of: int
    vaults: tuple[VaultLine, ...]
    lei: str
    file: str
    trades: int
    breaks: tuple[Break, ...]

    @property
    def accounts(self) -> int:
        """How many accounts and trades were compared."""
        return len(self.vaults) + self.trades

    @property
    def lasting(self) -> tuple[Break, ...]:
        """The breaks that do not go away by themselves."""
        return tuple(each for each in self.breaks if not each.passing)

    @property
    def digest(self) -> str:
        """The SHA-256 of the artefact, hex."""
        return sha256(self.serialise()).hexdigest()

    def serialise(self) -> bytes:
        """The artefact."""
        return jcs.encode(value(self))


def of_trades(state: State, data: bytes) -> Report:
    """A participant's trade file against this log. Malformed("desk.trade-file-…"), Refused("settlement.unknown-…")."""
    file = trade_file.parse(data)
    count, breaks = trade_file.compare(state, file)
    return Report(state.desk, state.size, (), file.lei, sha256(data).hexdigest(), count, breaks)


async def of_vaults(state: State, archive: Archive, artefacts: Artefacts, nodes: Nodes) -> Report:
    """The ledger against every vault on its chain. Unavailable where a node is absent."""
    lines, breaks = reconcile.compare(state, await reconcile.look(state, archive, artefacts, nodes))
    return Report(state.desk, state.size, lines, "", "", 0, breaks)


async def confirm(
    state: State, archive: Archive, artefacts: Artefacts, nodes: Nodes, body: ReconciliationRecorded
) -> None:
    """What the desk asks before it signs a reconciliation. Malformed; Refused("desk.other-reconciliation")."""
    claimed = parse(artefacts.get(bytes.fromhex(body.report)))
    told = (claimed.desk, claimed.as_of, claimed.accounts, len(claimed.breaks))
    if told != (state.desk, body.as_of, body.accounts, body.breaks) or body.as_of != state.size:
        raise Refused("desk.other-reconciliation", report=body.report)
    if claimed.file:
        again = of_trades(state, artefacts.get(bytes.fromhex(claimed.file)))
    else:
        again = await of_vaults(state, archive, artefacts, nodes)
    same = (again.lasting, again.lei, again.trades) == (claimed.lasting, claimed.lei, claimed.trades)
    if not same or [_ledger(each) for each in again.vaults] != [_ledger(each) for each in claimed.vaults]:
        raise Refused("desk.other-reconciliation", report=body.report)


def _ledger(line: VaultLine) -> tuple[str, str, int]:
    return line.vault, line.asset, line.ledger


def value(report: Report) -> dict[str, object]:
    """The report as a program reads it."""
    return {
        "schema": SCHEMA,
        "desk": report.desk,
        "as_of": report.as_of,
        "lei": report.lei or None,
        "file": report.file or None,
        "trades": report.trades,
        "vaults": [
            {
                "vault": each.vault,
                "lei": each.lei,
                "book": each.book,
                "asset": each.asset,
                "ledger": ids.amount_text(each.ledger),
                "chain": ids.amount_text(each.chain),
            }
            for each in report.vaults
        ],
        "breaks": [
            {
                "cause": each.cause.value,
                "passing": each.passing,
                "about": each.about,
                "lei": each.lei,
                "book": each.book,
                "asset": each.asset,
                "here": each.here or None,
                "there": each.there or None,
                "reference": each.reference or None,
            }
            for each in report.breaks
        ],
    }


_TEXT = shape.string(maximum=512)
_UNITS = shape.string(ids.amount)
_MAYBE = shape.nullable(_TEXT)
_LINE: dict[str, shape.Reader[object]] = {
    **dict.fromkeys(("vault", "lei", "book", "asset"), _TEXT),
    **dict.fromkeys(("ledger", "chain"), _UNITS),
}
_BREAK: dict[str, shape.Reader[object]] = {
    "cause": shape.one_of(*Cause),
    "passing": shape.boolean,
    **dict.fromkeys(("about", "lei", "book", "asset"), _TEXT),
    **dict.fromkeys(("here", "there", "reference"), _MAYBE),
}


def _vault(value: object, where: str) -> VaultLine:
    return VaultLine(**shape.record(value, where, _LINE))


def _one_break(value: object, where: str) -> Break:
    found = shape.record(value, where, _BREAK)
    here, there, reference = (found[name] or "" for name in ("here", "there", "reference"))
    places = (found["about"], found["lei"], found["book"], found["asset"])
    read = Break(Cause(found["cause"]), *places, here, there, reference)
    if read.passing is not found["passing"]:
        raise Malformed("desk.report-passing", where=where)
    return read


_REPORT: dict[str, shape.Reader[object]] = {
    "schema": shape.one_of(SCHEMA),
    "desk": _TEXT,
    "as_of": shape.integer(1),
    "lei": _MAYBE,
    "file": _MAYBE,
    "trades": shape.integer(0),
    "vaults": shape.array(_vault),
    "breaks": shape.array(_one_break, maximum=MOST),
}


def parse(data: bytes) -> Report:
    """A report's bytes. Malformed: C2.*, desk.report-passing where a break claims that it passes and does not."""
    found = shape.record(parse_canonical(data, limit=LARGEST), "report", _REPORT)
    return Report(
        found["desk"],
        found["as_of"],
        found["vaults"],
        found["lei"] or "",
        found["file"] or "",
        found["trades"],
        found["breaks"],
    )
