"""How a command ends: one exit status for each kind of error, and the same words for people and for programs.

>>> exit_status(Unavailable("H2.token-absent", token="officer-a", serial="00ff"))
3
"""

import os
import re
from collections.abc import Iterable

import typer

from countersign.errors import CountersignError, Malformed, Unavailable
from countersign.formats import jcs
from countersign.formats.excerpt import excerpt
from countersign.resources.text import next_step, sentence

_SURROGATE = re.compile("[\ud800-\udfff]")
REFUSED = 1
MALFORMED = 2
ABSENT = 3


def exit_status(error: CountersignError) -> int:
    """2 for Malformed, 3 for Unavailable, 1 for Refused and Conflict."""
    if isinstance(error, Malformed):
        return MALFORMED
    return ABSENT if isinstance(error, Unavailable) else REFUSED


def described(error: CountersignError, typed: Iterable[str | None] = ()) -> dict[str, object]:
    """A named error as a program reads it: `{"code", "values", "what", "next"}`.

    `typed`: the values on the command line. What does not parse there nobody else made: the next step is to correct it.
    """
    values = dict(error.values)
    code = "cli.typed" if _typed(error, typed) else error.code
    return {
        "code": error.code,
        "values": values,
        "what": sentence(error.code, values),
        "next": next_step(code, values),
    }


def _typed(error: CountersignError, typed: Iterable[str | None]) -> bool:
    """Whether it is about a text that was typed, or a part of one: an account's date or LEI, not a file's."""
    text = error.values.get("text")
    if not isinstance(error, Malformed) or not isinstance(text, str):
        return False
    return any(excerpt(each) == text or (text and text in each) for each in typed if each is not None)


def tell(error: CountersignError, *, as_json: bool, typed: Iterable[str | None] = ()) -> int:
    """Say what happened and what to do next (on stderr, or as JSON on stdout). Returns the exit status."""
    told = described(error, typed)
    if as_json:
        show_json({"error": told})
    else:
        typer.echo(f"{told['what']}\n{told['next']}\n[{error.code}]", err=True)
    return exit_status(error)


def show_json(value: object) -> None:
    """One line of RFC 8785 JSON on stdout. A file name's bytes that are no UTF-8 are spelt `\\xff`."""
    typer.echo(jcs.encode(_writable(value)).decode())


def _writable(value: object) -> object:
    """The value with every lone surrogate in its texts spelt out: JSON has no place for one."""
    if isinstance(value, str):
        return os.fsencode(value).decode("utf-8", "backslashreplace") if _SURROGATE.search(value) else value
    if isinstance(value, dict):
        return {_writable(name): _writable(one) for name, one in value.items()}
    return [_writable(one) for one in value] if isinstance(value, list | tuple) else value
