"""`countersign desk keyring TOKEN --out FILE`: a token's public keys as a file, for a founding plan or a change of the roster.

    $ countersign desk keyring conrad --softhsm conrad-token --out conrad.keyring

- Asks for no PIN: public keys only leave the token. docs/formats/founding.md.
- Shows each key's thumbprint: whoever signs the founding paper sees the same beside the person's name.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from countersign.cli import findings, outcome
from countersign.cli import token as tokens
from countersign.cli.options import JsonOption
from countersign.cli.seat import TokenChoice
from countersign.cli.words import words
from countersign.cli.writing import new_file
from countersign.desk import founding_plan
from countersign.desk.ceremony import Keyring
from countersign.errors import CountersignError, Refused

SCHEMA = "countersign-keyring/1"
RingOption = Annotated[Path, typer.Option("--out", help="Write the public keys here.")]
OfflineOption = Annotated[bool, typer.Option("--offline", help="The token stays with an air-gapped machine.")]


def keyring_command(factory: tokens.ProvisionerFactory) -> Callable[..., None]:
    """The command, over what reaches tokens."""

    def keyring(
        token: tokens.LabelArgument,
        out: RingOption,
        module: tokens.ModuleOption = None,
        softhsm: tokens.SoftHsmOption = None,
        serial: tokens.SerialOption = None,
        offline: OfflineOption = False,
        as_json: JsonOption = False,
    ) -> None:
        """Write a token's public keys as a file, for a founding plan. Asks for no PIN."""
        choice = TokenChoice(token, serial, module, softhsm)

        async def read() -> Keyring:
            async with factory(choice.module, choice.softhsm) as provisioner:
                return await keyring_of(provisioner, choice.label, choice.serial, online=not offline)

        try:
            with new_file(out) as write:
                ring = asyncio.run(read())
                write(founding_plan.serialise_keyring(ring))
        except CountersignError as error:
            raise typer.Exit(outcome.tell(error, as_json=as_json)) from None
        if as_json:
            kids = {label: key.kid for label, key in ring.keys.items()}
            findings.show_value({"schema": SCHEMA, "token": ring.label, "serial": ring.serial, "keys": kids})
        else:
            told = [words("{label}: {key}", label=label, key=key.kid) for label, key in sorted(ring.keys.items())]
            findings.show([words("Written: {path}, {count} public keys", path=str(out), count=len(told)), *told])

    return keyring


async def keyring_of(provisioner: tokens.Provisioner, label: str, serial: str | None, *, online: bool) -> Keyring:
    """The public keys of a token by their labels. Refused("cli.label-twice") where two keys bear one label."""
    found = await tokens.chosen(provisioner, label, serial)
    keys = {}
    for each in await provisioner.keys(found.identity):
        if each.label in keys:
            raise Refused("cli.label-twice", token=found.label, label=each.label)
        keys[each.label] = each.public
    return Keyring(found.serial, found.label, found.model, keys, online)
