"""Where a command gets a PIN or passphrase from: a person at a hidden prompt, or a file that only its owner can read.

- Never from the command line or the environment, where other processes could read it.
- A new one is asked twice.
- A file holds it and at most one line break; it must not be open to group or others. A pipe (`/dev/fd/3`) will do.
"""

import os
import stat
import warnings
from collections.abc import Awaitable, Callable, Mapping
from getpass import GetPassWarning
from pathlib import Path

import typer

from countersign.errors import Malformed, Refused, Unavailable
from countersign.resources.text import next_step, sentence
from countersign.resources.visible import visible

AskSecret = Callable[[str], Awaitable[str]]
LIMIT = 256
"""Bytes of a PIN file."""


def asking(files: Mapping[str, Path | None], whose: str = "") -> AskSecret:
    """Answers a question, known by its sentence code, from its file if one is given, else from a person.

    `whose`: which token it is about, where a command asks for the PINs of several.
    """

    async def ask(code: str) -> str:
        path = files.get(code)
        return from_file(path) if path else from_person(code, whose)

    return ask


async def from_nobody(code: str) -> str:
    """Nobody is there to ask. Raises Unavailable."""
    raise Unavailable("cli.no-terminal")


def from_person(code: str, whose: str = "") -> str:
    """What a person types, hidden; a new PIN twice."""
    typer.echo(next_step(code, {}), err=True)
    question = sentence(code, {})
    return hidden(f"{question} ({visible(whose)})" if whose else question, twice=".ask-new-" in code)


def hidden(question: str, *, twice: bool = False) -> str:
    """What a person types, never shown. Raises Unavailable where no terminal could hide it."""
    with warnings.catch_warnings():
        # Without a terminal getpass warns and then reads in the open; as an error the warning stops it before.
        warnings.simplefilter("error", GetPassWarning)
        try:
            return str(typer.prompt(question, hide_input=True, confirmation_prompt=twice, err=True))
        except GetPassWarning:
            typer.echo(err=True)
            raise Unavailable("cli.no-terminal") from None


def from_file(path: Path) -> str:
    """The PIN or passphrase in a file. Raises Unavailable (absent), Refused (open to others), Malformed (none in it)."""
    try:
        with path.open("rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            content = stream.read(LIMIT + 1)
    except OSError as error:
        raise Unavailable("cli.pin-file-absent", path=str(path), why=error.strerror or type(error).__name__) from None
    if stat.S_ISREG(mode) and mode & 0o077:
        raise Refused("cli.pin-file-open", path=str(path))
    pin = content.removesuffix(b"\n").removesuffix(b"\r")
    if not pin or len(content) > LIMIT or not pin.isascii() or not pin.decode("ascii").isprintable():
        raise Malformed("cli.pin-file-form", path=str(path))
    return pin.decode("ascii")
