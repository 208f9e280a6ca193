"""`countersign desk extract DIR --for LEI --out FILE`: what one participant may read, for that participant to take away.

    $ countersign desk extract northgate --for 9845MERDINDEMO000088 --out meridian.zip
    $ countersign audit verify meridian.zip --trust vkeys.json                               (at the participant's)

- Exit 0 when written; 1 if nobody has that LEI or the file is there already; 2 and 3 as everywhere. docs/formats/extract.md.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from countersign.cli import findings, outcome
from countersign.cli.options import JsonOption
from countersign.cli.seat import DeskArgument, DeskPassphraseOption, DeskPinOption, desk_secrets
from countersign.cli.stations import Stations
from countersign.cli.words import words
from countersign.cli.writing import write_new
from countersign.desk import bundles, extract
from countersign.desk.embedded import EmbeddedDesk
from countersign.desk.extract import Extract
from countersign.errors import CountersignError

SCHEMA = "countersign-extract-written/1"
ReaderOption = Annotated[str, typer.Option("--for", metavar="LEI", help="The participant whose extract it is.")]
ExtractOption = Annotated[Path, typer.Option("--out", help="Write the extract here.")]


def extract_command(stations: Stations) -> Callable[..., None]:
    """The command over the desks of this workstation."""

    def command(
        folder: DeskArgument,
        reader: ReaderOption,
        out: ExtractOption,
        passphrase: DeskPassphraseOption = None,
        pin: DeskPinOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Write everything that one participant may read, with proofs, for that participant to keep and verify."""

        async def work(desk: EmbeddedDesk) -> tuple[Extract, str]:
            found = await extract.of_desk(desk, reader)
            return found, desk.state.roster.participant(reader).name

        try:
            found, name = stations.within(folder, desk_secrets(passphrase, pin), work)
            write_new(out, bundles.serialise(found))
        except CountersignError as error:
            raise typer.Exit(outcome.tell(error, as_json=as_json, typed=(reader,))) from None
        findings.show_value(_value(found)) if as_json else findings.show(_lines(found, name, out))

    return command


def _lines(found: Extract, name: str, out: Path) -> list[str]:
    count, size = len(found.exhibits), found.checkpoint.checkpoint.size
    return [
        words("Extract for {name} ({lei})", name=name, lei=found.reader),
        words("Written: {path}, {count} of {size} entries", path=str(out), count=count, size=size),
        words("Compare these words by telephone: {words}", words=found.words),
    ]


def _value(found: Extract) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "desk": found.desk,
        "reader": found.reader,
        "size": found.checkpoint.checkpoint.size,
        "events": len(found.exhibits),
        "sha256": found.fingerprint.hex(),
        "words": found.words,
    }
