"""`countersign ledger` and `statement`: the custody books, for people and for programs. Nothing is changed.

    $ countersign ledger --profile profile
    $ countersign statement --account 9845MERDINDEMO000088/main/bip122:…/slip44:0 --from 2026-11-01 --profile profile

- Exit 0; 1 where the books do not add up or an account is refused; 2 and 3 as everywhere. docs/formats/books-json.md.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Protocol

import typer

from countersign.cli import findings, outcome
from countersign.cli.options import Ask, JsonOption, RestOption, passphrase
from countersign.cli.words import words
from countersign.desk import debts
from countersign.desk import statement_forms as forms
from countersign.desk.accounts import Line, OpenBreak, Overview
from countersign.desk.debts import OPENED, Debt, DebtLine
from countersign.desk.statement import Movement, Statement
from countersign.errors import CountersignError
from countersign.formats import ids, times
from countersign.resources.debt_words import NO_UNIT, because
from countersign.settlement.assets import Asset
from countersign.settlement.house_records import Reconciled
from countersign.settlement.ledger import Balance

LEDGER = "countersign-ledger/2"
AccountOption = Annotated[
    str,
    typer.Option("--account", metavar="LEI/BOOK/ASSET", help="The asset by its id or symbol."),
]
FromOption = Annotated[str | None, typer.Option("--from", metavar="YYYY-MM-DD", help="The first day, UTC.")]
UntilOption = Annotated[str | None, typer.Option("--until", metavar="YYYY-MM-DD", help="The last day, UTC.")]
CsvOption = Annotated[bool, typer.Option("--csv", help="Print CSV.")]


class Books(Protocol):
    """The use cases; each takes a profile's folder and how to ask for its passphrase."""

    def ledger(self, profile: Path, ask: Ask) -> Overview: ...

    def statement(self, profile: Path, account: str, first: str | None, last: str | None, ask: Ask) -> Statement: ...


def ledger_command(books: Books) -> Callable[..., None]:
    """`countersign ledger`."""

    def ledger(profile: RestOption, as_json: JsonOption = False) -> None:
        try:
            found = books.ledger(profile, passphrase)
        except CountersignError as error:
            raise typer.Exit(outcome.tell(error, as_json=as_json)) from None
        if as_json:
            findings.show_value(ledger_value(found))
        else:
            findings.show(list(ledger_lines(found)))
        raise typer.Exit(0 if found.balanced else outcome.REFUSED)

    return ledger


def statement_command(books: Books) -> Callable[..., None]:
    """`countersign statement`."""

    def statement(
        account: AccountOption,
        profile: RestOption,
        first: FromOption = None,
        until: UntilOption = None,
        as_csv: CsvOption = False,
        as_json: JsonOption = False,
    ) -> None:
        if as_csv and as_json:
            raise typer.BadParameter("give either --csv or --json")
        try:
            found = books.statement(profile, account, first, until, passphrase)
        except CountersignError as error:
            raise typer.Exit(outcome.tell(error, as_json=as_json, typed=(account, first, until))) from None
        if as_json:
            findings.show_value(forms.value(found))
        elif as_csv:
            typer.echo(forms.as_csv(found).decode(), nl=False)
        else:
            findings.show(list(statement_lines(found)))

    return statement


def ledger_value(found: Overview) -> dict[str, object]:
    """The ledger as a program reads it."""
    return {
        "schema": LEDGER,
        "desk": found.desk,
        "custodian": {"lei": found.custodian.lei, "name": found.custodian.name},
        "size": found.size,
        "at": times.text(found.time_ms // 1_000),
        "balanced": found.balanced,
        "accounts": [
            {
                "lei": each.account.lei,
                "owner": each.owner,
                "book": each.account.book,
                "asset": each.account.asset,
                "balance": forms.balance_value(each.balance),
                "unconfirmed": ids.amount_text(each.unconfirmed),
            }
            for each in found.accounts
        ],
        "assets": [
            {
                "asset": each.asset,
                "symbol": each.total.symbol,
                "decimals": each.total.decimals,
                "total": ids.amount_text(each.total.units),
                "credits": ids.amount_text(each.totals.credits),
                "withdrawals": ids.amount_text(each.totals.withdrawals),
                "network_fees": ids.amount_text(each.totals.network_fees),
                "balanced": each.balanced,
            }
            for each in found.assets
        ],
        "breaks": [{**debts.value(each.debt), "at": times.text(each.time_ms // 1_000)} for each in found.breaks],
        "reconciled": _reconciled(found.reconciled),
    }


def _reconciled(last: Reconciled | None) -> dict[str, object] | None:
    if last is None:
        return None
    return {
        "as_of": last.as_of,
        "report": last.report,
        "accounts": last.accounts,
        "breaks": last.breaks,
        "index": last.index,
    }


def ledger_lines(found: Overview) -> Iterator[str]:
    """The ledger for a person, asset by asset."""
    at = times.text(found.time_ms // 1_000)
    yield words("Ledger of {desk} at {size} entries, {at}", desk=found.desk, size=found.size, at=at)
    for sums in found.assets:
        unit = Asset(sums.asset, sums.total.symbol, sums.total.decimals)
        yield ""
        yield words("{symbol}  {asset}", symbol=unit.symbol, asset=unit.id)
        for each in (one for one in found.accounts if one.account.asset == sums.asset):
            yield from _account_lines(unit, each, found.owed_by(each.account))
        crossed = sums.totals
        yield words(
            "  Credits {credits} - withdrawals {out} - network fees {fees} = {inside}; all accounts {total}: {word}",
            credits=unit.digits(crossed.credits),
            out=unit.digits(crossed.withdrawals),
            fees=unit.digits(crossed.network_fees),
            inside=unit.digits(crossed.inside) if crossed.inside >= 0 else str(crossed.inside),
            total=unit.digits(sums.total.units),
            word=words("balanced") if sums.balanced else words("NOT BALANCED"),
        )
    yield ""
    last = found.reconciled
    if last is None:
        yield words("Never reconciled.")
    else:
        values = {"index": last.index, "as_of": last.as_of, "breaks": last.breaks, "report": last.report}
        yield words(
            "Last reconciled by entry {index} as of {as_of} entries, breaks: {breaks}; report {report}", **values
        )


def _account_lines(unit: Asset, each: Line, breaks: Sequence[OpenBreak]) -> Iterator[str]:
    yield words("  {owner}, {book} ({lei})", owner=each.owner, book=each.account.book, lei=each.account.lei)
    yield f"    {_pockets(unit, each.balance)}"
    if each.unconfirmed:
        yield words("    of it not yet confirmed: {units}", units=unit.digits(each.unconfirmed))
    for one in breaks:
        since = times.text(one.time_ms // 1_000)
        yield words("    open break, since entry {index} of {since}: owes {debt}", index=one.debt.index, since=since,
                    debt=_debt(unit, one.debt))  # fmt: skip
        yield f"      {_about(one.debt)}"
    if breaks:
        yield f"    {words(NO_UNIT)}"


def _debt(unit: Asset, debt: Debt) -> str:
    """How much to whom."""
    return words(
        "{amount} to {owner}, {book}", amount=unit.display(debt.units), owner=debt.owner, book=debt.creditor.book
    )


def _about(debt: Debt) -> str:
    """Why, and in which cycle."""
    reason, contracts = because(debt.cause, debt.chain), ", ".join(debt.contracts)
    return words("{reason}; cycle {cycle}, contracts {contracts}", reason=reason, cycle=debt.cycle, contracts=contracts)


def _pockets(unit: Asset, balance: Balance) -> str:
    """The total, and each pocket that is not empty beside available."""
    beside = [("held", balance.held), ("frozen", balance.frozen), ("lent", balance.lent)]
    parts = [f"{words('available')} {unit.digits(balance.available)}"]
    parts += [f"{words(name)} {unit.digits(units)}" for name, units in beside if units]
    return f"{unit.display(balance.total)}: {', '.join(parts)}"


def statement_lines(found: Statement) -> Iterator[str]:
    """The statement for a person."""
    account, unit = found.account, found.unit
    yield words("{owner}, {book} ({lei})", owner=found.owner, book=account.book, lei=account.lei)
    yield words("{symbol}  {asset}", symbol=unit.symbol, asset=account.asset)
    last = times.date_text(found.span.last)
    first = times.date_text(found.span.first) if found.span.first else words("the beginning")
    yield words("From {first} to {last}, log of {size} entries", first=first, last=last, size=found.size)
    yield ""
    yield words("Opening balance  {pockets}", pockets=_pockets(unit, found.opening))
    told = found.owes
    if told:
        yield words("  owed by then: {amount}", amount=unit.display(found.owed_before))
    for each in found.lines:
        yield from _break_lines(unit, each) if isinstance(each, DebtLine) else _movement_lines(unit, each)
    yield words("Closing balance  {pockets}", pockets=_pockets(unit, found.closing))
    if told:
        yield words("  owed by then: {amount}", amount=unit.display(found.owed))
        yield words(NO_UNIT)


def _break_lines(unit: Asset, each: DebtLine) -> Iterator[str]:
    at, debt = times.text(each.time_ms // 1_000), _debt(unit, each.debt)
    if each.change == OPENED:
        yield words("{at}  entry {index}  break opened: owes {debt}", at=at, index=each.index, debt=debt)
    else:
        yield words("{at}  entry {index}  break closed: owes no more {debt}, which it did since entry {since}", at=at,
                    index=each.index, debt=debt, since=each.debt.index)  # fmt: skip
    yield f"    {_about(each.debt)}"
    yield words("    then owed {owed}; the balance did not move", owed=unit.display(each.owed))


def _movement_lines(unit: Asset, each: Movement) -> Iterator[str]:
    at = times.text(each.time_ms // 1_000)
    source = each.source or (words("from {other}", other=each.other) if each.other else words("outside"))
    way = words("{source} to {target}", source=source, target=each.target or each.other or words("outside"))
    amount = unit.display(each.units)
    yield words("{at}  entry {index}  {cause}: {amount}, {way}", at=at, index=each.index, cause=each.cause,
                amount=amount, way=way)  # fmt: skip
    about = [words("contract {id}", id=each.contract_id)] if each.contract_id else []
    about += [words("settlement {id}", id=each.settlement)] if each.settlement else []
    about += [words("other side {account}", account=each.counterparty)] if each.counterparty else []
    if about:
        yield f"    {', '.join(about)}"
    yield words("    then {pockets}", pockets=_pockets(unit, each.after))
