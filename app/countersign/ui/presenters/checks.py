"""The checks in words: grouped by letter, each with its name, what was looked at, expected and found, and its sentence."""

from collections.abc import Mapping
from dataclasses import dataclass

from countersign.resources.text import next_step, sentence
from countersign.resources.visible import visible
from countersign.review.finding import Finding, Status, Verdict
from countersign.ui.strings import label, label_or

LETTERS = "CBELHTSD"
_LOOK = {
    Status.PASS: ("ok", "pass"),
    Status.FAIL: ("bad", "fail"),
    Status.BLOCKED: ("warn", "blocked"),
    Status.NOT_APPLICABLE: ("quiet", "none"),
}


ATTESTED = frozenset({"L8.attested", "E10.attested"})
"""What passes because two people vouch for it: it is never shown like what this machine proved."""
UNASKED = frozenset({"B12.over-unasked", "E8.over-unasked"})
"""What passes by the log's word, which no node of this machine's own was asked to confirm: nor is that."""


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One finding, ready to open."""

    check: str
    name: str
    tone: str
    icon: str
    word: str
    sentence: str
    evidence: tuple[tuple[str, str], ...]
    next: str
    against: bool


@dataclass(frozen=True, slots=True)
class CheckGroup:
    """All findings of one letter."""

    letter: str
    name: str
    summary: str
    tone: str
    icon: str
    findings: tuple[FindingLine, ...]


def check_name(code: str) -> str:
    """The display name of a check ("B8" is "Outputs equal the contract"), or nothing."""
    return label_or(f"check.{code}", "")


def words(finding: Finding) -> str:
    """The finding's sentence."""
    return sentence(finding.reason, _values(finding))


def _values(finding: Finding) -> Mapping[str, object]:
    return {"check": finding.check, "expected": finding.expected, "found": finding.found, **finding.values}


def finding_line(finding: Finding) -> FindingLine:
    """One finding in words."""
    tone, icon = _LOOK[finding.status]
    told = (("checks.about", finding.about), ("checks.looked-at", finding.looked_at))
    compared = (("checks.expected", finding.expected), ("checks.found", finding.found))
    evidence = tuple((label(key), visible(text)) for key, text in (*told, *compared) if text)
    if finding.blocked_by:
        by = f"{finding.blocked_by} {check_name(finding.blocked_by)}".strip()
        evidence += ((label("checks.blocked-by"), by),)
    word = label(f"checks.{finding.status.value}")
    if finding.reason in ATTESTED:
        tone, icon, word = "info", "information", label("checks.attested")
    elif finding.reason in UNASKED:
        tone, icon, word = "info", "information", label("checks.unasked")
    following = "" if finding.ok else next_step(finding.reason, _values(finding))
    name = check_name(finding.check)
    return FindingLine(finding.check, name, tone, icon, word, words(finding), evidence, following, not finding.ok)


def grouped(*verdicts: Verdict) -> tuple[CheckGroup, ...]:
    """All findings by letter, in the order of CHECKS.md; letters without findings are left out."""
    findings = [finding for verdict in verdicts for finding in verdict.findings]
    groups = (_group(letter, [each for each in findings if each.check[:1] == letter]) for letter in LETTERS)
    return tuple(group for group in groups if group.findings)


def _group(letter: str, findings: list[Finding]) -> CheckGroup:
    counts = {status: sum(each.status is status for each in findings) for status in Status}
    said = [
        label(f"checks.count-{status.value}", count=counts[status])
        for status in (Status.FAIL, Status.BLOCKED, Status.PASS, Status.NOT_APPLICABLE)
        if counts[status]
    ]
    gravest = next((status for status in (Status.FAIL, Status.BLOCKED, Status.PASS) if counts[status]), None)
    tone, icon = _LOOK[gravest or Status.NOT_APPLICABLE]
    lines = tuple(finding_line(each) for each in findings)
    return CheckGroup(letter, label(f"checks.letter-{letter}"), " · ".join(said), tone, icon, lines)


def summary(*verdicts: Verdict) -> tuple[str, str, str]:
    """Tone, icon and words of all verdicts together: may this be signed? The first is the contract's, which every
    transaction's own verdict repeats: it is counted only where it stands alone."""
    against = sum(len(verdict.against) for verdict in verdicts)
    if not all(verdict.may_sign for verdict in verdicts):
        first = next((f"{each.against[0].check}" for each in verdicts if each.against), "")
        return "bad", "fail", label("checks.may-not-sign", count=against, first=first)
    return "ok", "pass", label("checks.may-sign", count=sum(verdict.passed for verdict in verdicts[1:] or verdicts))
