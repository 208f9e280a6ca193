"""Branch and bound: so many coins whose sum falls into a window, so that no change output is needed.

Murch's algorithm ("An Evaluation of Coin Selection Strategies", 2016), as Bitcoin Core uses it, with the number of coins
given: every input of a vault weighs the same, so the number alone decides the fee and with it the window.

- depth first over the values in descending order, a coin taken before it is left out;
- a branch is cut where its largest values cannot reach the window or its smallest overshoot it;
- of equal values only the first is tried in one place; the last coin of a choice is looked up, not searched;
- the smallest sum in the window wins, the first one found if several are as small;
- integers, no randomness: the same values and the same number of tries give the same choice on every machine.

    >>> exact((50, 30, 20, 7), 2, 27, 28, 1_000)
    ((2, 3), 998)
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from operator import neg


def exact(values: Sequence[int], count: int, least: int, most: int, tries: int) -> tuple[tuple[int, ...] | None, int]:
    """Places of `count` ≥ 1 of the descending `values` that sum to `least`…`most`, or None; and the tries left."""
    sums = (0, *accumulate(values))
    best: tuple[int, ...] | None = None
    chosen: list[int] = []
    total, at = 0, 0
    while tries and least <= most:
        tries -= 1
        wanted = count - len(chosen)
        if wanted == 1:
            place = bisect_right(values, total - least, lo=at, key=neg) - 1
            if place >= at and total + values[place] <= most:
                best, most = (*chosen, place), total + values[place] - 1
        elif _within(sums, at, wanted, least - total, most - total):
            chosen.append(at)
            total += values[at]
            at += 1
            continue
        if not chosen:
            break
        left_out = chosen.pop()
        total -= values[left_out]
        at = bisect_right(values, -values[left_out], lo=left_out, key=neg)
    return best, tries


def _within(sums: Sequence[int], at: int, wanted: int, least: int, most: int) -> bool:
    """Whether `wanted` values from place `at` on might sum to something of the window. `sums`: of the first n values."""
    end = len(sums) - 1
    return end - at >= wanted and sums[at + wanted] - sums[at] >= least and sums[end] - sums[end - wanted] <= most
