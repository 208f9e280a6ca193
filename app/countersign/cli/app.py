"""The command line as a whole: what people type, over use cases that are handed in.

    countersign                                     the window
    countersign demo [--headless] [--out DIR]       the demonstration
    countersign check FILE… [--profile DIR | --trust vkeys.json] [--json]
    countersign audit verify SOURCE [--trust vkeys.json] [--json]
    countersign evidence ID --profile DIR --out FILE.zip [--vkeys FILE] [--json]
    countersign import PATH… --profile DIR [--json]
    countersign handover --profile DIR [--out FILE]
    countersign enrol FILE --profile DIR [--present IDS --record FILE]
    countersign roster show|propose --profile DIR
    countersign policy show|propose|explain [TYPE] [--profile DIR] [--instruction HASH]
    countersign proposal draft KIND FILE | show|sign FILE --profile DIR
    countersign freeze list | order ORDER | lift ORDER --profile DIR
    countersign loan LOAN --profile DIR [--json]
    countersign settlement show ID --profile DIR [--json]
    countersign ledger | cycle [ID] --profile DIR [--json]
    countersign statement --account LEI/BOOK/ASSET [--from DAY] [--until DAY] --profile DIR [--csv | --json]
    countersign reconcile --trades FILE.csv | --chains NODES.json --profile DIR [--json]
    countersign desk keyring|make|show|sign|found|log|price|close|round|witness|new-log-key|handover|extract|open DIR …
    countersign officer --desk DIR --profile DIR --token TOKEN … VERB …
    countersign vault open | sign FILE --to DIR --clock TIME --profile DIR --token TOKEN …
    countersign descriptor show FILE [--token-file FILE] [--json]
    countersign vault-enrol device|assemble|compare|take|sign|propose …
    countersign token list|init|generate|test
    countersign witness init DIR --name NAME | serve DIR --log VKEY… [--host HOST] [--port PORT]

- Usage errors, Ctrl-C and a reader that has gone away end as typer ends them, without a word of ours.
- `run` is the one place where anything unexpected ends: one line for the person, the trace into a file, exit 70. Nobody at
  a terminal ever sees a traceback.
- The trace names places in the program and the kind of error, never its text: that may hold what a person typed.
"""

import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

import typer
from typer.core import TyperGroup

from countersign.cli import outcome
from countersign.cli.commands import ENTRIES, Named, UseCases
from countersign.errors import CountersignError
from countersign.resources.text import next_step, sentence

UNEXPECTED = 70


def root_app(use_cases: UseCases) -> TyperGroup:
    """Every command, by name; one that is chosen is imported then."""
    app = typer.Typer(
        name="countersign",
        help="The signing console for off-chain settlement under multi-signature custody.",
        add_completion=False,
        pretty_exceptions_enable=False,
        invoke_without_command=True,
    )

    def window(context: typer.Context) -> None:
        if context.invoked_subcommand is None:
            raise typer.Exit(_told(use_cases.window))

    app.callback()(window)
    group = typer.main.get_group(app)
    for entry in ENTRIES:
        group.add_command(Named(entry, use_cases))
    return group


def _told(work: Callable[[], int]) -> int:
    """The exit status of work; a named refusal is told as everywhere else."""
    try:
        return work()
    except CountersignError as error:
        return outcome.tell(error, as_json=False)


def run(app: TyperGroup, arguments: Sequence[str], record: Path) -> int:
    """Run a command; the exit status. The trace of anything unexpected is appended to `record`."""
    try:
        app.main(list(arguments), prog_name="countersign")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except CountersignError as error:
        return outcome.tell(error, as_json="--json" in arguments)
    except Exception as error:  # boundary: our own bug; the officer gets a sentence, the trace goes to a file
        return _unexpected(error, record)
    return 0


def _unexpected(error: Exception, record: Path) -> int:
    code = "cli.unexpected" if _kept(error, record) else "cli.unexpected-unrecorded"
    values = {"kind": type(error).__name__, "path": str(record)}
    typer.echo(f"{sentence(code, values)} {next_step(code, values)}", err=True)
    return UNEXPECTED


def _kept(error: Exception, record: Path) -> bool:
    """Whether the trace, without the error's text, could be written down."""
    places = "".join(traceback.format_list(traceback.extract_tb(error.__traceback__)))
    try:
        record.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with record.open("a", encoding="utf-8") as stream:
            stream.write(f"{type(error).__module__}.{type(error).__qualname__}\n{places}\n")
    except OSError:
        return False
    return True
