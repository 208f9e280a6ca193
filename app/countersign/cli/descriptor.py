"""`countersign descriptor show FILE`: what a descriptor file or a BSMS record (BIP-129) says.

    $ countersign descriptor show vault.txt
    $ countersign descriptor show signer-2.dat --token-file session.token --json

- What it is, the form, the quorum, every key with its origin, the first addresses, the checksum. A form that is not signed
  for is shown as far as it was read, and refused with its reason.
- An encrypted record opens with the session's token, in hex, from a private file.
- Exit 0 when shown; 1 if it is of a kind that is not signed for; 2 if it does not parse; 3 as everywhere.
"""

from pathlib import Path
from typing import Annotated

import typer

from countersign.bitcoin import bsms_encryption
from countersign.cli import describing, findings, outcome, pins, reading
from countersign.cli.options import JsonOption
from countersign.desk import describing as descriptions
from countersign.errors import CountersignError

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="Descriptors, one a line, or a BSMS record.")]
SessionOption = Annotated[
    Path | None, typer.Option("--token-file", help="The BSMS session's token in hex, in this private file.")
]


def descriptor_app() -> typer.Typer:
    """The commands."""
    app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)

    def show(file: FileArgument, token_file: SessionOption = None, as_json: JsonOption = False) -> None:
        """Say what a descriptor file or a BSMS record holds. Changes nothing."""
        try:
            view = descriptions.look(reading.read_file(file), session(token_file))
        except CountersignError as error:
            raise typer.Exit(outcome.tell(error, as_json=as_json)) from None
        if as_json:
            findings.show_value(describing.description_value(view))
        else:
            findings.show(describing.description_lines(view))
        raise typer.Exit(0 if view.refusal is None else outcome.REFUSED)

    app.callback()(lambda: None)
    app.command("show")(show)
    return app


def session(file: Path | None) -> bytes | None:
    """The session's token. Malformed("bitcoin.bsms-token"); what `pins.from_file` raises."""
    return None if file is None else bsms_encryption.read_token(pins.from_file(file))
