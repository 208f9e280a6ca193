"""`countersign freeze`: the orders that stop something, and drafts of new ones for two officers to sign.

    $ countersign freeze list --profile profile
    $ countersign freeze order HC-2026-114 --book 9845HARBRP0000000083/main --paper order.pdf --reason "By order." \\
          --profile profile --out freeze.proposal
    $ countersign freeze lift HC-2026-114 --paper discharge.pdf --reason "Discharged." --profile profile --out lift.proposal

- A draft says in words what stops. Nobody has signed it: a compliance officer and another officer do (`countersign proposal sign`,
  or their consoles), and give the paper to the desk with it.
- Exit 0 when it was shown or drafted; 1 if the rules refuse it; 2 and 3 as everywhere. docs/formats/governance-json.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from countersign.cli import findings, reading
from countersign.cli.governance import Orders, said_proposal, shown
from countersign.cli.governance_lines import words_of
from countersign.cli.options import JsonOption, RestOption, passphrase
from countersign.cli.words import words
from countersign.cli.writing import write_new
from countersign.settlement.stop_bodies import ASSET, BOOK, CONTRACT, PARTICIPANT, Scope

if TYPE_CHECKING:
    from countersign.desk.deed_views import OrderView
    from countersign.desk.order import Order

SCHEMA = "countersign-freezes/1"
PAPER_LIMIT = 16 << 20

NumberArgument = Annotated[str, typer.Argument(metavar="ORDER", help="The order's number, as the court writes it.")]
PaperOption = Annotated[Path, typer.Option("--paper", help="The order's document: its SHA-256 is what is logged.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, in a sentence.")]
DraftOption = Annotated[Path, typer.Option("--out", help="Write the draft here, for two officers to sign.")]
ParticipantOption = Annotated[
    str | None, typer.Option("--participant", metavar="LEI", help="Everything of an institution.")
]
BookOption = Annotated[str | None, typer.Option("--book", metavar="LEI/BOOK", help="One of its books.")]
AssetOption = Annotated[str | None, typer.Option("--asset", metavar="CAIP-19", help="Everything that moves an asset.")]
ContractOption = Annotated[
    str | None, typer.Option("--contract", metavar="ID", help="One contract: its id or its hash.")
]


def freeze_app(orders: Orders) -> typer.Typer:
    """The commands, over what a history says."""
    app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)

    def listed(profile: RestOption, as_json: JsonOption = False) -> None:
        """Every order that stops something, or did, and how many settlements it stops now."""
        shown(as_json, lambda: _listed(orders(profile, passphrase), as_json))

    def order(
        number: NumberArgument,
        profile: RestOption,
        paper: PaperOption,
        reason: ReasonOption,
        out: DraftOption,
        participant: ParticipantOption = None,
        book: BookOption = None,
        asset: AssetOption = None,
        contract: ContractOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Draft an order that stops an institution, a book, an asset or a contract."""
        scope = scope_of(participant, book, asset, contract)
        _drafted(orders, profile, out, as_json,
                 lambda desk: desk.propose_freeze(number, scope, _paper(paper), reason),
                 (number, participant, book, asset, contract))  # fmt: skip

    def lift(
        number: NumberArgument,
        profile: RestOption,
        paper: PaperOption,
        reason: ReasonOption,
        out: DraftOption,
        as_json: JsonOption = False,
    ) -> None:
        """Draft the end of an order; other orders stand."""
        _drafted(orders, profile, out, as_json, lambda desk: desk.propose_lift(number, _paper(paper), reason))

    app.command("list")(listed)
    app.command("order")(order)
    app.command("lift")(lift)
    return app


def _paper(path: Path) -> bytes:
    return reading.read_file(path, PAPER_LIMIT)


def scope_of(participant: str | None, book: str | None, asset: str | None, contract: str | None) -> Scope:
    """The one thing that was named. typer.BadParameter for none, for several, and for a book without its LEI."""
    given = [each for each in (participant, book, asset, contract) if each]
    if len(given) != 1:
        raise typer.BadParameter("give one of --participant, --book, --asset and --contract")
    if participant:
        return Scope(PARTICIPANT, participant)
    if book:
        lei, slash, name = book.partition("/")
        if not slash or not name:
            raise typer.BadParameter("--book wants LEI/BOOK")
        return Scope(BOOK, lei, name)
    return Scope(ASSET, asset=asset) if asset else Scope(CONTRACT, contract=contract)


def _drafted(
    orders: Orders,
    profile: Path,
    out: Path,
    as_json: bool,
    draft: Callable[[Order], bytes],
    typed: Iterable[str | None] = (),
) -> None:
    def work() -> int:
        desk = orders(profile, passphrase)
        data = draft(desk)
        write_new(out, data)
        return said_proposal(desk.look(data), as_json)

    shown(as_json, work, typed)


def _listed(desk: Order, as_json: bool) -> int:
    found = desk.freezes()
    if as_json:
        findings.show_value({"schema": SCHEMA, "orders": [_value(each) for each in found]})
    else:
        findings.show([line for each in found for line in _lines(each)] or [words("No order was ever given.")])
    return 0


def _lines(view: OrderView) -> list[str]:
    state = words("stands since entry {index}; stops {count} settlements", index=view.index, count=view.contracts)
    if view.lifted is not None:
        state = words("given at entry {index}, lifted at entry {lifted}", index=view.index, lifted=view.lifted)
    return [
        words_of(view.scope),
        f"  {state}",
        words("  ordered by {people}: {reason}", people=", ".join(view.officers), reason=view.reason),
        words("  paper {document}", document=view.document),
    ]


def _value(view: OrderView) -> dict[str, object]:
    return {
        "order": view.order,
        "words": words_of(view.scope),
        "reason": view.reason,
        "document": view.document,
        "officers": list(view.officers),
        "index": view.index,
        "stops": view.contracts,
        "lifted": view.lifted,
    }
