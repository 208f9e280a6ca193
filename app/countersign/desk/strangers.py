"""A Safe's transaction in whosever transaction: looked for by what the Safe itself says, in the newest 50,000 blocks."""

from collections.abc import AsyncIterator

from countersign.desk import chain_facts, executions
from countersign.desk.deposits import DEEPEST, SPAN
from countersign.desk.ports import Artefacts, EthereumNode, Executed, Observation
from countersign.settlement import observing
from countersign.settlement.records import Instruction
from countersign.settlement.state import State


async def executed(
    node: EthereumNode, state: State, instruction: Instruction, artefacts: Artefacts
) -> Observation | None:
    """The transaction in a block that executed a Safe's instruction, whoever sent it; None where its number is not used, or by
    something else. Refused("desk.executed-otherwise"); raises as the node does."""
    wanted = executions.wanted(state, instruction, artefacts)
    quorum = observing.quorum_over(state, instruction)
    if wanted is None or not quorum or not await chain_facts.safe_is_past(node, instruction, state.roster):
        return None
    async for found in naming(node, wanted.said):
        seen = await chain_facts.whereabouts(node, state, instruction, artefacts, found)
        if seen is not None and seen.block is not None:
            return seen
    return None


async def naming(node: EthereumNode, said: Executed) -> AsyncIterator[tuple[str, ...]]:
    """The transactions of which a Safe's own logs say that they executed a safeTxHash, some blocks at a time, the newest first.

    Raises as the node does.
    """
    last = await node.newest_block()
    lowest = max(0, last - DEEPEST + 1)
    while last >= lowest:
        first = max(lowest, last - SPAN + 1)
        yield tuple(await node.executing(said.safe, said.digest, first, last))
        last = first - 1
