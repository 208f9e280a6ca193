"""Two officers attest a settlement: nothing revoked it up to a checkpoint, and this much was given in the last 24 hours.

- For a cold machine that is reached by QR (DESIGN.md §3): it proves what it was shown, and is told the rest by two
  people whose consoles replayed the whole log. It never passes for proof.
- Two officers of any roles sign one event; who signs on the cold machine must not be one of them (check L8).
- It names the policy in force and the newest change of the roster: on a machine that was not shown them it is refused, and
  with it whatever was cut out of their time.
- It names what failed in the cycle (`settlement.failed`), as the log's rules took it in. An excerpt judges such an entry by its
  shape, for what it rests on is not carried: one that the rules refused would bring a machine to pay again, or too late.
- A payment from a Safe whose numbers something outside the log used is attested once the books were compared: no excerpt tells.
- The checkpoint lies behind every instruction of the cycle, and before the event itself. A later attestation takes the
  place of an earlier one.
- What two officers declared in another's place (a void, a replacement) is attested as well: it crosses by USB.
- An order that a Safe change its owners (`owning.py`) is attested by itself, under its own name in the cycle's place.
- It holds the state of every Safe that pays, and of no other: each chain at one block, at most an hour old when it is
  logged, and in the order of blocks that earlier attestations told. What that state is, check E10 judges, not this rule.

    >>> body(state, "cycle-1", 23, root, snapshots)["instructions"]
    ['3f…', '9a…']
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import ceil

from countersign.errors import Refused
from countersign.formats import ids
from countersign.settlement import lifting, numbers, owning, stops
from countersign.settlement.attest_bodies import Given, StateAttested
from countersign.settlement.case import Case, Rule, demand_state, noted
from countersign.settlement.instructing import records_of
from countersign.settlement.records import Attestation, ContractState, Instruction, Tip
from countersign.settlement.roster import SafeVault
from countersign.settlement.safe_state import AHEAD_SECONDS, ChainSnapshot, SafeSeen, bodies
from countersign.settlement.state import State
from countersign.settlement.usage import Usage


def live(state: State, name: str) -> tuple[Instruction, ...]:
    """The instructions that are attested under a name: a cycle's, or an order alone. Raises `Refused`."""
    order = state.orders.get(name)
    return lifting.waiting(state, state.cycle(name)) if order is None else (order.instruction,)


def _payers(state: State, name: str) -> set[str]:
    """Who pays in what is attested; nobody in a change of owners."""
    return set() if name in state.orders else {each.payer.lei for each in state.cycle(name).obligations}


def given(state: State, name: str) -> tuple[Given, ...]:
    """What the payers gave whom in the 24 hours before the state's newest entry, beside these instructions."""
    besides = [each.hash for each in live(state, name)]
    found = []
    for payer in sorted(_payers(state, name)):
        usage = state.spent.get(payer, Usage()).without(besides).at(state.time_ms // 1_000)
        found += [Given(payer, receiver, ceil(usage.to(receiver))) for receiver in sorted(usage.sums)]
    return tuple(found)


def safes(state: State, name: str) -> Mapping[str, tuple[SafeVault, ...]]:
    """The Safes of what is attested under a name, by chain, ascending by chain and address. Raises `Refused`."""
    vaults = (state.roster.vault(vault) for each in live(state, name) for vault in each.group.vaults)
    paying = sorted({each for each in vaults if isinstance(each, SafeVault)}, key=lambda each: each.address)
    chains = sorted({each.chain for each in paying})
    return {chain: tuple(each for each in paying if each.chain == chain) for chain in chains}


def body(state: State, name: str, size: int, root: str, chains: Sequence[ChainSnapshot] = ()) -> Mapping[str, object]:
    """What an officer's console attests of a cycle, or of an order, in the state that it replayed to a checkpoint, and of the
    Safes in it as its own nodes see them. Raises `Refused`."""
    return {
        "cycle": name,
        "instructions": sorted(each.hash for each in _attestable(state, name)),
        "size": size,
        "root": root,
        "policy": state.policy_index,
        "roster": state.roster_index,
        "failed": list(state.failures(name)),
        "used": [
            {"payer": each.payer, "receiver": each.receiver, "usd": ids.amount_text(each.usd)}
            for each in given(state, name)
        ],
        "chains": bodies(chains),
    }


def _attestable(state: State, name: str) -> tuple[Instruction, ...]:
    """What waits for shares and still stands: an order, or a cycle, which may be being ended by voids. Raises `Refused`.

    What came after the release waits for shares of its own: a replacement, or the leg that failed, prepared anew.
    """
    if name in state.orders:
        return (owning.waiting(state, name),)
    cycle = state.cycle(name)
    for each in lifting.waiting(state, cycle):
        numbers.check_compared(state, each)
    if cycle.called_off:
        raise Refused("settlement.attested-called-off", cycle=cycle.id)
    found = lifting.waiting(state, cycle)
    if not all(each.void for each in found):  # an order stops no void (rule 10)
        stops.check_cycle(state, cycle)
    fresh = any(each.declared or each.released is None for each in found)
    later = (ContractState.SETTLING, ContractState.FAILED) if fresh else ()
    for record in records_of(state, cycle):
        demand_state(record, ContractState.INSTRUCTED, ContractState.PARTLY_SIGNED, *later)
    return found


def _judge(case: Case, event: StateAttested) -> None:
    found = _attestable(case.state, event.cycle)
    if event.instructions != tuple(sorted(each.hash for each in found)):
        raise Refused("settlement.attested-instructions", cycle=event.cycle)
    least = max(each.index for each in found) + 1
    if not least <= event.size <= case.index:
        raise Refused("settlement.attested-size", size=event.size, least=least, most=case.index)
    if event.policy != case.state.policy_index:
        raise Refused("settlement.attested-policy", policy=event.policy, here=case.state.policy_index)
    if event.roster != case.state.roster_index:
        raise Refused("settlement.attested-roster", roster=event.roster, here=case.state.roster_index)
    if event.failed != case.state.failures(event.cycle):
        raise Refused("settlement.attested-failed", cycle=event.cycle)
    payers = _payers(case.state, event.cycle)
    for each in event.used:
        if each.payer not in payers:
            raise Refused("settlement.attested-payer", lei=each.payer, cycle=event.cycle)
    _judge_chains(case, event)


def _judge_chains(case: Case, event: StateAttested) -> None:
    wanted = {chain: [each.address for each in found] for chain, found in safes(case.state, event.cycle).items()}
    if {each.chain: [safe.address for safe in each.safes] for each in event.chains} != wanted:
        raise Refused("settlement.attested-safes", cycle=event.cycle)
    before, limit = case.state.attestations.get(event.cycle), case.state.adopted().safe_state_age_seconds
    for each in event.chains:
        age = each.age(case.seconds)
        if not -AHEAD_SECONDS <= age <= limit:
            raise Refused("settlement.attested-block-age", chain=each.chain, age=age, limit=limit)
        tip = case.state.tips.get(each.chain)
        if tip is not None and not _in_order(tip, each):
            raise Refused("settlement.attested-block-order", chain=each.chain, number=each.number, known=tip.number)
        for earlier in before.chains if before is not None else ():
            if earlier.chain == each.chain and each.number < earlier.number:
                raise Refused(
                    "settlement.attested-block-order", chain=each.chain, number=each.number, known=earlier.number
                )


def _in_order(tip: Tip, seen: ChainSnapshot) -> bool:
    """Whether two blocks can lie on one chain: the same number is the same block, and a higher number is no earlier."""
    if seen.number == tip.number:
        return (seen.block, seen.time) == (tip.block, tip.time)
    return (seen.time >= tip.time) if seen.number > tip.number else (seen.time <= tip.time)


def _fold(case: Case, event: StateAttested) -> State:
    officers = tuple(sorted(case.officers))
    found = Attestation(
        cycle=event.cycle,
        instructions=event.instructions,
        size=event.size,
        root=event.root,
        failed=event.failed,
        used=event.used,
        chains=event.chains,
        officers=officers,
        index=case.index,
        time_ms=case.time_ms,
    )
    tips, seen = case.state.tips, case.state.safes_seen
    for each in event.chains:
        if (known := tips.get(each.chain)) is None or each.number > known.number:
            tips = tips.set(each.chain, Tip(each.number, each.block, each.time))
        for safe in each.safes:
            place = (each.chain, safe.address)
            if (before := seen.get(place)) is None or each.number >= before.number:
                seen = seen.set(place, SafeSeen(each.number, safe.nonce, each.time))
    attestations = case.state.attestations.set(event.cycle, found)
    state = replace(case.state, attestations=attestations, tips=tips, safes_seen=seen)
    return state if event.cycle in state.orders else noted(case, state, event.cycle)


ATTESTED = Rule(_judge, _fold)
