"""What goes wrong after the first share, in the small world of `settlement_world`: voids, failures, reorganisations.

desk, trade = begun("partly signed")
void_all(desk, trade)                    # declared, signed by both officers, released, sent, confirmed
desk.log("settlement.voided", ["desk"], {"cycle": trade.cycle})
"""

from countersign.settlement import builder
from countersign.settlement.bodies import Spend
from countersign.settlement.records import Instruction
from support import settlement_world as world
from support.settlement_world import Desk, Step, Trade

CHAIN = ["desk", "operations"]
DUAL = ["operations", "compliance"]
FEE = 1_410


def begun(until: str) -> tuple[Desk, Trade]:
    """A desk with one trade in this state."""
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, until=until)
    return desk, trade


def live(desk: Desk, trade: Trade, kind: str) -> Instruction:
    """The instruction of a kind that counts."""
    state = desk.state
    return next(each for each in state.live(state.cycle(trade.cycle)) if each.group.kind == kind)


def prepared(trade: Trade, old: Instruction, purpose: str, number: int = 1, **changes: object) -> Step:
    """`instruction.prepared` in the place of another, declared by two."""
    name = world.digest(f"{purpose} {number} of {old.hash}")
    declared = {"purpose": purpose, "replaces": old.hash}
    if old.nonce is None:
        body = builder.psbt_instruction_body(
            trade.cycle,
            [trade.hash],
            world.BITCOIN,
            name,
            old.spends,
            **declared,  # type: ignore[arg-type]
        )
    else:
        body = builder.safe_instruction_body(
            trade.cycle,
            [trade.hash],
            world.ETHEREUM,
            "harbour-safe",
            name,
            old.nonce,
            **declared,  # type: ignore[arg-type]
        )
    return "instruction.prepared", DUAL, {**body, **changes}


def lifted(trade: Trade, parent: Instruction, number: int = 1, **changes: object) -> Step:
    """`instruction.prepared` of a child that spends Meridian's change of a parent that was sent, declared by two."""
    coin = Spend(f"{parent.transaction}:1", "meridian-btc", 2)
    body = builder.psbt_instruction_body(
        trade.cycle,
        [trade.hash],
        world.BITCOIN,
        world.digest(f"child {number} of {parent.hash}"),
        [coin],
        purpose="child",
        lifts=parent.hash,
    )
    return "instruction.prepared", DUAL, {**body, **changes}


def stuck() -> tuple[Desk, Trade, Instruction]:
    """A desk whose Bitcoin transaction was sent and waits for a block; Ethereum's is in one."""
    desk, trade = begun("signed")
    desk.log(*release(desk, trade, *desk.state.live(desk.state.cycle(trade.cycle))))
    for kind in ("psbt", "safe-tx"):
        desk.log(*broadcast(live(desk, trade, kind)))
    desk.log(*observed(live(desk, trade, "safe-tx"), 12))
    return desk, trade, live(desk, trade, "psbt")


def child_of(desk: Desk, parent: Instruction) -> Instruction:
    """The child that counts for a parent."""
    found = desk.state.child(parent)
    assert found is not None
    return found


def child_sent(desk: Desk, trade: Trade, parent: Instruction, number: int = 1, **changes: object) -> Instruction:
    """A child declared, signed, released and sent."""
    desk.log(*lifted(trade, parent, number, **changes))
    child = child_of(desk, parent)
    signed(desk, child)
    desk.log(*release(desk, trade, child))
    desk.log(*broadcast(child))
    return child_of(desk, parent)


def signed(desk: Desk, instruction: Instruction, *officers: str) -> None:
    """These officers' shares of an instruction."""
    for officer in officers or ("officer-a", "officer-c"):
        desk.log(*share(instruction, officer))


def share(instruction: Instruction, officer: str, vault: str = "") -> Step:
    """`share.added` by an officer for a vault (the first), with the keys of exactly the slots that it spends from."""
    vault = vault or instruction.group.vaults[0]
    kind, names, body = world.share_step(instruction.hash, officer, vault)
    slots = {spend.slot for spend in instruction.spends if spend.vault == vault}
    if slots:
        owner = vault.split("-")[0]
        body = {**body, "keys": sorted(world.vault_key(officer, "bip122", owner, slot).kid for slot in slots)}
    return kind, names, body


def release(desk: Desk, trade: Trade, *instructions: Instruction) -> Step:
    """The release of these instructions."""
    return "release.authorised", DUAL, world.release_body(trade, *(each.hash for each in instructions))


def transaction_of(instruction: Instruction, number: int = 0) -> str:
    """A transaction that carries it."""
    name = world.digest(f"transaction {number} of {instruction.hash}")
    return name if instruction.group.kind == "psbt" else f"0x{name}"


def broadcast(instruction: Instruction, transaction: str = "") -> Step:
    """`transaction.broadcast`."""
    return (
        "transaction.broadcast",
        CHAIN,
        world.broadcast_body(instruction.hash, transaction or transaction_of(instruction)),
    )


def observed(
    instruction: Instruction, confirmations: int, *, transaction: str = "", block: str = "block", fee: int = FEE
) -> Step:
    """`transaction.observed` in a block of this name, or with no confirmations in none."""
    psbt = instruction.group.kind == "psbt"
    name = world.digest(block) if psbt else "0x" + world.digest(block)
    body: dict[str, object] = {
        "instruction": instruction.hash,
        "transaction": transaction or instruction.transaction or transaction_of(instruction),
        "block": name if confirmations else None,
        "height": 101 if confirmations else None,
        "confirmations": confirmations,
        "fees": {"meridian-btc": str(fee)} if psbt else {},
    }
    return "transaction.observed", CHAIN, body


def failed(trade: Trade, instruction: Instruction, *, executable: bool = True, for_good: bool | None = None) -> Step:
    """`settlement.failed`; what cannot execute is gone for good unless something else is said."""
    body = {
        "cycle": trade.cycle,
        "instruction": instruction.hash,
        "executable": executable,
        "for_good": not executable if for_good is None else for_good,
        "reason": "The other chain refused it.",
    }
    return "settlement.failed", CHAIN, body


def replaced(instruction: Instruction, transaction: str, replacement: str) -> Step:
    """`transaction.replaced`."""
    body = {
        "instruction": instruction.hash,
        "transaction": transaction,
        "replacement": replacement,
        "artefact": world.digest("the same call"),
        "reason": "It paid too little gas.",
    }
    return "transaction.replaced", CHAIN, body


def void_declared(desk: Desk, trade: Trade) -> None:
    """A void for every instruction that has shares."""
    for each in desk.state.live(desk.state.cycle(trade.cycle)):
        if each.shares and not each.void:
            desk.log(*prepared(trade, each, "void"))


def void_all(desk: Desk, trade: Trade, confirmations: int = 3) -> None:
    """Declared, signed, released, sent, and seen with so many confirmations."""
    void_declared(desk, trade)
    voids = desk.state.live(desk.state.cycle(trade.cycle))
    for officer in ("officer-a", "officer-c"):
        for each in voids:
            signed(desk, each, officer)
    desk.log(*release(desk, trade, *voids))
    for each in voids:
        desk.log(*broadcast(each))
    for each in voids:
        desk.log(*observed(each, confirmations))


def half_delivered(desk: Desk, trade: Trade) -> tuple[Instruction, Instruction]:
    """From *signed*: released; Bitcoin's is in a block, Ethereum's was sent and is in none. Both as they stand then."""
    desk.play(trade, until="signed")
    desk.log(*release(desk, trade, *desk.state.live(desk.state.cycle(trade.cycle))))
    for kind in ("psbt", "safe-tx"):
        desk.log(*broadcast(live(desk, trade, kind)))
    desk.log(*observed(live(desk, trade, "psbt"), 1))
    return live(desk, trade, "psbt"), live(desk, trade, "safe-tx")
