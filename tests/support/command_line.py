"""The whole command line over real profiles in a test's own folder: what bootstrap does, with a clock that stands.

status, out, err = CommandLine(over.clock, tmp_path).run("check", "contract.json", "--profile", "profile")
"""

import contextlib
import io
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from countersign.audit.quorum import Quorum
from countersign.bootstrap.books import ProfileBooks
from countersign.bootstrap.commands import enrolling
from countersign.bootstrap.nodes import open_nodes
from countersign.bootstrap.replayed import replayed
from countersign.bootstrap.stations import WorkstationDesks
from countersign.bootstrap.vaults import VaultSeats
from countersign.bootstrap.witnesses import WitnessFolders
from countersign.cli.app import root_app, run
from countersign.cli.commands import UseCases
from countersign.cli.nodes import NodeFile
from countersign.desk import auditing, checking, output_audit, policy_case, report_checking
from countersign.desk.author import Scribe
from countersign.desk.batch import Item
from countersign.desk.enrolment import History, enrol, handed
from countersign.desk.evidence import Pack, gather
from countersign.desk.importing import plan
from countersign.desk.lending import LoanStatement, statement
from countersign.desk.order import Order
from countersign.desk.ports import Clock, Profile
from countersign.desk.replica import Replica
from countersign.desk.reports import AuditReport, CheckReport, Progress
from countersign.desk.telling import Story, only, story
from countersign.desk.vouching import Nodes
from countersign.errors import CountersignError
from countersign.review.finding import Finding
from countersign.store import profile as profiles
from countersign.store.profile import open_profile
from support.software_stage import CHEAP, CountedEntropy


@dataclass(frozen=True)
class RealAudits:
    """The audits over real stores."""

    clock: Clock

    def profile(self, folder: Path, trust: Quorum | None, ask: Callable[[], str], progress: Progress) -> AuditReport:
        """A profile's own history."""
        with open_profile(folder, ask) as opened:
            return auditing.verify_profile(opened, trust, self.clock, progress)

    def pack(self, data: bytes, name: str, trust: Quorum | None, progress: Progress) -> AuditReport:
        """An evidence pack."""
        return auditing.verify_pack(data, name, trust, self.clock, progress)

    def output(
        self, files: Mapping[str, bytes], profile: Path, trust: Quorum | None, progress: Progress
    ) -> AuditReport:
        """An output directory with the profile inside it."""
        with contextlib.ExitStack() as holds:
            opened: Profile | CountersignError
            try:
                opened = holds.enter_context(open_profile(profile))
            except CountersignError as error:
                opened = error
            return output_audit.verify_output(files, opened, trust, self.clock, progress)

    def report(self, folder: Path, name: str, pdf: bytes, signature: bytes, ask: Callable[[], str]) -> AuditReport:
        """A signed report over a profile."""
        with open_profile(folder, ask) as opened:
            return report_checking.verify(opened, self.clock, name, pdf, signature)


@dataclass
class CommandLine:
    """`countersign …` without a process: status, stdout, stderr. `window` and `demonstrate` may be replaced."""

    clock: Clock
    folder: Path
    window: Callable[[], int] = lambda: 0
    demonstrate: Callable[[bool, Path | None, Sequence[str], bool], int] = lambda headless, out, seats, busy: 0
    asked: list[str] = field(default_factory=list)
    nodes: Callable[[NodeFile], Awaitable[Nodes]] = open_nodes

    @property
    def record(self) -> Path:
        """Where a trace would go."""
        return self.folder / "state" / "unexpected.log"

    def use_cases(self) -> UseCases:
        """What bootstrap hands to the commands."""
        books = ProfileBooks(self.clock, self.nodes)
        return UseCases(
            window=self.window,
            demonstrate=self.demonstrate,
            check=self._check,
            audits=RealAudits(self.clock),
            provisioner=lambda module, softhsm: contextlib.AsyncExitStack(),  # type: ignore[arg-type, return-value]
            tell=self._tell,
            evidence=self._evidence,
            judge_batch=self._judge_batch,
            loan=self._loan,
            books=books,
            reconcile=books,
            cycles=books,
            orders=self._order,
            policy_case=self._policy_case,
            enrol=self._enrol,
            handover=self._handover,
            witnesses=WitnessFolders(),
            stations=WorkstationDesks(),
            vaults=VaultSeats(),
            nodes=self.nodes,
            enrolling=enrolling,
        )

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """One command."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = run(root_app(self.use_cases()), arguments, self.record)
        return status, out.getvalue(), err.getvalue()

    def _order(self, profile: Path, ask: Callable[[], str]) -> Order:
        with open_profile(profile, ask) as opened:
            return self._ordered(Replica(opened, self.clock))

    def _policy_case(self, profile: Path, instruction: str, ask: Callable[[], str]) -> tuple[Finding, ...]:
        with open_profile(profile, ask) as opened:
            return policy_case.rules(Replica(opened, self.clock), instruction, self.clock.now_ms() // 1_000)

    def _ordered(self, replica: Replica) -> Order:
        entropy = CountedEntropy("command line")
        return Order(replica.state, self.clock.now_ms(), Scribe(replica.anchor.origin, self.clock, entropy))

    def _handover(self, profile: Path, ask: Callable[[], str]) -> History:
        with replayed(profile, self.clock, ask) as replica:
            return handed(replica)

    def _enrol(self, profile: Path, handed: History, ask: Callable[[], str], ask_new: Callable[[], str]) -> Order:
        if (profile / "profile.json").is_file():
            store = profiles.open_profile(profile, ask)
        else:
            store = profiles.create(
                profile, profiles.Kind.CONSOLE, CountedEntropy("new").random_bytes, ask_new, {}, CHEAP
            )
        with store:
            return self._ordered(enrol(store, self.clock, handed.anchor, handed.records, handed.checkpoint))

    def _loan(self, profile: Path, name: str, ask: Callable[[], str]) -> LoanStatement:
        with open_profile(profile, ask) as opened:
            return statement(opened.archive.records(), name)

    def _judge_batch(self, files: Mapping[str, bytes], profile: Path, ask: Callable[[], str]) -> list[Item]:
        with open_profile(profile, ask) as opened:
            return plan(Replica(opened, self.clock).state, opened.archive.record, files, self.clock.now_ms() // 1_000)

    def _tell(self, profile: Path, text: str, ask: Callable[[], str]) -> Story:
        with open_profile(profile, ask) as opened:
            return story(Replica(opened, self.clock).state, opened.archive.record, text, self.clock.now_ms() // 1_000)

    def _evidence(self, profile: Path, text: str, ask: Callable[[], str]) -> Pack:
        with replayed(profile, self.clock, ask) as replica:
            return gather(replica, only(replica.state, text).hash)

    def _check(
        self,
        files: Mapping[str, bytes],
        profile: Path | None,
        trust: Quorum | None,
        ask: Callable[[], str],
        progress: Progress,
    ) -> CheckReport:
        if profile is None:
            return checking.check(files, None, trust, self.clock, progress)
        with open_profile(profile, ask) as opened:
            return checking.check(files, opened, trust, self.clock, progress)
