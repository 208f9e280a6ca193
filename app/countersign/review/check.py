"""What a check is, and how all of them run over one case.

- A check is one named object: its code (CHECKS.md), its display name, the checks whose fail prevents it (`needs`), and
  `look`, which reads a case and says at least one finding.
- All run every time. A check whose needs fail or are blocked is blocked, and names the check that failed (or the anchor
  that is missing) at the beginning of the chain.
- A check of one kind of instruction is not applicable to another kind, whatever it needs.
- `without` switches checks off for the tests that prove each one is needed; nothing else uses it.
"""

from collections.abc import Callable, Iterable, Sequence
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


def judge(case: Case, checks: Sequence[Check], *, without: frozenset[str] = frozenset()) -> Verdict:
    """Every check's findings on a case, in the order of `checks`. Total: any case has a verdict."""
    reading = Reading(case)
    findings: list[Finding] = []
    down: dict[str, str] = {}
    for check in checks:
        if check.code in without:
            found: tuple[Finding, ...] = (not_applicable(check.code, "review.switched-off", check=check.code),)
        else:
            found = _run(check, reading, down)
        if (cause := _cause(check, found)) is not None:
            down[check.code] = cause
        findings.extend(found)
    as_of = case.state.size if case.mode is Mode.HISTORY and case.state is not None else None
    return Verdict(tuple(findings), as_of)


def _run(check: Check, reading: Reading, down: dict[str, str]) -> tuple[Finding, ...]:
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
