"""`countersign vault-enrol`: a Bitcoin vault of the officers' keys, from key records to a proposal (docs/vault-enrolment.md).

    $ countersign vault-enrol device ada.bsms --officer ada --serial 6F2A --model jade --profile ops --out ada.proposal
    $ countersign vault-enrol keys ada.keyring --officer ada --profile ops --out ada.proposal
    $ countersign vault-enrol slots 2 ada.keyring ben.keyring cy.keyring --vault m-btc --first 4 --count 4 --out more.txt
    $ countersign vault-enrol assemble 2 ada.bsms ben.bsms cy.bsms --chain bip122:… --out vault.bsms
    $ countersign vault-enrol compare vault.bsms --vault m-btc --owner 9845…/main --chain bip122:… --officer ada --own ada.bsms …
    $ countersign vault-enrol take vault.bsms … --officer ada --own ada.bsms --signed signed.psbt --out ada.test
    $ countersign vault-enrol sign vault.txt … --officer ada --token ada --softhsm trial --out ada.test
    $ countersign vault-enrol propose vault.bsms … --test ada.test --test ben.test --test cy.test --out vault.proposal

- Nothing is signed, and no test is written for a device, before a person typed the words that the other cosigners read.
- Under a standing vault's id new slots are described alone and added; its own description is tried again.
- Keys, owner and chain are judged as the desk will when it logs the vault; the proposal goes on to the administrators.
- Exit 0 when done; 1 if anything is refused; 2 if a file does not parse; 3 as everywhere.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from countersign.bitcoin import described
from countersign.bitcoin.bsms import KeyRecord
from countersign.cli import describing, findings, outcome, pins, reading, vault_enrol_lines
from countersign.cli.descriptor import FileArgument, SessionOption, session
from countersign.cli.governance import Orders
from countersign.cli.governance_lines import proposal_lines
from countersign.cli.options import Ask, RestOption, VersionOption, passphrase
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
from countersign.cli.words import words
from countersign.cli.writing import write_new
from countersign.desk import describing as descriptions
from countersign.desk import founding_plan, token_slots, vault_enrolment, vault_trying
from countersign.desk.ceremony import Keyring
from countersign.desk.order import Order
from countersign.desk.ports import Journal
from countersign.desk.vault_enrolment import Planned
from countersign.errors import CountersignError
from countersign.rails import bitcoin as rail
from countersign.settlement.roster import Party, Token

VaultOption = Annotated[str, typer.Option("--vault", help="The id that the vault will have, or has.")]
OwnerOption = Annotated[str, typer.Option("--owner", help="Whose it will be: LEI/BOOK.")]
ChainOption = Annotated[str, typer.Option("--chain", help="The chain, CAIP-2 (bip122:…).")]
OfficerOption = Annotated[str, typer.Option("--officer", help="The cosigner, by officer id.")]
Seats = Callable[[Path, Ask], AbstractContextManager[tuple[Order, Journal]]]
"""profile folder, how to ask for its passphrase: what its history says, and its journal, open"""
OwnOption = Annotated[Path | None, typer.Option("--own", help="The key record that the cosigner's own device made.")]
OutOption = Annotated[Path, typer.Option("--out", help="Write the result to this new file.")]
TestsOption = Annotated[
    list[Path] | None, typer.Option("--test", help="A cosigner's test signature; once for each cosigner.")
]
UntestedOption = Annotated[
    str | None,
    typer.Option(
        "--untested", help="Why it is entered although a cosigner has not signed its test; everybody reads it."
    ),
]
SignedOption = Annotated[Path, typer.Option("--signed", help="What the device gave back, a .psbt file.")]
RecordArgument = Annotated[Path, typer.Argument(metavar="RECORD", help="A device's key record (BIP-129, round 1).")]
RecordsArgument = Annotated[list[Path], typer.Argument(metavar="RECORD…", help="The cosigners' key records, in order.")]
KeyringArgument = Annotated[Path, typer.Argument(metavar="KEYRING", help="What `desk keyring` wrote of a token.")]
KeyringsArgument = Annotated[
    list[Path], typer.Argument(metavar="KEYRING…", help="The cosigners' keyrings, in the order of their keys.")
]
ThresholdArgument = Annotated[int, typer.Argument(metavar="K", help="How many of them sign.", min=1, max=15)]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which vault is enrolled, from which file, as it was typed."""

    file: Path
    token_file: Path | None
    name: str
    owner: str
    chain: str

    def planned(self, order: Order) -> Planned:
        """Malformed: what does not parse; Refused: as `vault_enrolment.plan`."""
        found = vault_enrolment.read_vault(reading.read_file(self.file), session(self.token_file))
        lei, _, book = self.owner.partition("/")
        return vault_enrolment.plan(order.state.roster, found, self.name, Party(lei, book), self.chain)


def vault_enrol_app(orders: Orders, open_seats: Seats, tokens: ProvisionerFactory) -> typer.Typer:
    """The commands, over what a history says, profiles that stay open while somebody signs, and what reaches tokens."""
    app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
    commands = _Commands(orders, open_seats, tokens)
    for command in (
        commands.device,
        commands.keys,
        commands.slots,
        commands.assemble,
        commands.compare,
        commands.take,
        commands.sign,
        commands.propose,
    ):
        app.command(command.__name__)(command)
    return app


class _Commands:
    """The six steps; their docstrings are their help texts."""

    def __init__(self, orders: Orders, open_seats: Seats, tokens: ProvisionerFactory) -> None:
        self._orders = orders
        self._seats = open_seats
        self._tokens = tokens

    def device(
        self,
        record: RecordArgument,
        officer: OfficerOption,
        serial: Annotated[str, typer.Option("--serial", help="The device's serial number.")],
        model: Annotated[str, typer.Option("--model", help="The device's model.")],
        profile: RestOption,
        out: OutOption,
        online: Annotated[bool, typer.Option("--online", help="The device hangs on a networked machine.")] = False,
        token_file: SessionOption = None,
    ) -> None:
        """Draft that an officer's device is registered, from the key record that it made."""
        with _Told():
            made = _record(record, token_file)
            findings.warn(describing.description_lines(descriptions.look(made.serialise(), made.token)))
            token = Token(serial, made.description or model, model)
            label = descriptions.look(made.serialise(), made.token).keys[0].path
            order = self._orders(profile, passphrase)
            body = vault_enrolment.device_entry(order.state.roster, officer, made, token, label, online=online)
            _proposed(order, body, out)

    def keys(
        self,
        ring: KeyringArgument,
        officer: OfficerOption,
        profile: RestOption,
        out: OutOption,
    ) -> None:
        """Draft that the keys of an officer's token that are new are registered, from its keyring."""
        with _Told():
            order = self._orders(profile, passphrase)
            _proposed(order, token_slots.officer_body(order.state.roster, officer, _ring(ring)), out)

    def slots(
        self,
        threshold: ThresholdArgument,
        rings: KeyringsArgument,
        name: VaultOption,
        out: OutOption,
        first: Annotated[int, typer.Option("--first", min=0, help="The number of the first slot.")] = 0,
        count: Annotated[int, typer.Option("--count", min=1, max=1_000, help="How many slots.")] = 1,
    ) -> None:
        """Describe slots over tokens' keys, a line each: slot N of vault V is over the keys named `btc V N`."""
        with _Told():
            numbers = range(first, first + count)
            data = token_slots.described(threshold, [_ring(each) for each in rings], name, numbers)
            write_new(out, data)
            findings.show(
                [*describing.description_lines(replace(descriptions.look(data), addresses=())), _written(out)]
            )

    def assemble(
        self,
        threshold: ThresholdArgument,
        records: RecordsArgument,
        chain: ChainOption,
        out: OutOption,
        token_file: SessionOption = None,
    ) -> None:
        """Make the descriptor record (round 2) of the cosigners' key records; encrypted with the session's token."""
        with _Told():
            read, token = [_record(each, token_file) for each in records], session(token_file)
            data = vault_enrolment.round_two(threshold, read, chain, token)
            write_new(out, data)
            hidden = token if token is not None and not described.describes(data) else None
            findings.show([*describing.description_lines(descriptions.look(data, hidden)), _written(out)])

    def compare(
        self,
        file: FileArgument,
        name: VaultOption,
        owner: OwnerOption,
        chain: ChainOption,
        officer: OfficerOption,
        profile: RestOption,
        out: OutOption,
        own: OwnOption = None,
        version: VersionOption = 0,
        token_file: SessionOption = None,
    ) -> None:
        """Show the vault, find your key in it, compare twelve words; then write the test transaction for your device."""
        with _Told(), self._seats(profile, passphrase) as (order, journal):
            planned = _Wanted(file, token_file, name, owner, chain).planned(order)
            _compare(planned, officer, own, token_file)
            vault_trying.require_may_sign(journal, planned, officer, _own(own, token_file))
            write_new(out, rail.as_version(vault_enrolment.test(planned), version))
            told = words("Your device must show that the test pays to {address}", address=planned.first_address)
            findings.show([_written(out), told])

    def take(
        self,
        file: FileArgument,
        name: VaultOption,
        owner: OwnerOption,
        chain: ChainOption,
        officer: OfficerOption,
        profile: RestOption,
        signed: SignedOption,
        out: OutOption,
        own: OwnOption = None,
        token_file: SessionOption = None,
    ) -> None:
        """Take back the test that your device signed; your signatures are verified and written."""
        with _Told(), self._seats(profile, passphrase) as (order, journal):
            planned = _Wanted(file, token_file, name, owner, chain).planned(order)
            _require_own(planned, officer, own, token_file)
            returned, record = reading.read_file(signed), _own(own, token_file)
            test = asyncio.run(vault_trying.take(journal, planned, officer, returned, record))
            _signed(out, test, officer, name)

    def sign(
        self,
        file: FileArgument,
        name: VaultOption,
        owner: OwnerOption,
        chain: ChainOption,
        officer: OfficerOption,
        profile: RestOption,
        token: Annotated[str, typer.Option("--token", help="The label of the token with your vault keys.")],
        out: OutOption,
        module: ModuleOption = None,
        softhsm: SoftHsmOption = None,
        serial: SerialOption = None,
        pin_file: PinFileOption = None,
        token_file: SessionOption = None,
    ) -> None:
        """Show the vault, find your key in it, compare twelve words; then sign the test with your token."""
        choice = TokenChoice(token, serial, module, softhsm)
        with _Told(), self._seats(profile, passphrase) as (order, journal):
            planned = _Wanted(file, token_file, name, owner, chain).planned(order)
            _compare(planned, officer, None, token_file)
            vault_trying.require_may_sign(journal, planned, officer)
            ask = pins.asking({"signers.ask-pin": pin_file})

            async def within() -> bytes:
                async with self._tokens(choice.module, choice.softhsm) as provisioner:
                    return await _tested(journal, planned, officer, provisioner, choice, ask)

            _signed(out, asyncio.run(within()), officer, name)

    def propose(
        self,
        file: FileArgument,
        name: VaultOption,
        owner: OwnerOption,
        chain: ChainOption,
        profile: RestOption,
        out: OutOption,
        tests: TestsOption = None,
        untested: UntestedOption = None,
        token_file: SessionOption = None,
    ) -> None:
        """Draft the vault for the administrators, once every cosigner has signed its test, or with the reason why one has not."""
        with _Told():
            order = self._orders(profile, passphrase)
            planned = _Wanted(file, token_file, name, owner, chain).planned(order)
            body = vault_enrolment.entry(planned, [reading.read_file(each) for each in tests or ()], untested)
            findings.warn([_words(planned), _shown(planned)])
            _proposed(order, body, out)


class _Told:
    """A step whose refusal is told as everywhere."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, CountersignError):
            raise typer.Exit(outcome.tell(error, as_json=False)) from None


def _ring(file: Path) -> Keyring:
    """Malformed: as `founding_plan.keyring`."""
    return founding_plan.keyring(reading.read_file(file, founding_plan.LIMIT))


def _record(file: Path, token_file: Path | None) -> KeyRecord:
    """Raises as `vault_enrolment.read_record`."""
    return vault_enrolment.read_record(reading.read_file(file), session(token_file))


def _own(file: Path | None, token_file: Path | None) -> KeyRecord | None:
    """The key record of the officer's own device, where there is one. Raises as `_record`."""
    return None if file is None else _record(file, token_file)


def _require_own(planned: Planned, officer: str, own: Path | None, token_file: Path | None) -> None:
    vault_enrolment.require_own(planned, officer, _own(own, token_file))


def _compare(planned: Planned, officer: str, own: Path | None, token_file: Path | None) -> None:
    """The vault, whose keys, its first address; then the words. Refused("desk.enrol-words"); Unavailable("cli.no-terminal")."""
    _require_own(planned, officer, own, token_file)
    findings.warn([*vault_enrol_lines.lines(planned, officer), _shown(planned), _words(planned)])
    typed = pins.hidden(words("The words that the other cosigners read aloud"))
    vault_enrolment.require_same_words(planned, typed)


def _signed(out: Path, test: bytes, officer: str, vault: str) -> None:
    """One cosigner's verified test signature, written and said."""
    write_new(out, test)
    findings.show([words("{officer} has signed the test of {vault}.", officer=officer, vault=vault), _written(out)])


async def _tested(
    journal: Journal,
    planned: Planned,
    officer: str,
    provisioner: Provisioner,
    choice: TokenChoice,
    ask: pins.AskSecret,
) -> bytes:
    signer = provisioner.signer((await chosen(provisioner, choice.label, choice.serial)).identity)
    await signer.unlock(ask)
    return await vault_trying.sign(journal, planned, officer, signer)


def _proposed(order: Order, body: dict[str, object], out: Path) -> None:
    data = order.propose("roster.changed", body)
    write_new(out, data)
    findings.show([*proposal_lines(order.look(data)), _written(out)])


def _words(planned: Planned) -> str:
    return words("The words of this vault: {phrase}", phrase=vault_enrolment.words(planned))


def _shown(planned: Planned) -> str:
    return words("The address to compare, its first: {address}", address=planned.first_address)


def _written(out: Path) -> str:
    return words("Written: {path}", path=str(out))
