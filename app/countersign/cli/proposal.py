"""`countersign proposal draft KIND FILE`, `show FILE`, `sign FILE`: what several people sign, at a terminal.

    $ countersign proposal draft lending.authorised loan.json --profile profile --out loan.proposal
    $ countersign proposal show change.proposal --profile profile
    $ countersign proposal sign change.proposal --profile profile --token conrad --softhsm trial --out signed.proposal

- A draft is the body of an event (docs/formats/events.md) as JSON; nobody has signed it. Kinds: docs/formats/proposal.md.
- What it would change is said in words before the PIN is asked for; the PIN is the consent.
- The officer is whoever holds the token's identity key by the roster of this profile. Nothing is logged from here: the file
  goes on to the next administrator, or to a console that gives it to the desk.
- Exit 0 when shown or signed; 1 if the rules, the roster or the token refuse; 2 and 3 as everywhere.
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from countersign.cli import findings, outcome, pins, reading
from countersign.cli.governance import LIMIT, Orders, said_proposal
from countersign.cli.governance_lines import proposal_lines
from countersign.cli.options import JsonOption, RestOption, passphrase
from countersign.cli.seat import TokenChoice
from countersign.cli.token import (
    ModuleOption,
    PinFileOption,
    Provisioner,
    ProvisionerFactory,
    SerialOption,
    SoftHsmOption,
    chosen,
)
from countersign.cli.writing import write_new
from countersign.desk.author import Author
from countersign.desk.order import Order
from countersign.errors import CountersignError, Malformed, Refused
from countersign.formats import strict_json

ProposalArgument = Annotated[Path, typer.Argument(metavar="FILE", help="A .proposal file.")]
KindArgument = Annotated[str, typer.Argument(metavar="KIND", help="The event's type, for instance lending.authorised.")]
BodyArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The event's body as JSON.")]
DraftOption = Annotated[Path, typer.Option("--out", help="Write the draft here, for those who sign it.")]
TokenOption = Annotated[str, typer.Option("--token", help="The label of the token to sign with.")]
SignedOption = Annotated[Path, typer.Option("--out", help="Write the proposal with your signature here.")]


def proposal_app(orders: Orders, tokens: ProvisionerFactory) -> typer.Typer:
    """The commands, over what a history says and what reaches tokens."""
    app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)

    def draft(
        kind: KindArgument, file: BodyArgument, profile: RestOption, out: DraftOption, as_json: JsonOption = False
    ) -> None:
        """Draft anything that several people sign, from the event's body as JSON; say what it does."""
        try:
            order = orders(profile, passphrase)
            data = order.propose(kind, _body(file))
            write_new(out, data)
            status = said_proposal(order.look(data), as_json)
        except CountersignError as error:
            raise typer.Exit(outcome.tell(error, as_json=as_json)) from None
        raise typer.Exit(status)

    def show(file: ProposalArgument, profile: RestOption, as_json: JsonOption = False) -> None:
        """Say what a proposal changes, who has signed it, and whether anything stands against it."""
        try:
            view = orders(profile, passphrase).look(reading.read_file(file, LIMIT))
        except CountersignError as error:
            raise typer.Exit(outcome.tell(error, as_json=as_json)) from None
        raise typer.Exit(said_proposal(view, as_json))

    def sign(
        file: ProposalArgument,
        profile: RestOption,
        token: TokenOption,
        out: SignedOption,
        module: ModuleOption = None,
        softhsm: SoftHsmOption = None,
        serial: SerialOption = None,
        pin_file: PinFileOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Say what a proposal changes, then sign it with your token's identity key."""
        choice = TokenChoice(token, serial, module, softhsm)
        try:
            order, data = orders(profile, passphrase), reading.read_file(file, LIMIT)
            findings.warn(proposal_lines(order.look(data)))
            ask = pins.asking({"signers.ask-pin": pin_file})

            async def within() -> bytes:
                async with tokens(choice.module, choice.softhsm) as provisioner:
                    return await _signed(order, data, provisioner, choice, ask)

            signed = asyncio.run(within())
            write_new(out, signed)
            status = said_proposal(order.look(signed), as_json)
        except CountersignError as error:
            raise typer.Exit(outcome.tell(error, as_json=as_json)) from None
        raise typer.Exit(status)

    app.command("draft")(draft)
    app.command("show")(show)
    app.command("sign")(sign)
    return app


def _body(file: Path) -> Mapping[str, object]:
    found = strict_json.parse(reading.read_file(file, LIMIT), limit=LIMIT)
    if not isinstance(found, dict):
        raise Malformed("cli.not-a-change", path=str(file))
    return found


async def _signed(
    order: Order, data: bytes, provisioner: Provisioner, choice: TokenChoice, ask: pins.AskSecret
) -> bytes:
    """The proposal with the signature of whoever holds this token. Refused("cli.not-an-officers-token"), what `sign` raises."""
    found = await chosen(provisioner, choice.label, choice.serial)
    held = {key.public.kid: key.public for key in await provisioner.keys(found.identity)}
    officer = order.officer_of(held)
    if officer is None:
        raise Refused("cli.not-an-officers-token", token=found.label)
    name, kid = officer
    order.require_signable(data, name)
    signer = provisioner.signer(found.identity)
    await signer.unlock(ask)
    return await order.sign(data, Author(name, held[kid], signer))
