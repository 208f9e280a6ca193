"""What a check is, and how all of them run over one case.

- A check is one named object: its code (CHECKS.md), its display name, the checks whose fail prevents it (`needs`), and
  `look`, which reads a case and says at least one finding.
- All run every time. A check whose needs fail or are blocked is blocked, and names the check that failed (or the anchor
  that is missing) at the beginning of the chain.
- A check of one kind of instruction is not applicable to another kind, whatever it needs.
- `without` switches checks off for the tests that prove each one is needed; nothing else uses it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from countersign.review.case import Case, Mode
from countersign.review.finding import Finding, Status, Verdict, blocked, not_applicable
from countersign.review.reading import Reading

Look = Callable[[Reading], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Check:
    """One named check."""

    code: str
    name: str
    look: Look
    needs: tuple[str, ...] = ()
    kind: str = ""  # "psbt" | "safe-tx": the only kind of instruction it judges


@dataclass(frozen=True, slots=True)
class Judged:
    """A case with its verdict, kept for the next look at the same: what each check found, and which asked for the clock or a
    node's word.

    `down`: by check, the check at the beginning of what fails or blocks it (none if it is well).
    """

    case: Case
    found: tuple[tuple[Check, tuple[Finding, ...]], ...]
    timed: frozenset[str]
    down: Mapping[str, str]

    @property
    def verdict(self) -> Verdict:
        """Every finding, in the order of the checks."""
        case = self.case
        as_of = case.state.size if case.mode is Mode.HISTORY and case.state is not None else None
        return Verdict(tuple(finding for _, found in self.found for finding in found), as_of)


def judge(case: Case, checks: Sequence[Check], *, without: frozenset[str] = frozenset()) -> Verdict:
    """Every check's findings on a case, in the order of `checks`. Total: any case has a verdict."""
    return judge_to_keep(case, checks, without=without).verdict


def judge_to_keep(case: Case, checks: Sequence[Check], *, without: frozenset[str] = frozenset()) -> Judged:
    """The same, with what `judge_again` needs."""
    reading = Reading(case)
    findings: list[tuple[Check, tuple[Finding, ...]]] = []
    down: dict[str, str] = {}
    timed: set[str] = set()
    for check in checks:
        reading.timed = False
        if check.code in without:
            found: tuple[Finding, ...] = (not_applicable(check.code, "review.switched-off", check=check.code),)
        else:
            found = _run(check, reading, down)
        if reading.timed:
            timed.add(check.code)
        if (cause := _cause(check, found)) is not None:
            down[check.code] = cause
        findings.append((check, found))
    return Judged(case, tuple(findings), frozenset(timed), down)


def judge_again(case: Case, before: Judged) -> Judged | None:
    """The verdict on a case that differs from an earlier one in the moment only: what asked for the clock, or for
    what a node said, runs again.

    None where the case differs in more, or a check stands otherwise than before, so that others may depend on it.
    """
    if not case.differs_in_time_only(before.case):
        return None
    reading, findings = Reading(case), []
    for check, found in before.found:
        now = _run(check, reading, before.down) if check.code in before.timed else found
        if _cause(check, now) != before.down.get(check.code):
            return None
        findings.append((check, now))
    return Judged(case, tuple(findings), before.timed, before.down)


def _run(check: Check, reading: Reading, down: Mapping[str, str]) -> tuple[Finding, ...]:
    instruction = reading.case.instruction
    applies = not check.kind or (instruction is not None and instruction.kind == check.kind)
    for need in check.needs:
        if need in down and applies:
            return (blocked(check.code, down[need]),)
    found = tuple(check.look(reading))
    if not found or any(finding.check != check.code for finding in found):
        raise AssertionError(f"{check.code} must say at least one finding of its own")
    return found


def _cause(check: Check, found: Sequence[Finding]) -> str | None:
    """What blocks the checks that need this one: itself where it fails, else whatever blocks it; None if it is well."""
    if any(finding.status is Status.FAIL for finding in found):
        return check.code
    return next((finding.blocked_by for finding in found if finding.status is Status.BLOCKED), None)


def worst(findings: Sequence[Finding]) -> Status:
    """The gravest status among findings: fail, then blocked, then pass, then not applicable."""
    for status in (Status.FAIL, Status.BLOCKED, Status.PASS):
        if any(finding.status is status for finding in findings):
            return status
    return Status.NOT_APPLICABLE
