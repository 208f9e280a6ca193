"""Where an operations officer works: one state of the log, artefacts, nodes of one's own, and a way into the log.

- The desk itself is one (`embedded.EmbeddedDesk`); an officer's console is another (`AtConsole`): its own replica says
  what is so, its own nodes what the chains say, and the desk verifies with its own before it signs beside the officer.
- What an event names goes to the desk before the event does, and stays here as well.
- A console takes in the log before it begins and after it is done (`synchronise`), not with every event.

    desk = AtConsole(replica, mailbox, scribe, Nodes({BITCOIN: core}, {ETHEREUM: rpc}))
    await mending.record_failure(desk, author, instruction, reason)
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from countersign.errors import Unavailable

if TYPE_CHECKING:
    from countersign.desk.author import Scribe
    from countersign.desk.ports import Archive, Artefacts, BitcoinNode, EthereumNode, Mailbox, Receipt
    from countersign.desk.replica import Replica
    from countersign.desk.vouching import Nodes
    from countersign.settlement.state import State


class Workplace(Protocol):
    """What the use cases of operations need."""

    @property
    def state(self) -> State: ...

    @property
    def archive(self) -> Archive: ...

    @property
    def artefacts(self) -> Artefacts: ...

    @property
    def scribe(self) -> Scribe: ...

    @property
    def nodes(self) -> Nodes: ...

    async def submit(self, event: bytes) -> Receipt:
        """Give a signed event to the desk."""

    async def synchronise(self) -> None:
        """Have what the desk has logged in the state."""

    async def put_artefact(self, data: bytes) -> bytes:
        """Keep bytes where the desk has them too; their SHA-256."""

    def bitcoin(self, chain: str) -> BitcoinNode:
        """One's own node of a Bitcoin chain. Unavailable("desk.no-node")."""

    def ethereum(self, chain: str) -> EthereumNode:
        """One's own node of an Ethereum chain. Unavailable("desk.no-node")."""


@dataclass(frozen=True, slots=True)
class AtConsole:
    """A `Workplace` on an officer's machine."""

    replica: Replica
    mailbox: Mailbox
    scribe: Scribe
    nodes: Nodes

    @property
    def state(self) -> State:
        """What this machine has replayed."""
        return self.replica.state

    @property
    def archive(self) -> Archive:
        """Every event that this machine has."""
        return self.replica.profile.archive

    @property
    def artefacts(self) -> Artefacts:
        """The bytes that this machine has."""
        return self.replica.profile.artefacts

    async def synchronise(self) -> None:
        """Take in and prove what the desk has logged since. Raises as `Replica.take_in`."""
        await self.replica.take_in(self.mailbox)

    async def fetch(self, digests: Iterable[str]) -> None:
        """Keep what the desk has of these (SHA-256, hex) and this machine has not; what nobody has stays absent."""
        for digest in map(bytes.fromhex, dict.fromkeys(digests)):
            try:
                self.artefacts.get(digest)
            except Unavailable:
                with suppress(Unavailable):
                    self.artefacts.put(await self.mailbox.artefact(digest))

    async def submit(self, event: bytes) -> Receipt:
        """Give a signed event to the desk, which verifies it and signs beside where its kind needs that."""
        return await self.mailbox.submit(event)

    async def put_artefact(self, data: bytes) -> bytes:
        """Keep bytes here and at the desk. Unavailable where the desk is not reached."""
        self.artefacts.put(data)
        return await self.mailbox.put_artefact(data)

    def bitcoin(self, chain: str) -> BitcoinNode:
        """This console's node of a Bitcoin chain."""
        return self.nodes.of_bitcoin(chain)

    def ethereum(self, chain: str) -> EthereumNode:
        """This console's node of an Ethereum chain."""
        return self.nodes.of_ethereum(chain)


async def fetch_cycle(place: AtConsole, cycle: str) -> None:
    """Have what a cycle's instructions, shares and sent transactions name here, as far as the desk has it."""
    live = place.state.under_way(place.state.cycle(cycle))
    shares = [share.artefact for each in live for share in each.shares]
    replaced = [one.artefact for each in live for one in place.state.around(each)]
    sent = [each.finished for each in live if each.finished is not None]
    await place.fetch([*(each.artefact for each in live), *shares, *replaced, *sent])
