"""The embedded desk: the desk of a single workstation and of the demonstration, in the console's own process (DESIGN.md §9).

- It satisfies `ports.Mailbox`: consoles give it signed events and take back the whole history they may read.
- Where an event needs the desk's signature beside its author's, the desk first verifies with its own means (`vouching`) what
  the event claims, and only then signs.
- No log of it shows a second signature under one secret number of a vault key: what it logs enters its r before (H8).
- What only the desk may say (prices, holds, cycles, finality) it says through `own`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from countersign.desk import admitting, outside_numbers, reconciliation, safe_entering, vault_proof
from countersign.desk.author import Author, Scribe, add_signature, signed
from countersign.desk.ports import Archive, Artefacts, BitcoinNode, EthereumNode, Journal, Receipt, Record
from countersign.desk.preparing import require_there, require_unpromised
from countersign.desk.proposal_box import ProposalBox
from countersign.desk.records import Share
from countersign.desk.registering import require_registrable
from countersign.desk.sequencer import Sequencer
from countersign.desk.vouching import Nodes, vouch
from countersign.errors import Refused
from countersign.settlement import audience, events, permissions
from countersign.settlement.bodies import InstructionPrepared, RosterChanged
from countersign.settlement.events import Event
from countersign.settlement.governance_bodies import OwnersOrdered
from countersign.settlement.reconciliation_bodies import ReconciliationRecorded
from countersign.settlement.roster import Holder
from countersign.settlement.state import State


@dataclass(frozen=True, slots=True)
class EmbeddedDesk:
    """One desk. `author` holds the desk's own key; `nodes` are its own eyes on the chains; `journal` has the r register (H8);
    `proposals` wait here."""

    sequencer: Sequencer
    archive: Archive
    artefacts: Artefacts
    author: Author
    scribe: Scribe
    nodes: Nodes
    journal: Journal
    proposals: ProposalBox = field(default_factory=ProposalBox)

    @property
    def state(self) -> State:
        """The newest state."""
        return self.sequencer.state

    async def submit(self, event: bytes) -> Receipt:
        """Log a signed event, with the desk's signature added where its kind needs it and its claim is verified."""
        parsed = events.parse(event)
        require_registrable(self.state, parsed)
        if isinstance(parsed.body, InstructionPrepared) and parsed.body.kind == "psbt":
            require_unpromised(self, parsed.body, self.artefacts.get(bytes.fromhex(parsed.body.artefact)))
            await require_there(self, parsed.body)
        await admitting.require_admissible(self.state, parsed, self.nodes.ethereum)
        await outside_numbers.require_told(self.state, parsed, self.artefacts, self.nodes)
        await safe_entering.require_entered(self.state, parsed, self.nodes.ethereum)
        if isinstance(parsed.body, OwnersOrdered):
            await vouch(self.state, parsed, self.artefacts, self.nodes)
        if isinstance(parsed.body, RosterChanged):
            self._enter(vault_proof.signatures(self.state.roster, parsed.body))
        if self._wants_desk(parsed):
            self._enter(await vouch(self.state, parsed, self.artefacts, self.nodes))
            if isinstance(parsed.body, ReconciliationRecorded):
                await reconciliation.confirm(self.state, self.archive, self.artefacts, self.nodes, parsed.body)
            event = await add_signature(event, self.author)
        return await self.sequencer.submit(event)

    async def synchronise(self) -> None:
        """Nothing: what is logged is in the state at once."""

    async def own(self, kind: str, body: Mapping[str, object]) -> Receipt:
        """Log an event that the desk alone signs."""
        return await self.sequencer.submit(await signed(self.scribe.draft(kind, body), [self.author]))

    async def checkpoint(self) -> bytes:
        """The newest witnessed head, cosigned anew where it has aged (L5)."""
        await self.sequencer.renew()
        return self.sequencer.checkpoint()

    async def records(self, start: int) -> Sequence[Record]:
        """Every event from an index on. All its consoles are officers', who may read everything."""
        return self.archive.records(start)

    async def records_for(self, reader: Holder, start: int) -> Sequence[Record]:
        """Every event from an index on that one reader may have: officers and auditors all, a participant what names it."""
        found = self.archive.records(start)
        given = set(audience.receivable(self.state, ((each.index, each.event) for each in found), reader))
        return [each for each in found if each.index in given]

    async def artefact(self, digest: bytes) -> bytes:
        """Content-addressed bytes."""
        return self.artefacts.get(digest)

    async def put_artefact(self, data: bytes) -> bytes:
        """Keep bytes; their SHA-256."""
        return self.artefacts.put(data)

    def bitcoin(self, chain: str) -> BitcoinNode:
        """The desk's node of a Bitcoin chain."""
        return self.nodes.of_bitcoin(chain)

    def ethereum(self, chain: str) -> EthereumNode:
        """The desk's node of an Ethereum chain."""
        return self.nodes.of_ethereum(chain)

    def _enter(self, signatures: Sequence[Share]) -> None:
        """Signatures of vault keys that the log is about to show. Refused: H8.key-stopped, H8.repeated-r, L4.signing-frozen."""
        self.journal.require_may_sign(list(dict.fromkeys(each.root or each.key for each in signatures)))
        self.journal.register(tuple(signatures))

    def _wants_desk(self, event: Event) -> bool:
        """Whether the desk's signature is missing beside those given: they fill no alternative by themselves."""
        if self.author.key.kid in event.jws.kids:
            return False
        try:
            holders = tuple(self.state.roster.holder(kid) for kid in event.jws.kids)
        except Refused:
            holders = ()  # nobody's key: the log refuses it by its own rule
        return permissions.lacks_desk(event.type, self.state.roster, holders)
