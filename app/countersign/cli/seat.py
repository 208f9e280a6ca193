"""How a command names a desk's folder, an officer's seat at it, and where their secrets come from.

- A desk asks for its passphrase and for the PIN of its own token; a seat is a profile, the officer's token and their secrets.
- A secret is asked of a person, hidden, or read from a file that only its owner can read; never from the command line.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from countersign.cli import pins
from countersign.cli.options import Ask
from countersign.cli.words import words


def require_one_way(module: str | None, softhsm: Path | None) -> None:
    """Tokens are reached by a module or in SoftHSM's folder, never both. typer.BadParameter."""
    if (module is None) is (softhsm is None):
        raise typer.BadParameter("give either --module or --softhsm")


@dataclass(frozen=True, slots=True)
class TokenChoice:
    """A token by label (and serial), behind a PKCS#11 module or in SoftHSM's folder."""

    label: str
    serial: str | None
    module: str | None
    softhsm: Path | None

    def __post_init__(self) -> None:
        require_one_way(self.module, self.softhsm)


@dataclass(frozen=True, slots=True)
class Secrets:
    """How to ask for a store's passphrase and a token's PIN; `relayer`: for the PIN of a desk's relayer."""

    passphrase: Ask
    pin: pins.AskSecret
    relayer: pins.AskSecret = pins.from_nobody


@dataclass(frozen=True, slots=True)
class Seat:
    """An officer at a desk: profile, token, secrets; `nodes`: the officer's own nodes, None for the desk's."""

    profile: Path
    token: TokenChoice
    own: Secrets
    nodes: Path | None = None


DeskArgument = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a desk on this workstation.")]
DeskOption = Annotated[Path, typer.Option("--desk", help="The folder of a desk on this workstation.")]
TokenOption = Annotated[str, typer.Option("--token", help="The label of the token.")]
RelayerPinOption = Annotated[
    Path | None, typer.Option("--relayer-pin-file", help="Read the PIN of the relayer's token from this private file.")
]
DeskPassphraseOption = Annotated[
    Path | None, typer.Option("--desk-passphrase-file", help="Read the desk's passphrase from this private file.")
]
DeskPinOption = Annotated[
    Path | None, typer.Option("--desk-pin-file", help="Read the PIN of the desk's token from this private file.")
]
NodesOption = Annotated[
    Path | None, typer.Option("--nodes", help="Your own nodes (nodes.json); without it the desk's are asked.")
]


def desk_secrets(
    passphrase: Path | None, pin: Path | None, relayer: Path | None = None, *, new: bool = False
) -> Secrets:
    """The desk's own secrets; a new passphrase is asked twice."""
    question = "New passphrase of the desk" if new else "Passphrase of the desk"
    whose = words("the desk's own token")
    return Secrets(
        _passphrase(passphrase, question, new=new),
        pins.asking({"signers.ask-pin": pin}, whose),
        pins.asking({"desk.ask-relayer-pin": relayer}),
    )


def own_secrets(passphrase: Path | None, pin: Path | None, token: str = "") -> Secrets:
    """An officer's own secrets; `token`: the label by which the PIN is asked for."""
    return Secrets(
        _passphrase(passphrase, "Passphrase of this profile", new=False), pins.asking({"signers.ask-pin": pin}, token)
    )


def _passphrase(file: Path | None, question: str, *, new: bool) -> Callable[[], str]:
    if file is not None:
        return lambda: pins.from_file(file)
    return lambda: pins.hidden(words(question), twice=new)
