"""The cold vault's console: take in, verify, sign, hand back. Satisfies `surfaces.VaultConsole`.

DESIGN.md §3 "What a cold machine can know", §7. A machine that is never online: its own profile, its own token, no
mailbox.

- The operator compares the clock with a second source first; the answer counts for this session of the console. Until
  it was confirmed, C4 fails and nothing is signed.
- One request is open at a time. It is judged by every check whenever it is shown, and again when it is signed.
- The answer is recorded before it is shown or written. The same request again is answered from that record: no new
  signature.
- Refusing is an answer too: a signed event that names the bytes refused, with the findings against them.
- By QR nothing proves that the settlement was not cancelled since (L8): the view says
  `later_cancellation_checked=False`, and `attested_by` names the two officers who say so.

    await console.confirm_clock(True)
    await console.take_from_usb(Path("/media/officer/STICK/request.countersign"))
    await console.sign(progress)
    await console.answer_to_usb(Path("/media/officer/STICK"))
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from countersign.airgap import envelope as envelopes
from countersign.airgap import ur
from countersign.airgap.answer import AnswerBody, Part
from countersign.airgap.envelope import Envelope
from countersign.desk import (
    cases,
    crossing_due,
    device_signing,
    logbook,
    opened_views,
    own_keys,
    owner_effects,
    pages,
    signing,
    vault_devices,
    vault_intake,
)
from countersign.desk.author import Scribe, signed
from countersign.desk.cases import Basis, Circumstances
from countersign.desk.crossing import sealed
from countersign.desk.device_codes import DeviceCodes
from countersign.desk.own_keys import Waiting
from countersign.desk.ports import DENSEST, AskSecret, Clock, Courier, Profile
from countersign.desk.refusing import INSTRUCTION, of_officer, refusal_body
from countersign.desk.replica import Replica
from countersign.desk.scanning import TYPE, Scanning
from countersign.desk.shown import demand_shown
from countersign.desk.signing import Hand, Made, Progress
from countersign.desk.signing_view import device_views
from countersign.desk.surfaces import ANSWER_FILE
from countersign.desk.vault_intake import Opened
from countersign.desk.views import (
    ActBy,
    DeviceView,
    InstructionView,
    LogView,
    ProofView,
    StripView,
    TokenView,
    VaultRequestView,
)
from countersign.errors import Refused
from countersign.review import checks
from countersign.review.case import Case, Channel, Mode, SignerFacts
from countersign.settlement.deadlines import of_request
from countersign.settlement.records import Instruction
from countersign.settlement.roster import Token

UNCONFIRMED = "clock-unconfirmed"
SECOND_SOURCE = "compared by the operator with a second source"
Interfaces = Callable[[], Sequence[str]]
"""The names of the network interfaces that are up now."""


class Vault(DeviceCodes):
    """The console of one vault operator."""

    def __init__(
        self, replica: Replica, hand: Hand, clock: Clock, scribe: Scribe, courier: Courier, interfaces: Interfaces
    ) -> None:
        self.replica = replica
        self.hand = hand
        self._clock = clock
        self._scribe = scribe
        self._courier = courier
        self._interfaces = interfaces
        self._scanning = Scanning(courier, clock)
        self._confirmed = False
        self._open: Opened | None = None

    async def strip(self) -> StripView:
        """The top strip; this machine has no desk to reach, on purpose."""
        return await logbook.strip_view(self.replica, self.hand, None)

    async def log(self) -> LogView:
        """The history that this machine holds."""
        return logbook.log_view(self.replica)

    async def proof(self, index: int) -> ProofView:
        """Where one entry lies."""
        return pages.proof_view(self.replica, index)

    async def verify_everything(self, progress: Progress) -> LogView:
        """Everything again, from the archive."""
        return await logbook.verify_everything(self.replica, progress)

    async def interfaces_up(self) -> Sequence[str]:
        """Network interfaces that are up; there should be none but the loopback, which is not counted."""
        return self._interfaces()

    async def confirm_clock(self, confirmed: bool) -> None:
        """Whether the operator compared the clock with a second source; recorded either way."""
        journal, now = self.replica.profile.journal, self._now()
        if confirmed:
            journal.confirm_clock(now, SECOND_SOURCE)
        else:
            journal.set_setting(UNCONFIRMED, str(now).encode())
        self._confirmed = confirmed

    async def take_frame(self, text: str) -> tuple[int, int, bool]:
        """One decoded text of a request; once whole it is opened. Raises as `vault_intake.take_in`."""
        received, needed, whole = self._scanning.frame(text)
        if whole is not None:
            self._take(whole, Channel.QR)
        return received, needed, whole is not None

    async def take_pictures(self, pictures: Sequence[Path], progress: Progress) -> VaultRequestView:
        """A request from picture files. Raises as `vault_intake.take_in`; Unavailable("desk.frames-missing")."""
        return await self._view(self._take(await self._scanning.pictures(pictures, progress), Channel.QR))

    async def take_from_usb(self, file: Path) -> VaultRequestView:
        """A request from a file. Raises as `vault_intake.take_in`, and what reading the drive raises (T2)."""
        return await self._view(self._take(await self._courier.read_file(file), Channel.USB))

    async def request(self) -> VaultRequestView | None:
        """The open request, every check run now."""
        return None if self._open is None else await self._view(self._open)

    async def unlock(self, ask: AskSecret, *, last_try: bool = False) -> TokenView:
        """Log in to the token; asked once, never retried."""
        return await signing.unlock(self.hand, ask, last_try=last_try)

    async def lock(self) -> TokenView:
        """Log out of the token."""
        await signing.lock(self.hand)
        return await signing.token_view(self.hand.token, self.hand.officer)

    async def sign(self, progress: Progress, shown: InstructionView | None = None) -> VaultRequestView:
        """Sign the open request with the token, or show the recorded answer again; answered once no device has to sign too.

        `shown` as `demand_shown` says. Refused("desk.checks-forbid") with every finding, "desk.signs-on-device".
        """
        opened = self._opened()
        if opened.answer is None:
            demand_shown(opened.basis.state, opened.instruction, opened.artefact, shown)
            made = await signing.sign(
                self.hand,
                opened.basis,
                opened.instruction,
                opened.artefact,
                self._moment(opened),
                self.replica.profile,
                self._scribe,
                progress,
            )
            opened = await self._gather(opened, made)
        return await self._view(opened)

    async def device_export(self, version: int = 0, shown: InstructionView | None = None) -> bytes:
        """The unsigned PSBT for the operator's own device, journalled before it leaves; `shown` as `demand_shown` says.

        Raises as that and `device_signing.export`; Refused("desk.answered-already").
        """
        opened = self._unanswered()
        demand_shown(opened.basis.state, opened.instruction, opened.artefact, shown)
        return await device_signing.export(*self._about(opened), version=version)

    async def device_signed(self, signed: bytes) -> VaultRequestView:
        """What the device gave back: the operator's shares out of it; answered once the token has not to sign too.

        Raises as `device_signing.take_back`, and what the token that signs the answer raises.
        """
        opened = self._opened()
        if opened.answer is None:
            hand, found, instruction, data, moment, profile = self._about(opened)
            made = await device_signing.take_back(hand, found, instruction, data, signed, moment, profile, self._scribe)
            opened = await self._gather(opened, made)
        return await self._view(opened)

    async def hand_back(self) -> VaultRequestView:
        """Answer with what is signed, though more is wanted. Refused("desk.nothing-signed", "desk.answered-already")."""
        opened = self._unanswered()
        if not opened.given:
            raise Refused("desk.nothing-signed", request=opened.envelope.request_id)
        return await self._view(await self._answer(opened, opened_views.parts(opened)))

    async def _gather(self, opened: Opened, made: Made) -> Opened:
        """Shares beside those made before; answered with all of them once nothing more is to be signed here."""
        self._open = opened = vault_devices.with_shares(opened, made)
        wanted = await self._still(opened)
        if wanted.token or wanted.device:
            return opened
        return await self._answer(opened, opened_views.parts(opened))

    async def _still(self, opened: Opened) -> Waiting:
        now = await self.hand.token.token()
        return vault_devices.still(opened, self.hand.officer, Token(now.serial, now.label, now.model))

    def _about(self, opened: Opened) -> tuple[Hand, Basis, Instruction, bytes, Circumstances, Profile]:
        """What signing on a device is told of the open request."""
        moment, profile = self._moment(opened), self.replica.profile
        return self.hand, opened.basis, opened.instruction, opened.artefact, moment, profile

    async def refuse(self, reason: str) -> None:
        """Answer with a signed refusal. Refused("desk.answered-already") where another answer was given."""
        opened = self._unanswered()
        verdict = await asyncio.to_thread(checks.verdict, await self._case(opened))
        against = verdict.against or (of_officer(reason),)
        body = refusal_body(INSTRUCTION, opened.artefact, against, reason)
        event = await signed(self._scribe.draft("instruction.refused", body), [self.hand.author])
        await self._answer(opened, (Part(event, None),))

    async def answer_frames(self, density: int = DENSEST) -> Sequence[str]:
        """The UR parts of the answer, in the order shown. Refused("desk.no-answer")."""
        return self._courier.frames(ur.Message(TYPE, self._answered()), density)

    def answer_facts(self) -> dict[str, str]:
        """The UR type of the answer, and the SHA-256 of the message's bytes. Refused("desk.no-answer")."""
        return {"ur_type": TYPE, "sha256": sha256(self._answered()).hexdigest()}

    async def answer_to_usb(self, folder: Path) -> Path:
        """Write the answer, read it back, compare. Refused("desk.no-answer"), and what the drive raises."""
        return await self._courier.write_file(folder, ANSWER_FILE, self._answered())

    def _take(self, data: bytes, channel: Channel) -> Opened:
        self._open = None
        opened = vault_intake.take_in(self.replica, self.hand.officer, data, channel)
        if opened.answer is not None:
            self._take_turn(opened.answer)
        self._open = opened
        return opened

    async def _answer(self, opened: Opened, parts: tuple[Part, ...]) -> Opened:
        """Seal the answer and record it, durably, before anybody sees it."""
        asked, journal = opened.envelope, self.replica.profile.journal
        message = Envelope(
            desk=asked.desk,
            sender=self.hand.officer,
            recipient=asked.sender,
            session=asked.session,
            sequence=journal.next_sequence(asked.sender, asked.session),
            request_id=asked.request_id,
            settlement_id=asked.settlement_id,
            contract_hashes=asked.contract_hashes,
            log_head=asked.log_head,
            consistency_proof=(),
            body=AnswerBody(opened.sha256, parts),
        )
        data = await sealed(self.hand.author, message)
        journal.answer(opened.sha256, data)
        self._take_turn(data)
        self._open = replace(opened, answer=data)
        return self._open

    def _take_turn(self, answer: bytes) -> None:
        """The answer's place in our own sequence; a second time changes nothing."""
        message = envelopes.peek(answer)
        digest = sha256(answer).digest()
        self.replica.profile.journal.send(message.recipient, message.session, message.sequence, digest)

    async def _view(self, opened: Opened) -> VaultRequestView:
        profile, moment = self.replica.profile, self._moment(opened)
        case = await self._case(opened)
        parts = (opened.basis, profile, opened.instruction, opened.artefact, case, opened_views.is_signed(opened))
        shown = await asyncio.to_thread(pages.instruction_view, *parts)
        state = opened.basis.state
        review, order = None, state.orders.get(opened.instruction.hash)
        if order is None:
            contract = state.cycle(opened.instruction.cycle).contracts[0]
            review = pages.review_view(opened.basis, profile, contract, moment, [shown], opened.proof)
        keys, devices = await self._signers(opened)
        return VaultRequestView(
            replace(opened_views.crossing_view(opened), act_by=self._due(opened)),
            review,
            shown,
            self._confirmed,
            opened.answer is not None,
            keys,
            change=None if order is None else owner_effects.change_of(state, order, opened.artefact),
            proof=None if order is None else opened.proof,
            devices=devices,
            given=tuple(each.vault for each in opened.given),
        )

    async def _signers(self, opened: Opened) -> tuple[tuple[str, ...], tuple[DeviceView, ...]]:
        """The keys with which the token is to sign, and the devices that are."""
        wanted = await self._still(opened)
        about = (opened.basis.state, self.hand.officer, opened.instruction, opened.artefact)
        asked = vault_devices.token_keys(opened, self.hand.officer, wanted)
        found = await asyncio.to_thread(own_keys.signing_keys, *about, asked)
        devices = await asyncio.to_thread(device_views, *about, wanted.device)
        return tuple(key.data.hex() for key in found), devices

    def _due(self, opened: Opened) -> ActBy | None:
        """By when the request must be signed, or its answer be back. Made anew with every look, as checks are."""
        state = opened.basis.state
        if opened.answer is not None:
            signed = crossing_due.of_answer(envelopes.peek(opened.answer))
            return crossing_due.first((signed, *of_request(state, opened.instruction)))
        head = crossing_due.of_head(self.replica.anchor.now(state), opened.envelope.log_head)
        return crossing_due.first((*of_request(state, opened.instruction), head))

    async def _case(self, opened: Opened) -> Case:
        """Before a signature: with the token's facts once it is unlocked; before that, for the key that is to sign."""
        about, profile, moment = (
            (opened.basis, opened.instruction, opened.artefact),
            self.replica.profile,
            self._moment(opened),
        )
        wanted = await self._still(opened)
        if vault_devices.on_device(opened, self.hand.officer, wanted):
            return signing.device_case(self.hand.officer, *about, moment, profile)
        if (await self.hand.token.token()).unlocked:
            return await signing.signing_case(self.hand, *about, moment, profile)
        keys = own_keys.asked_keys(opened.basis.state, self.hand.officer, opened.instruction)
        signer = SignerFacts(self.hand.officer, keys[0].key) if keys else None
        return cases.instruction_case(*about, replace(moment, signer=signer), profile, Mode.SIGN)

    def _moment(self, opened: Opened) -> Circumstances:
        return Circumstances(
            now=self._now(),
            transport=opened.transport,
            channel=opened.channel,
            clock_confirmed=self._confirmed,
            store=cases.store_facts(self.replica.profile),
        )

    def _opened(self) -> Opened:
        if self._open is None:
            raise Refused("desk.no-request")
        return self._open

    def _unanswered(self) -> Opened:
        opened = self._opened()
        if opened.answer is not None:
            raise Refused("desk.answered-already", request=opened.envelope.request_id)
        return opened

    def _answered(self) -> bytes:
        answer = self._opened().answer
        if answer is None:
            raise Refused("desk.no-answer")
        return answer

    def _now(self) -> int:
        return self._clock.now_ms() // 1000
