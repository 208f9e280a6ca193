"""What the logged event says of the coins a PSBT spends, when operations lies: the log knows coins by nothing else.

Each PSBT is honest to the byte, but for the last; what is false is `instruction.prepared`.
"""

from dataclasses import replace
from functools import partial

from countersign.bitcoin import ranged
from countersign.review.case import Case
from countersign.settlement.bodies import Spend
from countersign.settlement.roster import GAP_LIMIT
from hostile.bitcoin_changes import honest
from hostile.ranged_cases import HIGHEST, altered, change_at
from hostile.ranged_cases import honest as honest_ranged
from hostile.table import Hostile, each, overlaps
from support.review_cases import Said, story

Spends = tuple[Spend, ...]


def saying(said: Said) -> Case:
    """The honest PSBT, under an event that says this of its coins."""
    return story(said=said).psbt_case()


def other_coins(said: Spends) -> Spends:
    """Coins that nobody spends stand in the log; those that are spent are free for another transaction."""
    return tuple(replace(one, outpoint=f"{number:064x}:0") for number, one in enumerate(said, 1))


def other_slots(said: Spends) -> Spends:
    """Each coin in another's slot: other keys would be asked for."""
    slots = [one.slot for one in said]
    return tuple(replace(one, slot=slot) for one, slot in zip(said, reversed(slots), strict=True))


def far(said: Spends) -> Spends:
    """The first coin lies as far as the log lets it: the next gap begins there."""
    return (replace(said[0], slot=ranged.place(ranged.RECEIVE, GAP_LIMIT)), *said[1:])


CASES: list[Hostile] = [
    *each("B12", "B12.other-coins-said", honest, [
        ("the event names other coins", partial(saying, other_coins)),
        ("the event leaves a coin out", partial(saying, lambda said: said[1:])),
        ("the event names a coin more", partial(saying, lambda said: (*said, *other_coins(said[:1])))),
        ("the event names other slots", partial(saying, other_slots)),
    ]),
    Hostile("B12", "the event names a far place, and the change goes a gap beyond it", "B12.other-coins-said",
            partial(altered, change_at(2 * GAP_LIMIT), said=far), partial(altered, change_at(HIGHEST + GAP_LIMIT)),
            overlaps("B7", "B8", "C7")),
    Hostile("B12", "the event names a far place of extended keys", "B12.other-coins-said",
            partial(altered, None, said=far), honest_ranged),
]  # fmt: skip
