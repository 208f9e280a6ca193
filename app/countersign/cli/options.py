"""What several commands are asked with: the profile that they rest on, its passphrase, JSON on stdout, a device's file.

- In a profile's place the folder of a headless run may be given: the profile inside it is meant.
- Every command that takes a profile takes its passphrase from a file, too: `resting` adds the option to all of them.
- An evidence pack or an extract is refused there: what it holds has gaps, so it has no ledger and no newest state.

Nothing of a desk is imported here, so that no command pays for another's.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from inspect import Parameter, signature
from pathlib import Path
from typing import Annotated, Any

import typer

from countersign.cli import pins
from countersign.cli.words import words
from countersign.errors import Refused

RESULT, ABOUT, INSIDE = "result.json", "profile.json", "profile"
_PACKS = (b"PK\3\4", b"PK\5\6")

PsbtOption = Annotated[Path, typer.Option("--out", help="Write the .psbt file here.")]
VersionOption = Annotated[int, typer.Option("--psbt-version", help="0, or 2 for a device that asks for it.")]
Ask = Callable[[], str]
"""Asks for a passphrase."""


def standing_in(place: Path | None) -> Path | None:
    """The profile that is meant by a folder: the one inside a headless run's, else itself. Refused("cli.pack-no-history")."""
    if place is None:
        return None
    if (place / RESULT).is_file() and (place / INSIDE / ABOUT).is_file():
        return place / INSIDE
    if place.is_file() and _starts(place) in _PACKS:
        raise Refused("cli.pack-no-history", path=str(place))
    return place


def _starts(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(4)
    except OSError:
        return b""  # whoever opens it says why it cannot


def profile_option(purpose: str) -> Any:
    """`--profile`: a profile's folder, or a headless run's."""
    return typer.Option("--profile", help=purpose, callback=standing_in)


JsonOption = Annotated[bool, typer.Option("--json", help="Print one line of JSON.")]
RestOption = Annotated[Path, profile_option("Rest on this profile's history.")]


PassphraseOption = Annotated[
    Path | None, typer.Option("--passphrase-file", help="Read the profile's passphrase from this private file.")
]
_FILE: ContextVar[Path | None] = ContextVar("passphrase file", default=None)
Command = Callable[..., Any]


def passphrase() -> str:
    """A console profile's passphrase, from the file that was named, else from a person, hidden. Raises as `pins`."""
    file = _FILE.get()
    return pins.hidden(words("Passphrase of this profile")) if file is None else pins.from_file(file)


def new_passphrase() -> str:
    """The same of a profile that is made now; a person types it twice."""
    file = _FILE.get()
    return pins.hidden(words("New passphrase of this profile"), twice=True) if file is None else pins.from_file(file)


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
