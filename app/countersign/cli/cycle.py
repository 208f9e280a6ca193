"""`countersign cycle [ID]`: what a cycle settles, its conservation proof, what netting saved, who was short, what blocks.

    $ countersign cycle --profile profile
    $ countersign cycle cycle-2026-11-22-1600-1 --profile profile --json

- Without an id: every cycle in a line, and what the next cut-off would close, who has to bring what until when.
- Exit 0; 1 where a proof does not hold or no cycle has that id; 2 and 3 as everywhere. docs/formats/books-json.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol

import typer

from countersign.cli import findings, outcome
from countersign.cli.options import Ask, JsonOption, RestOption, passphrase
from countersign.cli.words import display, words
from countersign.errors import CountersignError
from countersign.formats import ids, times

if TYPE_CHECKING:
    from countersign.desk.cycle_plan import Block, Planned
    from countersign.desk.cycle_report import CycleReport, Cycles, Member, Upcoming
    from countersign.settlement.proof import Dollars, Proof

CYCLE, CYCLES = "countersign-cycle/1", "countersign-cycles/1"
CycleArgument = Annotated[str | None, typer.Argument(metavar="[ID]", help="A cycle's id; without one, all of them.")]


class CyclesOf(Protocol):
    """The use cases; each takes a profile's folder and how to ask for its passphrase."""

    def one(self, profile: Path, cycle: str, ask: Ask) -> CycleReport: ...

    def every(self, profile: Path, ask: Ask) -> Cycles: ...


def cycle_command(cycles: CyclesOf) -> Callable[..., None]:
    """The command over its use cases."""

    def command(profile: RestOption, cycle: CycleArgument = None, as_json: JsonOption = False) -> None:
        try:
            if cycle is None:
                found = cycles.every(profile, passphrase)
                value, lines = cycles_value(found), list(cycles_lines(found))
                holds = all(each.proof.holds for each in found.cycles)
            else:
                report = cycles.one(profile, cycle, passphrase)
                value, lines = cycle_value(report), list(cycle_lines(report))
                holds = report.proof.holds
        except CountersignError as error:
            raise typer.Exit(outcome.tell(error, as_json=as_json)) from None
        if as_json:
            findings.show_value(value)
        else:
            findings.show(lines)
        raise typer.Exit(0 if holds else outcome.REFUSED)

    return command


def cycle_value(report: CycleReport) -> dict[str, object]:
    """A cycle as a program reads it."""
    return {"schema": CYCLE, **_cycle(report)}


def cycles_value(found: Cycles) -> dict[str, object]:
    """Every cycle, and what comes, as a program reads it."""
    return {
        "schema": CYCLES,
        "size": found.size,
        "cycles": [_cycle(each) for each in found.cycles],
        "upcoming": _upcoming_value(found.upcoming),
    }


def _cycle(report: CycleReport) -> dict[str, object]:
    return {
        "id": report.id,
        "state": report.state,
        "netting": report.netting,
        "cut_off": times.text(report.cut_off),
        "index": report.index,
        "contracts": [_member(each) for each in report.contracts],
        "obligations": [
            {
                "from": each.payer,
                "to": each.receiver,
                "vault": each.vault,
                "destination": each.destination,
                "asset": each.amount.asset,
                "amount": ids.amount_text(each.amount.units),
            }
            for each in report.owed
        ],
        **_proven(report.proof, report.worth),
        "short": [
            {
                "contract": _member(each.contract),
                "owner": each.owner,
                "book": each.book,
                "asset": each.amount.asset,
                "missing": ids.amount_text(each.amount.units),
            }
            for each in report.short
        ],
        "instructions": [
            {
                "chain": each.chain,
                "vaults": list(each.vaults),
                "instruction": each.instruction,
                "missing": each.missing,
                "transaction": each.transaction or None,
            }
            for each in report.sent
        ],
        "blocks": [_block(each) for each in report.blocks],
    }


def _member(each: Member) -> dict[str, object]:
    return {"contract": each.contract, "id": each.id, "state": each.state}


def _block(each: Block) -> dict[str, object]:
    return {
        "vault": each.vault,
        "instruction": each.instruction,
        "cycle": each.cycle,
        "contracts": list(each.contracts),
        "index": each.index,
        "since": times.text(each.since_ms // 1_000),
    }


def _proven(proof: Proof, worth: Dollars) -> dict[str, object]:
    """The proof and what netting saved."""
    return {
        "proof": {
            "holds": proof.holds,
            "positions": [
                {
                    "asset": each.asset,
                    "lei": each.book.lei,
                    "book": each.book.book,
                    "gross_in": ids.amount_text(each.gross_in),
                    "gross_out": ids.amount_text(each.gross_out),
                    "net_in": ids.amount_text(each.net_in),
                    "net_out": ids.amount_text(each.net_out),
                    "conserved": each.conserved,
                }
                for each in proof.positions
            ],
        },
        "saved": {
            "transactions": {"gross": proof.transactions_gross, "net": proof.transactions_net},
            "usd": {
                "gross": ids.amount_text(worth.gross),
                "net": ids.amount_text(worth.net),
                "unpriced": list(worth.unpriced),
            },
            "assets": [
                {
                    "asset": each.asset,
                    "gross": ids.amount_text(each.gross),
                    "net": ids.amount_text(each.net),
                    "payments": {"gross": each.gross_payments, "net": each.net_payments},
                }
                for each in proof.assets
            ],
        },
    }


def _upcoming_value(found: Upcoming) -> dict[str, object]:
    preview = found.preview
    return {
        "cut_off": times.text(preview.gathered.cut_off),
        "top_up_until": times.text(preview.top_up_until),
        "ready": [_member(each) for each in found.ready],
        "short": sorted({each.contract for each in preview.gathered.short}),
        "lacking": [
            {"owner": name, "book": book, "asset": each.asset, "missing": ids.amount_text(each.units)}
            for name, book, each in found.lacking
        ],
        "recalls": list(preview.gathered.recalls),
        "aside": [{**_member(each), "reason": reason} for each, reason in found.aside],
        "cycles": [_planned(each) for each in preview.cycles],
        "blocks": [_block(each) for each in preview.blocks],
    }


def _planned(each: Planned) -> dict[str, object]:
    return {
        "id": each.id,
        "netting": each.netting,
        "contracts": list(each.contracts),
        **_proven(each.proof, each.worth),
    }


def cycle_lines(report: CycleReport) -> Iterator[str]:
    """A cycle for a person."""
    at = times.text(report.cut_off)
    yield words("{id} ({mode}): {state}", id=report.id, mode=report.netting, state=report.state)
    yield words("Cut off {at}, closed by entry {index}, contracts: {count}", at=at, index=report.index,
                count=len(report.contracts))  # fmt: skip
    for each in report.contracts:
        yield words("  {id}: {state}", id=each.id, state=each.state)
    yield ""
    yield words("Owed after netting") if report.owed else words("Everything cancels out: nothing is owed on chain.")
    for owed in report.owed:
        values = {"payer": owed.payer, "receiver": owed.receiver, "amount": display(owed.amount)}
        yield words("  {payer} pays {amount} to {receiver}", **values)
        yield words("    from {vault}, to {place}", vault=owed.vault, place=owed.destination)
    yield ""
    yield from _proof_lines(report)
    yield from _short_lines(report)
    for sent in report.sent:
        values = {"chain": sent.chain, "vaults": ", ".join(sent.vaults)}
        stands = words("transaction {id}", id=sent.transaction) if sent.transaction else words(
            "signatures missing: {missing}", missing=sent.missing
        )  # fmt: skip
        yield words("Instruction on {chain} from {vaults}: {stands}", **values, stands=stands)
    yield from _block_lines(report.blocks)


def _proof_lines(report: CycleReport) -> Iterator[str]:
    proof, worth = report.proof, report.worth
    yield (
        words("Conservation: every position is what the contracts make it.")
        if proof.holds
        else words("CONSERVATION DOES NOT HOLD: some position is not what the contracts make it.")
    )
    for each in proof.positions:
        mark, unit = words("kept") if each.conserved else words("NOT KEPT"), report.units[each.asset]
        yield words(
            "  {name}, {book}, {symbol}: gross in {gin}, out {gout}; net in {nin}, out {nout}; {mark}",
            name=report.names[each.book.lei], book=each.book.book, symbol=unit.symbol,
            gin=unit.digits(each.gross_in), gout=unit.digits(each.gross_out), nin=unit.digits(each.net_in),
            nout=unit.digits(each.net_out), mark=mark,
        )  # fmt: skip
    yield words("Saved: transactions {net} instead of {gross}; {netted} USD move instead of {usd}",
                net=proof.transactions_net, gross=proof.transactions_gross, netted=f"{worth.net:,}",
                usd=f"{worth.gross:,}")  # fmt: skip
    for asset in worth.unpriced:
        yield words("  without a published price, not counted: {asset}", asset=asset)


def _short_lines(report: CycleReport) -> Iterator[str]:
    for each in report.short:
        values = {"id": each.contract.id, "owner": each.owner, "book": each.book, "amount": display(each.amount)}
        yield words("Left out {id}: {owner}, {book} lacked {amount}", **values)


def _block_lines(blocks: tuple[Block, ...]) -> Iterator[str]:
    for each in blocks:
        values = {"vault": each.vault, "cycle": each.cycle, "contracts": ", ".join(each.contracts)}
        since = times.text(each.since_ms // 1_000)
        yield words("Blocked: {vault} has an unexecuted instruction of {cycle} ({contracts}), since {since}",
                    **values, since=since)  # fmt: skip


def cycles_lines(found: Cycles) -> Iterator[str]:
    """Every cycle in a line, and what comes."""
    for each in found.cycles:
        yield words(
            "{id} ({mode}): {state}, contracts {count}, transactions {net} instead of {gross}",
            id=each.id, mode=each.netting, state=each.state, count=len(each.contracts),
            net=each.proof.transactions_net, gross=each.proof.transactions_gross,
        )  # fmt: skip
    if found.cycles:
        yield ""
    yield from _upcoming_lines(found.upcoming)


def _upcoming_lines(found: Upcoming) -> Iterator[str]:
    preview = found.preview
    yield words("Cut-off {at}: contracts ready {ready}, short {short}",
                at=times.text(preview.gathered.cut_off), ready=len(found.ready),
                short=len({each.contract for each in preview.gathered.short}))  # fmt: skip
    for name, book, amount in found.lacking:
        yield words("  {owner}, {book} lacks {amount}, to be topped up until {at}", owner=name, book=book,
                    amount=display(amount), at=times.text(preview.top_up_until))  # fmt: skip
    for loan in preview.gathered.recalls:
        yield words("  loan {loan} would be recalled", loan=loan)
    for each, reason in found.aside:
        yield words("  {id} is left aside: {reason}", id=each.id, reason=words(reason))
    for planned in preview.cycles:
        worth = planned.worth
        yield words(
            "  would close {id} ({mode}): contracts {count}, transactions {net} instead of {gross}, {netted} USD move "
            "instead of {usd}",
            id=planned.id, mode=planned.netting, count=len(planned.contracts), net=planned.proof.transactions_net,
            gross=planned.proof.transactions_gross, netted=f"{worth.net:,}", usd=f"{worth.gross:,}",
        )  # fmt: skip
    yield from _block_lines(preview.blocks)
