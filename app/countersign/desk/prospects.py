"""What becomes of a Safe's transaction that is in no block, and what else may have used its number: asked before it is said that
it is gone for good.

A number that is used up was used by something. It may have been a request for the same contracts, executed by signatures that
somebody kept from the log: by this very one, or by one that it took the place of. Then the contracts are paid, and what would be
prepared next pays them again. So each of them is looked for, by what the Safe itself says, in the newest 50,000 blocks
(`strangers`), whatever shares the log has. Bitcoin's transactions are looked for by their ids (`chain_facts.coin_prospect`).

    found = await of_safe(node, instruction, state, artefacts)
"""

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
        for each in _under_its_number(state, instruction):
            wanted = executions.wanted(state, each, artefacts)
            if wanted is not None and (transaction := await _paid_by(node, wanted)) is not None:
                raise Refused("desk.executed-after-all", transaction=transaction)
    return found


def _under_its_number(state: State, instruction: Instruction) -> list[Instruction]:
    """Itself, and what else was requested of its Safe for the same contracts under the same number; each transaction once."""
    place = instruction.group, instruction.nonce
    found = [
        each
        for each in rivalry.for_contracts_of(state, instruction.cycle)
        if (each.group, each.nonce) == place and not each.returns and not each.for_good
    ]
    return list({each.artefact: each for each in found}.values())


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
