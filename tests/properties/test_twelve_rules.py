"""The twelve rules of DESIGN.md §6 over random histories of the machine, which the reference model plays beside it.

- Hypothesis draws the histories (`drawn_histories`); after every step each rule of `twelve_rules` is judged, and
  machine and model are compared. A history that fails is shrunk to the commands that matter; they are printed in order.
- The histories are others every day (UTC). A failure names its seed, and `COUNTERSIGN_SEED=… pytest` of this file begins
  with it, on any day.
- `COUNTERSIGN_STEPS=1000000 pytest tests/properties -m long -s` takes as many steps as one likes, and prints what they did.
- Which rule would have been found broken: `test_broken_rules.py`.
"""

import pytest

from support import reference_model
from support.drawn_histories import drawn
from support.played_history import Tally
from support.random_history import first_seed, steps_wanted

LONG_RUN = 1_000  # so many seeds after the everyday run's: the long one plays others
PATIENCE = 4  # times as many steps as asked for: by then every kind of command was accepted, or never is


def histories(steps: int, first: int) -> None:
    """So many steps, or more until every kind of command was accepted somewhere and every state reached."""
    tally, seed = Tally(), first
    while tally.steps < steps or (tally.lacking() and tally.steps < PATIENCE * steps):
        drawn(seed, tally)
        seed += 1
    print(f"\nseeds {first} to {seed - 1}; {tally}\nleft open by the documents: {'; '.join(reference_model.DONT_CARE)}")
    assert not tally.lacking(), f"COUNTERSIGN_SEED={first}, {tally.steps} steps"
    assert tally.accepted > tally.refused, f"COUNTERSIGN_SEED={first}: {tally}"


def test_the_twelve_rules_hold_and_the_model_agrees_after_every_step_of_random_histories() -> None:
    histories(10_000, first_seed())


@pytest.mark.long
@pytest.mark.timeout(0)
def test_the_twelve_rules_hold_and_the_model_agrees_over_as_many_steps_as_one_likes() -> None:
    histories(steps_wanted(40_000), first_seed(LONG_RUN))
