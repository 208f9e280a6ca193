"""`countersign evidence ID`: the evidence pack of one settlement, for whoever verifies it with nothing but the file.

    $ countersign evidence MH-2026-0001 --profile profile --out evidence.zip --vkeys vkeys.json
    $ countersign audit verify evidence.zip --trust vkeys.json

- `--vkeys` writes the keys of the log and its witnesses as this profile trusts them. They count for whoever gets them by
  another way than the pack; without it they are compared with keys from elsewhere.
- What the settlement's events name and this profile does not keep is refused by name; a legal text or an order's paper
  that is not here is told.
- Exit 0 when written; 1 if no settlement has that id, bytes are missing or a file is there already; 2 and 3 as
  everywhere. docs/formats/evidence.md.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from countersign.cli import findings, outcome
from countersign.cli.options import Ask, JsonOption, RestOption, passphrase
from countersign.cli.words import words
from countersign.cli.writing import write_new
from countersign.errors import CountersignError

if TYPE_CHECKING:
    from countersign.desk.evidence import Pack

SCHEMA = "countersign-evidence-written/1"
Evidence = Callable[[Path, str, Ask], "Pack"]
"""profile folder, id or hash, how to ask for a passphrase"""
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="A contract's id, or its hash.")]
PackOption = Annotated[Path, typer.Option("--out", help="Write the pack here.")]
VkeysOption = Annotated[Path | None, typer.Option("--vkeys", help="Write the keys that this profile trusts here.")]


def evidence_command(evidence: Evidence) -> Callable[..., None]:
    """The command over its use case."""

    def command(
        id: IdArgument, profile: RestOption, out: PackOption, vkeys: VkeysOption = None, as_json: JsonOption = False
    ) -> None:
        from countersign.desk.evidence import serialise

        try:
            pack = evidence(profile, id, passphrase)
            if vkeys is not None:
                write_new(vkeys, pack.vkeys.serialise())
            write_new(out, serialise(pack))
        except CountersignError as error:
            raise typer.Exit(outcome.tell(error, as_json=as_json)) from None
        if as_json:
            findings.show_value(_value(pack))
        else:
            findings.show(_lines(pack, out, vkeys))

    return command


def _lines(pack: Pack, out: Path, vkeys: Path | None) -> list[str]:
    size = pack.checkpoint.checkpoint.size
    lines = [
        words("Evidence pack of contract {contract}", contract=pack.contract),
        words("Written: {path}, {count} events under a head of {size} entries, {artefacts} documents", path=str(out),
              count=len(pack.exhibits), size=size, artefacts=len(pack.artefacts)),
        *(words("Not kept here, and not in it: the text or paper {artefact}", artefact=each) for each in pack.absent),
    ]  # fmt: skip
    if vkeys is not None:
        lines.append(words("Written: {path}; hand it over by another way than the pack", path=str(vkeys)))
    return [*lines, words("Compare these words by telephone: {words}", words=pack.words)]


def _value(pack: Pack) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "desk": pack.desk,
        "contract": pack.contract,
        "size": pack.checkpoint.checkpoint.size,
        "events": len(pack.exhibits),
        "artefacts": len(pack.artefacts),
        "absent": list(pack.absent),
        "sha256": pack.fingerprint.hex(),
        "words": pack.words,
    }
