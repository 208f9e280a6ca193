"""`countersign desk make|show|sign|found`: the founding ceremony at a terminal.

- `make` writes the desk's folder and the paper; `show` and `sign` say every statement of it before a PIN is asked for;
  `found` logs it as entry 0 once enough administrators have signed, and writes what consoles are enrolled with.
- Files of several administrators over one paper count together.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from countersign.cli import findings, outcome, pins, reading
from countersign.cli.governance_lines import change_lines, said_value
from countersign.cli.options import JsonOption
from countersign.cli.seat import (
    DeskArgument,
    DeskPassphraseOption,
    DeskPinOption,
    TokenChoice,
    TokenOption,
    desk_secrets,
)
from countersign.cli.token import (
    ModuleOption,
    PinFileOption,
    ProvisionerFactory,
    SerialOption,
    SoftHsmOption,
    chosen,
)
from countersign.cli.words import words
from countersign.cli.writing import new_file
from countersign.desk import enrolment, founding_paper, founding_plan, station
from countersign.desk.author import Author
from countersign.desk.ceremony import Keyring
from countersign.desk.embedded import EmbeddedDesk
from countersign.desk.founding_paper import FoundingView
from countersign.errors import CountersignError
from countersign.formats import times
from countersign.keys.jws import LIMIT

if TYPE_CHECKING:
    from countersign.cli.stations import Stations

SCHEMA = "countersign-founding/1"
PlanOption = Annotated[Path, typer.Option("--plan", help="Who and what the desk is founded with (plan.json).")]
OutOption = Annotated[Path, typer.Option("--out", help="Write the paper here, for the administrators.")]
SignedOption = Annotated[Path, typer.Option("--out", help="Write the paper with your signature here.")]
PaperArgument = Annotated[Path, typer.Argument(metavar="PAPER", help="A founding paper.")]
PapersArgument = Annotated[list[Path], typer.Argument(metavar="PAPER…", help="The signed papers.")]
HistoryOption = Annotated[Path, typer.Option("--history", help="Write what consoles are enrolled with here.")]


def founding_commands(app: typer.Typer, stations: Stations, tokens: ProvisionerFactory) -> None:
    """Add the ceremony's commands."""
    commands = _Ceremony(stations, tokens)
    app.command("make")(commands.make)
    app.command("show")(commands.show)
    app.command("sign")(commands.sign)
    app.command("found")(commands.found)


class _Ceremony:
    """The four commands; their docstrings are their help texts."""

    def __init__(self, stations: Stations, tokens: ProvisionerFactory) -> None:
        self._stations, self._tokens, self._now_ms = stations, tokens, stations.now_ms

    def make(
        self,
        folder: DeskArgument,
        plan: PlanOption,
        token: TokenOption,
        out: OutOption,
        module: ModuleOption = None,
        softhsm: SoftHsmOption = None,
        serial: SerialOption = None,
        passphrase: DeskPassphraseOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Make a desk's folder with a fresh log key, by a plan; write the paper that its administrators sign."""
        choice = TokenChoice(token, serial, module, softhsm)
        try:
            found = founding_plan.parse(reading.read_file(plan, founding_plan.LIMIT))
            rings = {each: _ring(plan.parent / each) for each in found.keyrings}
            with new_file(out) as write:
                paper = self._stations.make(folder, found, rings, choice, desk_secrets(passphrase, None, new=True))
                write(paper)
            self._tell(paper, as_json)
        except CountersignError as error:
            raise typer.Exit(outcome.tell(error, as_json=as_json)) from None

    def show(self, paper: PaperArgument, as_json: JsonOption = False) -> None:
        """Say what a founding paper founds, and who has signed it."""
        try:
            self._tell(reading.read_file(paper, LIMIT), as_json)
        except CountersignError as error:
            raise typer.Exit(outcome.tell(error, as_json=as_json)) from None

    def sign(
        self,
        paper: PaperArgument,
        token: TokenOption,
        out: SignedOption,
        module: ModuleOption = None,
        softhsm: SoftHsmOption = None,
        serial: SerialOption = None,
        pin_file: PinFileOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Say what a founding paper founds, then sign it as one of its administrators."""
        choice = TokenChoice(token, serial, module, softhsm)
        try:
            data = reading.read_file(paper, LIMIT)
            findings.warn(paper_lines(founding_paper.look(data, self._now_ms())))
            with new_file(out) as write:
                signed = asyncio.run(self._signed(data, choice, pins.asking({"signers.ask-pin": pin_file}, token)))
                write(signed)
            self._tell(signed, as_json)
        except CountersignError as error:
            raise typer.Exit(outcome.tell(error, as_json=as_json)) from None

    def found(
        self,
        folder: DeskArgument,
        papers: PapersArgument,
        history: HistoryOption,
        passphrase: DeskPassphraseOption = None,
        pin: DeskPinOption = None,
    ) -> None:
        """Found the desk: the desk signs beside its administrators, and entry 0 is logged and witnessed.

        Interrupted, or without its witnesses: run it again with the same papers.
        """

        async def work(desk: EmbeddedDesk) -> bytes:
            given = [reading.read_file(each, LIMIT) for each in papers]
            await station.found(desk, given, self._now_ms())
            return await enrolment.history(desk, insiders=False)

        try:
            with new_file(history) as write:
                data = self._stations.within(folder, desk_secrets(passphrase, pin), work)
                write(data)
        except CountersignError as error:
            raise typer.Exit(outcome.tell(error, as_json=False)) from None
        tell_handed(data, history)

    async def _signed(self, data: bytes, choice: TokenChoice, ask: pins.AskSecret) -> bytes:
        async with self._tokens(choice.module, choice.softhsm) as provisioner:
            found = await chosen(provisioner, choice.label, choice.serial)
            held = {key.public.kid: key.public for key in await provisioner.keys(found.identity)}
            name, kid = founding_paper.officer_of(data, held, self._now_ms())
            signer = provisioner.signer(found.identity)
            await signer.unlock(ask)
            return await founding_paper.sign(data, Author(name, held[kid], signer), self._now_ms())

    def _tell(self, paper: bytes, as_json: bool) -> None:
        view = founding_paper.look(paper, self._now_ms())
        findings.show_value(_value(view)) if as_json else findings.show(paper_lines(view))


def paper_lines(view: FoundingView) -> list[str]:
    """A founding paper for a person: every statement of it."""
    return [
        words("Founding of {desk}, of {custodian} ({lei}), drafted {at}", desk=view.desk, custodian=view.custodian,
              lei=view.custodian_lei, at=times.text(view.drafted_at)),
        words("Log key {log}", log=view.log),
        words("The desk's own key {kid}", kid=view.desk_key),
        *change_lines(view.changes),
        words("Signed by {count} of {wanted}: {people}", count=len(view.signed), wanted=view.wanted,
              people=", ".join(view.signed) or "-"),
        words("Can still sign: {people}", people=", ".join(view.missing) or "-"),
        words("Good until {at}", at=times.text(view.stale_at)),
    ]  # fmt: skip


def _value(view: FoundingView) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "desk": view.desk,
        "custodian": {"lei": view.custodian_lei, "name": view.custodian},
        "log": view.log,
        "desk_key": view.desk_key,
        "drafted_at": times.text(view.drafted_at),
        "stale_at": times.text(view.stale_at),
        "signed": list(view.signed),
        "missing": list(view.missing),
        "wanted": view.wanted,
        "complete": view.complete,
        "changes": [said_value(each.then) for each in view.changes],
    }


def tell_handed(data: bytes, out: Path) -> None:
    """The twelve words of a history that was written."""
    anchor = enrolment.History.parse(data).anchor
    findings.show(
        [
            words("Written: {path}", path=str(out)),
            words("Read these words aloud: {phrase}", phrase=enrolment.phrase_of(anchor)),
        ]
    )


def _ring(path: Path) -> Keyring:
    return founding_plan.keyring(reading.read_file(path, founding_plan.LIMIT))
