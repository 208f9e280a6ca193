"""`countersign desk …`: a workstation's own desk, from its founding to its windows.

    $ countersign desk keyring conrad --softhsm conrad-token --out conrad.keyring       (each person, once)
    $ countersign desk make northgate --plan plan.json --token desk --softhsm desk-token --out founding.paper
    $ countersign desk sign founding.paper --token conrad --softhsm conrad-token --out conrad.paper
    $ countersign desk found northgate conrad.paper dora.paper --history founding.history
    $ countersign enrol founding.history --profile ada                                    (each console, once)
    $ countersign desk log northgate policy.proposal
    $ countersign desk price northgate BTC 80000 --source "Northgate reference"
    $ countersign desk extract northgate --for 9845MERDINDEMO000088 --out meridian.zip      (for that participant to keep)
    $ countersign desk open northgate --profile ada --token ada --softhsm ada-token

- The desk runs in the process of the command, for as long as the command takes; a second one at the same time is refused.
- It signs beside people once it has verified what they claim with its own nodes; alone it says
  prices, holds, cut-offs and finality. `desk nodes` tells it which nodes those are.
- Exit 0 when done; 1 if a rule, a roster or a token refuses; 2 if a file does not parse; 3 if a device, node or witness was
  needed and absent. docs/desk.md, docs/formats/founding.md.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from countersign.cli import findings, outcome, reading
from countersign.cli import nodes as node_files
from countersign.cli.extract import extract_command
from countersign.cli.founding import founding_commands, tell_handed
from countersign.cli.keyring import keyring_command
from countersign.cli.logged import Logged, tell_logged
from countersign.cli.options import JsonOption
from countersign.cli.resting import PassphraseOption
from countersign.cli.round_lines import status, tell_round
from countersign.cli.seat import (
    DeskArgument,
    DeskPassphraseOption,
    DeskPinOption,
    NodesOption,
    Seat,
    TokenChoice,
    TokenOption,
    desk_secrets,
    own_secrets,
)
from countersign.cli.stations import Stations
from countersign.cli.token import ModuleOption, ProvisionerFactory, SerialOption, SoftHsmOption
from countersign.cli.words import words
from countersign.cli.writing import new_file
from countersign.desk import enrolment, founding, rounds, station
from countersign.desk.embedded import EmbeddedDesk
from countersign.desk.founding_plan import Place, cosigner
from countersign.desk.names import asset_named
from countersign.desk.ports import Receipt
from countersign.desk.rounds import Round
from countersign.errors import CountersignError, Unavailable
from countersign.keys.jws import LIMIT

PAPER_LIMIT = 64 << 20

FilesArgument = Annotated[
    list[Path], typer.Argument(metavar="FILE…", help="Signed events, or proposals with all their signatures.")
]
PaperOption = Annotated[
    list[Path] | None, typer.Option("--paper", help="A document that the event names by its hash, to be kept.")
]
IdsArgument = Annotated[list[str], typer.Argument(metavar="ID…", help="Contracts' ids, or their hashes.")]
AssetArgument = Annotated[str, typer.Argument(metavar="ASSET", help="The asset's symbol or its CAIP-19 id.")]
PriceArgument = Annotated[str, typer.Argument(metavar="PRICE", help="US dollars for one whole unit.")]
SourceOption = Annotated[str, typer.Option("--source", help="Where the price comes from.")]
KeyArgument = Annotated[str, typer.Argument(metavar="VKEY", help="The witness's key, as C2SP vkey.")]
UrlArgument = Annotated[str, typer.Argument(metavar="URL", help="Its address, before /add-checkpoint.")]
NodesArgument = Annotated[Path, typer.Argument(metavar="FILE", help="A nodes.json (docs/formats/nodes.md).")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, in a sentence; it is logged.")]
ProposalOption = Annotated[Path, typer.Option("--out", help="Write the proposal here.")]
HistoryOption = Annotated[Path, typer.Option("--out", help="Write what consoles are enrolled with here.")]
ProfileOption = Annotated[Path, typer.Option("--profile", help="The officer's profile, enrolled with this desk.")]


def desk_app(stations: Stations, tokens: ProvisionerFactory) -> typer.Typer:
    """The commands, over the desks of this workstation and what reaches tokens."""
    app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
    app.command("keyring")(keyring_command(tokens))
    founding_commands(app, stations, tokens)
    commands = _Commands(stations)
    app.command("log")(commands.log)
    app.command("price")(commands.price)
    app.command("close")(commands.close)
    app.command("round")(commands.round)
    app.command("new-log-key")(commands.new_log_key)
    app.command("witness")(commands.witness)
    app.command("nodes")(commands.nodes)
    app.command("handover")(commands.handover)
    app.command("extract")(extract_command(stations))
    app.command("open")(commands.open)
    return app


class _Commands:
    """What is done at a desk that is founded; the docstrings are the help texts."""

    def __init__(self, stations: Stations) -> None:
        self._stations = stations

    def log(
        self,
        folder: DeskArgument,
        files: FilesArgument,
        paper: PaperOption = None,
        passphrase: DeskPassphraseOption = None,
        pin: DeskPinOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Log what people have signed elsewhere; the desk signs beside them where it has verified what they claim."""

        def work() -> None:
            given = [reading.read_file(each, LIMIT) for each in files]
            papers = [reading.read_file(each, PAPER_LIMIT) for each in paper or ()]
            done: list[Logged] = []

            async def log(desk: EmbeddedDesk) -> None:
                _require_founded(desk)
                for each, named in zip(given, station.sorted_out(given, papers), strict=True):
                    event, receipt = await station.log(desk, each, named)
                    done.append(_logged(event.type, receipt))

            try:
                self._stations.within(folder, desk_secrets(passphrase, pin), log)
            except CountersignError:
                if done and not as_json:  # a program asks the log, and reads one line of JSON
                    tell_logged(done, as_json=False)
                raise
            tell_logged(done, as_json=as_json)

        ended(work, as_json)

    def price(
        self,
        folder: DeskArgument,
        asset: AssetArgument,
        price: PriceArgument,
        source: SourceOption,
        passphrase: DeskPassphraseOption = None,
        pin: DeskPinOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Publish a price: what contracts' notionals are held against."""

        async def publish(desk: EmbeddedDesk) -> Receipt:
            _require_founded(desk)
            return await founding.publish_price(desk, asset_named(desk.state.roster, asset), price, source)

        def work() -> None:
            receipt = self._stations.within(folder, desk_secrets(passphrase, pin), publish)
            tell_logged([_logged("price.published", receipt)], as_json=as_json)

        ended(work, as_json)

    def close(
        self,
        folder: DeskArgument,
        ids: IdsArgument,
        passphrase: DeskPassphraseOption = None,
        pin: DeskPinOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Close a cycle now, before the next cut-off: over one held contract by itself, or over several, netted."""

        async def close(desk: EmbeddedDesk) -> Receipt:
            _require_founded(desk)
            return await station.close(desk, ids)

        def work() -> None:
            receipt = self._stations.within(folder, desk_secrets(passphrase, pin), close)
            tell_logged([_logged("cycle.closed", receipt)], as_json=as_json)

        ended(work, as_json)

    def round(
        self,
        folder: DeskArgument,
        passphrase: DeskPassphraseOption = None,
        pin: DeskPinOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Do what the desk does by itself: holds, cut-off, expiry, accrual, finality; tell what waits for whom."""

        async def make(desk: EmbeddedDesk) -> Round:
            _require_founded(desk)
            return await rounds.make(desk)

        def work() -> None:
            made = self._stations.within(folder, desk_secrets(passphrase, pin), make)
            tell_round(made, as_json=as_json)
            if made.not_done:
                raise typer.Exit(status(each.error for each in made.not_done))

        ended(work, as_json)

    def new_log_key(
        self,
        folder: DeskArgument,
        reason: ReasonOption,
        out: ProposalOption,
        passphrase: DeskPassphraseOption = None,
        pin: DeskPinOption = None,
    ) -> None:
        """Make a new log key; write the proposal, for the administrators, that the log changes to it."""

        def work() -> None:
            with new_file(out) as write:
                write(self._stations.new_log_key(folder, desk_secrets(passphrase, pin), reason))
            findings.show([words("Written: {path}", path=str(out))])

        ended(work, as_json=False)

    def witness(
        self, folder: DeskArgument, key: KeyArgument, url: UrlArgument, passphrase: DeskPassphraseOption = None
    ) -> None:
        """Have one more witness asked, which counts once a policy names it; or one at the address that it moved to."""

        def work() -> None:
            place = Place(cosigner(key), url)
            self._stations.add_witness(folder, desk_secrets(passphrase, None), place)
            findings.show([words("Asked from now on: {witness}, at {url}", witness=place.key.name, url=url)])

        ended(work, as_json=False, typed=(key, url))

    def nodes(self, folder: DeskArgument, file: NodesArgument, passphrase: DeskPassphraseOption = None) -> None:
        """Have the desk follow the nodes of a file (nodes.json), in place of those before. The file is not needed after it."""

        def work() -> None:
            data = reading.read_file(file, node_files.LARGEST)
            chains = self._stations.take_nodes(folder, desk_secrets(passphrase, None), data)
            findings.show([words("The desk follows a node of {chain}", chain=each) for each in chains])

        ended(work, as_json=False)

    def handover(
        self,
        folder: DeskArgument,
        out: HistoryOption,
        passphrase: DeskPassphraseOption = None,
        pin: DeskPinOption = None,
    ) -> None:
        """Write what consoles are enrolled with; show the twelve words that both sides read aloud."""

        async def history(desk: EmbeddedDesk) -> bytes:
            _require_founded(desk)
            return await enrolment.history(desk, insiders=False)

        def work() -> None:
            with new_file(out) as write:
                data = self._stations.within(folder, desk_secrets(passphrase, pin), history)
                write(data)
            tell_handed(data, out)

        ended(work, as_json=False)

    def open(
        self,
        folder: DeskArgument,
        profile: ProfileOption,
        token: TokenOption,
        module: ModuleOption = None,
        softhsm: SoftHsmOption = None,
        serial: SerialOption = None,
        nodes: NodesOption = None,
        passphrase: PassphraseOption = None,
        desk_passphrase: DeskPassphraseOption = None,
        desk_pin: DeskPinOption = None,
    ) -> None:
        """Open an officer's window at this desk. The officer's PIN is asked in the window, when something is signed."""
        choice = TokenChoice(token, serial, module, softhsm)
        seat = Seat(profile, choice, own_secrets(passphrase, None, token), nodes)
        try:
            code = self._stations.sit(folder, desk_secrets(desk_passphrase, desk_pin), [seat])
        except CountersignError as error:
            code = outcome.tell(error, as_json=False)
        raise typer.Exit(code)


def ended(work: Callable[[], None], as_json: bool, typed: Sequence[str] = ()) -> None:
    """Exit 0 after some work, or as its refusal wants. `typed`: what of the command line is parsed."""
    try:
        work()
    except CountersignError as error:
        raise typer.Exit(outcome.tell(error, as_json=as_json, typed=typed)) from None


def _require_founded(desk: EmbeddedDesk) -> None:
    if not desk.state.desk:
        raise Unavailable("desk.not-founded")


def _logged(kind: str, receipt: Receipt) -> Logged:
    return kind, receipt.index, receipt.time_ms, receipt.event
