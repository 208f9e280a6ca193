"""`countersign witness init|serve`: a witness of logs, on a machine that is not the desk's.

    $ countersign witness init witness --name witness.example/1
    $ countersign witness serve witness --log log.example/desk+…+… --port 7380

- `init` makes a folder with a fresh key under a new passphrase and prints the witness's vkey: what a desk is founded with.
- `serve` prints the address once it listens, answers until Ctrl-C or SIGTERM, and says on stderr of each request its status,
  and of a log it follows the origin and size. Nothing else of what it sees is shown.
- What makes, opens and serves a witness is handed in. Exit 0 when made, or stopped; 1, 2 and 3 as everywhere.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Protocol

import typer

from countersign.cli import outcome, pins
from countersign.cli.options import Ask, JsonOption
from countersign.cli.words import words
from countersign.errors import CountersignError

SCHEMA = "countersign-witness-key/1"
SERVING = "countersign-witness-serving/1"
Listening = Callable[[str, str], None]
"""Told the witness's vkey and the address at which it listens."""
Answered = Callable[[int, str, int], None]
"""Told of each request: the status; origin and tree size where the log's signature verified, else nothing and 0."""

FolderArgument = Annotated[Path, typer.Argument(metavar="DIR", help="The witness's folder.")]
NameOption = Annotated[str, typer.Option("--name", help="The witness's name, such as witness.example/1.")]
LogOption = Annotated[
    list[str], typer.Option("--log", metavar="VKEY", help="The verifier key of a log to follow; may be repeated.")
]
HostOption = Annotated[str, typer.Option("--host", help="The address to listen at; TLS is a proxy's, in front of it.")]
PortOption = Annotated[int, typer.Option("--port", min=0, max=65_535, help="0 lets the system choose.")]
FileOption = Annotated[
    Path | None, typer.Option("--passphrase-file", help="Read the passphrase from this private file.")
]


class Witnesses(Protocol):
    """What makes and runs witnesses."""

    def init(self, folder: Path, name: str, ask: Ask) -> str:
        """A new witness; its vkey."""

    def serve(
        self,
        folder: Path,
        logs: Sequence[str],
        host: str,
        port: int,
        ask: Ask,
        listening: Listening,
        answered: Answered,
    ) -> None:
        """Answer requests until the process is asked to end."""


def witness_app(witnesses: Witnesses) -> typer.Typer:
    """The commands, over what makes and runs witnesses."""
    app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)

    def init(
        folder: FolderArgument, name: NameOption, passphrase_file: FileOption = None, as_json: JsonOption = False
    ) -> None:
        """Make a witness: a folder with a fresh key under a new passphrase. Prints its verifier key."""
        ask = _asking(passphrase_file, words("New passphrase of this witness"), twice=True)
        try:
            vkey = witnesses.init(folder, name, ask)
        except CountersignError as error:
            raise typer.Exit(outcome.tell(error, as_json=as_json, typed=(name,))) from None
        _made(folder, vkey, as_json)

    def serve(
        folder: FolderArgument,
        log: LogOption,
        host: HostOption = "127.0.0.1",
        port: PortOption = 0,
        passphrase_file: FileOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Answer the add-checkpoint requests of the logs named, until Ctrl-C or SIGTERM."""
        ask = _asking(passphrase_file, words("Passphrase of this witness"))

        def listening(vkey: str, address: str) -> None:
            _listening(vkey, address, as_json)

        try:
            witnesses.serve(folder, log, host, port, ask, listening, _answered)
        except CountersignError as error:
            raise typer.Exit(outcome.tell(error, as_json=as_json)) from None

    app.command("init")(init)
    app.command("serve")(serve)
    return app


def _asking(file: Path | None, question: str, *, twice: bool = False) -> Ask:
    return lambda: pins.from_file(file) if file else pins.hidden(question, twice=twice)


def _made(folder: Path, vkey: str, as_json: bool) -> None:
    if as_json:
        outcome.show_json({"schema": SCHEMA, "vkey": vkey})
        return
    typer.echo(words("A witness was made in {folder}. Give its key to the desk:", folder=folder), err=True)
    typer.echo(vkey)


def _listening(vkey: str, address: str, as_json: bool) -> None:
    if as_json:
        outcome.show_json({"address": address, "schema": SERVING, "vkey": vkey})
    else:
        typer.echo(words("Witness {vkey}", vkey=vkey), err=True)
        typer.echo(address)


def _answered(status: int, origin: str, size: int) -> None:
    """A line for each request. A terminal that has gone away stops no witness."""
    with suppress(OSError):
        typer.echo(
            words("{status} {origin} {size}", status=status, origin=origin, size=size) if origin else status, err=True
        )
