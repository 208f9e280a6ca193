"""Who an LEI is and which asset is meant, by the roster in force.

>>> owner(state.roster, "5493001KJTIIGC8Y1R12")
'Harbour Prime'
"""

from countersign.errors import Refused
from countersign.settlement.roster import Roster


def owner(roster: Roster, lei: str) -> str:
    """The name of a participant or of the custodian; the LEI itself where nobody here has it."""
    if lei == roster.custodian.lei:
        return roster.custodian.name
    known = roster.participants.get(lei)
    return known.name if known is not None else lei


def asset_named(roster: Roster, named: str) -> str:
    """The one admitted asset of this symbol or id. Refused("settlement.unknown-asset", "desk.symbol-twice")."""
    if named in roster.assets:
        return named
    found = sorted(each.id for each in roster.assets.values() if each.symbol == named)
    if len(found) > 1:
        raise Refused("desk.symbol-twice", symbol=named, assets=", ".join(found))
    return found[0] if found else roster.asset(named).id
