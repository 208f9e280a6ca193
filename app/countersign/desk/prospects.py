"""What becomes of a Safe's transaction that is in no block, and what else may have used its number: asked before it is said that
it is gone for good.

A number that is used up was used by something. It may have been a request for the same contracts, executed by signatures that
somebody kept from the log: by this very one, or by one that it took the place of. Then the contracts are paid, and what would be
prepared next pays them again. So each of them is looked for, by what the Safe itself says, in the newest 50,000 blocks
(`strangers`), whatever shares the log has. Bitcoin's transactions are looked for by their ids (`chain_facts.coin_prospect`).

    found = await of_safe(node, instruction, state, artefacts)
"""

from collections.abc import Sequence

from countersign.desk import chain_facts, executions, strangers
from countersign.desk.chain_facts import Prospect
from countersign.desk.executions import Wanted
from countersign.desk.ports import Artefacts, EthereumNode
from countersign.errors import Refused
from countersign.settlement import rivalry
from countersign.settlement.records import Instruction
from countersign.settlement.state import State


async def of_safe(node: EthereumNode, instruction: Instruction, state: State, artefacts: Artefacts) -> Prospect:
    """As `chain_facts.safe_prospect`. Refused("desk.executed-after-all") where a request for the same contracts used the number."""
    found = await chain_facts.safe_prospect(node, instruction, state)
    if found.for_good:
        beside = [each for each in under_its_number(state, instruction) if not each.for_good]
        if (transaction := await paid_by_any(node, state, beside, artefacts)) is not None:
            raise Refused("desk.executed-after-all", transaction=transaction)
    return found


def under_its_number(state: State, instruction: Instruction) -> list[Instruction]:
    """Itself, and what else was requested of its Safe for the same contracts under the same number."""
    place = instruction.group, instruction.nonce
    found = rivalry.for_contracts_of(state, instruction.cycle)
    return [each for each in found if (each.group, each.nonce) == place and not each.returns]


async def paid_by_any(
    node: EthereumNode, state: State, requests: Sequence[Instruction], artefacts: Artefacts
) -> str | None:
    """The transaction in which a Safe executed one of these and what is owed moved; None where there is none. Each is looked for
    once. Raises as the node does."""
    for each in {one.artefact: one for one in requests}.values():
        wanted = executions.wanted(state, each, artefacts)
        if wanted is not None and (transaction := await _paid_by(node, wanted)) is not None:
            return transaction
    return None


async def _paid_by(node: EthereumNode, wanted: Wanted) -> str | None:
    """The transaction in which a Safe executed something and what is owed moved; None where there is none."""
    async for several in strangers.naming(node, wanted.said):
        for transaction in several:
            try:
                if executions.delivered(await node.observe(transaction), wanted).block is not None:
                    return transaction
            except Refused as refusal:
                if refusal.code != executions.OTHERWISE:
                    raise
    return None
