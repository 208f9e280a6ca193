"""Branch and bound beside trying every subset."""

from collections.abc import Sequence
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from countersign.bitcoin.branch_and_bound import exact

ENOUGH = 10**6


def every_sum(values: Sequence[int], count: int, least: int, most: int) -> list[int]:
    """The sums of `count` values within the window, by trying all."""
    return sorted(total for each in combinations(values, count) if least <= (total := sum(each)) <= most)


@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=10), st.integers(1, 5), st.integers(0, 120), st.integers(-1, 9)
)
def test_it_finds_the_smallest_sum_of_the_window_exactly_where_there_is_one(
    values: list[int], count: int, least: int, width: int
) -> None:
    descending = sorted(values, reverse=True)
    found, _ = exact(descending, count, least, least + width, ENOUGH)
    there = every_sum(descending, count, least, least + width)
    assert (found is None) is (not there)
    if found is not None:
        assert len(set(found)) == count
        assert sum(descending[place] for place in found) == there[0]


def test_tries_bound_the_search_and_the_same_tries_find_the_same() -> None:
    values = [3**power for power in range(24, 0, -1)]  # no two subsets have one sum
    least = sum(values[1::2])
    found, left = exact(values, 12, least, least, ENOUGH)
    assert found == tuple(range(1, 24, 2))
    assert exact(values, 12, least, least, ENOUGH - left) == (found, 0)
    assert exact(values, 12, least, least, 5) == (None, 0)


def test_equal_values_are_one_branch() -> None:
    # 200 equal coins have some 10^59 subsets of a hundred; all are the same choice.
    found, left = exact([10] * 200 + [7], 100, 998, 998, ENOUGH)
    assert found is None
    assert ENOUGH - left < 400
    found, _ = exact([10] * 200 + [7], 100, 997, 997, ENOUGH)
    assert found == (*range(99), 200)
