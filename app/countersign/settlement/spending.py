"""The policy's limits on what leaves: caps on one transaction, on a day, on a counterparty; quorum by amount.

- Worth is exact, at published prices, or agreed ones where those lie far below (`valuation.judged`); caps are whole
  dollars. Exactly at a cap is kept.
- A payer is an institution: its books count together. What an instruction pays counts from its preparation for 24
  hours, and is given back when it is superseded, called off or voided.
- A contract must be able to settle by itself: it is not taken on if it alone passes a cap, or pays so much from a vault
  of too few signatures. Netting may make it less; nobody may count on that.
- A void moves nothing to others, nor does a child: they are not counted and no cap stops them.
- `rulings` is the one place where limits meet numbers: machine, check C7 and `policy explain` use it.

    >>> [(each.rule, each.kept) for each in rulings(state, flows(state, cycle.obligations), used)]
    [('transaction', True), ('day', True), ('counterparty', True), ('quorum', True)]
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TypeVar

from countersign.errors import Refused, Value
from countersign.settlement import netting, valuation
from countersign.settlement.contract import Terms
from countersign.settlement.netting import Group, Obligation
from countersign.settlement.records import Cycle, Instruction
from countersign.settlement.state import State
from countersign.settlement.usage import Usage

TRANSACTION, DAY, COUNTERPARTY, QUORUM = "transaction", "day", "counterparty", "quorum"
_REFUSALS = {
    TRANSACTION: "settlement.over-transaction",
    DAY: "settlement.over-day",
    COUNTERPARTY: "settlement.over-counterparty",
    QUORUM: "settlement.over-quorum",
}
_NOTHING = Usage()
K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Flow:
    """Dollars that leave a vault, by whom and to whom (LEIs; empty: a place that nobody registered)."""

    vault: str
    payer: str
    receiver: str
    usd: Fraction


@dataclass(frozen=True, slots=True)
class Ruling:
    """One limit and one case of it: kept or not, with its numbers. `limited` is False where the policy sets no limit."""

    rule: str
    kept: bool
    limited: bool
    values: dict[str, Value]


@dataclass(frozen=True, slots=True)
class Used:
    """Dollars given in the last 24 hours, beside the case itself: by payer, and by payer and receiver (LEIs)."""

    total: Mapping[str, Fraction] = field(default_factory=dict)
    to: Mapping[tuple[str, str], Fraction] = field(default_factory=dict)

    def plus(self, others: Iterable[Flow]) -> "Used":
        """With what else leaves beside the case."""
        total, to = dict(self.total), dict(self.to)
        for each in others:
            total[each.payer] = total.get(each.payer, Fraction(0)) + each.usd
            pair = (each.payer, each.receiver)
            to[pair] = to.get(pair, Fraction(0)) + each.usd
        return Used(total, to)


def usd_text(usd: Fraction) -> str:
    """Dollars as people write them, exact: "20,000,000" or "20,000,000.25"; worth has a finite decimal form."""
    whole, part = divmod(usd.numerator, usd.denominator)
    digits = ""
    while part:
        digit, part = divmod(part * 10, usd.denominator)
        digits += str(digit)
    return f"{whole:,}.{digits}" if digits else f"{whole:,}"


def flows(state: State, owed: Iterable[Obligation], contracts: Iterable[Terms]) -> tuple[Flow, ...]:
    """What obligations of these contracts are worth where limits judge them. `Refused` settlement.no-price."""
    agreed = valuation.agreed_prices(state, contracts)
    return tuple(
        Flow(
            each.vault,
            each.payer.lei,
            each.receiver.lei,
            valuation.judged(state, each.asset, each.amount, agreed.get(each.asset)),
        )
        for each in owed
    )


def terms_of(state: State, cycle: Cycle) -> tuple[Terms, ...]:
    """The contracts that a cycle settles."""
    return tuple(state.contract(each).terms for each in cycle.contracts)


def used(state: State, leaving: Iterable[Flow], seconds: int, besides: Sequence[str] = ()) -> Used:
    """What the payers of these flows gave in the 24 hours before a moment, but for the instructions `besides`."""
    total: dict[str, Fraction] = {}
    to: dict[tuple[str, str], Fraction] = {}
    pairs = {(each.payer, each.receiver) for each in leaving}
    for payer in {payer for payer, _ in pairs}:
        usage = state.spent.get(payer, _NOTHING).without(besides).at(seconds)
        total[payer] = usage.total
        to |= {(payer, receiver): usage.to(receiver) for who, receiver in pairs if who == payer}
    return Used(total, to)


def rulings(state: State, leaving: Sequence[Flow], known: Used) -> tuple[Ruling, ...]:
    """Every cap and quorum over one transaction's flows, in a fixed order. `Refused` settlement.no-policy."""
    caps, whole = state.adopted().caps, sum((each.usd for each in leaving), Fraction(0))
    found = [_ruling(TRANSACTION, whole, Fraction(0), caps.transaction_usd, {})]
    for payer, usd in sorted(_sums((each.payer, each.usd) for each in leaving).items()):
        before = known.total.get(payer, Fraction(0))
        found.append(_ruling(DAY, usd, before, caps.day_usd, {"payer": name_of(state, payer)}))
    known_receivers = [each for each in leaving if each.receiver]
    pairs = _sums(((each.payer, each.receiver), each.usd) for each in known_receivers)
    for (payer, receiver), usd in sorted(pairs.items()):
        names = {"payer": name_of(state, payer), "receiver": name_of(state, receiver)}
        before = known.to.get((payer, receiver), Fraction(0))
        found.append(_ruling(COUNTERPARTY, usd, before, caps.counterparty_usd, names))
    found += [
        _quorum(state, vault, usd) for vault, usd in sorted(_sums((each.vault, each.usd) for each in leaving).items())
    ]
    return tuple(found)


def name_of(state: State, lei: str) -> str:
    """The institution's name."""
    roster = state.roster
    return roster.custodian.name if lei == roster.custodian.lei else roster.participant(lei).name


def _sums(found: Iterable[tuple[K, Fraction]]) -> dict[K, Fraction]:
    sums: dict[K, Fraction] = {}
    for key, usd in found:
        sums[key] = sums.get(key, Fraction(0)) + usd
    return sums


def _ruling(rule: str, usd: Fraction, before: Fraction, cap: int | None, names: Mapping[str, Value]) -> Ruling:
    values = {**names, "usd": usd_text(usd), "used": usd_text(before), "cap": "none" if cap is None else f"{cap:,}"}
    return Ruling(rule, cap is None or before + usd <= cap, cap is not None, values)


def _quorum(state: State, vault: str, usd: Fraction) -> Ruling:
    needed, threshold = state.adopted().signatures_for(int(usd)), state.roster.vault(vault).threshold
    values: dict[str, Value] = {"vault": vault, "usd": usd_text(usd), "needed": needed, "threshold": threshold}
    return Ruling(QUORUM, threshold >= needed, bool(state.adopted().quorums), values)


def check(state: State, leaving: Sequence[Flow], known: Used) -> None:
    """Every limit is kept, else `Refused` settlement.over-transaction, .over-day, .over-counterparty, .over-quorum."""
    for each in rulings(state, leaving, known):
        if not each.kept:
            raise Refused(_REFUSALS[each.rule], (), **each.values)


def check_terms(state: State, terms: Terms) -> None:
    """A contract by itself, settled gross on a day without any other payment, keeps every limit. Raises as `check`."""
    owed = netting.obligations(state.roster, [terms])
    for group in netting.groups(owed):
        check(state, flows(state, netting.owed_by(owed, group), [terms]), Used())


def check_group(state: State, cycle: Cycle, group: Group, seconds: int) -> None:
    """One group's instruction, prepared now in place of what it had, keeps every limit. Raises as `check`."""
    leaving = flows(state, netting.owed_by(cycle.obligations, group), terms_of(state, cycle))
    replaced = [each for each in [cycle.instructions.get(group)] if each is not None]
    check(state, leaving, used(state, leaving, seconds, replaced))


def counted(state: State, instruction: Instruction) -> State:
    """The state in which what an instruction pays counts against its payers' caps: from its entry on, or, where a chain
    took one that had lost its place, from now on. A void pays nobody, nor does a child."""
    if instruction.returns:
        return state
    leaving = flows(state, state.owed(instruction), terms_of(state, state.cycle(instruction.cycle)))
    spent, moment = state.spent, max(instruction.time_ms, state.time_ms) // 1_000
    for payer in sorted({each.payer for each in leaving}):
        given = _sums((each.receiver, each.usd) for each in leaving if each.payer == payer)
        usage = spent.get(payer, _NOTHING).without([instruction.hash])
        spent = spent.set(payer, usage.paid(instruction.hash, moment, given))
    return replace(state, spent=spent)


def given_back(state: State, instruction: Instruction) -> State:
    """The state in which an instruction that moves nothing any more is not counted."""
    spent = state.spent
    for payer in {each.payer.lei for each in state.owed(instruction)}:
        if payer in spent:
            spent = spent.set(payer, spent[payer].without([instruction.hash]))
    return replace(state, spent=spent)
