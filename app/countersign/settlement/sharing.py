"""Rules of shares: who signs an instruction for which vault, with what, and in which order; and of refusals to sign.

- Who prepared what is signed in a cycle does not sign in it; an officer counts once for a vault, whatever keys they hold
  (rule 4). What another took the place of before anybody signed is no more, and keeps nobody from signing; but for the same
  bytes, asked for again: who made them made what is signed.
- A share covers every slot that its vault spends from, with that officer's own registered keys; in a vault of extended
  keys one key covers every place.
- From the first share on the places that it spends from count as used.
- The share that completes the first quorum is accepted only if every other instruction lacks at most its last (rule 3).
  A child delivers nothing and keeps nobody waiting, nor waits for anybody.
- Shares come within officers' hours, within the request's lifetime, and where nothing only brings home or completes, within
  the contracts' window (C4). Nothing disputed or frozen is signed but the void of what is frozen.
- Nothing that pays from a Safe is signed between numbers used outside the log and the next reconciliation (`numbers.py`).
"""

from dataclasses import replace

from countersign.errors import Refused
from countersign.settlement import lifting, numbers, stops
from countersign.settlement.bodies import InstructionRefused, ShareAdded
from countersign.settlement.case import Case, Rule, noted, with_contracts
from countersign.settlement.instructing import check_hours, check_window, completes, demand_cycle, records_of
from countersign.settlement.records import ContractState, Cycle, Instruction, Refusal, Share
from countersign.settlement.roster import RangedVault, SlotVault, Vault
from countersign.settlement.state import State


def _judge_refused(case: Case, body: InstructionRefused) -> None:
    """An officer may refuse anything, known to the log or not; a refusal moves nothing."""


def _fold_refused(case: Case, body: InstructionRefused) -> State:
    state = case.state
    refusal = Refusal(case.officers[0], body.kind, case.event.hash, case.index)
    refusals = state.refusals.set(body.sha256, (*state.refusals.get(body.sha256, ()), refusal))
    state = replace(state, refusals=refusals)
    if body.sha256 in state.contracts:
        return with_contracts(state, [case.touched(state.contract(body.sha256))])
    about = state.instructions.get(state.artefacts.get(body.sha256, body.sha256))
    if about is None:
        return state
    return noted(case, state, about.cycle)


def _judge_share(case: Case, body: ShareAdded) -> None:
    state = case.state
    instruction = state.instruction(body.instruction)
    if instruction.superseded_by is not None:
        raise Refused("settlement.superseded", instruction=instruction.hash)
    cycle = state.cycle(instruction.cycle)
    if not instruction.void:
        stops.check_cycle(state, cycle)
    _check_signable(case, cycle, instruction)
    numbers.check_compared(state, instruction)
    check_hours(case)
    oldest = instruction.time_ms // 1_000 + state.adopted().request_lifetime_seconds
    if case.seconds > oldest:
        raise Refused("C4.request-expired", instruction=instruction.hash)
    if body.vault not in instruction.group.vaults:
        raise Refused("settlement.share-vault", instruction=instruction.hash, vault=body.vault)
    officer = case.officers[0]
    if officer in _preparers(state, cycle, instruction):
        raise Refused("C5.preparer-signs", officer=officer)
    check_share_keys(state, instruction, state.roster.vault(body.vault), body, officer)
    _check_quorum(state, cycle, instruction, body.vault, officer)


def _preparers(state: State, cycle: Cycle, instruction: Instruction) -> set[str]:
    """Who signs none of it: `State.makers`."""
    return state.makers(cycle, void=instruction.void)


def _check_signable(case: Case, cycle: Cycle, instruction: Instruction) -> None:
    """Its contracts wait for signatures, or it came after a release and waits by itself; its time has not passed."""
    later = () if instruction.released is not None else (ContractState.SETTLING, ContractState.FAILED)
    demand_cycle(case.state, cycle, ContractState.INSTRUCTED, ContractState.PARTLY_SIGNED, *later)
    if cycle.voiding and not instruction.void:
        raise Refused("settlement.voiding", cycle=cycle.id)
    if instruction.child:
        lifting.check_signable(case.state, instruction)
    if not completes(cycle, instruction):
        check_window(case, cycle)


def check_share_keys(state: State, instruction: Instruction, vault: Vault, body: ShareAdded, officer: str) -> None:
    there = set(vault.keys)
    for kid in body.keys:
        if kid not in there or state.roster.key(kid).holder.id != officer:
            raise Refused("settlement.share-key", vault=vault.id, key=kid, officer=officer)
    if isinstance(vault, SlotVault):
        used = {spend.slot for spend in instruction.spends if spend.vault == vault.id}
        wanted = [vault.slot(number).keys for number in sorted(used)]
    else:
        wanted = [vault.keys]
    signed = set(body.keys)
    if any(len(signed & set(keys)) != 1 for keys in wanted) or len(signed) > len(wanted):
        raise Refused("settlement.share-incomplete", vault=vault.id, officer=officer, needed=len(wanted))


def _check_quorum(state: State, cycle: Cycle, instruction: Instruction, vault: str, officer: str) -> None:
    signers = instruction.signers(vault)
    if officer in signers:
        raise Refused("settlement.share-twice", officer=officer, vault=vault)
    if len(signers) >= state.roster.vault(vault).threshold:
        raise Refused("settlement.quorum-complete", instruction=instruction.hash, vault=vault)
    if instruction.child or state.missing(instruction) > 1:
        return
    for other in state.live(cycle):
        if other.hash != instruction.hash and state.missing(other) > 1:
            raise Refused("settlement.first-quorum", instruction=other.hash, missing=state.missing(other))


def reached(state: State, instruction: Instruction, name: str) -> State:
    """How far a vault of extended keys is used, once somebody signed what spends from there: a preparer's word alone moves
    nothing that all machines then derive and watch, for ever (B7)."""
    used = state.used_places
    if isinstance(state.roster.vault(name), RangedVault):
        far = max((spend.slot // 2 for spend in instruction.spends if spend.vault == name), default=0)
        used = used.set(name, far) if far > used.get(name, 0) else used
    return replace(state, used_places=used)


def _fold_share(case: Case, body: ShareAdded) -> State:
    instruction = case.state.instruction(body.instruction)
    state = reached(case.state, instruction, body.vault)
    share = Share(case.officers[0], body.vault, body.keys, body.artefact, case.index)
    instruction = replace(instruction, shares=(*instruction.shares, share))
    state = replace(state, instructions=state.instructions.set(instruction.hash, instruction))
    cycle = state.cycle(instruction.cycle)
    records = records_of(state, cycle)
    complete = state.ready(cycle) and records[0].state in (ContractState.INSTRUCTED, ContractState.PARTLY_SIGNED)
    if records[0].state is ContractState.INSTRUCTED:
        records = [case.moved(record, ContractState.PARTLY_SIGNED) for record in records]
    elif not complete:
        return noted(case, state, cycle.id)
    else:
        records = [case.touched(record) for record in records]
    if complete:
        signed = ContractState.SIGNED
        records = [
            replace(record, state=signed, causes=record.causes.set(signed.value, case.index)) for record in records
        ]
    return with_contracts(state, records)


REFUSED = Rule(_judge_refused, _fold_refused)
SHARE = Rule(_judge_share, _fold_share)
