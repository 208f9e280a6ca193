"""What is mutated, how, and who judges what got through.

- A subject is one honest thing (a PSBT, a Safe transaction, a contract, a proof, an envelope) in a case that may be
  signed. A mutant is that thing with something changed; nobody else in the case knows of the change, or everybody does
  (an operations officer prepared and logged the mutant itself): the subject's `accepted` says which.
- What our checks accept goes to a judge that shares no code with them (embit, eth-account, the standard library). It says
  why the mutant is no worse than the honest one (`SAME_DIGEST`, `SAME_EFFECTS`), or it is a survivor.
- The same numbers give the same mutants: `mutant(subject, seed, number)`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from random import Random

REFUSED, SAME_DIGEST, SAME_EFFECTS, UNCHANGED = "refused", "same digest", "same effects", "unchanged"
Mutator = Callable[[Random], bytes]
"""A mutant from a random stream."""


@dataclass(frozen=True)
class Subject:
    """`kinds`: its mutators by name; `accepted`: whether our checks let the mutant through; `judge`: SAME_DIGEST,
    SAME_EFFECTS, or in words what it does that the honest one does not."""

    name: str
    honest: bytes
    kinds: dict[str, Mutator]
    accepted: Callable[[bytes], bool]
    judge: Callable[[bytes], str]


@dataclass
class Tally:
    """What became of the mutants, by subject and kind."""

    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)  # subject, kind, outcome
    survivors: list[str] = field(default_factory=list)

    def total(self, outcome: str = "") -> int:
        """How many there were with this outcome, or at all."""
        return sum(count for (_, _, found), count in self.counts.items() if not outcome or found == outcome)

    def table(self) -> str:
        """One line a subject and kind."""
        rows = sorted({(subject, kind) for subject, kind, _ in self.counts})
        outcomes = (REFUSED, SAME_DIGEST, SAME_EFFECTS, UNCHANGED)
        lines = [f"{'subject':34}{'mutation':34}" + "".join(f"{each:>14}" for each in outcomes)]
        for subject, kind in rows:
            cells = (self.counts[subject, kind, each] for each in outcomes)
            lines.append(f"{subject:34}{kind:34}" + "".join(f"{cell:>14,}" for cell in cells))
        return "\n".join(lines)


def mutant(subject: Subject, seed: int, number: int) -> tuple[str, bytes]:
    """The kind and the bytes of one mutant: kinds in turn, each from a random stream of its own."""
    names = list(subject.kinds)
    kind = names[number % len(names)]
    return kind, subject.kinds[kind](Random(f"{subject.name}/{seed}/{number}"))


def outcome(subject: Subject, data: bytes) -> str:
    """What becomes of one mutant: an outcome, or in words what survived."""
    if data == subject.honest:
        return UNCHANGED
    return subject.judge(data) if subject.accepted(data) else REFUSED


def play(subjects: Sequence[Subject], numbers: Iterable[int], seed: int) -> Tally:
    """Every subject's mutants with these numbers."""
    tally = Tally()
    for number in numbers:
        for subject in subjects:
            kind, data = mutant(subject, seed, number)
            found = outcome(subject, data)
            tally.counts[subject.name, kind, found if found in _EXPECTED else "survived"] += 1
            if found not in _EXPECTED:
                tally.survivors.append(f"{subject.name}, {kind}, seed {seed}, number {number}: {found}")
    return tally


_EXPECTED = frozenset((REFUSED, SAME_DIGEST, SAME_EFFECTS, UNCHANGED))
