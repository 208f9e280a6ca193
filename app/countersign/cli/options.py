"""What several commands are asked with: the profile that they rest on, its passphrase, JSON on stdout.

Nothing of a desk is imported here, so that no command pays for another's.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from countersign.cli import pins
from countersign.cli.words import words

Ask = Callable[[], str]
"""Asks for a passphrase."""

JsonOption = Annotated[bool, typer.Option("--json", help="Print one line of JSON.")]
RestOption = Annotated[Path, typer.Option("--profile", help="Rest on this profile's history.")]


def passphrase() -> str:
    """A console profile's passphrase, from a person, hidden."""
    return pins.hidden(words("Passphrase of this profile"))
