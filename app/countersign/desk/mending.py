"""When a chain did not do what was released: recording it, sending again, and ending what was voided.

- A failure is recorded by operations; the desk's own node confirms that the transaction is in no block, and whether it
  can still execute.
- Sending again changes nothing that anybody signed. On Ethereum it makes another outer transaction, which is logged as
  the replacement of the one before; whichever is mined counts.
- Several Safes whose one call is gone are sent again in one; what somebody else executed meanwhile is logged as it is, and what
  that left behind goes out without it.
- A transaction that waits because its gas price is too low is replaced by the relayer at its own nonce (`raise_fees`).
"""

from countersign.desk import chain_facts, elsewhere, parcels, prospects, releasing
from countersign.desk.author import Author, signed
from countersign.desk.chain_facts import Prospect
from countersign.desk.embedded import EmbeddedDesk
from countersign.desk.parcels import Parcel
from countersign.desk.ports import Receipt
from countersign.desk.workplace import Workplace
from countersign.errors import Refused
from countersign.settlement.records import Instruction

EXECUTED = "Executed by {transaction}: {differs}."
MOST_REASON = 500
"""Characters of a reason (docs/formats/events.md)."""


async def record_failure(desk: Workplace, operations: Author, instruction: str, reason: str) -> Receipt:
    """`settlement.failed` for an instruction whose transaction is in no block, though another's is, or was executed otherwise than
    owed: then the reason that is logged says what moved.

    Refused("desk.executed-after-all") if a node sees it in one, "desk.other-executable" if the desk's judges otherwise
    whether it can still execute, or whether it is gone for good; what the machine raises.
    """
    known = desk.state.instruction(instruction)
    if (otherwise := await elsewhere.otherwise(desk, known)) is not None:
        told = EXECUTED.format(**otherwise.values)
        reason = f"{reason} {told}"[:MOST_REASON]
    found = await prospect(desk, known)
    body = {
        "cycle": known.cycle,
        "instruction": instruction,
        "executable": found.executable,
        "for_good": found.for_good,
        "reason": reason,
    }
    return await desk.submit(await signed(desk.scribe.draft("settlement.failed", body), [operations]))


async def prospect(desk: Workplace, instruction: Instruction) -> Prospect:
    """Whether the chain could still take it, by one's own node. Raises as `chain_facts.coin_prospect`, `prospects.of_safe`."""
    chain = instruction.group.chain
    if instruction.lifts is not None:
        return await _lifted(desk, desk.state.instruction(instruction.lifts))
    if instruction.group.kind == "psbt":
        return await chain_facts.coin_prospect(desk.bitcoin(chain), instruction, desk.state, desk.artefacts)
    return await prospects.of_safe(desk.ethereum(chain), instruction, desk.state, desk.artefacts)


async def _lifted(desk: Workplace, parent: Instruction) -> Prospect:
    """What becomes of a child: its coin is there as soon as its parent is, and not before."""
    try:
        return await prospect(desk, parent)
    except Refused as refusal:
        if refusal.code != "desk.executed-after-all":
            raise
        there = refusal.values["transaction"] == parent.transaction
        return Prospect(possible=there, for_good=False, executable=there)


async def retry(desk: Workplace, cycle: str, operations: Author, reason: str) -> list[Receipt]:
    """Send again what was released and is nowhere on its chain, or did nothing there. Refused by a chain: `chains.*-refused`,
    several Safes' call "desk.atomic-would-refuse", named.

    What was never sent is broadcast and logged; what was sent and is gone is sent again; on Ethereum that is logged too.
    """
    live = desk.state.under_way(desk.state.cycle(cycle))
    before = [
        each.hash for each in live if each.released is not None and each.transaction is not None and not each.seen
    ]
    receipts = await releasing.broadcast(desk, cycle, operations)
    gone = []
    for each in (desk.state.instruction(name) for name in before):
        if not each.executable or each.superseded_by is not None:
            continue
        if (
            each.group.kind == "safe-tx"
            and (body := await releasing.unlogged(desk, each)) is not None
            and body["block"]
        ):
            receipts.append(await releasing.log_observed(desk, operations, body))  # somebody else's did it
        elif not await _on_its_way(desk, each):
            gone.append(parcels.finish(desk, each))
    if receipts:
        await desk.synchronise()
    receipts += await elsewhere.name_split(desk, cycle, operations)
    for parcel in await parcels.parcels(desk, gone):
        if found := await _log_unlogged(desk, operations, parcel, reason):
            receipts += found
            continue
        if parcel.atomic:
            await parcels.require_acceptable(desk, parcel)  # which names the Safe that stands in the way
        sent = await releasing.send(desk, parcel)
        known = {desk.state.instruction(each.instruction).transaction for each in parcel.carried}
        if parcel.kind == "safe-tx" and sent not in known:  # else the relayer sent the very same one again
            receipts += await _log_each(desk, operations, parcel, sent, reason)
    return receipts


async def _on_its_way(desk: Workplace, instruction: Instruction) -> bool:
    """Whether one of its transactions is in a block, or waits for one and could still execute it."""
    if instruction.group.kind == "safe-tx":
        return await elsewhere.waits(desk, instruction)
    return await elsewhere.there(desk, instruction) is not None


async def raise_fees(desk: Workplace, cycle: str, operations: Author, reason: str) -> list[Receipt]:
    """Replace what waits on Ethereum for its block by the same calls with higher fees, at the same nonces, and log it.

    One that a crash left unlogged is logged and not raised again. Refused("desk.nothing-stuck"); raises as
    `EthereumNode.raise_fees`.
    """
    live = desk.state.live(desk.state.cycle(cycle))
    sent = [each for each in live if each.transaction is not None and each.executable and not each.seen]
    stuck = [each for each in sent if each.group.kind != "psbt"]
    if not stuck:
        raise Refused("desk.nothing-stuck", cycle=cycle)
    receipts: list[Receipt] = []
    for before in dict.fromkeys(each.transaction or "" for each in stuck):
        carried = [parcels.finish(desk, each) for each in stuck if each.transaction == before]
        for parcel in await parcels.parcels(desk, carried):
            if found := await _log_unlogged(desk, operations, parcel, reason):
                receipts += found
                continue
            replacement = await desk.ethereum(parcel.chain).raise_fees(before, parcel.moves)
            receipts += await _log_each(desk, operations, parcel, replacement, reason)
    return receipts


async def _log_unlogged(desk: Workplace, operations: Author, parcel: Parcel, reason: str) -> list[Receipt]:
    """Log what the relayer sent in place of what the log knows, where a crash came before the entry."""
    if parcel.kind == "psbt":
        return []
    out = await desk.ethereum(parcel.chain).carrying(parcel.to, parcel.raw)
    names = {name for each in parcel.carried for name in _names(desk, each.instruction)}
    return [] if out is None or out in names else await _log_each(desk, operations, parcel, out, reason)


async def _log_each(desk: Workplace, operations: Author, parcel: Parcel, sent: str, reason: str) -> list[Receipt]:
    return [await _replaced(desk, operations, each.instruction, sent, parcel.raw, reason) for each in parcel.carried]


def _names(desk: Workplace, instruction: str) -> tuple[str, ...]:
    return chain_facts.transactions(desk.state.instruction(instruction), desk.artefacts)


async def log_replacement(
    desk: Workplace, operations: Author, instruction: str, replacement: str, reason: str
) -> Receipt:
    """`transaction.replaced`: the same call in another outer transaction. Refused("desk.transaction-not-seen")."""
    raw = parcels.finish(desk, desk.state.instruction(instruction)).raw
    return await _replaced(desk, operations, instruction, replacement, raw, reason)


async def _replaced(
    desk: Workplace, operations: Author, instruction: str, replacement: str, raw: bytes, reason: str
) -> Receipt:
    body = {
        "instruction": instruction,
        "transaction": desk.state.instruction(instruction).transaction or "",
        "replacement": replacement,
        "artefact": (await desk.put_artefact(raw)).hex(),
        "reason": reason,
    }
    return await desk.submit(await signed(desk.scribe.draft("transaction.replaced", body), [operations]))


async def make_voided(desk: EmbeddedDesk, cycle: str) -> Receipt:
    """The settlement has ended without delivery; its holds return."""
    return await desk.own("settlement.voided", {"cycle": cycle})
