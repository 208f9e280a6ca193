"""One settlement's row of the Desk: who must act, by when, what stands in the way, what the officer here can do.

- A `Look` is one officer's look at one state: what rows share (a cycle's quorums, names, cut-offs) is worked out once.
- `due` and `group` are the cheap part, by which everything is sorted; `row` is all of it, for the few that are on screen.
- The checks of a row's instructions are another matter (`judging`): a row only says whether there are any to run.

    >>> Look(state, "officer-a", now).row(record).group
    <Group.NEEDS_YOU: 'needs you'>
"""

from collections.abc import Iterable
from dataclasses import dataclass

from countersign.desk import cycle_plan, waiting
from countersign.desk.money import Money, money
from countersign.desk.own_keys import open_keys
from countersign.desk.views import ActBy, Action, Dot, Group, InstructionDots, Remark, SettlementRow
from countersign.settlement import lifting, stops
from countersign.settlement.contract import Leg, Terms
from countersign.settlement.deadlines import Deadlines
from countersign.settlement.holding import shortfall
from countersign.settlement.records import OVER, ContractRecord, ContractState, Cycle, Freeze, Instruction
from countersign.settlement.roster import Role, Roster
from countersign.settlement.state import State

CHECKED = (ContractState.INSTRUCTED, ContractState.PARTLY_SIGNED, ContractState.SIGNED)
"""The states in which a settlement's instructions are judged whenever the Desk shows them."""
_SIGNABLE = (ContractState.INSTRUCTED, ContractState.PARTLY_SIGNED)
_SENT = (ContractState.SETTLING, ContractState.FAILED)
_ON_CHAINS = (ContractState.RELEASED, *_SENT)

_ALONE = {
    each: Group.SETTLED if each in OVER else Group.READY if each is ContractState.SIGNED else Group.WAITING
    for each in ContractState
}
"""Where a settlement that is in no cycle stands."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Who gives what to whom: names (a withdrawal has no other side, ""), and what each side delivers."""

    parties: tuple[str, str]
    gives: tuple[Money, ...]
    takes: tuple[Money, ...]


class Together:
    """What the contracts of one cycle share on the Desk, each part worked out when it is first asked for."""

    def __init__(self, state: State, cycle: Cycle, officer: str) -> None:
        self.cycle = cycle
        self.live = lifting.waiting(state, cycle)
        self._state, self._officer = state, officer
        self._running: bool | None = None
        self._disputed: bool | None = None
        self._action: Action | None = None
        self._dots: tuple[InstructionDots, ...] | None = None
        self._remark: tuple[Remark | None] | None = None
        self._on_chains: tuple[int, int] | None = None

    @property
    def on_chains(self) -> tuple[int, int]:
        """How many of its transactions may be sent, and how many are out and not deep enough in their chain."""
        if self._on_chains is None:
            self._on_chains = waiting.on_chains(self._state, self.cycle)
        return self._on_chains

    @property
    def running(self) -> bool:
        """Whether nothing stops any contract of the cycle."""
        if self._running is None:
            self._running = stops.running(self._state, self.cycle)
        return self._running

    @property
    def disputed(self) -> bool:
        """Whether a contract of the cycle is disputed."""
        if self._disputed is None:
            self._disputed = _disputed(self._state, self.cycle)
        return self._disputed

    @property
    def action(self) -> Action:
        """What the officer can do while instructions wait for signatures."""
        if self._action is None:
            self._action = self._next()
        return self._action

    def _next(self) -> Action:
        if any(_asks(self._state, each, self._officer) and self.goes_on(each) for each in self.live):
            return Action.SIGN
        waiting = [each for each in self.live if self._state.missing(each) and self.running]
        return Action.CARRY if waiting and all(self._officer in _signers(each) for each in waiting) else Action.WAIT

    def goes_on(self, instruction: Instruction) -> bool:
        """Neither dispute nor order stops it, but a void only a dispute; while a void goes on nothing else is signed."""
        return not self.disputed if instruction.void else self.running and not self.cycle.voiding

    @property
    def dots(self) -> tuple[InstructionDots, ...]:
        """The quorum of each live instruction."""
        if self._dots is None:
            self._dots = tuple(_dots(self._state.roster, each) for each in self.live)
        return self._dots

    @property
    def lacks_instructions(self) -> bool:
        """Whether something of the cycle is still to be prepared."""
        return len(self.cycle.instructions) < len(self.cycle.groups)

    @property
    def blocked(self) -> Remark | None:
        """The Safe that waits for another settlement, where one does."""
        if self._remark is None:
            blocks = cycle_plan.blocked_by(self._state, self.cycle) if self.lacks_instructions else ()
            found = [Remark("blocked", (each.vault, ", ".join(each.contracts)), at=each.since_ms // 1_000)
                     for each in blocks[:1]]  # fmt: skip
            self._remark = (found[0] if found else None,)
        return self._remark[0]


class Look:
    """One officer's look at one state at `now` (unix seconds). `before`: the look before it, whose work is not done again."""

    def __init__(self, state: State, officer: str, now: int, before: "Look | None" = None) -> None:
        self.state, self.officer = state, officer
        self._deadlines: Deadlines = Deadlines(state, now, None if before is None else before._deadlines)
        self._orders = bool(state.freezes)
        person = state.roster.officers.get(officer)
        self._operates = person is not None and Role.OPERATIONS in person.roles
        self._cycles: dict[str, Together] = {}
        self._names: dict[tuple[str, ...], str] = {}

    def together(self, record: ContractRecord) -> Together | None:
        """What a contract shares with those of its cycle; None where it is in none."""
        if record.cycle is None:
            return None
        found = self._cycles.get(record.cycle)
        if found is None:
            found = self._cycles[record.cycle] = Together(self.state, self.state.cycles[record.cycle], self.officer)
        return found

    def due(self, record: ContractRecord) -> int | None:
        """The moment (unix seconds) by which somebody must act on it."""
        return self._deadlines.moment(record)

    def rests_on(self, cycle: Cycle) -> object:
        """What the deadlines of a cycle's contracts share: equal where they are the same again."""
        return self._deadlines.rests_on(cycle)

    def group(self, record: ContractRecord) -> Group:
        """Where its row stands."""
        if self._orders and self._order(record) is not None:
            return Group.WAITING
        if record.cycle is None or record.state is ContractState.DISPUTED:
            return _ALONE[record.state]
        return _group(record, self._action(record))

    def to_check(self, record: ContractRecord) -> bool:
        """Whether it has instructions on which all checks are run when its row is looked at."""
        if record.cycle is None or record.state not in CHECKED:
            return False
        together = self.together(record)
        return together is not None and bool(together.live)

    def row(self, record: ContractRecord) -> SettlementRow:
        """One settlement's row."""
        terms, shown, together = record.terms, self.sides(record.terms), self.together(record)
        order, due = self._order(record), self._deadlines.first(record)
        stopped = order is not None or record.state is ContractState.DISPUTED
        return SettlementRow(
            contract=record.hash,
            contract_id=terms.id,
            group=self.group(record),
            state=(ContractState.FROZEN if order else record.state).value,
            act_by=None if due is None else ActBy(due.at, due.reason, due.values),
            parties=shown.parties,
            gives=shown.gives,
            takes=shown.takes,
            notional_usd=terms.notional.usd,
            instructions=together.dots if together is not None else (),
            action=Action.WAIT if stopped else self._action(record),
            remark=Remark("frozen", (order.order,), why=order.reason) if order else self._remark(record),
            template=terms.template,
            to_check=self.to_check(record),
            unbounded="" if due is not None else self._deadlines.unbounded(record) or "",
        )

    def sides(self, terms: Terms) -> Sides:
        """A contract's two sides; the first is the one that delivers the first leg."""
        roster, first = self.state.roster, terms.parties[terms.legs[0].payer].lei
        gives, takes = list[Leg](), list[Leg]()
        for leg in terms.legs:
            (gives if terms.parties[leg.payer].lei == first else takes).append(leg)
        return Sides(self.parties(terms), _sums(roster, gives), _sums(roster, takes))

    def parties(self, terms: Terms) -> tuple[str, str]:
        """The names of the two sides."""
        first = terms.parties[terms.legs[0].payer].lei
        others = tuple([party.lei for party in terms.parties if party.lei != first])
        return self._named((first,)), self._named(others)

    def _named(self, leis: tuple[str, ...]) -> str:
        found = self._names.get(leis)
        if found is None:
            names = sorted(self.state.roster.participant(lei).name for lei in set(leis))
            found = self._names[leis] = ", ".join(names)
        return found

    def _order(self, record: ContractRecord) -> Freeze | None:
        """The order that stops it."""
        return stops.stopping(self.state, record) if self._orders and record.state not in OVER else None

    def _action(self, record: ContractRecord) -> Action:
        together = self.together(record)
        if together is not None:
            later = record.state in _SENT and any(each.released is None for each in together.live)
            if record.state in _SIGNABLE or (later and together.action is not Action.WAIT):
                return together.action
            if self._operates and record.state in _ON_CHAINS:
                unsent, young = together.on_chains
                return Action.SEND if unsent else Action.OBSERVE if young else Action.WAIT
        return Action.NONE if record.state in OVER else Action.WAIT

    def _remark(self, record: ContractRecord) -> Remark | None:
        """What stands in the way of a contract that no order stops."""
        names = self.state.roster.participants
        if record.dispute is not None and record.dispute.closed is None:
            return Remark("disputed", (names[record.dispute.opener].name,), why=record.dispute.reason)
        match record.state:
            case ContractState.PROPOSED:
                missing = [names[lei].name for lei in record.leis if lei != record.proposer]
                return Remark("allegement", (names[record.proposer].name, ", ".join(missing)))
            case ContractState.ENDORSED if record.cycle is None:
                return self._short(record)
            case ContractState.HELD | ContractState.INSTRUCTED:
                together = self.together(record)
                return together.blocked if together is not None else None
            case ContractState.RELEASED | ContractState.SETTLING | ContractState.FAILED:
                return self._waits_for_operations(record)
        return None

    def _waits_for_operations(self, record: ContractRecord) -> Remark | None:
        """What an operations officer has to do on the chains, for everybody else."""
        together = self.together(record)
        if together is None or self._operates or self._action(record) is not Action.WAIT:
            return None
        unsent, young = together.on_chains
        return Remark("unsent") if unsent else Remark("young") if young else None

    def _short(self, record: ContractRecord) -> Remark | None:
        roster, short = self.state.roster, shortfall(self.state, record)
        if not short:
            return None
        owner = roster.participants.get(short[0].lei)
        name = owner.name if owner else roster.custodian.name
        return Remark("short", (name,), money(roster, short[0].asset, short[0].missing))


def can_sign(state: State, instruction: Instruction, officer: str) -> bool:
    """Whether a vault of the instruction that this officer owns a key of lacks a share and has none of theirs, they did not
    prepare it, and neither dispute nor order stops it."""
    return _asks(state, instruction, officer) and _may_go_on(state, instruction)


def _asks(state: State, instruction: Instruction, officer: str) -> bool:
    """Whether it lacks a signature that this officer can give."""
    return officer not in instruction.hands and bool(open_keys(state, officer, instruction))


def _may_go_on(state: State, instruction: Instruction) -> bool:
    """Neither dispute nor order stops it, but a void only a dispute; while a void goes on nothing else is signed."""
    return Together(state, state.cycle(instruction.cycle), "").goes_on(instruction)


def _disputed(state: State, cycle: Cycle) -> bool:
    return any(state.contract(each).state is ContractState.DISPUTED for each in cycle.contracts)


def _sums(roster: Roster, legs: Iterable[Leg]) -> tuple[Money, ...]:
    """What these legs move, asset by asset, in the order of the contract."""
    sums: dict[str, int] = {}
    for leg in legs:
        sums[leg.asset] = sums.get(leg.asset, 0) + leg.amount
    return tuple([money(roster, asset, units) for asset, units in sums.items()])


def _signers(instruction: Instruction) -> set[str]:
    return {share.officer for share in instruction.shares}


def _group(record: ContractRecord, action: Action) -> Group:
    if record.state in OVER:
        return Group.SETTLED
    if action in (Action.SIGN, Action.CARRY, Action.REVIEW, Action.SEND):
        return Group.NEEDS_YOU
    return Group.READY if record.state is ContractState.SIGNED else Group.WAITING


def _dots(roster: Roster, instruction: Instruction) -> InstructionDots:
    """The quorum of the vault that lacks most; with several paying vaults an officer counts where all have the share."""
    vaults = [roster.vault(each) for each in instruction.group.vaults]
    vault = max(vaults, key=lambda each: each.threshold - len(instruction.signers(each.id)))
    owners = dict.fromkeys(roster.holder(kid).id for kid in vault.keys)
    there = [roster.officer(each).name for each in owners if each in instruction.signers(vault.id)]
    empty = max(0, vault.threshold - len(there))
    dots = tuple(Dot(name, True) for name in there) + (Dot("", False),) * empty
    return InstructionDots(instruction.hash, instruction.group.kind, instruction.group.chain, vault.threshold, dots)
