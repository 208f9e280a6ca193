"""The calls of a Safe set beside what it owes, one by one: which call stands for which obligation, and what is beyond.

- A call that pays an obligation exactly stands for it, whatever the order; of equal ones each stands for one.
- What is left is paired by likeness (asset, then recipient, then amount), so that a difference is said where it is; a
  call like nothing owed stands for what is still unpaid. Neither makes it a payment: `Pair.pays` tells.
- Deterministic, and total: every obligation and every call is in exactly one pair.

    >>> [(each.number, each.pays) for each in pair((to_b, to_a), (owed_to_a, owed_to_b, owed_to_c))]
    [(2, True), (1, True), (0, False)]
"""

from collections.abc import Sequence
from dataclasses import dataclass

from countersign.ethereum.inspect import CallFacts, Erc20Transfer, EtherTransfer
from countersign.formats import caip
from countersign.settlement.netting import Obligation

_Payment = tuple[bytes, bytes, int]  # token (empty: ether), recipient, base units

EXACT, RECIPIENT, AMOUNT, ASSET, NOTHING = 4, 3, 2, 1, 0
"""How alike a call and an obligation are: all three; asset and recipient; asset and amount; the asset; nothing."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An obligation and the call that stands for it.

    `owed` is None for a call beyond what is owed; `call` is None, and `number` 0, for an obligation without a call.
    Else `number` is the call's place, from 1. `pays`: the call discharges the obligation, to the unit.
    """

    owed: Obligation | None
    number: int
    call: CallFacts | None
    pays: bool


def pair(calls: Sequence[CallFacts], owed: Sequence[Obligation]) -> tuple[Pair, ...]:
    """Every obligation in its order with its call, then the calls beyond them in theirs."""
    wanted, made = [_owed(each) for each in owed], [_paid(each) for each in calls]
    taken: dict[int, int] = {}
    free = dict.fromkeys(range(len(calls)))
    for alike in (EXACT, RECIPIENT, AMOUNT, ASSET, NOTHING):
        for place in (place for place in range(len(owed)) if place not in taken):
            found = next((each for each in free if _likeness(made[each], wanted[place]) >= alike), None)
            if found is not None:
                taken[place] = found
                del free[found]
    paired = [_pair(calls, taken.get(place), each, made, wanted[place]) for place, each in enumerate(owed)]
    return (*paired, *(Pair(None, each + 1, calls[each], pays=False) for each in free))


def _pair(
    calls: Sequence[CallFacts], place: int | None, owed: Obligation, made: Sequence[_Payment | None], wanted: _Payment
) -> Pair:
    if place is None:
        return Pair(owed, 0, None, pays=False)
    call = calls[place]
    along = call.ether if isinstance(call.call, Erc20Transfer) else 0
    return Pair(owed, place + 1, call, pays=made[place] == wanted and not along)


def _owed(owed: Obligation) -> _Payment:
    asset = caip.AssetId.parse(owed.asset)
    return b"" if asset.is_coin else asset.token, caip.AccountId.parse(owed.destination).ethereum_address, owed.amount


def _paid(call: CallFacts) -> _Payment | None:
    match call.call:
        case EtherTransfer(recipient, amount):
            return b"", recipient, amount
        case Erc20Transfer(token, recipient, amount):
            return token, recipient, amount
    return None


def _likeness(made: _Payment | None, wanted: _Payment) -> int:
    if made is None or made[0] != wanted[0]:
        return NOTHING
    return ASSET + 2 * (made[1] == wanted[1]) + (made[2] == wanted[2])
