"""`countersign check FILE…`: what files are and what every check says of them.

    $ countersign check contract.json contract.event bitcoin/unsigned.psbt --profile profile
    $ countersign check evidence.zip --trust vkeys.json --json

- Exit 2 iff a file does not parse in its own format (or cannot be read); else 1 if a finding fails or is blocked; 3 if a
  device or server was needed and absent; 0 otherwise.
- Trust comes from `--profile`, or for a pack or an extract from `--trust`, and from nowhere else.
- `--print FILE`: the digests that a hardware wallet shows, as a page of plain text to be printed and ticked off.
- `--json`: one line on stdout, docs/formats/check-json.md; errors of the whole call as `{"error": …}`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from countersign.cli import findings, outcome, reading, watching
from countersign.cli.options import Ask, JsonOption, passphrase, profile_option
from countersign.errors import CountersignError, Refused
from countersign.resources.text import next_step, sentence
from countersign.resources.visible import visible

if TYPE_CHECKING:
    from countersign.audit.quorum import Quorum
    from countersign.desk.reports import CheckReport, FileReport

CheckFiles = Callable[[Mapping[str, bytes], Path | None, "Quorum | None", Ask, watching.Progress], "CheckReport"]
"""files by name, profile folder, trusted keys, how to ask for a passphrase, progress"""

SCHEMA = "countersign-check/1"
FilesArgument = Annotated[
    list[Path], typer.Argument(metavar="FILE…", help="The files; those of one call belong together.")
]
ProfileOption = Annotated[Path | None, profile_option("Rest on this profile's history.")]
TrustOption = Annotated[
    Path | None, typer.Option("--trust", help="Rest on the keys in this vkeys.json (packs, extracts).")
]

PrintOption = Annotated[
    Path | None, typer.Option("--print", help="Write what a hardware wallet shows to this new file, to be printed.")
]


def check_command(check: CheckFiles) -> Callable[..., None]:
    """The command over its use case."""

    def command(
        files: FilesArgument,
        profile: ProfileOption = None,
        trust: TrustOption = None,
        page: PrintOption = None,
        as_json: JsonOption = False,
    ) -> None:
        if profile is not None and trust is not None:
            raise typer.BadParameter("give either --profile or --trust")
        try:
            given = {str(path): reading.read_file(path) for path in files}
            keys = trusted(trust)
            with watching.watched() as progress:
                report = check(given, profile, keys, passphrase, progress)
            if page is not None:
                write_page(page, report)
        except CountersignError as error:
            raise typer.Exit(outcome.tell(error, as_json=as_json)) from None
        if as_json:
            findings.show_value(report_value(report))
        else:
            findings.show(report_lines(report))
        raise typer.Exit(report.status)

    return command


def trusted(path: Path | None) -> Quorum | None:
    """The keys of a `vkeys.json`. Malformed: C2.*, L2.*, L5.*, cli.file-*."""
    if path is None:
        return None
    from countersign.audit.quorum import Quorum

    return Quorum.parse(reading.read_file(path, 1 << 20))


def report_value(report: CheckReport) -> dict[str, object]:
    """The report as a program reads it."""
    return {
        "schema": SCHEMA,
        "status": report.status,
        "files": [file_value(each) for each in report.files],
        "verdicts": [findings.verdict_value(each) for each in report.judged],
        "fingerprints": [findings.fingerprint_value(each) for each in report.fingerprints],
        "screens": [findings.screen_value(each) for each in report.screens],
    }


def file_value(each: FileReport) -> dict[str, object]:
    """A file as a program reads it."""
    error = None if each.error is None else outcome.described(each.error)
    return {"name": each.name, "kind": each.kind.value, "sha256": each.sha256, "error": error}


def report_lines(report: CheckReport) -> list[str]:
    """The report for a person."""
    lines = []
    for each in report.files:
        if each.error is None:
            lines.append(f"{visible(each.name)}: {each.kind.value}, SHA-256 {each.sha256}")
        else:
            values = dict(each.error.values)
            lines.append(f"{visible(each.name)}: {sentence(each.error.code, values)} [{each.error.code}]")
            lines.append(f"  → {next_step(each.error.code, values)}")
    lines += [line for each in report.judged for line in findings.verdict_lines(each)]
    lines += findings.screen_lines(report.screens)
    return lines + list(findings.fingerprint_lines(report.fingerprints))


def write_page(path: Path, report: CheckReport) -> None:
    """The page to be printed: each file with its hash, then what a hardware wallet shows. A verdict is not on it.

    Refused("cli.nothing-to-print"); Conflict, Unavailable as `writing.write_new`.
    """
    from countersign.cli import writing

    if not report.screens:
        raise Refused("cli.nothing-to-print")
    files = [f"{visible(each.name)}: SHA-256 {each.sha256}" for each in report.files]
    writing.write_new(path, "\n".join([*files, *findings.screen_lines(report.screens), ""]).encode())
