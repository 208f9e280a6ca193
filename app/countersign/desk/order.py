"""The desk's own order as one profile's history has it, for people at a terminal: what is in force, and proposals as files.

- A draft goes as a file to the administrators; each signs it on their own machine, with their own token.
- Without nodes of this machine's own (`asking`) nothing here has looked at the Safes and tokens that a change enters: it says so.

    order.look(order.propose("roster.changed", {"participants": [entry]})).changes
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from countersign.desk import deed_pages, proposals, stopping, telling
from countersign.desk import governance_pages as pages
from countersign.desk.author import Author, Scribe
from countersign.desk.deed_views import OrderView
from countersign.desk.entering import Entering
from countersign.desk.governance_views import PolicyView, ProposalView, RosterView
from countersign.errors import Refused
from countersign.settlement.roster import HolderKind, Purpose
from countersign.settlement.state import State
from countersign.settlement.stop_bodies import Scope

if TYPE_CHECKING:
    from countersign.desk.vouching import Nodes


@dataclass(frozen=True, slots=True)
class Order:
    """What a replayed history says at a moment; `scribe` drafts; `entering` asks this machine's own nodes."""

    state: State
    now_ms: int
    scribe: Scribe
    entering: Entering = field(default_factory=Entering)

    def asking(self, nodes: Nodes) -> Order:
        """The same, with nodes of this machine's own to ask about what a change enters."""
        return replace(self, entering=Entering(nodes))

    def roster(self) -> RosterView:
        """The roster in force."""
        return pages.roster(self.state, self.now_ms // 1_000)

    def policy(self) -> PolicyView:
        """The policy in force."""
        return pages.policy(self.state)

    def look(self, data: bytes) -> ProposalView:
        """A `.proposal` file held against this history. Malformed; Refused("desk.not-a-proposal")."""
        found = self.entering.joined(self.state, self._examined(data))
        return pages.proposal(self.state, found, "")

    async def ask(self, data: bytes) -> ProposalView:
        """The same once this machine's nodes were asked about what it enters. Raises as `look`; Unavailable where one is silent."""
        found = self._examined(data)
        await self.entering.look_again(self.state, [found])
        return self.look(data)

    def _examined(self, data: bytes) -> proposals.Examined:
        return proposals.examine(self.state, proposals.parse(data), self.now_ms)

    def officer_of(self, held: Iterable[str]) -> tuple[str, str] | None:
        """The officer, and the key, of whom one of these keys (kids) is a registered identity key."""
        return officer_of(self.state, held)

    def require_signable(self, data: bytes, officer: str) -> None:
        """Before a PIN is asked for: nothing stands against it, and this officer signs it. Refused; raises as `sign`.

        Refused("desk.proposal-unseen") for what names transactions: a console reads their bytes, a history alone cannot.
        """
        proposal = proposals.parse(data)
        proposals.require_signable(self.entering.joined(self.state, self._examined(data)), officer)
        if proposals.names_transactions(proposal):
            raise Refused("desk.proposal-unseen", type=proposal.event.type)

    async def sign(self, data: bytes, author: Author) -> bytes:
        """The proposal with one more signature. Raises as `Entering.look` and `proposals.sign`."""
        await self.entering.look(self.state, proposals.parse(data).event)
        return await proposals.sign(self.state, data, author, self.now_ms)

    def freezes(self) -> tuple[OrderView, ...]:
        """Every order that stops something, or did, by its entries."""
        return deed_pages.orders(self.state, {})

    def propose_freeze(self, order: str, scope: Scope, paper: bytes, reason: str) -> bytes:
        """A draft that an order stops what it names; a contract goes by its id too. Raises as `telling.only`, `propose`."""
        if scope.contract is not None:
            scope = replace(scope, contract=telling.only(self.state, scope.contract).hash)
        return self.propose("freeze.ordered", stopping.ordered_body(order, scope, paper, reason))

    def propose_lift(self, order: str, paper: bytes, reason: str) -> bytes:
        """A draft that an order stops nothing any more. Raises as `propose`."""
        return self.propose("freeze.lifted", stopping.lifted_body(order, paper, reason))

    def propose(self, kind: str, body: Mapping[str, object]) -> bytes:
        """A draft that nobody has signed. Malformed; Refused: what the rules say against it, "desk.proposal-empty"."""
        full = proposals.completed(body) if kind == "roster.changed" else body
        data = proposals.draft(self.scribe, kind, full)
        found = proposals.examine(self.state, proposals.parse(data), self.now_ms)
        proposals.require_open(found)
        if not found.differences:
            raise Refused("desk.proposal-empty")
        return data


def officer_of(state: State, held: Iterable[str]) -> tuple[str, str] | None:
    """The officer, and the key, of whom one of these keys (kids) is a registered identity key."""
    for kid in held:
        known = state.roster.keys.get(kid)
        if known is not None and known.holder.kind is HolderKind.OFFICER and known.purpose is Purpose.IDENTITY:
            return known.holder.id, kid
    return None
