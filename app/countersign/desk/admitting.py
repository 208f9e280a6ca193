"""Tokens before they are admitted: the desk asks its own node what each would do (E5), and enters none that it cannot ask.

- Of a change of the roster, each token that is new, or is entered otherwise than before, is probed (`ethereum.token_probe`).
  Each administrator's console probes it too, by its own node, before it signs the change (`entering`).
- A desk may be founded before it follows any node: what could not be asked then is said (`unprobed`), and is asked before
  the first unit of it is credited, by the officer's own console and by the desk. Until then nothing of it can be held,
  settled or owed.
- `nodes`: the desk's own, by CAIP-2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from countersign.errors import Unavailable
from countersign.ethereum import token_probe
from countersign.formats import caip
from countersign.settlement.assets import Asset
from countersign.settlement.bodies import DeskFounded, RosterChanged
from countersign.settlement.events import Event
from countersign.settlement.state import State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from countersign.desk.ports import EthereumNode


async def require_admissible(state: State, event: Event, nodes: Mapping[str, EthereumNode]) -> None:
    """Refused: ethereum.token-*; Unavailable("desk.token-unprobed"), chains.*."""
    if isinstance(event.body, RosterChanged):
        for each in entered(state, event.body):
            await require_probed(each, nodes)


def entered(state: State, body: RosterChanged) -> tuple[Asset, ...]:
    """The tokens that a change of the roster enters, or enters otherwise than they stand."""
    fresh = (each for each in body.entries.assets if state.roster.assets.get(each.id) != each)
    return tuple(each for each in fresh if is_token(each))


async def require_founded_on(body: DeskFounded, nodes: Mapping[str, EthereumNode]) -> tuple[Asset, ...]:
    """Probe what a founding admits, as far as nodes are followed; the tokens that nobody could ask. Raises as `require_probed`."""
    tokens = [each for each in body.entries.assets if is_token(each)]
    for each in tokens:
        if each.chain in nodes:
            await require_probed(each, nodes)
    return tuple(each for each in tokens if each.chain not in nodes)


async def require_probed(asset: Asset, nodes: Mapping[str, EthereumNode]) -> None:
    """Nothing of a chain's own coin. Refused: ethereum.token-*; Unavailable("desk.token-unprobed"), chains.*."""
    if not is_token(asset):
        return
    if asset.chain not in nodes:
        raise Unavailable("desk.token-unprobed", asset=asset.id, symbol=asset.symbol, chain=asset.chain)
    token = caip.AssetId.parse(asset.id).reference
    answers = await nodes[asset.chain].token_answers(token)
    token_probe.judge(answers, token, asset.decimals)


async def require_creditable(state: State, asset: str, nodes: Mapping[str, EthereumNode]) -> None:
    """Probe a token before the first unit of it enters the books. Raises as `require_probed`."""
    totals = state.ledger.totals.get(asset)
    if totals is None or not totals.credits:
        await require_probed(state.roster.asset(asset), nodes)


def is_token(asset: Asset) -> bool:
    """Whether an asset is a contract's, not a chain's own coin."""
    return not caip.AssetId.parse(asset.id).is_coin
