"""Which requests of one leg might pay beside one another: what a leg that is made afresh must be apart from.

A chain may go back: what a coin's other use made impossible is possible again once that use is in no block any more. So a
leg is paid once only where, of each request for it that somebody signed and each later one,

- both spend one coin (or use one number of a Safe), so that no chain can ever hold both; or
- the earlier one is *past*: what stands in its way has the policy's confirmations. Either the log observed it (a void, a
  replacement, another payment of the desk), or two nodes found it and `settlement.failed` says `for_good`.

What is past takes along whatever spends every coin of it. But what bars one request may be another one's own execution, by
signatures that somebody kept: `for_good` speaks of the requests for the same contracts, which the nodes looked for, and of no
other settlement's. What nobody signed before another took its place is no more: who signs the next one signed none before, or
their machine knows it and refuses (B12). That holds where two quorums of a vault always share somebody. Where they need not
(2 of 4), signatures that were withheld meet nobody who would know them: there every request for the same contracts counts as
signed, in whatever cycle it was made.

    >>> payable_beside(state, cycle, group, {"60c7…:0"}, None)
    Instruction(hash='3ff5…', …)
"""

from collections.abc import Collection, Iterator

from countersign.settlement import numbers
from countersign.settlement.netting import Group
from countersign.settlement.records import Instruction
from countersign.settlement.roster import SafeVault, places
from countersign.settlement.state import State


def requests(state: State, cycle: str, group: Group) -> tuple[Instruction, ...]:
    """Every instruction that was ever to pay a leg, the oldest first, whether it counts or not."""
    return tuple(each for each in state.prepared_for(cycle, group) if not each.returns)


def payable_beside(
    state: State, cycle: str, group: Group, coins: Collection[str], nonce: int | None
) -> Instruction | None:
    """A request that may have been signed and that might pay beside one over these coins, or this number of its Safe."""
    return next((each for each in rivals(state, cycle, group) if not apart(state, each, coins, nonce)), None)


def rivals(state: State, cycle: str, group: Group) -> list[Instruction]:
    """The requests for a leg that somebody signed; of a vault in which two quorums may share nobody, whatever was requested for
    the same contracts."""
    found = [each for each in requests(state, cycle, group) if each.shares]
    if not any(_may_differ(state, vault) for vault in group.vaults):
        return found
    return [*found, *(each for each in _for_the_same(state, cycle, group) if each not in found)]


def _for_the_same(state: State, cycle: str, group: Group) -> list[Instruction]:
    """What was ever requested of these vaults for the contracts of a cycle, or for those in whose place they stand, where no
    vault in common has an officer in both quorums."""
    return [
        each
        for each in for_contracts_of(state, cycle)
        if not each.returns and each.group.chain == group.chain
        and (both := set(each.group.vaults) & set(group.vaults)) and all(_may_differ(state, vault) for vault in both)
    ]  # fmt: skip


def for_contracts_of(state: State, cycle: str) -> Iterator[Instruction]:
    """Whatever was requested for the contracts of a cycle, or for those in whose place they stand, in any cycle."""
    records = (state.contract(each) for each in state.cycle(cycle).contracts)
    settled = {each.hash for record in records for each in state.replaced(record)}
    cycles = (each for each in state.cycles.values() if not settled.isdisjoint(each.contracts))
    return (state.instructions[name] for each in cycles for name in each.requested)


def unseen(state: State, cycle: str, group: Group, nonce: int | None) -> Instruction | None:
    """A request for the same contracts under a number of the Safe that something outside the log used, where two quorums of it
    may have nobody in common: signatures that were withheld may be what used it, and no later signer would know."""
    vault = state.roster.vault(group.vaults[0])
    if nonce is None or not isinstance(vault, SafeVault) or 2 * vault.threshold > len(vault.keys):
        return None
    asked = (
        each
        for each in for_contracts_of(state, cycle)
        if each.group == group and not each.returns and not each.for_good
    )
    return next((each for each in asked if _unaccounted(state, vault.id, each, nonce)), None)


def _unaccounted(state: State, vault: str, asked: Instruction, nonce: int) -> bool:
    """Whether something outside the log used the number of a request: as it was told, or in the way of another settlement's."""
    number = asked.nonce or 0
    if numbers.lost(state, vault, number, nonce):
        return True
    there = [each for each in numbers.prepared(state, vault) if each.nonce == number < nonce]
    known = any(each.seen or looked_for(state, each, asked) for each in there)
    return not known and any(each.for_good for each in there)


def _may_differ(state: State, name: str) -> bool:
    """Whether two quorums of a Bitcoin vault may have nobody in common. A Safe's number keeps its transactions apart."""
    vault = state.roster.vault(name)
    return not isinstance(vault, SafeVault) and any(2 * vault.threshold <= len(keys) for keys in places(vault))


def apart(state: State, earlier: Instruction, coins: Collection[str], nonce: int | None) -> bool:
    """Whether an earlier request can never pay beside one over these coins, or this number of its Safe."""
    return excludes(earlier, coins, nonce) or past(state, earlier)


def excludes(earlier: Instruction, coins: Collection[str], nonce: int | None) -> bool:
    """Whether both spend one coin, or use one number: no chain holds both."""
    return any(spend.outpoint in coins for spend in earlier.spends) or (nonce is not None and nonce == earlier.nonce)


def past(state: State, earlier: Instruction) -> bool:
    """Whether what stands in its way has the policy's confirmations."""
    return any(
        _confirmed_against(state, earlier, other)
        or (other.for_good and _covers(earlier, other) and looked_for(state, other, earlier))
        for other in state.instructions.values()
        if other.group.chain == earlier.group.chain
    )


def looked_for(state: State, gone: Instruction, earlier: Instruction) -> bool:
    """Whether the nodes by whose word a request is gone for good looked for an earlier one too: it was for the same contracts."""
    return gone.for_good and (
        gone.hash == earlier.hash or any(each.hash == earlier.hash for each in for_contracts_of(state, gone.cycle))
    )


def _covers(earlier: Instruction, dead: Instruction) -> bool:
    """Whether what bars `dead` bars the earlier one: it spends every coin of it, or uses a number no later one of its Safe."""
    if earlier.nonce is not None:
        of_it = dead.group.vaults == earlier.group.vaults
        return of_it and dead.nonce is not None and earlier.nonce <= dead.nonce
    coins = {spend.outpoint for spend in earlier.spends}
    return bool(dead.spends) and coins.issuperset(spend.outpoint for spend in dead.spends)


def _confirmed_against(state: State, earlier: Instruction, other: Instruction) -> bool:
    """Whether `other` spends a coin of it, or has used its number, and stands in a block with the policy's confirmations."""
    if other.artefact == earlier.artefact or other.observed is None or not other.seen:
        return False
    if other.observed.confirmations < state.adopted().confirmations_on(other.group.chain):
        return False
    if earlier.nonce is not None:
        same = other.group.vaults == earlier.group.vaults
        return same and other.nonce is not None and other.nonce >= earlier.nonce
    return excludes(earlier, {spend.outpoint for spend in other.spends}, None)
