"""A cold machine takes in a request: from sealed bytes to a basis on which a verdict can rest.

DESIGN.md §3 "What a cold machine can know"; CHECKS.md T1, L2–L5, L7. In this order: the envelope's signature by a key
of the replayed roster → T1, recorded → the head (L2, L4, L5) → the events → what the request names is what they say.

- By USB the events continue this machine's archive without a gap; `Replica.advance` proves and replays all of them.
- By QR every carried event stands in the head by its inclusion proof; the head is pinned ahead of the archive
  (`Replica.look_ahead`), and the state is an excerpt over the replayed one, made anew for each request and kept
  nowhere.
- A request that was answered before is shown again as it was, without asking its old head anything.
- What does not hold is refused by name and nothing is kept of it but its turn, and of a lying log the evidence.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from countersign.airgap import envelope as envelopes
from countersign.airgap.envelope import Envelope, Unsealed
from countersign.airgap.request import ProvenEvent, RequestBody
from countersign.audit.checkpoint import SignedCheckpoint
from countersign.audit.leaf import Opening
from countersign.audit.proof import verify_inclusion
from countersign.audit.tlog_proof import TlogProof
from countersign.desk import cases, pages, turns
from countersign.desk.cases import Basis
from countersign.desk.naming import require_named
from countersign.desk.ports import Record
from countersign.desk.records import PeerHead
from countersign.desk.replica import Replica, require_not_ahead
from countersign.desk.signing import MadeShare
from countersign.desk.views import ProofView
from countersign.errors import Refused
from countersign.keys import jws as jose
from countersign.review.case import Channel, ContractFacts, HeadFacts, TransportFacts
from countersign.settlement import events
from countersign.settlement.excerpt import excerpt
from countersign.settlement.machine import Entry
from countersign.settlement.records import Instruction
from countersign.settlement.state import State


@dataclass(frozen=True, slots=True)
class Opened:
    """A request that was taken in: what arrived, what a verdict rests on, and the answer's bytes once there is one.

    `given`: shares that were made of it and not handed back yet.
    """

    data: bytes
    sha256: bytes
    envelope: Envelope
    channel: Channel
    basis: Basis
    instruction: Instruction
    proof: ProofView | None
    answer: bytes | None
    given: tuple[MadeShare, ...] = ()

    @property
    def artefact(self) -> bytes:
        """The unsigned bytes under review."""
        return self.envelope.request.artefact

    @property
    def transport(self) -> TransportFacts:
        """T1 held, or this would not exist."""
        return TransportFacts(self.channel, None, sender=self.envelope.sender, sequence=self.envelope.sequence)


def take_in(replica: Replica, officer: str, data: bytes, channel: Channel) -> Opened:
    """Open a request to `officer`. Malformed("T4.*", "airgap.*"), Refused("T1.*", "L2.*", "L3.*", "L4.*", "L5.*",
    "desk.events-missing", "desk.request-differs", "settlement.*")."""
    arrived = envelopes.unseal(data, turns.identity_keys(replica.state))
    body, head = arrived.envelope.request, SignedCheckpoint.parse(arrived.envelope.log_head)
    answer = turns.take(replica, officer, arrived)
    if channel is Channel.USB:
        basis = _whole(replica, arrived.envelope, body, head, answered=answer is not None)
    else:
        basis = _excerpted(replica, arrived.envelope, body, head, answered=answer is not None)
    _require_still_registered(basis.state, arrived)
    instruction = require_named(basis.state, arrived.envelope, body)
    _remember(replica, arrived, basis.state, head)
    return Opened(
        data=data,
        sha256=arrived.sha256,
        envelope=arrived.envelope,
        channel=channel,
        basis=basis,
        instruction=instruction,
        proof=_drawn(replica, body, head, channel),
        answer=answer,
    )


def _whole(replica: Replica, envelope: Envelope, body: RequestBody, head: SignedCheckpoint, *, answered: bool) -> Basis:
    """USB: the history goes on, without a gap, up to the head."""
    if not answered:
        fresh = [event for event in body.events if event.index >= replica.log.size]
        _require_whole(replica.log.size, head.checkpoint.size, fresh)
        replica.advance([Record(each.index, each.time_ms, each.salt, each.event) for each in fresh], head)
    contracts = tuple(sorted(each.hex() for each in envelope.contract_hashes))
    return cases.basis(replica, contracts)


def _require_whole(start: int, size: int, fresh: Sequence[ProvenEvent]) -> None:
    indexes = {event.index for event in fresh}
    missing = next((index for index in range(start, size) if index not in indexes), None)
    if missing is not None:
        raise Refused("desk.events-missing", index=missing, start=start, size=size)


def _excerpted(
    replica: Replica, envelope: Envelope, body: RequestBody, head: SignedCheckpoint, *, answered: bool
) -> Basis:
    """QR: a head with its consistency proof, and events that stand in it."""
    pin, outside = replica.pin, replica.outside_pin
    same = pin is not None and (pin.size, pin.root) == (head.checkpoint.size, head.checkpoint.root)
    proof = () if same else envelope.consistency_proof
    if not answered:
        replica.look_ahead(head, proof)
        # What the log's clock says becomes the floor of this machine's: it may not run ahead of the witnesses'.
        require_not_ahead(body.events, replica.pin.witness_times if replica.pin else {})
    for event in body.events:
        _verify(event, head)
    later = [event for event in body.events if event.index >= replica.state.size]
    state = excerpt([Entry(each.index, each.time_ms, each.event) for each in later], replica.state)
    facts = HeadFacts(
        note=envelope.log_head,
        quorum=replica.anchor.now(state),
        pin=pin,
        consistency=proof,
        outside_pin=outside,
        insiders=replica.anchor.insiders,
        attested=body.attested,
    )
    affirmed = dict(_contract(body.event(index), envelope.log_head) for index in body.contracts)
    return Basis(state, facts, affirmed, state.time_ms // 1000)


def _verify(event: ProvenEvent, head: SignedCheckpoint) -> None:
    """L3 for one carried event."""
    leaf = _opening(event).leaf(event.event)
    verify_inclusion(event.index, head.checkpoint.size, leaf, event.proof, head.checkpoint.root)


def _contract(event: ProvenEvent, note: bytes) -> tuple[str, ContractFacts]:
    parsed = events.parse(event.event)
    contract = events.binding(parsed)
    if contract is None:
        raise Refused("L3.not-affirmed", type=parsed.type)
    proof = TlogProof(event.index, event.proof, note)
    return contract.hash, ContractFacts(jose.serialise(contract.jws), event.event, _opening(event), proof)


def _opening(event: ProvenEvent) -> Opening:
    return Opening(event.index, event.time_ms, event.salt)


def _require_still_registered(state: State, arrived: Unsealed) -> None:
    """The sender's key holds after what the request itself carries of the roster. Refused("T1.sender-key")."""
    sender = arrived.envelope.sender
    officer = state.roster.officers.get(sender)
    if officer is None or arrived.kid not in {key.kid for key in officer.identity_keys}:
        raise Refused("T1.sender-key", sender=sender, kid=arrived.kid)


def _remember(replica: Replica, arrived: Unsealed, state: State, head: SignedCheckpoint) -> None:
    """L7: the sender has this head. C4: the log's time is a floor for this machine's clock."""
    journal = replica.profile.journal
    journal.raise_peer_head(arrived.envelope.sender, PeerHead(head.checkpoint.size, head.checkpoint.root))
    journal.raise_clock(state.time_ms // 1000)
    replica.profile.artefacts.put(arrived.envelope.request.artefact)


def _drawn(replica: Replica, body: RequestBody, head: SignedCheckpoint, channel: Channel) -> ProofView:
    """The path of the first contract, or of an order of no contract: to the head that came with it, or to the archive's own."""
    event = body.event(body.contracts[0] if body.contracts else body.instruction)
    if channel is Channel.USB:
        return pages.proof_view(replica, event.index)
    return pages.drawn(replica, _opening(event), event.event, event.proof, head)
