"""Before anybody pays into a Safe the desk reads it: what is not as it is registered is neither entered nor credited."""

from dataclasses import replace

import pytest

from countersign.desk import deposits, safe_entering
from countersign.desk.ports import EthereumNode, Payment
from countersign.errors import Refused, Unavailable
from countersign.ethereum import deployments, storage_root
from countersign.ethereum.safe import SafeVersion
from countersign.settlement import events
from countersign.settlement.events import Event
from countersign.settlement.roster import SafeVault
from countersign.settlement.state import State
from hostile.safe_state_cases import ATTACKER, DRIFTED
from support import settlement_world as world
from support.refusals import refused
from support.safe_snapshots import StatedNode

DRIFT = {name: changes for name, _, changes in DRIFTED if "nonce" not in changes}


def stated(state: State, chain: str = world.ETHEREUM, **changes: object) -> dict[str, EthereumNode]:
    """The desk's nodes: one that says what is registered, changed."""
    node = StatedNode(chain, lambda: state, lambda: world.START)
    node.changes = dict(changes)
    return {world.ETHEREUM: node}  # type: ignore[dict-item]


def safe(state: State) -> SafeVault:
    found = state.roster.vaults["harbour-safe"]
    assert isinstance(found, SafeVault)
    return found


@pytest.mark.parametrize("drift", DRIFT)
async def test_a_safe_with_anything_else_about_it_is_refused_beside_the_one_that_is_registered(drift: str) -> None:
    state = world.founded().state
    with refused("desk.safe-differs", Refused, vault="harbour-safe"):
        await safe_entering.require_as_registered(safe(state), state.roster, stated(state, **DRIFT[drift]))
    for number in (0, 7):
        await safe_entering.require_as_registered(safe(state), state.roster, stated(state, nonce=number))


async def test_a_node_of_another_chain_and_none_at_all_tell_nothing() -> None:
    state = world.founded().state
    with refused("chains.other-chain", Refused, expected=world.ETHEREUM, found="eip155:1"):
        await safe_entering.require_as_registered(safe(state), state.roster, stated(state, "eip155:1"))
    with refused("desk.safe-unread", Unavailable, vault="harbour-safe", chain=world.ETHEREUM):
        await safe_entering.require_as_registered(safe(state), state.roster, {})


async def test_a_safe_that_keeps_what_no_answer_of_it_shows_is_refused() -> None:
    """A module or an owner that no list leads to, a hash noted as approved: whoever made the Safe wrote it there."""
    state = world.founded().state
    nodes = stated(state)
    (node,) = nodes.values()
    node.root = "0x" + storage_root.root({}).hex()  # type: ignore[attr-defined]
    with refused("desk.safe-keeps-more", Refused, vault="harbour-safe"):
        await safe_entering.require_as_registered(safe(state), state.roster, nodes)
    node.root = None  # type: ignore[attr-defined]
    await safe_entering.require_as_registered(safe(state), state.roster, nodes)


def changed(**fields: object) -> Event:
    """A change of the roster that enters Harbour's Safe otherwise."""
    _, entry = world.vault_entries("harbour")
    body = world.no_entries() | {"vaults": [{**entry, **fields}]}
    return events.parse(world.event_bytes("roster.changed", ["compliance", "officer-d"], body, id="x", at=world.START))


async def test_what_a_change_enters_is_read_and_what_stands_as_it_was_is_not() -> None:
    state = world.founded().state
    older = deployments.canonical("CompatibilityFallbackHandler", SafeVersion(1, 3, 0)).text
    otherwise = changed(fallback_handler=older)
    with refused("desk.safe-differs", Refused, part="fallback handler", expected=older):
        await safe_entering.require_entered(state, otherwise, stated(state))
    with refused("desk.safe-differs", Refused, part="modules", found=ATTACKER):
        await safe_entering.require_entered(
            state, otherwise, stated(state, fallback_handler=older, modules=(ATTACKER,))
        )
    with refused("desk.safe-unread", Unavailable):
        await safe_entering.require_entered(state, otherwise, {})
    await safe_entering.require_entered(state, otherwise, stated(state, fallback_handler=older))
    await safe_entering.require_entered(state, changed(), {})  # nothing of it is new
    known = replace(state, roster=replace(state.roster, vaults=state.roster.vaults.delete("harbour-safe")))
    with refused("desk.safe-unread", Unavailable):
        await safe_entering.require_entered(known, changed(), {})


class Paid(StatedNode):
    """A node that has one payment of 5 base units into Harbour's Safe, from outside."""

    NAME = "0x" + "5a" * 32

    async def payments(self, transaction: str) -> list[Payment]:
        return [Payment(self.NAME, 0, world.USDC_ADDRESS, ATTACKER, safe(self._state()).address, 5, 9)]

    async def token_balance(self, token: str, holder: str) -> int:
        return 10**18


async def test_a_console_and_the_desk_take_nothing_in_that_came_into_a_safe_of_somebody_elses() -> None:
    """Both ask their own node by this one function, before either signs."""
    state = world.founded().state
    node = Paid(world.ETHEREUM, lambda: state, lambda: world.START)
    seen = await deposits.payment(node, state, safe(state), world.USDC, f"{Paid.NAME}:0")  # type: ignore[arg-type]
    assert seen.amount == 5
    node.changes = {"modules": (ATTACKER,)}
    with refused("desk.safe-differs", Refused, part="modules"):
        await deposits.payment(node, state, safe(state), world.USDC, f"{Paid.NAME}:0")  # type: ignore[arg-type]
