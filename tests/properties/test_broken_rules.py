"""The twelve rules' predicates bite: each finds the machine that breaks its rule, and shows it by a short history.

- Each machine of `broken_machine` is judged by its own rule alone, without the model: the predicate has to find it.
- The histories are the day's, or `COUNTERSIGN_SEED`'s. The longest road is that of what is only seen at finality.
"""

import pytest

from support import drawn_histories
from support.broken_machine import BREAKS
from support.drawn_histories import drawn, first_failure
from support.played_history import History, Tally
from support.random_history import first_seed
from support.reference_model import Command
from support.twelve_rules import RULES, Step

BY_RULE = dict(enumerate(zip(RULES, BREAKS, strict=True), 1))
ROUNDS = 40  # the rarest took 7 in ten days' histories
SHORT = 40  # of the 160 commands of a history; a netted settlement with its holds needs about 25
OTHERS = 2_000  # so many seeds after the everyday run's


def found(**how: object) -> AssertionError:
    """What the first history that fails raises."""
    return first_failure(range(first_seed(OTHERS), first_seed(OTHERS) + ROUNDS), **how)


def shown(error: AssertionError) -> list[str]:
    """The commands that a failure prints."""
    [note] = error.__notes__
    return note.splitlines()[1:]


def finds(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rule, breaks = BY_RULE[number]
    History()  # the deposits are logged before anything is broken
    breaks(monkeypatch)
    error = found(rules=(rule,), alike=False)
    assert drawn_histories.place(error)[0] == rule.__name__
    assert 0 < len(shown(error)) <= SHORT


@pytest.mark.parametrize("number", [2, 12])
def test_a_broken_rule_is_found_and_shown_by_a_short_history(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawn_histories, "TRIES", 0)
    finds(number, monkeypatch)


@pytest.mark.long
@pytest.mark.timeout(0)
@pytest.mark.parametrize("number", BY_RULE)
def test_every_broken_rule_is_found_and_shown_by_a_short_history(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    finds(number, monkeypatch)


def test_a_failure_names_the_seed_that_plays_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(step: Step) -> None:
        assert step.command[0] != "endorse"

    monkeypatch.setattr(drawn_histories, "TRIES", 5)
    once = found(rules=(never,))
    assert [line.split("'")[1] for line in shown(once)] in (["affirm", "endorse"], ["withdraw", "endorse"])
    monkeypatch.setenv("COUNTERSIGN_SEED", once.__notes__[0].split()[0].partition("=")[2])
    assert found(rules=(never,)).__notes__ == once.__notes__


def test_what_is_no_machines_failure_is_raised_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*_: object) -> Command:
        raise LookupError("no command")

    monkeypatch.setattr(drawn_histories.Author, "command", lost)
    with pytest.raises(LookupError, match="no command"):
        drawn(first_seed(OTHERS), Tally())
