"""The Desk screen's rows: one line a settlement, sorted by its first deadline, with what the officer at this machine can do."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from countersign.desk.effects import money
from countersign.desk.pages import act_by
from countersign.desk.signing import vault_keys
from countersign.desk.views import Action, DeskView, Dot, Group, InstructionDots, Money, SettlementRow
from countersign.review.finding import Verdict
from countersign.settlement import stops
from countersign.settlement.contract import Leg, Terms
from countersign.settlement.records import ContractRecord, ContractState, Cycle, Instruction
from countersign.settlement.state import State

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


def desk_view(state: State, officer: str, verdicts: Mapping[str, Verdict], now: int) -> DeskView:
    """Every settlement at `now` (unix seconds). `verdicts` by contract: all checks of its instructions, run here."""
    rows = [_row(state, record, officer, verdicts.get(record.hash), now) for record in state.contracts.values()]
    last = 2**53
    rows.sort(key=lambda row: (row.act_by.at if row.act_by else last, row.contract_id))
    totals: Counter[str] = Counter()
    for row in rows:
        if row.group is not Group.SETTLED:
            for each in (*row.gives, *row.takes):
                totals[each.asset] += each.units
    return DeskView(tuple(rows), tuple(money(state.roster, asset, units) for asset, units in sorted(totals.items())))


def _row(state: State, record: ContractRecord, officer: str, verdict: Verdict | None, now: int) -> SettlementRow:
    terms, shown = record.terms, sides(state, record.terms)
    cycle = state.cycles.get(record.cycle or "")
    action = _action(state, record, cycle, officer)
    return SettlementRow(
        contract=record.hash,
        contract_id=terms.id,
        group=_group(record, action),
        state=stops.standing(state, record).value,
        act_by=act_by(state, record, now),
        parties=shown.parties,
        gives=shown.gives,
        takes=shown.takes,
        notional_usd=terms.notional.usd,
        instructions=tuple(_dots(state, each) for each in state.live(cycle)) if cycle is not None else (),
        checks_passed=verdict.passed if verdict else 0,
        first_failure=verdict.against[0].check if verdict and verdict.against else None,
        action=action,
    )


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
    if record.state not in SIGNABLE or cycle is None:
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
        and officer != instruction.preparer
        and state.missing(instruction) > 0
        and stops.running(state, state.cycle(instruction.cycle))
    )


def _signers(instruction: Instruction) -> set[str]:
    return {share.officer for share in instruction.shares}


def _group(record: ContractRecord, action: Action) -> Group:
    if record.state in OVER:
        return Group.SETTLED
    if action in (Action.SIGN, Action.CARRY, Action.REVIEW):
        return Group.NEEDS_YOU
    return Group.READY if record.state is ContractState.SIGNED else Group.WAITING


def _dots(state: State, instruction: Instruction) -> InstructionDots:
    vault = state.roster.vault(instruction.group.vaults[0])
    owners = dict.fromkeys(state.roster.holder(kid).id for kid in vault.keys)
    there = [state.roster.officer(each).name for each in owners if each in _signers(instruction)]
    empty = max(0, vault.threshold - len(there))
    dots = tuple(Dot(name, True) for name in there) + (Dot("", False),) * empty
    return InstructionDots(instruction.hash, instruction.group.kind, instruction.group.chain, vault.threshold, dots)
