"""Every command by name: what `--help` says of it, the module that is imported when it is chosen, what is handed to it.

- The whole of a command (its options, what it shows, the types of its use case) lies in that module, so that `check` pays
  for `check` alone. tests/cli/test_imports.py holds what each may import.
- What a command is for is said here and nowhere else: for `--help` of all of them, and for its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

from countersign.cli.resting import resting

if TYPE_CHECKING:
    from countersign.cli.audit import Audits
    from countersign.cli.books import Books
    from countersign.cli.check import CheckFiles
    from countersign.cli.cycle import CyclesOf
    from countersign.cli.demo import Demonstrate
    from countersign.cli.enrol import Enrol
    from countersign.cli.evidence import Evidence
    from countersign.cli.governance import OpenNodes, Orders, PolicyCase
    from countersign.cli.handover import Handover
    from countersign.cli.importing import Import
    from countersign.cli.loan import Statement
    from countersign.cli.reconcile import Reconcile
    from countersign.cli.settlement import Tell
    from countersign.cli.stations import Stations
    from countersign.cli.token import ProvisionerFactory
    from countersign.cli.vault import Vaults
    from countersign.cli.vault_enrol import Seats
    from countersign.cli.witness import Witnesses


@dataclass(frozen=True, slots=True)
class UseCases:
    """What the commands call; `window` and `demonstrate` give the exit status."""

    window: Callable[[], int]
    demonstrate: Demonstrate
    check: CheckFiles
    audits: Audits
    provisioner: ProvisionerFactory
    tell: Tell
    evidence: Evidence
    judge_batch: Import
    loan: Statement
    books: Books
    reconcile: Reconcile
    cycles: CyclesOf
    orders: Orders
    policy_case: PolicyCase
    enrol: Enrol
    handover: Handover
    witnesses: Witnesses
    stations: Stations
    vaults: Vaults
    nodes: OpenNodes
    enrolling: Seats


@dataclass(frozen=True, slots=True)
class Entry:
    """A command: its name, what it is for, `module.function` of this room that makes it, the use cases it is made over."""

    name: str
    purpose: str
    maker: str
    over: tuple[str, ...]

    def make(self, use_cases: UseCases) -> Callable[..., None] | typer.Typer:
        """The command, or the commands under this name. Imports its module."""
        module, function = self.maker.split(".")
        maker = getattr(import_module(f"countersign.cli.{module}"), function)
        made: Callable[..., None] | typer.Typer = maker(*(getattr(use_cases, each) for each in self.over))
        return resting(made)


# fmt: off
ENTRIES = (
    Entry("demo", "Play one settlement from a signed contract to two finished transactions, every step real.",
          "demo.demo_command", ("demonstrate",)),
    Entry("check", "Check contracts, events, openings, proofs, PSBTs, Safe transactions, envelopes, packs, extracts, descriptors.",
          "check.check_command", ("check",)),
    Entry("loan", "Tell a loan: what is out, what the pool owes, what it paid, entry by entry. Changes nothing.",
          "loan.loan_command", ("loan",)),
    Entry("import",
          "Say of each contract and event in a batch whether it is new, a duplicate, in conflict, refused or malformed.",
          "importing.import_command", ("judge_batch",)),
    Entry("ledger", "Every account, and whether the books add up.",
          "books.ledger_command", ("books",)),
    Entry("statement", "The movements of one account, with the balance after each.",
          "books.statement_command", ("books",)),
    Entry("reconcile", "Compare a participant's own trades with this log, or the ledger with the chains; name every break.",
          "reconcile.reconcile_command", ("reconcile",)),
    Entry("cycle", "A cycle's obligations, its conservation proof, what netting saved, who was short, what blocks it.",
          "cycle.cycle_command", ("cycles",)),
    Entry("enrol", "Enrol a console: compare twelve words, trust the desk, take in its history.",
          "enrol.enrol_command", ("enrol",)),
    Entry("handover", "What another machine is enrolled with, and the twelve words to read aloud.",
          "handover.handover_command", ("handover",)),
    Entry("audit", "Verify what a desk has done.",
          "audit.audit_app", ("audits",)),
    Entry("evidence", "Write the evidence pack of one settlement, for whoever verifies it with nothing but the file.",
          "evidence.evidence_command", ("evidence",)),
    Entry("desk", "A workstation's own desk: found it, log at it, open windows at it.",
          "desk.desk_app", ("stations", "provisioner")),
    Entry("officer", "An officer's work at a desk of this workstation: file, endorse, prepare, sign, release, send, observe.",
          "officer.officer_app", ("stations",)),
    Entry("vault", "The air-gapped machine of a vault operator: verify a request offline, sign it, hand the answer back.",
          "vault.vault_app", ("vaults",)),
    Entry("descriptor", "Descriptors and BSMS records: what they say of a vault.",
          "descriptor.descriptor_app", ()),
    Entry("vault-enrol",
          "Enrol a Bitcoin vault: devices' keys, one description compared by all, a test signature of each, a proposal.",
          "vault_enrol.vault_enrol_app", ("orders", "enrolling", "provisioner")),
    Entry("token", "Tokens and the keys in them.",
          "token.token_app", ("provisioner",)),
    Entry("settlement", "Settlements, explained.",
          "settlement.settlement_app", ("tell",)),
    Entry("roster", "Who and what the desk knows.",
          "governance.roster_app", ("orders", "nodes")),
    Entry("policy", "The desk's rules.",
          "governance.policy_app", ("orders", "policy_case")),
    Entry("freeze", "Orders that stop an institution, a book, an asset or a contract.",
          "freeze.freeze_app", ("orders",)),
    Entry("proposal", "Changes on their way to signatures.",
          "proposal.proposal_app", ("orders", "provisioner", "nodes")),
    Entry("witness", "A witness of logs: made once, then run on a machine that is not the desk's.",
          "witness.witness_app", ("witnesses",)),
)
# fmt: on


class Verbs(TyperGroup):
    """Verbs behind options that all of them need: `VERB --help` is answered without those."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As typer does, but for help, which ends here."""
        verb = next((each for each in args if each in self.commands), None)
        if verb is not None and "--help" in args[args.index(verb) :]:
            self.commands[verb].make_context(verb, ["--help"], parent=ctx)
        return super().parse_args(ctx, args)


class Named(TyperCommand):
    """A command by its name and purpose, as `--help` lists it; the whole is made when it is chosen."""

    def __init__(self, entry: Entry, use_cases: UseCases) -> None:
        super().__init__(entry.name, help=entry.purpose)
        self._entry, self._use_cases = entry, use_cases

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """The context that typer runs a command in: the whole's."""
        return self.whole().make_context(info_name, args, parent, **extra)

    def whole(self) -> Any:
        """The command as typer makes it of a function, or of the commands under its name."""
        app, made = typer.Typer(pretty_exceptions_enable=False), self._entry.make(self._use_cases)
        if isinstance(made, typer.Typer):
            app.add_typer(made, name=self._entry.name, help=self._entry.purpose)
        else:
            app.command(self._entry.name, help=self._entry.purpose)(made)
        return typer.main.get_group(app).commands[self._entry.name]
