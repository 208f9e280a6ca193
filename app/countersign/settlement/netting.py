"""What one vault owes another party in one asset, recomputed by every machine from the logged contracts.

- Pure and total: the same contracts, in any order, give the same obligations in the same order.
- Gross settlement is a cycle of one contract; there the obligations are its legs.
- Deliveries from one vault to one destination in one asset are added together; each position is conserved.
- An instruction discharges the obligations of one group: one transaction for all paying vaults of a Bitcoin chain, one
  SafeTx for each paying Safe.

    >>> obligations(roster, [terms])[0].vault
    'meridian-btc'
"""

from collections.abc import Sequence
from dataclasses import dataclass

from countersign.settlement.assets import chain_of
from countersign.settlement.contract import Terms
from countersign.settlement.roster import Party, Roster


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """What one instruction must discharge: a chain, the kind of signable thing, and its paying vaults, ascending."""

    chain: str
    kind: str
    vaults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Obligation:
    """`amount` base units of `asset` that `payer` owes `receiver` from `vault`, to `destination` (CAIP-10)."""

    vault: str
    payer: Party
    receiver: Party
    asset: str
    amount: int
    destination: str

    @property
    def chain(self) -> str:
        """CAIP-2 of the chain on which it is discharged."""
        return chain_of(self.asset)


@dataclass(frozen=True, slots=True)
class FeeCap:
    """The most that a vault's owner bears of the network fee, in base units of `coin`."""

    vault: str
    payer: Party
    coin: str
    cap: int


def obligations(roster: Roster, contracts: Sequence[Terms]) -> tuple[Obligation, ...]:
    """Every obligation, ascending by vault, asset, destination. Raises `Refused` if a payer has no vault."""
    sums: dict[tuple[str, str, str], Obligation] = {}
    for terms in contracts:
        for leg in terms.legs:
            payer, receiver = terms.payer(leg), terms.receiver(leg)
            vault = roster.paying_vault(payer, leg.asset).id
            key = (vault, leg.asset, leg.destination)
            before = sums[key].amount if key in sums else 0
            sums[key] = Obligation(vault, payer, receiver, leg.asset, before + leg.amount, leg.destination)
    return tuple(sums[key] for key in sorted(sums))


def fee_caps(roster: Roster, contracts: Sequence[Terms]) -> tuple[FeeCap, ...]:
    """The fee caps of the paying vaults, added over the contracts, ascending by vault."""
    sums: dict[str, FeeCap] = {}
    for terms in contracts:
        for leg in terms.legs:
            fee = terms.fee(leg)
            if fee is not None:
                payer = terms.payer(leg)
                vault = roster.paying_vault(payer, leg.asset).id
                before = sums[vault].cap if vault in sums else 0
                sums[vault] = FeeCap(vault, payer, fee[0], before + fee[1])
    return tuple(sums[vault] for vault in sorted(sums))


def groups(owed: Sequence[Obligation]) -> tuple[Group, ...]:
    """The instructions that discharge these obligations, ascending."""
    bitcoin: dict[str, set[str]] = {}
    found: set[Group] = set()
    for obligation in owed:
        if obligation.chain.startswith("bip122:"):
            bitcoin.setdefault(obligation.chain, set()).add(obligation.vault)
        else:
            found.add(Group(obligation.chain, "safe-tx", (obligation.vault,)))
    found |= {Group(chain, "psbt", tuple(sorted(vaults))) for chain, vaults in bitcoin.items()}
    return tuple(sorted(found))


def owed_by(owed: Sequence[Obligation], group: Group) -> tuple[Obligation, ...]:
    """The obligations that one group's instruction discharges."""
    return tuple(each for each in owed if each.chain == group.chain and each.vault in group.vaults)
