"""The desk's own hand: one order for all events, each judged before it is logged, each head witnessed before it counts.

DESIGN.md §3. For every event, in this order: judge (`decide`) → archive, durable → tiles, durable → sign the head → witnesses
cosign → publish the checkpoint → evolve.

- What `decide` refuses is never logged; the state does not change.
- A crash between archive and checkpoint leaves an event that is logged on the next start (`open`): nothing acknowledged is
  lost, because an event is acknowledged only when its checkpoint is published.
- All witnesses are asked at once. One that does not answer does not stop the desk; a checkpoint without its quorum counts
  for nobody, so `submit` raises `Unavailable("desk.no-quorum")` and the event stands logged, to be witnessed with the next
  head, or by `renew`.
- Nothing is logged before a quorum has cosigned this log's head since the desk was opened, and within six hours: a folder
  restored from an old backup, or a clock that is wrong, shows there, while no entry has to be taken back.
- Who must have cosigned is the policy's word (`Anchor.now`). A cosignature that a witness just made and that lies more than
  five minutes from this machine's clock counts for nobody here: one of the two clocks is wrong.
- A policy whose witnesses this desk does not ask is refused: no head would ever count after it, not even one that mends it.
- An unchanged head is cosigned again every six hours (L5), when somebody asks for it.
- When the log's key changes (`log.rotated`), the very head that includes that entry is signed with the new key; without
  it at hand the change is refused (`hold`).
- A desk whose archive does not lead to the head it published last signs nothing: `Refused("desk.archive-behind-head")`.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from countersign.audit import witness as conversation
from countersign.audit.checkpoint import SignedCheckpoint
from countersign.audit.leaf import Opening
from countersign.audit.log import Log
from countersign.audit.note import Signature, VerifierKey
from countersign.audit.quorum import MAX_AHEAD, Cosignature, Fresh, Quorum
from countersign.audit.witness import AddCheckpoint, Response
from countersign.desk.anchor import Anchor
from countersign.desk.ports import Archive, Clock, Entropy, Receipt, Record, TileStore, Witness
from countersign.errors import CountersignError, Refused, Unavailable
from countersign.formats import times
from countersign.settlement import events, machine
from countersign.settlement.bodies import Body, PolicyAdopted
from countersign.settlement.governance_bodies import LogRotated
from countersign.settlement.machine import Entry
from countersign.settlement.state import State

CHECKPOINT = "checkpoint"
RENEWAL_SECONDS = 6 * 3600


@dataclass(frozen=True, slots=True)
class Watcher:
    """One witness of the log and the key under which it cosigns."""

    key: VerifierKey
    witness: Witness


@dataclass(frozen=True, slots=True)
class _Heard:
    """What one witness said of a head: the head with its line, or why there is none and how much of the log it knows."""

    watcher: Watcher
    signed: SignedCheckpoint
    error: CountersignError | None = None
    knows: int = 0


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
        self._ready: dict[str, Callable[[str], Signature]] = {}
        self._lock = asyncio.Lock()
        self._published = b""
        self._published_at = 0  # unix seconds; 0 until a quorum has cosigned since the start
        self._written = 0  # the log's size for which every tile is known to lie in the store
        self.state = State()

    @property
    def origin(self) -> str:
        """The log's origin: the desk."""
        return self._quorum.origin

    @property
    def quorum(self) -> Quorum:
        """The log's key, the witnesses' keys and how many of them are needed."""
        return self._quorum

    def hold(self, log: VerifierKey, sign_head: Callable[[str], Signature]) -> None:
        """Make ready the key that the log may be changed to. From an accepted `log.rotated` on, heads are signed with it."""
        self._ready[str(log)] = sign_head

    async def open(self) -> None:
        """Rebuild log and state from the archive, and publish whatever a crash left unpublished.

        Without a quorum of witnesses the desk opens under the head it published last. Refused("desk.archive-behind-head",
        "desk.log-key-absent").
        """
        records = self._archive.records()
        self._log.extend(_entry(record) for record in records)
        self._recall()
        self.state = machine.replay(Entry(each.index, each.time_ms, each.event) for each in records)
        self._take_key(self.state)
        if records:
            await self._renew()

    async def submit(self, event: bytes) -> Receipt:
        """Judge and log one event. Raises what `decide` raises, Refused("desk.log-key-absent", "desk.policy-witnesses") and
        Unavailable("desk.unconfirmed", "desk.clock-differs", "desk.witness-ahead"), with nothing changed;
        Unavailable("desk.no-quorum") with the event logged.
        """
        async with self._lock:
            parsed = events.parse(event)
            entry = Entry(self._log.size, max(self._clock.now_ms(), self.state.time_ms), event)
            decision = machine.decide(self.state, entry, parsed)
            self._require_key(parsed.body)
            self._require_asked(parsed.body)
            await self._require_confirmed()
            record = Record(entry.index, entry.time_ms, self._entropy.random_bytes(32), event)
            self._archive.append(record)
            self._log.append(_entry(record))
            self.state = machine.evolve(self.state, decision)
            self._take_key(self.state)
            await self._publish()
            return Receipt(entry.index, entry.time_ms, parsed.hash)

    def inclusion_proof(self, index: int, size: int) -> tuple[bytes, ...]:
        """The path from an entry's leaf to the root over the first `size` entries."""
        return self._log.tree.inclusion_proof(index, size)

    def checkpoint(self) -> bytes:
        """The newest published head. Unavailable("desk.no-checkpoint") before the first."""
        if not self._published:
            raise Unavailable("desk.no-checkpoint")
        return self._published

    @property
    def unwitnessed(self) -> int:
        """How many entries are logged beyond the newest published head."""
        return self._log.size - self._published_size()

    async def renew(self) -> None:
        """Have the newest head witnessed if it is not, or was six hours ago. Without a quorum the older one stands."""
        async with self._lock:
            behind = bool(self._log.size) and self._published_size() < self._log.size
            if behind or (self._published and self._now() - self._published_at >= self._renewal()):
                await self._renew()

    def _renewal(self) -> int:
        """Seconds after which an unchanged head is cosigned again: six hours, or half of what the policy lets one count."""
        policy = self.state.policy
        return RENEWAL_SECONDS if policy is None else min(RENEWAL_SECONDS, policy.checkpoint_age_seconds // 2)

    async def _renew(self) -> None:
        try:
            await self._publish()
        except Unavailable as silent:
            if silent.code not in ("desk.no-quorum", "desk.clock-differs"):
                raise

    async def _require_confirmed(self) -> None:
        """A quorum has lately cosigned the log as it lies here. Unavailable("desk.unconfirmed"), as `_publish`."""
        if not self._log.size or (self._published_at and abs(self._now() - self._published_at) < RENEWAL_SECONDS):
            return
        try:
            await self._publish()
        except Unavailable as silent:
            if silent.code != "desk.no-quorum":
                raise
            raise Unavailable("desk.unconfirmed", **silent.values) from None

    def _require_asked(self, body: Body) -> None:
        """A policy's quorum can be reached among the witnesses that are asked. Refused("desk.policy-witnesses")."""
        if isinstance(body, PolicyAdopted):
            named = body.policy.witnesses
            asked = {str(each.key) for each in self._watchers}
            unknown = [VerifierKey.parse(each).name for each in named.keys if each not in asked]
            if len(named.keys) - len(unknown) < named.quorum:
                raise Refused("desk.policy-witnesses", quorum=named.quorum, unknown=", ".join(unknown))
            _ = Anchor(self._quorum).now(replace(self.state, policy=body.policy))  # no key counts twice

    def _require_key(self, body: Body) -> None:
        """A change of the log's key is only logged where the new one is at hand. Refused("desk.log-key-absent")."""
        if isinstance(body, LogRotated) and body.log not in self._ready:
            raise Refused("desk.log-key-absent", log=body.log)

    def _take_key(self, state: State) -> None:
        """Sign with the key in force from now on. Refused("desk.log-key-absent")."""
        if not state.former_logs or state.log == str(self._quorum.log):
            return
        if state.log not in self._ready:
            raise Refused("desk.log-key-absent", log=state.log)
        self._quorum = replace(self._quorum, log=VerifierKey.parse(state.log))
        self._sign_head = self._ready[state.log]

    def _recall(self) -> None:
        """The head published last, to which the archive must lead. Refused("desk.archive-behind-head")."""
        try:
            known = self._tiles.read(CHECKPOINT)
        except Unavailable:
            return
        head = SignedCheckpoint.parse(known).checkpoint
        if head.size > self._log.size or self._log.tree.root(head.size) != head.root:
            raise Refused("desk.archive-behind-head", size=head.size, entries=self._log.size)
        self._published = known

    def _published_size(self) -> int:
        return SignedCheckpoint.parse(self._published).checkpoint.size if self._published else 0

    def _now(self) -> int:
        return self._clock.now_ms() // 1000

    async def _publish(self) -> None:
        self._tiles.write(sorted(self._log.files(self._written).items()))
        self._written = self._log.size
        head = self._log.checkpoint()
        bare = SignedCheckpoint.sign(head, self._sign_head(head.text()))
        heard = await asyncio.gather(*(self._cosigned(bare, each) for each in self._watchers))
        signed = bare.signed_by(*(line for one in heard for line in one.signed.note.signatures))
        self._require_quorum(signed, heard)
        self._tiles.write([(CHECKPOINT, signed.serialise())])
        self._published, self._published_at = signed.serialise(), self._now()

    def _require_quorum(self, signed: SignedCheckpoint, heard: Sequence[_Heard]) -> None:
        """Unavailable("desk.no-quorum", "desk.clock-differs", "desk.witness-ahead")."""
        quorum, now = Anchor(self._quorum).now(self.state), self._now()
        try:
            given = quorum.judge(signed, Fresh(now))
        except CountersignError as error:
            raise Unavailable("desk.no-quorum", why=error.code, witnesses=_silent(heard)) from None
        good = sum(each.counts and not _elsewhen(each, now) for each in given)
        if good >= quorum.k:
            return
        others = sorted(each.time for each in given if each.time and _elsewhen(each, now))
        if good + len(others) >= quorum.k:
            raise Unavailable("desk.clock-differs", here=times.text(now), there=times.text(others[len(others) // 2]))
        ahead = max(heard, key=lambda each: each.knows)
        if ahead.knows > self._log.size:
            name = ahead.watcher.key.name
            raise Unavailable("desk.witness-ahead", witness=name, size=ahead.knows, entries=self._log.size)
        raise Unavailable("desk.no-quorum", why="L5.quorum", witnesses=_silent(heard))

    async def _cosigned(self, bare: SignedCheckpoint, watcher: Watcher) -> _Heard:
        """The checkpoint with this witness's line; without it, and why, if the witness is silent or refuses."""
        known = 0
        try:
            response = await self._ask(bare, watcher, self._known.get(watcher.key, 0))
            if response.status == 409:
                known = conversation.known_size(response)
                response = await self._ask(bare, watcher, known)
            accepted = conversation.accept(bare, response, watcher.key)
        except CountersignError as error:
            return _Heard(watcher, bare, error, known)
        self._known[watcher.key] = bare.checkpoint.size
        return _Heard(watcher, accepted)

    async def _ask(self, bare: SignedCheckpoint, watcher: Watcher, old: int) -> Response:
        size = bare.checkpoint.size
        proof = self._log.tree.consistency_proof(old, size) if 0 < old <= size else ()
        request = AddCheckpoint(old, tuple(proof), bare.serialise()).serialise()
        status, body = await watcher.witness.add_checkpoint(request)
        return Response(status, body)


def _entry(record: Record) -> bytes:
    return Opening(record.index, record.time_ms, record.salt).entry(record.event)


def _elsewhen(cosigned: Cosignature, now: int) -> bool:
    """Whether a cosignature that was asked for now is of another time."""
    return cosigned.time is not None and abs(cosigned.time - now) > MAX_AHEAD


def _silent(heard: Sequence[_Heard]) -> str:
    """The witnesses that gave nothing, and each one's reason by its code."""
    return ", ".join(f"{each.watcher.key.name} ({each.error.code})" for each in heard if each.error is not None) or "-"
