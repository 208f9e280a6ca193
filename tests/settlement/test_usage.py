"""The rolling window against a list that is added up anew each time: the same sums, whatever comes and goes."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from countersign.formats.times import DAY
from countersign.settlement.usage import Usage

START = 1_795_338_000
RECEIVERS = ("harbour", "meridian", "northgate")
DOLLARS = st.fractions(min_value=0, max_value=10**9, max_denominator=10**6)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["paid", "paid", "paid", "back", "look"]),
        st.sampled_from([0, 1, 3_600, DAY // 2, DAY - 1, DAY]),
        st.dictionaries(st.sampled_from(RECEIVERS), DOLLARS, min_size=1),
        st.integers(0, 30),
    ),
    max_size=40,
)


@given(STEPS)
def test_the_window_is_what_adding_up_the_last_day_gives(
    steps: list[tuple[str, int, dict[str, Fraction], int]],
) -> None:
    usage, naive, now = Usage(), list[tuple[str, int, dict[str, Fraction]]](), START
    for number, (what, wait, given_, which) in enumerate(steps):
        now += wait
        if what == "paid":
            usage = usage.paid(str(number), now, given_)
            naive.append((str(number), now, given_))
        elif what == "back":
            usage = usage.without([str(which)])
            naive = [each for each in naive if each[0] != str(which)]
        seen = usage.at(now)
        recent = [each[2] for each in naive if each[1] > now - DAY]
        assert seen.total == sum((sum(each.values()) for each in recent), Fraction(0))
        for receiver in RECEIVERS:
            assert seen.to(receiver) == sum((each.get(receiver, Fraction(0)) for each in recent), Fraction(0))


def test_nothing_is_kept_of_what_is_a_day_old_once_something_new_is_paid() -> None:
    usage = Usage()
    for number in range(500):
        usage = usage.paid(str(number), START + number * DAY // 4, {"harbour": Fraction(1)})
        assert len(usage.queue) <= 4
        assert len(usage.places) == len(usage.queue)
    assert len(usage.at(START + 1_000 * DAY).sums) == 0


def test_a_payment_counts_until_the_second_in_which_it_is_a_day_old() -> None:
    usage = Usage().paid("1", START, {"harbour": Fraction(7)})
    assert usage.at(START + DAY - 1).total == 7
    assert usage.at(START + DAY).total == 0
