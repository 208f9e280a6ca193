"""Histories that hypothesis draws, and shrinks where one fails: what a person then reads is short.

    drawn(2026112200017, tally)     # so many histories of that seed

- A failure carries a note: the seed that plays it again, and every command of the shortest history that fails alike.
- Hypothesis leaves out steps, which may change what later numbers stand for; when it has tried for some time, commands are
  left out of what it found, and the others stay what they were.
"""

import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from support.played_history import History, Tally
from support.random_history import LENGTH, NUMBERS, Author
from support.reference_model import Command

ROUND = 10
"""How many histories a seed stands for. After ten hypothesis would mutate those that it has: with ours, leave steps out."""
REPLAYED = 8
"""Every so many-th history is replayed from its first entry."""
TRIES = 100
"""How many histories are played to shrink one that failed, before commands are left out one by one."""
QUIET = settings(
    max_examples=ROUND,
    stateful_step_count=LENGTH,
    deadline=None,
    database=None,
    derandomize=False,
    report_multiple_bugs=False,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)


class Enough(BaseException):
    """Hypothesis has tried long enough. No `Exception`: it would be taken for another failure of the history."""


def drawn(first: int, tally: Tally, **how: Any) -> None:
    """The histories of one seed, each judged after every step; `how` as `History` takes it.

    Raises what the shortest one raises, with the seed and the commands in a note.
    """
    found = Found()
    try:
        run_state_machine_as_test(seed(first)(lambda: Drawn(found, tally, how)), settings=QUIET)
    except (Exception, Enough):
        first_error = found.error
        if first_error is None:
            raise  # no machine's failure: the histories' own
        whole = place(first_error)[0] == History.replay.__name__
        commands = shrunk(found.commands, lambda fewer: alike(failure(fewer, how, whole), first_error))
        short = failure(commands, how, whole) or first_error
        lines = [f"COUNTERSIGN_SEED={first} plays it again, and this shows it after the deposits of `FUNDS`:"]
        short.add_note("\n".join([*lines, *map(str, commands)]))
        raise short from None


def first_failure(seeds: Iterable[int], **how: Any) -> AssertionError:
    """What the first of these seeds that fails raises; one of them has to."""
    tally = Tally()
    for each in seeds:
        try:
            drawn(each, tally, **how)
        except AssertionError as error:
            return error
    raise LookupError(f"nothing failed in {tally.steps} steps")


@dataclass
class Found:
    """The shortest history that failed so far, and what it raised."""

    commands: list[Command] = field(default_factory=list)
    error: Exception | None = None
    tries: int = 0

    def failed(self, commands: list[Command], error: Exception) -> None:
        """One more."""
        if self.error is None or (len(commands) < len(self.commands) and alike(error, self.error)):
            self.commands, self.error = commands, error

    def played(self) -> None:
        """A history is over. Raises `Enough`."""
        self.tries += self.error is not None
        if self.tries > TRIES:
            raise Enough


class Drawn(RuleBasedStateMachine):
    """One history: a mood, and a number for each step."""

    def __init__(self, found: Found, tally: Tally, how: dict[str, Any]) -> None:
        super().__init__()
        self.found, self.tally = found, tally
        self.history = History(**how)
        self.commands: list[Command] = []
        self.numbers: set[int] = set()
        self.mood, self.broken = 0, False

    @initialize(mood=NUMBERS)
    def begin(self, mood: int) -> None:
        """Its mood."""
        self.mood = mood
        self.author = Author(mood, self.history.model)

    @rule(number=NUMBERS)
    def step(self, number: int) -> None:
        """What the number stands for; nothing where it was there before: names come from it."""
        if number in self.numbers:
            return
        self.numbers.add(number)
        command = self.author.command(number)
        self.commands.append(command)
        with self.judged():
            self.tally.note(command, self.history.takes(command))

    @contextmanager
    def judged(self) -> Iterator[None]:
        """What fails in it is remembered."""
        try:
            yield
        except Exception as error:
            self.broken = True
            self.found.failed(self.commands, error)
            raise

    def teardown(self) -> None:
        """Its end."""
        self.found.played()
        if self.broken:
            return
        if self.mood % REPLAYED == 0:
            with self.judged():
                self.history.replay()
        self.tally.close(self.history.model, self.history.facts.reached)


def failure(commands: list[Command], how: dict[str, Any], whole: bool) -> Exception | None:
    """What these commands raise; or, where that is looked for, the whole log's replay after them."""
    history = History(**how)
    try:
        for command in commands:
            history.takes(command)
        if whole:
            history.replay()
    except Exception as error:
        return error
    return None


def alike(one: Exception | None, other: Exception) -> bool:
    """Whether two failures are of the same kind, at the same place."""
    return one is not None and type(one) is type(other) and place(one) == place(other)


def place(error: Exception) -> tuple[str, int | None]:
    """Where it was raised."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return last.name, last.lineno


def shrunk(commands: list[Command], fails: Callable[[list[Command]], bool]) -> list[Command]:
    """Fewer commands for which `fails` is still true: halves, quarters, and so on to single ones are left out."""
    size = len(commands) // 2
    while size:
        start = 0
        while start < len(commands):
            fewer = commands[:start] + commands[start + size :]
            if fails(fewer):
                commands = fewer
            else:
                start += size
        size //= 2
    return commands
