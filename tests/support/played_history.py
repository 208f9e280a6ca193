"""A history as it is played: the machine and the reference model do the same commands, and every step is judged.

    history = History()                        # founded, policy, prices, `FUNDS`
    history.takes(("affirm", terms))           # whether the machine accepted it; AssertionError where something is wrong

- After every accepted step: all rules of `twelve_rules`.
- After every step: accepted or refused by both; every pocket of every account, every contract's state, the totals that
  came in and went out. A refusal leaves the machine's state as it was (`model_world.Signed` looks).
- `Tally` counts what several histories did, so that a run can say what it covered.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import cache

from countersign.settlement import machine
from countersign.settlement.fingerprint import state_hash
from countersign.settlement.records import ContractState
from support.model_world import Signed
from support.random_history import FUNDS
from support.reference_model import SALES, Command, Model
from support.twelve_rules import RULES, Facts, Step

UNSTORED = {ContractState.FROZEN}
"""The states that no record has: it follows from the orders that stand."""


@dataclass
class Tally:
    """How often each kind of command was accepted and refused; what kinds of contract became final, and how netted."""

    counts: Counter[tuple[str, bool]] = field(default_factory=Counter)
    delivered: Counter[tuple[str, str]] = field(default_factory=Counter)
    reached: set[ContractState] = field(default_factory=set)
    histories: int = 0

    def note(self, command: Command, accepted: bool) -> None:
        """One more."""
        self.counts[command[0], accepted] += 1

    def close(self, model: Model, reached: set[ContractState]) -> None:
        """A history is over: its final contracts, and the states that contracts went through."""
        self.histories += 1
        self.reached |= reached
        for each in model.contracts.values():
            if each["state"] == "final":
                self.delivered[each["terms"]["template"], model.cycles[each["cycle"]]["how"]] += 1

    @property
    def steps(self) -> int:
        """All of them."""
        return self.counts.total()

    @property
    def waits(self) -> int:
        """The steps in which only time passed: nothing was asked of the machine."""
        return self.counts["wait", True]

    @property
    def accepted(self) -> int:
        """The commands that the machine accepted; waits are none."""
        return sum(count for (_, accepted), count in self.counts.items() if accepted) - self.waits

    @property
    def refused(self) -> int:
        """The commands that it refused."""
        return self.steps - self.waits - self.accepted

    def lacking(self) -> set[object]:
        """What did not happen yet: kinds of command accepted, kinds of sale delivered, states reached."""
        states = set(ContractState) - UNSTORED - self.reached
        return {*self.never_accepted(), *self.never_delivered(), *states}

    def never_accepted(self) -> set[str]:
        """The kinds that no history ever got through; `repeat` and `forged` are never to be."""
        return {kind for kind in KINDS if not self.counts[kind, True]}

    def never_delivered(self) -> set[tuple[str, str]]:
        """Which kinds of sale no history ever delivered, gross or netted; nor a withdrawal, nor an award."""
        wanted = {(kind, how) for kind in SALES for how in ("gross", "bilateral", "multilateral")}
        return (wanted | {("withdrawal", "gross"), ("award", "gross")}) - set(self.delivered)

    def __str__(self) -> str:
        kinds = sorted({kind for kind, _ in self.counts})
        lines = [f"{kind:12}{self.counts[kind, True]:8}{self.counts[kind, False]:8}" for kind in kinds]
        ends = ", ".join(f"{count} {kind} {how}" for (kind, how), count in sorted(self.delivered.items()))
        apart = f"{self.accepted} accepted, {self.refused} refused, {self.waits} waits"
        head = f"{self.histories} histories of {self.steps} steps: {apart}"
        return "\n".join([head, f"delivered: {ends}", f"{'command':12}{'accepted':>8}{'refused':>8}", *lines])


KINDS = (
    *("wait", "publish", "participant", "deposit"),
    *("propose", "affirm", "withdraw", "endorse", "decline", "cancel", "expire", "freeze", "lift", "hold", "unhold"),
    *("close", "prepare", "share", "release", "broadcast", "observe", "confirm", "final"),
    *("fail", "bump", "replace", "child", "void", "voided", "dispute", "retract", "resolve", "award"),
    "compare",
    *("lend", "accrue", "recall"),
)
"""Every kind of command that is to be accepted somewhere; `repeat` and `forged` are never to be."""


class History:
    """Machine, model and what was logged, after the same commands."""

    def __init__(
        self, funds: Sequence[Command] = FUNDS, rules: Sequence[Callable[[Step], None]] = RULES, alike: bool = True
    ) -> None:
        """`funds` come first; `alike`: whether machine and model are compared, or the model only helps to write."""
        self.desk = _started(tuple(funds))
        self.model = Model(self.desk.now)
        self.facts = Facts()
        self.rules = rules
        self.alike = alike
        for command in funds:
            self.model.does(command)
            self.facts.learn(command, self.desk.now)

    def takes(self, command: Command) -> bool:
        """Whether the machine accepted it. Raises `AssertionError` where a rule is broken, or the model differs."""
        before = self.desk.state
        code = self.desk.plays(command)
        said = self.model.does(command, code is None)
        if code is None and command[0] != "wait":
            self.facts.learn(command, self.desk.now)
            step = Step(command, before, self.desk.state, self.desk, self.facts)
            for rule in self.rules:
                rule(step)
        if self.alike:
            says = "accepts" if said else "refuses"
            assert said == (code is None), f"{command[0]}: the model {says}, the machine says {code or 'yes'}"
            self._compare()
        return code is None

    def _compare(self) -> None:
        desk, model = self.desk, self.model
        assert min(model.pockets.values(), default=0) >= 0
        assert desk.pockets() == +model.pockets
        assert desk.states() == {name: each["state"] for name, each in model.contracts.items()}
        for asset, totals in desk.totals().items():
            assert totals == (model.credits[asset], model.left[asset]), asset

    def replay(self) -> None:
        """The whole log, replayed at once, reaches the same state."""
        assert state_hash(machine.replay(self.desk.entries)) == state_hash(self.desk.state)


@cache
def _first(funds: tuple[Command, ...]) -> Signed:
    desk = Signed()
    for command in funds:
        assert desk.plays(command) is None
    return desk


def _started(funds: tuple[Command, ...]) -> Signed:
    """A desk of one's own, with these deposits."""
    desk = copy(_first(funds))
    desk.entries, desk.logged = list(desk.entries), dict(desk.logged)
    desk.hashes, desk.made, desk.bumped, desk.coins = {}, {}, {}, {}
    return desk
