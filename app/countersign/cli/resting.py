"""Every command that rests on a profile: whichever takes `--profile` takes `--passphrase-file` beside it, by this one rule.

- The option is added where a command is made (`commands.Entry.make`); what was given is remembered while the command runs, and
  `options.passphrase` reads that file instead of asking.
- A command that has the option of its own keeps it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from inspect import Parameter, signature
from pathlib import Path
from typing import Annotated, Any

import typer

PassphraseOption = Annotated[
    Path | None, typer.Option("--passphrase-file", help="Read the profile's passphrase from this private file.")
]
Command = Callable[..., Any]
_FILE: ContextVar[Path | None] = ContextVar("passphrase file", default=None)


def given() -> Path | None:
    """The file that was named for the command that runs now."""
    return _FILE.get()


@contextmanager
def passphrase_in(file: Path | None) -> Iterator[None]:
    """Until it ends, `passphrase` reads this file; None: it asks."""
    before = _FILE.set(file)
    try:
        yield
    finally:
        _FILE.reset(before)


def resting(made: Command | typer.Typer) -> Command | typer.Typer:
    """A command, or the commands under one name: whichever takes `--profile` takes `--passphrase-file` beside it."""
    if not isinstance(made, typer.Typer):
        return _beside(made)
    for each in made.registered_commands:
        each.callback = None if each.callback is None else _beside(each.callback)
    for group in made.registered_groups:
        if group.typer_instance is not None:
            resting(group.typer_instance)
    return made


def _beside(command: Command) -> Command:
    known = signature(command, eval_str=True)
    taken = {flag for each in known.parameters.values() for flag in _flags(each.annotation)}
    if "--profile" not in taken or "--passphrase-file" in taken:
        return command

    @wraps(command)
    def run(*, passphrase_file: Path | None = None, **given: Any) -> Any:
        with passphrase_in(passphrase_file):
            return command(**given)

    one = Parameter("passphrase_file", Parameter.KEYWORD_ONLY, default=None, annotation=PassphraseOption)
    run.__signature__ = known.replace(parameters=[*known.parameters.values(), one])  # type: ignore[attr-defined]
    return run


def _flags(hint: Any) -> tuple[str, ...]:
    """An option's names; of one that stands in an annotation typer has the first in the default's place."""
    told = [each for each in getattr(hint, "__metadata__", ()) if hasattr(each, "param_decls")]
    return tuple(flag for each in told for flag in (each.default, *(each.param_decls or ())) if isinstance(flag, str))
