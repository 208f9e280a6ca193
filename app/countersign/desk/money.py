"""An amount as read models carry it: exact, with what it needs to be written.

Money(25_000_000_000, "BTC", 8, "bip122:0f91…/slip44:0")
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount: `units` of the asset's smallest unit, shown with `decimals` places and `symbol`."""

    units: int
    symbol: str
    decimals: int
    asset: str  # CAIP-19
