"""Rules of instructions: what may be prepared, by whom, and in which order; their shares: `sharing.py`.

- One live instruction for each group of a cycle; until the first share another may be prepared in its place (`rivalry.py`).
- A coin is spent by one live instruction, a Safe has one unexecuted instruction, and its nonces follow each other; those
  that something outside the log used are passed by (`numbers.py`).
- Nothing is spent on chain that was delivered with fewer confirmations than the policy's (rule 9), by all settlements
  under way together.
- In a vault of extended keys no place lies more than the gap limit beyond what was spent from before (B7).
- What leaves keeps the policy's caps and quorums (`spending.py`).
- Nothing disputed or frozen is prepared or signed (`stops.py`), but the void of what is frozen: it brings home only.
- A request lives as long as the policy says, from its entry; shares come within the contracts' window (C4), but for what
  only brings home or completes: a void, a replacement, a child, the leg of a failed settlement that is still owed.
- In a failed settlement a leg is prepared again once its instruction can execute no more, or its void is confirmed: apart from
  every request for it that somebody signed (`rivalry.py`), so that no reorganisation pays it twice. Declared
  instructions (`declaring.py`) take the place of one that has shares, or lift one that waits for a block (`lifting.py`).
"""

from dataclasses import replace

from countersign.errors import Refused
from countersign.formats import times
from countersign.settlement import netting, numbers, rivalry, spending, stops
from countersign.settlement.assets import require_spelling
from countersign.settlement.bodies import InstructionPrepared
from countersign.settlement.case import Case, demand_state, noted, with_contracts
from countersign.settlement.ending import freed
from countersign.settlement.ledger import Account
from countersign.settlement.netting import Group
from countersign.settlement.records import ContractRecord, ContractState, Cycle, Instruction, SafeUse
from countersign.settlement.roster import GAP_LIMIT, RangedVault, Role, SlotVault, Vault
from countersign.settlement.state import State


def records_of(state: State, cycle: Cycle) -> list[ContractRecord]:
    """The contracts settled in a cycle."""
    return [state.contract(contract) for contract in cycle.contracts]


def check_counts(cycle: Cycle) -> None:
    """The cycle was not called off; else `Refused`. Its contracts may stand anywhere again, in another cycle (rule 5)."""
    if cycle.called_off:
        raise Refused("settlement.called-off", cycle=cycle.id)


def demand_cycle(state: State, cycle: Cycle, *allowed: ContractState) -> None:
    """The cycle counts, and all its contracts stand in one of these states; else `Refused`."""
    check_counts(cycle)
    for record in records_of(state, cycle):
        demand_state(record, *allowed)


def check_window(case: Case, cycle: Cycle) -> None:
    """The entry's moment lies within every contract's window (C4)."""
    for record in records_of(case.state, cycle):
        if case.seconds < record.terms.not_before:
            raise Refused("C4.too-early", contract=record.hash)
        if case.seconds > record.terms.settle_by:
            raise Refused("C4.expired", contract=record.hash)


def group_of(body: InstructionPrepared) -> Group:
    """The group whose obligations an instruction discharges."""
    return Group(body.chain, body.kind, body.vaults)


def check_subject(state: State, cycle: Cycle, body: InstructionPrepared) -> None:
    """The cycle counts; the instruction is for its contracts, and for vaults that owe in it; else `Refused`."""
    check_counts(cycle)
    if body.contracts != cycle.contracts:
        raise Refused("settlement.instruction-contracts", cycle=cycle.id)
    if group_of(body) not in cycle.groups:
        raise Refused("settlement.not-owed", cycle=cycle.id, chain=body.chain, vaults=", ".join(body.vaults))


def judge_settlement(case: Case, body: InstructionPrepared) -> None:
    """An instruction that delivers, prepared by operations; compliance signs it too where the fee wants both (B9).

    Raises `Refused`.
    """
    state = case.state
    cycle = state.cycle(body.cycle)
    stops.check_cycle(state, cycle)
    if cycle.failed is None:
        replaced = _before_shares(case, cycle, body)
    else:
        check_subject(state, cycle, body)
        replaced = _after_failure(state, cycle, body)
    if body.kind == "psbt":
        check_spends(state, body, replaced)
    else:
        _check_nonce(state, body, replaced)
    _check_confirmed(state, cycle, group_of(body))
    spending.check_group(state, cycle, group_of(body), case.seconds)


def check_hours(case: Case) -> None:
    """The entry's moment lies within the policy's hours for officers, else `Refused` settlement.outside-hours."""
    hours = case.state.adopted().hours
    if hours is not None and not hours.hold(case.seconds):
        raise Refused("settlement.outside-hours", at=times.text(case.seconds), hours=hours.text)


def _before_shares(case: Case, cycle: Cycle, body: InstructionPrepared) -> str | None:
    """The instruction whose place this one may take while nobody has signed; None where it is the first."""
    check_subject(case.state, cycle, body)
    demand_cycle(case.state, cycle, ContractState.HELD, ContractState.INSTRUCTED)
    if any(each.shares for each in case.state.live(cycle)):
        raise Refused("settlement.share-exists", contract=cycle.contracts[0])
    if case.seconds > min(record.terms.settle_by for record in records_of(case.state, cycle)):
        raise Refused("C4.expired", contract=cycle.contracts[0])
    _check_alone(case.state, cycle, body)
    return cycle.instructions.get(group_of(body))


def _after_failure(state: State, cycle: Cycle, body: InstructionPrepared) -> str | None:
    """The instruction whose place this one may take in a failed settlement: one that can never execute beside it, nor can any
    before that one."""
    demand_cycle(state, cycle, ContractState.FAILED)
    name = cycle.instructions.get(group_of(body))
    if name is not None:
        _check_over(state, state.instruction(name), {spend.outpoint for spend in body.spends}, body.nonce)
    _check_alone(state, cycle, body)
    return name


def _check_alone(state: State, cycle: Cycle, body: InstructionPrepared) -> None:
    """Nothing that may have been signed for the leg can ever pay beside it. Refused settlement.both-payable."""
    coins = {spend.outpoint for spend in body.spends}
    other = rivalry.payable_beside(state, cycle.id, group_of(body), coins, body.nonce)
    other = other or rivalry.unseen(state, cycle.id, group_of(body), body.nonce)
    if other is not None:
        raise Refused("settlement.both-payable", instruction=other.hash)


def _check_over(state: State, old: Instruction, coins: set[str], nonce: int | None) -> None:
    """What counted for the leg can execute no more, or was never released and goes with this one; else `Refused`."""
    # Every coin, where nothing is known to be in its way.
    same = coins.issuperset(spend.outpoint for spend in old.spends) if old.spends else old.nonce == nonce
    if old.executable and not confirmed_void(state, old) and not (old.released is None and same):
        raise Refused("settlement.still-executable", instruction=old.hash)


def confirmed_void(state: State, old: Instruction) -> bool:
    """Whether it is a void with the policy's confirmations: what it voided can be mined no more, so that no leg is paid twice."""
    if not old.void or old.observed is None or not old.seen:
        return False
    return old.observed.confirmations >= state.adopted().confirmations_on(old.group.chain)


def check_spends(state: State, body: InstructionPrepared, replaced: str | None) -> None:
    for spend in body.spends:
        require_spelling(body.chain, spend.outpoint)
        if spend.vault not in body.vaults:
            raise Refused("settlement.foreign-coin", outpoint=spend.outpoint, vault=spend.vault)
        check_place(state, state.roster.vault(spend.vault), spend.slot)
        user = state.spending.get(spend.outpoint)
        if user is not None and user != replaced:
            raise Refused("B12.outpoint-taken", outpoint=spend.outpoint, instruction=user)
        _check_coin_confirmed(state, body, spend.outpoint)
    for name in body.vaults:
        if all(spend.vault != name for spend in body.spends):
            raise Refused("settlement.no-coin", vault=name)


def check_place(state: State, vault: Vault, number: int) -> None:
    """The vault has that slot; a ranged vault, that place within its gap limit. Refused settlement.slot-unknown, -place-far."""
    if isinstance(vault, SlotVault):
        vault.slot(number)
    elif isinstance(vault, RangedVault):
        limit = state.high_water(vault.id) + GAP_LIMIT
        if number // 2 > limit:
            raise Refused("settlement.place-far", vault=vault.id, index=number // 2, limit=limit)


def _check_coin_confirmed(state: State, body: InstructionPrepared, outpoint: str) -> None:
    """What a transaction of ours made is spent once it is confirmed; only its own child spends its change before."""
    maker = state.transactions.get(outpoint.split(":")[0])
    if maker is None or maker == body.lifts:
        return
    observed, needed = state.instruction(maker).observed, state.adopted().confirmations_on(body.chain)
    found = observed.confirmations if observed else 0
    if found < needed:
        raise Refused("settlement.coin-unconfirmed", outpoint=outpoint, confirmations=found, needed=needed)


def _check_nonce(state: State, body: InstructionPrepared, replaced: str | None) -> None:
    use = state.safes.get(body.vaults[0], SafeUse())
    if use.pending is not None and use.pending != replaced:
        raise Refused("settlement.safe-busy", vault=body.vaults[0], instruction=use.pending)
    numbers.require_not_used(state, body.vaults[0], body.nonce or 0)


def _check_confirmed(state: State, cycle: Cycle, group: Group) -> None:
    """What the group pays is there without what its payers received with too few confirmations (rule 9)."""
    sums: dict[Account, int] = {}
    for owed in netting.owed_by(cycle.obligations, group):
        account = Account(owed.payer.lei, owed.payer.book, owed.asset)
        sums[account] = sums.get(account, 0) + owed.amount
    for account, units in sums.items():
        balance, early = state.ledger.balance(account), state.unconfirmed.get(account, 0)
        there = balance.total - early
        if early and there < balance.held + balance.frozen:  # else what is confirmed covers every settlement under way
            there -= _under_way(state, cycle, account)
        if there < units:
            raise Refused(
                "settlement.unconfirmed", lei=account.lei, asset=account.asset, needed=str(units), there=str(there)
            )


def _under_way(state: State, beside: Cycle, account: Account) -> int:
    """What other settlements' instructions pay from an account and the ledger has not booked: the same units, once more."""
    return sum(
        owed.amount
        for cycle in state.cycles.values()
        if cycle.id != beside.id and not cycle.called_off and cycle.final is None and cycle.voided is None
        for each in state.live(cycle)
        if not each.void
        for owed in netting.owed_by(cycle.obligations, each.group)
        if Account(owed.payer.lei, owed.payer.book, owed.asset) == account
    )


def fold_prepared(case: Case, body: InstructionPrepared) -> State:
    """The instruction counts from here on, in the place of the one before it."""
    state, name, group = case.state, case.event.hash, group_of(body)
    if body.nonce is not None:
        state = numbers.passed_by(state, body.vaults[0], body.nonce, case.index)
    cycle = state.cycle(body.cycle)
    old = cycle.instructions.get(group)
    if old is not None:
        state = superseded(state, old, name)
    instruction = instruction_of(case, body)
    cycle = replace(cycle, instructions=cycle.instructions.set(group, name), requested=(*cycle.requested, name))
    if (
        old is not None and state.instruction(old).seen
    ):  # a void with the policy's confirmations, or nothing would be prepared
        cycle = replace(cycle, sunk=(*cycle.sunk, old))
    state = claimed(state, instruction)
    state = replace(
        state,
        instructions=state.instructions.set(name, instruction),
        cycles=state.cycles.set(cycle.id, cycle),
        artefacts=state.artefacts.set(body.artefact, name),
    )
    complete = len(cycle.instructions) == len(cycle.groups)
    records = records_of(state, cycle)
    if complete and records[0].state is ContractState.HELD:
        return with_contracts(state, [case.moved(record, ContractState.INSTRUCTED) for record in records])
    return noted(case, state, cycle.id)


def instruction_of(case: Case, body: InstructionPrepared) -> Instruction:
    """The instruction that an event prepares, as the state keeps it."""
    preparer, declarer = prepared_by(case)
    return Instruction(
        case.event.hash,
        body.cycle,
        group_of(body),
        body.artefact,
        body.nonce,
        body.spends,
        preparer,
        case.index,
        case.time_ms,
        purpose=body.purpose,
        replaces=body.replaces,
        lifts=body.lifts,
        declarer=declarer,
    )


def prepared_by(case: Case) -> tuple[str, str | None]:
    """Who prepared, and who of compliance declared it with them: None where one person signed."""
    first, *rest = case.officers
    if not rest:
        return first, None
    operations = [each for each in case.officers if Role.OPERATIONS in case.state.roster.officer(each).roles]
    compliance = [each for each in case.officers if Role.COMPLIANCE in case.state.roster.officer(each).roles]
    preparer = next(each for each in operations if set(compliance) - {each})
    return preparer, next(each for each in compliance if each != preparer)


def superseded(state: State, old: str, name: str) -> State:
    """The state in which `name` counts in the place of `old`; what stands in a block keeps what it spent."""
    known = state.instruction(old)
    state = state if known.seen else freed(state, known)
    return replace(state, instructions=state.instructions.set(old, replace(known, superseded_by=name)))


def claimed(state: State, instruction: Instruction) -> State:
    """The state in which an instruction claims its coins and its Safe's next place, and counts for caps."""
    taken, safes = state.spending, state.safes
    for spend in instruction.spends:
        taken = taken.set(spend.outpoint, instruction.hash)
    if instruction.nonce is not None:
        vault = instruction.group.vaults[0]
        safes = safes.set(vault, replace(safes.get(vault, SafeUse()), pending=instruction.hash))
    return spending.counted(replace(state, spending=taken, safes=safes), instruction)


def completes(cycle: Cycle, instruction: Instruction) -> bool:
    """Whether it only brings home or completes what was begun, so that `settle_by` no longer binds it."""
    return instruction.declared or cycle.failed is not None
