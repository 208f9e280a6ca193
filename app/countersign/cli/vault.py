"""`countersign vault open|sign`: the air-gapped machine of a vault operator.

    $ countersign vault open --profile cyrus.profile --token cyrus --module /usr/lib/opensc-pkcs11.so
    $ countersign vault sign /media/stick/request.countersign --to /media/stick --clock 2026-11-22T21:50:00Z --profile …

- The process gives up every network before it reads anything: an empty network namespace where the kernel allows it, and in
  any case no socket of the internet's families.
- The machine's profile was enrolled with the desk's history by `countersign enrol`, like every other.
- `sign` shows the request with every check before the PIN is asked for; what a check refuses is not signed. The same request
  again is answered from the record, without a new signature.
- `--clock` is what a second source says the time is, read off by the operator; more than five minutes apart, nothing is signed.
- Exit 0 when done; 1 if a check or the token refuses; 2 if a file does not parse; 3 if something needed is absent.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Protocol

import typer

from countersign.cli import findings, outcome
from countersign.cli.owner_lines import owner_lines
from countersign.cli.review_lines import instruction_lines, review_lines
from countersign.cli.seat import PassphraseOption, Seat, TokenChoice, TokenOption, own_secrets
from countersign.cli.token import ModuleOption, PinFileOption, SerialOption, SoftHsmOption
from countersign.cli.words import words
from countersign.desk.vault_console import Vault
from countersign.desk.views import VaultRequestView
from countersign.errors import CountersignError, Refused
from countersign.formats import times

CLOCKS_APART = 300
"""Seconds by which this machine's clock and the second source may differ: as much as an author's and the desk's."""
ProfileOption = Annotated[Path, typer.Option("--profile", help="This machine's profile, enrolled with the desk.")]
RequestArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The request, on the removable drive.")]
FolderOption = Annotated[Path, typer.Option("--to", help="The removable drive's folder, for the answer.")]
ClockOption = Annotated[
    str, typer.Option("--clock", metavar="TIME", help="The time by a second source: 2026-11-22T21:50:00Z.")
]


class Vaults(Protocol):
    """The console of a vault operator on this machine, behind its walls."""

    def now(self) -> int:
        """This machine's clock, unix seconds."""

    def at(self, seat: Seat, work: Callable[[Vault], Awaitable[None]]) -> None:
        """Work at the console."""

    def sit(self, seat: Seat) -> int:
        """Open the operator's window; the exit status."""


def vault_app(vaults: Vaults) -> typer.Typer:
    """The commands, over this machine's console."""
    app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)

    def open_window(
        profile: ProfileOption,
        token: TokenOption,
        module: ModuleOption = None,
        softhsm: SoftHsmOption = None,
        serial: SerialOption = None,
        passphrase: PassphraseOption = None,
    ) -> None:
        """Open the vault operator's window. The PIN is asked in the window."""
        seat = Seat(profile, TokenChoice(token, serial, module, softhsm), own_secrets(passphrase, None))
        try:
            status = vaults.sit(seat)
        except CountersignError as error:
            status = outcome.tell(error, as_json=False)
        raise typer.Exit(status)

    def sign(
        file: RequestArgument,
        folder: FolderOption,
        clock: ClockOption,
        profile: ProfileOption,
        token: TokenOption,
        module: ModuleOption = None,
        softhsm: SoftHsmOption = None,
        serial: SerialOption = None,
        passphrase: PassphraseOption = None,
        pin: PinFileOption = None,
    ) -> None:
        """Verify a request offline, show it, sign it, and write the answer."""
        seat = Seat(profile, TokenChoice(token, serial, module, softhsm), own_secrets(passphrase, pin))

        try:
            vaults.at(seat, lambda console: _signed(console, seat, file, folder, clock, vaults.now()))
        except CountersignError as error:
            raise typer.Exit(outcome.tell(error, as_json=False)) from None

    app.command("open")(open_window)
    app.command("sign")(sign)
    return app


async def _signed(console: Vault, seat: Seat, file: Path, folder: Path, clock: str, now: int) -> None:
    """Compare the clocks, take in the request, show it whole, sign it once the PIN was given, write the answer."""
    require_clock(times.parse(clock), now)
    await console.confirm_clock(True)
    view = await console.take_from_usb(file)
    asked = words("The words of this request: {words}", words=view.crossing.phrase)
    told = change_lines(view) if view.review is None else review_lines(view.review)
    findings.warn([*told, "", asked])
    if not view.answered:
        await console.unlock(seat.own.pin)
        view = await console.sign(lambda *_: None, view.instruction)
    written = await console.answer_to_usb(folder)
    answered = words("The words of this answer: {words}", words=view.crossing.phrase)
    findings.show([words("Written: {path}", path=str(written)), answered])


def change_lines(view: VaultRequestView) -> list[str]:
    """A Safe's change of its own owners: who goes and who comes, then the transaction with every check."""
    told = [] if view.change is None else owner_lines(view.change)
    return [*told, *instruction_lines(view.instruction)]


def require_clock(second: int, here: int) -> None:
    """A second source says the same time as this machine. Refused("cli.clocks-apart")."""
    if abs(second - here) > CLOCKS_APART:
        raise Refused("cli.clocks-apart", here=times.text(here), second=times.text(second))
