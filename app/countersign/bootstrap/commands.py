"""The command line over its use cases. Each command imports what it needs when it runs: `check` is there in a moment."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from countersign.bootstrap.books import ProfileBooks
from countersign.bootstrap.machine import CLOCK
from countersign.bootstrap.nodes import open_nodes
from countersign.bootstrap.replayed import replayed
from countersign.bootstrap.stations import WorkstationDesks
from countersign.bootstrap.vaults import VaultSeats
from countersign.bootstrap.witnesses import WitnessFolders
from countersign.cli.app import root_app, run
from countersign.cli.commands import UseCases
from countersign.errors import CountersignError, Refused

if TYPE_CHECKING:
    from countersign.audit.quorum import Quorum
    from countersign.cli.options import Ask
    from countersign.cli.token import Provisioner
    from countersign.cli.watching import Progress
    from countersign.desk.batch import Item
    from countersign.desk.enrolment import History
    from countersign.desk.evidence import Pack
    from countersign.desk.lending import LoanStatement
    from countersign.desk.order import Order
    from countersign.desk.ports import Journal
    from countersign.desk.replica import Replica
    from countersign.desk.reports import AuditReport, CheckReport
    from countersign.desk.telling import Story
    from countersign.review.finding import Finding

VAULT_LINES = "vault-lines"
TOKEN_DEADLINE = 20.0


def main(arguments: list[str]) -> int:
    """Run what was typed; the exit status."""
    if arguments[:1] == [VAULT_LINES] and len(arguments) == 2:
        from countersign.bootstrap.vault_process import vault_lines

        vault_lines(Path(arguments[1]))
        return 0
    return run(root_app(use_cases()), arguments, trace_file())


def trace_file() -> Path:
    """Where the trace of a bug of ours is kept."""
    import platformdirs

    return Path(platformdirs.user_log_dir("countersign")) / "unexpected.log"


def use_cases() -> UseCases:
    """What the commands call."""
    books = ProfileBooks(CLOCK, open_nodes)
    return UseCases(
        window=lambda: demonstrate(False, None, (), False),
        demonstrate=demonstrate,
        check=check,
        audits=Auditing(),
        provisioner=provisioner,
        tell=tell,
        evidence=evidence,
        judge_batch=judge_batch,
        loan=loan,
        books=books,
        reconcile=books,
        cycles=books,
        orders=order,
        policy_case=policy_case,
        enrol=enrol,
        handover=handover,
        witnesses=WitnessFolders(),
        stations=WorkstationDesks(),
        vaults=VaultSeats(),
        nodes=open_nodes,
        enrolling=enrolling,
    )


def check(
    files: Mapping[str, bytes], profile: Path | None, trust: Quorum | None, ask: Ask, progress: Progress
) -> CheckReport:
    """`countersign check`."""
    from countersign.desk.checking import check as judge

    if profile is None:
        return judge(files, None, trust, CLOCK, progress)
    from countersign.store.profile import open_profile

    with open_profile(profile, ask) as store:
        return judge(files, store, trust, CLOCK, progress)


def tell(profile: Path, text: str, ask: Ask) -> Story:
    """`countersign settlement show`."""
    from countersign.desk.telling import story

    with replayed(profile, CLOCK, ask) as replica:
        return story(replica.state, replica.record, text, CLOCK.now_ms() // 1_000)


def evidence(profile: Path, text: str, ask: Ask) -> Pack:
    """`countersign evidence`."""
    from countersign.desk.evidence import gather
    from countersign.desk.telling import only

    with replayed(profile, CLOCK, ask) as replica:
        return gather(replica, only(replica.state, text).hash)


def order(profile: Path, ask: Ask) -> Order:
    """`countersign roster`, `countersign policy`."""
    with replayed(profile, CLOCK, ask) as replica:
        return ordered(replica)


@contextmanager
def enrolling(profile: Path, ask: Ask) -> Iterator[tuple[Order, Journal]]:
    """`countersign vault-enrol`, where it signs: the profile stays open. Refused("S1.read-only") for an auditor's."""
    with replayed(profile, CLOCK, ask) as replica:
        if not replica.profile.writable:
            raise Refused("S1.read-only", file=profile.name)
        yield ordered(replica), replica.profile.journal


def policy_case(profile: Path, instruction: str, ask: Ask) -> tuple[Finding, ...]:
    """`countersign policy explain --instruction`."""
    from countersign.desk.policy_case import rules

    with replayed(profile, CLOCK, ask) as replica:
        return rules(replica, instruction, CLOCK.now_ms() // 1_000)


def enrol(profile: Path, handed: History, ask: Ask, ask_new: Ask) -> Order:
    """`countersign enrol`: into a profile that is there, or a new one."""
    from countersign.desk import enrolment
    from countersign.store import profile as profiles

    if (profile / "profile.json").is_file():
        store = profiles.open_profile(profile, ask)
    else:
        store = profiles.create(profile, profiles.Kind.CONSOLE, secrets.token_bytes, ask_new)
    with store:
        return ordered(enrolment.enrol(store, CLOCK, handed.anchor, handed.records, handed.checkpoint))


def handover(profile: Path, ask: Ask) -> History:
    """`countersign handover`."""
    from countersign.desk.enrolment import handed

    with replayed(profile, CLOCK, ask) as replica:
        return handed(replica)


def ordered(replica: Replica) -> Order:
    """What a replica's history says now."""
    from countersign.bootstrap.machine import ENTROPY
    from countersign.desk.author import Scribe
    from countersign.desk.order import Order

    return Order(replica.state, CLOCK.now_ms(), Scribe(replica.anchor.origin, CLOCK, ENTROPY))


def loan(profile: Path, name: str, ask: Ask) -> LoanStatement:
    """`countersign loan`."""
    from countersign.desk.lending import statement
    from countersign.store.profile import open_profile

    with open_profile(profile, ask) as store:
        return statement(store.archive.records(), name)


def judge_batch(files: Mapping[str, bytes], profile: Path, ask: Ask) -> list[Item]:
    """`countersign import`."""
    from countersign.desk.importing import plan

    with replayed(profile, CLOCK, ask) as replica:
        return plan(replica.state, replica.record, files, max(CLOCK.now_ms(), replica.state.time_ms) // 1_000)


class Auditing:
    """`countersign audit verify`, by what the source is; `countersign audit report`."""

    def profile(self, folder: Path, trust: Quorum | None, ask: Ask, progress: Progress) -> AuditReport:
        """A profile's own history."""
        from countersign.desk.auditing import verify_profile
        from countersign.store.profile import open_profile

        with open_profile(folder, ask) as store:
            return verify_profile(store, trust, CLOCK, progress)

    def pack(self, data: bytes, name: str, trust: Quorum | None, progress: Progress) -> AuditReport:
        """An evidence pack."""
        from countersign.desk.auditing import verify_pack

        return verify_pack(data, name, trust, CLOCK, progress)

    def output(
        self, files: Mapping[str, bytes], profile: Path, trust: Quorum | None, progress: Progress
    ) -> AuditReport:
        """A headless run's folder. Nothing that lies in it is trusted, its own profile neither: that takes `--trust`."""
        from countersign.couriers.carrier import message_of
        from countersign.desk.output_audit import verify_output
        from countersign.store.profile import open_profile

        try:
            store = open_profile(profile)
        except CountersignError as error:
            return verify_output(files, error, trust, CLOCK, progress, message_of)
        with store:
            return verify_output(files, store, trust, CLOCK, progress, message_of)

    def report(self, folder: Path, name: str, pdf: bytes, signature: bytes, ask: Ask) -> AuditReport:
        """A signed report, over a profile's own history."""
        from countersign.desk.report_checking import verify
        from countersign.store.profile import open_profile

        with open_profile(folder, ask) as store:
            return verify(store, CLOCK, name, pdf, signature)


def provisioner(module: str | None, softhsm: Path | None) -> AbstractAsyncContextManager[Provisioner]:
    """`countersign token`."""
    from countersign.signers.provision import provisioner_for

    return provisioner_for(module, softhsm, deadline=TOKEN_DEADLINE, random_bytes=secrets.token_bytes)


def demonstrate(headless: bool, out: Path | None, seats: Sequence[str], busy: bool) -> int:
    """`countersign demo`: the windows, or the whole story without one."""
    from countersign.bootstrap import windows

    if headless:
        return windows.play_headless(out or Path("countersign-demo"), busy=busy)
    return windows.open_window(seats, busy=busy)
