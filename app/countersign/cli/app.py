"""The command line as a whole: what people type, over use cases that are handed in.

    countersign                                     the window
    countersign demo [--headless] [--out DIR]       the demonstration
    countersign check FILE… [--profile DIR | --trust vkeys.json] [--json]
    countersign audit verify SOURCE [--trust vkeys.json] [--json]
    countersign import PATH… --profile DIR [--json]
    countersign enrol FILE --profile DIR [--present IDS --record FILE]
    countersign roster show|propose --profile DIR
    countersign policy show|propose|explain [TYPE] [--profile DIR] [--instruction HASH]
    countersign proposal show|sign FILE --profile DIR
    countersign loan LOAN --profile DIR [--json]
    countersign settlement show ID --profile DIR [--json]
    countersign ledger | cycle [ID] --profile DIR [--json]
    countersign statement --account LEI/BOOK/ASSET [--from DAY] [--until DAY] --profile DIR [--csv | --json]
    countersign reconcile --trades FILE.csv --profile DIR [--json]
    countersign token list|init|generate|test

- Usage errors, Ctrl-C and a reader that has gone away end as typer ends them, without a word of ours.
- `run` is the one place where anything unexpected ends: one line for the person, the trace into a file, exit 70. Nobody at
  a terminal ever sees a traceback.
- The trace names places in the program and the kind of error, never its text: that may hold what a person typed.
"""

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from countersign.cli import outcome
from countersign.cli.audit import Audits, audit_app
from countersign.cli.books import Books, add_books
from countersign.cli.check import CheckFiles, check_command
from countersign.cli.cycle import CyclesOf, cycle_command
from countersign.cli.enrol import Enrol, enrol_command
from countersign.cli.governance import Orders, PolicyCase, policy_app, roster_app
from countersign.cli.importing import Import, import_command
from countersign.cli.loan import Statement, loan_command
from countersign.cli.proposal import proposal_app
from countersign.cli.settlement import Tell, settlement_app
from countersign.cli.token import ProvisionerFactory, token_app
from countersign.errors import CountersignError
from countersign.resources.text import next_step, sentence

UNEXPECTED = 70
BAD_PLACE = "demonstration.out-not-empty"
"""The one refusal of `demo` that is the caller's own mistake in the arguments: exit 2, as typer gives for others."""
HeadlessOption = Annotated[bool, typer.Option("--headless", help="Without a window, from beginning to end.")]
OutOption = Annotated[Path | None, typer.Option("--out", help="Where the files go: absent or empty.")]
Demonstrate = Callable[[bool, Path | None], int]
"""headless, where the files go → exit status"""


@dataclass(frozen=True, slots=True)
class UseCases:
    """What the commands call; `window` and `demonstrate` give the exit status."""

    window: Callable[[], int]
    demonstrate: Demonstrate
    check: CheckFiles
    audits: Audits
    provisioner: ProvisionerFactory
    tell: Tell
    judge_batch: Import
    loan: Statement
    books: Books
    cycles: CyclesOf
    orders: Orders
    policy_case: PolicyCase
    enrol: Enrol


def root_app(use_cases: UseCases) -> typer.Typer:
    """Every command."""
    app = typer.Typer(
        name="countersign",
        help="The signing console for off-chain settlement under multi-signature custody.",
        add_completion=False,
        pretty_exceptions_enable=False,
        invoke_without_command=True,
    )

    def window(context: typer.Context) -> None:
        """The signing console for off-chain settlement under multi-signature custody. Without a command: the window."""
        if context.invoked_subcommand is None:
            raise typer.Exit(_told(use_cases.window))

    def demo(headless: HeadlessOption = False, out: OutOption = None) -> None:
        """Play one settlement from a signed contract to two finished transactions, every step real."""
        try:
            status = use_cases.demonstrate(headless, out)
        except CountersignError as error:
            status = outcome.tell(error, as_json=False)
            status = outcome.MALFORMED if error.code == BAD_PLACE else status
        raise typer.Exit(status)

    app.callback()(window)
    app.command("demo")(demo)
    app.command("check")(check_command(use_cases.check))
    app.add_typer(audit_app(use_cases.audits), name="audit")
    app.add_typer(token_app(use_cases.provisioner), name="token")
    app.command("loan")(loan_command(use_cases.loan))
    app.command("import")(import_command(use_cases.judge_batch))
    app.add_typer(settlement_app(use_cases.tell), name="settlement")
    add_books(app, use_cases.books)
    app.command("cycle")(cycle_command(use_cases.cycles))
    app.command("enrol")(enrol_command(use_cases.enrol))
    app.add_typer(roster_app(use_cases.orders), name="roster")
    app.add_typer(policy_app(use_cases.orders, use_cases.policy_case), name="policy")
    app.add_typer(proposal_app(use_cases.orders, use_cases.provisioner), name="proposal")
    return app


def _told(work: Callable[[], int]) -> int:
    """The exit status of work; a named refusal is told as everywhere else."""
    try:
        return work()
    except CountersignError as error:
        return outcome.tell(error, as_json=False)


def run(app: typer.Typer, arguments: Sequence[str], record: Path) -> int:
    """Run a command; the exit status. The trace of anything unexpected is appended to `record`."""
    try:
        typer.main.get_command(app).main(list(arguments), prog_name="countersign")
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
