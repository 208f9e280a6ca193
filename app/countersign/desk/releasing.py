"""From the last share to finality: combine, finish, release, broadcast, observe, confirm, close the books.

- Everything is verified again when it is finished: every Bitcoin input by our own rule and Core's where installed, every
  Safe signature under the digest rebuilt here; both chains are asked whether they would accept before anybody releases.
- Maker and checker sign one and the same release; all transactions go out together, several Safes of a chain in one
  (`parcels`).
- What an officer's node observes is confirmed by the desk's own node before it is logged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from countersign.desk import chain_facts, elsewhere, executions, parcels, stopping
from countersign.desk.author import Author, add_signature, signed
from countersign.desk.embedded import EmbeddedDesk
from countersign.desk.parcels import Parcel, finish
from countersign.desk.ports import Receipt
from countersign.desk.vouching import fees_of
from countersign.desk.workplace import Workplace
from countersign.errors import Refused
from countersign.formats import ids
from countersign.rails import ethereum as rail
from countersign.rails import wallets
from countersign.settlement import delivery, events
from countersign.settlement.bodies import ReleaseAuthorised
from countersign.settlement.records import Instruction
from countersign.settlement.roster import SafeVault
from countersign.settlement.state import State


async def finish_all(desk: Workplace, cycle: str) -> tuple[Parcel, ...]:
    """What a cycle has not sent yet, finished, as it goes out, and found acceptable by its chain.

    Refused as `parcels.require_acceptable`.
    """
    unsent = _unsent(desk.state, cycle)
    found = await parcels.parcels(desk, [finish(desk, each) for each in unsent])
    for each in found:
        await parcels.require_acceptable(desk, each)
    return found


def _unsent(state: State, cycle: str) -> list[Instruction]:
    """What of a cycle was not sent; a child that lacks shares waits for nobody."""
    found = (each for each in state.under_way(state.cycle(cycle)) if each.transaction is None)
    return [each for each in found if not each.child or not state.missing(each)]


def unreleased(state: State, cycle: str) -> bool:
    """Whether something of a cycle is complete that nobody released yet."""
    return bool(delivery.waiting(state, state.cycle(cycle)))


def stuck(state: State, cycle: str) -> str:
    """The instruction of a cycle that was sent to Bitcoin and stands in no block; empty where there is none."""
    sent = (each for each in state.live(state.cycle(cycle)) if each.transaction and not each.seen)
    return next((each.hash for each in sent if each.group.kind == "psbt"), "")


def lifting(state: State, instruction: str) -> str:
    """The child that counts for an instruction; empty where there is none."""
    child = state.child(state.instruction(instruction))
    return "" if child is None else child.hash


async def make_release(desk: EmbeddedDesk, cycle: str, maker: Author, checker: str) -> bytes:
    """The maker's half: the release of what the cycle has not released, after all of it was finished and tried.

    Refused("desk.nothing-to-release").
    """
    body = await release_body(desk, cycle, maker.id, checker)
    return await signed(desk.scribe.draft("release.authorised", body), [maker])


async def release_body(desk: Workplace, cycle: str, maker: str, checker: str) -> dict[str, object]:
    """The body of `release.authorised` for what the cycle has not released, after all of it was finished and tried.

    Refused("desk.nothing-to-release"); raises as `finish_all`.
    """
    waiting = sorted(each.hash for each in delivery.waiting(desk.state, desk.state.cycle(cycle)))
    if not waiting and desk.state.cycle(cycle).released is not None:
        raise Refused("desk.nothing-to-release", cycle=cycle)
    await finish_all(desk, cycle)
    return {"cycle": cycle, "instructions": waiting, "maker": maker, "checker": checker}


async def check_release(desk: EmbeddedDesk, release: bytes, checker: Author) -> Receipt:
    """The checker's half: everything finished and tried again, then the second signature. Refused, with nothing logged."""
    body = events.parse(release).body
    if not isinstance(body, ReleaseAuthorised) or body.checker != checker.id:
        raise Refused("desk.not-your-release", checker=checker.id)
    await finish_all(desk, body.cycle)
    return await desk.submit(await add_signature(release, checker))


async def broadcast(desk: Workplace, cycle: str, operations: Author) -> list[Receipt]:
    """Send every released transaction that was not sent yet, and log each. A refused one stops here, named.

    Refused("desk.not-released") before the release, "settlement.frozen" by an order that came after it. Until the first is
    out the order is heeded and all are tried once more; then none waits. A transaction that went out before a crash could
    log it is found (Bitcoin's on its chain, Ethereum's in the relayer's outbox) and logged, not sent again.
    """
    closed = desk.state.cycle(cycle)
    if closed.released is None:
        raise Refused("desk.not-released", cycle=cycle)
    receipts = await _already(desk, cycle, operations)
    live = desk.state.live(closed)
    unsent = [each for each in _unsent(desk.state, cycle) if each.released is not None]
    waiting = [finish(desk, each) for each in unsent]
    ready = await parcels.parcels(desk, waiting)
    out = {each.carried: sent for each in ready if (sent := await _is_out(desk, each)) is not None}
    if len(waiting) == len(live) and not out:
        stopping.require_running(desk, cycle)
        await finish_all(desk, cycle)
    for parcel in ready:
        sent = out.get(parcel.carried) or await send(desk, parcel)
        for each in parcel.carried:
            receipts.append(await _log_broadcast(desk, each.instruction, sent, parcel.raw, operations))
    return receipts


async def _already(desk: Workplace, cycle: str, operations: Author) -> list[Receipt]:
    """Log what is on its way or done already: a Safe's call that went out with another's before a crash could log it, and one
    that somebody else executed. What that left behind is named."""
    receipts = []
    for name in [each.hash for each in desk.state.live(desk.state.cycle(cycle))]:
        each = desk.state.instruction(name)
        unsent = each.transaction is None and each.released is not None and each.executable
        if each.group.kind != "safe-tx" or not unsent:
            continue
        if (sibling := await _sent_with(desk, each)) is not None:
            raw = desk.artefacts.get(bytes.fromhex(sibling.finished or ""))
            receipts.append(await _log_broadcast(desk, name, sibling.transaction or "", raw, operations))
        elif (body := await unlogged(desk, each)) is not None:
            receipts.append(await log_observed(desk, operations, body))
    if receipts:
        await desk.synchronise()
    return [*receipts, *await elsewhere.name_split(desk, cycle, operations)]


async def _sent_with(desk: Workplace, instruction: Instruction) -> Instruction | None:
    """Another instruction whose logged transaction carries this one too and is on its way or executed it."""
    own = rail.Finished((done := finish(desk, instruction)).to, done.raw, ())
    for each in desk.state.live(desk.state.cycle(instruction.cycle)):
        if each.finished is None or each.transaction is None or each.group.chain != instruction.group.chain:
            continue
        if rail.carried(desk.artefacts.get(bytes.fromhex(each.finished)), own):
            node, names = desk.ethereum(each.group.chain), (each.transaction,)
            if await chain_facts.whereabouts(node, desk.state, instruction, desk.artefacts, names) is not None:
                return each
    return None


async def _log_broadcast(desk: Workplace, instruction: str, sent: str, raw: bytes, operations: Author) -> Receipt:
    body = {"instruction": instruction, "transaction": sent, "artefact": (await desk.put_artefact(raw)).hex()}
    return await desk.submit(await signed(desk.scribe.draft("transaction.broadcast", body), [operations]))


async def _is_out(desk: Workplace, parcel: Parcel) -> str | None:
    """The transaction in which it went out before a crash could log it."""
    if parcel.kind == "safe-tx":
        return await desk.ethereum(parcel.chain).carrying(parcel.to, parcel.raw)
    (done,) = parcel.carried
    seen = await desk.bitcoin(parcel.chain).observe(done.transaction)
    return done.transaction if seen.accepted else None


async def send(desk: Workplace, parcel: Parcel) -> str:
    """Send it; the transaction's name. Refused by the chain: `chains.*-refused`, named."""
    if parcel.kind == "psbt":
        return await desk.bitcoin(parcel.chain).broadcast(parcel.raw)
    return await desk.ethereum(parcel.chain).broadcast(parcel.to, parcel.raw, parcel.moves)


async def observe(desk: Workplace, cycle: str, operations: Author) -> list[Receipt]:
    """Log what the node says that is not logged yet: of what was sent, and of what others may have sent (rule 10).

    Another block, or none any more after a reorganisation, is logged as it is. A Safe's leg that somebody else's transaction left
    behind is named (`elsewhere`). Refused("desk.executed-otherwise"), after all else was logged, where one moved something else
    than what is owed.
    """
    receipts, otherwise = list[Receipt](), list[Refused]()
    for instruction in watched(desk.state, cycle):
        try:
            body = await unlogged(desk, instruction)
        except Refused as refusal:
            if refusal.code != executions.OTHERWISE:
                raise
            otherwise.append(refusal)
            continue
        if body is not None:
            receipts.append(await log_observed(desk, operations, body))
    if receipts:
        await desk.synchronise()
    receipts += await elsewhere.name_split(desk, cycle, operations)
    if otherwise:
        raise otherwise[0]
    return receipts


def watched(state: State, cycle: str) -> tuple[Instruction, ...]:
    """The instructions of a cycle whose transaction may be on its chain: those that count with their children, and those with
    shares before them."""
    live = state.under_way(state.cycle(cycle))
    before = (one for each in live for one in state.around(each) if one.shares)
    return tuple({each.hash: each for each in (*live, *before)}.values())


async def log_observed(desk: Workplace, operations: Author, body: Mapping[str, object]) -> Receipt:
    """Log what a node says of a transaction; the desk asks its own first. Refused: what that one sees otherwise."""
    return await desk.submit(await signed(desk.scribe.draft("transaction.observed", body), [operations]))


async def unlogged(desk: Workplace, instruction: Instruction) -> dict[str, object] | None:
    """The body of `transaction.observed` where the node says something else than the log; None where it does not.

    Refused("desk.executed-otherwise") where it moved something else than what is owed, until its failure is recorded.
    """
    psbt, names = instruction.group.kind == "psbt", chain_facts.transactions(instruction, desk.artefacts)
    if psbt and instruction.to_send:
        return None
    try:
        there, before = await elsewhere.there(desk, instruction), instruction.observed
    except Refused as refusal:
        if refusal.code == executions.OTHERWISE and not (instruction.executable and instruction.superseded_by is None):
            return None
        raise
    if there is None and not names:
        return None
    block, height, confirmations = (
        (None, None, 0) if there is None else (there.block, there.height, there.confirmations)
    )
    logged = (None, 0) if before is None else (before.block, before.confirmations)
    if (block, confirmations) == logged:
        return None
    data = desk.artefacts.get(bytes.fromhex(instruction.artefact))
    fees = fees_of(desk.state, instruction, data) if psbt else {}
    return {
        "instruction": instruction.hash,
        "transaction": names[0] if there is None else there.transaction,
        "block": block,
        "height": height,
        "confirmations": confirmations,
        "fees": {vault: ids.amount_text(fee) for vault, fee in fees.items()},
    }


async def confirm_delivery(desk: EmbeddedDesk, contract: str, party: Author) -> Receipt:
    """A participant confirms that it received what the contract owes it."""
    return await desk.submit(await signed(desk.scribe.draft("delivery.confirmed", {"contract": contract}), [party]))


async def make_final(desk: EmbeddedDesk, cycle: str) -> Receipt:
    """The settlement is final; the ledger moves."""
    return await desk.own("settlement.final", {"cycle": cycle})


@dataclass(frozen=True, slots=True)
class Book:
    """One vault's holdings of one asset: what the ledger says and what the chain says, in base units."""

    vault: str
    asset: str
    ledger: int
    chain: int


async def books(desk: EmbeddedDesk, assets: Sequence[str]) -> tuple[Book, ...]:
    """Every vault's holdings of these assets, ledger beside chain; equal when the books balance."""
    found = []
    for vault in sorted(desk.state.roster.vaults.values(), key=lambda each: each.id):
        for asset in assets:
            if not asset.startswith(f"{vault.chain}/"):
                continue
            owned = sum(
                balance.total
                for account, balance in desk.state.ledger.balances.items()
                if account.asset == asset and (account.lei, account.book) == (vault.owner.lei, vault.owner.book)
            )
            if isinstance(vault, SafeVault):
                held = await chain_facts.safe_holds(desk.ethereum(vault.chain), vault, asset)
            else:
                watched = wallets.of(desk.state, vault).watched
                held = sum(coin.satoshis for coin in await desk.bitcoin(vault.chain).coins(*watched))
            found.append(Book(vault.id, asset, owned, held))
    return tuple(found)
