"""The Desk screen's rows: one line a settlement, sorted by its first deadline, with what the officer at this machine can do."""

from collections import Counter

from countersign.desk.effects import money
from countersign.desk.pages import act_by
from countersign.desk.signing import vault_keys
from countersign.desk.views import Action, DeskView, Dot, Group, InstructionDots, Money, SettlementRow
from countersign.review.finding import Verdict
from countersign.settlement.records import ContractRecord, ContractState, Cycle, Instruction
from countersign.settlement.state import State

SIGNABLE = (ContractState.INSTRUCTED, ContractState.PARTLY_SIGNED)


def desk_view(state: State, officer: str, verdicts: dict[str, Verdict]) -> DeskView:
    """Every settlement. `verdicts` by contract hash: all checks of its instructions, run on this machine."""
    rows = [_row(state, record, officer, verdicts.get(record.hash)) for record in state.contracts.values()]
    last = 2**53
    rows.sort(key=lambda row: (row.act_by.at if row.act_by else last, row.contract_id))
    totals: Counter[str] = Counter()
    for row in rows:
        if row.group is not Group.SETTLED:
            for each in (row.gives, row.takes):
                totals[each.asset] += each.units
    return DeskView(tuple(rows), tuple(money(state.roster, asset, units) for asset, units in sorted(totals.items())))


def _row(state: State, record: ContractRecord, officer: str, verdict: Verdict | None) -> SettlementRow:
    terms, roster = record.terms, state.roster
    gives, takes = terms.legs
    cycle = state.cycles.get(record.cycle or "")
    action = _action(state, record, cycle, officer)
    return SettlementRow(
        contract=record.hash,
        contract_id=terms.id,
        group=_group(record, action),
        state=record.state.value,
        act_by=act_by(state, record),
        parties=(
            roster.participant(terms.payer(gives).lei).name,
            roster.participant(terms.payer(takes).lei).name,
        ),
        gives=_money(state, gives.asset, gives.amount),
        takes=_money(state, takes.asset, takes.amount),
        notional_usd=terms.notional.usd,
        instructions=tuple(_dots(state, each) for each in state.live(cycle)) if cycle is not None else (),
        checks_passed=verdict.passed if verdict else 0,
        first_failure=verdict.against[0].check if verdict and verdict.against else None,
        action=action,
    )


def _money(state: State, asset: str, units: int) -> Money:
    return money(state.roster, asset, units)


def _action(state: State, record: ContractRecord, cycle: Cycle | None, officer: str) -> Action:
    if record.state not in SIGNABLE or cycle is None:
        return Action.NONE if record.state is ContractState.FINAL else Action.WAIT
    live = state.live(cycle)
    if any(can_sign(state, each, officer) for each in live):
        return Action.SIGN
    waiting = [each for each in live if state.missing(each)]
    return Action.CARRY if waiting and all(officer in _signers(each) for each in waiting) else Action.WAIT


def can_sign(state: State, instruction: Instruction, officer: str) -> bool:
    """Whether this officer owns a key of the instruction's vaults, has not signed, did not prepare it, and one is lacking."""
    return (
        bool(vault_keys(state.roster, officer, instruction))
        and officer not in _signers(instruction)
        and officer != instruction.preparer
        and state.missing(instruction) > 0
    )


def _signers(instruction: Instruction) -> set[str]:
    return {share.officer for share in instruction.shares}


def _group(record: ContractRecord, action: Action) -> Group:
    if record.state in (ContractState.FINAL, ContractState.CANCELLED, ContractState.DECLINED):
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
