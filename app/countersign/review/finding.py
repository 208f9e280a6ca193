"""What one check says of one case, and what all of them say together.

- A finding is *pass*, *fail*, *blocked* (an earlier one prevents it, named) or *not applicable*, with what was looked
  at, expected and found. `reason` is the code of its sentence in `resources/`; `values` fill it.
- A verdict lists every finding; only one without fail or blocked may be signed. There is no override.

    >>> Finding("B9", Status.PASS, "B9.fee-in-bounds", "fee of the transaction", "at most 20000 sat", "1410 sat").ok
    True
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from countersign.errors import CountersignError, Value

ANCHOR = "anchor"
"""What blocks a check that needs a profile, or keys from elsewhere, where there are none."""


class Status(StrEnum):
    """The four things a check can say."""

    PASS = "pass"
    FAIL = "fail"
    BLOCKED = "blocked"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's word on one case. `about` names the thing looked at when a case holds several."""

    check: str
    status: Status
    reason: str
    looked_at: str = ""
    expected: str = ""
    found: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    blocked_by: str | None = None
    about: str = ""

    @property
    def ok(self) -> bool:
        """Whether this finding lets a signature happen."""
        return self.status in (Status.PASS, Status.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Every finding of one case, in the order of the checks. `as_of`: the log's size that history was judged at."""

    findings: tuple[Finding, ...]
    as_of: int | None = None

    @property
    def may_sign(self) -> bool:
        """No finding fails, none is blocked."""
        return bool(self.findings) and all(finding.ok for finding in self.findings)

    @property
    def against(self) -> tuple[Finding, ...]:
        """The findings that forbid the signature: fails first, then what they block."""
        return tuple(f for f in self.findings if f.status is Status.FAIL) + tuple(
            f for f in self.findings if f.status is Status.BLOCKED
        )

    @property
    def passed(self) -> int:
        """How many checks passed (not applicable is not counted)."""
        return sum(f.status is Status.PASS for f in self.findings)

    def of(self, check: str) -> tuple[Finding, ...]:
        """The findings of one check."""
        return tuple(f for f in self.findings if f.check == check)


def passed(check: str, slug: str, looked_at: str, expected: str, found: str, /, **values: Value) -> Finding:
    """A pass; `slug` completes the code of its sentence."""
    return Finding(check, Status.PASS, f"{check}.{slug}", looked_at, expected, found, values)


def failed(check: str, slug: str, looked_at: str, expected: str, found: str, /, **values: Value) -> Finding:
    """A fail; `slug` completes the code of its sentence."""
    return Finding(check, Status.FAIL, f"{check}.{slug}", looked_at, expected, found, values)


def blocked(check: str, by: str, looked_at: str = "") -> Finding:
    """Blocked by the check or the missing anchor that `by` names."""
    code = "review.unanchored" if by == ANCHOR else "review.blocked"
    return Finding(check, Status.BLOCKED, code, looked_at, values={"check": check, "by": by}, blocked_by=by)


def not_applicable(check: str, why: str, /, **values: Value) -> Finding:
    """Not applicable; `why` is the code of the sentence that says so."""
    return Finding(check, Status.NOT_APPLICABLE, why, values=values)


def from_error(check: str, error: CountersignError, looked_at: str = "", expected: str = "") -> Finding:
    """A named refusal of a pure room (`Malformed`, `Refused`) as the fail of the check that reports it."""
    return Finding(check, Status.FAIL, error.code, looked_at, expected, str(error), dict(error.values))
