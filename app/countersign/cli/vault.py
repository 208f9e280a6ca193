"""`countersign vault open|sign|device-export|device-import`: the air-gapped machine of a vault operator.

    $ countersign vault open --profile cyrus.profile --token cyrus --module /usr/lib/opensc-pkcs11.so
    $ countersign vault sign /media/stick/request.countersign --to /media/stick --clock 2026-11-22T21:50:00Z --profile …
    $ countersign vault device-export /media/stick/request.countersign --out /media/card/coins.psbt --clock … --profile …
    $ countersign vault device-import /media/stick/request.countersign /media/card/coins-signed.psbt --to /media/stick --clock …

- The process gives up every network before it reads anything: an empty network namespace where the kernel allows it, and in
  any case no socket of the internet's families.
- The machine's profile was enrolled with the desk's history by `countersign enrol`, like every other.
- `sign` shows the request with every check before the PIN is asked for; what a check refuses is not signed. The same request
  again is answered from the record, without a new signature.
- Where a device of the operator's signs, the request is checked, then written for it (`device-export`); what it signed is taken
  back with the same request, checked again, and answered (`device-import`), with the token's share where that is wanted too.
- `--clock` is what a second source says the time is, read off by the operator; more than five minutes apart, nothing is signed.
- Exit 0 when done; 1 if a check or the token refuses; 2 if a file does not parse; 3 if something needed is absent.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Protocol

import typer

from countersign.cli import findings, outcome
from countersign.cli.options import PsbtOption, VersionOption
from countersign.cli.owner_lines import owner_lines
from countersign.cli.resting import PassphraseOption
from countersign.cli.review_lines import instruction_lines, review_lines
from countersign.cli.seat import Seat, TokenChoice, TokenOption, own_secrets
from countersign.cli.token import ModuleOption, PinFileOption, SerialOption, SoftHsmOption
from countersign.cli.words import words
from countersign.cli.writing import write_new
from countersign.desk.vault_console import Vault
from countersign.desk.views import VaultRequestView
from countersign.errors import CountersignError, Malformed, Refused
from countersign.formats import times
from countersign.formats.excerpt import excerpt

CLOCKS_APART = 300
"""Seconds by which this machine's clock and the second source may differ: as much as an author's and the desk's."""
ProfileOption = Annotated[Path, typer.Option("--profile", help="This machine's profile, enrolled with the desk.")]
RequestArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The request, on the removable drive.")]
FolderOption = Annotated[Path, typer.Option("--to", help="The removable drive's folder, for the answer.")]
SignedArgument = Annotated[Path, typer.Argument(metavar="SIGNED", help="What the device gave back, a .psbt file.")]
TokenOnlyOption = Annotated[
    bool, typer.Option("--token-only", help="Hand back the token's share alone; the device's is asked for again.")
]
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

    for verb in (_sign_verb(vaults), *_device_verbs(vaults)):
        app.command(verb.__name__.replace("_", "-"))(verb)
    app.command("open")(open_window)
    return app


def _sign_verb(vaults: Vaults) -> Callable[..., None]:
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
        token_only: TokenOnlyOption = False,
    ) -> None:
        """Verify a request offline, show it, sign it, and write the answer."""

        async def work(console: Vault, seat: Seat) -> None:
            view = await _taken(console, file, clock, vaults.now())
            if not view.answered:
                view = await _signed(console, seat, view, token_only=token_only)
            await _write(console, view, folder)

        _at(vaults, Seat(profile, TokenChoice(token, serial, module, softhsm), own_secrets(passphrase, pin)), work)

    return sign


def _device_verbs(vaults: Vaults) -> tuple[Callable[..., None], ...]:
    def device_export(
        file: RequestArgument,
        out: PsbtOption,
        clock: ClockOption,
        profile: ProfileOption,
        token: TokenOption,
        module: ModuleOption = None,
        softhsm: SoftHsmOption = None,
        serial: SerialOption = None,
        passphrase: PassphraseOption = None,
        psbt_version: VersionOption = 0,
    ) -> None:
        """Verify a request offline, show it, and write its transaction for your own signing device."""

        async def work(console: Vault, _seat: Seat) -> None:
            view = await _taken(console, file, clock, vaults.now())
            write_new(out, await console.device_export(psbt_version, view.instruction))
            findings.show([words("Written: {path}", path=str(out))])

        _at(vaults, Seat(profile, TokenChoice(token, serial, module, softhsm), own_secrets(passphrase, None)), work)

    def device_import(
        file: RequestArgument,
        signed: SignedArgument,
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
        """Take back what your device signed of a request, sign with the token where that is wanted too, and write the answer."""

        async def work(console: Vault, seat: Seat) -> None:
            view = await _taken(console, file, clock, vaults.now())
            if not view.answered:
                await console.unlock(seat.own.pin)
                view = await console.device_signed(await console.device_read(signed))
            if not view.answered:
                view = await console.sign(lambda *_: None, view.instruction)
            await _write(console, view, folder)

        _at(vaults, Seat(profile, TokenChoice(token, serial, module, softhsm), own_secrets(passphrase, pin)), work)

    return device_export, device_import


def _at(vaults: Vaults, seat: Seat, work: Callable[[Vault, Seat], Awaitable[None]]) -> None:
    try:
        vaults.at(seat, lambda console: work(console, seat))
    except CountersignError as error:
        raise typer.Exit(outcome.tell(error, as_json=False)) from None


async def _taken(console: Vault, file: Path, clock: str, now: int) -> VaultRequestView:
    """Compare the clocks, take in the request, show it whole."""
    require_clock(_moment(clock), now)
    await console.confirm_clock(True)
    view = await console.take_from_usb(file)
    if view.answered:
        asked = words("This request was answered before; the words of that answer: {words}", words=view.crossing.phrase)
    else:
        asked = words("The words of this request: {words}", words=view.crossing.phrase)
    told = change_lines(view) if view.review is None else review_lines(view.review)
    findings.warn([*told, "", asked])
    return view


async def _signed(console: Vault, seat: Seat, view: VaultRequestView, *, token_only: bool) -> VaultRequestView:
    """Sign with the token, once the PIN was given. Refused("cli.device-wanted") where a device signs, unless `token_only`."""
    if view.devices and not (token_only and view.keys):
        raise Refused("cli.device-wanted", devices=len(view.devices))
    await console.unlock(seat.own.pin)
    view = await console.sign(lambda *_: None, view.instruction)
    return view if view.answered else await console.hand_back()


async def _write(console: Vault, view: VaultRequestView, folder: Path) -> None:
    written = await console.answer_to_usb(folder)
    answered = words("The words of this answer: {words}", words=view.crossing.phrase)
    findings.show([words("Written: {path}", path=str(written)), answered])


def change_lines(view: VaultRequestView) -> list[str]:
    """A Safe's change of its own owners: who goes and who comes, then the transaction with every check."""
    told = [] if view.change is None else owner_lines(view.change)
    return [*told, *instruction_lines(view.instruction)]


def _moment(clock: str) -> int:
    """Unix seconds of what was typed. Malformed("cli.not-a-time")."""
    try:
        return times.parse(clock)
    except Malformed:
        raise Malformed("cli.not-a-time", text=excerpt(clock)) from None


def require_clock(second: int, here: int) -> None:
    """A second source says the same time as this machine. Refused("cli.clocks-apart")."""
    if abs(second - here) > CLOCKS_APART:
        raise Refused("cli.clocks-apart", here=times.text(here), second=times.text(second))
