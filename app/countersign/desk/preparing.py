"""Preparing the instructions of a closed cycle: the unsigned PSBT and the unsigned Safe transaction.

- Coins come from the desk's node with their whole previous transactions; what another instruction spends is left alone, and
  so is what has not the policy's confirmations yet.
- Change goes to a slot that was never paid nor promised change by another instruction: no address is used twice. One that
  nobody signed before it was called off promised nothing. The desk, and whoever signs second, look again before it is
  logged: two that were prepared side by side may have been offered the same slot.
- A failed leg made afresh spends every coin that is left of what was signed for it, so that only one of them can ever be mined.
  Where none is left it waits until that is gone for good.
- The Safe's nonce is the chain's next, which may pass by numbers that were used outside the log (`outside_numbers`); at most
  one unexecuted instruction a Safe is the machine's rule. While another settlement keeps a Safe, nothing of the cycle is
  prepared: what blocks is named.
"""

from collections.abc import Collection, Sequence

from countersign.bitcoin import parent as parents
from countersign.bitcoin.inspect import PsbtFacts, facts
from countersign.bitcoin.psbt import parse as parse_psbt
from countersign.bitcoin.psbt import serialise as serialise_psbt
from countersign.bitcoin.transaction import display
from countersign.desk import cycle_plan, outside_numbers
from countersign.desk.author import Author, signed
from countersign.desk.ports import Coin, Receipt
from countersign.desk.workplace import Workplace
from countersign.errors import Refused
from countersign.formats import times
from countersign.rails import bitcoin as bitcoin_rail
from countersign.rails import ethereum as ethereum_rail
from countersign.rails import wallets
from countersign.rails.bitcoin import Funds, Readback
from countersign.rails.wallets import Wallet
from countersign.settlement import builder, netting, renewing, rivalry, spendable
from countersign.settlement.bodies import CHILD, VOID, InstructionPrepared, Spend
from countersign.settlement.instructing import group_of
from countersign.settlement.netting import Group
from countersign.settlement.records import Cycle, Instruction
from countersign.settlement.renewing import Wanted
from countersign.settlement.roster import SafeVault
from countersign.settlement.state import State


async def prepare(desk: Workplace, operations: Author, cycle: str, *, rate: int) -> list[Receipt]:
    """Prepare every instruction that the cycle still wants (`renewing`); `rate` in satoshis a vbyte.

    Refused, before anything is logged: "desk.safe-waits", "desk.rate-above-policy", "desk.fee-above-cap",
    "desk.fee-never", "desk.fee-wants-two", "desk.no-free-slot", "desk.leg-not-past"; what the rails and the machine raise.
    """
    receipts = []
    for body in await bodies(desk, cycle, rate=rate, alone=True):
        receipts.append(await desk.submit(await signed(desk.scribe.draft("instruction.prepared", body), [operations])))
    return receipts


async def bodies(desk: Workplace, cycle: str, *, rate: int, alone: bool = False) -> tuple[dict[str, object], ...]:
    """What prepares every instruction that the cycle still wants, its bytes kept. Raises as `prepare`; nothing is logged.

    `alone`: one officer prepares it, so that no fee may want two.
    """
    closed, most = desk.state.cycle(cycle), desk.state.adopted().fees.max_sat_vb
    if rate > most:
        raise Refused("desk.rate-above-policy", rate=rate, most=most)
    _require_free_safes(desk, closed)
    found = []
    for each in renewing.wanted(desk.state, closed, desk.scribe.clock.now_ms() // 1_000):
        if each.same and each.old is not None and not await _passed_by(desk, closed, each.old):
            found.append(_again(desk, closed, each.old, alone=alone))
        elif each.group.kind == "psbt":
            found.append(await _psbt(desk, closed, each, rate, alone=alone))
        else:
            found.append(await _safe_tx(desk, closed, each.group))
    return tuple(found)


def _again(desk: Workplace, cycle: Cycle, old: Instruction, *, alone: bool) -> dict[str, object]:
    """The same bytes asked for once more: whatever was signed over them by then, only one transaction comes of it."""
    asked = (cycle.id, cycle.contracts, old.group.chain)
    if old.group.kind == "psbt":
        found = facts(parse_psbt(desk.artefacts.get(bytes.fromhex(old.artefact))))
        paying = wallets.paying(desk.state, old.group.vaults)
        require_within_caps(desk, cycle, bitcoin_rail.readback(found, paying, desk.state.owed(old)), alone=alone)
        return builder.psbt_instruction_body(*asked, old.artefact, old.spends)
    return builder.safe_instruction_body(*asked, old.group.vaults[0], old.artefact, old.nonce or 0)


async def _passed_by(desk: Workplace, cycle: Cycle, old: Instruction) -> bool:
    """Whether nobody signed for a cycle yet, and a Safe is at another number than was prepared: the same bytes are no use."""
    vault = desk.state.roster.vault(old.group.vaults[0])
    if not isinstance(vault, SafeVault) or cycle.failed is not None:
        return False
    return await desk.ethereum(old.group.chain).safe_nonce(vault.address) != old.nonce


def _require_free_safes(desk: Workplace, cycle: Cycle) -> None:
    """No half is prepared while another settlement's instruction keeps a Safe: its lifetime would run for nothing."""
    for block in cycle_plan.blocked_by(desk.state, cycle):
        raise Refused(
            "desk.safe-waits",
            vault=block.vault,
            cycle=block.cycle,
            contracts=", ".join(block.contracts),
            since=times.text(block.since_ms // 1_000),
        )


async def _psbt(desk: Workplace, cycle: Cycle, want: Wanted, rate: int, *, alone: bool = False) -> dict[str, object]:
    group, old = want.group, None if want.old is None else want.old.hash
    owed = netting.owed_by(cycle.obligations, group)
    paying = wallets.paying(desk.state, group.vaults)
    state, rivals = desk.state, _rivals(desk.state, cycle, group)
    legs = state.prepared_for(cycle.id, group) if cycle.failed is not None else ()
    funds = [await _funds(desk, group.chain, wallet, old, rivals, legs) for wallet in paying]
    _require_apart(rivals, funds)
    built = bitcoin_rail.build(owed, funds, rate)
    require_within_caps(desk, cycle, bitcoin_rail.readback(facts(built.psbt), paying, owed), alone=alone)
    spends = spends_of(facts(built.psbt), paying)
    artefact = (await desk.put_artefact(serialise_psbt(built.psbt))).hex()
    return builder.psbt_instruction_body(cycle.id, cycle.contracts, group.chain, artefact, spends)


def spends_of(found: PsbtFacts, paying: Sequence[Wallet]) -> tuple[Spend, ...]:
    """What `instruction.prepared` says of the inputs, in their order."""
    return tuple(
        Spend(f"{display(fact.outpoint.txid)}:{fact.outpoint.vout}", wallet.id, number)
        for fact in found.inputs
        for wallet in paying
        if (number := wallet.spent_place(fact)) is not None
    )


def require_within_caps(desk: Workplace, cycle: Cycle, found: Readback, *, alone: bool = False) -> None:
    """What B9 would refuse later is not made: a vault that bears more of the fee than its contracts allow, a fee of too large
    a part of what leaves (or, where nothing is owed, of what returns).

    Refused("desk.fee-above-cap"), "desk.fee-never"; `alone`: "desk.fee-wants-two".
    """
    terms = [desk.state.contract(each).terms for each in cycle.contracts]
    caps = {cap.vault: cap.cap for cap in netting.fee_caps(desk.state.roster, terms, desk.state.sunk(cycle))}
    for side in found.sides:
        if (side.share or 0) > caps.get(side.vault, 0):
            raise Refused("desk.fee-above-cap", vault=side.vault, fee=side.share or 0, cap=caps.get(side.vault, 0))
    bounds, fee = desk.state.adopted().fees, found.fee or 0
    leaving = sum(side.owed for side in found.sides) or sum(side.spent for side in found.sides)
    if fee * 100 >= leaving * bounds.never_percent:
        raise Refused("desk.fee-never", fee=fee, leaving=leaving, percent=bounds.never_percent)
    if alone and fee * 100 >= leaving * bounds.dual_percent:
        raise Refused("desk.fee-wants-two", fee=fee, leaving=leaving, percent=bounds.dual_percent)


def _rivals(state: State, cycle: Cycle, group: Group) -> list[Instruction]:
    """What may have been signed for a leg and is not gone for good: nothing is prepared that could pay beside it."""
    return [each for each in rivalry.rivals(state, cycle.id, group) if not rivalry.past(state, each)]


def _require_apart(rivals: Sequence[Instruction], funds: Sequence[Funds]) -> None:
    """A coin of each rival is left, and is spent. Refused("desk.leg-not-past")."""
    spent = {f"{display(parents.read(raw).txid)}:{vout}" for each in funds for raw, vout in each.must}
    for each in rivals:
        if not rivalry.excludes(each, spent, None):
            raise Refused("desk.leg-not-past", instruction=each.hash)


async def _funds(
    desk: Workplace,
    chain: str,
    wallet: Wallet,
    old: str | None,
    rivals: Sequence[Instruction],
    before: Sequence[Instruction],
) -> Funds:
    """A vault's coins, and where its change goes: the coins of `rivals` are spent whatever is chosen. What was prepared `before`
    for the leg promised nothing beside it: only one of them is ever mined."""
    seen = await desk.bitcoin(chain).coins(*wallet.watched)
    must = {spend.outpoint for each in rivals for spend in each.spends}
    kept = [each for each in seen if f"{each.txid}:{each.vout}" in must]
    free = free_coins(desk, chain, [each for each in seen if each not in kept], old)
    return Funds(wallet, free, unused_slot(desk, wallet, seen, before), free_coins(desk, chain, kept, old))


def free_coins(
    desk: Workplace, chain: str, seen: Sequence[Coin], old: str | None = None
) -> tuple[tuple[bytes, int], ...]:
    """Of the coins that a node sees, those that have the policy's confirmations and that no instruction spends, but `old`."""
    needed, spending = desk.state.adopted().confirmations_on(chain), desk.state.spending
    return tuple(
        (coin.transaction, coin.vout)
        for coin in seen
        if coin.confirmations >= needed and spending.get(f"{coin.txid}:{coin.vout}", old) == old
    )


def unused_slot(desk: Workplace, wallet: Wallet, seen: Sequence[Coin], instead: Sequence[Instruction] = ()) -> int:
    """The lowest slot that holds no coin, was never spent from or paid by an instruction, and is no registered destination.

    Every participant reads the descriptors: who sends a little to each slot blocks nothing, for where none is empty, the one
    serves of which no instruction knows and at which the least lies. A slot in which a key was withdrawn comes last: who took
    that key can still sign there; one of too many such keys (`settlement.spendable`) never. `instead`: instructions of which
    none is mined beside the one that the slot is for; what they pay may be paid by it. Refused("desk.no-free-slot").
    """
    used, lying = _promised(desk, wallet, {each.hash for each in instead}), dict[int | None, int]()
    used |= {spend.slot for each in instead for spend in each.spends if spend.vault == wallet.id}
    for coin in seen:
        place = wallet.slot_of(coin.script_pubkey)
        lying[place] = lying.get(place, 0) + coin.satoshis
    for account in desk.state.roster.destinations.values():
        if account.vault == wallet.id:
            used.add(wallet.slot_of(bitcoin_rail.script_at(account.account)))
    roster, vault = desk.state.roster, wallet.vault
    free = {
        number: spendable.withdrawn(roster, spendable.keys_at(vault, number))
        for number in wallet.change_numbers
        if number not in used and spendable.takes_change(roster, vault, number)
    }
    if not free:
        raise Refused("desk.no-free-slot", vault=wallet.id)
    return min(free, key=lambda number: (free[number], lying.get(number, 0), number))


def require_unpromised(desk: Workplace, body: InstructionPrepared, data: bytes) -> None:
    """No change of a prepared PSBT goes where another instruction pays or spends from: two were prepared before either was
    logged, and one address would be used twice. Refused("desk.change-promised").

    Instructions that spend one coin may share a place, what lifts one of them, and what was prepared for one leg that failed:
    only one of them is ever mined.
    """
    found, mine = facts(parse_psbt(data)), {each.outpoint for each in body.spends}
    rivals = {
        name
        for name, each in desk.state.instructions.items()
        if mine.intersection(spend.outpoint for spend in each.spends)
    }
    cycle = desk.state.cycle(body.cycle)
    if cycle.failed is not None:  # each is apart from the others (`rivalry`)
        rivals |= {each.hash for each in desk.state.prepared_for(cycle.id, group_of(body))}
    rivals |= {name for name, each in desk.state.instructions.items() if each.lifts in rivals}
    home = body.purpose in (VOID, CHILD)
    owed = () if home else netting.owed_by(cycle.obligations, group_of(body))
    paying = wallets.paying(desk.state, body.vaults)
    for side, wallet in zip(bitcoin_rail.readback(found, paying, owed).sides, paying, strict=True):
        promised = _promised(desk, wallet, rivals) if side.change else set()
        for index in side.change:
            place = wallet.slot_of(found.outputs[index].output.script_pubkey)
            if place is not None and place in promised:
                raise Refused("desk.change-promised", vault=wallet.id, place=wallet.spelled(place))


async def require_there(desk: Workplace, body: InstructionPrepared) -> None:
    """Every coin that a PSBT spends lies in a block, by one's own node, with the policy's confirmations.

    Over a coin that no chain has, nothing is ever mined, its void neither: one share, and the settlement could never end. What
    stands in another's place spends that one's coins as they are; a child spends its parent's change before it is confirmed.
    Refused("desk.coin-not-there"), Unavailable("desk.no-node").
    """
    if body.lifts is not None:
        return
    before = desk.state.instructions.get(body.replaces or "")
    known = {spend.outpoint for spend in before.spends} if before is not None else set()
    there = await desk.bitcoin(body.chain).unspent([each.outpoint for each in body.spends])
    needed = desk.state.adopted().confirmations_on(body.chain)
    for each in body.spends:
        found, least = there.get(each.outpoint, 0), 1 if each.outpoint in known else needed
        if found < least:
            raise Refused("desk.coin-not-there", outpoint=each.outpoint, confirmations=found, needed=least)


def _promised(desk: Workplace, wallet: Wallet, but: Collection[str]) -> set[int | None]:
    """The places that an instruction spends from or pays; `but` of these instructions. None among them says nothing."""
    used: set[int | None] = set()
    for instruction in desk.state.instructions.values():
        if instruction.hash in but or _came_to_nothing(desk.state, instruction):
            continue
        used |= {spend.slot for spend in instruction.spends if spend.vault == wallet.id}
        if instruction.group.kind == "psbt":
            outputs = facts(parse_psbt(desk.artefacts.get(bytes.fromhex(instruction.artefact)))).outputs
            used |= {wallet.slot_of(each.output.script_pubkey) for each in outputs}
    return used


def _came_to_nothing(state: State, instruction: Instruction) -> bool:
    """Whether nobody signed the instruction and nobody will: another took its place, or its cycle was called off."""
    gone = instruction.superseded_by is not None or state.cycle(instruction.cycle).called_off
    return gone and not instruction.shares


async def _safe_tx(desk: Workplace, cycle: Cycle, group: Group) -> dict[str, object]:
    vault = desk.state.roster.vault(group.vaults[0])
    if not isinstance(vault, SafeVault):
        raise Refused("desk.not-a-safe", vault=vault.id)
    node = desk.ethereum(group.chain)
    nonce = await node.safe_nonce(vault.address)
    await outside_numbers.require_next(node, desk.state, vault, nonce, desk.artefacts)
    tx = ethereum_rail.build(netting.owed_by(cycle.obligations, group), vault, nonce)
    artefact = (await desk.put_artefact(ethereum_rail.serialise(tx))).hex()
    return builder.safe_instruction_body(cycle.id, cycle.contracts, group.chain, vault.id, artefact, nonce)
