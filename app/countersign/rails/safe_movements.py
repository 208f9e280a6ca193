"""What moves on the chain when a Safe discharges what it owes: what a simulation of the transaction is held against."""

from collections.abc import Sequence

from countersign.ethereum.abi import Address
from countersign.ethereum.movements import Movement
from countersign.formats import caip, eip55
from countersign.settlement.netting import Obligation
from countersign.settlement.roster import SafeVault


def movements(owed: Sequence[Obligation], vault: SafeVault) -> tuple[Movement, ...]:
    """One movement for each obligation of this vault, no more and no less. A void moves nothing. Malformed: caip.*"""
    safe = Address(eip55.parse(vault.address))
    return tuple(_movement(each, safe) for each in owed)


def _movement(owed: Obligation, safe: Address) -> Movement:
    asset, recipient = caip.AssetId.parse(owed.asset), Address(caip.AccountId.parse(owed.destination).ethereum_address)
    return Movement(None if asset.is_coin else Address(asset.token), safe, recipient, owed.amount)
