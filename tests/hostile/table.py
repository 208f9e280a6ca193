"""What a hostile case is: one change to an accepted case, the check that must stop it, and who else would."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from countersign.review.case import Case


@dataclass(frozen=True)
class Hostile:
    """`hostile` differs from `near` by one field. `reason`: the code under which `check` fails.

    `also` lists the checks that still object when `check` is switched off: none, where no other check overlaps.
    `parser`: the check is a parser's own rule; there the near miss takes the place of switching off (CHECKS.md).
    """

    check: str
    name: str
    reason: str
    hostile: Callable[[], Case]
    near: Callable[[], Case]
    also: frozenset[str] = frozenset()
    parser: bool = False

    def __str__(self) -> str:
        return f"{self.check} {self.name}"


def overlaps(*codes: str) -> frozenset[str]:
    """The checks that object as well."""
    return frozenset(codes)


def each(
    check: str, reason: str, near: Callable[[], Case], cases: Iterable[tuple[str, Callable[[], Case]]], *also: str
) -> list[Hostile]:
    """Several hostile cases of one check with one near miss."""
    return [Hostile(check, name, reason, hostile, near, frozenset(also)) for name, hostile in cases]
