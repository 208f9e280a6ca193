"""What came into a vault, as one node sees it: what `deposit.credited` rests on.

- A coin of a Bitcoin vault counts once it has the policy's confirmations. What a settlement's own transaction made is no
  deposit, whoever sent it, and whether its shares stand in the log: neither its change nor what it delivers.
- A reference `0x<transaction>:<log>` names one log of one transaction by its place among that transaction's own, from 0. A
  block that takes the same transaction in anew changes nothing of it, so that no payment has two references.
- The log itself must say it: the token's `Transfer` to the Safe, or the Safe's own `SafeReceived`, which its proxy emits
  for plain payments and for those that another contract makes.
- What comes from a Safe of this custody is a delivery and no deposit: the ledger moves it at finality.
- The Safe is as it is registered (`safe_entering`): what comes into another is not its owner's.
- And the Safe must hold it: all that is credited to its owner in that asset, and this on top.
- Payments are looked for only where a Safe holds more than the books, and only until they explain it: an idle desk asks
  for balances and nothing else.
"""

import re
from collections.abc import Mapping, Sequence

from countersign.bitcoin.transaction import display
from countersign.bitcoin.transaction import parse as parse_transaction
from countersign.desk import chain_facts, safe_entering
from countersign.desk.ports import Artefacts, BitcoinNode, Coin, EthereumNode, Payment
from countersign.errors import Malformed, Refused
from countersign.formats import caip, eip55
from countersign.rails import wallets
from countersign.settlement.ledger import Account
from countersign.settlement.records import Instruction
from countersign.settlement.roster import BitcoinVault, SafeVault
from countersign.settlement.state import State

SPAN = 2_000
"""Blocks that one question to a node spans."""
DEEPEST = 50_000
"""How many blocks back payments are looked for: about a week of Ethereum. An older one is credited by its reference."""
MOST = 200
"""How many transactions are asked about in one search."""
_REFERENCE = re.compile(r"0x([0-9a-fA-F]{64}):([0-9]{1,6})", re.ASCII)


async def coins(node: BitcoinNode, state: State, artefacts: Artefacts, vault: BitcoinVault) -> tuple[Coin, ...]:
    """The coins of a Bitcoin vault that have the policy's confirmations and are not credited. Unavailable."""
    needed = state.adopted().confirmations_on(vault.chain)
    seen = await uncredited(node, state, artefacts, vault)
    return tuple(each for each in seen if each.confirmations >= needed)


async def uncredited(node: BitcoinNode, state: State, artefacts: Artefacts, vault: BitcoinVault) -> tuple[Coin, ...]:
    """The coins of a Bitcoin vault that are not credited, however young. Unavailable."""
    seen = await node.coins(*wallets.of(state, vault).watched)
    fresh = [each for each in seen if f"{vault.chain} {reference(each)}" not in state.deposits]
    return not_ours(state, artefacts, fresh)


def reference(coin: Coin) -> str:
    """How a deposit names a coin: `txid:vout`."""
    return f"{coin.txid}:{coin.vout}"


def not_ours(state: State, artefacts: Artefacts, coins: Sequence[Coin]) -> tuple[Coin, ...]:
    """The coins that no settlement's own transaction made: none that the log names, nor one that was prepared and that nobody
    logged, whether its shares were logged or withheld. Unavailable where the bytes of what spends the same coins are not here.
    """
    unlogged = dict[str, list[Instruction]]()
    for each in state.instructions.values() if coins else ():
        if each.group.kind == "psbt" and each.transaction is None:
            for spend in each.spends:
                unlogged.setdefault(spend.outpoint, []).append(each)
    return tuple(
        coin for coin in coins if coin.txid not in state.transactions and not _made_by(coin, unlogged, artefacts)
    )


def _made_by(coin: Coin, unlogged: Mapping[str, list[Instruction]], artefacts: Artefacts) -> bool:
    spent = {f"{display(each.prevout.hash)}:{each.prevout.n}" for each in parse_transaction(coin.transaction).vin}
    rivals = {one.artefact: one for each in spent for one in unlogged.get(each, ())}
    return any(chain_facts.txid(each, artefacts) == coin.txid for each in rivals.values())


async def payment(node: EthereumNode, state: State, vault: SafeVault, asset: str, reference: str) -> Payment:
    """The payment that a reference names, with its confirmations now.

    Refused("settlement.deposit-credited", "desk.deposit-not-seen", "desk.deposit-from-custody", "desk.deposit-not-held",
    "desk.safe-differs", "desk.safe-keeps-more"), and what the node raises.
    """
    if (index := state.deposits.get(f"{vault.chain} {reference}")) is not None:
        raise Refused("settlement.deposit-credited", reference=reference, index=index)
    transaction, place = reference.split(":", 1)
    found = next((each for each in await node.payments(transaction) if str(each.place) == place), None)
    if found is None or found.receiver != vault.address or found.token != token_of(asset) or not found.amount:
        raise Refused("desk.deposit-not-seen", reference=reference, vault=vault.id)
    if (payer := _custody(state, vault.chain, found.payer)) is not None:
        raise Refused("desk.deposit-from-custody", reference=reference, payer=payer)
    credited = state.ledger.balance(Account(vault.owner.lei, vault.owner.book, asset)).total
    held = await chain_facts.safe_holds(node, vault, asset)
    if held < credited + found.amount:
        raise Refused(
            "desk.deposit-not-held",
            reference=reference,
            vault=vault.id,
            held=str(held),
            credited=str(credited),
            amount=str(found.amount),
        )
    await safe_entering.require_found(vault, state.roster, node)
    return found


async def payments(node: EthereumNode, state: State, vault: SafeVault, asset: str, surplus: int) -> tuple[Payment, ...]:
    """The payments into a Safe that are not credited, however young, the oldest first: looked for from the newest block on
    back, until they explain what the Safe holds beyond the books. What the node raises.

    What explains it lies no deeper than `DEEPEST` blocks and `MOST` transactions, or is not found.
    """
    token, found, asked = token_of(asset), list[Payment](), set[str]()
    last = await node.newest_block()
    lowest = max(0, last - DEEPEST + 1)
    while surplus > 0 and last >= lowest and len(asked) < MOST:
        first = max(lowest, last - SPAN + 1)
        for transaction in await node.paying(token, vault.address, first, last):
            if surplus <= 0 or transaction in asked or len(asked) >= MOST:
                continue
            asked.add(transaction)
            arrived = [each for each in await node.payments(transaction) if _counts(state, vault, token, each)]
            found += reversed(arrived)
            surplus -= sum(each.amount for each in arrived)
        last = first - 1
    return tuple(reversed(found))


def _counts(state: State, vault: SafeVault, token: str | None, seen: Payment) -> bool:
    """Whether it came into this Safe, in this asset, from outside custody, and nobody credited it."""
    into = (seen.receiver, seen.token) == (vault.address, token) and seen.amount > 0
    fresh = f"{vault.chain} {reference_of(seen)}" not in state.deposits
    return into and fresh and _custody(state, vault.chain, seen.payer) is None


def reference_of(payment: Payment) -> str:
    """How a deposit names a payment: `0x<transaction>:<log>`."""
    return f"{payment.transaction}:{payment.place}"


def spelt(reference: str) -> str:
    """A payment's reference as a person gave it, in its one spelling. Malformed("desk.deposit-reference")."""
    found = _REFERENCE.fullmatch(reference.strip())
    if found is None:
        raise Malformed("desk.deposit-reference", reference=reference.strip()[:100])
    return f"0x{found[1].lower()}:{int(found[2])}"


def token_of(asset: str) -> str | None:
    """The token's address in EIP-55 of a CAIP-19 text; None for ether."""
    parsed = caip.AssetId.parse(asset)
    return None if parsed.is_coin else eip55.checksum(parsed.token)


def _custody(state: State, chain: str, payer: str) -> str | None:
    """The vault of this custody that a payer is, or None."""
    vaults = (each for each in state.roster.vaults.values() if isinstance(each, SafeVault) and each.chain == chain)
    return next((each.id for each in vaults if each.address == payer), None)
