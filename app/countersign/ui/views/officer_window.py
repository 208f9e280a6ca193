"""A signing officer's window: Desk, Review, Sign, Carry, Log over one console.

- Every verb of the console is awaited through the runner; after each the screens are made anew from fresh views.
- Nothing advances by itself: a refresh, a press or *Next step* moves things.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from countersign.desk.surfaces import OfficerConsole
from countersign.desk.views import ReviewView, TokenView
from countersign.errors import Unavailable
from countersign.ui.presenters import review as words
from countersign.ui.presenters.banner import BannerFacts
from countersign.ui.presenters.instruments import Instruments
from countersign.ui.presenters.search import Hit, find, find_vaults
from countersign.ui.strings import label
from countersign.ui.tasks.runner import Runner, aside
from countersign.ui.views.account_verbs import AccountVerbs
from countersign.ui.views.attest_verbs import AttestVerbs
from countersign.ui.views.carry_screen import CarryScreen
from countersign.ui.views.context import Context
from countersign.ui.views.deed_verbs import DeedVerbs
from countersign.ui.views.desk_screen import MANY, DeskScreen
from countersign.ui.views.device_verbs import DeviceVerbs
from countersign.ui.views.endorse_verbs import EndorseVerbs
from countersign.ui.views.enrol_screen import EnrolScreen
from countersign.ui.views.enrol_verbs import EnrolVerbs
from countersign.ui.views.frame import Frame
from countersign.ui.views.governance_verbs import GovernanceVerbs
from countersign.ui.views.history_screen import HistoryScreen
from countersign.ui.views.history_verbs import HistoryVerbs
from countersign.ui.views.legal_verbs import LegalVerbs
from countersign.ui.views.log_screen import LogScreen
from countersign.ui.views.log_verbs import LogVerbs
from countersign.ui.views.operations_verbs import OperationsVerbs
from countersign.ui.views.owner_verbs import OwnerVerbs
from countersign.ui.views.participants_screen import ParticipantsScreen
from countersign.ui.views.refuse_dialog import RefuseDialog
from countersign.ui.views.review_screen import ReviewScreen
from countersign.ui.views.search_dialog import SearchDialog
from countersign.ui.views.secret_dialog import LAST, asking
from countersign.ui.views.settings_screen import SettingsScreen
from countersign.ui.views.sign_screen import SignScreen
from countersign.ui.views.vaults_screen import VaultsScreen
from countersign.ui.views.vaults_verbs import VaultsVerbs

_Done = TypeVar("_Done")
_RAIL = {"desk": "desk", "review": "desk", "sign": "sign", "carry": "carry",
         "vaults": "vaults", "enrol": "vaults", "participants": "participants", "log": "log", "history": "history",
         "settings": "settings"}  # fmt: skip


class OfficerWindow(Frame):
    """One officer, one console."""

    def __init__(self, console: OfficerConsole, banner: BannerFacts, instruments: Instruments) -> None:
        context = Context(Runner(), instruments)
        self.console, self.facts = console, banner
        self.reviewed: dict[str, ReviewView] = {}
        self.contract = ""
        self.reasons: dict[str, str] = {}  # typed for a refusal that did not come about
        self.signing: asyncio.Task[None] | None = None
        self.desk, self.review = DeskScreen(context), ReviewScreen(context)
        self.sign, self.carry, self.log = SignScreen(context), CarryScreen(context), LogScreen(context)
        self.history = HistoryScreen(context)
        self.vaults, self.enrol = VaultsScreen(), EnrolScreen(context)
        self.participants, self.settings = ParticipantsScreen(context), SettingsScreen(context)
        screens = {
            "desk": self.desk,
            "review": self.review,
            "sign": self.sign,
            "carry": self.carry,
            "vaults": self.vaults,
            "enrol": self.enrol,
            "participants": self.participants,
            "log": self.log,
            "history": self.history,
            "settings": self.settings,
        }
        super().__init__(context, banner, screens, _RAIL)
        self._connect()
        self.open_screen("desk")

    def _connect(self) -> None:
        self.context.runner.broken.connect(lambda _: self._offer())
        self.banner.stepped.connect(self._play_next)
        self.rail.refreshing.connect(self.begin)
        self.strip.locking.connect(self._lock)
        self.rail.searching.connect(self._search)
        self.desk.opened.connect(self.open_review)
        self.desk.checks.ask = self.console.checked
        self.desk.checks.outdated.connect(lambda: self.context.runner.start(self._show_desk()))
        self.review.left.connect(lambda: self.open_screen("desk"))
        self.review.signing.connect(lambda _: self.open_screen("sign"))
        self.review.refusing.connect(self._refuse)
        self.sign.left.connect(lambda: self.open_screen("review" if self.contract else "desk"))
        self.sign.refusing.connect(self._refuse)
        self.sign.unlocking.connect(self._unlock)
        self.sign.signing.connect(self._sign)
        self.sign.progress.cancelled.connect(self._stop_signing)
        self.carry.chosen.connect(self._show_frames)
        self.carry.writing.connect(self._write_usb)
        self.carry.scan.read.connect(self._take_text)
        self.carry.scan.pictures.connect(self._take_pictures)
        self.carry.usb.reading.connect(self._take_usb)
        self.history.unlocking.connect(self._unlock)
        self.telling = HistoryVerbs(self.history, self.console, self.context, self._with_token)
        self.vaulting = VaultsVerbs(self.vaults, self.console, self.context)
        self.owning = OwnerVerbs(
            self.vaults, self.console, self.context, self._with_token, self.begin, self._show_proposal
        )
        self.enrolling = EnrolVerbs(self.enrol, self.console, self.context, self._with_token, self._show_proposal)
        self.vaults.enrolling.connect(self._enrol)
        self.enrol.left.connect(lambda: self.open_screen("vaults"))
        self.participants.opened.connect(self.open_review)
        self.stating = AccountVerbs(self.participants, self.console, self.context)
        self.governing = GovernanceVerbs(self.settings, self.console, self.context, self._with_token, self.refresh)
        self.operating = OperationsVerbs(
            self.desk, self.review, self.participants, self.console, self.context, self._with_token, self.refresh
        )
        self.deciding = DeedVerbs(
            self.review, self.participants, self.console, self.context, self._with_token, self._show_proposal
        )
        self.by_device = DeviceVerbs(self.sign, self.console, self.context, self._with_token, self._show_signed)
        self.endorsing = EndorseVerbs(self.review, self.console, self.context, self._with_token, self.refresh)
        self.log_verbs = LogVerbs(self.log, self.console, self.context.runner)
        self.attests = AttestVerbs(self.carry, self.console, self.context, self._with_token, self.refresh)
        self.legal = LegalVerbs(self.review, self.console, self.context, self.show_settlement)

    def _offer(self) -> None:
        self.sign.offer()
        self.review.offer()
        self.history.offer()
        self.settings.proposals.offer()
        self.enrol.offer()

    def begin(self) -> None:
        """Take in what was logged and show it."""
        self.context.runner.start(self.refresh())

    async def refresh(self) -> None:
        """Synchronise, then make every screen anew."""
        await self.console.synchronise()
        await self.show_all()

    async def show_all(self) -> None:
        """Every screen from fresh views."""
        await self._show_strip()
        await self._show_desk()
        self.context.runner.start(self.console.cut_off(), self.desk.totals.show_cut_off)
        if self.contract:
            await self.show_settlement(self.contract)
        self.carry.show_view(await self.console.carry_requests())
        self.rail.count("carry", self.carry.waiting)
        self.log.show_view(await self.console.log())
        await self._show_history()
        await self._show_governance()

    async def _show_desk(self) -> None:
        view = await self.console.desk(self.desk.show_view)
        self.desk.show_view(view)
        self.rail.count("desk", view.needs_you)

    async def _show_strip(self) -> TokenView | None:
        strip = await self.console.strip()
        self.strip.show_view(strip, self.context.now)
        self.history.show_token(strip.token)
        return strip.token

    async def _show_governance(self) -> None:
        found = self.console.governance
        self.operating.show()
        views = await aside(found.participants)  # with all that is open with each
        self.participants.show_views(views, found.roster().vaults, await self.console.accounts())
        await self.vaulting.show()
        await self.governing.show()
        self.rail.count("settings", self.settings.waiting)

    async def _show_proposal(self, proposal: str, said: str) -> None:
        await self._show_governance()
        self.open_screen("settings")
        self.settings.show_proposal(proposal, said)

    async def _show_history(self) -> None:
        self.history.show_view(await self.console.history())
        if self.history.told:
            self.history.show_story(await self.console.story(self.history.told))

    async def show_settlement(self, contract: str) -> None:
        """Run every check of a settlement; Review and Sign show it."""
        view = await self.console.review(contract)
        self.contract = contract
        self.reviewed[contract] = view
        self.review.show_view(view)
        self.operating.show()
        self.sign.show_view(view, await self.console.to_sign(contract))

    def open_review(self, contract: str) -> None:
        """Review a settlement."""

        async def work() -> None:
            await self.show_settlement(contract)
            self.open_screen("review")

        self.context.runner.start(work())

    def _search(self) -> None:
        rows, stacks, reviewed = self.desk.view.rows, self.desk.stacked, dict(self.reviewed)
        runner = self.context.runner if len(rows) > MANY else None
        pages = self.vaults.pages

        def look(needle: str) -> tuple[Hit, ...]:
            return find_vaults(pages, needle) + find(rows, stacks, reviewed, needle)

        dialog = SearchDialog(look, self, runner)
        dialog.opened.connect(self.open_review)
        dialog.holding.connect(self._open_vault)
        dialog.open()

    def _open_vault(self, hit: Hit) -> None:
        self.open_screen("vaults")
        self.vaults.choose(hit.vault, hit.place)

    def _unlock(self) -> None:
        self.context.runner.start(self._unlocked())

    async def _unlocked(self) -> None:
        token = (await self.console.strip()).token
        tries = token.tries if token else "ok"
        try:
            await self.console.unlock(asking(self, tries), last_try=tries == LAST)
        finally:
            token = await self._show_strip()
            if token is not None:
                self.sign.show_token(token)

    async def _with_token(self, work: Callable[[], Awaitable[_Done]]) -> _Done:
        """What the identity key signs asks for the PIN where the token proves locked, and is then done once more.

        The token signs before anything is recorded or sent, so the first attempt left nothing behind.
        """
        try:
            return await work()
        except Unavailable as error:
            if error.code != "signers.locked":
                raise
        await self._unlocked()
        return await work()

    def _enrol(self) -> None:
        self.enrolling.begin()
        self.open_screen("enrol")
        self.enrol.take_keys()

    def _lock(self) -> None:
        async def work() -> None:
            self.sign.show_token(await self.console.lock())
            await self._show_strip()

        self.context.runner.start(work())

    def _sign(self, instruction: str) -> None:
        if not self.context.runner.sound:
            return
        self.sign.set_busy(True)
        self.sign.progress.begin(label("sign.signing"))

        def ended() -> None:
            self.sign.progress.end()
            self.sign.set_busy(False)

        self.signing = self.context.runner.start(self._signed(instruction), ended=ended)

    def _stop_signing(self) -> None:
        if self.signing is not None and self.signing.cancel():
            self.sign.say_stopped()

    async def _signed(self, instruction: str) -> None:
        view = await self.console.sign(instruction, self.sign.progress.advance, self.sign.shown(instruction))
        await self._show_signed(view)

    async def _show_signed(self, view: ReviewView) -> None:
        """A settlement after this officer's share."""
        self.reviewed[view.contract] = view
        self.review.show_view(view)
        self.sign.finish(view, await self.console.to_sign(view.contract))
        await self._show_lists()

    async def _show_lists(self) -> None:
        """What a signature, a refusal or an answer changes besides its own screen."""
        await self._show_strip()
        await self._show_desk()
        self.context.runner.start(self.console.cut_off(), self.desk.totals.show_cut_off)
        self.carry.show_view(await self.console.carry_requests())
        self.rail.count("carry", self.carry.waiting)
        self.log.show_view(await self.console.log())
        await self._show_history()
        await self._show_governance()

    def _refuse(self, contract: str) -> None:
        view = self.reviewed[contract]
        choices = [(each.instruction, words.kind(each), each.verdict) for each in view.instructions]
        dialog = RefuseDialog([*choices, (None, label("refuse.the-contract"), view.contract_verdict)], self)
        dialog.reason.setPlainText(self.reasons.get(contract, ""))

        async def work() -> None:
            if await dialog.answer():
                what, why = dialog.instruction, dialog.text
                self.reasons[contract] = why
                await self._with_token(lambda: self.console.refuse(contract, what, why))
                del self.reasons[contract]
                await self.refresh()
                self.review.say(label("refuse.done"))

        self.context.runner.start(work())

    def _show_frames(self, instruction: str) -> None:
        panel = self.carry.show_panel

        async def work() -> None:
            panel.show_texts(await self._with_token(lambda: self.console.request_frames(instruction, panel.density)))
            self.carry.show_view(await self.console.carry_requests())

        self.context.runner.start(work())

    def _write_usb(self, instruction: str, folder: Path) -> None:
        async def work() -> None:
            written = await self._with_token(lambda: self.console.request_to_usb(instruction, folder))
            drives = self.context.instruments.drives
            self.carry.usb.show_written(str(written), await aside(lambda: drives.fingerprint(written)))
            self.carry.show_view(await self.console.carry_requests())

        self.context.runner.start(work())

    def _take_text(self, text: str) -> None:
        async def work() -> None:
            got, needed, complete = await self.console.take_frame(text)
            self.carry.scan.show_received(got, needed, complete=complete)
            if complete:
                await self.refresh()
                self.carry.say(label("carry.answered"))

        self.context.runner.start(work())

    def _take_pictures(self, pictures: list[Path]) -> None:
        self.carry.scan.progress.begin(label("carry.reading"))

        async def work() -> None:
            await self.console.take_pictures(pictures, self.carry.scan.progress.advance)
            self.carry.scan.show_received(0, 0, complete=True)
            await self.refresh()
            self.carry.say(label("carry.answered"))

        task = self.context.runner.start(work(), ended=self.carry.scan.progress.end)
        self.carry.scan.progress.cancelled.connect(task.cancel)

    def _take_usb(self, file: Path) -> None:
        async def work() -> None:
            await self.console.take_from_usb(file)
            self.carry.usb.show_taken(label("carry.answered"))
            await self.refresh()
            self.carry.say(label("carry.answered"))

        self.context.runner.start(work())

    def _play_next(self) -> None:
        step: Callable[[], Awaitable[str]] | None = self.facts.next_step
        if step is None:
            return
        self.banner.step.setEnabled(False)
        self.banner.say(label("banner.playing"))

        async def work() -> None:
            said = label("banner.stopped")
            try:
                said = await step()
            finally:
                self.banner.say(said)
            await self.refresh()

        self.context.runner.start(work(), ended=lambda: self.banner.step.setEnabled(True))
