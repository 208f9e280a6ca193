"""A Safe is what it is registered as before anybody pays into it: the desk asks its own node (E10's parts, but for the number).

E10 keeps officers from signing for a Safe that is another than the registered one; what was paid into it by then is lost all the
same, to a module, a foreign owner or another singleton. So the desk holds a Safe against its registration

- when a change of the roster enters it or enters it otherwise: none that it cannot ask. Each administrator's console does the same
  with its own node before it signs the change (`entering`);
- before anything that came into it is credited, as the officer's console does with its own: a desk may be founded before it
  follows any node, and a Safe may drift.

And it keeps nothing besides: whoever makes a Safe may let it run any code once, and what that wrote into its storage (a module or
an owner that no list leads to, a hash noted as approved) acts for ever and is seen by no question to the Safe. Only the root of its
storage tells. A Safe that is credited keeps what it is allowed to from then on: nothing that is signed for it runs other code.
That is why officers' signatures (E10) do not ask it again: an owner who notes an approved hash would hold the whole Safe by that.

    await require_entered(state, event, nodes)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from countersign.errors import Refused, Unavailable
from countersign.rails import safe_state as rail
from countersign.settlement import roster_change
from countersign.settlement.bodies import RosterChanged
from countersign.settlement.roster import SafeVault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from countersign.desk.ports import EthereumNode
    from countersign.settlement.events import Event
    from countersign.settlement.roster import Roster
    from countersign.settlement.state import State


async def require_entered(state: State, event: Event, nodes: Mapping[str, EthereumNode]) -> None:
    """Raises as `require_as_registered`; what the roster's own rules refuse is theirs to say."""
    if isinstance(event.body, RosterChanged) and (safes := entered(state, event.body)):
        after = after_it(state, event.body)
        for each in safes:
            await require_as_registered(each, after, nodes)


def entered(state: State, body: RosterChanged) -> tuple[SafeVault, ...]:
    """The Safes that a change of the roster enters, or enters otherwise than they stand."""
    fresh = (each for each in body.entries.vaults if state.roster.vaults.get(each.id) != each)
    return tuple(each for each in fresh if isinstance(each, SafeVault))


def after_it(state: State, body: RosterChanged) -> Roster:
    """The roster that a change would make: a Safe's owners may be in it. Refused: what the roster's own rules say."""
    return roster_change.changed(state.roster, body.entries, time_ms=0)


async def require_as_registered(vault: SafeVault, roster: Roster, nodes: Mapping[str, EthereumNode]) -> None:
    """Refused("desk.safe-differs", "desk.safe-keeps-more", "chains.other-chain", "chains.no-contract");
    Unavailable("desk.safe-unread", chains.*)."""
    if vault.chain not in nodes:
        raise Unavailable("desk.safe-unread", vault=vault.id, safe=vault.address, chain=vault.chain)
    await require_found(vault, roster, nodes[vault.chain])


async def require_found(vault: SafeVault, roster: Roster, node: EthereumNode) -> int:
    """A node of its chain finds the Safe as it is registered; the block. Raises as `require_as_registered`, and as the node."""
    seen = await node.safe_states((vault.address,))
    if seen.chain != vault.chain:
        raise Refused("chains.other-chain", expected=vault.chain, found=seen.chain)
    if (found := seen.of(vault.address)) is None:
        raise Refused("chains.no-contract", address=vault.address)
    if against := rail.differences(found, vault, roster, found.nonce):
        part = against[0]
        raise Refused("desk.safe-differs", vault=vault.id, part=part.name, expected=part.expected, found=part.found)
    if await node.storage_root(vault.address, seen.block) not in rail.storage_roots(found):
        raise Refused("desk.safe-keeps-more", vault=vault.id, safe=vault.address)
    return seen.number
