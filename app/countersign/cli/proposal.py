"""`countersign proposal draft KIND FILE`, `show FILE`, `sign FILE`: what several people sign, at a terminal.

    $ countersign proposal draft lending.authorised loan.json --profile profile --out loan.proposal
    $ countersign proposal show change.proposal --profile profile
    $ countersign proposal sign change.proposal --profile profile --token conrad --softhsm trial --out signed.proposal

- A draft is the body of an event (docs/formats/events.md) as JSON; nobody has signed it. Kinds: docs/formats/proposal.md.
- What it would change is said in words before the PIN is asked for; the PIN is the consent.
- `--nodes FILE` names nodes of this machine's own: what they say of the Safes and tokens that a change enters is among the
  words, and what differs is not signed. Without it the words say that nothing here looked at them.
- The officer is whoever holds the token's identity key by the roster of this profile. Nothing is logged from here: the file
  goes on to the next administrator, or to a console that gives it to the desk.
- Exit 0 when shown or signed; 1 if the rules, the roster or the token refuse; 2 and 3 as everywhere.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Annotated

import typer

from countersign.cli import findings, outcome, pins, reading
from countersign.cli.governance import (
    LIMIT,
    OpenNodes,
    Orders,
    OwnNodesOption,
    asking,
    looked_at,
    require_unopposed,
    said_proposal,
)
from countersign.cli.governance_lines import proposal_lines
from countersign.cli.options import JsonOption, RestOption, passphrase
from countersign.cli.seat import TokenChoice
from countersign.cli.token import (
    ModuleOption,
    PinFileOption,
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


def proposal_app(orders: Orders, tokens: ProvisionerFactory, nodes: OpenNodes) -> typer.Typer:
    """The commands, over what a history says, what reaches tokens and what opens this machine's own nodes."""
    app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)

    def draft(
        kind: KindArgument,
        file: BodyArgument,
        profile: RestOption,
        out: DraftOption,
        own: OwnNodesOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Draft anything that several people sign, from the event's body as JSON; say what it does."""
        try:
            status = _draft(asking(orders(profile, passphrase), own, nodes), kind, file, out, as_json)
        except CountersignError as error:
            raise typer.Exit(outcome.tell(error, as_json=as_json)) from None
        raise typer.Exit(status)

    def show(
        file: ProposalArgument, profile: RestOption, own: OwnNodesOption = None, as_json: JsonOption = False
    ) -> None:
        """Say what a proposal changes, who has signed it, and whether anything stands against it."""
        try:
            order = asking(orders(profile, passphrase), own, nodes)
            view = looked_at(order, reading.read_file(file, LIMIT))
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
        own: OwnNodesOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Say what a proposal changes, then sign it with your token's identity key."""
        choice, ask = TokenChoice(token, serial, module, softhsm), pins.asking({"signers.ask-pin": pin_file})
        try:
            order = asking(orders(profile, passphrase), own, nodes)
            status = _sign(order, file, out, lambda data: _signed(order, data, tokens, choice, ask), as_json)
        except CountersignError as error:
            raise typer.Exit(outcome.tell(error, as_json=as_json)) from None
        raise typer.Exit(status)

    app.command("draft")(draft)
    app.command("show")(show)
    app.command("sign")(sign)
    return app


def _draft(order: Order, kind: str, file: Path, out: Path, as_json: bool) -> int:
    data = order.propose(kind, _body(file))
    view = looked_at(order, data)
    require_unopposed(view)
    write_new(out, data)
    return said_proposal(view, as_json)


def _sign(
    order: Order, file: Path, out: Path, sign: Callable[[bytes], Coroutine[None, None, bytes]], as_json: bool
) -> int:
    data = reading.read_file(file, LIMIT)
    findings.warn(proposal_lines(looked_at(order, data)))
    signed = asyncio.run(sign(data))
    write_new(out, signed)
    return said_proposal(order.look(signed), as_json)


def _body(file: Path) -> Mapping[str, object]:
    found = strict_json.parse(reading.read_file(file, LIMIT), limit=LIMIT)
    if not isinstance(found, dict):
        raise Malformed("cli.not-a-change", path=str(file))
    return found


async def _signed(
    order: Order, data: bytes, tokens: ProvisionerFactory, choice: TokenChoice, ask: pins.AskSecret
) -> bytes:
    """The proposal with the signature of whoever holds this token. Refused("cli.not-an-officers-token"), what `sign` raises."""
    async with tokens(choice.module, choice.softhsm) as provisioner:
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
