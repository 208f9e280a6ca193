"""The online side of the air gap: requests to a cold vault, its answers taken in (CHECKS.md T1, L7).

- A request is composed from this machine's own replica (`bundle`), sealed with the officer's identity key, and
  recorded before it leaves. Asked for again while the head is the same, the same bytes are given again.
- A session goes on (1, 2, 3 …) while its last request was answered; after one that was not, a new session begins, so
  that a lost request blocks nothing. Every session ever used stays recorded on both sides.
- The recipient's newest head is known from its enrolment (`remember`) and from its answers; the consistency proof
  leads from it.
- A request that is too large for its way is refused by name before it is recorded: by QR T3's bound, with USB offered.
- An answer counts once: unsealed, T1, its request ours, what it says verified here, its head held against our history
  (L7); then the share is put, the event submitted. Interrupted, it is taken again from the same bytes.

    request = await crossing.request(instruction, "officer-c", Channel.QR)
    view = await crossing.take_answer(data)
"""

from dataclasses import replace
from functools import partial
from hashlib import sha256

from countersign.airgap import envelope as envelopes
from countersign.airgap.envelope import Envelope
from countersign.airgap.limits import MESSAGE_LIMIT
from countersign.airgap.phrase import Purpose, phrase
from countersign.audit.checkpoint import SignedCheckpoint
from countersign.desk import afresh, bundle, crossing_due, turns
from countersign.desk.author import Author
from countersign.desk.crossing_answer import require_fits
from countersign.desk.crossing_record import Carried, CrossingRecord
from countersign.desk.own_keys import open_keys, open_vaults
from countersign.desk.ports import Entropy, Mailbox
from countersign.desk.records import PeerHead
from countersign.desk.replica import Replica
from countersign.desk.shares import as_needed
from countersign.desk.views import CrossingView
from countersign.errors import Refused, Unavailable
from countersign.formats import cbor
from countersign.review.case import Channel
from countersign.settlement import events, owning, stops
from countersign.settlement.bodies import OWNERS, ShareAdded
from countersign.settlement.deadlines import Deadline, of_request
from countersign.settlement.owners_order import attested_as
from countersign.settlement.records import ContractState, Instruction
from countersign.settlement.roster import Role
from countersign.settlement.state import State

REQUEST, CARRIED, ANSWERED = "request", "carried", "answered"
_LAST = 2**53
_OPEN = (ContractState.INSTRUCTED, ContractState.PARTLY_SIGNED)


async def sealed(author: Author, message: Envelope) -> bytes:
    """The bytes that travel: the envelope signed with the author's identity key, in their token."""
    signature = await author.signer.sign_message(author.key, envelopes.unsigned(message, author.key))
    return envelopes.seal(message, author.key, signature)


def phrase_of(data: bytes) -> str:
    """The twelve words of an envelope's bytes, the same on both machines."""
    return phrase(Purpose.ENVELOPE, sha256(data).digest())


class Crossing:
    """The crossings of one officer's online machine."""

    def __init__(self, replica: Replica, mailbox: Mailbox, author: Author, entropy: Entropy) -> None:
        self._replica = replica
        self._mailbox = mailbox
        self._author = author
        self._entropy = entropy
        self._record = CrossingRecord(replica.profile, entropy)
        self._heads: dict[tuple[bytes, int], Deadline | None] = {}

    def remember(self, officer: str, head: SignedCheckpoint) -> None:
        """The head with which a cold machine was enrolled, replayed there in full. Raises as `Replica.meet`."""
        self._replica.meet(head)
        self._raise_peer(officer, head)
        self._record.raise_replayed(officer, head.checkpoint.size)

    def recipients(self, instruction: Instruction) -> tuple[str, ...]:
        """The vault operators who may still sign it on a cold machine, by id: of whom a vault of theirs lacks a share, and
        who have neither refused nor ordered it. Who signed for one vault may owe another's.
        """
        state, order = self._replica.state, self._replica.state.orders.get(instruction.hash)
        barred = {each.officer for each in state.refusals.get(instruction.artefact, ())}
        barred |= set(() if order is None else order.by)
        kids = [kid for vault in instruction.group.vaults for kid in state.roster.vault(vault).keys]
        known = (state.roster.keys.get(kid) for kid in kids)
        cold = {each.holder.id for each in known if each is not None and not each.online} - barred
        return tuple(
            each
            for each in sorted(cold)
            if Role.VAULT in state.roster.officer(each).roles
            and any(not key.online for key in open_keys(state, each, instruction))
        )

    def waiting(self) -> tuple[CrossingView, ...]:
        """What waits to be carried, and what was carried and is not yet answered, for each the first recipient; what must be
        done first stands first."""
        state = self._replica.state
        orders = (each.instruction for each in state.orders.values())
        found = sorted((*state.instructions.values(), *orders), key=lambda each: each.index)
        views = [
            self.view(each, officer) for each in found if self._wanted(each) for officer in self.recipients(each)[:1]
        ]
        return tuple(sorted(views, key=lambda each: _LAST if each.act_by is None else each.act_by.at))

    def _wanted(self, instruction: Instruction) -> bool:
        state = self._replica.state
        if instruction.hash in state.orders:
            return owning.waits(state, instruction.hash)
        records = bundle.settled(state, instruction)
        later = () if instruction.released is not None else (ContractState.SETTLING, ContractState.FAILED)
        live = instruction.superseded_by is None and all(record.state in (*_OPEN, *later) for record in records)
        running = stops.running(state, state.cycle(instruction.cycle))
        return live and running and state.missing(instruction) > 0

    def requested(self, instruction: str, recipient: str) -> bool:
        """Whether a request of this instruction to this recipient was ever recorded here."""
        return self._record.newest(instruction, recipient) is not None

    def view(self, instruction: Instruction, recipient: str) -> CrossingView:
        """Where the crossing of one instruction to one recipient stands."""
        known, state = self._record.newest(instruction.hash, recipient), self._replica.state
        due = of_request(state, instruction)
        if known is None or self._owes_more(instruction, known[1]):
            return replace(
                _view(state, instruction, recipient, Channel.QR, REQUEST, b""), act_by=crossing_due.first(due)
            )
        request, carried = known
        if carried.answer:
            answer = self._record.envelope(bytes.fromhex(carried.answer)) or b""
            return _view(state, instruction, recipient, carried.channel, ANSWERED, answer)
        data = self._record.envelope(request) or b""
        shown = _view(state, instruction, recipient, carried.channel, CARRIED, data)
        return replace(shown, act_by=crossing_due.first((*due, self._head_due(request, data))))

    def _owes_more(self, instruction: Instruction, carried: Carried) -> bool:
        """Whether an answer was taken in whose vaults are served, while the recipient owes another vault's share."""
        state = self._replica.state
        data = self._record.envelope(bytes.fromhex(carried.answer)) if carried.answer else None
        if data is None or carried.recipient not in self.recipients(instruction):
            return False
        said = (events.parse(part.event).body for part in envelopes.peek(data).answer.parts)
        given = {body.vault for body in said if isinstance(body, ShareAdded)}
        return not given.intersection(open_vaults(state, carried.recipient, instruction))

    def _head_due(self, request: bytes, data: bytes) -> Deadline | None:
        """How long the head in a request has its witnesses; found out once for each request and policy."""
        state, place = self._replica.state, (request, self._replica.state.policy_index)
        if data and place not in self._heads:
            quorum = self._replica.anchor.now(state)
            self._heads[place] = crossing_due.of_head(quorum, envelopes.peek(data).log_head)
        return self._heads.get(place)

    async def request(self, name: str, recipient: str, channel: Channel) -> bytes:
        """The sealed request for one instruction, recorded before it is given out; the same again while the head is.

        Refused("desk.nothing-to-carry", "desk.recipient-unknown", "desk.behind-recipient", "desk.log-rotated",
        "desk.too-large-for-qr", "desk.too-large-for-usb", "desk.only-by-usb", "settlement.unknown-…").
        """
        instruction = self._replica.state.instruction(name)
        if recipient not in self.recipients(instruction):
            raise Refused("desk.nothing-to-carry", instruction=name, recipient=recipient)
        data = self._again(name, recipient, channel)
        if data is None:
            data = await sealed(self._author, await self.compose(instruction, recipient, channel))
            _require_carried(data, channel, len(self._replica.state.settles(instruction)))
        self._record.keep(envelopes.peek(data), Carried(name, recipient, channel), data)
        return data

    def _again(self, name: str, recipient: str, channel: Channel) -> bytes | None:
        """The recorded request, where it still says the newest that this machine knows."""
        known = self._record.newest(name, recipient)
        if known is None or known[1].answer or known[1].channel is not channel:
            return None
        data = self._record.envelope(known[0])
        return data if data is not None and envelopes.peek(data).log_head == self._head().serialise() else None

    async def compose(self, instruction: Instruction, recipient: str, channel: Channel) -> Envelope:
        """The envelope of the next request to a recipient, neither sealed nor recorded. Raises as `request`."""
        artefact, head = await self._unsigned(instruction), self._head()
        session, replayed = self._record.session(recipient), self._record.replayed(recipient)
        if instruction.declared and instruction.purpose != OWNERS and channel is Channel.QR:
            raise Refused("settlement.excerpt-declared", purpose=instruction.purpose)
        if replayed is None and channel is Channel.QR:
            raise Refused("desk.recipient-unknown", recipient=recipient)
        former = self._replica.state.former_logs
        if channel is Channel.QR and former and former[-1].size >= (replayed or 0):
            raise Refused("desk.log-rotated", recipient=recipient, index=former[-1].size)
        contracts = self._replica.state.settles(instruction)
        body = bundle.request_body(self._replica, instruction, artefact, channel, replayed or 0)
        if channel is Channel.QR:
            signed = partial(self._may_have_signed, recipient)
            afresh.require_told(self._replica, instruction, signed, replayed or 0, body.events)
        return Envelope(
            desk=self._replica.anchor.origin,
            sender=self._author.id,
            recipient=recipient,
            session=session,
            sequence=self._replica.profile.journal.next_sequence(recipient, session),
            request_id=f"request-{self._entropy.random_bytes(16).hex()}",
            settlement_id=attested_as(instruction),
            contract_hashes=tuple(sorted(bytes.fromhex(each) for each in contracts)),
            log_head=head.serialise(),
            consistency_proof=self._consistency(recipient, head),
            body=body,
        )

    def _may_have_signed(self, recipient: str, instruction: Instruction) -> bool:
        """Whether a recipient has a share of it in the log, or a request for it left this machine."""
        asked = self.requested(instruction.hash, recipient)
        return asked or any(share.officer == recipient for share in instruction.shares)

    async def take_answer(self, data: bytes) -> CrossingView:
        """Take in a cold machine's answer: verified, logged, its head remembered. The same again changes nothing.

        Refused: "T1.*", "desk.not-our-request", "desk.answer-differs", "L2.*", "L4.*", "L7.two-heads", what the rails and
        the desk refuse ("settlement.author-time": it comes too late, and its request is made anew next time); Malformed.
        """
        arrived = envelopes.unseal(data, turns.identity_keys(self._replica.state))
        answer = arrived.envelope
        asked = answer.answer.request
        turns.take(self._replica, self._author.id, arrived)
        carried, request = self._paired(asked)
        instruction = self._replica.state.instruction(carried.instruction)
        require_fits(self._replica.state, request, answer, instruction)
        self._meet(answer, request, carried)
        if not carried.answer:
            await self._log(answer, carried)
            carried = self._record.answered(asked, carried, data)
        return _view(self._replica.state, instruction, carried.recipient, carried.channel, ANSWERED, data)

    def _paired(self, asked: bytes) -> tuple[Carried, Envelope]:
        """The request with this SHA-256, as this machine sent it."""
        carried, data = self._record.sent(asked), self._record.envelope(asked)
        if carried is None or data is None:
            raise Refused("desk.not-our-request", request=asked.hex())
        return carried, envelopes.peek(data)

    def _meet(self, answer: Envelope, request: Envelope, carried: Carried) -> None:
        """L7: the head that came back; and a USB request that was answered was taken in whole."""
        head = SignedCheckpoint.parse(answer.log_head)
        self._replica.meet(head, answer.consistency_proof)
        self._raise_peer(answer.sender, head)
        if carried.channel is Channel.USB:
            whole = SignedCheckpoint.parse(request.log_head).checkpoint.size
            self._record.raise_replayed(answer.sender, whole)

    async def _log(self, answer: Envelope, carried: Carried) -> None:
        """What an answer holds, into the log, as far as it is needed. One that comes too late is asked for anew, not given
        from the record again.
        """
        try:
            await as_needed([partial(self._submit, part.event, part.share) for part in answer.answer.parts])
        except Refused as error:
            if error.code == "settlement.author-time":
                self._record.lapse(carried)
            raise

    async def _submit(self, event: bytes, share: bytes | None) -> None:
        """The share first, then the event that names it. What is in the log already was submitted before."""
        await self._replica.take_in(self._mailbox)
        if events.parse(event).hash in set(self._replica.state.events.values()):
            return
        if share is not None:
            await self._mailbox.put_artefact(share)
        await self._mailbox.submit(event)

    def _raise_peer(self, officer: str, head: SignedCheckpoint) -> None:
        known = PeerHead(head.checkpoint.size, head.checkpoint.root)
        self._replica.profile.journal.raise_peer_head(officer, known)

    def _consistency(self, recipient: str, head: SignedCheckpoint) -> tuple[bytes, ...]:
        peer, size = self._replica.profile.journal.peer_head(recipient), head.checkpoint.size
        if peer is None or peer.size == 0:
            return ()
        if peer.size > size:
            raise Refused("desk.behind-recipient", recipient=recipient, theirs=peer.size, ours=size)
        return tuple(self._replica.log.tree.consistency_proof(peer.size, size))

    async def _unsigned(self, instruction: Instruction) -> bytes:
        """The instruction's bytes, from this profile or the desk; their SHA-256 is the logged one."""
        digest = bytes.fromhex(instruction.artefact)
        known = self._record.envelope(digest)
        if known is None:
            known = await self._mailbox.artefact(digest)
            if self._replica.profile.artefacts.put(known) != digest:
                raise Refused("desk.artefact-differs", artefact=instruction.artefact)
        return known

    def _head(self) -> SignedCheckpoint:
        if self._replica.pin is None:
            raise Unavailable("desk.nothing-pinned")
        return self._replica.pin.signed


def _require_carried(data: bytes, channel: Channel, contracts: int) -> None:
    """What the other side would refuse for its size is refused here by name, before it is recorded or shown."""
    if channel is Channel.QR and len(data) > MESSAGE_LIMIT:
        raise Refused("desk.too-large-for-qr", size=len(data), limit=MESSAGE_LIMIT, contracts=contracts)
    if len(data) > cbor.LIMIT:
        raise Refused("desk.too-large-for-usb", size=len(data), limit=cbor.LIMIT, contracts=contracts)


def _view(
    state: State, instruction: Instruction, recipient: str, channel: Channel, phase: str, data: bytes
) -> CrossingView:
    return CrossingView(
        settlement=attested_as(instruction),
        instruction=instruction.hash,
        kind=instruction.group.kind,
        recipient=recipient,
        channel=channel.value,
        phase=phase,
        phrase=phrase_of(data) if data else "",
        size=len(data),
        later_cancellation_checked=channel is Channel.USB,
        attested_by=attestors(state, instruction),
        contract_id=contract_ids(state, instruction),
        recipient_name=state.roster.officer(recipient).name,
        newest=state.time_ms // 1_000,
    )


def attestors(state: State, instruction: Instruction) -> tuple[str, ...]:
    """The names of the two officers who attested the instructions that are live (L8); none where nobody did."""
    found = bundle.attestation(state, instruction)
    if found is None:
        return ()
    return tuple(state.roster.officer(each).name for each in found.officers)


def contract_ids(state: State, instruction: Instruction) -> str:
    """The ids of the contracts that an instruction settles, as people name them; the Safe that changes its owners."""
    if instruction.hash in state.orders:
        return instruction.group.vaults[0]
    return ", ".join(state.contract(each).terms.id for each in state.cycle(instruction.cycle).contracts)
