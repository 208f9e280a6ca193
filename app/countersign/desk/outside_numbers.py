"""A Safe's numbers that something outside the log used: what one's own node says before an instruction passes them by.

An instruction that names another number than the log's next one (`settlement.numbers`) is logged, and prepared, only where one's
own node says that

- the number is the Safe's next now: never one ahead of the chain, which would wait to be executed later;
- those passed by were used with the policy's confirmations, so that no reorganisation within them gives one back;
- none of the log's own instructions under those numbers was executed: the Safe's own `ExecutionSuccess` with its safeTxHash is
  looked for, in the newest 50,000 blocks. What was is observed, and is not prepared, voided or paid once more.

    await require_next(node, state, vault, nonce, artefacts)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from countersign.desk import executions, strangers
from countersign.errors import Refused
from countersign.settlement import numbers
from countersign.settlement.bodies import InstructionPrepared
from countersign.settlement.governance_bodies import OwnersOrdered
from countersign.settlement.roster import SafeVault

if TYPE_CHECKING:
    from countersign.desk.ports import Artefacts, EthereumNode
    from countersign.desk.vouching import Nodes
    from countersign.settlement.events import Event
    from countersign.settlement.records import Instruction
    from countersign.settlement.state import State


async def require_told(state: State, event: Event, artefacts: Artefacts, nodes: Nodes) -> None:
    """What an event says by the number that it names is so, by the desk's own node. Raises as `require_next`; Unavailable."""
    match event.body:
        case OwnersOrdered(vault=name, nonce=nonce) | InstructionPrepared(vaults=(name,), nonce=int(nonce)):
            vault = state.roster.vaults.get(name)
            if isinstance(vault, SafeVault) and numbers.expected(state, name) not in (None, nonce):
                await require_next(nodes.of_ethereum(vault.chain), state, vault, nonce, artefacts)
        case _:
            pass


async def require_next(node: EthereumNode, state: State, vault: SafeVault, nonce: int, artefacts: Artefacts) -> None:
    """The Safe's number is the log's next, or its chain's, and what it passes by was used by something else, for good.

    Refused("E8.nonce", "desk.numbers-young", "desk.executed-after-all"), what the node raises.
    """
    first = numbers.expected(state, vault.id)
    if first is None or nonce == first:
        return
    if (next_one := await node.safe_nonce(vault.address)) != nonce:
        raise Refused("E8.nonce", vault=vault.id, nonce=nonce, expected=next_one)
    if nonce < first:
        return
    needed = state.adopted().confirmations_on(vault.chain)
    if await _used_for_good(node, vault, needed) < nonce:
        raise Refused("desk.numbers-young", vault=vault.id, first=first, last=nonce - 1, needed=needed)
    for each in numbers.prepared(state, vault.id):
        if each.nonce is not None and first <= each.nonce < nonce:
            await _require_unexecuted(node, state, each, artefacts)


async def _used_for_good(node: EthereumNode, vault: SafeVault, needed: int) -> int:
    """The Safe's next number as of the block with so many confirmations; 0 where it was not there yet."""
    try:
        return await node.safe_nonce(vault.address, needed)
    except Refused as refusal:
        if refusal.code != "chains.no-contract":
            raise
        return 0


async def _require_unexecuted(node: EthereumNode, state: State, instruction: Instruction, artefacts: Artefacts) -> None:
    """The Safe says of no transaction that it executed this one. Refused("desk.executed-after-all"); Unavailable."""
    wanted = executions.wanted(state, instruction, artefacts)
    if wanted is None:
        return
    async for found in strangers.naming(node, wanted.said):
        for transaction in found:
            raise Refused("desk.executed-after-all", transaction=transaction)
