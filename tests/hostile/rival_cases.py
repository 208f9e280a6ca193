"""Hostile legs made afresh over coins that were signed before, each beside the honest one."""

from functools import partial

from hostile.table import Hostile
from support import rival_cases as rivals

NEEDED = 3
"""The confirmations that the policy wants of Bitcoin."""

CASES: list[Hostile] = [
    Hostile(
        "B12",
        "a leg made afresh, its coin signed for what the log does not know",
        "B12.signed-before",
        rivals.signed_elsewhere,
        rivals.afresh,
    ),
    Hostile(
        "B12",
        "a leg made afresh, and what was signed for it is not here",
        "B12.signed-before",
        rivals.not_here,
        rivals.afresh,
    ),
    Hostile(
        "B12",
        "a leg made afresh a third time, over no coin of the first",
        "B12.paid-before",
        partial(rivals.third, shared=False),
        partial(rivals.third, shared=True),
    ),
    Hostile(
        "B12",
        "a leg made afresh over no coin of the first, which a reorganisation may bring back",
        "B12.paid-before",
        partial(rivals.apart, for_good=False),
        partial(rivals.apart, for_good=True),
    ),
    Hostile(
        "B12",
        "a leg made afresh over no coin of the first, whose own withheld execution bars another settlement's",
        "B12.paid-before",
        partial(rivals.barred_elsewhere, same=False),
        partial(rivals.barred_elsewhere, same=True),
    ),
    Hostile(
        "B12",
        "a leg made afresh over no coin of the first, of which the log says falsely that it is gone for good: its coins lie there",
        "B12.not-over",
        partial(rivals.looked, barred=0),
        partial(rivals.looked, barred=NEEDED),
    ),
    Hostile(
        "B12",
        "the same, what bars the first a confirmation short of the policy's",
        "B12.not-over",
        partial(rivals.looked, barred=NEEDED - 1),
        partial(rivals.looked, barred=NEEDED),
    ),
    Hostile(
        "B12",
        "the same, the first in a block by this machine's own node",
        "B12.paid-on-chain",
        partial(rivals.looked, barred=0, paid=True),
        partial(rivals.looked, barred=NEEDED),
    ),
    Hostile(
        "B12",
        "the same, and this machine's own node does not answer",
        "chains.unreachable",
        rivals.not_answered,
        partial(rivals.looked, barred=NEEDED),
    ),
]
