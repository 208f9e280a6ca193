"""What came into a vault, as one node sees it: what `deposit.credited` rests on.

- A coin of a Bitcoin vault counts once it has the policy's confirmations. What a settlement's own transaction made is no
  deposit, whoever sent it: neither its change nor what it delivers.
- A reference `0x<transaction>:<log>` names one log of one transaction by its place among that transaction's own, from 0. A
  block that takes the same transaction in anew changes nothing of it, so that no payment has two references.
- The log itself must say it: the token's `Transfer` to the Safe, or the Safe's own `SafeReceived`, which its proxy emits
  for plain payments and for those that another contract makes.
- What comes from a Safe of this custody is a delivery and no deposit: the ledger moves it at finality.
- And the Safe must hold it: all that is credited to its owner in that asset, and this on top.
"""

from countersign.desk import chain_facts
from countersign.desk.ports import Artefacts, BitcoinNode, Coin, EthereumNode, Payment
from countersign.errors import Refused
from countersign.formats import caip, eip55
from countersign.rails import bitcoin as rail
from countersign.settlement.ledger import Account
from countersign.settlement.roster import SafeVault, SlotVault
from countersign.settlement.state import State


async def coins(node: BitcoinNode, state: State, artefacts: Artefacts, vault: SlotVault) -> tuple[Coin, ...]:
    """The coins of a Bitcoin vault that have the policy's confirmations and are not credited. Unavailable."""
    needed = state.adopted().confirmations_on(vault.chain)
    scripts = [slot.script_pubkey for slot in rail.wallet(vault).descriptors.slots]
    seen = await node.coins(scripts)
    fresh = [each for each in seen if f"{vault.chain} {reference(each)}" not in state.deposits]
    own = own_transactions(state, artefacts) if fresh else frozenset()
    return tuple(each for each in fresh if each.confirmations >= needed and each.txid not in own)


def reference(coin: Coin) -> str:
    """How a deposit names a coin: `txid:vout`."""
    return f"{coin.txid}:{coin.vout}"


def own_transactions(state: State, artefacts: Artefacts) -> frozenset[str]:
    """The ids of settlements' transactions: those in the log, and those of a PSBT that has shares and that nobody logged yet."""
    unlogged = (
        each
        for each in state.instructions.values()
        if each.group.kind == "psbt" and each.transaction is None and each.shares
    )
    return frozenset((*state.transactions, *(chain_facts.txid(each, artefacts) for each in unlogged)))


async def payment(node: EthereumNode, state: State, vault: SafeVault, asset: str, reference: str) -> Payment:
    """The payment that a reference names, with its confirmations now.

    Refused("settlement.deposit-credited", "desk.deposit-not-seen", "desk.deposit-from-custody", "desk.deposit-not-held"), and
    what the node raises.
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
    return found


def token_of(asset: str) -> str | None:
    """The token's address in EIP-55 of a CAIP-19 text; None for ether."""
    parsed = caip.AssetId.parse(asset)
    return None if parsed.is_coin else eip55.checksum(parsed.token)


def _custody(state: State, chain: str, payer: str) -> str | None:
    """The vault of this custody that a payer is, or None."""
    vaults = (each for each in state.roster.vaults.values() if isinstance(each, SafeVault) and each.chain == chain)
    return next((each.id for each in vaults if each.address == payer), None)
