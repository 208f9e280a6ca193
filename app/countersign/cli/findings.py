"""Verdicts for people and for programs: the same codes, the same sentences.

- For people: every finding, grouped by letter in the order in which an officer reads them; what to do next where one
  fails or is blocked. Words carry the status, colour only repeats it.
- For programs: docs/formats/check-json.md. Integers beyond 2^53 become decimal strings.
- Whatever came from a file is shown with its invisible characters spelt out (D4).
"""

from collections.abc import Iterator, Sequence

import typer

from countersign.cli import outcome
from countersign.cli.words import words
from countersign.desk.reports import AUDIT, Fingerprint, HardwareScreen, Judged
from countersign.errors import Value
from countersign.formats.jcs import MAX_INTEGER
from countersign.resources.text import next_step, sentence
from countersign.resources.visible import grouped, visible
from countersign.review.finding import Finding, Status, Verdict

GROUPS = (
    ("C", "Contract and settlement"),
    ("L", "Audit log"),
    ("B", "Bitcoin"),
    ("E", "Ethereum"),
    ("H", "Token"),
    ("T", "Transport"),
    ("S", "Store"),
    ("", "Record"),
)
MARKS = {
    Status.PASS: ("pass   ", typer.colors.GREEN),
    Status.FAIL: ("FAIL   ", typer.colors.RED),
    Status.BLOCKED: ("blocked", typer.colors.YELLOW),
    Status.NOT_APPLICABLE: ("n/a    ", None),
}


def verdict_value(judged: Judged) -> dict[str, object]:
    """A verdict as a program reads it."""
    return {
        "about": list(judged.about),
        "as_of": judged.as_of,
        "accepted": all(finding.ok for finding in judged.verdict.findings),
        "findings": [finding_value(finding) for finding in judged.verdict.findings],
    }


def finding_value(finding: Finding) -> dict[str, object]:
    """A finding as a program reads it."""
    return {
        "check": finding.check,
        "status": finding.status.value,
        "code": finding.reason,
        "about": finding.about,
        "looked_at": finding.looked_at,
        "expected": finding.expected,
        "found": finding.found,
        "values": {name: _json_value(value) for name, value in finding.values.items()},
        "blocked_by": finding.blocked_by,
        "explanation": sentence(finding.reason, finding.values),
        "next": next_step(finding.reason, finding.values),
    }


def fingerprint_value(each: Fingerprint) -> dict[str, object]:
    """A fingerprint as a program reads it."""
    return {"about": each.about, "sha256": each.sha256, "words": each.words}


def _json_value(value: Value) -> Value:
    return str(value) if isinstance(value, int) and abs(value) > MAX_INTEGER else value


AS_OF = "Judged as of log size {size}: by the log's first {size} entries. The log itself (L1 to L6) by its newest checkpoint."


def verdict_lines(judged: Judged) -> Iterator[str]:
    """A verdict for a person: what it is about, whether it may be relied on, every finding."""
    yield ""
    yield typer.style(", ".join(visible(name) for name in judged.about), bold=True)
    if judged.as_of is not None:
        yield f"  {words(AS_OF, size=judged.as_of)}"
    yield f"  {_summary(judged.verdict)}"
    for letter, title in GROUPS:
        found = [each for each in judged.verdict.findings if _letter(each) == letter]
        if found:
            yield f"  {words(title)}"
            yield from (line for each in found for line in finding_lines(each))


def _letter(finding: Finding) -> str:
    letters = {letter for letter, _ in GROUPS}
    return finding.check[:1] if finding.check != AUDIT and finding.check[:1] in letters else ""


def _summary(verdict: Verdict) -> str:
    against = len(verdict.against)
    if against:
        return words("Not in order: {against} against it, {passed} passed.", against=against, passed=verdict.passed)
    return words("In order: {passed} passed, none against it.", passed=verdict.passed)


def finding_lines(finding: Finding) -> Iterator[str]:
    """One finding: status, code, what happened; and beneath a fail what was expected and found, and what to do."""
    mark, colour = MARKS[finding.status]
    check = "" if finding.check == AUDIT else f"{finding.check:<4}"
    yield f"    {typer.style(mark, fg=colour)} {check}{sentence(finding.reason, finding.values)}"
    if finding.status is Status.FAIL:
        beside = words("expected {expected}; found {found}", expected=finding.expected, found=finding.found)
        yield f"              {beside}"
    if not finding.ok:
        yield f"              → {next_step(finding.reason, finding.values)}"


def fingerprint_lines(prints: Sequence[Fingerprint]) -> Iterator[str]:
    """Twelve words to be compared aloud."""
    for each in prints:
        yield ""
        yield sentence("cli.fingerprint", {"name": each.about, "words": each.words})
        yield next_step("cli.fingerprint", {})


SCREEN = {
    "domain-hash": "Domain hash",
    "message-hash": "Message hash",
    "safe-tx-hash": "safeTxHash",
    "calldata-digest": "Calldata digest (ERC-8213)",
}
"""The names that a hardware wallet gives them."""


def screen_value(each: HardwareScreen) -> dict[str, object]:
    """What a hardware wallet shows, as a program reads it."""
    hashes = {name.replace("-", "_"): f"0x{value}" for name, value in each.digests}
    return {"about": each.about, "chain_id": each.chain_id, "safe": each.safe, "nonce": each.nonce, **hashes}


def screen_lines(screens: Sequence[HardwareScreen]) -> Iterator[str]:
    """What a hardware wallet shows, in groups of four, half a hash a line: for comparing figure by figure."""
    for each in screens:
        yield ""
        yield words("What a hardware screen shows of {name}", name=each.about)
        yield words(
            "  chain {chain}, Safe {safe}, nonce {nonce}", chain=each.chain_id, safe=each.safe, nonce=each.nonce
        )
        for name, value in each.digests:
            yield f"  {words(SCREEN[name])}"
            yield from (f"    {grouped(half)}" for half in (value[:32], value[32:]))


def show(lines: Sequence[str]) -> None:
    """Print for a person; colour is left out where nobody sees it."""
    typer.echo("\n".join(lines).lstrip("\n"))


def warn(lines: Sequence[str]) -> None:
    """Print on stderr what a person should read before a question is asked."""
    typer.echo("\n".join(lines), err=True)


def show_value(value: dict[str, object]) -> None:
    """Print for a program."""
    outcome.show_json(value)
