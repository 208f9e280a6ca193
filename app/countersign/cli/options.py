"""What several commands are asked with: the profile that they rest on, its passphrase, JSON on stdout, a device's file.

- In a profile's place the folder of a headless run may be given: the profile inside it is meant.
- Every command that takes a profile takes its passphrase from a file, too: `resting` adds the option to all of them.
- An evidence pack or an extract is refused there: what it holds has gaps, so it has no ledger and no newest state.

Nothing of a desk is imported here, so that no command pays for another's.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from countersign.cli import pins
from countersign.cli.resting import given
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


def passphrase() -> str:
    """A console profile's passphrase, from the file that was named, else from a person, hidden. Raises as `pins`."""
    file = given()
    return pins.hidden(words("Passphrase of this profile")) if file is None else pins.from_file(file)


def new_passphrase() -> str:
    """The same of a profile that is made now; a person types it twice."""
    file = given()
    return (
        pins.from_file(file) if file is not None else pins.hidden(words("New passphrase of this profile"), twice=True)
    )
