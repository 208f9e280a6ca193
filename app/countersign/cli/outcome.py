"""How a command ends: one exit status for each kind of error, and the same words for people and for programs.

>>> exit_status(Unavailable("H2.token-absent", token="officer-a", serial="00ff"))
3
"""

import os
import re

import typer

from countersign.errors import CountersignError, Malformed, Unavailable
from countersign.formats import jcs
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


def described(error: CountersignError) -> dict[str, object]:
    """A named error as a program reads it: `{"code", "values", "what", "next"}`."""
    values = dict(error.values)
    what, then = sentence(error.code, values), next_step(error.code, values)
    return {"code": error.code, "values": values, "what": what, "next": then}


def tell(error: CountersignError, *, as_json: bool) -> int:
    """Say what happened and what to do next (on stderr, or as JSON on stdout). Returns the exit status."""
    told = described(error)
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
