"""What a console finds out itself about the Safes and tokens that a change of the roster enters, before its officer proposes or
signs that change (docs/decisions/0031).

- Its own node is asked what the desk asks its own (`safe_entering`, `admitting`), and what it finds stands among the statements
  that are read before the signature. What differs stands against the proposal: nothing is signed.
- Where the console has a node of that chain and it does not answer, now or when it was opened, nothing is signed either: whoever
  can silence it would otherwise choose what is looked at.
- Where it has none, the statements say so. It may be signed then: the desk enters nothing that its own node has not read.
- A proposal is asked about when it comes, until all was found as it is entered, and again before each signature.

    await entering.look(state, event)                    # raises what stands against it
    entering.joined(state, examined).differences         # with what was found
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from countersign.errors import CountersignError, Unavailable
from countersign.settlement.bodies import RosterChanged
from countersign.settlement.roster import SafeVault
from countersign.settlement.saying import Difference, Said, said

if TYPE_CHECKING:
    from countersign.desk.proposals import Examined
    from countersign.desk.vouching import Nodes
    from countersign.settlement.assets import Asset
    from countersign.settlement.events import Event
    from countersign.settlement.state import State

LEFT_TO_THE_DESK = "roster.token-unprobed"
"""What is said of a token where nobody here can look: what this console says takes its place."""
FOUND, UNASKED, AWAITED = "found", "unasked", "awaited"


@dataclass(frozen=True, slots=True)
class Found:
    """What was found. `told`: a statement for each Safe and token; `against`: what differs; `silent`: a node did not answer."""

    told: tuple[Said, ...] = ()
    against: CountersignError | None = None
    silent: Unavailable | None = None

    @property
    def objection(self) -> CountersignError | None:
        """Why it is not signed now."""
        return self.against or self.silent


class Entering:
    """One console's look at what changes of the roster enter. `nodes`: its own; None: it has none."""

    def __init__(self, nodes: Nodes | None = None) -> None:
        self._nodes = nodes
        self._found: dict[str, Found] = {}
        self._silent: dict[str, Unavailable] = {}

    async def look(self, state: State, event: Event) -> None:
        """Ask now. Raises what stands against it: desk.safe-*, chains.*, ethereum.token-*; Unavailable."""
        if isinstance(event.body, RosterChanged):
            self._silent = {}
            found = self._found[event.hash] = await self._ask(state, event.body)
            if found.objection is not None:
                raise found.objection

    async def look_again(self, state: State, proposals: Iterable[Examined]) -> None:
        """Ask about each that may still be signed and of which not all was found as it is entered; a node that does not answer
        once."""
        self._silent = {}
        for event in (each.proposal.event for each in proposals if not each.logged and each.objection is None):
            known = self._found.get(event.hash)
            if isinstance(event.body, RosterChanged) and (known is None or known.objection is not None):
                self._found[event.hash] = await self._ask(state, event.body)

    def joined(self, state: State, examined: Examined) -> Examined:
        """A proposal with what was found of what it enters, and with what differs as what stands against it."""
        event = examined.proposal.event
        if examined.logged or examined.objection is not None or not isinstance(event.body, RosterChanged):
            return examined
        unasked = Found(tuple(self._not_found(each) for each in _entered(state, event.body)))
        found = self._found.get(event.hash, unasked)
        own = (each for each in examined.differences if each.then.code != LEFT_TO_THE_DESK)
        return replace(examined, objection=found.against, differences=(*own, *map(Difference, found.told)))

    async def _ask(self, state: State, body: RosterChanged) -> Found:
        found = Found()
        for each in _entered(state, body):
            try:
                told = await self._told(state, body, each)
            except Unavailable as error:
                self._silent[each.chain] = error
                found = replace(found, silent=found.silent or error)
                told = self._not_found(each)
            except CountersignError as error:
                found = replace(found, against=found.against or error)
                continue
            found = replace(found, told=(*found.told, told))
        return found

    async def _told(self, state: State, body: RosterChanged, entered: SafeVault | Asset) -> Said:
        """What this console's node says of one. Raises as the desk's own questions do."""
        from countersign.desk import admitting, safe_entering  # neither is needed for what enters nothing of the kind

        if self._nodes is None or not self._nodes.may_follow(entered.chain):
            return self._not_found(entered)
        if entered.chain in self._silent:
            raise self._silent[entered.chain]
        node = self._nodes.of_ethereum(entered.chain)
        if isinstance(entered, SafeVault):
            block = await safe_entering.require_found(entered, safe_entering.after_it(state, body), node)
            return _said(entered, FOUND, block=f"{block:,}")
        await admitting.require_probed(entered, {entered.chain: node})
        return _said(entered, FOUND)

    def _not_found(self, entered: SafeVault | Asset) -> Said:
        awaited = self._nodes is not None and self._nodes.may_follow(entered.chain)
        return _said(entered, AWAITED if awaited else UNASKED)


def _entered(state: State, body: RosterChanged) -> tuple[SafeVault | Asset, ...]:
    if not body.entries.assets and not body.entries.vaults:
        return ()
    from countersign.desk import admitting, safe_entering

    return (*safe_entering.entered(state, body), *admitting.entered(state, body))


def _said(entered: SafeVault | Asset, what: str, **more: str) -> Said:
    if isinstance(entered, SafeVault):
        return said(f"roster.safe-{what}", vault=entered.id, address=entered.address, chain=entered.chain, **more)
    token, decimals = {"symbol": entered.symbol, "asset": entered.id, "chain": entered.chain}, entered.decimals
    return said(f"roster.token-{what}", **token, decimals=decimals, **more)
