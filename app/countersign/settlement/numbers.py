"""A Safe's numbers: which one is next, and which were used outside the log.

- A Safe executes its transactions by numbers that follow each other. The next one is the one after the last that the log saw
  used; of a Safe of which it saw none used, the lowest that anything was prepared under.
- An instruction may name a later one: then something that is not in this log used those before it. The desk and whoever
  prepares have asked their own nodes (`desk.outside_numbers`), every signer asks theirs (check E10). What executed them is
  unknown to the log, and what they moved: nothing more is paid from that Safe before its books were compared.
- What was told may be wrong, or a chain may go back. A number that the log was told is used, and none of whose successors it saw
  used by itself, may be named again: then it and those after it were not used after all.

    >>> expected(state, "harbour-safe"), outside(state, "harbour-safe")
    (7, (Outside(first=3, last=6, index=41),))
"""

from dataclasses import replace

from countersign.errors import Refused
from countersign.settlement.house_records import Outside
from countersign.settlement.records import Instruction, SafeUse
from countersign.settlement.state import State


def expected(state: State, vault: str) -> int | None:
    """The Safe's next number as the log counts; None where it has seen nothing of that Safe."""
    use = state.safes.get(vault, SafeUse())
    if use.executed is not None:
        return use.executed + 1
    return min((each.nonce or 0 for each in prepared(state, vault)), default=None)


def prepared(state: State, vault: str) -> tuple[Instruction, ...]:
    """Whatever was ever prepared or ordered for a Safe."""
    orders = (each.instruction for each in state.orders.values())
    return tuple(each for each in (*state.instructions.values(), *orders) if each.group.vaults == (vault,))


def require_not_used(state: State, vault: str, nonce: int) -> None:
    """The number is not one that the log saw used; else `Refused` E8.nonce."""
    executed = seen_executed(state, vault)
    if executed is not None and nonce <= executed:
        raise Refused("E8.nonce", vault=vault, nonce=nonce, expected=executed + 1)


def later(nonce: int | None, before: int | None, *, or_same: bool = False) -> bool:
    """Whether a Safe's number comes after another; False for what has none."""
    return nonce is not None and before is not None and nonce >= before + (not or_same)


def passed_by(state: State, vault: str, nonce: int, index: int) -> State:
    """The state in which the numbers before one that entry `index` names were used outside the log, where it passes any by; and
    that one and those after it were not, where the log was told so before."""
    first = expected(state, vault)
    if first is None or nonce == first:
        return state
    if nonce < first:
        state = given_back(state, vault, nonce)
    else:
        told = (*outside(state, vault), Outside(first, nonce - 1, index))
        state = replace(state, outside=state.outside.set(vault, told))
    if nonce < first and state.safes.get(vault, SafeUse()).executed is None:
        return state
    use = replace(state.safes.get(vault, SafeUse()), executed=nonce - 1 if nonce else None)
    return replace(state, safes=state.safes.set(vault, use))


def outside(state: State, vault: str) -> tuple[Outside, ...]:
    """The numbers of a Safe that were used outside the log, in the order in which the log was told."""
    return state.outside.get(vault, ())


def lost(state: State, vault: str, number: int, nonce: int) -> bool:
    """Whether something outside the log used a number, as it was told or as naming `nonce` would tell."""
    first = expected(state, vault)
    told = any(each.first <= number <= each.last for each in outside(state, vault))
    return number < nonce and (told or (first is not None and number >= first))


def seen_executed(state: State, vault: str) -> int | None:
    """The last number that the log itself saw used: what was used outside it since does not count."""
    last = state.safes.get(vault, SafeUse()).executed
    for each in reversed(outside(state, vault)):
        if each.last == last:
            last = each.first - 1 if each.first else None
    return last


def given_back(state: State, vault: str, nonce: int) -> State:
    """The state in which a number, and every later one, was not used outside the log after all."""
    kept = tuple(replace(each, last=min(each.last, nonce - 1)) for each in outside(state, vault) if each.first < nonce)
    return replace(state, outside=state.outside.set(vault, kept)) if vault in state.outside else state


def uncompared(state: State, vault: str) -> Outside | None:
    """The numbers used outside the log since the books were compared last; None where there are none."""
    told = outside(state, vault)
    if not told or (state.reconciled is not None and state.reconciled.as_of > told[-1].index):
        return None
    return told[-1]


def check_compared(state: State, instruction: Instruction) -> None:
    """What pays from a Safe is signed once the books were compared after numbers of it were used outside the log.

    Refused("settlement.safe-uncompared"). A void and a change of owners pay nobody.
    """
    if instruction.nonce is None or instruction.returns or instruction.hash in state.orders:
        return
    vault = instruction.group.vaults[0]
    if (found := uncompared(state, vault)) is not None:
        raise Refused("settlement.safe-uncompared", vault=vault, first=found.first, last=found.last)
