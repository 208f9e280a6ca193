"""An officer's console whole, as `surfaces.OfficerConsole` wants it: the officer's verbs, and the air gap's beside them.

What is asked of the air gap first takes in what the desk has logged, and takes in again what an answer added.
"""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from countersign.audit.checkpoint import SignedCheckpoint
from countersign.desk import attesting, awards, declared_fees, device_signing, signing
from countersign.desk.author import Scribe
from countersign.desk.carrying import Carrying
from countersign.desk.crossing import Crossing
from countersign.desk.deed_views import AwardPaper
from countersign.desk.deeds import Deeds, Look
from countersign.desk.device_codes import DeviceCodes
from countersign.desk.entering import Entering
from countersign.desk.governance import Governance
from countersign.desk.governance_views import ProposalView
from countersign.desk.officer import Officer
from countersign.desk.operations import Operations
from countersign.desk.operations_views import ReconciliationView
from countersign.desk.owner_changes import OwnerChanges
from countersign.desk.ports import DENSEST, Clock, Courier, Entropy, Mailbox, Receipt
from countersign.desk.proposal_box import ProposalBox
from countersign.desk.replica import Replica
from countersign.desk.scanning import TYPE
from countersign.desk.shown import demand_shown
from countersign.desk.signing import Hand, Progress
from countersign.desk.vault_book import VaultBook
from countersign.desk.vault_ceremony import VaultCeremony
from countersign.desk.views import CrossingView, InstructionView, KeptLegalText, ReviewView
from countersign.desk.vouching import Nodes
from countersign.desk.workplace import AtConsole
from countersign.review.case import Channel
from countersign.settlement.events import Event
from countersign.settlement.owners_order import attested_as
from countersign.settlement.saying import Difference
from countersign.settlement.stop_bodies import Scope


class OfficerConsole(DeviceCodes, Officer):
    """The console of one officer, with a courier. `box`: where proposals wait; its own journal if none is given.

    `nodes`: its own eyes on the chains, not the desk's, which E10 and an operations officer's verbs need.
    """

    def __init__(
        self,
        replica: Replica,
        mailbox: Mailbox,
        hand: Hand,
        clock: Clock,
        scribe: Scribe,
        entropy: Entropy,
        courier: Courier,
        box: ProposalBox | None = None,
        nodes: Nodes | None = None,
    ) -> None:
        super().__init__(replica, mailbox, hand, clock, scribe, nodes)
        self._crossing = Crossing(replica, mailbox, hand.author, entropy)
        self._carrying = Carrying(replica, self._crossing, courier, clock)
        kept = box if box is not None else ProposalBox(replica.profile.journal)
        place = AtConsole(replica, mailbox, scribe, nodes or Nodes())
        self._place = place
        own = (Look(place), self._fees, Entering(nodes))
        self._governance = Governance(replica, mailbox, hand.author, scribe, clock, kept, *own)
        self._deeds = Deeds(place, hand.author, self._governance)
        self._owner_changes = OwnerChanges(place, hand, clock, self._governance)
        self._operations = Operations(replica, mailbox, hand.author, scribe, clock, nodes or Nodes())
        self._vaults = VaultBook(place, clock)
        self._courier = courier
        self._enrolling = VaultCeremony(replica, hand, courier, self._governance)

    async def synchronise(self) -> None:
        """Take in what was logged, and what the words of proposals need: the bytes that they name, what own nodes say of what they
        enter."""
        await super().synchronise()
        await self._governance.look_again()
        events = self._governance.waiting()
        await self._place.fetch(digest for each in events for digest in declared_fees.wanted(each, self.replica.state))

    def _fees(self, event: Event) -> tuple[Difference, ...]:
        return declared_fees.fees(self._place.state, self._place.artefacts, event)

    @property
    def vaults(self) -> VaultBook:
        """The vaults, and what lies in them."""
        return self._vaults

    @property
    def enrolling(self) -> VaultCeremony:
        """A Bitcoin vault's enrolment, step by step."""
        return self._enrolling

    @property
    def operations(self) -> Operations:
        """What an operations officer does alone."""
        return self._operations

    @property
    def owner_changes(self) -> OwnerChanges:
        """Changes of a Safe's own owners."""
        return self._owner_changes

    @property
    def governance(self) -> Governance:
        """Roster, policy and proposals."""
        return self._governance

    @property
    def deeds(self) -> Deeds:
        """What takes two officers."""
        return self._deeds

    async def freeze(self, order: str, scope: Scope, paper: Path, reason: str) -> ProposalView:
        """Propose that an order stops what it names, by the paper in a file. Raises as `Deeds.freeze` and the courier."""
        return await self.deeds.freeze(order, scope, await self._courier.read_chosen(paper), reason)

    async def lift(self, order: str, paper: Path, reason: str) -> ProposalView:
        """Propose that an order stops nothing any more. Raises as `Deeds.lift` and the courier."""
        return await self.deeds.lift(order, await self._courier.read_chosen(paper), reason)

    async def read_award(self, terms: Path, ruling: Path) -> AwardPaper:
        """An award's files, and what they would do: read before they are signed. Raises as `awards.read` and the courier."""
        read = self._courier.read_chosen
        return awards.read(self.replica.state, await read(terms), await read(ruling))

    async def award(self, paper: AwardPaper) -> bytes | ProposalView:
        """Sign an award's terms as they were read, or propose it where both have. Raises as `Deeds.award`."""
        return await self.deeds.award(paper.terms, paper.ruling)

    def remember_vault(self, officer: str, head: SignedCheckpoint) -> None:
        """What a cold machine was enrolled with: its head, replayed in full."""
        self._crossing.remember(officer, head)

    def requested(self, instruction: str, officer: str) -> bool:
        """Whether a request of this instruction to an officer was ever made here."""
        return self._crossing.requested(instruction, officer)

    async def take_change(self, file: Path) -> ProposalView:
        """A proposal, or a drafted change that becomes one. Raises as `Governance.propose_file` and the courier."""
        view = self.governance.propose_file(await self._courier.read_chosen(file))
        await self.governance.look_again()
        return self.governance.proposal(view.id)

    async def reconcile(self, trades: Path | None) -> ReconciliationView:
        """Compare with the chains, or with the trade file of a participant. Raises as `Operations.reconcile` and the courier."""
        return await self.operations.reconcile(None if trades is None else await self._courier.read_chosen(trades))

    async def take_legal_text(self, file: Path) -> KeptLegalText:
        """Keep a file that is a logged contract's legal text. Raises as `keep_legal_text` and the courier."""
        return await self.keep_legal_text(await self._courier.read_chosen(file))

    async def device_export(self, instruction: str, version: int = 0, shown: InstructionView | None = None) -> bytes:
        """The unsigned PSBT for this officer's own device, journalled before it leaves; `shown` as `demand_shown` says.
        Raises as that and `device_signing.export`."""
        await self.synchronise()
        known = self.replica.state.instruction(instruction)
        data, moment = await self._artefact(known), await self._circumstances(known)
        demand_shown(self.replica.state, known, data, shown)
        return await device_signing.export(
            self.hand, self._basis(known), known, data, moment, self.replica.profile, version=version
        )

    async def device_import(self, instruction: str, signed: bytes) -> Sequence[Receipt]:
        """This officer's shares out of what the device gave back, logged. Raises as `device_signing.take_back`."""
        await self.synchronise()
        known = self.replica.state.instruction(instruction)
        data, moment = await self._artefact(known), await self._circumstances(known)
        profile, found = self.replica.profile, self._basis(known)
        made = await device_signing.take_back(self.hand, found, known, data, signed, moment, profile, self._scribe)
        receipts = await signing.give(self._mailbox, made)
        await self.synchronise()
        return receipts

    async def device_signed(self, instruction: str, signed: bytes) -> ReviewView:
        """What the device gave back; the settlement after it. Raises as `device_import`."""
        await self.device_import(instruction, signed)
        cycle = self.replica.state.instruction(instruction).cycle
        return await self.review(self.replica.state.cycles[cycle].contracts[0])

    async def attest(self, instruction: str) -> bytes:
        """This officer's half of an attestation of an instruction's cycle, or of an order, for another officer to join."""
        await self.synchronise()
        name = attested_as(self.replica.state.instruction(instruction))
        return await attesting.attest(self.replica, name, self.hand.author, self._scribe, self._safes)

    async def join_attestation(self, half: bytes | Path) -> Receipt:
        """Sign another officer's half (its bytes, or a file) where this console finds the same, and log it.

        Raises as `attesting.join` and the courier.
        """
        half = half if isinstance(half, bytes) else await self._courier.read_chosen(half)
        await self.synchronise()
        event = await attesting.join(self.replica, half, self.hand.author, self._safes)
        receipt = await self._mailbox.submit(event)
        await self.synchronise()
        return receipt

    async def carry_requests(self) -> Sequence[CrossingView]:
        """What waits to be carried, and what was carried and not yet answered."""
        return await self._carrying.carry_requests()

    async def request_frames(self, instruction: str, density: int = DENSEST) -> Sequence[str]:
        """The UR parts of a request for QR codes of version `density`, in the order shown."""
        await self.synchronise()
        return await self._carrying.request_frames(instruction, density)

    async def request_facts(self, instruction: str) -> dict[str, str]:
        """The UR type of the request as it was last shown, and the SHA-256 of the message's bytes."""
        recipient = self._crossing.recipients(self.replica.state.instruction(instruction))[0]
        data = await self._crossing.request(instruction, recipient, Channel.QR)
        return {"ur_type": TYPE, "sha256": sha256(data).hexdigest()}

    async def request_to_usb(self, instruction: str, folder: Path) -> Path:
        """Write the request as a file, read it back, compare."""
        await self.synchronise()
        return await self._carrying.request_to_usb(instruction, folder)

    async def take_frame(self, text: str) -> tuple[int, int, bool]:
        """One decoded QR text of an answer: parts received, needed, and whether the answer was taken in."""
        received, needed, whole = await self._carrying.take_frame(text)
        if whole:
            await self.synchronise()
        return received, needed, whole

    async def take_pictures(self, pictures: Sequence[Path], progress: Progress) -> CrossingView:
        """An answer from picture files."""
        view = await self._carrying.take_pictures(pictures, progress)
        await self.synchronise()
        return view

    async def take_from_usb(self, file: Path) -> CrossingView:
        """An answer from a file."""
        view = await self._carrying.take_from_usb(file)
        await self.synchronise()
        return view
