"""The Desk screen's rows: one line a settlement, sorted by its first deadline, remembered from look to look.

- A look first works out what everything is sorted and grouped by (`row.Look.line`), a moment for 100,000 settlements.
  Totals are counted after it, a row is made when it is asked for.
- The next look does again only what is no longer what it was: records are immutable, so that identity tells. What else a
  line and a row rest on: the roster, the policy, the orders and the part of the day (then all is forgotten); its cycle
  with what others in it suffer; the accounts that must cover it; the end of the time to dispute it.
- What has ended is shown on its day (UTC), then only in the history.

    >>> rows = Rows("officer-a", moment_of)
    >>> rows.view(state, now)         # sorted; totals None where much is new
    >>> rows.counted()                # the same with its totals
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from operator import attrgetter, is_
from typing import overload

from countersign.desk import views
from countersign.desk.money import Money, money
from countersign.desk.row import Look, Together
from countersign.desk.views import DeskView, Group, Line, SettlementRow, Sums
from countersign.formats import times
from countersign.settlement import cut_off
from countersign.settlement.holding import wanted
from countersign.settlement.ledger import Account
from countersign.settlement.policy import Policy
from countersign.settlement.records import OVER, ContractRecord, ContractState
from countersign.settlement.state import State

MomentOf = Callable[[int], int]
"""The moment (ms) of a log entry."""

MUCH = 2_000
"""More new lines than these are shown before they are counted."""
_LAST = 2**53


@dataclass(slots=True)
class _Known(Line):
    """A settlement that was looked at, and its row once somebody asked for it.

    `gone`: it ended before today and has no row. `alone`: it rests on nothing but its record and what all rest on.
    `beside`: what its cycle is (`_Stamps`).
    """

    record: ContractRecord = field(kw_only=True)
    key: tuple[int, str, str] = (0, "", "")
    alone: bool = True
    beside: tuple[object, ...] | None = None
    ended_ms: int = 0
    gone: bool = False
    row: SettlementRow | None = None
    accounts: tuple[Account, ...] | None = None


class _Later(views.Rows):
    """Rows of one look, made when they are asked for. What was made is kept with what is known, for the next look too."""

    def __init__(self, known: list[_Known], look: Look) -> None:
        self._known, self._look = known, look

    @overload
    def __getitem__(self, place: int) -> SettlementRow: ...
    @overload
    def __getitem__(self, place: slice) -> list[SettlementRow]: ...
    def __getitem__(self, place: int | slice) -> SettlementRow | list[SettlementRow]:
        if isinstance(place, slice):
            return [self._row(each) for each in self._known[place]]
        return self._row(self._known[place])

    def __len__(self) -> int:
        return len(self._known)

    def line(self, place: int) -> Line:
        """What the row at `place` is sorted and grouped by."""
        return self._known[place]

    def _row(self, known: _Known) -> SettlementRow:
        if known.row is None:
            known.row = self._look.row(known.record)
        return known.row


class Rows:
    """One officer's rows, remembered from look to look. One look at a time."""

    def __init__(self, officer: str, moment_of: MomentOf) -> None:
        self.renewed = 0  # how many settlements the last look looked at anew
        self._officer = officer
        self._moment_of = moment_of
        self._now = 0
        self._common: tuple[object, ...] = ()
        self._look = Look(State(), officer, 0)
        self._known: dict[str, _Known] = {}
        self._stamps: dict[str, tuple[object, ...]] = {}
        self._sorted: list[_Known] = []
        self._rows = _Later(self._sorted, self._look)
        self._sums = _Totals()

    def view(self, state: State, now: int) -> DeskView:
        """The Desk at `now` (unix seconds), sorted. `totals` is None where `counted` has much to count."""
        before = self._begin(state, now)
        stamps = _Stamps(self._look, self._stamps)
        today = (now - now % times.DAY) * 1_000
        fresh: list[_Known] = []
        gone: set[int] = set()
        for name, record in state.contracts.items():
            known = self._known.get(name)
            if known is not None and known.record is record and (
                known.alone or self._stands(known, before, stamps, now, today)
            ):  # fmt: skip
                continue
            if known is not None and not known.gone:
                gone.add(id(known))
                self._sums.forget(known, self._look)
            known = self._known[name] = self._made(record, stamps, today)
            fresh.append(known)
        self._arrange(fresh, gone)
        self._rows = _Later(self._sorted, self._look)
        self._stamps, self.renewed, self._now = stamps.made, len(fresh), now
        self._sums.wait_for(each for each in fresh if not each.gone)
        return self._view() if self._sums.waiting > MUCH else self.counted()

    def counted(self) -> DeskView:
        """The last look's view, with its totals; the rows are the very same."""
        self._sums.count(self._look)
        return self._view()

    def _begin(self, state: State, now: int) -> State:
        """A new look; the state of the one before. Everything is forgotten where what all rest on is another."""
        before, policy = self._look.state, state.policy
        common = (state.roster, policy, state.freezes, *_phase(policy, now))
        same = len(self._common) == len(common) and now >= self._now and all(
            one is other or (isinstance(one, int) and one == other)
            for one, other in zip(self._common, common, strict=True)
        )  # fmt: skip
        if not same:
            self._common, self._known, self._stamps, self._sorted, self._sums = common, {}, {}, [], _Totals()
        self._look = Look(state, self._officer, now, self._look)
        return before

    def _made(self, record: ContractRecord, stamps: "_Stamps", today: int) -> _Known:
        over, name, id, look = record.state in OVER, record.hash, record.terms.id, self._look
        ended = ended_ms(record, self._moment_of) if over else 0
        if over and ended < today:
            return _Known(name, id, Group.SETTLED, None, record=record, gone=True)
        due = look.due(record)
        key = (_LAST if due is None else due, id, name)
        if record.cycle is None and record.final_ms is None and not over:
            alone = record.state is not ContractState.ENDORSED
            return _Known(name, id, look.group(record), due, False, key, alone, record=record)
        return _Known(
            name,
            id,
            look.group(record),
            due,
            look.to_check(record),
            key,
            False,
            stamps.of(record),
            ended,
            record=record,
        )

    def _stands(self, known: _Known, before: State, stamps: "_Stamps", now: int, today: int) -> bool:
        """Whether line and row of the same record would be the same again."""
        record = known.record
        if record.state in OVER and known.ended_ms < today:
            return False
        if record.final_ms is not None and known.due is not None and known.due < now:
            return False
        if record.cycle is not None:
            return known.beside is stamps.of(record)
        return record.state is not ContractState.ENDORSED or self._covered_as_before(known, before)

    def _covered_as_before(self, known: _Known, before: State) -> bool:
        """Whether the accounts that must cover a contract hold what they held."""
        was, now = before.ledger, self._look.state.ledger
        if was is now:
            return True
        if known.accounts is None:
            known.accounts = tuple(wanted(known.record))
        return all(was.balance(each) == now.balance(each) for each in known.accounts)

    def _arrange(self, fresh: list[_Known], gone: set[int]) -> None:
        if fresh:
            kept = [each for each in self._sorted if id(each) not in gone] if gone else list(self._sorted)
            kept.extend(each for each in fresh if not each.gone)
            kept.sort(key=attrgetter("key"))  # nearly in order already, so that it takes no time
            self._sorted = kept

    def _view(self) -> DeskView:
        rows, state = self._rows, self._look.state
        mine = sum(each.group is Group.NEEDS_YOU for each in self._sorted)
        if self._sums.waiting:
            return DeskView(rows, None, size=state.size, needs_you=mine, newest=state.time_ms // 1_000)
        sums = self._sums.by_asset(state), self._sums.by_party(state)
        return DeskView(rows, *sums, state.size, mine, state.time_ms // 1_000)


class _Stamps:
    """For each cycle what the rows of its contracts rest on: the very same tuple as before where that is the same."""

    def __init__(self, look: Look, before: dict[str, tuple[object, ...]]) -> None:
        self.made: dict[str, tuple[object, ...]] = {}
        self._look, self._before = look, before

    def of(self, record: ContractRecord) -> tuple[object, ...] | None:
        """The stamp of a contract's cycle; None where it is in none."""
        if record.cycle is None:
            return None
        found = self.made.get(record.cycle)
        if found is None:
            together = self._look.together(record)
            assert together is not None
            found, before = self._stamp(together), self._before.get(record.cycle, ())
            if len(before) == len(found) and before[0] == found[0] and all(map(is_, before[1:], found[1:])):
                found = before
            self.made[record.cycle] = found
        return found

    def _stamp(self, together: Together) -> tuple[object, ...]:
        """What stops a sibling stops all: a dispute stands here, an order is what all rows rest on. Deadlines come first:
        they rest on others' transactions and attestations too, and are compared by what they are."""
        safes = self._look.state.safes if together.lacks_instructions else None
        due = self._look.rests_on(together.cycle)
        return due, together.cycle, together.disputed, safes, *together.live


class _Totals:
    """What is open by asset, and what each side has to deliver. What waits to be counted is in no sum."""

    def __init__(self) -> None:
        self._waiting: dict[int, _Known] = {}
        self._by_asset: Counter[str] = Counter()
        self._by_party: dict[str, Counter[str]] = {}

    @property
    def waiting(self) -> int:
        """How many settlements are not counted yet."""
        return len(self._waiting)

    def wait_for(self, known: Iterable[_Known]) -> None:
        """These are to be counted."""
        self._waiting.update((id(each), each) for each in known if _open(each))

    def count(self, look: Look) -> None:
        """Count what waits."""
        for known in self._waiting.values():
            self._add(known, look, 1)
        self._waiting = {}

    def forget(self, known: _Known, look: Look) -> None:
        """This one is no more what it was."""
        if self._waiting.pop(id(known), None) is None and _open(known):
            self._add(known, look, -1)

    def _add(self, known: _Known, look: Look, sign: int) -> None:
        terms = known.record.terms
        giver, taker = look.parties(terms)
        first = terms.parties[terms.legs[0].payer].lei
        for leg in terms.legs:
            party = giver if terms.parties[leg.payer].lei == first else taker
            self._by_asset[leg.asset] += sign * leg.amount
            self._by_party.setdefault(party, Counter())[leg.asset] += sign * leg.amount

    def by_asset(self, state: State) -> tuple[Money, ...]:
        """What is open, assets ascending."""
        return _moneys(state, self._by_asset)

    def by_party(self, state: State) -> Sums:
        """What each has to deliver."""
        found = ((party, _moneys(state, sums)) for party, sums in sorted(self._by_party.items()))
        return tuple((party, sums) for party, sums in found if sums)


def _open(known: _Known) -> bool:
    return not known.gone and known.group is not Group.SETTLED


def _moneys(state: State, sums: Counter[str]) -> tuple[Money, ...]:
    return tuple(money(state.roster, asset, units) for asset, units in sorted(sums.items()) if units)


def _phase(policy: Policy | None, now: int) -> tuple[int, int, bool]:
    """Which cut-offs deadlines refer to: they change a few times a day."""
    if policy is None:
        return 0, 0, False
    last = cut_off.last_cut_off(policy, now)
    return last, cut_off.next_cut_off(policy, now), now <= last + policy.cycles.top_up_seconds


def ended_ms(record: ContractRecord, moment_of: MomentOf) -> int:
    """When a contract came to the state that it is in (unix ms)."""
    cause = record.cause(record.state)
    return record.final_ms or moment_of(record.concerns[-1].index if cause is None else cause)
