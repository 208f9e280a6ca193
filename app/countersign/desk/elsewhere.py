"""A Safe's transaction that somebody else sent: found by what the Safe itself says, and what it leaves behind named.

Whoever sees finished Safe transactions may send them one by one, though the desk sends them in one call (DESIGN.md §8). Then the
desk's own call does nothing any more. So:

- where an instruction's own transactions are in no block and its Safe is past its number, the Safe's `ExecutionSuccess` with
  this safeTxHash is looked for, in the newest 50,000 blocks;
- what is found counts: it is logged as it is, under the name that it has. What moved something else than what is owed is named
  and not logged (`executions`);
- what was left behind of the same chain has failed, by name, until it is sent by itself; the custodian owes it meanwhile.
"""

from countersign.desk import chain_facts, executions, prospects, strangers
from countersign.desk.author import Author, signed
from countersign.desk.ports import Observation, Receipt
from countersign.desk.workplace import Workplace
from countersign.errors import Refused
from countersign.rails import ethereum as rail
from countersign.settlement import carrying
from countersign.settlement.breaks import open_breaks
from countersign.settlement.records import Instruction
from countersign.settlement.roster import SafeVault

REASON = (
    "Split: {transaction} executed another Safe of this settlement alone, and nobody of this desk sent it. "
    "This leg is still owed and is sent by itself."
)


async def there(desk: Workplace, instruction: Instruction) -> Observation | None:
    """Where an instruction is on its chain by one's own node: in one of its transactions or, for a Safe, in anybody's.

    Refused("desk.executed-otherwise") where a Safe executed it and something else moved than what is owed.
    """
    chain = instruction.group.chain
    if instruction.group.kind == "psbt":
        return await chain_facts.whereabouts(desk.bitcoin(chain), desk.state, instruction, desk.artefacts)
    node = desk.ethereum(chain)
    found = await chain_facts.whereabouts(node, desk.state, instruction, desk.artefacts)
    if found is not None and found.block is not None:
        return found
    return await strangers.executed(node, desk.state, instruction, desk.artefacts) or found


async def otherwise(desk: Workplace, instruction: Instruction) -> Refused | None:
    """That a Safe executed an instruction and something else moved than what is owed; None where one's own node says otherwise."""
    try:
        await there(desk, instruction)
    except Refused as refusal:
        if refusal.code == executions.OTHERWISE:
            return refusal
        raise
    return None


async def name_split(desk: Workplace, cycle: str, operations: Author) -> list[Receipt]:
    """`settlement.failed` for each Safe's leg that somebody else's transaction left behind, naming that transaction; once each."""
    receipts = []
    closed = desk.state.cycle(cycle)
    for each in carrying.left_behind(desk.state, closed):
        if each.released is None or any(one.group == each.group for one in open_breaks(desk.state, cycle)):
            continue
        if await otherwise(desk, each) is not None or await waits(desk, each):
            continue
        try:
            found = await prospects.of_safe(desk.ethereum(each.group.chain), each, desk.state, desk.artefacts)
        except Refused as refusal:
            if refusal.code != "desk.executed-after-all":
                raise
            continue  # it was not left behind; whoever looks at the legs is told
        body = {
            "cycle": cycle,
            "instruction": each.hash,
            "executable": found.executable,
            "for_good": found.for_good,
            "reason": REASON.format(transaction=_alone(desk, each)),
        }
        receipts.append(await desk.submit(await signed(desk.scribe.draft("settlement.failed", body), [operations])))
    return receipts


async def waits(desk: Workplace, instruction: Instruction) -> bool:
    """Whether a transaction of its own waits for a block and could still execute it: one call for several Safes of which one
    was executed already does nothing any more."""
    node = desk.ethereum(instruction.group.chain)
    found = await chain_facts.whereabouts(node, desk.state, instruction, desk.artefacts)
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
