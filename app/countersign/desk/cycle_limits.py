"""Whether one transaction a chain can discharge what a cycle owes, asked of the desk's own node (CHECKS.md, B2).

- A Bitcoin transaction: at most 2,000 outputs, change among them, and at most 400,000 weight units once it is signed.
- A SafeTx: at most as many payments as a batch has calls.
- The inputs are as many as the rail may choose (`bitcoin/selection.py`): each paying vault's free, confirmed coins, the
  largest first, until they cover what it owes and the most it may bear of the fee, and what an exact match may take more.
- A vault that lacks coins is no matter of size: preparing says so by name.
"""

from collections.abc import Mapping, Sequence
from itertools import accumulate

from countersign.bitcoin import weights
from countersign.bitcoin.psbt.form import MAX_OUTPUTS, MAX_WEIGHT
from countersign.bitcoin.selection import MORE_INPUTS
from countersign.desk.cycle_plan import Fits
from countersign.desk.embedded import EmbeddedDesk
from countersign.ethereum.multisend import MOST_CALLS
from countersign.rails import bitcoin as rail
from countersign.rails import wallets
from countersign.settlement import netting
from countersign.settlement.netting import Group, Obligation
from countersign.settlement.roster import BitcoinVault
from countersign.settlement.state import State

Purses = Mapping[str, tuple[int, ...]]
"""By vault, the satoshis of its free coins, the largest first."""


async def of(desk: EmbeddedDesk, contracts: Sequence[str]) -> Fits:
    """The judge of sizes for cycles over some of these contracts. Unavailable where a chain's node is silent."""
    state = desk.state
    terms = [state.contract(each).terms for each in contracts]
    paying = {each.vault for each in netting.obligations(state.roster, terms)}
    purses = {
        name: await _purse(desk, vault)
        for name in sorted(paying)
        if isinstance(vault := state.roster.vault(name), BitcoinVault)
    }
    caps = {each.vault: each.cap for each in netting.fee_caps(state.roster, terms)}
    return lambda owed: all(
        fits(state, group, netting.owed_by(owed, group), purses, caps) for group in netting.groups(owed)
    )


async def _purse(desk: EmbeddedDesk, vault: BitcoinVault) -> tuple[int, ...]:
    watched = wallets.of(desk.state, vault).watched
    needed = desk.state.adopted().confirmations_on(vault.chain)
    free = (
        coin.satoshis
        for coin in await desk.bitcoin(vault.chain).coins(*watched)
        if coin.confirmations >= needed and f"{coin.txid}:{coin.vout}" not in desk.state.spending
    )
    return tuple(sorted(free, reverse=True))


def fits(state: State, group: Group, owed: Sequence[Obligation], purses: Purses, caps: Mapping[str, int]) -> bool:
    """Whether one PSBT over a group's vaults stays within outputs and weight, or one SafeTx within the calls of a batch.

    `caps`: satoshis of fee by vault.
    """
    if group.kind != "psbt":
        return len(owed) <= MOST_CALLS
    outputs = len(owed) + len(group.vaults)
    weight = sum(weights.output(rail.script_of(each)) for each in owed)
    inputs = 0
    for name in group.vaults:
        vault = state.roster.vault(name)
        if not isinstance(vault, BitcoinVault):
            continue
        wallet = wallets.of(state, vault)
        count = _count(purses[name], sum(each.amount for each in owed if each.vault == name) + caps.get(name, 0))
        inputs += count
        weight += count * weights.finished_input(wallet.threshold, wallet.cosigners)
        weight += weights.output(wallet.descriptor(wallet.numbers[0]).script_pubkey)
    return outputs <= MAX_OUTPUTS and weight + weights.overhead(inputs, outputs) <= MAX_WEIGHT


def _count(coins: Sequence[int], wanted: int) -> int:
    """How many coins cover so many satoshis at the most; all of them if they do not."""
    covered = sum(total < wanted for total in accumulate(coins))
    return min(covered + 1 + MORE_INPUTS, len(coins))
