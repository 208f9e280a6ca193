"""A Safe's transaction that somebody else sent: found by what the Safe itself says, and what it leaves behind named.

Whoever sees finished Safe transactions may send them one by one, though the desk sends them in one call (DESIGN.md §8). Then the
desk's own call does nothing any more. So:

- where an instruction's own transactions are in no block and its Safe is past its number, the Safe's `ExecutionSuccess` with
  this safeTxHash is looked for, in the newest 50,000 blocks;
- what is found counts: it is logged as it is, under the name that it has;
- what was left behind of the same chain has failed, by name, until it is sent by itself; the custodian owes it meanwhile.
"""

from countersign.desk import chain_facts
from countersign.desk.author import Author, signed
from countersign.desk.deposits import DEEPEST, SPAN
from countersign.desk.ports import Observation, Receipt
from countersign.desk.workplace import Workplace
from countersign.rails import ethereum as rail
from countersign.settlement import carrying, observing
from countersign.settlement.breaks import open_breaks
from countersign.settlement.records import Instruction
from countersign.settlement.roster import SafeVault

REASON = (
    "Split: {transaction} executed another Safe of this settlement alone, and nobody of this desk sent it. "
    "This leg is still owed and is sent by itself."
)


async def there(desk: Workplace, instruction: Instruction) -> Observation | None:
    """Where an instruction is on its chain by one's own node: in one of its transactions or, for a Safe, in anybody's."""
    chain = instruction.group.chain
    if instruction.group.kind == "psbt":
        return await chain_facts.whereabouts(desk.bitcoin(chain), instruction, desk.artefacts)
    found = await chain_facts.whereabouts(desk.ethereum(chain), instruction, desk.artefacts)
    if found is not None and found.block is not None:
        return found
    return await executed(desk, instruction) or found


async def executed(desk: Workplace, instruction: Instruction) -> Observation | None:
    """The transaction in a block that executed a Safe's instruction, whoever sent it; None where its number is not used, or by
    something else. Raises as the node does."""
    node, wanted = desk.ethereum(instruction.group.chain), chain_facts.execution(instruction, desk.artefacts)
    quorum = observing.quorum_over(desk.state, instruction)
    if wanted is None or not quorum or not await chain_facts.safe_is_past(node, instruction, desk.state.roster):
        return None
    last = await node.newest_block()
    lowest = max(0, last - DEEPEST + 1)
    while last >= lowest:
        first = max(lowest, last - SPAN + 1)
        found = tuple(await node.executing(wanted.safe, wanted.digest, first, last))
        seen = await chain_facts.whereabouts(node, instruction, desk.artefacts, found)
        if seen is not None and seen.block is not None:
            return seen
        last = first - 1
    return None


async def name_split(desk: Workplace, cycle: str, operations: Author) -> list[Receipt]:
    """`settlement.failed` for each Safe's leg that somebody else's transaction left behind, naming that transaction; once each."""
    receipts = []
    closed = desk.state.cycle(cycle)
    for each in carrying.left_behind(desk.state, closed):
        if each.released is None or any(one.group == each.group for one in open_breaks(desk.state, cycle)):
            continue
        if await waits(desk, each):
            continue
        node = desk.ethereum(each.group.chain)
        body = {
            "cycle": cycle,
            "instruction": each.hash,
            "executable": not await chain_facts.safe_is_past(node, each, desk.state.roster),
            "reason": REASON.format(transaction=_alone(desk, each)),
        }
        receipts.append(await desk.submit(await signed(desk.scribe.draft("settlement.failed", body), [operations])))
    return receipts


async def waits(desk: Workplace, instruction: Instruction) -> bool:
    """Whether a transaction of its own waits for a block and could still execute it: one call for several Safes of which one
    was executed already does nothing any more."""
    found = await chain_facts.whereabouts(desk.ethereum(instruction.group.chain), instruction, desk.artefacts)
    if found is None or found.block is not None:
        return found is not None
    if instruction.finished is None:
        return True
    live = desk.state.live(desk.state.cycle(instruction.cycle))
    done = {each.group.vaults[0] for each in live if each.by_stranger and each.seen}
    places = {vault.address for name in done if isinstance(vault := desk.state.roster.vault(name), SafeVault)}
    return not places.intersection(rail.safes_in(desk.artefacts.get(bytes.fromhex(instruction.finished))))


def _alone(desk: Workplace, left: Instruction) -> str:
    """The transaction that somebody else sent for another Safe of the same chain."""
    live = desk.state.live(desk.state.cycle(left.cycle))
    found = (each.transaction for each in live if each.by_stranger and each.group.chain == left.group.chain)
    return next((each for each in found if each is not None), "")
