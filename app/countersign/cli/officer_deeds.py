"""What takes two officers, at a terminal: stop by order, award, consent to a fee, attest; and reconcile, recorded.

- A freeze, an award, a consent become proposals at the desk (`approve`); an attestation is a half that the other officer joins.
- An extended key signs on its officer's own device: the .psbt file goes out and comes back here.
- A paper (an order's document, a ruling) is kept at the desk under its SHA-256.
"""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from countersign.cli import findings, reading
from countersign.cli.fee_rate import RateOption, rate_of
from countersign.cli.freeze import (
    PAPER_LIMIT,
    AssetOption,
    BookOption,
    ContractOption,
    NumberArgument,
    PaperOption,
    ParticipantOption,
    ReasonOption,
    scope_of,
)
from countersign.cli.governance_lines import change_lines, proposal_lines
from countersign.cli.options import PsbtOption, VersionOption
from countersign.cli.reconcile import report_lines
from countersign.cli.seated import INSTRUCTION, contract_of, instruction_of, propose, proposing, reviewed
from countersign.cli.words import words
from countersign.cli.writing import write_new
from countersign.desk.console import OfficerConsole
from countersign.desk.governance_views import ProposalView
from countersign.desk.trade_file import MOST_BYTES

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="A contract's id, or its hash.")]
TermsArgument = Annotated[
    Path, typer.Argument(metavar="TERMS", help="The award's terms, signed by nobody or by the first.")
]
RulingOption = Annotated[Path, typer.Option("--ruling", help="The ruling's document.")]
HalfOption = Annotated[Path, typer.Option("--out", help="Write your half here, for the other officer.")]
HalfArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The other officer's half.")]
InstructionArgument = Annotated[str, typer.Argument(metavar="INSTRUCTION", help=INSTRUCTION)]
SignedArgument = Annotated[Path, typer.Argument(metavar="FILE", help="What the device gave back, a .psbt file.")]
TradesOption = Annotated[
    Path | None, typer.Option("--trades", help="A participant's trade file (CSV); without it the chains are compared.")
]


def freeze(
    context: typer.Context,
    number: NumberArgument,
    paper: PaperOption,
    reason: ReasonOption,
    participant: ParticipantOption = None,
    book: BookOption = None,
    asset: AssetOption = None,
    contract: ContractOption = None,
) -> None:
    """Propose that an order stops an institution, a book, an asset or a contract."""
    found = scope_of(participant, book, asset, contract)

    async def verb(console: OfficerConsole) -> ProposalView:
        named = found if found.contract is None else replace(found, contract=contract_of(console, found.contract))
        return await console.deeds.freeze(number, named, reading.read_file(paper, PAPER_LIMIT), reason)

    propose(context, verb)


def lift(context: typer.Context, number: NumberArgument, paper: PaperOption, reason: ReasonOption) -> None:
    """Propose that an order stops nothing any more."""
    propose(context, lambda console: console.deeds.lift(number, reading.read_file(paper, PAPER_LIMIT), reason))


def consent(context: typer.Context, id: IdArgument, rate: RateOption = None) -> None:
    """Propose the Bitcoin instructions of a contract's cycle at a fee that wants two officers."""

    async def verb(console: OfficerConsole, contract: str) -> tuple[ProposalView, ...]:
        return await console.deeds.consent(contract, await rate_of(console, contract, rate))

    reviewed(context, id, proposing(verb))


def award(context: typer.Context, terms: TermsArgument, ruling: RulingOption, out: HalfOption) -> None:
    """Sign an award's terms; where the other officer has signed them, propose the award."""

    async def work(console: OfficerConsole) -> None:
        paper = await console.read_award(terms, ruling)
        findings.warn([*change_lines(paper.changes)])
        await context.obj.unlock(console)
        made = await console.award(paper)
        if isinstance(made, bytes):
            write_new(out, made)
            findings.show([words("Written: {path}", path=str(out))])
        else:
            findings.show(proposal_lines(made))

    context.obj.do(work)


def attest(context: typer.Context, instruction: InstructionArgument, out: HalfOption) -> None:
    """Your half of an attestation for a QR crossing: nothing that your console replayed revokes the settlement."""

    async def work(console: OfficerConsole) -> None:
        named = instruction_of(console, instruction)
        await context.obj.unlock(console)
        write_new(out, await console.attest(named))
        findings.show([words("Written: {path}", path=str(out))])

    context.obj.do(work)


def join(context: typer.Context, half: HalfArgument) -> None:
    """Join another officer's half of an attestation where your console finds the same; it is logged."""

    async def work(console: OfficerConsole) -> None:
        await context.obj.unlock(console)
        await console.join_attestation(half)

    context.obj.do(work)


def reconcile(context: typer.Context, trades: TradesOption = None) -> None:
    """Compare the ledger with the chains, or the log with a participant's trade file; show every break, then record it."""

    async def work(console: OfficerConsole) -> None:
        data = None if trades is None else reading.read_file(trades, MOST_BYTES + 1)
        view = await console.operations.reconcile(data)
        findings.warn([*report_lines(view.report, console.replica.state.roster)])
        await context.obj.unlock(console)
        await console.operations.record(view)

    context.obj.do(work)


def device_export(
    context: typer.Context, instruction: InstructionArgument, out: PsbtOption, psbt_version: VersionOption = 0
) -> None:
    """The unsigned transaction as a .psbt file for your own signing device: checked and journalled before it is written."""

    async def work(console: OfficerConsole) -> None:
        named = instruction_of(console, instruction)
        await context.obj.unlock(console)
        write_new(out, await console.device_export(named, psbt_version))
        findings.show([words("Written: {path}", path=str(out))])

    context.obj.do(work, logs=False)


def device_import(context: typer.Context, instruction: InstructionArgument, file: SignedArgument) -> None:
    """Take back what your device signed: your signatures are verified, journalled and given to the desk."""

    async def work(console: OfficerConsole) -> None:
        named, signed = instruction_of(console, instruction), reading.read_file(file)
        await context.obj.unlock(console)
        await console.device_import(named, signed)

    context.obj.do(work)


VERBS = (freeze, lift, consent, award, attest, join, reconcile, device_export, device_import)
"""Each under its own name, with hyphens."""
