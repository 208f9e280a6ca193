"""A workstation's own desk, opened: its store, its token, its log with witnesses elsewhere; and consoles at it.

- The desk runs in this process (DESIGN.md §9) and in no other at the same time: the store's lock.
- Secrets come through callables: the desk's passphrase, the PIN of the desk's token; an officer's own are asked for apart.
- Which nodes the desk follows it was told under its passphrase (`take_nodes`, docs/formats/nodes.md): no file that somebody
  puts into the folder is believed. An officer's console has nodes of its own, or the desk's where none are given.
- A node that is silent when the desk is opened is left out and told: an order to freeze must not wait for it.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from countersign.audit import note
from countersign.audit.note import ED25519, VerifierKey
from countersign.bootstrap import relayers
from countersign.bootstrap.machine import CLOCK, ENTROPY
from countersign.bootstrap.nodes import open_nodes
from countersign.bootstrap.relayers import Relayers
from countersign.bootstrap.seating import hand, held
from countersign.cli import nodes as node_files
from countersign.cli import reading
from countersign.cli.seat import Seat, Secrets, TokenChoice
from countersign.couriers.carrier import Carrier
from countersign.desk import enrolment, founding_paper, founding_plan
from countersign.desk.author import Author, Scribe
from countersign.desk.console import OfficerConsole
from countersign.desk.embedded import EmbeddedDesk
from countersign.desk.founding_plan import Place
from countersign.desk.order import Order
from countersign.desk.proposal_box import ProposalBox
from countersign.desk.replica import Replica
from countersign.desk.sequencer import Sequencer, Watcher
from countersign.desk.station import NODES, SETTING, Facts
from countersign.desk.vouching import Nodes
from countersign.errors import Malformed, Refused, Unavailable
from countersign.store import station as folders
from countersign.store.profile import open_profile
from countersign.store.tile_files import TileFiles
from countersign.sync.http_witness import HttpWitness

if TYPE_CHECKING:
    from countersign.desk.ceremony import Keyring
    from countersign.desk.founding_plan import Plan


@dataclass(slots=True)
class Station:
    """An open desk."""

    folder: Path
    desk: EmbeddedDesk
    facts: Facts
    holds: AsyncExitStack = field(repr=False)
    relayers: Relayers
    silent: list[Unavailable] = field(default_factory=list)
    """Nodes, and relayers' tokens, that were not there when they were looked for."""

    async def handover(self) -> bytes:
        """What consoles are enrolled with (`enrolment.History`)."""
        return await enrolment.history(self.desk, insiders=False)

    async def console(self, seat: Seat) -> OfficerConsole:
        """The console of whoever holds the seat's token, on a profile enrolled with this desk, its log taken in.

        Refused("desk.other-desk", "cli.not-an-officers-token"); what opening, the token and `take_in` raise. The token stays
        locked until something has to be signed.
        """
        store = open_profile(seat.profile, seat.own.passphrase)
        self.holds.callback(store.close)
        replica, here = Replica(store, CLOCK), self.facts.anchor.origin
        if replica.anchor.origin != here:
            raise Refused("desk.other-desk", profile=replica.anchor.origin, desk=here)
        await replica.take_in(self.desk)
        officer = hand(replica.state, await held(self.holds, seat.token))
        carrier = Carrier()
        self.holds.callback(carrier.close)
        eyes = self.desk.nodes if seat.nodes is None else await _nodes(_read(seat.nodes), self.silent, self.relayers)
        scribe = Scribe(here, CLOCK, ENTROPY)
        return OfficerConsole(replica, self.desk, officer, CLOCK, scribe, ENTROPY, carrier, self.desk.proposals, eyes)


async def make(folder: Path, plan: Plan, rings: Mapping[str, Keyring], token: TokenChoice, own: Secrets) -> bytes:
    """Make a desk's folder, with a fresh log key; the paper that its administrators sign.

    A plan that contradicts itself is refused before anything is made. Raises as `founding_plan.body`, `store.station.create`,
    `HttpWitness`.
    """
    for each in plan.witnesses:
        HttpWitness(each.url)
    async with AsyncExitStack() as holds:
        mine = await held(holds, token)
        key, scribe = mine.identity_key(), Scribe(plan.desk, CLOCK, ENTROPY)

        def paper(log: VerifierKey) -> bytes:
            return founding_paper.draft(scribe, founding_plan.body(plan, rings, key, log))

        def facts(seed: bytes) -> Mapping[str, bytes]:
            log = _log_key(seed, plan.desk)
            return {SETTING: Facts(log, plan.quorum, plan.witnesses, mine.place(token), key.kid).serialise()}

        paper(_log_key(secrets.token_bytes(32), plan.desk))
        made = folders.create(folder, secrets.token_bytes, own.passphrase, facts)
        holds.callback(made.close)
        return paper(_log_key(made.seeds[0], plan.desk))


async def new_log_key(folder: Path, own: Secrets, reason: str) -> bytes:
    """Add a log key to a desk's folder; the proposal, signed by nobody yet, that the log changes to it."""
    asked: list[str] = []

    def once() -> str:
        asked.append(own.passphrase())
        return asked[0]

    async with opened(folder, Secrets(once, own.pin)) as found:
        scribe, state = found.desk.scribe, found.desk.state
        seed = folders.add_key(folder, secrets.token_bytes, lambda: asked[0])
        return Order(state, CLOCK.now_ms(), scribe).propose(
            "log.rotated", {"log": str(_log_key(seed, found.facts.anchor.origin)), "reason": reason}
        )


def add_witness(folder: Path, own: Secrets, place: Place) -> None:
    """Have one more witness asked from the next start on. Raises as `open_station`, `Facts.with_witness`, `HttpWitness`."""
    HttpWitness(place.url)
    with closing(folders.open_station(folder, own.passphrase)) as found:
        facts = _facts(found.profile.journal.setting(SETTING)).with_witness(place)
        found.profile.journal.set_setting(SETTING, facts.serialise())


async def take_nodes(folder: Path, own: Secrets, data: bytes) -> tuple[str, ...]:
    """Have the desk follow the nodes of a file, in place of those before; their chains.

    Raises as `open_station`, as `open_nodes` where one does not answer, and as `relayers.found`: nothing is then changed.
    """
    nodes = await _nodes(data)
    async with AsyncExitStack() as holds:
        for each in node_files.parse(data).ethereum:
            if each.relayer is not None:
                await relayers.found(holds, each.relayer)
    with closing(folders.open_station(folder, own.passphrase)) as found:
        found.profile.journal.set_setting(NODES, data)
    return (*nodes.bitcoin, *nodes.ethereum)


@asynccontextmanager
async def opened(folder: Path, own: Secrets) -> AsyncIterator[Station]:
    """The desk in a folder, for as long as it is worked at. Its token is unlocked: it signs beside officers."""
    async with AsyncExitStack() as holds:
        found = folders.open_station(folder, own.passphrase)
        holds.callback(found.close)
        facts = _facts(found.profile.journal.setting(SETTING))
        place = facts.token
        softhsm = Path(place.softhsm) if place.softhsm else None
        mine = await held(holds, TokenChoice(place.label, place.serial, place.module, softhsm))
        key = mine.keys.get(facts.kid)
        if key is None:
            raise Unavailable("desk.station-key-absent", kid=facts.kid, token=place.label)
        await mine.signer.unlock(own.pin)
        sequencer = _sequencer(found, facts)
        await sequencer.open()
        origin = facts.anchor.origin
        scribe, author = Scribe(origin, CLOCK, ENTROPY), Author("desk", key, mine.signer)
        store, silent = found.profile, list[Unavailable]()
        told = store.journal.setting(NODES)
        paying = Relayers(holds, store.journal, lambda: sequencer.state.roster, lambda _tries: own.relayer)
        nodes = await _nodes(told, silent, paying) if told else Nodes()
        box = ProposalBox(store.journal)
        desk = EmbeddedDesk(sequencer, store.archive, store.artefacts, author, scribe, nodes, store.journal, box)
        yield Station(folder, desk, facts, holds, paying, silent)


def _facts(setting: bytes | None) -> Facts:
    if setting is None:
        raise Malformed("desk.no-station")
    return Facts.parse(setting)


def _sequencer(found: folders.OpenStation, facts: Facts) -> Sequencer:
    origin = facts.anchor.origin
    seeds = {_log_key(each, origin): each for each in found.seeds}
    if facts.log not in seeds:
        raise Refused("desk.station-log-key", log=str(facts.log))
    sequencer = Sequencer(
        quorum=facts.anchor.quorum,
        archive=found.profile.archive,
        tiles=TileFiles(found.log),
        watchers=[Watcher(each.key, HttpWitness(each.url)) for each in (*facts.witnesses, *facts.also)],
        clock=CLOCK,
        entropy=ENTROPY,
        sign_head=partial(note.sign, seeds.pop(facts.log), origin),
    )
    for key, seed in seeds.items():
        sequencer.hold(key, partial(note.sign, seed, origin))
    return sequencer


def _log_key(seed: bytes, origin: str) -> VerifierKey:
    return note.verifier_key(seed, origin, ED25519)


def _read(file: Path) -> bytes:
    return reading.read_file(file, node_files.LARGEST)


async def _nodes(data: bytes, silent: list[Unavailable] | None = None, paying: Relayers | None = None) -> Nodes:
    return await open_nodes(node_files.parse(data), silent, paying)
