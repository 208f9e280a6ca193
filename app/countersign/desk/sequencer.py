"""The desk's own hand: one order for all events, each judged before it is logged, each head witnessed before it counts.

DESIGN.md §3. For every event, in this order: judge (`decide`) → archive, durable → tiles, durable → sign the head → witnesses
cosign → publish the checkpoint → evolve.

- What `decide` refuses is never logged; the state does not change.
- A crash between archive and checkpoint leaves an event that is logged on the next start (`open`): nothing acknowledged is
  lost, because an event is acknowledged only when its checkpoint is published.
- A witness that does not answer does not stop the desk; a checkpoint without its quorum counts for nobody, so `submit` raises
  `Unavailable("desk.no-quorum")` and the event stands logged, to be witnessed with the next head.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from countersign.audit import witness as conversation
from countersign.audit.checkpoint import SignedCheckpoint
from countersign.audit.leaf import Opening
from countersign.audit.log import Log
from countersign.audit.note import Signature, VerifierKey
from countersign.audit.quorum import Fresh, Quorum
from countersign.audit.witness import AddCheckpoint, Response
from countersign.desk.ports import Archive, Clock, Entropy, Receipt, Record, TileStore, Witness
from countersign.errors import CountersignError, Unavailable
from countersign.settlement import events, machine
from countersign.settlement.machine import Entry
from countersign.settlement.state import State

CHECKPOINT = "checkpoint"


@dataclass(frozen=True, slots=True)
class Watcher:
    """One witness of the log and the key under which it cosigns."""

    key: VerifierKey
    witness: Witness


class Sequencer:
    """The log of one desk. `sign_head` makes the log's signature line over a checkpoint's text."""

    def __init__(
        self,
        *,
        quorum: Quorum,
        archive: Archive,
        tiles: TileStore,
        watchers: Sequence[Watcher],
        clock: Clock,
        entropy: Entropy,
        sign_head: Callable[[str], Signature],
    ) -> None:
        self._quorum = quorum
        self._archive = archive
        self._tiles = tiles
        self._watchers = tuple(watchers)
        self._clock = clock
        self._entropy = entropy
        self._sign_head = sign_head
        self._log = Log(quorum.origin)
        self._known: dict[VerifierKey, int] = {}
        self._lock = asyncio.Lock()
        self._published = b""
        self.state = State()

    @property
    def origin(self) -> str:
        """The log's origin: the desk."""
        return self._quorum.origin

    @property
    def quorum(self) -> Quorum:
        """The log's key, the witnesses' keys and how many of them are needed."""
        return self._quorum

    async def open(self) -> None:
        """Rebuild log and state from the archive, and publish whatever a crash left unpublished."""
        records = self._archive.records()
        self._log.extend(_entry(record) for record in records)
        self.state = machine.replay(Entry(each.index, each.time_ms, each.event) for each in records)
        if records:
            await self._publish(0)

    async def submit(self, event: bytes) -> Receipt:
        """Judge and log one event. Raises what `decide` raises, with nothing changed; Unavailable("desk.no-quorum")."""
        async with self._lock:
            parsed = events.parse(event)
            entry = Entry(self._log.size, max(self._clock.now_ms(), self.state.time_ms), event)
            decision = machine.decide(self.state, entry, parsed)
            record = Record(entry.index, entry.time_ms, self._entropy.random_bytes(32), event)
            self._archive.append(record)
            before = self._log.size
            self._log.append(_entry(record))
            self.state = machine.evolve(self.state, decision)
            await self._publish(before)
            return Receipt(entry.index, entry.time_ms, parsed.hash)

    def checkpoint(self) -> bytes:
        """The newest published head. Unavailable("desk.no-checkpoint") before the first."""
        if not self._published:
            raise Unavailable("desk.no-checkpoint")
        return self._published

    async def _publish(self, since: int) -> None:
        self._tiles.write(sorted(self._log.files(since).items()))
        head = self._log.checkpoint()
        signed = SignedCheckpoint.sign(head, self._sign_head(head.text()))
        for watcher in self._watchers:
            signed = await self._cosigned(signed, watcher)
        try:
            self._quorum.verify(signed, Fresh(self._clock.now_ms() // 1000))
        except CountersignError as error:
            raise Unavailable("desk.no-quorum", why=error.code) from None
        self._tiles.write([(CHECKPOINT, signed.serialise())])
        self._published = signed.serialise()

    async def _cosigned(self, signed: SignedCheckpoint, watcher: Watcher) -> SignedCheckpoint:
        """The checkpoint with this witness's line; without it if the witness is silent or refuses."""
        bare = SignedCheckpoint.sign(signed.checkpoint, *(self._sign_head(signed.checkpoint.text()),))
        try:
            response = await self._ask(bare, watcher, self._known.get(watcher.key, 0))
            if response.status == 409:
                response = await self._ask(bare, watcher, conversation.known_size(response))
            accepted = conversation.accept(signed, response, watcher.key)
        except CountersignError:
            return signed
        self._known[watcher.key] = signed.checkpoint.size
        return accepted

    async def _ask(self, bare: SignedCheckpoint, watcher: Watcher, old: int) -> Response:
        size = bare.checkpoint.size
        proof = self._log.tree.consistency_proof(old, size) if 0 < old <= size else ()
        request = AddCheckpoint(old, tuple(proof), bare.serialise()).serialise()
        status, body = await watcher.witness.add_checkpoint(request)
        return Response(status, body)


def _entry(record: Record) -> bytes:
    return Opening(record.index, record.time_ms, record.salt).entry(record.event)
