"""Hostile legs made afresh over coins that were signed before, each beside the honest one."""

from functools import partial

from hostile.table import Hostile
from support import rival_cases as rivals

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
]
