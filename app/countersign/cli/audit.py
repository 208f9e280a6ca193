"""`countersign audit`: everything recomputed, from a profile, an evidence pack, an extract, an output directory; reports.

    $ countersign audit verify ./countersign-demo --trust vkeys.json
    $ countersign audit verify evidence.zip --json
    $ countersign audit report history.pdf --profile ./profile

- A report's signature lies beside it (`history.pdf.jws`), or where `--signature` says.
- SOURCE is told apart by what it is: a folder with `result.json` is an output directory, one with `profile.json` a profile,
  a file an evidence pack or a participant's extract.
- Exit status as `check`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol

import typer

from countersign.cli import findings, outcome, reading, watching
from countersign.cli.check import trusted
from countersign.cli.options import ABOUT, INSIDE, RESULT, Ask, JsonOption, RestOption, passphrase
from countersign.cli.resting import PassphraseOption, passphrase_in
from countersign.cli.words import words
from countersign.errors import CountersignError, Malformed
from countersign.resources.text import next_step, sentence
from countersign.resources.visible import visible

if TYPE_CHECKING:
    from countersign.audit.quorum import Quorum
    from countersign.desk.reports import AuditReport

SCHEMA = "countersign-audit/1"
BESIDE = ".jws"
SourceArgument = Annotated[
    Path, typer.Argument(metavar="SOURCE", help="A profile, an evidence pack, an extract, an output directory.")
]
ReportArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The PDF of a signed report.")]
SignatureOption = Annotated[
    Path | None, typer.Option("--signature", help="Its signature file, if it does not lie beside it as FILE.jws.")
]
AuditTrustOption = Annotated[Path | None, typer.Option("--trust", help="Rest on the keys in this vkeys.json.")]


class Audits(Protocol):
    """The audits; `trust` None rests on a profile's own anchor, or on nothing."""

    def profile(self, folder: Path, trust: Quorum | None, ask: Ask, progress: watching.Progress) -> AuditReport: ...

    def pack(self, data: bytes, name: str, trust: Quorum | None, progress: watching.Progress) -> AuditReport: ...

    def output(
        self, files: Mapping[str, bytes], profile: Path, trust: Quorum | None, progress: watching.Progress
    ) -> AuditReport:
        """`profile`: the folder inside the directory; whether it opens is part of the audit."""

    def report(self, folder: Path, name: str, pdf: bytes, signature: bytes, ask: Ask) -> AuditReport:
        """A signed report over the profile in `folder`."""


def audit_app(audits: Audits) -> typer.Typer:
    """The commands over their use cases."""
    app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
    app.command("verify")(_verify(audits))
    app.command("report")(_report(audits))
    return app


def _verify(audits: Audits) -> Callable[..., None]:
    def verify(
        source: SourceArgument,
        trust: AuditTrustOption = None,
        passphrase_file: PassphraseOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Recompute everything a profile, a pack, an extract or an output directory says. Changes nothing."""
        try:
            keys = trusted(trust)
            with watching.watched() as progress, passphrase_in(passphrase_file):
                report = _audited(audits, source, keys, progress)
        except CountersignError as error:
            raise typer.Exit(outcome.tell(error, as_json=as_json)) from None
        raise _told(report, as_json=as_json)

    return verify


def _report(audits: Audits) -> Callable[..., None]:
    def report(
        file: ReportArgument, profile: RestOption, signature: SignatureOption = None, as_json: JsonOption = False
    ) -> None:
        """Say who signed a report, when, as of which log head, and whether a profile's own log has it. Changes nothing."""
        beside = signature or file.with_name(file.name + BESIDE)
        try:
            pdf, signed = reading.read_file(file), reading.read_file(beside)
            found = audits.report(profile, file.name, pdf, signed, passphrase)
        except CountersignError as error:
            raise typer.Exit(outcome.tell(error, as_json=as_json)) from None
        raise _told(found, as_json=as_json)

    return report


def _told(report: AuditReport, *, as_json: bool) -> typer.Exit:
    """Say it; the exit with its status."""
    if as_json:
        findings.show_value(report_value(report))
    else:
        findings.show(report_lines(report))
    return typer.Exit(report.status)


def _audited(audits: Audits, source: Path, trust: Quorum | None, progress: watching.Progress) -> AuditReport:
    if not source.is_dir():
        return audits.pack(reading.read_file(source), source.name, trust, progress)
    if (source / RESULT).is_file():
        return audits.output(reading.read_folder(source), source / INSIDE, trust, progress)
    if (source / ABOUT).is_file():
        return audits.profile(source, trust, passphrase, progress)
    raise Malformed("cli.no-source", path=str(source))


def report_value(report: AuditReport) -> dict[str, object]:
    """The report as a program reads it."""
    return {
        "schema": SCHEMA,
        "status": report.status,
        "source": report.source,
        "desk": report.desk,
        "size": report.size,
        "states": [
            {"contract": each.contract, "state": each.state, "log_index": each.log_index} for each in report.states
        ],
        "malformed": [{"name": name, "error": outcome.described(error)} for name, error in report.malformed],
        "verdicts": [findings.verdict_value(each) for each in report.judged],
        "fingerprints": [findings.fingerprint_value(each) for each in report.fingerprints],
    }


def report_lines(report: AuditReport) -> list[str]:
    """The report for a person."""
    lines = []
    if report.desk:
        lines.append(words("Desk {desk}, log of {size} entries.", desk=report.desk, size=report.size))
    for name, error in report.malformed:
        values = dict(error.values)
        lines.append(f"{visible(name)}: {sentence(error.code, values)} [{error.code}]")
        lines.append(f"  → {next_step(error.code, values)}")
    lines += [line for each in report.judged for line in findings.verdict_lines(each)]
    for contract in dict.fromkeys(each.contract for each in report.states):
        passed = ", ".join(f"{each.state} ({each.log_index})" for each in report.states if each.contract == contract)
        lines += ["", words("Contract {contract}: {states}", contract=contract, states=passed)]
    return lines + list(findings.fingerprint_lines(report.fingerprints))
