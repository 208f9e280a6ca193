"""Declaring a void, a replacement or a child: operations prepares, compliance looks at the same bytes and signs them too.

- A void is built from the instruction it ends: the same coins back to their own vaults, or the same nonce used up; the Safe's
  next one where something outside the log used that.
- A replacement spends the same coins, and others where its vault's change cannot bear the fee; it pays the same. It stays
  within the agreed fee caps.
- A child spends the change of what waits for a block, back to the same vaults; its fee lifts both to the rate. A replacement
  throws the child out of the pool with its parent, and pays for both.
- Compliance's half reads the artefact back by itself before it signs: of each vault nothing leaves but what it owes, and its
  part of a fee within the agreed caps. So does a console before it signs a release.
- Everything after it is ordinary: shares, release by maker and checker, broadcast, observation.

    halves = await make_void(desk, operations, "cycle-1", rate=10)
    for half in halves:
        await declare(desk, half, compliance)
"""

from collections.abc import Mapping, Sequence

from countersign.bitcoin.inspect import PsbtFacts, facts
from countersign.bitcoin.psbt import parse as parse_psbt
from countersign.bitcoin.psbt import serialise as serialise_psbt
from countersign.bitcoin.transaction import display
from countersign.desk import chain_facts, outside_numbers
from countersign.desk.author import Author, add_signature, signed
from countersign.desk.embedded import EmbeddedDesk
from countersign.desk.ports import Coin, Receipt
from countersign.desk.preparing import free_coins, require_unpromised, require_within_caps, spends_of, unused_slot
from countersign.desk.workplace import Workplace
from countersign.errors import Refused
from countersign.ethereum import inspect
from countersign.rails import bitcoin as bitcoin_rail
from countersign.rails import ethereum as ethereum_rail
from countersign.rails.bitcoin import Readback
from countersign.rails.bitcoin_child import lift, require_child
from countersign.rails.bitcoin_respend import respend
from countersign.rails.wallets import Wallet, paying
from countersign.settlement import builder, events
from countersign.settlement.bodies import CHILD, REPLACEMENT, SETTLEMENT, VOID, InstructionPrepared, Spend
from countersign.settlement.events import Event
from countersign.settlement.instructing import group_of
from countersign.settlement.netting import Group, Obligation, fee_caps, owed_by
from countersign.settlement.records import Instruction
from countersign.settlement.roster import SafeVault, Vault
from countersign.settlement.state import State


async def make_void(desk: EmbeddedDesk, operations: Author, cycle: str, *, rate: int) -> tuple[bytes, ...]:
    """Operations' half of a void for every instruction of the cycle that has shares; `rate` in satoshis a vbyte.

    Refused("desk.nothing-to-void") where none has, "desk.fee-above-cap", what the rails raise. Nothing is logged yet.
    """
    bodies = await void_bodies(desk, cycle, rate=rate)
    return tuple([await signed(desk.scribe.draft("instruction.prepared", body), [operations]) for body in bodies])


async def void_bodies(desk: Workplace, cycle: str, *, rate: int) -> tuple[dict[str, object], ...]:
    """The declaration of a void for every instruction of the cycle that has shares. Raises as `make_void`."""
    live = [each for each in desk.state.live(desk.state.cycle(cycle)) if each.shares and not each.void]
    if not live:
        raise Refused("desk.nothing-to-void", cycle=cycle)
    return tuple([await _body(desk, each, VOID, rate) for each in live])


async def make_replacement(desk: EmbeddedDesk, operations: Author, instruction: str, *, rate: int) -> bytes:
    """Operations' half of the replacement of a Bitcoin instruction. Raises as `make_void`."""
    body = await replacement_body(desk, instruction, rate=rate)
    return await signed(desk.scribe.draft("instruction.prepared", body), [operations])


async def replacement_body(desk: Workplace, instruction: str, *, rate: int) -> dict[str, object]:
    """The declaration of a Bitcoin instruction's replacement. Raises as `make_replacement`."""
    old = desk.state.instruction(instruction)
    if old.group.kind != "psbt":
        raise Refused("settlement.replacement-kind", instruction=instruction)
    return await _body(desk, old, REPLACEMENT, rate)


async def make_child(desk: EmbeddedDesk, operations: Author, instruction: str, *, rate: int) -> bytes:
    """Operations' half of a child that lifts a Bitcoin instruction. Raises as `child_body`."""
    body = await child_body(desk, instruction, rate=rate)
    return await signed(desk.scribe.draft("instruction.prepared", body), [operations])


async def child_body(desk: Workplace, instruction: str, *, rate: int) -> dict[str, object]:
    """The declaration of a child that lifts an instruction, in the place of an earlier one where there is one.

    Refused("settlement.child-parent", "…-unsent"), "desk.fee-above-cap", "desk.fee-never"; what `bitcoin_child.lift` refuses.
    """
    parent, state = desk.state.instruction(instruction), desk.state
    if parent.group.kind != "psbt" or parent.returns:
        raise Refused("settlement.child-parent", instruction=instruction)
    if parent.transaction is None:  # said before anything else is asked for: an address, a higher rate
        raise Refused("settlement.child-parent-unsent", instruction=instruction)
    wallets, before = paying(state, parent.group.vaults), state.child(parent)
    stuck = desk.artefacts.get(bytes.fromhex(parent.artefact))
    sides = bitcoin_rail.readback(facts(parse_psbt(stuck)), wallets, state.owed(parent)).sides
    changed = [
        each for each, side in zip(wallets, sides, strict=True) if side.change
    ]  # the others have nothing to bring home
    spare = {each.id: await _home(desk, each, parent, before) for each in changed}
    instead = max(_fee_of(desk, before), _fee_of(desk, _in_pool(state, parent)))
    made = lift(stuck, wallets, settled=state.owed(parent), rate=rate, spare=spare, instead=instead).psbt
    data, spends = serialise_psbt(made), spends_of(facts(made), wallets)
    _require_child(desk, data, parent)
    return builder.psbt_instruction_body(
        parent.cycle,
        state.cycle(parent.cycle).contracts,
        parent.group.chain,
        (await desk.put_artefact(data)).hex(),
        spends,
        purpose=CHILD,
        replaces=None if before is None else before.hash,
        lifts=parent.hash,
    )


async def _home(desk: Workplace, wallet: Wallet, parent: Instruction, before: Instruction | None) -> int:
    """Where a vault's change comes home: where the child before it would have put it, for one of the two is mined; else a free
    place. Refused("desk.no-free-slot")."""
    if before is not None:
        for each in facts(parse_psbt(desk.artefacts.get(bytes.fromhex(before.artefact)))).outputs:
            if (place := wallet.change_place(each)) is not None:
                return place
    return unused_slot(desk, wallet, await _seen(desk, parent.group.chain, wallet))


def _in_pool(state: State, parent: Instruction) -> Instruction | None:
    """The child that was sent last: another that was declared in its place does not throw it out before it is sent itself."""
    return next((each for each in state.children_of(parent) if each.transaction is not None), None)


def _fee_of(desk: Workplace, child: Instruction | None) -> int:
    """What a child pays; nothing where there is none."""
    if child is None:
        return 0
    return facts(parse_psbt(desk.artefacts.get(bytes.fromhex(child.artefact)))).fee or 0


def _require_child(desk: Workplace, data: bytes, parent: Instruction) -> None:
    """A child's bytes do nothing but bring the parent's change home, at a fee that with the parent's keeps caps and percentage.

    Refused: as `bitcoin_child.require_child`; "desk.fee-never".
    """
    state, stuck = desk.state, desk.artefacts.get(bytes.fromhex(parent.artefact))
    cycle, wallets, owed = state.cycle(parent.cycle), paying(state, parent.group.vaults), state.owed(parent)
    terms = [state.contract(one).terms for one in cycle.contracts]
    caps = {each.vault: each.cap for each in fee_caps(state.roster, terms, state.sunk(cycle))}
    require_child(data, stuck, wallets, settled=owed, caps=caps)
    fee = sum(facts(parse_psbt(each)).fee or 0 for each in (data, stuck))
    leaving, percent = sum(each.amount for each in owed), state.adopted().fees.never_percent
    if fee * 100 >= leaving * percent:
        raise Refused("desk.fee-never", fee=fee, leaving=leaving, percent=percent)


async def declare(desk: EmbeddedDesk, half: bytes, compliance: Author) -> Receipt:
    """Compliance's half: the artefact read back, then the second signature. Refused("desk.not-declared"), with nothing logged."""
    found = events.parse(half)
    body = found.body
    if not isinstance(body, InstructionPrepared) or body.purpose == SETTLEMENT:
        raise Refused("desk.not-declared", reason="it declares no void, no replacement and no child")
    require_honest(desk, found)
    return await desk.submit(await add_signature(half, compliance))


def require_honest(desk: Workplace, event: Event) -> None:
    """The prepared bytes, read back here, do what the event says and no more.

    Refused("desk.not-declared"), Refused("desk.fee-above-cap"), Refused("desk.change-promised").
    """
    body = event.body
    if not isinstance(body, InstructionPrepared):
        raise Refused("desk.not-declared", reason="it prepares nothing")
    _require(desk, body, group_of(body))
    if body.kind == "psbt":
        require_unpromised(desk, body, desk.artefacts.get(bytes.fromhex(body.artefact)))


def require_as_said(desk: Workplace, instruction: Instruction) -> None:
    """A logged instruction's bytes, read back here, pay what its cycle owes and no more. Raises as `require_honest`."""
    _require(desk, instruction, instruction.group)


async def _body(desk: Workplace, old: Instruction, purpose: str, rate: int) -> dict[str, object]:
    contracts = desk.state.cycle(old.cycle).contracts
    if old.group.kind == "psbt":
        data, spends = await _psbt(desk, old, purpose, rate)
        artefact = (await desk.put_artefact(data)).hex()
        return builder.psbt_instruction_body(
            old.cycle, contracts, old.group.chain, artefact, spends, purpose=purpose, replaces=old.hash
        )
    vault = desk.state.roster.vault(old.group.vaults[0])
    if not isinstance(vault, SafeVault):
        raise Refused("desk.not-a-safe", vault=vault.id)
    nonce = await _voiding_number(desk, vault, old)
    artefact = (await desk.put_artefact(ethereum_rail.serialise(ethereum_rail.void(vault, nonce)))).hex()
    return builder.safe_instruction_body(
        old.cycle, contracts, old.group.chain, vault.id, artefact, nonce, purpose=purpose, replaces=old.hash
    )


async def _voiding_number(desk: Workplace, vault: SafeVault, old: Instruction) -> int:
    """The number of what is voided; the Safe's next one where something outside the log used that, for good.

    Raises as `outside_numbers.require_next`.
    """
    node, nonce = desk.ethereum(vault.chain), old.nonce or 0
    if not await chain_facts.safe_is_past(node, old, desk.state.roster):
        return nonce
    nonce = await node.safe_nonce(vault.address)
    await outside_numbers.require_next(node, desk.state, vault, nonce, desk.artefacts)
    return nonce


async def _psbt(desk: Workplace, old: Instruction, purpose: str, rate: int) -> tuple[bytes, tuple[Spend, ...]]:
    wallets, settled = paying(desk.state, old.group.vaults), desk.state.owed(old)
    original = desk.artefacts.get(bytes.fromhex(old.artefact))
    owed = () if purpose == VOID else settled
    seen = {each.id: await _seen(desk, old.group.chain, each) for each in wallets}
    spare = _spare(desk, original, wallets, settled, seen)
    more = {name: free_coins(desk, old.group.chain, coins) for name, coins in seen.items()}
    thrown_out = _fee_of(desk, _in_pool(desk.state, old))
    made = respend(
        original, wallets, settled=settled, owed=owed, rate=rate, spare=spare, more=more, thrown_out=thrown_out
    ).psbt
    require_within_caps(desk, desk.state.cycle(old.cycle), bitcoin_rail.readback(facts(made), wallets, owed))
    return serialise_psbt(made), old.spends if purpose == VOID else spends_of(facts(made), wallets)


async def _seen(desk: Workplace, chain: str, wallet: Wallet) -> Sequence[Coin]:
    return await desk.bitcoin(chain).coins(*wallet.watched)


def _spare(
    desk: Workplace,
    original: bytes,
    wallets: list[Wallet],
    settled: tuple[Obligation, ...],
    seen: Mapping[str, Sequence[Coin]],
) -> dict[str, int]:
    """A free slot for every vault to which the original returns nothing."""
    sides = bitcoin_rail.readback(facts(parse_psbt(original)), wallets, settled).sides
    return {
        each.id: unused_slot(desk, each, seen[each.id])
        for each, side in zip(wallets, sides, strict=True)
        if not side.change
    }


def _require(desk: Workplace, named: InstructionPrepared | Instruction, group: Group) -> None:
    data, cycle = desk.artefacts.get(bytes.fromhex(named.artefact)), desk.state.cycle(named.cycle)
    if named.lifts is not None:
        _require_said(desk, named, data, desk.state.instruction(named.lifts))
        return
    owed = () if named.purpose == VOID else owed_by(cycle.obligations, group)
    if group.kind == "safe-tx":
        reason = _safe_objection(desk.state.roster.vault(group.vaults[0]), named, data, owed)
    else:
        found = facts(parse_psbt(data))
        read = bitcoin_rail.readback(found, paying(desk.state, group.vaults), owed)
        reason = _psbt_objection(named, found, read)
        if not reason:
            require_within_caps(desk, cycle, read)
    if reason:
        raise Refused("desk.not-declared", reason=reason)


def _require_said(desk: Workplace, named: InstructionPrepared | Instruction, data: bytes, parent: Instruction) -> None:
    """A child is what its event says. Raises as `_require_child`; Refused("desk.not-declared")."""
    _require_child(desk, data, parent)
    if {each.outpoint for each in named.spends} != {str(each.outpoint) for each in facts(parse_psbt(data)).inputs}:
        raise Refused("desk.not-declared", reason="it spends other coins than it says")


def _safe_objection(
    vault: Vault, named: InstructionPrepared | Instruction, data: bytes, owed: Sequence[Obligation]
) -> str:
    """Why a Safe's transaction is not what the event says; empty where it is."""
    tx = ethereum_rail.parse(data).tx
    if not isinstance(vault, SafeVault) or not ethereum_rail.belongs(tx, vault, named.nonce):
        return "it is of another Safe or nonce, or refunds gas"
    if named.purpose == VOID:
        return "" if inspect.read(tx).void else "it does more than use up the nonce"
    read = ethereum_rail.readback(tx, vault, owed)
    return "something leaves that is not owed, or is not paid" if read.missing or read.extra or read.opaque else ""


def _psbt_objection(named: InstructionPrepared | Instruction, found: PsbtFacts, read: Readback) -> str:
    """Why a Bitcoin transaction is not what the event says, its fee apart; empty where it is."""
    if read.missing or read.extra or read.foreign:
        return "something leaves that is not owed, or is not paid"
    if not all(side.balances for side in read.sides):
        return "a vault gives more than it owes and its part of the fee"
    said = {spend.outpoint for spend in named.spends}
    spent = {f"{display(fact.outpoint.txid)}:{fact.outpoint.vout}" for fact in found.inputs}
    return "" if said == spent else "it spends other coins than it says"
