"""An amount as read models carry it: exact, with what it needs to be written.

Money(25_000_000_000, "BTC", 8, "bip122:0f91…/slip44:0")
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from countersign.settlement.roster import Roster


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount: `units` of the asset's smallest unit, shown with `decimals` places and `symbol`."""

    units: int
    symbol: str
    decimals: int
    asset: str  # CAIP-19


def money(roster: Roster, asset: str, units: int) -> Money:
    """An amount with its registered symbol and decimals; an unregistered asset is shown in base units under its id."""
    known = roster.assets.get(asset)
    return Money(units, known.symbol, known.decimals, asset) if known else Money(units, "base units", 0, asset)
