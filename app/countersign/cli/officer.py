"""`countersign officer …`: an officer's work at a workstation's desk, at a terminal: the verbs of the window.

    $ countersign officer --desk northgate --profile ada --token ada --softhsm ada-token sign MH-2026-0001
    $ countersign officer --desk northgate --profile olive --token olive --softhsm olive-token prepare MH-2026-0001 --rate 5

- What is signed is shown before the PIN is asked for: the settlement with every check, the statements of a proposal, what
  the nodes see, the items of a batch. The PIN is the consent; what a check or a rule refuses is not signed, and no PIN helps.
  Where nothing can be signed no PIN is asked for.
- After it every entry that came into the log meanwhile is told, also where the rest was refused. What takes two officers
  becomes a proposal at the desk: `approve` it from the other officer's seat.
- Exit 0 when done; 1 if a check, a rule or a token refuses; 2 if a file does not parse; 3 if something needed is absent.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer

from countersign.cli import findings, importing, reading, round_lines
from countersign.cli.commands import Verbs
from countersign.cli.fee_rate import RateOption, rate_of
from countersign.cli.governance_lines import proposal_lines
from countersign.cli.importing import item_lines
from countersign.cli.leg_lines import tell_legs, telling_legs
from countersign.cli.officer_deeds import VERBS
from countersign.cli.owners import VERBS as OWNERS
from countersign.cli.relayer import raise_fee, relayer, send
from countersign.cli.resting import PassphraseOption
from countersign.cli.review_lines import review_lines
from countersign.cli.round_lines import tell_taken, wait_lines
from countersign.cli.seat import (
    DeskOption,
    DeskPassphraseOption,
    DeskPinOption,
    NodesOption,
    RelayerPinOption,
    Seat,
    TokenChoice,
    TokenOption,
    desk_secrets,
    own_secrets,
)
from countersign.cli.seated import INSTRUCTION, Seated, contract_of, instruction_of, proposing, reviewed
from countersign.cli.stations import Stations
from countersign.cli.token import ModuleOption, PinFileOption, SerialOption, SoftHsmOption
from countersign.cli.words import display, words
from countersign.desk import enrolment
from countersign.desk.console import OfficerConsole
from countersign.desk.crossing import REQUEST
from countersign.desk.governance_views import ProposalView
from countersign.desk.waiting import Wait
from countersign.errors import Refused
from countersign.settlement.permissions import Signer

ProfileOption = Annotated[Path, typer.Option("--profile", help="Your profile, enrolled with this desk.")]
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="A contract's id, or its hash.")]
InstructionArgument = Annotated[str, typer.Argument(metavar="INSTRUCTION", help=INSTRUCTION)]
ProposalArgument = Annotated[str, typer.Argument(metavar="PROPOSAL", help="A proposal's id, or its first digits.")]
PathsArgument = Annotated[list[Path], typer.Argument(metavar="PATH…", help="Folders, files, files of lines.")]
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="A .proposal file.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, in a sentence; it is logged.")]
CheckerOption = Annotated[str, typer.Option("--checker", help="The officer (id) who signs second.")]
VaultArgument = Annotated[str, typer.Argument(metavar="VAULT", help="A Safe's id in the roster.")]
AssetArgument = Annotated[str, typer.Argument(metavar="ASSET", help="The asset's symbol or its CAIP-19 id.")]
ReferenceArgument = Annotated[str, typer.Argument(metavar="REFERENCE", help="0x<transaction>:<log>, counted from 0.")]
OfficerArgument = Annotated[str, typer.Argument(metavar="OFFICER", help="The vault operator's id.")]
HistoryArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The enrolment history that was handed over.")]
FolderOption = Annotated[Path, typer.Option("--to", help="The removable drive's folder.")]
SHORTEST = 4
"""How many of a proposal's digits may stand for it."""


def officer_app(stations: Stations) -> typer.Typer:
    """The verbs, over the desks of this workstation."""
    app = typer.Typer(cls=Verbs, no_args_is_help=True, pretty_exceptions_enable=False)

    def seated(
        context: typer.Context,
        folder: DeskOption,
        profile: ProfileOption,
        token: TokenOption,
        module: ModuleOption = None,
        softhsm: SoftHsmOption = None,
        serial: SerialOption = None,
        nodes: NodesOption = None,
        passphrase: PassphraseOption = None,
        pin: PinFileOption = None,
        desk_passphrase: DeskPassphraseOption = None,
        desk_pin: DeskPinOption = None,
        relayer_pin: RelayerPinOption = None,
    ) -> None:
        choice = TokenChoice(token, serial, module, softhsm)
        seat = Seat(profile, choice, own_secrets(passphrase, pin, token), nodes)
        context.obj = Seated(stations, folder, desk_secrets(desk_passphrase, desk_pin, relayer_pin), seat)

    app.callback()(seated)
    for verb in (*VERBS, file, arrivals, credit, endorse, decline, prepare, sign, refuse, release, approve, proposals,
                 withdraw, take, send, raise_fee, observe, fail, void, replace, child, recall, relayer, waiting, remember, request,
                 answer):  # fmt: skip
        app.command(verb.__name__.replace("_", "-"))(verb)
    for name, of_owners in OWNERS.items():
        app.command(name)(of_owners)
    return app


def file(context: typer.Context, paths: PathsArgument) -> None:
    """File a batch: contracts and participants' events that are new, judged one after another as the log judges them."""

    async def work(console: OfficerConsole) -> int:
        shown = await console.operations.judge_batch(reading.read_batch(paths))
        findings.warn([*item_lines([each.item for each in shown.items]), *importing.exchange_lines(shown.items)])
        if not shown.new:
            return importing.status([each.item for each in shown.items])
        await context.obj.unlock(console)
        done = [each.item for each in (await console.operations.file_batch(shown, lambda *_: None)).items]
        findings.show(item_lines(done))
        return importing.status(done)

    context.obj.do(work)


def arrivals(context: typer.Context) -> None:
    """Log what your own nodes see and the log has not: deposits with their confirmations, what was sent; tell what waits."""

    async def work(console: OfficerConsole) -> int:
        shown = await console.operations.arrivals()
        if shown.ripe:
            findings.warn(wait_lines(shown.waits))
            await context.obj.unlock(console)
            shown = await console.operations.take_in(shown.ripe)
        tell_taken(shown)
        return round_lines.status(shown.not_done)

    context.obj.do(work)


def credit(context: typer.Context, vault: VaultArgument, asset: AssetArgument, reference: ReferenceArgument) -> None:
    """Credit one payment into a Safe that `arrivals` does not find: an old one, by its reference."""

    async def work(console: OfficerConsole) -> None:
        found = await console.operations.find_payment(vault, asset, reference)
        findings.warn(wait_lines([Wait(Signer.OPERATIONS, found.what)]))
        await context.obj.unlock(console)
        await console.operations.credit(vault, asset, reference)

    context.obj.do(work)


def endorse(context: typer.Context, id: IdArgument) -> None:
    """The custodian has no objection to a contract."""
    reviewed(context, id, lambda console, contract: console.endorse(contract))


def decline(context: typer.Context, id: IdArgument, reason: ReasonOption) -> None:
    """The custodian declines a contract."""
    reviewed(context, id, lambda console, contract: console.decline(contract, reason))


def prepare(context: typer.Context, id: IdArgument, rate: RateOption = None) -> None:
    """Prepare the instructions that a contract's closed cycle still lacks; show what they do."""

    async def act(console: OfficerConsole, contract: str) -> None:
        await console.operations.prepare(contract, await rate_of(console, contract, rate))
        findings.show(review_lines(await console.review(contract)))

    reviewed(context, id, act)


def sign(context: typer.Context, id: IdArgument) -> None:
    """Sign what of a settlement waits for your vault keys, once every check has passed."""

    async def work(console: OfficerConsole) -> None:
        contract = contract_of(console, id)
        view = await console.review(contract)
        findings.warn(review_lines(view))
        shown = {each.instruction: each for each in view.instructions}
        waiting = [each.instruction.instruction for each in await console.to_sign(contract)]
        if not waiting:
            raise Refused("cli.nothing-to-sign", id=id)
        await context.obj.unlock(console)
        for each in waiting:
            await console.sign(each, lambda *_: None, shown[each])

    context.obj.do(work)


def refuse(context: typer.Context, id: IdArgument, reason: ReasonOption) -> None:
    """Refuse a settlement, signed, with what the checks found."""

    async def work(console: OfficerConsole) -> None:
        contract = contract_of(console, id)
        view = await console.review(contract)
        findings.warn(review_lines(view))
        await context.obj.unlock(console)
        if not view.instructions:
            await console.refuse(contract, None, reason)
        for each in view.instructions:
            await console.refuse(contract, each.instruction, reason)

    context.obj.do(work)


def release(context: typer.Context, id: IdArgument, checker: CheckerOption) -> None:
    """Propose the release of a signed settlement, as its maker."""
    reviewed(context, id, proposing(lambda console, contract: console.deeds.release(contract, checker)))


def void(context: typer.Context, id: IdArgument, rate: RateOption = None) -> None:
    """Propose a void of what was signed: inputs back home, nonces consumed."""

    async def verb(console: OfficerConsole, contract: str) -> tuple[ProposalView, ...]:
        return await console.deeds.void(contract, await rate_of(console, contract, rate))

    reviewed(context, id, proposing(verb))


def replace(context: typer.Context, instruction: InstructionArgument, rate: RateOption = None) -> None:
    """Propose a Bitcoin instruction's replacement with a higher fee."""
    _dearer(context, instruction, rate, lambda console, named, chosen: console.deeds.replace(named, chosen))


def child(context: typer.Context, instruction: InstructionArgument, rate: RateOption = None) -> None:
    """Propose a child of a Bitcoin instruction that waits for a block: its change pays for both."""
    _dearer(context, instruction, rate, lambda console, named, chosen: console.deeds.child(named, chosen))


def _dearer(
    context: typer.Context,
    instruction: str,
    rate: int | None,
    deed: Callable[[OfficerConsole, str, int], Awaitable[ProposalView]],
) -> None:
    async def work(console: OfficerConsole) -> None:
        state, named = console.replica.state, instruction_of(console, instruction)
        settled = state.settles(state.instruction(named))
        if not settled:
            raise Refused("settlement.replacement-kind", instruction=named)
        contract = settled[0]
        findings.warn(review_lines(await console.review(contract)))
        await context.obj.unlock(console)
        chosen = await rate_of(console, contract, rate)
        await proposing(lambda console, _: deed(console, named, chosen))(console, contract)

    context.obj.do(work)


def approve(context: typer.Context, proposal: ProposalArgument) -> None:
    """Sign a proposal that waits at the desk, after its statements were shown; the last signature logs it."""

    async def work(console: OfficerConsole) -> None:
        view = _proposal(console, proposal)
        findings.warn(proposal_lines(view))
        if view.objection is not None:
            raise view.objection
        if view.logged:
            raise Refused("desk.proposal-logged", id=view.id)
        hand = console.hand.officer
        if not view.yours and console.replica.state.roster.officer(hand).name not in view.signed:
            raise Refused("desk.proposal-not-yours", type=view.kind, officer=hand)
        await context.obj.unlock(console)
        signed = await console.governance.sign(view.id)
        findings.show([words("Signed by {count} of {wanted}: {people}", count=len(signed.signed), wanted=signed.wanted,
                             people=", ".join(signed.signed))])  # fmt: skip
        if signed.complete:
            await console.governance.append(view.id)

    context.obj.do(work)


def proposals(context: typer.Context) -> None:
    """Every proposal that waits at the desk."""

    async def work(console: OfficerConsole) -> None:
        found = console.governance.proposals()
        findings.show([line for each in found for line in ("", *proposal_lines(each))] or [words("No proposal waits.")])

    context.obj.do(work, logs=False)


def withdraw(context: typer.Context, proposal: ProposalArgument) -> None:
    """Forget a proposal at this desk for good. Signatures that were handed on stay good until it is stale."""

    async def work(console: OfficerConsole) -> None:
        view = _proposal(console, proposal)
        console.governance.withdraw(view.id)
        findings.show([words("Withdrawn: {id}", id=view.id)])

    context.obj.do(work, logs=False)


def take(context: typer.Context, file: FileArgument) -> None:
    """Take in a .proposal file, or a drafted change of roster or policy; it is signed with `approve`."""

    async def work(console: OfficerConsole) -> None:
        findings.show(proposal_lines(await console.take_change(file)))

    context.obj.do(work, logs=False)


def observe(context: typer.Context, id: IdArgument) -> None:
    """Log what your own nodes say of a released settlement."""
    reviewed(context, id, telling_legs(lambda console, contract: console.operations.observe(contract)))


def fail(context: typer.Context, id: IdArgument, instruction: InstructionArgument, reason: ReasonOption) -> None:
    """Record that a leg failed though another was delivered."""

    async def act(console: OfficerConsole, contract: str) -> None:
        named = instruction_of(console, instruction)
        tell_legs(await console.operations.record_failure(contract, named, reason))

    reviewed(context, id, act)


def recall(
    context: typer.Context,
    loan: Annotated[str, typer.Argument(metavar="LOAN", help="The loan's id.")],
    reason: ReasonOption,
) -> None:
    """End a loan: what is out comes home."""

    async def work(console: OfficerConsole) -> None:
        found = next((each for each in console.operations.loans() if each.id == loan), None)
        if found is None:
            raise Refused("settlement.unknown-loan", loan=loan)
        findings.warn([words("Loan {id} of {lei}, book {book}: {out} out, {owed} owed for it", id=found.id, lei=found.lei,
                             book=found.book, out=display(found.out), owed=display(found.owed))])  # fmt: skip
        if found.objection is not None:
            raise found.objection
        await context.obj.unlock(console)
        await console.operations.recall(loan, reason)

    context.obj.do(work)


def request(context: typer.Context, instruction: InstructionArgument, folder: FolderOption) -> None:
    """Write the request of an instruction to its cold vault onto a removable drive."""

    async def work(console: OfficerConsole) -> None:
        named = instruction_of(console, instruction)
        await context.obj.unlock(console)
        written = await console.request_to_usb(named, folder)
        findings.show([words("Written: {path}", path=str(written))])

    context.obj.do(work)


def waiting(context: typer.Context) -> None:
    """What waits to be carried to a vault, and what was carried and is not answered."""

    async def work(console: OfficerConsole) -> None:
        for each in await console.carry_requests():
            way = "" if each.phase == REQUEST else words(", by {channel}", channel=each.channel)
            findings.show([words("To {name} ({phase}) for {id}{way}", name=each.recipient_name, phase=each.phase,
                                 id=each.contract_id, way=way),
                           words("Instruction {hash}", hash=each.instruction)])  # fmt: skip

    context.obj.do(work, logs=False)


def remember(context: typer.Context, officer: OfficerArgument, history: HistoryArgument) -> None:
    """Keep with what a vault operator's machine was enrolled: requests to it begin there."""

    async def work(console: OfficerConsole) -> None:
        enrolment.remember(console, officer, reading.read_file(history, enrolment.LIMIT))
        findings.show([words("Requests to {officer} begin there.", officer=officer)])

    context.obj.do(work, logs=False)


def answer(context: typer.Context, file: FileArgument) -> None:
    """Take in the cold vault's answer from a removable drive."""

    async def work(console: OfficerConsole) -> None:
        await context.obj.unlock(console)
        await console.take_from_usb(file)

    context.obj.do(work)


def _proposal(console: OfficerConsole, text: str) -> ProposalView:
    """The one proposal of this id, or whose id begins so. Refused("desk.proposal-unknown", "cli.proposal-ambiguous")."""
    found = [each for each in console.governance.proposals() if each.id.startswith(text)]
    if not found or len(text) < SHORTEST:
        raise Refused("desk.proposal-unknown", id=text)
    if len(found) > 1:
        raise Refused("cli.proposal-ambiguous", id=text, count=len(found))
    return found[0]
