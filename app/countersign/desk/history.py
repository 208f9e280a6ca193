"""The History screen's read models: every settlement this machine has replayed, the newest first, and what they add up to.

- A row holds whatever people look for: ids, parties, assets, vaults, the officers who prepared, signed or endorsed, the date.
- Volume counts what became final, by the day it did. The time to sign runs from a prepared request to the share that
  completed its quorum. What netting saved is counted over the netted cycles that are final.
"""

from collections.abc import Callable
from dataclasses import dataclass
from operator import is_
from statistics import median

from countersign.desk.row import Look
from countersign.desk.views import Money
from countersign.formats import times
from countersign.settlement import netting, proof
from countersign.settlement.records import ContractRecord, ContractState, Instruction
from countersign.settlement.state import State

MomentOf = Callable[[int], int]
"""The moment (ms) of a log entry."""


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One settlement. `date`: its trade date; `final_at`: unix seconds, None until it is final."""

    contract: str
    contract_id: str
    version: int
    template: str
    state: str
    parties: tuple[str, str]
    gives: tuple[Money, ...]
    takes: tuple[Money, ...]
    notional_usd: int
    date: str
    final_at: int | None
    cycle: str
    vaults: tuple[str, ...]
    officers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Volume:
    """Whole dollars that became final on a day (`YYYY-MM-DD`), and in how many settlements."""

    date: str
    usd: int
    settlements: int


@dataclass(frozen=True, slots=True)
class HistoryView:
    """Rows, volume by day (ascending), the median seconds from request to quorum, and transactions gross and netted."""

    rows: tuple[HistoryRow, ...]
    volume: tuple[Volume, ...]
    seconds_to_sign: int | None
    transactions_gross: int
    transactions_net: int


@dataclass(frozen=True, slots=True)
class _Told:
    """A row with what it was made from; what is the very same makes the same row."""

    made_from: tuple[object, ...]
    row: HistoryRow


class Histories:
    """The history looked at again and again: a row is made anew only where what it tells of is another. One look at a time."""

    def __init__(self) -> None:
        self.made = 0  # how many rows the last look made
        self._told: dict[str, _Told] = {}

    def view(self, state: State, moment_of: MomentOf) -> HistoryView:
        """Everything, from one state. `moment_of` is asked for the entries that completed a quorum."""
        look, before, told = Look(state, "", 0), self._told, dict[str, _Told]()
        self.made = 0
        for name, record in state.contracts.items():
            together, known = look.together(record), before.get(name)
            live = together.live if together is not None else ()
            made_from = (record, state.roster, *live)
            if known is None or len(known.made_from) != len(made_from) or not all(map(is_, known.made_from, made_from)):
                known = _Told(made_from, _row(look, record, live))
                self.made += 1
            told[name] = known
        self._told = told
        rows = [each.row for each in told.values()]
        rows.sort(key=lambda row: (row.date, row.contract_id), reverse=True)
        gross, net = _saved(state)
        return HistoryView(tuple(rows), _volume(rows), _seconds_to_sign(state, moment_of), gross, net)


def _row(look: Look, record: ContractRecord, live: tuple[Instruction, ...]) -> HistoryRow:
    state, terms, shown = look.state, record.terms, look.sides(record.terms)
    return HistoryRow(
        record.hash,
        terms.id,
        terms.version,
        terms.template,
        record.state.value,
        shown.parties,
        shown.gives,
        shown.takes,
        terms.notional.usd,
        terms.trade_date,
        None if record.final_ms is None else record.final_ms // 1_000,
        record.cycle or "",
        tuple(sorted({vault for each in live for vault in each.group.vaults})),
        _officers(state, record, live),
    )


def _officers(state: State, record: ContractRecord, live: tuple[Instruction, ...]) -> tuple[str, ...]:
    ids = {each.preparer for each in live} | {share.officer for each in live for share in each.shares}
    if record.endorser:
        ids.add(record.endorser)
    known = state.roster.officers
    return tuple(sorted(known[each].name if each in known else each for each in ids))


def _volume(rows: list[HistoryRow]) -> tuple[Volume, ...]:
    days: dict[str, tuple[int, int]] = {}
    for row in rows:
        if row.final_at is not None:
            day = times.date_text(row.final_at // times.DAY)
            usd, count = days.get(day, (0, 0))
            days[day] = (usd + row.notional_usd, count + 1)
    return tuple(Volume(day, *days[day]) for day in sorted(days))


def _seconds_to_sign(state: State, moment_of: MomentOf) -> int | None:
    spans = [
        (moment_of(each.shares[-1].index) - each.time_ms) // 1_000
        for each in state.instructions.values()
        if each.shares and each.superseded_by is None and not state.missing(each)
    ]
    return int(median(spans)) if spans else None


def _saved(state: State) -> tuple[int, int]:
    """Transactions of the final netted cycles: of each contract alone, and as they were."""
    gross = net = 0
    for cycle in state.cycles.values():
        records = [state.contracts[each] for each in cycle.contracts]
        if cycle.netting == netting.GROSS or any(each.state is not ContractState.FINAL for each in records):
            continue
        found = proof.of_cycle(state, cycle)
        gross, net = gross + found.transactions_gross, net + found.transactions_net
    return gross, net
