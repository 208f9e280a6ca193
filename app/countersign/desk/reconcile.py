"""Reconciliation: the ledger against the vaults on their chains, and against a participant's own trades.

- For every vault and asset: what the ledger's account holds, what the desk's own node sees, and breaks that account for
  the whole difference, each with its cause: there − here over a vault's breaks = chain − ledger, always.
- A transaction that is on its chain before the settlement is final (or final before it is on its chain) is *unconfirmed*,
  one of a settlement that failed on another chain *failed*, the network's share of it a *fee*; a coin that nobody
  credited is *missing here*, or *unconfirmed* while it is young; a credited coin that is gone is *missing there*; the
  rest is *unexplained*.
- Pure over what was seen; `look` asks the nodes.

    report = compare(state, await look(state, archive, nodes))
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from countersign.desk import chain_facts, executions
from countersign.desk.breaks import Break, Cause
from countersign.desk.ports import Archive, Artefacts
from countersign.desk.vouching import Nodes, fees_of
from countersign.errors import Refused
from countersign.formats import ids
from countersign.rails import wallets
from countersign.settlement import events
from countersign.settlement.assets import chain_of
from countersign.settlement.bodies import DepositCredited
from countersign.settlement.ledger import Account
from countersign.settlement.records import Cycle, Instruction
from countersign.settlement.roster import BitcoinVault, SafeVault, Vault
from countersign.settlement.state import State


@dataclass(frozen=True, slots=True)
class SeenCoin:
    """A coin in a vault: `txid:vout`, satoshis, confirmations."""

    outpoint: str
    satoshis: int
    confirmations: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What the desk's nodes said: coins by Bitcoin vault, balances by (Safe, asset); of the transactions that matter, by
    instruction, whether one is in a block and what of its fee each vault bears; and every credited coin, with its vault
    and satoshis.
    """

    coins: Mapping[str, tuple[SeenCoin, ...]]
    balances: Mapping[tuple[str, str], int]
    in_block: Mapping[str, bool]
    fees: Mapping[str, Mapping[str, int]]
    credited: Mapping[str, tuple[str, int]]


@dataclass(frozen=True, slots=True)
class VaultLine:
    """One vault and asset, base units: what the ledger says it holds, and what its chain says."""

    vault: str
    lei: str
    book: str
    asset: str
    ledger: int
    chain: int


async def look(state: State, archive: Archive, artefacts: Artefacts, nodes: Nodes, chain: str | None = None) -> Seen:
    """Ask the nodes; only that of one chain (CAIP-2) where one is named. Unavailable where one is absent or silent."""
    coins: dict[str, tuple[SeenCoin, ...]] = {}
    for vault in _vaults(state, chain):
        if isinstance(vault, BitcoinVault):
            seen = await nodes.of_bitcoin(vault.chain).coins(*wallets.of(state, vault).watched)
            coins[vault.id] = tuple(SeenCoin(f"{one.txid}:{one.vout}", one.satoshis, one.confirmations) for one in seen)
    balances = await _balances(state, nodes, chain)
    in_block, fees = await _whereabouts(state, artefacts, nodes, chain)
    return Seen(coins, balances, in_block, fees, dict(_credited(state, archive)))


def _vaults(state: State, chain: str | None) -> list[Vault]:
    """The vaults of one chain, or all of them, by id."""
    found = (each for each in state.roster.vaults.values() if chain is None or each.chain == chain)
    return sorted(found, key=lambda each: each.id)


async def surplus(state: State, artefacts: Artefacts, nodes: Nodes) -> tuple[tuple[str, str, int], ...]:
    """What Safes hold beyond the books and beyond what is on its way: vault, asset, base units. Unavailable as `look`."""
    balances, (in_block, fees) = await _balances(state, nodes), await _whereabouts(state, artefacts, nodes)
    seen, found = Seen({}, balances, in_block, fees, {}), list[tuple[str, str, int]]()
    for (name, asset), chain in sorted(balances.items()):
        line = _line(state, state.roster.vault(name), asset, chain)
        under_way = sum(int(each.there) - int(each.here) for each in _on_the_way(state, seen, line))
        if (more := chain - line.ledger - under_way) > 0:
            found.append((name, asset, more))
    return tuple(found)


async def _balances(state: State, nodes: Nodes, chain: str | None = None) -> dict[tuple[str, str], int]:
    """What every Safe holds of each registered asset of its chain."""
    found: dict[tuple[str, str], int] = {}
    for vault in _vaults(state, chain):
        if isinstance(vault, SafeVault):
            for asset in _assets(state, vault):
                found[vault.id, asset] = await chain_facts.safe_holds(nodes.of_ethereum(vault.chain), vault, asset)
    return found


async def _whereabouts(
    state: State, artefacts: Artefacts, nodes: Nodes, chain: str | None = None
) -> tuple[dict[str, bool], dict[str, Mapping[str, int]]]:
    """Of what is under way, by instruction: whether it is in a block, and what of its fee each vault bears."""
    in_block, fees = dict[str, bool](), dict[str, Mapping[str, int]]()
    for instruction in _under_way(state, chain):
        in_block[instruction.hash] = await _in_block(state, artefacts, instruction, nodes)
        if instruction.group.kind == "psbt":
            data = artefacts.get(bytes.fromhex(instruction.artefact))
            fees[instruction.hash] = fees_of(state, instruction, data)
    return in_block, fees


def _assets(state: State, vault: Vault) -> list[str]:
    """The registered assets of a vault's chain."""
    return sorted(asset for asset in state.roster.assets if asset.startswith(f"{vault.chain}/"))


def _under_way(state: State, chain: str | None = None) -> Iterator[Instruction]:
    """The instructions (of one chain) whose transaction may be on one side of the books and not yet on the other.

    One that another replaced is among them: until the settlement ends, either may be what the chain took.
    """
    for instruction in state.instructions.values():
        if instruction.transaction is None or chain not in (None, instruction.group.chain):
            continue
        if not _ended(state.cycle(instruction.cycle)) or instruction.hash in state.receipts:
            yield instruction


def _ended(cycle: Cycle) -> bool:
    """Whether the ledger has moved for the settlement: delivered, or voided."""
    return cycle.final is not None or cycle.voided is not None


async def _in_block(state: State, artefacts: Artefacts, instruction: Instruction, nodes: Nodes) -> bool:
    """Whether any of its transactions is in a block and delivered it; on Ethereum it may have gone out more than once."""
    chain, sent = instruction.group.chain, (instruction.transaction or "", *instruction.others)
    node = nodes.of_bitcoin(chain) if instruction.group.kind == "psbt" else nodes.of_ethereum(chain)
    try:
        there = await chain_facts.whereabouts(node, state, instruction, artefacts, sent)
    except Refused as refusal:
        if refusal.code != executions.OTHERWISE:
            raise
        return False  # what it moved all the same is nothing that the log knows: it stands with the rest, unexplained
    return there is not None and there.block is not None


def _credited(state: State, archive: Archive) -> Iterator[tuple[str, tuple[str, int]]]:
    """The coins that were credited, by outpoint."""
    for index in state.deposits.values():
        body = events.parse(archive.record(index).event).body
        if isinstance(body, DepositCredited) and chain_of(body.asset).startswith("bip122:"):
            yield body.reference, (body.vault, body.amount)


def compare(state: State, seen: Seen) -> tuple[tuple[VaultLine, ...], tuple[Break, ...]]:
    """Every vault and asset, and every break, ascending by vault and asset."""
    lines, breaks = of_chain(state, seen)
    return lines, (*breaks, *_without_vault(state))


def of_chain(state: State, seen: Seen, chain: str | None = None) -> tuple[tuple[VaultLine, ...], tuple[Break, ...]]:
    """The same of the vaults of one chain that `look` was asked about; accounts without a vault are left out."""
    lines, breaks = list[VaultLine](), list[Break]()
    for vault in _vaults(state, chain):
        for asset, there in _holdings(state, vault, seen):
            line = _line(state, vault, asset, there)
            lines.append(line)
            breaks += _breaks(state, seen, line)
    return tuple(lines), tuple(breaks)


def _line(state: State, vault: Vault, asset: str, chain: int) -> VaultLine:
    owner = vault.owner
    held = state.ledger.balance(Account(owner.lei, owner.book, asset)).total
    return VaultLine(vault.id, owner.lei, owner.book, asset, held, chain)


def _holdings(state: State, vault: Vault, seen: Seen) -> list[tuple[str, int]]:
    if isinstance(vault, SafeVault):
        return [(asset, seen.balances[vault.id, asset]) for asset in _assets(state, vault)]
    return [(f"{vault.chain}/slip44:0", sum(coin.satoshis for coin in seen.coins[vault.id]))]


def _breaks(state: State, seen: Seen, line: VaultLine) -> list[Break]:
    """What makes up chain − ledger of one line, the unexplained rest last."""
    found = [*_on_the_way(state, seen, line), *_coins(state, seen, line)]
    rest = line.chain - line.ledger - sum(int(each.there) - int(each.here) for each in found)
    return [*found, _break(line, Cause.UNEXPLAINED, rest)] if rest else found


def _break(line: VaultLine, cause: Cause, more: int, reference: str = "") -> Break:
    """`more` units on the chain than in the ledger; negative: fewer."""
    here, there = ids.amount_text(max(0, -more)), ids.amount_text(max(0, more))
    return Break(cause, line.vault, line.lei, line.book, line.asset, here, there, reference)


def _on_the_way(state: State, seen: Seen, line: VaultLine) -> Iterator[Break]:
    """Transactions on their chain and not yet in the ledger, or the other way round."""
    for instruction in sorted(_under_way(state, chain_of(line.asset)), key=lambda each: each.index):
        cycle = state.cycle(instruction.cycle)
        sign = seen.in_block[instruction.hash] - _ended(cycle)
        cause = Cause.UNCONFIRMED if cycle.failed is None else Cause.FAILED
        if not sign:
            continue
        for owed in state.owed(instruction):
            place = state.roster.destinations.get(owed.destination)
            if owed.asset == line.asset and owed.vault == line.vault:
                yield _break(line, cause, -sign * owed.amount, instruction.transaction or "")
            if owed.asset == line.asset and place is not None and place.vault == line.vault:
                yield _break(line, cause, sign * owed.amount, instruction.transaction or "")
        share = seen.fees.get(instruction.hash, {}).get(line.vault, 0)
        if share:
            yield _break(line, Cause.FEE, -sign * share, instruction.transaction or "")


def _coins(state: State, seen: Seen, line: VaultLine) -> Iterator[Break]:
    """Coins that nobody credited, and credited coins that are gone and that no transaction of ours has spent."""
    if line.vault not in seen.coins:
        return
    there = {coin.outpoint for coin in seen.coins[line.vault]}
    for coin in sorted(seen.coins[line.vault], key=lambda each: each.outpoint):
        if coin.outpoint not in seen.credited and coin.outpoint.split(":")[0] not in state.transactions:
            young = coin.confirmations < state.adopted().confirmations_on(chain_of(line.asset))
            yield _break(line, Cause.UNCONFIRMED if young else Cause.MISSING_HERE, coin.satoshis, coin.outpoint)
    for outpoint, (vault, satoshis) in sorted(seen.credited.items()):
        if vault == line.vault and outpoint not in there and not _spent(state, outpoint):
            yield _break(line, Cause.MISSING_THERE, -satoshis, outpoint)


def _spent(state: State, outpoint: str) -> bool:
    spender = state.spending.get(outpoint)
    return spender is not None and state.instruction(spender).transaction is not None


def _without_vault(state: State) -> Iterator[Break]:
    """Accounts that hold units for which no vault stands."""
    for account, balance in sorted(state.ledger.balances.items()):
        place = (account.lei, account.book, chain_of(account.asset))
        if balance.total and place not in state.roster.vault_of:
            here = ids.amount_text(balance.total)
            yield Break(Cause.MISSING_THERE, account.book, account.lei, account.book, account.asset, here, "0")
