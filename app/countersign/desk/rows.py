"""The Desk screen's rows: one line a settlement, sorted by its first deadline, with what the officer at this machine can do.

- `desk_view` makes every row; `Rows` makes again only those of records that are others than before (records are immutable).
- What has ended is shown on its day (UTC), then only in the history.
- A row's remark says what stands in the way: an order, a dispute, a Safe that waits, what is lacking, who has not signed.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from countersign.desk import cycle_plan
from countersign.desk.money import Money, money
from countersign.desk.pages import act_by
from countersign.desk.signing import vault_keys
from countersign.desk.views import Action, DeskView, Dot, Group, InstructionDots, Remark, SettlementRow
from countersign.formats import times
from countersign.review.finding import Verdict
from countersign.settlement import cut_off, stops
from countersign.settlement.contract import Leg, Terms
from countersign.settlement.holding import shortfall
from countersign.settlement.policy import Policy
from countersign.settlement.records import ContractRecord, ContractState, Cycle, Instruction
from countersign.settlement.state import State

MomentOf = Callable[[int], int]
"""The moment (ms) of a log entry."""

OVER = frozenset(
    {
        ContractState.FINAL,
        ContractState.DECLINED,
        ContractState.CANCELLED,
        ContractState.EXPIRED,
        ContractState.SUPERSEDED,
        ContractState.AWARDED,
        ContractState.VOIDED,
    }
)
"""The states in which nothing waits for anybody any more."""
SIGNABLE = (ContractState.INSTRUCTED, ContractState.PARTLY_SIGNED)


_LAST = 2**53


@dataclass(slots=True)
class _Made:
    """A row with what it was made from: things that are compared by identity, and the verdict in short."""

    record: ContractRecord
    cycle: Cycle | None
    live: tuple[Instruction, ...]
    beside: object  # the ledger or the Safes, where the row depends on them
    shown: tuple[int, str] | None
    row: SettlementRow


class Rows:
    """One officer's rows, remembered from look to look: made again is only what is no longer what it was."""

    def __init__(self, officer: str, moment_of: MomentOf) -> None:
        self.made = 0  # how many rows the last look made
        self._officer = officer
        self._moment_of = moment_of
        self._common: tuple[object, ...] = ()
        self._known: dict[str, _Made] = {}
        self._live: dict[str, tuple[Instruction, ...]] = {}
        self._ended: dict[str, tuple[ContractRecord, int]] = {}
        self._running: dict[str, bool] = {}  # of this look
        self._rows: list[SettlementRow] = []
        self._totals: Counter[str] = Counter()

    def view(self, state: State, verdicts: Mapping[str, Verdict], now: int) -> DeskView:
        """The Desk at `now` (unix seconds). `verdicts` by contract: all checks of its instructions, run here."""
        self._begin(state, now)
        today = (now - now % times.DAY) * 1_000
        stale, fresh = False, set[str]()
        for name, record in state.contracts.items():
            before = self._known.get(name)
            if record.state in OVER and self._ended_ms(record) < today:
                stale = self._drop(name) or stale
            elif before is None or not self._stands(state, before, record, verdicts.get(name), now):
                self._make(state, record, verdicts.get(name), now)
                fresh.add(name)
        if stale or fresh:
            kept = [each for each in self._rows if each.contract in self._known and each.contract not in fresh]
            kept.extend(self._known[name].row for name in fresh)
            kept.sort(key=_order)  # nearly in order already, so that it takes no time
            self._rows = kept
        return DeskView(tuple(self._rows), _sums_of(state, self._totals))

    def _begin(self, state: State, now: int) -> None:
        """Forget everything where what all rows depend on is another: roster, policy, orders, the part of the day."""
        self.made, self._running = 0, {}
        common = (state.roster, state.policy, state.freezes, *_phase(state.policy, now))
        same = len(self._common) == len(common) and all(
            one is other or (isinstance(one, int) and one == other)
            for one, other in zip(self._common, common, strict=True)
        )
        if not same:
            self._common, self._known, self._totals, self._rows = common, {}, Counter(), []

    def _stands(self, state: State, before: _Made, record: ContractRecord, verdict: Verdict | None, now: int) -> bool:
        """Whether the row would be the same again."""
        if before.record is not record or before.shown != _shown(verdict) or _passed(before.row, now):
            return False
        cycle = state.cycles[record.cycle] if record.cycle is not None else None
        return (
            before.cycle is cycle
            and (cycle is None or before.live is self._live_of(state, cycle))
            and before.beside is self._beside(state, record, cycle)
        )

    def _make(self, state: State, record: ContractRecord, verdict: Verdict | None, now: int) -> None:
        self._drop(record.hash)
        cycle = state.cycles[record.cycle] if record.cycle is not None else None
        live = self._live_of(state, cycle) if cycle is not None else ()
        made = row(state, record, self._officer, verdict, now)
        self._known[record.hash] = _Made(record, cycle, live, self._beside(state, record, cycle), _shown(verdict), made)
        self._count(made, 1)
        self.made += 1

    def _drop(self, contract: str) -> bool:
        """Forget a row; whether there was one."""
        gone = self._known.pop(contract, None)
        if gone is not None:
            self._count(gone.row, -1)
        return gone is not None

    def _count(self, row: SettlementRow, sign: int) -> None:
        if row.group is not Group.SETTLED:
            for each in (*row.gives, *row.takes):
                self._totals[each.asset] += sign * each.units

    def _live_of(self, state: State, cycle: Cycle) -> tuple[Instruction, ...]:
        """The live instructions; the same tuple as before where they are the same."""
        live, before = state.live(cycle), self._live.get(cycle.id, ())
        if len(before) == len(live) and all(one is other for one, other in zip(before, live, strict=True)):
            return before
        self._live[cycle.id] = live
        return live

    def _beside(self, state: State, record: ContractRecord, cycle: Cycle | None) -> object:
        """What else a row depends on: who lacks what, which Safe waits, whether the stop of another stops this one."""
        if cycle is None:
            return state.ledger if record.state is ContractState.ENDORSED else None
        if len(cycle.instructions) < len(cycle.groups):
            return state.safes
        if record.state not in SIGNABLE:
            return None
        if cycle.id not in self._running:
            self._running[cycle.id] = stops.running(state, cycle)
        return self._running[cycle.id]

    def _ended_ms(self, record: ContractRecord) -> int:
        """When it ended."""
        known = self._ended.get(record.hash)
        if known is None or known[0] is not record:
            known = self._ended[record.hash] = (record, ended_ms(record, self._moment_of))
        return known[1]


def _shown(verdict: Verdict | None) -> tuple[int, str] | None:
    return (verdict.passed, verdict.against[0].check if verdict.against else "") if verdict else None


def ended_ms(record: ContractRecord, moment_of: MomentOf) -> int:
    """When a contract came to the state that it is in (unix ms)."""
    cause = record.cause(record.state)
    return record.final_ms or moment_of(record.concerns[-1].index if cause is None else cause)


def _passed(row: SettlementRow, now: int) -> bool:
    """Whether a dispute window has run out since the row was made: then nothing bites any more."""
    return row.act_by is not None and row.group is Group.SETTLED and row.act_by.at < now


def _phase(policy: Policy | None, now: int) -> tuple[int, int, bool]:
    """Which cut-offs deadlines refer to: they change a few times a day."""
    if policy is None:
        return 0, 0, False
    last = cut_off.last_cut_off(policy, now)
    return last, cut_off.next_cut_off(policy, now), now <= last + policy.cycles.top_up_seconds


def desk_view(state: State, officer: str, verdicts: Mapping[str, Verdict], now: int) -> DeskView:
    """Every settlement at `now` (unix seconds), whenever it ended. `verdicts` by contract: all its checks, run here."""
    made = [row(state, record, officer, verdicts.get(record.hash), now) for record in state.contracts.values()]
    return _view(state, made)


def _view(state: State, rows: list[SettlementRow]) -> DeskView:
    totals: Counter[str] = Counter()
    for each in rows:
        if each.group is not Group.SETTLED:
            for sum_ in (*each.gives, *each.takes):
                totals[sum_.asset] += sum_.units
    return DeskView(tuple(sorted(rows, key=_order)), _sums_of(state, totals))


def _order(row: SettlementRow) -> tuple[int, str]:
    return row.act_by.at if row.act_by else _LAST, row.contract_id


def _sums_of(state: State, totals: Mapping[str, int]) -> tuple[Money, ...]:
    return tuple(money(state.roster, asset, units) for asset, units in sorted(totals.items()) if units)


def row(state: State, record: ContractRecord, officer: str, verdict: Verdict | None, now: int) -> SettlementRow:
    """One settlement's row."""
    terms, shown = record.terms, sides(state, record.terms)
    cycle = state.cycles.get(record.cycle or "")
    freeze = stops.stopping(state, record) if state.freezes and record.state not in OVER else None
    stopped = freeze is not None or record.state is ContractState.DISPUTED
    action = Action.WAIT if stopped else _action(state, record, cycle, officer)
    remark = Remark("frozen", (freeze.order,), why=freeze.reason) if freeze else _remark(state, record, cycle)
    return SettlementRow(
        contract=record.hash,
        contract_id=terms.id,
        group=Group.WAITING if stopped else _group(record, action),
        state=(ContractState.FROZEN if freeze else record.state).value,
        act_by=act_by(state, record, now),
        parties=shown.parties,
        gives=shown.gives,
        takes=shown.takes,
        notional_usd=terms.notional.usd,
        instructions=tuple(_dots(state, each) for each in state.live(cycle)) if cycle is not None else (),
        checks_passed=verdict.passed if verdict else 0,
        first_failure=verdict.against[0].check if verdict and verdict.against else None,
        action=action,
        remark=remark,
        template=terms.template,
    )


def _remark(state: State, record: ContractRecord, cycle: Cycle | None) -> Remark | None:
    """What stands in the way of a contract that no order stops."""
    names = state.roster.participants
    match record.state:
        case ContractState.PROPOSED:
            missing = [names[lei].name for lei in record.leis if lei != record.proposer]
            return Remark("allegement", (names[record.proposer].name, ", ".join(missing)))
        case ContractState.DISPUTED if record.dispute is not None:
            return Remark("disputed", (names[record.dispute.opener].name,), why=record.dispute.reason)
        case ContractState.ENDORSED if record.cycle is None:
            short = shortfall(state, record)
            owner = names.get(short[0].lei) if short else None
            name = owner.name if owner else state.roster.custodian.name
            return Remark("short", (name,), money(state.roster, short[0].asset, short[0].missing)) if short else None
        case ContractState.HELD | ContractState.INSTRUCTED if cycle is not None:
            blocks = cycle_plan.blocked_by(state, cycle) if len(cycle.instructions) < len(cycle.groups) else ()
            if blocks:
                first = blocks[0]
                return Remark("blocked", (first.vault, ", ".join(first.contracts)), at=first.since_ms // 1_000)
    return None


@dataclass(frozen=True, slots=True)
class Sides:
    """Who gives what to whom: names (a withdrawal has no other side, ""), and what each side delivers."""

    parties: tuple[str, str]
    gives: tuple[Money, ...]
    takes: tuple[Money, ...]


def sides(state: State, terms: Terms) -> Sides:
    """A contract's two sides; the first is the one that delivers the first leg."""
    first = terms.payer(terms.legs[0]).lei
    return Sides(
        (state.roster.participant(first).name, _other_side(state, terms, first)),
        _sums(state, terms, (leg for leg in terms.legs if terms.payer(leg).lei == first)),
        _sums(state, terms, (leg for leg in terms.legs if terms.payer(leg).lei != first)),
    )


def _other_side(state: State, terms: Terms, first: str) -> str:
    others = sorted(state.roster.participant(lei).name for lei in terms.leis if lei != first)
    return ", ".join(others)


def _sums(state: State, terms: Terms, legs: Iterable[Leg]) -> tuple[Money, ...]:
    """What these legs move, asset by asset, in the order of the contract."""
    sums: dict[str, int] = {}
    for leg in legs:
        sums[leg.asset] = sums.get(leg.asset, 0) + leg.amount
    return tuple(money(state.roster, asset, units) for asset, units in sums.items())


def _action(state: State, record: ContractRecord, cycle: Cycle | None, officer: str) -> Action:
    later = cycle is not None and any(each.released is None for each in state.live(cycle))
    waiting_again = later and record.state in (ContractState.SETTLING, ContractState.FAILED)
    if cycle is None or not (record.state in SIGNABLE or waiting_again):
        return Action.NONE if record.state in OVER else Action.WAIT
    live = state.live(cycle)
    if any(can_sign(state, each, officer) for each in live):
        return Action.SIGN
    waiting = [each for each in live if state.missing(each) and stops.running(state, cycle)]
    return Action.CARRY if waiting and all(officer in _signers(each) for each in waiting) else Action.WAIT


def can_sign(state: State, instruction: Instruction, officer: str) -> bool:
    """Whether this officer owns a key of the instruction's vaults, has not signed, did not prepare it, one is lacking, and
    neither dispute nor order stops it."""
    return (
        bool(vault_keys(state.roster, officer, instruction))
        and officer not in _signers(instruction)
        and officer not in instruction.hands
        and state.missing(instruction) > 0
        and _may_go_on(state, instruction)
    )


def _may_go_on(state: State, instruction: Instruction) -> bool:
    """Neither dispute nor order stops it, but a void only a dispute; while a void goes on nothing else is signed."""
    cycle = state.cycle(instruction.cycle)
    if instruction.void:
        return all(state.contract(each).state is not ContractState.DISPUTED for each in cycle.contracts)
    return stops.running(state, cycle) and not cycle.voiding


def _signers(instruction: Instruction) -> set[str]:
    return {share.officer for share in instruction.shares}


def _group(record: ContractRecord, action: Action) -> Group:
    if record.state in OVER:
        return Group.SETTLED
    if action in (Action.SIGN, Action.CARRY, Action.REVIEW):
        return Group.NEEDS_YOU
    return Group.READY if record.state is ContractState.SIGNED else Group.WAITING


def _dots(state: State, instruction: Instruction) -> InstructionDots:
    """The quorum of the vault that lacks most; with several paying vaults an officer counts where all have the share."""
    vaults = [state.roster.vault(each) for each in instruction.group.vaults]
    vault = max(vaults, key=lambda each: each.threshold - len(instruction.signers(each.id)))
    owners = dict.fromkeys(state.roster.holder(kid).id for kid in vault.keys)
    there = [state.roster.officer(each).name for each in owners if each in instruction.signers(vault.id)]
    empty = max(0, vault.threshold - len(there))
    dots = tuple(Dot(name, True) for name in there) + (Dot("", False),) * empty
    return InstructionDots(instruction.hash, instruction.group.kind, instruction.group.chain, vault.threshold, dots)
